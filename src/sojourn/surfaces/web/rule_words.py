"""The rules of identity in words: a line for each rule, as people say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sojourn.domains.identity.contracts import Form, Kind, Limit, Rules, Span

Words = str | Promise
SHOWN: Final = 6  # values and sources named before "and more"
NAMES: Final[dict[str, Words]] = {"email": gettext_lazy("Mail address"), "phone": gettext_lazy("Phone number")}
FORMS: Final[dict[Form, Words]] = {
    Form.EMAIL: gettext_lazy("Compared as a mail address: capitals and blanks do not matter."),
    Form.PHONE: gettext_lazy("Compared as a phone number: how it is written does not matter."),
    Form.TEXT: gettext_lazy("Compared as it is written."),
}


@dataclass(frozen=True, kw_only=True)
class RuleLine:
    """A rule: what it is about, and what it says."""

    about: str
    says: tuple[str, ...]


def rule_lines(rules: Rules) -> list[RuleLine]:
    """Say each rule in words, in the order in which they count."""
    number = _("One customer number is one customer. Two of them are never made one by a rule.")
    return [
        RuleLine(about=_("Customer number"), says=(number,)),
        RuleLine(about=_("Device"), says=(_devices(rules.devices),)),
        *(RuleLine(about=str(NAMES.get(each.name, each.name)), says=_kind(each)) for each in rules.kinds),
        RuleLine(about=_("Too common a value"), says=(_common(rules.holders_max),)),
        RuleLine(about=_("Values that mean nobody"), says=(_blocked(rules.blocked),)),
        RuleLine(about=_("Proof"), says=(_proof(rules.verified_by),)),
    ]


def _devices(limit: Limit | None) -> str:
    if limit is None:
        return _("Whoever signs in on a device owns what it did before, on however many devices.")
    return _(
        "Whoever signs in on a device owns what it did before. A customer number has %(most)s; more join nobody."
    ) % {"most": _most(limit)}


def _kind(kind: Kind) -> tuple[str, ...]:
    read = _listed([*kind.traits, *(name for name in kind.external if name not in kind.traits)])
    came = _("Read from %(names)s.") % {"names": read} if read else _("Read from nothing.")
    if not kind.joins:
        return (_("Kept, but joins nobody."), came)
    joins = _("Who gives the same one is the same customer.")
    if kind.limit is not None:
        joins += " " + _("A customer has %(most)s; more join nobody.") % {"most": _most(kind.limit)}
    return (joins, str(FORMS[kind.form]), came)


def _most(limit: Limit) -> str:
    spans = {
        Span.EVER: _("%(n)s at most"),
        Span.WEEKLY: _("%(n)s at most in 7 days"),
        Span.MONTHLY: _("%(n)s at most in 30 days"),
        Span.ANNUALLY: _("%(n)s at most in 365 days"),
    }
    return spans[limit.span] % {"n": limit.count}


def _common(most: int) -> str:
    return ngettext(
        "A value that more than %(n)s person holds joins nobody.",
        "A value that more than %(n)s persons hold joins nobody.",
        most,
    ) % {"n": most}


def _blocked(values: tuple[str, ...]) -> str:
    return _listed(values) if values else _("None: every value means somebody.")


def _proof(sources: tuple[str, ...]) -> str:
    if not sources:
        return _("No source can say that an address is proved.")
    if "*" in sources:
        return _("Every source can say that an address is proved; a browser says what anybody types.")
    return _("An address counts as proved when one of these sources says so: %(names)s.") % {"names": _listed(sources)}


def _listed(names: list[str] | tuple[str, ...]) -> str:
    said = ", ".join(names[:SHOWN])
    more = len(names) - SHOWN
    return said + (ngettext(" and %(n)s more", " and %(n)s more", more) % {"n": more} if more > 0 else "")
