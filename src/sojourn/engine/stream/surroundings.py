"""What surrounds events: read once for each distinct context, because devices send the same one again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from sojourn.engine.stream import items
from sojourn.engine.stream.cleaning import Cleaner
from sojourn.engine.stream.items import Context, Id

REMEMBERED: Final = 20_000
REMEMBERED_BYTES: Final = 2_000  # a longer context is hardly the same twice
EXTERNAL_MAX: Final = 20
Browser = tuple[str, str] | None
# What the `consent` object and the browser's signal say: the purposes allowed as bits, and what the event keeps of it.
Purposes = Callable[[dict[str, Any] | None, bool], tuple[int, dict[str, str]]]
_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a context adds to each event under it; `tail` is `properties` as the end of a JSON object, "" for none."""

    properties: dict[str, str]
    tail: bytes
    purposes: int
    group: Id = None
    traits: dict[str, Any] | None = None
    external: tuple[tuple[str, str], ...] = ()  # (type, id) of further identifiers of the user


class Contexts:
    """Reads contexts, remembering those that hold no traits."""

    def __init__(self, clean: Cleaner, purposes: Purposes) -> None:
        self._clean, self._purposes = clean, purposes
        self._known: dict[tuple[bytes, bytes | None, str, bool], Surroundings] = {}

    def forget(self) -> None:
        """Read every context anew: what it says of purposes means something else now."""
        self._known.clear()

    def read(self, own: bytes, whole: bytes | None, user_agent: str, has_signal: bool = False) -> Surroundings:
        """Give what surrounds an event: its own context's word first, then its request's; raise DecodeError."""
        key = (own, whole, user_agent, has_signal)
        found = self._known.get(key)
        if found is None:
            context = items.joined(items.context(own or None), items.context(whole))
            found = self._made(context or Context(), user_agent, has_signal)
            if found.traits is None and not found.external and len(own) + len(whole or b"") <= REMEMBERED_BYTES:
                if len(self._known) >= REMEMBERED:
                    self._known.clear()
                self._known[key] = found
        return found

    def _made(self, context: Context, user_agent: str, has_signal: bool) -> Surroundings:
        clean = self._clean
        agent = context.user_agent if context.user_agent is not None else user_agent
        properties = _of_device(context, clean) | _of_page(context, clean)
        if context.locale is not None:
            properties["$locale"] = clean.word[context.locale]
        if (browser := clean.browser[agent]) is not None:
            properties["$browser"], properties["$browser_version"] = browser
        allowed, said = self._purposes(context.consent, has_signal)
        properties |= said
        return Surroundings(
            properties=properties,
            tail=b"," + _encode(properties)[1:] if properties else b"",
            purposes=allowed,
            group=context.group_id,
            traits=context.traits,
            external=_external(context),
        )


def _external(context: Context) -> tuple[tuple[str, str], ...]:
    """Give further identifiers of the user; those of accounts are the group's."""
    return tuple(
        (each.type, str(each.id))
        for each in (context.external_ids or ())[:EXTERNAL_MAX]
        if each.type and each.id not in (None, "") and each.collection in (None, "users")
    )


def _of_device(context: Context, clean: Cleaner) -> dict[str, str]:
    found = {}
    if context.app is not None and context.app.version is not None:
        found["$app_version"] = clean.word[str(context.app.version)]
    if context.os is not None and context.os.name is not None:
        found["$os"] = clean.word[context.os.name]
    if context.device is not None and context.device.type is not None:
        found["$device"] = clean.word[context.device.type]
    return found


def _of_page(context: Context, clean: Cleaner) -> dict[str, str]:
    found, page = {}, context.page
    if page is not None:
        if page.url:
            found["$url"] = clean.url[page.url]
        if page.path:
            found["$path"] = clean.path[page.path]
        if page.referrer:
            found["$referrer"] = clean.url[page.referrer]
    for part, value in (context.campaign or {}).items():
        if isinstance(value, str):
            found["$campaign_" + clean.word[part]] = clean.word[value]
    return found
