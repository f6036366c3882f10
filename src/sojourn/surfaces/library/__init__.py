"""The library: journeys of a file, a DataFrame or a running server, in a notebook.

``import sojourn as sj; log = sj.read_events("clicks.csv"); log.graph().plot()``
"""

from sojourn.surfaces.library.asked import Journey
from sojourn.surfaces.library.log import Log
from sojourn.surfaces.library.objects import ObjectLog, read_ocel
from sojourn.surfaces.library.reading import from_dataframe, read_events
from sojourn.surfaces.library.there import connect

__all__ = ["Journey", "Log", "ObjectLog", "connect", "from_dataframe", "read_events", "read_ocel"]
