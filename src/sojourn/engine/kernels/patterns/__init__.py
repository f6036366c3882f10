"""The path-pattern language: read, compiled to an automaton, run customer by customer."""

from sojourn.engine.kernels.patterns.automaton import Automaton, compile_pattern
from sojourn.engine.kernels.patterns.binding import Bound, bind
from sojourn.engine.kernels.patterns.errors import PatternError
from sojourn.engine.kernels.patterns.matches import Matches, MatchFold
from sojourn.engine.kernels.patterns.matching import matching
from sojourn.engine.kernels.patterns.reading import read

__all__ = ["Automaton", "Bound", "MatchFold", "Matches", "PatternError", "bind", "compile_pattern", "matching", "read"]
