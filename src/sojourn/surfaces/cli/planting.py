"""What shows in the demo bank how customers are kept: traits that are computed, and matching that runs by itself."""

from __future__ import annotations

from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.customers import actions as customers
from sojourn.domains.customers.contracts import How, TraitRule
from sojourn.domains.identity import actions as identity
from sojourn.domains.identity.contracts import MatchingTerms

MATCH_EVERY_DAYS = 7
TRAITS = (
    TraitRule(slug="sign-ins", name="Sign-ins in 28 days", how=How.COUNT, events=("Signed In",), window_days=28),
    TraitRule(slug="channel", name="Channel used most", how=How.MOST_FREQUENT, of="channel", window_days=365),
    TraitRule(
        slug="complaints", name="Complaints in a year", how=How.COUNT, events=("Complaint Received",), window_days=365
    ),
    TraitRule(
        slug="transferred",
        name="Transferred in 90 days",
        how=How.SUM,
        currency="EUR",
        events=("Transfer Made",),
        window_days=90,
    ),
)


def plant_customers() -> None:
    """Save computed traits, and let matching run by itself: the first time when the server begins."""
    for rule in TRAITS:
        customers.save_trait(rule=rule, viewer=SYSTEM)
    identity.set_matching(terms=MatchingTerms(every_days=MATCH_EVERY_DAYS), viewer=SYSTEM)
