"""The web process with a pure-Python loop and a kernel beside it."""

from tools.busy import beside

if __name__ == "__main__":
    beside("sojourn.surfaces.web", python=True, kernels=("graph",))
