"""What a demo company has before its first event: tree of units, sources, plan, journeys, people who sign in."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access import queries as access_queries
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.catalogue import actions as catalogue
from sojourn.domains.catalogue import queries as catalogue_queries
from sojourn.domains.catalogue.contracts import Source, SourceKind
from sojourn.domains.customers import actions as customers
from sojourn.domains.customers.contracts import ProspectRule
from sojourn.domains.identity import queries as identity
from sojourn.domains.journeys import actions as journeys
from sojourn.domains.journeys.contracts import Journey
from sojourn.domains.organisation import actions as organisation
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy import queries
from sojourn.domains.privacy.contracts import AccountKind, Basis, Channel, Contact, Duty, NoticeText, RequestKind
from sojourn.engine.simulation.bank import Bank
from sojourn.engine.simulation.consents import consents_csv
from sojourn.engine.simulation.holdings import MOST as ACCOUNTS_MOST
from sojourn.engine.simulation.holdings import accounts_csv
from sojourn.kit.errors import NotFoundError
from sojourn.surfaces.cli import documents
from sojourn.surfaces.cli.companies import Company, DemoState, document

PASSWORD_BYTES = 12
BANK_RECORDS = Duty(
    name="bank-records",
    title="Records of identification and transactions",
    law="Directive (EU) 2015/849, art. 40",
    events=("Account Opened",),
    traits=("name", "first_name", "last_name", "birthday"),
    accounts=(AccountKind.ACCOUNT,),
    ends=("Account Closed",),
    months=60,
)
# What is asked, how many days ago, and how far it has come.
REQUESTS = (
    (RequestKind.ACCESS, 3, "open"),
    (RequestKind.ERASURE, 12, "unverified"),
    (RequestKind.ACCESS, 47, "open"),  # late
    (RequestKind.RESTRICTION, 9, "paused"),
    (RequestKind.OBJECTION, 5, "open"),
    (RequestKind.ACCESS, 30, "closed"),
)
MESSAGES = {
    RequestKind.ACCESS: "Please tell me what you know about me.",
    RequestKind.ERASURE: "I am no longer your customer. Please erase my data.",
    RequestKind.RESTRICTION: "My address is wrong; please do not use it until that is settled.",
    RequestKind.OBJECTION: "I do not want to be analysed.",
}
PARTNERS = {
    "en": (
        "Share data with partners",
        "We give partners, such as insurers, what they need to make you an offer. Never without your yes.",
    ),
    "de": (
        "Daten an Partner weitergeben",
        "Wir geben Partnern, etwa Versicherern, was sie für ein Angebot an Sie brauchen. Nie ohne Ihr Ja.",
    ),
}
EARLIER = {
    "en": "This covers what you did with us before, too.",
    "de": "Das gilt auch für das, was Sie bisher bei uns getan haben.",
}


def invent_sign_ins(company: Company, state: DemoState) -> None:
    """Make a mail address and a password for each role and each region's manager, once."""
    managers = [f"{Role.AGENT_MANAGER.value} {unit}" for unit in company.regions]
    for who in (*(role.value for role in Role), *managers):
        if who not in state.sign_ins:
            name = who.removeprefix("agent_").replace(" ", "-").lower() if who in managers else who
            state.sign_ins[who] = [f"{name}@{company.mail_domain}", secrets.token_urlsafe(PASSWORD_BYTES)]


def furnish(company: Company, state: DemoState) -> None:
    """Save everything through the rooms' actions; doing it again changes nothing."""
    organisation.save_units_text(document(company, "organisation.yaml"), by=SYSTEM.name)
    for each in documents.sources(document(company, "sources.yaml")):
        source = _source(each["slug"], each["name"], SourceKind(each["kind"]), each["channel"])
        state.write_keys[source.slug] = source.write_key
    catalogue.save_plan(text=document(company, "plan.yaml"), viewer=SYSTEM)
    for each in documents.journeys(document(company, "journeys.yaml")):
        journeys.save(journey=_journey(each), viewer=SYSTEM)
    for who, (email, password) in state.sign_ins.items():
        role, _, unit = who.partition(" ")
        _person(email, password, role, unit or None)


