"""Invitations: a room owns a hook, the rooms above it answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Answer = TypeVar("Answer", bound=Callable[..., object])


class Hook(Generic[Answer]):
    """A named list of answers, asked in the order in which they joined.

    >>> greet: Hook[Callable[[str], str]] = Hook("greet")
    >>> @greet.answer
    ... def politely(name: str) -> str:
    ...     return f"Good day, {name}"
    >>> [each("Ana") for each in greet]
    ['Good day, Ana']
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._answers: list[Answer] = []

    def answer(self, function: Answer) -> Answer:
        """Join the hook; used as a decorator in a room's ``plugins.py``."""
        self._answers.append(function)
        return function

    def __iter__(self) -> Iterator[Answer]:
        return iter(tuple(self._answers))
