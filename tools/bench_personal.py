"""Personal data in free text: recall and precision on a labelled set, speed on it and on real comments.

``python -m tools.bench personal``. The labelled set is made here: each sentence has one thing of a kind, or one that
looks like it and is none. The real comments are looked at for speed only, and not shown.
"""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from sojourn.engine.simulation.comments import texts
from sojourn.engine.simulation.names import FIRST_NAMES, LAST_NAMES
from sojourn.engine.simulation.words import THEMES
from sojourn.engine.stream.freetext import without_personal

TITLE = "Personal data in free text"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
REAL = {
    "intents/banking77_train.csv": "text",
    "aspects/semeval14_Restaurants_Train.csv": "Sentence",
    "aspects/semeval14_Laptops_Train.csv": "Sentence",
}
EACH = 500
ROUNDS = 5
COMMENTS = 4_000
SIGNED = ("{0} Regards, {1}", "{2} here. {0}", "{0} ({3}, {2})", "Dear Mrs. {3}, you wrote. {0}", "{0}\n{2}-{3}")
FRAMES = (
    "Please send the papers to {} as soon as you can, I have waited for two weeks.",
    "{} is what I told your colleague on Monday, and nothing has happened since.",
    "I was asked for it twice ({}), which is twice too often!",
    "Bitte ändern Sie das in meinen Unterlagen: {}. Vielen Dank.",
    "Contact: {}\nThe app is slow, the branch was friendly.",
)


def measure() -> str:
    """Measure and give the tables in Markdown."""
    made = list(labelled(random.Random(7)))
    lines = ["| kind | things | recall | look-alikes | taken by mistake |", "| --- | --- | --- | --- | --- |"]
    for kind in dict.fromkeys(kind for kind, _, _ in made):
        things = [text for each, text, is_one in made if each == kind and is_one]
        others = [text for each, text, is_one in made if each == kind and not is_one]
        found = sum(kind in without_personal(text).found for text in things)
        wrong = sum(bool(without_personal(text).found) for text in others)
        mistakes = f"{wrong} of {len(others)}" if others else "–"
        lines.append(f"| {kind} | {len(things)} | {found / len(things):.3f} | {len(others)} | {mistakes} |")
    real = list(_real())
    hits = sum(bool(without_personal(text).found) for text in real)
    lines += ["", f"Every sentence of the labelled set holds something: {_speed([t for _, t, _ in made]):.1f} MB/s."]
    if real:
        size = sum(len(text.encode()) for text in real) / 1e6
        lines.append(
            f"Real comments ({len(real):,}, {size:.1f} MB, {', '.join(REAL)}): {_speed(real):.1f} MB/s of one core's "
            f"time; something was masked in {hits} of them."
        )
    return "\n".join([*lines, "", named()])


def named() -> str:
    """Measure names: comments of the demo company, half of them signed, each writer's own name known."""
    rng, chance = np.random.default_rng(7), random.Random(7)
    tones = rng.integers(0, 3, COMMENTS).astype(np.int8)
    comments = list(texts(rng, rng.integers(0, len(THEMES), COMMENTS).astype(np.int8), tones))
    writers = [f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}" for _ in comments]
    signed = [
        chance.choice(SIGNED).format(comment, who, *who.split()) for comment, who in zip(comments, writers, strict=True)
    ]
    kept = [without_personal(text, names=[who]).text for text, who in zip(signed, writers, strict=True)]
    left = sum(any(word in text for word in who.split()) for text, who in zip(kept, writers, strict=True))
    wrong = sum(bool(without_personal(text, names=[who]).found) for text, who in zip(comments, writers, strict=True))
    began = time.process_time()
    for text, who in zip(signed, writers, strict=True):
        without_personal(text, names=[who])
    speed = sum(len(text.encode()) for text in signed) / 1e6 / (time.process_time() - began)
    return (
        f"Names of the writer, in {COMMENTS:,} comments of the demo company signed in {len(SIGNED)} ways: recall "
        f"{1 - left / COMMENTS:.3f} at {speed:.1f} MB/s; something was masked in {wrong} of the same comments unsigned."
    )