def plant_consents(state: DemoState) -> None:
    """Note what the bank's customers have said about purposes, and a purpose of the bank's own."""
    privacy.save_purpose(
        name="partner_sharing",
        title=PARTNERS["en"][0],
        basis=Basis.OPT_IN,
        expires_months=24,
        refused_by_signal=True,
        categories=("partners",),
        viewer=SYSTEM,
    )
    if not queries.notices(purpose="partner_sharing"):
        texts = {language: NoticeText(title=title, text=text) for language, (title, text) in PARTNERS.items()}
        privacy.publish_notice(purpose="partner_sharing", texts=texts, viewer=SYSTEM)
    for purpose in (
        "marketing",
        "personalisation",
        "partner_sharing",
    ):  # version 2, under which the customers below have said yes
        if len({each.version for each in queries.notices(purpose=purpose)}) == 1:
            wider = {
                each.language: NoticeText(title=each.title, text=f"{each.text} {EARLIER[each.language]}")
                for each in queries.notices(purpose=purpose)
            }
            privacy.publish_notice(purpose=purpose, texts=wider, opens_earlier=True, viewer=SYSTEM)
    rows = consents_csv(state.size, state.anchor, seed=state.seed)
    privacy.import_consents(text=rows, name="consents.csv", viewer=SYSTEM)


def plant_accounts(state: DemoState) -> None:
    """Save what the bank's customers hold and belong to; who began to open an account and holds none is a prospect."""
    bank = Bank(seed=state.seed, size=state.size, anchor=state.anchor)
    customers.import_accounts(text=accounts_csv(bank), name="accounts.csv", viewer=SYSTEM)
    if state.size <= ACCOUNTS_MOST:
        customers.save_prospect_rule(rule=ProspectRule(by_number=False), viewer=SYSTEM)


def plant_requests() -> None:
    """Write down what some customers ask for, in several states, and a bank's duty to keep records; once."""
    if queries.requests(viewer=SYSTEM):
        return
    privacy.save_duty(duty=BANK_RECORDS, viewer=SYSTEM)
    now = timezone.now()
    for place, (kind, days, state) in enumerate(REQUESTS):
        user = f"HB-{100_007 + place}"
        made = privacy.open_request(
            kind=kind,
            regulation="gdpr",
            contact=Contact(email=f"{user.lower()}@example.com", message=MESSAGES[kind]),
            channel=Channel.PAGE,
            received_at=now - timedelta(days=days),
            by="customer",
        )
        found = [person for person, _ in identity.find(user).persons]
        if state == "unverified" or not found:
            continue
        privacy.verify_request(number=made.id, customer=found[0], how="signed_in", viewer=SYSTEM)
        if state == "paused":
            privacy.pause_request(number=made.id, why="clarification", viewer=SYSTEM)
        elif state == "closed":
            reason = "A request of the same kind was answered a month ago."
            privacy.refuse_request(number=made.id, reason=reason, viewer=SYSTEM)


def _source(slug: str, name: str, kind: SourceKind, channel: str) -> Source:
    try:
        return catalogue_queries.source(slug)
    except NotFoundError:
        return catalogue.create_source(slug=slug, name=name, kind=kind, channel=channel, viewer=SYSTEM)


def _journey(fields: dict[str, Any]) -> Journey:
    outcomes = {name: tuple(events) for name, events in fields["outcomes"].items()}
    return Journey(
        slug=fields["slug"],
        name=fields["name"],
        start=fields["start"],
        goals=tuple(fields["goals"]),
        outcomes=outcomes,
        steps=tuple(fields["steps"]),
        window_days=fields["window_days"],
    )


def _person(email: str, password: str, role: str, unit: str | None) -> None:
    try:
        access_queries.person_by_email(email)
    except NotFoundError:
        access.create_person(email=email, password=password, role=role, unit=unit, viewer=SYSTEM)
