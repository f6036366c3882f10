"""Thought of identity: how values are made comparable."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final

from sojourn.engine.stream.personal import is_personal_name, is_suspicious

# Traits that are found by their whole words; of an address the town and the postal code.
SEARCHED_BY_WORD: Final = ("name", "first_name", "last_name", "username", "company", "address", "city", "town")
_OF_AN_ADDRESS: Final = ("city", "town", "postalCode", "postal_code", "postcode", "zip")
_WORD: Final = re.compile(r"\w+")
_WORD_CHARACTERS: Final = 40
WORDS_MAX: Final = 20
PHONE_CHARACTERS: Final = 64
PLAIN_CHARACTERS: Final = 100
# Reserved traits that name somebody or tell of them in their own words.
NAMING: Final = frozenset(
    {
        "name", "first_name", "last_name", "username", "email", "phone", "mobile_phone", "address", "avatar",
        "birthday", "description", "id", "website", "city", "town", "street", "zip",
    }
)  # fmt: skip


def normalised(name: str, value: object, *, region: str = "") -> str | None:
    """Bring a mail address or phone number into the form under which it is found; None for other traits.

    A phone number is written as E.164 has it. One without a country belongs to `region` (as "DE"); without a region,
    and where no number can be made of it, its digits stay.

    >>> normalised("email", " Ana@Example.COM "), normalised("phone", "+49 (151) 234-567")
    ('ana@example.com', '+49151234567')
    >>> normalised("phone", "0151 2345678", region="DE")
    '+491512345678'
    """
    if name == "email" and isinstance(value, str):
        return value.strip().lower() or None
    if name == "phone":
        text = str(value).strip()[:PHONE_CHARACTERS]
        digits = "".join(each for each in text if each.isdigit())
        return _e164(text, region) or (("+" if text.startswith("+") else "") + digits if digits else None)
    return None


def is_plain(name: str, value: str = "") -> bool:
    """Say whether a trait names nobody by its name or value, so that customers may be listed by what it is.

    >>> is_plain("plan"), is_plain("last_name"), is_plain("workPhone"), is_plain("plan", "ana@example.com")
    (True, False, False, False)
    """
    return name not in NAMING and not is_personal_name(name) and not is_suspicious(value)


def plain(name: str, value: object) -> str | None:
    """Write the value of a plain trait as it is compared: without case; None where nobody is listed by it.

    >>> plain("plan", " Premium "), plain("is_member", True), plain("visits", 3.0), plain("email", "a@b.de")
    ('premium', 'true', '3', None)
    """
    if not is_plain(name):
        return None
    if isinstance(value, dict):  # a company with its name
        value = value.get("name")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}" if abs(value) < 1e6 and value == float(f"{value:g}") else str(value)
    if not isinstance(value, str):
        return None
    text = unicodedata.normalize("NFKC", value).strip().casefold()
    return text if text and len(text) <= PLAIN_CHARACTERS and not is_suspicious(text) else None


def _e164(text: str, region: str) -> str | None:
    if not region and not text.startswith("+"):
        return None
    digits = "".join(each for each in text if each.isdigit())
    if text.startswith("+") and _is_plain(digits):
        return "+" + digits
    import phonenumbers  # 20 ms that a process without phone numbers need not spend

    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _is_plain(digits: str) -> bool:
    """Say whether an international number needs no parsing: a tenth of the time, and most senders write them so.

    Behind its country's code stands no 0 and nothing else that dialling within the country puts before a number.
    """
    if not 8 <= len(digits) <= 15:
        return False
    size = next((size for size in (1, 2, 3) if digits[:size] in _dialled()), 0)
    return size > 0 and digits[size] != "0" and _dialled()[digits[:size]].match(digits, size) is None


@functools.cache
def _dialled() -> dict[str, re.Pattern[str]]:
    """Give, by country code, what is dialled before a number within its main country, which decides about the form."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    found = {}
    for code, (main, *_) in COUNTRY_CODE_TO_REGION_CODE.items():
        country = PhoneMetadata.metadata_for_region(main, None)
        if country is not None:
            found[str(code)] = re.compile(country.national_prefix_for_parsing or country.national_prefix or "0")
    return found


def words(value: object, *, most: int = WORDS_MAX) -> frozenset[str]:
    """Give the words of a trait or of a search, without case and accents; of an object those of its name and town.

    Words behind the first `most` are not looked at.

    >>> sorted(words("Zoë  O'Neill-Müller")), sorted(words({"city": "Köln", "street": "Domplatz 1"}))
    (['muller', 'neill', 'o', 'zoe'], ['koln'])
    """
    if isinstance(value, dict):
        return frozenset().union(*(words(value.get(key)) for key in ("name", *_OF_AN_ADDRESS)))
    if isinstance(value, bool) or not isinstance(value, str | int):
        return frozenset()
    text = unicodedata.normalize("NFKD", str(value).casefold())
    plain = "".join(each for each in text if not unicodedata.combining(each))
    return frozenset(word[:_WORD_CHARACTERS] for word in _WORD.findall(plain)[:most])
