"""Customers' answers to the hooks of rooms below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from sojourn.domains.collection import hooks
from sojourn.domains.collection.contracts import Held, Keep, TailBatch
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers import hooks as invitations
from sojourn.domains.customers.contracts import AccountKind, Panel, PanelAsked
from sojourn.domains.privacy import hooks as privacy
from sojourn.kit.sealed import seals

seals("customers.NoteRow", "sealed", use="note")


@hooks.erase_persons.answer
def forget_notes(persons: tuple[int, ...]) -> None:
    """Delete what was noted about erased persons."""
    actions.forget_notes(persons=persons)


@hooks.about_persons.answer
def tell_notes(persons: tuple[int, ...]) -> Iterable[Held]:
    """Tell what is noted about persons."""
    return queries.told(persons)


hooks.holds("customers.NoteRow", erased_by=forget_notes, told_by=tell_notes)


seals("customers.AccountRow", "sealed_key", use="account")
seals("customers.AccountRow", "sealed_name", use="account")


@hooks.erase_persons.answer
def forget_accounts(persons: tuple[int, ...]) -> None:
    """Forget what erased persons held and belonged to."""
    actions.forget_accounts(persons)


def keep_accounts(persons: tuple[int, ...], keep: Keep) -> None:
    """Forget what persons held and belonged to but for the kinds of account that a duty keeps."""
    actions.forget_accounts_in_part(persons, keep)


hooks.ERASED_IN_PART[forget_accounts] = keep_accounts


@privacy.accounts.answer
def which_accounts(persons: Sequence[int]) -> Mapping[AccountKind, date | None]:
    """Say which kinds of account persons hold or belong to, and since when all of a kind are closed to them."""
    return queries.accounts_ended(persons)


@hooks.about_persons.answer
def tell_accounts(persons: tuple[int, ...]) -> Iterable[Held]:
    """Tell what persons hold and belong to."""
    return queries.told_of_accounts(persons)


hooks.holds("customers.AccountRow", "customers.MemberRow", erased_by=forget_accounts, told_by=tell_accounts)


@hooks.tail.answer
def follow_groups(batch: TailBatch) -> Callable[[], None]:
    """Note whom new events put into companies, in the consumer's transaction."""
    return actions.follow_groups(batch)


@invitations.panels.answer
def holds_panel(asked: PanelAsked) -> Panel | None:
    """Tell which products a customer holds."""
    return queries.holds_panel(asked)


@invitations.panels.answer
def household_panel(asked: PanelAsked) -> Panel | None:
    """Tell to which household a customer belongs."""
    return queries.household_panel(asked)


@invitations.panels.answer
def company_panel(asked: PanelAsked) -> Panel | None:
    """Tell to which companies a customer belongs."""
    return queries.company_panel(asked)


@invitations.panels.answer
def tell_who_is_whom(asked: PanelAsked) -> Panel | None:
    """Tell on the customer's page how many identifiers are one person here."""
    return queries.who_is_whom(asked)


@invitations.panels.answer
def consents_panel(asked: PanelAsked) -> Panel | None:
    """Tell what a customer allows and refuses."""
    return queries.consents_panel(asked)
