"""Every question that a room answers about customers, found by looking, asked as somebody."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import FunctionType
from typing import Any

import numpy as np

import sojourn.domains
from domains.privacy.bank import BEGIN
from sojourn.domains.access.contracts import Viewer
from sojourn.domains.customers import queries as customers_queries
from sojourn.domains.customers.contracts import PanelAsked
from sojourn.domains.desk.contracts import CaseRule
from sojourn.domains.feedback.contracts import CommentsAsked
from sojourn.domains.identity import queries as identity_queries
from sojourn.domains.journeys.contracts import AttributionAsked, CasesAsked, Question, RetentionAsked
from sojourn.domains.metrics.contracts import Wanted
from sojourn.domains.privacy.contracts import Aggregate, EventFilter, Measure, Purpose, RetentionRule
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.lens import every
from sojourn.engine.stream.words import ORIGIN_DELIVERY, event_id
from sojourn.kit.errors import SojournError
from sojourn.kit.period import Period
from surfaces.leaking import EXTRACT, GIVEN, Asking, Marked, Said

# What names a viewer or a purpose and tells of no customer, and why; or is asked through another that stands here.
NOBODYS = {
    "access.api_keys": "the keys of the organisation",
    "access.audit_check": "whether the chain holds",
    "access.audit_choices": "names of those who look and of what they do",
    "access.audit_log": "names whom it is about by number only, to auditors; REST asks it in the same sweep",
    "access.group_roles": "what groups of the identity provider give",
    "access.people": "who signs in",
    "catalogue.shown": "a source without its write key",
    "collection.look": "names of files elsewhere",
    "collection.pickup": "an address and a schedule",
    "collection.pickups": "addresses and schedules",
    "identity.matching_runs": "runs and their counts",
    "journeys.cases_of_journey": "a journey's definition",
    "journeys.journey": "a journey's definition",
    "journeys.journeys": "definitions of journeys",
    "journeys.saved_question": "questions as they were saved; their values are checked to name nobody",
    "journeys.saved_questions": "questions as they were saved; their values are checked to name nobody",
    "journeys.pinned_questions": "questions as they were saved; their values are checked to name nobody",
    "journeys.answers_asked": "addresses of the API",
    "customers.asked_for": "what a saved list asks for, as it was saved",
    "customers.may_change_list": "whether somebody may change a saved list",
    "customers.trait": "a rule, of nobody",
    "customers.traits": "rules, of nobody",
    "privacy.ask_sides": "asked through journeys.compare_graphs, _funnels, _variants, _completions",
    "privacy.notice_for": "a notice's text",
    "privacy.notices": "notices' texts",
    "privacy.readable": "which of the rows that a room has it may tell of; asked through feedback.comment_figures",
    "privacy.remembered": "keeps what its caller has asked the door for",
    "privacy.webhook": "an address and what is sent there",
    "privacy.webhooks": "addresses and what is sent there",
    "privacy.webhook_messages": "which messages waited, by number; what they say is read when they are sent",
}
# What tells of persons to whom no viewer is named: the door has let them through, or it is their own.
BELOW_THE_DOOR = {
    "access.account_of": "an account by a mail address, for signing in: not of a customer",
    "collection.withdrawn": "the timeline's input",
    "customers.named": "the name in a letter to the customer",
    "customers.told": "what is held about a person, for their own access package",
    "customers.accounts_ended": "kinds of accounts and a day, for what a duty keeps",
    "desk.told_of_cases": "what is held about a person, for their own access package",
    "feedback.told_of_comments": "what is held about a person, for their own access package",
    "feedback.told_of_surveys": "what is held about a person, for their own access package",
    "privacy.kept_back": "what duties keep, for the letter about an erasure",
    "customers.told_of_accounts": "what is held about a person, for their own access package",
    "identity.about": "what is held about a person, for their own access package",
    "identity.customers_of": "numbers for numbers",
    "identity.decisions": "asked through customers.decisions",
    "identity.families": "numbers for numbers",
    "identity.identifiers_of": "opened for persons whom the door let through",
    "identity.is_known": "whether a person is somebody",
    "identity.marks_of": "what an erasure looks for afterwards",
    "identity.persons_of": "numbers for numbers",
    "identity.texts_of": "opened for persons whom the door let through",
    "identity.traits_of": "opened for persons whom the door let through",
    "identity.why": "asked through customers.why",
    "privacy.about": "what is held about a person, for their own access package",
    "privacy.about_requests": "what is held about a person, for their own access package",
    "privacy.standings_of": "what the customer behind a signed link chose",
    "privacy.words_of_customer": "the proof of it, for their own access package",
}
ABOUT_ONE = {"customer", "customers", "persons", "person"}
TELLING = {"viewer", "purpose", "asked"}
# Asked to serve a customer, or about what they chose.
SERVING = (
    "customers.panels", "customers.who_looked", "customers.why", "customers.behind", "customers.accounts",
    "customers.decisions",
    "customers.timeline",
    "customers.reached", "customers.computed", "desk.",
    "identity.", "privacy.standings",
    "privacy.words", "privacy.consent_", "privacy.contact_of", "privacy.letter_of", "privacy.request",
    "privacy.overdue", "privacy.erasure", "access.looks", "privacy.retention_preview",
)  # fmt: skip
# Say whom of some numbers one may see, by the words of today, and nothing of what they did.
WHO = ("privacy.reachable", "privacy.found")
ALL = Period()
EVENTS = EventFilter()
QUESTION = Question(period=ALL, events=EVENTS)
PANEL = "PanelAsked"


@dataclass(frozen=True)
class Context:
    """Who asks about whom."""

    viewer: Viewer
    purpose: Purpose
    customer: Marked
    everybody: list[Marked]

    def filled(self, name: str, parameter: inspect.Parameter) -> Any:
        """Give a parameter of a query; raise LookupError for one that nothing here tells."""
        own = BY_QUERY.get(name, {}).get(parameter.name)
        if own is not None:
            return own(self)
        if parameter.annotation == PANEL:
            return PanelAsked(customer=self.customer.number, purpose=Purpose.SERVICE, viewer=self.viewer)
        if parameter.default is not inspect.Parameter.empty and parameter.name not in ("purpose", "limit"):
            return parameter.default
        if parameter.name in BY_NAME:
            return BY_NAME[parameter.name](self)
        raise LookupError(f"say in tests/surfaces/leaking_rooms.py what {parameter.name} of {name} is")


BY_NAME: dict[str, Callable[[Context], Any]] = {
    "viewer": lambda c: c.viewer,
    "purpose": lambda c: c.purpose,
    "customer": lambda c: c.customer.number,
    "customers": lambda c: np.array([each.number for each in c.everybody], np.int64),
    "period": lambda c: ALL,
    "question": lambda c: QUESTION,
    "a": lambda c: QUESTION,
    "b": lambda c: Question(period=ALL, events=EventFilter(dimensions={"channel": ("web",)})),
    "name": lambda c: "Opened",
    "names": lambda c: ("Opened", "Paid"),
    "now": lambda c: BEGIN + timedelta(days=30),
    "slug": lambda c: GIVEN["slug"],
    "kpi": lambda c: "nps",
    "population": lambda c: "nobody",
    "level": lambda c: "region",
    "number": lambda c: 1,
    "source": lambda c: "Opened",
    "target": lambda c: "Paid",
    "pattern": lambda c: "Opened ->> Paid",
    "steps": lambda c: ("Opened", "Paid"),
    "window_days": lambda c: 7.0,
    "limit": lambda c: 100,
    "id": lambda c: "nothing",
    "looks": lambda c: 1,
    "on": lambda c: f"customer:{c.customer.number}",
}
BY_QUERY: dict[str, dict[str, Callable[[Context], Any]]] = {
    "customers.behind": {"found": lambda c: customers_queries.why(customer=c.customer.number, viewer=c.viewer)},
    "customers.column": {"rule": lambda c: customers_queries.trait_rule(slug="what")},
    "desk.rule_preview": {"rule": lambda c: CaseRule(name="all", reason="all", due_hours=8, complaint_least=0.0)},
    "feedback.comment_figures": {"asked": lambda c: CommentsAsked(customer=c.customer.number)},
    "identity.listed": {"page": lambda c: identity_queries.proposals(viewer=c.viewer)},
    "journeys.attribution": {"asked": lambda c: AttributionAsked(outcome=("Paid",))},
    "journeys.cases": {"asked": lambda c: CasesAsked(start="Opened", goals=("Paid",), outcomes={})},
    "journeys.completions": {"by": lambda c: "unit"},
    "journeys.retention": {"asked": lambda c: RetentionAsked()},
    "metrics.figure": {"by": lambda c: "unit"},
    "metrics.figures": {"wanted": lambda c: (Wanted(kpi="nps", period=ALL), Wanted(kpi="completion_rate", period=ALL))},
    "privacy.ask": {"fold_for": lambda c: lambda codes: GraphFold(every(len(codes.names)))},
    "privacy.event": {"event_id": lambda c: event_id(ORIGIN_DELIVERY, 1, 5 * c.everybody.index(c.customer) + 3)},
    "privacy.events": {"customer": lambda c: None},
    "privacy.names_of": {
        "event_ids": lambda c: [event_id(ORIGIN_DELIVERY, 1, n) for n in range(5 * len(c.everybody))]
    },
    "privacy.extract": {"name": lambda c: EXTRACT},
    "privacy.measure": {
        "measure": lambda c: Measure(event="Left", group=("touchpoint",), aggregate=Aggregate.CUSTOMERS)
    },
    "privacy.reading": {"event": lambda c: "Left", "fields": lambda c: ("touchpoint", "properties.answer")},
    "privacy.letter_of": {"site": lambda c: "https://example.com"},
    "privacy.retention_preview": {
        "rule": lambda c: RetentionRule(name="all", title="All", events=(), field="", days=1)
    },
    "privacy.sql": {
        "statement": lambda c: "SELECT * FROM events",
        "name": lambda c: EXTRACT,
        "rows": lambda c: 1_000,
    },
}  # fmt: skip


def queries() -> Iterator[tuple[str, FunctionType]]:
    """Find every public function of every room's `queries`."""
    for room in pkgutil.iter_modules(sojourn.domains.__path__):
        try:
            module = importlib.import_module(f"sojourn.domains.{room.name}.queries")
        except ModuleNotFoundError:
            continue
        for name, query in vars(module).items():
            is_own = inspect.isfunction(query) and query.__module__.startswith(f"sojourn.domains.{room.name}")
            if is_own and name in getattr(module, "__all__", (name,)) and not name.startswith("_"):
                yield f"{room.name}.{name}", query