def labelled(chance: random.Random) -> Iterator[tuple[str, str, bool]]:
    """Make sentences: kind, text, and whether it holds one."""
    for kind, (one, other) in KINDS.items():
        for _ in range(EACH):
            yield kind, chance.choice(FRAMES).format(one(chance)), True
            if other is not None:
                yield kind, chance.choice(FRAMES).format(other(chance)), False


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _mail(chance: random.Random) -> str:
    name = chance.choice(["ana.silva", "j_doe", "müller", "kim+bank", "o.brien"]) + _digits(chance, 2)
    return f"{name}@{chance.choice(['example.com', 'mail.example.org', 'post.example.de'])}"


def _phone(chance: random.Random) -> str:
    forms = (
        "+49 151 {:7}", "0151/{:7}", "+1 (555) 2{:2}-{:4}", "020 7946 0{:3}", "+33 6 12 {:2} {:2} {:2}",
        "555-2{:2}-{:4}",
    )  # fmt: skip
    form = chance.choice(forms)
    while "{:" in form:
        at = form.index("{:")
        form = form[:at] + _digits(chance, int(form[at + 2])) + form[at + 4 :]
    return form


def _luhn(body: str) -> str:
    total = sum(d if at % 2 else (d * 2 - 9 if d > 4 else d * 2) for at, d in enumerate(map(int, reversed(body))))
    return body + str(-total % 10)


def _card(chance: random.Random) -> str:
    whole = _luhn("4" + _digits(chance, 14))
    return " ".join(whole[at : at + 4] for at in range(0, 16, 4)) if chance.random() < 0.5 else whole


def _order(chance: random.Random) -> str:
    day = f"{chance.randint(1, 28)}.{chance.randint(1, 12)}.2026"
    return f"order {_digits(chance, 5)} of {day} for {_digits(chance, 3)}.50 EUR"


def _iban(chance: random.Random) -> str:
    body = _digits(chance, 18)
    return f"DE{98 - int(body + '131400') % 97:02d}{body}"


def _wrong_iban(chance: random.Random) -> str:
    right = _iban(chance)
    return right[:2] + f"{(int(right[2:4]) + 1) % 98:02d}" + right[4:12]


def _dni(chance: random.Random) -> str:
    number = _digits(chance, 8)
    return number + "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]


def _ssn(chance: random.Random) -> str:
    return f"{chance.randint(100, 665)}-{chance.randint(10, 99)}-{chance.randint(1000, 9999)}"


def _version(chance: random.Random) -> str:
    return f"version {chance.randint(1, 9)}.{chance.randint(0, 20)}.{chance.randint(0, 9)}"


def _birth(chance: random.Random) -> str:
    day = f"{chance.randint(1, 28)}.{chance.randint(1, 12)}.{chance.randint(1930, 2005)}"
    return f"{chance.choice(['born on', 'geboren am', 'date of birth:', 'née le', 'nacido el', 'DOB'])} {day}"


def _street(chance: random.Random) -> str:
    places = (
        "{} High Street",
        "{} Old Mill Road",
        "Lindenstraße {}",
        "Am Weg {}",
        "{} rue de la Paix",
        "Calle Mayor {}",
    )
    return chance.choice(places).format(chance.randint(1, 240))


Made = Callable[[random.Random], str]
KINDS: dict[str, tuple[Made, Made | None]] = {
    "mail": (_mail, lambda chance: f"@sojourn{_digits(chance, 2)} on the net"),
    "phone": (_phone, _order),
    "card": (_card, lambda chance: f"ticket {_digits(chance, 6)}"),
    "iban": (_iban, _wrong_iban),
    "id": (lambda chance: chance.choice([_dni, _ssn])(chance), lambda chance: f"{_digits(chance, 8)}I"),
    "ip": (lambda chance: ".".join(str(chance.randint(1, 254)) for _ in range(4)), _version),
    "birth": (_birth, lambda chance: f"valid from {chance.randint(1, 28)}.{chance.randint(1, 12)}.2026"),
    "street": (_street, lambda chance: f"{chance.randint(2, 9)} days on the way"),
}


def _real() -> Iterator[str]:
    for name, column in REAL.items():
        path = DATA / name
        if path.exists():
            with path.open(encoding="utf-8", errors="replace", newline="") as file:
                yield from (row[column] for row in csv.DictReader(file) if row.get(column))


def _speed(texts: list[str]) -> float:
    size = sum(len(text.encode()) for text in texts)
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for text in texts:
            without_personal(text)
        best = min(best, time.process_time() - began)
    return size / 1e6 / best
