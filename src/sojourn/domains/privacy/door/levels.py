"""Thought of abstraction: what the codes of a dictionary are shown as, and a filter in terms of events as they are."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.catalogue.contracts import Level
from sojourn.domains.privacy.contracts import IDENTITY_EVENTS, Abstraction, EventFilter
from sojourn.engine.kernels.lens import CODES
from sojourn.engine.kernels.levels import joined, relabelled
from sojourn.engine.kernels.words import Slice, UInt16s


@dataclass(frozen=True)
class Shown:
    """A dictionary at a level: the code that each code is shown as, names by such code, and each event's label.

    A group takes the code of one of its events; the codes of the others name nothing.
    """

    codes: UInt16s
    names: tuple[str, ...]
    shown_as: Mapping[str, str]
    once: bool

    def of(self, events: Slice) -> Slice:
        """Show a slice's events so."""
        seen = relabelled(events, self.codes)
        if not self.once:
            return seen
        return joined(seen, [code for code, name in enumerate(self.names) if name in IDENTITY_EVENTS])


def shown(names: tuple[str, ...], abstraction: Abstraction) -> Shown:
    """Show a dictionary of event names at a level of abstraction; the empty text hides a name."""
    labels = catalogue.shown_as(names=filter(None, names), level=abstraction.level, expanded=abstraction.expanded)
    code_of = {name: code for code, name in enumerate(names) if labels.get(name) == name}
    codes = np.arange(CODES).astype(np.uint16)
    for code, name in enumerate(names):
        if name:
            codes[code] = code_of.setdefault(labels[name], code)
    as_shown = tuple(labels[name] if name and codes[code] == code else "" for code, name in enumerate(names))
    return Shown(codes, as_shown, labels, abstraction.once)


def frozen(abstraction: Abstraction) -> Hashable:
    """Give an abstraction in a form that can be a key: it changes when the groups do."""
    return abstraction if abstraction.level is Level.EVENTS else (abstraction, catalogue.groups())


def wanted(names: tuple[str, ...], known: tuple[str, ...], abstraction: Abstraction) -> frozenset[str]:
    """Give the events that some names mean at a level: those called so, and those that are shown so."""
    labels = catalogue.shown_as(names=filter(None, known), level=abstraction.level, expanded=abstraction.expanded)
    return frozenset(names) | {name for name, label in labels.items() if label in names}


def spelled_out(events: EventFilter, known: tuple[str, ...]) -> EventFilter:
    """Write a filter in the names of events as they are, for those who list them one by one or sum them up."""
    if events.abstraction.level is Level.EVENTS:
        return events
    names, having = (
        tuple(sorted(wanted(given, known, events.abstraction))) if given else ()
        for given in (events.names, events.having)
    )
    return replace(events, names=names, having=having, abstraction=Abstraction())
