"""The stream's index for journeys: each customer's events in order, as flat memory-mapped arrays.

A timeline is a folder. Its manifest names some immutable *parts* (the first is the base, the others overlay it), for
each part the customers that a later part has *superseded*, and the dictionaries. Whatever happens to a customer (new
or late events, a merge, an unmerge, an erasure, a withdrawn delivery) is one operation: the customer is superseded
where it stands and rebuilt in a new part, or dropped.
"""

from sojourn.engine.timeline.reading import Source
from sojourn.engine.timeline.timeline import Timeline
from sojourn.engine.timeline.words import BusyError, Layout, Persons, TimelineError
from sojourn.engine.timeline.writing import Change, Writer, writing

__all__ = ["BusyError", "Change", "Layout", "Persons", "Source", "Timeline", "TimelineError", "Writer", "writing"]
