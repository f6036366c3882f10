"""The door: everything that other rooms and surfaces learn about events, under a purpose and for a viewer."""

from sojourn.domains.privacy.about import about
from sojourn.domains.privacy.desk.opening import CORRECTABLE, due_day, holidays, regulations
from sojourn.domains.privacy.desk.written import letter_of
from sojourn.domains.privacy.door.cases import Cases
from sojourn.domains.privacy.door.employees import may_name_employees
from sojourn.domains.privacy.extracts.reading import extract, extracts, sql
from sojourn.domains.privacy.queries.consents import (
    collected,
    notice_for,
    notices,
    purpose,
    purposes,
    purposes_at_collection,
    purposes_version,
    standings,
    standings_of,
    words,
    words_of_customer,
)
from sojourn.domains.privacy.queries.counts import consent_counts, consent_days
from sojourn.domains.privacy.queries.freshness import freshness, recent_period
from sojourn.domains.privacy.queries.journeys import ask
from sojourn.domains.privacy.queries.listing import event, events
from sojourn.domains.privacy.queries.memory import remembered
from sojourn.domains.privacy.queries.naming import names_of
from sojourn.domains.privacy.queries.preferences import preferences, preferences_until
from sojourn.domains.privacy.queries.reach import found, reachable, require_reachable
from sojourn.domains.privacy.queries.rows import lying_in, readable
from sojourn.domains.privacy.queries.sides import ask_sides
from sojourn.domains.privacy.queries.sums import Reading, measure, reading
from sojourn.domains.privacy.queries.terms import vocabulary
from sojourn.domains.privacy.queries.timelines import events_of, happened
from sojourn.domains.privacy.rights.duties import listed as duties
from sojourn.domains.privacy.rights.holds import held as holds
from sojourn.domains.privacy.rights.reading import (
    contact_of,
    erasure,
    erasure_certificate,
    erasures,
    overdue,
    request,
    requests,
)
from sojourn.domains.privacy.rights.restricting import locked as kept_back
from sojourn.domains.privacy.rights.retaining import preview as retention_preview
from sojourn.domains.privacy.rights.retaining import rules as retention_rules
from sojourn.domains.privacy.rights.told import about_requests
from sojourn.domains.privacy.scanning import Scan, UnprovenError, scan
from sojourn.domains.privacy.standing.grouping import Grouped, grouped
from sojourn.domains.privacy.standing.saying import Said, said
from sojourn.domains.privacy.webhooks.reading import webhook, webhook_messages, webhooks
from sojourn.engine.scanning.words import Needles
from sojourn.engine.stream.personal import is_suspicious as looks_personal

__all__ = [
    "CORRECTABLE",
    "Cases",
    "Grouped",
    "Needles",
    "Reading",
    "Said",
    "Scan",
    "UnprovenError",
    "about",
    "about_requests",
    "ask",
    "ask_sides",
    "collected",
    "consent_counts",
    "consent_days",
    "contact_of",
    "due_day",
    "duties",
    "erasure",
    "erasure_certificate",
    "erasures",
    "event",
    "events",
    "events_of",
    "extract",
    "extracts",
    "found",
    "freshness",
    "grouped",
    "happened",
    "holds",
    "holidays",
    "kept_back",
    "letter_of",
    "looks_personal",
    "lying_in",
    "may_name_employees",
    "measure",
    "names_of",
    "notice_for",
    "notices",
    "overdue",
    "preferences",
    "preferences_until",
    "purpose",
    "purposes",
    "purposes_at_collection",
    "purposes_version",
    "reachable",
    "readable",
    "reading",
    "recent_period",
    "regulations",
    "remembered",
    "request",
    "requests",
    "require_reachable",
    "retention_preview",
    "retention_rules",
    "said",
    "scan",
    "sql",
    "standings",
    "standings_of",
    "vocabulary",
    "webhook",
    "webhook_messages",
    "webhooks",
    "words",
    "words_of_customer",
]
