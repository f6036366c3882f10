"""What the bank's register says of its customers: names, homes, birthdays; some humans stand in it twice.

A second record is of another system: a branch opened it years ago, or the human opened an account online again. Name or
birthday has a slip, mail and phone are others, one in four has moved since. The truth is `Population.same_as`. Couples
are the trap: one family name, one home, two humans.
"""

from __future__ import annotations

import json
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.engine.simulation.names import FIRST_NAMES, LAST_NAMES
from sojourn.engine.simulation.population import Population
from sojourn.engine.simulation.twice import RECORDS_STREAM

MOVED_SHARE, SLIPPED_SHARE, SWAPPED_SHARE, DATE_SHARE = 0.25, 0.6, 0.05, 0.15
FIRST_BIRTHDAY: Final = np.datetime64("1938-01-01")
BIRTHDAYS: Final = 24_500  # days
STREETS: Final = (
    "Anchor Lane", "Bridge Street", "Castle Road", "Chapel Street", "Church Lane", "Cooper Street", "Dock Road",
    "Ferry Lane", "Garden Street", "Green Lane", "Harbour Street", "High Street", "Linden Avenue", "Lock Road",
    "Market Street", "Mill Lane", "Mole Road", "New Street", "Orchard Road", "Quay Street", "River Walk", "Rope Walk",
    "School Lane", "Ship Street", "Station Road", "Tower Street", "Wall Street", "Water Lane", "Weir Road", "York Road",
)  # fmt: skip
TOWNS: Final = (
    "Harbour",
    "Old Harbour",
    "Quayside",
    "Lindenhof",
    "Castle Green",
    "Northgate",
    "Southbank",
    "Eastfield",
)

Int64s = npt.NDArray[np.int64]


def traits(people: Population, customer: Int64s) -> pa.StringArray:
    """Write name, mail, phone, birthday and address of customers as JSON; mail and phone can reach nobody."""
    plain = _plain(people, customer)
    again = np.flatnonzero(people.same_as[customer] != customer)
    if not len(again):
        return plain
    written = plain.to_pylist()
    for place in again.tolist():
        written[place] = _second(people, int(customer[place]))
    return pa.array(written, pa.string())


def _plain(people: Population, customer: Int64s) -> pa.StringArray:
    first = pa.array(FIRST_NAMES).take(pa.array(people.first_name[customer]))
    last = pa.array(LAST_NAMES).take(pa.array(people.last_name[customer]))
    shares = people.shares_mail[customer]
    box = pc.if_else(pa.array(shares), "family", pc.utf8_lower(first))
    number = np.where(shares, customer // 2 * 2, customer)
    home = _home(people, customer)
    return pc.binary_join_element_wise(
        '{"name":"', first, " ", last, '","email":"', box, ".", pc.utf8_lower(last),
        pa.array(number).cast(pa.string()), '@example.com","phone":"+999',
        pa.array(customer + 20_000_000).cast(pa.string()), '","birthday":"', _birthday(customer),
        '","address":{"street":"', pa.array(_mixed(home, 1) % 120 + 1).cast(pa.string()), " ",
        pa.array(STREETS).take(pa.array(_mixed(home, 2) % len(STREETS))), '","city":"',
        pa.array(TOWNS).take(pa.array(_mixed(home, 3) % len(TOWNS))), '","postalCode":"',
        pa.array(_mixed(home, 4) % 400 + 2_000).cast(pa.string()), '"}}', "",
    )  # fmt: skip


def _second(people: Population, customer: int) -> str:
    """Write a second record: the human's own, worn."""
    human = int(people.same_as[customer])
    rng = np.random.default_rng((RECORDS_STREAM, customer, human))
    of_both = np.array([human, customer])
    known, other = (json.loads(each) for each in _plain(people, of_both).to_pylist())
    given, family = known["name"].split(" ")
    if rng.random() < SLIPPED_SHARE:
        given, family = (_slip(rng, given), family) if rng.random() < 0.4 else (given, _slip(rng, family))
    if rng.random() < SWAPPED_SHARE:
        given, family = family, given
    year, month, day = known["birthday"].split("-")
    if rng.random() < DATE_SHARE:
        month, day = (day, month) if int(day) <= 12 and day != month else (month, f"{int(day) % 28 + 1:02}")
    made = {
        "name": f"{given} {family}",
        "email": f"{family}{customer}.{given}@example.com".lower(),
        "phone": other["phone"],
        "birthday": f"{year}-{month}-{day}",
        "address": other["address"] if rng.random() < MOVED_SHARE else known["address"],
    }
    return json.dumps(made, separators=(",", ":"))


def _slip(rng: np.random.Generator, text: str) -> str:
    at = int(rng.integers(1, len(text)))
    if rng.random() < 0.5 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :] if len(text) > 3 else text + text[-1]


def _home(people: Population, customer: Int64s) -> Int64s:
    """Number the homes; the holders of a joint account share one."""
    return np.where(people.is_joint[customer], customer // 2 * 2, customer)


def _birthday(customer: Int64s) -> pa.StringArray:
    return pa.array((FIRST_BIRTHDAY + _mixed(customer, 5) % BIRTHDAYS).astype(str))


def _mixed(number: Int64s, salt: int) -> Int64s:
    """Spread numbers as if drawn at random, always the same ones (the mixing steps of SplitMix64)."""
    mixed = number.astype(np.uint64) + np.uint64((salt * 0x9E3779B97F4A7C15) % (1 << 64))
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (mixed >> np.uint64(33)).astype(np.int64)
