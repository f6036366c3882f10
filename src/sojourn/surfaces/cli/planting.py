"""What shows in the demo bank how customers are kept: computed traits, a saved list, matching that runs by itself; and
the facts that may drive its scores.
"""

from __future__ import annotations

from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.customers import actions as customers
from sojourn.domains.customers import queries
from sojourn.domains.customers.contracts import How, TraitRule
from sojourn.domains.identity import actions as identity
from sojourn.domains.identity.contracts import MatchingTerms
from sojourn.domains.metrics import actions as metrics
from sojourn.domains.metrics.contracts import Fact, FactKind
from sojourn.surfaces.cli import documents
from sojourn.surfaces.cli.companies import BANK, document

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
LIST_NAME = "Customers who complained and still sign in"
LIST = (
    ("state", "customer"),
    ("when", "complaints>=1"),
    ("when", "sign-ins>=1"),
    ("trait", "complaints"),
    ("trait", "sign-ins"),
    ("trait", "channel"),
    ("sort", "complaints"),
)


def plant_customers() -> None:
    """Save traits, a shared list and facts, and let matching run by itself: the first time when the server begins."""
    for rule in TRAITS:
        customers.save_trait(rule=rule, viewer=SYSTEM)
    if LIST_NAME not in {each.name for each in queries.saved_lists(viewer=SYSTEM)}:
        customers.save_list(name=LIST_NAME, parameters=LIST, is_shared=True, viewer=SYSTEM)
    facts = [Fact(**{**each, "kind": FactKind(each["kind"])}) for each in documents.facts(document(BANK, "facts.yaml"))]
    metrics.save_facts(facts=facts, viewer=SYSTEM)
    identity.set_matching(terms=MatchingTerms(every_days=MATCH_EVERY_DAYS), viewer=SYSTEM)
