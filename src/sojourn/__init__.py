"""Sojourn: an open, self-hosted customer experience platform.

In a notebook: ``import sojourn as sj; log = sj.read_events("clicks.csv"); log.graph().plot()``. The library is loaded
at its first use, so that importing the package stays instant for the processes that do not need it.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["Journey", "Log", "ObjectLog", "__version__", "connect", "from_dataframe", "read_events", "read_ocel"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("sojourn.surfaces.library"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
