"""The controls of the page of lists, in the words of a saved list and back."""

from __future__ import annotations

from typing import Final

from sojourn.domains.customers import queries
from sojourn.domains.customers.contracts import Parameters, SavedList
from sojourn.surfaces.web.doors import PageRequest

DELETED: Final = "list-deleted"
ASKED: Final = (
    "event", "channel", "unit", "state", "holds", "belongs_to", "days", "trait", "low", "high", "is", "plain", "value",
    "sort", "up", "purpose", "col",
)  # fmt: skip
SAME: Final = ("state", "holds", "belongs_to", "days", "sort", "purpose")


def opened(request: PageRequest) -> SavedList | None:
    """Give the saved list that the address names; raise NotFoundError for one that is not this viewer's to open."""
    named = request.GET.get("saved", "").replace("\x00", "")
    return queries.saved_list(id=named, viewer=request.viewer) if named else None


def said_by(request: PageRequest, saved: SavedList | None) -> dict[str, str]:
    """Give what the controls say: those of the address, else those of the saved list."""
    given = request.POST if request.method == "POST" else request.GET
    said = {name: given.get(name, "").replace("\x00", "").strip()[:200] for name in ASKED if name != "col"}
    columns = [each for value in given.getlist("col") for each in value.split()]
    said["col"] = " ".join(columns)
    return controls(saved) if saved and not any(said.values()) else said


def is_said(request: PageRequest) -> bool:
    """Say whether the address has controls of its own, beside the saved list that it names."""
    return any(request.GET.get(name, "").strip() for name in ASKED)


def parameters(said: dict[str, str]) -> Parameters:
    """Write the controls as the parameters of a list."""
    found = [(name, said[name]) for name in SAME if said[name]]
    found += [("name", said["event"])] if said["event"] else []
    found += [("where", f"{name}:{said[name]}") for name in ("channel", "unit") if said[name]]
    if said["trait"]:
        signs = (("low", ">="), ("high", "<="), ("is", "="))
        found += [("when", f"{said['trait']}{sign}{said[name]}") for name, sign in signs if said[name]]
    found += [("known", f"{said['plain']}={said['value']}")] if said["plain"] or said["value"] else []
    found += [("ascending", "true")] if said["up"] else []
    return (*found, *(("trait", slug) for slug in said["col"].split()))


def controls(saved: SavedList) -> dict[str, str]:
    """Read a saved list into the controls; what they have no place for, as a second condition, the API alone shows."""
    said = dict.fromkeys(ASKED, "")
    for name, value in saved.parameters:
        if name in SAME:
            said[name] = value
        elif name == "name":
            said["event"] = value
        elif name == "where" and value.partition(":")[0] in ("channel", "unit"):
            dimension, _, said_value = value.partition(":")
            said[dimension] = said_value
        elif name == "known":
            said["plain"], _, said["value"] = value.partition("=")
        elif name == "ascending":
            said["up"] = "1" if value in ("1", "true") else ""
        elif name == "trait":
            said["col"] = f"{said['col']} {value}".strip()
        elif name == "when":
            sign, control = next(pair for pair in ((">=", "low"), ("<=", "high"), ("=", "is")) if pair[0] in value)
            said["trait"], _, said[control] = value.partition(sign)
    return said
