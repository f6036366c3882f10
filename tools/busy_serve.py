"""`sojourn serve` with the busy web and work processes in place of the plain ones."""

from __future__ import annotations

from sojourn.surfaces.cli import serve
from sojourn.surfaces.cli.supervision import Child

if __name__ == "__main__":
    _, preparation = serve._processes()
    children = [
        Child("intake", "sojourn.surfaces.intake", waits=False),
        Child("web", "tools.busy_web"),
        Child("work", "tools.busy_work"),
    ]
    serve._processes = lambda: (children, preparation)
    serve.command()
