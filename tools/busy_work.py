"""The work process with a kernel beside it."""

from tools.busy import beside

if __name__ == "__main__":
    beside("sojourn.surfaces.worker", python=False, kernels=("funnel",))
