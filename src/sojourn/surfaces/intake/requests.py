"""One request of events, from bytes to frames: who sends, what is good, what is refused and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sojourn.engine.stream.spool import Frame, Refused
from sojourn.kit.settings import Settings
from sojourn.surfaces.intake import posthog
from sojourn.surfaces.intake.bodies import Envelope
from sojourn.surfaces.intake.items import Arrival, checked, instant_us, message_id
from sojourn.surfaces.intake.refusals import ItemRefusedError, RequestRefusedError
from sojourn.surfaces.intake.sources import Source

QUARANTINE_ITEM_BYTES: Final = 4_096
QUARANTINE_REQUEST_BYTES: Final = 65_536
CONTEXT_MAX_BYTES: Final = 32_768
USER_AGENT_MAX: Final = 512


@dataclass(frozen=True, slots=True)
class Route:
    """What an address takes; ``kind`` is None for a batch, whose items say what they are."""

    kind: str | None = None
    is_posthog: bool = False


KINDS: Final = ("track", "identify", "page", "screen", "group", "alias")
ROUTES: Final[dict[str, Route]] = {
    **{f"/v1/{kind}": Route(kind) for kind in KINDS},
    **{f"/v1/{kind[0]}": Route(kind) for kind in KINDS},
    "/v1/batch": Route(),
    "/v1/b": Route(),
    "/v1/import": Route(),
    "/batch": Route(is_posthog=True),
}


@dataclass(slots=True)
class Sorted:
    """A request's items, good and refused; instants in microseconds."""

    source: Source
    received_at: int
    sent_at: int | None
    good: list[bytes] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    _room: int = QUARANTINE_REQUEST_BYTES

    def refuse(self, index: int, refusal: ItemRefusedError, raw: bytes) -> None:
        """Note a refused item, with as much of it as the quarantine takes."""
        kept = raw[: min(QUARANTINE_ITEM_BYTES, self._room)]
        self._room -= len(kept)
        self.refused.append(Refused(index, message_id(raw), refusal.reason_code, refusal.message, kept))

    def frames(self, envelope: Envelope, user_agent: bytes, *, has_signal: bool = False) -> list[Frame]:
        """Give what goes into the spool; `has_signal` says that the request bore `Sec-GPC: 1`."""
        agent = user_agent.decode("latin-1")[:USER_AGENT_MAX]
        common = {"source": self.source.slug, "received_at": self.received_at, "sent_at": self.sent_at}
        found: list[Frame] = []
        if self.good:
            context, integrations = envelope.context, envelope.integrations
            found.append(Frame(kind="items", user_agent=agent, context=context, integrations=integrations,
                               items=self.good, has_signal=has_signal, **common))  # type: ignore[arg-type]  # fmt: skip
        if self.refused:
            found.append(Frame(kind="refused", user_agent=agent, refused=self.refused, **common))  # type: ignore[arg-type]
        return found


def sort_items(envelope: Envelope, route: Route, source: Source, received_at: int, settings: Settings) -> Sorted:
    """Check each item of a request; raise RequestRefusedError when what they share is too large."""
    for shared in (envelope.context, envelope.integrations):
        if shared is not None and len(shared) > CONTEXT_MAX_BYTES:
            raise RequestRefusedError("body_too_large")
    sent_at = instant_us(envelope.sent_at) if envelope.sent_at else None
    arrival = Arrival(source.slug, received_at, sent_at)
    found = Sorted(source, received_at, sent_at)
    seen: dict[bytes, int] = {}
    for index, item in enumerate(envelope.items):
        raw = bytes(item)
        try:
            if index >= settings.batch_max_items:
                raise ItemRefusedError("too_many_items")
            if len(raw) > settings.item_max_bytes:
                raise ItemRefusedError("item_too_large")
            event = posthog.translated(raw) if route.is_posthog else raw
            found.good.append(checked(event, route.kind, arrival, seen))
        except ItemRefusedError as refusal:
            found.refuse(index, refusal, raw)
    return found


def refused_whole(source: Source, refusal: RequestRefusedError, body: bytes, received_at: int) -> Frame:
    """Give the quarantine's note of a request that was refused as a whole, with the beginning of its body."""
    note = Refused(-1, None, refusal.reason_code, refusal.message, body[:QUARANTINE_ITEM_BYTES])
    return Frame(source=source.slug, kind="refused", received_at=received_at, refused=[note])
