"""Levels: how alike a field of two records may be, from the same to different.

Edit distances are Damerau-Levenshtein's (two letters that change places are one slip) and similarities Jaro-Winkler's,
as in Christen, "Data Matching" (2012), section 5. Names that stand in each other's place, and the two lines of an
address, are one event, not two: the first field of the pair has the level, the second then says nothing. Without that
one swap counts twice, and chance agreement of names that are given and family names alike counts for much.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sojourn.engine.matching.words import Comparison, Level

CLOSE, NEAR = 0.93, 0.85  # Jaro-Winkler
WITH_THE_STREET = frozenset({"number", "street_more", "place", "postcode", "region"})


def comparisons(has: Collection[str]) -> tuple[Comparison, ...]:
    """Give the comparisons of the fields that the records have."""
    made = [
        _text("given", swaps_with="family", has=has, bits=6.0),
        _text("given_more", has=has, bits=4.0),
        _text("family", swapped_with="given", has=has, bits=7.0),
        _text("family_more", has=has, bits=4.0),
        _born(),
        _mail(),
        _phone(),
        _digits("number", bits=4.0),
        _text("street", swaps_with="street_more", has=has, bits=8.0),
        _text("street_more", swapped_with="street", has=has, bits=7.0),
        _text("place", has=has, bits=6.0),
        _digits("postcode", bits=7.0),
        Comparison(
            field="region", missing=_missing("region"), levels=(_same("region", 2.0, by_term=False), _other(-2.0))
        ),
    ]
    return tuple(_moved_once(each, has) for each in made if each.field in has)


def _moved_once(comparison: Comparison, has: Collection[str]) -> Comparison:
    """Let the rest of an address say nothing where it differs with the street: a move is one event, not five."""
    if "street" not in has or comparison.field not in WITH_THE_STREET:
        return comparison
    name = comparison.field
    other_street = (
        f'l."street" <> r."street" AND jaro_winkler_similarity(l."street", r."street") < {NEAR} '
        f'AND l."{name}" <> r."{name}"'
    )
    return replace(comparison, missing=f"({comparison.missing}) OR ({other_street})")


def _text(name: str, *, bits: float, has: Collection[str], swaps_with: str = "", swapped_with: str = "") -> Comparison:
    levels = [_same(name, bits)]
    if swaps_with in has:
        levels.append(Level(name="swapped", sql=_swap(name, swaps_with), bits=bits + 5.0))
    levels += [
        Level(name="close", sql=_is_close(f'l."{name}"', f'r."{name}"'), bits=bits - 1.0),
        Level(name="near", sql=f'jaro_winkler_similarity(l."{name}", r."{name}") >= {NEAR}', bits=bits - 4.0),
        _other(-3.5),
    ]
    missing = _missing(name)
    if swapped_with in has:
        missing = f"({missing}) OR ({_swap(name, swapped_with)})"
    return Comparison(field=name, missing=missing, levels=tuple(levels))


def _born() -> Comparison:
    def part(side: str, at: int, length: int) -> str:
        return f'substr({side}."born", {at}, {length})'

    same = [f"({part('l', at, length)} = {part('r', at, length)})" for at, length in ((1, 4), (5, 2), (7, 2))]
    turned = f"{same[0]} AND {part('l', 5, 2)} = {part('r', 7, 2)} AND {part('l', 7, 2)} = {part('r', 5, 2)}"
    two = " + ".join(f"CAST({each} AS INTEGER)" for each in same)
    slips = 'damerau_levenshtein(l."born", r."born")'
    return Comparison(
        field="born",
        missing=_missing("born"),
        levels=(
            _same("born", 12.0, by_term=False),
            Level(name="day and month swapped", sql=turned, bits=8.0),
            Level(name="one slip", sql=f"{slips} <= 1", bits=5.0),
            Level(name="two parts", sql=f"{two} >= 2", bits=3.0),
            Level(name="two slips", sql=f"{slips} <= 2", bits=-1.0),
            _other(-4.5),
        ),
    )


def _mail() -> Comparison:
    local = "split_part({}.\"mail\", '@', 1)"
    left, right = local.format("l"), local.format("r")
    both = 'l."mail"', 'r."mail"'
    # two of one name take anna.berg7 and anna.berg9: a slip among letters is a slip, one among digits somebody else
    digits = " = ".join(f"regexp_replace({each}, '[^0-9]', '', 'g')" for each in both)
    return Comparison(
        field="mail",
        missing=_missing("mail"),
        levels=(
            _same("mail", 14.0),
            Level(name="same name", sql=f"{left} = {right} AND length({left}) >= 5", bits=9.0),
            Level(name="close", sql=f"{digits} AND {_slips(*both, 1)}", bits=4.0),
            _other(-1.0),  # people have several
        ),
    )


def _phone() -> Comparison:
    return Comparison(
        field="phone",
        missing=_missing("phone"),
        levels=(
            _same("phone", 14.0),
            Level(name="one slip", sql=_slips('l."phone"', 'r."phone"', 1), bits=8.0),
            _other(-1.0),
        ),
    )


def _digits(name: str, *, bits: float) -> Comparison:
    slip = Level(name="one slip", sql=_slips(f'l."{name}"', f'r."{name}"', 1), bits=bits - 4.0)
    return Comparison(field=name, missing=_missing(name), levels=(_same(name, bits), slip, _other(-3.0)))


def _same(name: str, bits: float, *, by_term: bool = True) -> Level:
    return Level(name="the same", sql=f'l."{name}" = r."{name}"', bits=bits, by_term=by_term)


def _other(bits: float) -> Level:
    return Level(name="different", sql="", bits=bits)


def _missing(name: str) -> str:
    return f'l."{name}" IS NULL OR r."{name}" IS NULL'


def _slips(left: str, right: str, most: int) -> str:
    # lengths first: they spare most pairs the distance, which is what comparing takes its time for
    return f"(abs(length({left}) - length({right})) <= {most} AND damerau_levenshtein({left}, {right}) <= {most})"


def _is_close(left: str, right: str) -> str:
    return f"({_slips(left, right, 1)} OR jaro_winkler_similarity({left}, {right}) >= {CLOSE})"


def _swap(one: str, other: str) -> str:
    """Say that two fields stand in each other's place: one crosswise the same, the other at least close."""
    there, back = (f'l."{one}"', f'r."{other}"'), (f'l."{other}"', f'r."{one}"')
    whole = f"({there[0]} = {there[1]} AND ({back[0]} = {back[1]} OR {_is_close(*back)}))"
    half = f"({back[0]} = {back[1]} AND {_is_close(*there)})"
    return f'({whole} OR {half}) AND l."{one}" <> r."{one}"'
