"""What events of one customer were, by their ids: the timeline alone answers."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.domains.privacy.door.picking import picked
from sojourn.domains.privacy.door.sight import sight
from sojourn.domains.privacy.queries.reach import require_reachable
from sojourn.engine.timeline.standing import events_of_persons
from sojourn.kit.period import Period


def names_of(customer: int, *, event_ids: Collection[int], purpose: Purpose, viewer: Viewer) -> dict[int, str]:
    """Name events of a customer by id; one that viewer and purpose may not see, or of nobody here, is left out.

    Raise NotFoundError as `require_reachable` does.
    """
    current = require_reachable(customer, purpose=purpose, viewer=viewer)
    theirs = np.array(identity.persons_of(customer=current), np.int64)
    looking, wanted = sight(purpose=purpose, viewer=viewer), np.array(sorted(event_ids), np.int64)
    found: dict[int, str] = {}
    for part in looking.timeline.parts:
        places = events_of_persons(part, theirs)[0]
        places = places[np.isin(part.row[places], wanted)]
        places = places[picked(looking, part, places, Period(), EventFilter())]
        rows = zip(part.row[places].tolist(), part.event[places].tolist(), strict=True)
        found |= {event_id: looking.timeline.names[code] for event_id, code in rows}
    return found
