"""The loader's step as the work process takes it: spool and outbox to one commit."""

from __future__ import annotations

from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.catalogue.contracts import LoadingRules
from sojourn.domains.collection import actions as collection
from sojourn.domains.collection import queries as manifest
from sojourn.domains.identity import actions as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.engine.stream.loader import Loaded, Loader, Rooms
from sojourn.engine.stream.spool import Position, SpoolReader
from sojourn.kit import durable, sealing
from sojourn.kit.settings import Settings

OUTBOX_AT_ONCE = 1_000


class Feed:
    """Brings what waits in spool and outbox into the stream."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reader = SpoolReader(settings.spool, sealing.sealer(settings))
        self._rules: LoadingRules | None = None
        self._loader = Loader(
            settings.segments,
            Rooms(
                writing=collection.writing,
                plan=self._plan,
                resolve=identity.resolve,
                commit=collection.commit_loaded,
                purposes=privacy.collected,
                purposes_version=privacy.purposes_version,
                confirm=collection.known_messages,
            ),
        )
        for hashes in collection.message_hashes():
            self._loader.known.warm(hashes)

    def __len__(self) -> int:
        return len(self._loader.known)

    def step(self) -> Loaded | None:
        """Load what waits, up to the size of one batch; None when nothing does.

        Raise OSError when the disk refuses, SojournError and database errors; nothing was loaded then, and the
        next step tries again.
        """
        place = Position(*manifest.position())
        frames = self._reader.read(place, self._settings.load_max_events)
        outbox = collection.waiting(OUTBOX_AT_ONCE)
        if not frames and not outbox:
            return None
        try:
            loaded = self._loader.load(frames, outbox=outbox)
        except BaseException:
            identity.resolver().forget()  # it remembers tokens that were never stored
            raise
        durable.reach("feed.before_delete")
        self._reader.delete(manifest_position(loaded, place))
        if outbox:
            collection.clear_taken()
        durable.reach("feed.done")
        return loaded

    def _plan(self) -> LoadingRules:
        if self._rules is None or self._rules.version != catalogue.rules_version():
            self._rules = catalogue.loading_rules()
        return self._rules


def manifest_position(loaded: Loaded, before: Position) -> Position:
    """Say how far the spool is done after a step."""
    return loaded.position or before
