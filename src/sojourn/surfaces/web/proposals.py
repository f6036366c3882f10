"""The words of proposals: fields, how alike they are, and who thinks so."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sojourn.domains.identity.contracts import ProposalSource


def field_words(field: str) -> str:
    """Name a field for people; one that no page knows is named as it is."""
    return {
        "given": _("Given name"),
        "given_more": _("Second given name"),
        "family": _("Family name"),
        "family_more": _("Second family name"),
        "born": _("Born"),
        "mail": _("Mail"),
        "email": _("Mail"),
        "phone": _("Phone"),
        "number": _("House number"),
        "street": _("Street"),
        "street_more": _("Address, second line"),
        "place": _("Town"),
        "postcode": _("Postcode"),
        "region": _("Region"),
        "household": _("Household"),
        "user": _("Customer number"),
        "anonymous": _("Device"),
    }.get(field, field)


def level_words(level: str) -> str:
    """Say how alike a field is; what a rule said in its own words stays."""
    return {
        "the same": _("the same"),
        "swapped": _("swapped with the other field"),
        "close": _("all but the same"),
        "near": _("similar"),
        "day and month swapped": _("day and month swapped"),
        "one slip": _("one slip apart"),
        "two parts": _("two of day, month and year the same"),
        "two slips": _("two slips apart"),
        "same name": _("same name, another provider"),
        "different": _("different"),
        "may be two of one household": _("may be two of one household"),
        "": _("not compared"),
    }.get(level, level)


def source_words(source: ProposalSource) -> str:
    """Say who thinks that two are one."""
    return {
        ProposalSource.MODEL: _("model"),
        ProposalSource.AGREEMENT: _("fixed weights"),
        ProposalSource.RULE: _("rule"),
    }[source]