def of_customers() -> dict[str, FunctionType]:
    """Give the queries that name a viewer or a purpose, but for those that tell of no customer."""
    return {
        name: query
        for name, query in queries()
        if name not in NOBODYS and {*inspect.signature(query).parameters} & TELLING
    }


def unplaced() -> set[str]:
    """Name the queries of which nothing here says how they are asked, or why they are not."""
    asked, missing = of_customers(), set[str]()
    for name, query in asked.items():
        for parameter in inspect.signature(query).parameters.values():
            own = parameter.name in BY_QUERY.get(name, {}) or parameter.annotation == PANEL
            if not own and parameter.name not in BY_NAME and parameter.default is inspect.Parameter.empty:
                missing.add(f"{name}({parameter.name})")
    for name, query in queries():
        about_one = {*inspect.signature(query).parameters} & ABOUT_ONE
        if about_one and name not in asked and name not in NOBODYS and name not in BELOW_THE_DOOR:
            missing.add(name)
    return missing


def room_answers(viewer: Viewer, customers: list[Marked], asking: Asking, only: tuple[str, ...] = ()) -> Iterator[Said]:
    """Ask each query, or `only` some, as somebody, those about one customer for each of them."""
    for name, query in of_customers().items():
        if only and name not in only:
            continue
        parameters = inspect.signature(query).parameters
        is_panel = PANEL in {each.annotation for each in parameters.values()}
        serving = is_panel or name.startswith(SERVING)
        about_one = is_panel or {"customer", "event_id", "on"} & {*parameters}
        for customer in customers if about_one else customers[:1]:
            context = Context(viewer, Purpose.SERVICE if serving else asking.purpose, customer, customers)
            try:
                given = {each.name: context.filled(name, each) for each in parameters.values()}
            except SojournError as refused:  # what it is about is not there for this viewer
                yield Said(f"{name} {customer.number}", refused.message.encode(), None)
                continue
            takes = "purpose" in parameters or name in ("privacy.sql", "privacy.extract", "privacy.extracts")
            why = Purpose.SERVICE if serving else asking.purpose if takes else Purpose.ANALYTICS
            yield Said(f"{name} {customer.number}", _text(query, given).encode(), None, why, name in WHO)


def _text(query: FunctionType, given: dict[str, Any]) -> str:
    asked = given.get("customers", ())
    positional = [
        given.pop(each.name)
        for each in inspect.signature(query).parameters.values()
        if each.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    try:
        answer = query(*positional, **given)
        if isinstance(answer, contextlib.AbstractContextManager):
            with answer as read:
                measure = Measure(event="Left", group=("touchpoint", "properties.answer"))
                answer = (read.sums(measure, ALL), read.coverage(measure, ALL))
        if isinstance(answer, np.ndarray) and answer.dtype == np.bool_:
            return " ".join(str(asked[at]) for at in np.flatnonzero(answer))
        return _shown(answer)
    except SojournError as refused:
        return refused.message


def _shown(answer: Any) -> str:
    table = getattr(answer, "table", None)
    return f"{answer!r} {table.to_pylist() if hasattr(table, 'to_pylist') else ''}"
