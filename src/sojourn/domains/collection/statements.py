"""SQL of the commit, written to run on SQLite and PostgreSQL alike; one statement for many rows."""

from __future__ import annotations

from typing import Final

SET_COUNTER: Final = """
INSERT INTO collection_counter (name, value) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
ADD_COUNTER: Final = """
INSERT INTO collection_counter (name, value) VALUES (%s, 1)
ON CONFLICT (name) DO UPDATE SET value = collection_counter.value + 1
"""
SET_PLACE: Final = """
INSERT INTO collection_spoolplace (id, segment, "offset", ordinal) VALUES (1, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET segment = excluded.segment, "offset" = excluded."offset", ordinal = excluded.ordinal
"""
ADD_FLOW: Final = """
INSERT INTO collection_flowminute (minute, source, accepted, refused, duplicates) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (minute, source) DO UPDATE SET
  accepted = collection_flowminute.accepted + excluded.accepted,
  refused = collection_flowminute.refused + excluded.refused,
  duplicates = collection_flowminute.duplicates + excluded.duplicates
"""
ADD_REFUSED_COUNT: Final = """
INSERT INTO collection_refusedcount (source, code, count) VALUES (%s, %s, %s)
ON CONFLICT (source, code) DO UPDATE SET count = collection_refusedcount.count + excluded.count
"""
ADD_REFUSED: Final = """
INSERT INTO collection_refuseditem
  (source, origin, place, code, reason, received_us, message_id, payload, delivery)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
TAKE_OUTBOX: Final = "INSERT INTO collection_outboxtaken (id) VALUES (%s) ON CONFLICT DO NOTHING"
