"""Every refusal that the API can answer, by its code."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.kit.errors import SojournError

GENERAL = {
    "bad_request": (400, "The request cannot be read."),
    "internal": (500, "A bug on our side; it was logged and nothing was changed."),
    "method_not_allowed": (405, "The address answers other methods; Allow names them."),
    "too_large": (413, "The request body is too large."),
}


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One code with its status and meaning."""

    code: str
    status: int
    said: str


def refusals() -> tuple[Refusal, ...]:
    """List the codes of every refusal that was defined, in their order."""
    found = {code: Refusal(code=code, status=status, said=said) for code, (status, said) in GENERAL.items()}
    queue: list[type[SojournError]] = [SojournError]
    while queue:
        error = queue.pop()
        queue += error.__subclasses__()
        said = (error.__doc__ or "").strip().split("\n")[0]
        if "code" in vars(error) and error.__module__.startswith("sojourn."):
            found.setdefault(error.code, Refusal(code=error.code, status=error.status, said=said))
    return tuple(found[code] for code in sorted(found))
