"""Which records are one human: cleaning, blocking, comparing, learning without truth, and where to draw the line."""

from sojourn.engine.matching.clusters import clusters
from sojourn.engine.matching.matching import Method, is_model_there, match
from sojourn.engine.matching.words import FIELDS, Expected, Matches, MatchingError

__all__ = ["FIELDS", "Expected", "Matches", "MatchingError", "Method", "clusters", "is_model_there", "match"]
