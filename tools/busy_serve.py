"""`sojourn serve` with the busy web and work processes in place of the plain ones."""

from __future__ import annotations

from dataclasses import replace

from sojourn.surfaces.cli import serve

if __name__ == "__main__":
    plain, preparation = serve._processes()
    busy = {"web": "tools.busy_web", "work": "tools.busy_work"}
    children = [replace(child, module=busy.get(child.name, child.module)) for child in plain]
    serve._processes = lambda: (children, preparation)
    serve.command()
