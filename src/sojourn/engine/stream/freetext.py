"""Personal data in free text, masked before the text is stored: mails, phones, cards, accounts, ids, births, streets.

A text is looked at in three steps, so that most cost little: its digits are counted and an @ looked for; then only the
patterns run that could match; then a checksum decides where the kind has one. What is found becomes `:kind`. Names are
masked where the caller knows them; lists of names are not used, they would mask May, Rose and Berlin.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from sojourn.engine.stream.personal import is_free_text, is_free_text_name, is_iban, is_luhn, is_phone

MAIL: Final = re.compile(r"[^\s@<>\"',;:()/?&=]{1,64}(?:@|%40)(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
PHONE: Final = re.compile(
    r"(?<![\w.+/-])(?:(?:\+|00)[\d\s()/.-]{6,20}\d|\(?0[\d\s()/.-]{7,18}\d|\(?\d{3}\)?[\s.-]{1,2}\d{3}[\s.-]\d{4})(?![\w-])"
)
CARD: Final = re.compile(r"(?<![\w-])[2-6](?:[ -]?\d){12,18}(?![\w-])")
IBAN: Final = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,4})?(?!\w)")
ADDRESS: Final = re.compile(
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){2,7}[0-9a-fA-F:]{1,}"
)
NATIONAL: Final = re.compile(
    r"(?<![\w-])(?:\d{3}-\d{2}-\d{4}|[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]|\d{8}-?[A-Z]|[XYZ]-?\d{7}-?[A-Z]"
    r"|\d{3}\.?\d{3}\.?\d{3}-?\d{2}|[12] ?\d{2} ?[01]\d ?\d{2} ?\d{3} ?\d{3} ?\d{2}"
    r"|[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]"
    r"|\d{2} ?\d{3} ?\d{3} ?\d{3}|\d{9})(?![\w-])"
)
BIRTH: Final = re.compile(
    r"\b(?:born(?: on)?|birthday(?: is)?|date of birth|d\.?o\.?b\.?|geboren(?: am)?|geburtsdatum|geb\.|n[ée]e? le"
    r"|date de naissance|naci(?:ó|do|da) el|fecha de nacimiento|nat[oa] il|data di nascita|nascid[oa] em)[\s:]{0,3}"
    r"(\d{1,4}[./ -]{1,2}(?:\d{1,2}|[^\W\d_]{3,10})[./ ,-]{1,3}\d{2,4})",
    re.IGNORECASE,
)
STREET: Final = re.compile(
    r"\b\d{1,5}[a-zA-Z]? (?:[A-Z][\w'’-]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln"
    r"|Drive|Dr|Court|Ct|Close|Way|Place|Square|Terrace|Boulevard|Blvd|Crescent|Gardens|Row|Hill)\b\.?"
    r"|\b(?:[A-ZÄÖÜ][\w.-]{1,30}[ -]?)?(?:[sS]tra(?:ß|ss)e|[sS]tr\.|[wW]eg|[aA]llee|[pP]latz|[gG]asse"
    r"|[uU]fer|[dD]amm) \d{1,4} ?[a-z]?\b"
    r"|\b\d{1,4}(?: bis)?,? (?:rue|avenue|boulevard|impasse|chemin|place|quai) "
    r"(?:d[eu]s? |de la |de l['’]|du )?[A-ZÀ-Ý][\w'’-]+"
    r"(?: [A-ZÀ-Ý][\w'’-]+)*"
    r"|\b(?:Calle|C/|Avenida|Avda\.|Paseo|Plaza|Via|Viale|Piazza|Corso|Rua) (?:[dD]e(?:l|lla|i)? |la )?[A-ZÀ-Ý][\w'’-]+"
    r"(?: [A-ZÀ-Ý][\w'’-]+)*,? \d{1,4}\b"
)
_NO_DIGITS: Final = bytes(each for each in range(256) if not 48 <= each <= 57)
NAME_CHARS_MIN: Final = 3
_WORD: Final = re.compile(r"\w+(?:['’-]\w+)*")
_PART: Final = re.compile(r"\w+")


class Masked(NamedTuple):
    """A text without what was found, and how often each kind was."""

    text: str
    found: dict[str, int]


class _Kind(NamedTuple):
    name: str
    pattern: re.Pattern[str]
    is_one: Callable[[str], bool]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_national(text: str) -> bool:
    """Say whether a number is one of a country's that passes its own check.

    US social security, UK national insurance, Spanish DNI and NIE, Brazilian CPF, French NIR, Italian codice fiscale
    (by shape), German tax id, Dutch BSN.

    >>> is_national("12345678Z"), is_national("12345678A"), is_national("529.982.247-25"), is_national("111-22-3333")
    (True, False, True, True)
    """
    plain = re.sub(r"[ .-]", "", text).upper()
    if re.fullmatch(r"\d{3}-\d{2}-\d{4}", text):
        return plain[:3] not in ("000", "666") and plain[0] != "9" and plain[3:5] != "00" and plain[5:] != "0000"
    if re.fullmatch(r"[A-Z]{2}\d{6}[A-D]", plain):
        return plain[:2] not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ")
    if re.fullmatch(r"[XYZ]?\d{7,8}[A-Z]", plain):
        number = int(plain[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2"))
        return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == plain[-1]
    if re.fullmatch(r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]", plain):
        return True
    if not plain.isdecimal():
        return False
    checks = {15: _is_nir, 11: lambda it: _is_cpf(it) or _is_tax_id(it), 9: _is_bsn}
    return len(plain) in checks and checks[len(plain)](plain)


def _is_nir(digits: str) -> bool:
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


def _is_cpf(digits: str) -> bool:
    if len(set(digits)) == 1:
        return False
    for length in (9, 10):
        total = sum(int(each) * (length + 1 - at) for at, each in enumerate(digits[:length]))
        if total * 10 % 11 % 10 != int(digits[length]):
            return False
    return True


def _is_tax_id(digits: str) -> bool:
    """Check a German tax id (ISO 7064 mod 11, 10): one digit of the first ten comes two or three times."""
    often = sorted(digits[:10].count(each) for each in set(digits[:10]))
    if digits[0] == "0" or often[-1] not in (2, 3) or len(often) not in (8, 9):
        return False
    product = 10
    for each in digits[:10]:
        total = (int(each) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def _is_bsn(digits: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return digits[0] != "0" and sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11 == 0


def _always(text: str) -> bool:
    return True


_MAILS: Final = (_Kind("mail", MAIL, _always),)
_NUMBERS: Final = (
    _Kind("iban", IBAN, is_iban),
    _Kind("card", CARD, is_luhn),
    _Kind("id", NATIONAL, is_national),
    _Kind("phone", PHONE, is_phone),
)
_IPS: Final = (_Kind("ip", ADDRESS, _is_address),)
_BIRTHS: Final = (_Kind("birth", BIRTH, _always),)
_STREETS: Final = (_Kind("street", STREET, _always),)
_NUMBER_DIGITS: Final = 6  # fewer are no number of anybody's
_BIRTH_DIGITS: Final = 4
_BIRTH_CUES: Final = (
    "born",
    "birth",
    "d.o.b",
    "dob",
    "gebor",
    "geburt",
    "geb.",
    "né",
    "nee ",
    "naiss",
    "nac",
    "nat",
    "nasc",
)
_STREET_WORDS: Final = frozenset(
    """street st road rd avenue ave lane ln drive dr court ct close way place square terrace boulevard blvd crescent
    gardens row hill rue impasse chemin quai calle c/ avenida avda paseo plaza via viale piazza corso rua str weg allee
    platz gasse ufer damm straße strasse""".split()  # noqa: SIM905
)
_STREET_ENDINGS: Final = ("straße", "strasse", "str.", "weg ", "allee ", "platz ", "gasse ", "ufer ", "damm ")
_BETWEEN: Final = str.maketrans(dict.fromkeys(",.()!?;:\"'", " "))
_RUN: Final = re.compile(r"\d[\dA-Za-z]?(?:[ ()/.+-]{0,3}[\dA-Z]){5}")  # what a number of somebody begins with


def without_personal(text: str, *, names: Sequence[str] = ()) -> Masked:
    """Mask what is personal in a free text; `names` are of those whom it is about, found as whole words.

    >>> without_personal("Write to ana@example.com or call +49 151 2345678, I am Ana", names=["Ana"]).text
    'Write to :mail or call :phone, I am :name'
    """
    found: dict[str, int] = {}
    if "@" in text or "%40" in text:
        text = _replaced(text, _MAILS, found)
    digits = text.encode().translate(None, _NO_DIGITS) if not text.isalpha() else b""
    if digits:
        for kinds in _worth_trying(text, len(digits)):
            text = _replaced(text, kinds, found)
    if names:
        text = _without_names(text, name_words(names), found)
    return Masked(text, found)


def _worth_trying(text: str, digits: int) -> Iterator[tuple[_Kind, ...]]:
    """Give the kinds that a text with so many digits may hold."""
    low = text.lower()
    if digits >= _BIRTH_DIGITS:
        if any(map(low.__contains__, _BIRTH_CUES)):
            yield _BIRTHS
        if text.count(".") > 2 or text.count(":") > 1:
            yield _IPS
        if digits >= _NUMBER_DIGITS and _RUN.search(text):
            yield _NUMBERS
    words = low.translate(_BETWEEN).split()
    if not _STREET_WORDS.isdisjoint(words) or any(map(low.__contains__, _STREET_ENDINGS)):
        yield _STREETS


def _replaced(text: str, kinds: Iterable[_Kind], found: dict[str, int]) -> str:
    for kind in kinds:

        def mask(hit: re.Match[str], kind: _Kind = kind) -> str:
            if not kind.is_one(hit[0]):
                return hit[0]
            found[kind.name] = found.get(kind.name, 0) + 1
            return f":{kind.name}" if kind.name != "birth" else hit[0].replace(hit[1], ":birth")

        text = kind.pattern.sub(mask, text)
    return text


def _without_names(text: str, words: Collection[str], found: dict[str, int]) -> str:
    low = text.casefold()
    if not any(word in low for word in words):  # most texts: no look at their words
        return text

    def mask(hit: re.Match[str]) -> str:
        if hit[0].casefold() in words:
            found["name"] = found.get("name", 0) + 1
            return ":name"
        return _PART.sub(mask, hit[0]) if hit.re is _WORD else hit[0]

    return _WORD.sub(mask, text)


def name_words(names: Iterable[str]) -> frozenset[str]:
    """Give the words of names by which they are known again in a text: whole and in parts, of three letters and more.

    >>> sorted(name_words(["Ana Silva-Oliveira", "Jo"]))
    ['ana', 'oliveira', 'silva', 'silva-oliveira']
    """
    found = (part for name in names for word in _WORD.findall(name.casefold()) for part in (word, *_PART.findall(word)))
    return frozenset(part for part in found if len(part) >= NAME_CHARS_MIN and not part.isdigit())


def without_names(name: str, value: Any, words: Collection[str]) -> Any:
    """Mask words of names in a value that is set aside as free text, as `masked_text` masks the rest.

    >>> without_names("comment", "Ana here, call ANA back", name_words(["Ana Silva"]))
    ':name here, call :name back'
    """
    if words and isinstance(value, str) and (is_free_text_name(name) or is_free_text(value)):
        return _without_names(value, words, {})
    return value


def masked_text(name: str, value: Any) -> Any:
    """Mask what is personal in a value that is set aside as free text; other personal values stay what they are.

    >>> masked_text("comment", "Mail me: ana@example.com"), masked_text("email", "ana@example.com")
    ('Mail me: :mail', 'ana@example.com')
    """
    if isinstance(value, str) and (is_free_text_name(name) or is_free_text(value)):
        return without_personal(value).text
    return value
