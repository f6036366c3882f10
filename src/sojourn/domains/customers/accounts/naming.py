"""Whom somebody means by customer number, user id or mail: persons, of customers whom the viewer reaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.customers.contracts import MemberGiven
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit.errors import InvalidError

CUSTOMERS_MOST = 1 << 63


class Named:
    """The persons behind what many rows say, looked up at once."""

    def __init__(self, givens: Iterable[MemberGiven], viewer: Viewer) -> None:
        asked = list(givens)
        self._users = identity.with_identifiers("user", {each.user_id for each in asked if each.user_id})
        self._mails = identity.with_mails({each.email for each in asked if each.email})
        numbers = {each.customer for each in asked if each.customer is not None and 0 <= each.customer < CUSTOMERS_MOST}
        persons = numbers.union(*self._users.values(), *self._mails.values())
        looking = viewer.within(Right.CUSTOMERS_WRITE)
        self._customers = privacy.found(persons, purpose=Purpose.SERVICE, viewer=looking)

    def person(self, given: MemberGiven) -> int:
        """Give the person that belongs to an account: whose user id or mail it is.

        Of a customer named by number it is the person whose number they bear now. Raise InvalidError where nobody or
        several are named, or there is none whom the viewer reaches.
        """
        if [given.customer is not None, bool(given.user_id), bool(given.email)].count(True) != 1:
            raise InvalidError("customer, user_id, email: give one of the three.")
        by_name = self._users.get(given.user_id, ()) if given.user_id else self._mails.get(given.email, ())
        meant: Sequence[int] = by_name if given.customer is None else (given.customer,)
        seen = {self._customers[each]: each for each in meant if each in self._customers}
        if len(seen) > 1:
            raise InvalidError("Several customers share this mail address; name one by customer or user_id.")
        if not seen:
            raise InvalidError("There is no such customer.")
        customer, person = seen.popitem()
        return person if given.customer is None else customer
