"""What is personal: names of traits and properties, and values that look like mails, phones, cards or accounts."""

from __future__ import annotations

import re
from typing import Final

# Segment's reserved traits, by their name without case, underscore and hyphen -> the name under which we keep it.
RESERVED_TRAITS: Final = {
    "address": "address",
    "age": "age",
    "avatar": "avatar",
    "birthday": "birthday",
    "company": "company",
    "createdat": "created_at",
    "description": "description",
    "email": "email",
    "firstname": "first_name",
    "gender": "gender",
    "id": "id",
    "lastname": "last_name",
    "name": "name",
    "phone": "phone",
    "title": "title",
    "username": "username",
    "website": "website",
}
# Properties that are personal by their name wherever they stand, whole or as the last words of a longer name.
_ENDINGS: Final = tuple(
    """email emailaddress mailaddress phone phonenumber mobilenumber telephone msisdn whatsapp firstname lastname
    fullname surname givenname familyname maidenname username customername holdername contactname personname birthday
    birthdate dateofbirth iban cardnumber accountnumber socialsecuritynumber passportnumber taxid nationalid
    streetaddress postaladdress homeaddress billingaddress shippingaddress ipaddress deviceid userid customerid
    anonymousid distinctid advertisingid vorname nachname familienname telefon telefonnummer handynummer geburtsdatum
    geburtstag emailadresse mailadresse kontonummer kartennummer nomdefamille datedenaissance apellido apellidos
    fechadenacimiento cognome datadinascita""".split()  # noqa: SIM905 - easier to read and to add to
)
_WHOLE: Final = frozenset(
    """mail mobile tel fax dob ssn ip street address postcode zipcode password secret token latitude longitude
    idfa idfv gaid adid handy anschrift strasse straße adresse plz prenom prénom courriel téléphone correo teléfono
    telefono
    dirección direccion indirizzo""".split()  # noqa: SIM905
)
# Free text, by name: people write what they like into it.
_FREE_TEXT: Final = frozenset(
    """comment comments message messagetext feedback freetext text note notes body transcript verbatim
    reviewtext""".split()  # noqa: SIM905
)
FREE_TEXT_CHARS: Final = 160  # an undeclared string that is longer is taken for free text
FREE_TEXT_SPACES: Final = 15  # or one of more words

# It begins where a word begins and labels have a bound: the time must not grow with the square of a text's length.
_MAIL: Final = re.compile(
    r"""(?<![^\s@/?&=<>"',;:()])[^\s@/?&=<>"',;:()]+(?:@|%40)"""
    r"""(?:[^\s@/?&=<>"',;:().]{0,255}+\.)+[^\s@/?&=<>"',;:().]{2,}"""
)
_PHONE: Final = re.compile(
    r"(?<![\w.+-])(?:(?:\+|00)[\d\s()/.-]{6,}\d|\(?0[\d\s()/-]{7,}\d|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4})(?![\w-])"
)
_CARD: Final = re.compile(r"(?<![\w-])[2-6](?:[ -]?\d){12,18}(?![\w-])")
_IBAN: Final = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?!\w)")
_HINT: Final = re.compile(r"@|%40|\d[\d\s()/.-]{5,}\d|[A-Z]{2}\d{2}")


def bare(name: str) -> str:
    """Write a name without case, underscores, hyphens, dots and spaces, so that camelCase and snake_case meet.

    >>> bare("firstName") == bare("first_name")
    True
    """
    return name.lower().replace("_", "").replace("-", "").replace(" ", "").replace(".", "").replace("$", "")


def reserved_trait(name: str) -> str | None:
    """Give the name under which a reserved trait is kept, or None for a trait of the sender's own."""
    return RESERVED_TRAITS.get(bare(name))


def is_personal_name(name: str) -> bool:
    """Say whether a property is personal by its name.

    >>> is_personal_name("customerEmail"), is_personal_name("email_campaign")
    (True, False)
    """
    plain = bare(name)
    return plain in _WHOLE or plain in _FREE_TEXT or plain.endswith(_ENDINGS)


def is_free_text_name(name: str) -> bool:
    """Say whether a property holds free text by its name.

    >>> is_free_text_name("Comment"), is_free_text_name("email")
    (True, False)
    """
    return bare(name) in _FREE_TEXT


def is_free_text(value: str) -> bool:
    """Say whether an undeclared string is so long that it must be taken for free text."""
    return len(value) > FREE_TEXT_CHARS or value.count(" ") > FREE_TEXT_SPACES


def is_suspicious(text: str) -> bool:
    """Say whether a text holds something like a mail address, phone, card or account number."""
    return _HINT.search(text) is not None and masked(text) != text


def masked(text: str) -> str:
    """Replace what looks like a mail address, account, card or phone number.

    >>> masked("call +49 151 2345678 or ana@example.com")
    'call :phone or :mail'
    """
    text = _MAIL.sub(":mail", text)
    text = _IBAN.sub(lambda found: ":iban" if is_iban(found[0]) else found[0], text)
    text = _CARD.sub(lambda found: ":card" if is_luhn(found[0]) else found[0], text)
    return _PHONE.sub(lambda found: ":phone" if is_phone(found[0]) else found[0], text)


def without_mail(text: str) -> str:
    """Replace mail addresses and phone numbers with a plus, where other numbers of every form are to be expected.

    >>> without_mail("4006381333931"), without_mail("+4915123456789")
    ('4006381333931', ':phone')
    """
    text = _MAIL.sub(":mail", text)
    return text if "+" not in text else _PHONE.sub(lambda it: ":phone" if it[0].startswith("+") else it[0], text)


def is_phone(text: str) -> bool:
    digits = sum(each.isdigit() for each in text)
    # A leading 0 with eight digits is a date (04/12/2024) more often than a number.
    return (9 if text.lstrip("(").startswith("0") and not text.startswith("00") else 8) <= digits <= 15


def is_luhn(text: str) -> bool:
    digits = [int(each) for each in reversed(text) if each.isdigit()]
    return sum(d if at % 2 == 0 else (d * 2 - 9 if d > 4 else d * 2) for at, d in enumerate(digits)) % 10 == 0


def is_iban(text: str) -> bool:
    plain = text.replace(" ", "")
    return len(plain) >= 15 and int("".join(str(int(each, 36)) for each in plain[4:] + plain[:4])) % 97 == 1
