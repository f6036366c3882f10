"""What collection itself holds of customers, and who answers for it."""

from __future__ import annotations

from sojourn.domains.collection import hooks
from sojourn.kit.sealed import seals

seals("collection.RefusedItem", "payload", use="quarantine", is_kept=False)
seals("collection.PickupRow", "secret", use="pickup")
seals("collection.OutboxEvent", "payload", use="outbox", is_kept=False)

hooks.holds(
    "collection.RemovalRow",
    erased_by="It is the note that a person's rows were taken out: a random number that means nothing any more.",
    told_by="It says of nobody who is still here anything but that events were withdrawn.",
)
hooks.holds(
    "collection.RefusedItem",
    erased_by="The oldest go beyond a limit; an erasure looks into the sealed items for the customer's identifiers.",
    told_by="What was refused was not taken in: nobody can say whose it is. The quarantine shows it to administrators.",
)
hooks.holds(
    "collection.OutboxEvent",
    erased_by="It waits for the loader for seconds, sealed; it becomes an event there, or is dropped as erased.",
    told_by="It becomes an event within seconds and is told as one.",
)
hooks.holds(
    "collection.PickupRow",
    erased_by="It says where files are fetched from and holds the key to that place, and nothing of any customer.",
    told_by="It says where files are fetched from and holds the key to that place, and nothing of any customer.",
)
hooks.holds(
    "collection.ObservationRow",
    erased_by="It counts names of events and properties of a batch, and nothing of anybody.",
    told_by="It counts names of events and properties of a batch, and nothing of anybody.",
)
