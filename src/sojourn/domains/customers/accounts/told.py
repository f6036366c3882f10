"""What is kept of persons about accounts: told to them, and forgotten with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.collection.contracts import Held, Keep
from sojourn.domains.customers.accounts import sealed, storing
from sojourn.domains.customers.contracts import AccountKind
from sojourn.domains.customers.models import AccountRow, MemberRow


def about(persons: Sequence[int]) -> Iterable[Held]:
    """Tell what persons hold and belong to; of others who do, nothing."""
    yield Held(
        heading="Products, households and companies",
        explanation="What you hold with us, alone or with others, and which household and company you belong to.",
        records=_told(persons),
    )


def ended(persons: Sequence[int]) -> dict[AccountKind, date | None]:
    """Give the kinds of account persons belong to, each with the first day on which all are closed to them.

    None while one is open, or closes on a day to come.
    """
    today, found = timezone.now().date(), dict[AccountKind, date | None]()
    for at in range(0, len(persons), storing.AT_ONCE):
        theirs = MemberRow.objects.filter(person__in=persons[at : at + storing.AT_ONCE])
        for kind, *days in theirs.values_list("account__kind", "until", "account__closed_on"):
            day = min((each for each in days if each is not None and each <= today), default=None)
            before = found.get(AccountKind(kind), date.min)
            found[AccountKind(kind)] = None if day is None or before is None else max(day, before)
    return found


def forget_accounts(persons: Sequence[int]) -> None:
    """Forget to what persons belonged, and the products and households that nobody is left of."""
    forget_accounts_in_part(persons, Keep())


def forget_accounts_in_part(persons: Sequence[int], keep: Keep) -> None:
    """Forget to what persons belonged but for the kinds that a duty keeps, and what nobody is left of."""
    with transaction.atomic(using=router.db_for_write(MemberRow)):
        for at in range(0, len(persons), storing.AT_ONCE):
            theirs = MemberRow.objects.filter(person__in=persons[at : at + storing.AT_ONCE])
            going = theirs.exclude(account__kind__in=sorted(keep.accounts))
            accounts = sorted(set(going.values_list("account_id", flat=True)))
            if not accounts:
                continue
            going.delete()
            for begin in range(0, len(accounts), storing.AT_ONCE):
                left = AccountRow.objects.filter(pk__in=accounts[begin : begin + storing.AT_ONCE], members__isnull=True)
                left.exclude(kind=AccountKind.COMPANY.value).delete()
            storing.bump()


def _told(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    for at in range(0, len(persons), storing.AT_ONCE):
        some = MemberRow.objects.filter(person__in=persons[at : at + storing.AT_ONCE]).select_related("account")
        for each in some.order_by("account_id", "pk"):
            account = each.account
            is_company = account.kind == AccountKind.COMPANY.value
            yield {
                "kind": account.kind,
                "number": sealed.opened(account.sealed_key),
                "name": sealed.opened(account.sealed_name) if is_company else "",  # elsewhere it may be another's
                "product": account.product,
                "role": each.role,
                "since": _day(each.since or account.opened_on),
                "until": _day(each.until or account.closed_on),
            }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
