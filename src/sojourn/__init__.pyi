# What `sojourn/__init__.py` gives at first use; a stub, so that nothing here counts as an import.
from sojourn.surfaces.library import Journey as Journey
from sojourn.surfaces.library import Log as Log
from sojourn.surfaces.library import connect as connect
from sojourn.surfaces.library import from_dataframe as from_dataframe
from sojourn.surfaces.library import read_events as read_events

__version__: str
