"""The path-pattern language: read, compiled to an automaton, run customer by customer."""

from sojourn.engine.kernels.patterns.around import Around, AroundFold
from sojourn.engine.kernels.patterns.automaton import Automaton, compile_pattern
from sojourn.engine.kernels.patterns.binding import Bound, bind
from sojourn.engine.kernels.patterns.errors import PatternError
from sojourn.engine.kernels.patterns.matches import Matches, MatchFold
from sojourn.engine.kernels.patterns.matching import matching
from sojourn.engine.kernels.patterns.places import places
from sojourn.engine.kernels.patterns.reading import read

__all__ = [
    "Around",
    "AroundFold",
    "Automaton",
    "Bound",
    "MatchFold",
    "Matches",
    "PatternError",
    "bind",
    "compile_pattern",
    "matching",
    "places",
    "read",
]
