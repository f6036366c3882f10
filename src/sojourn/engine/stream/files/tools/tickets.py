"""Files of tickets, cases and conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sojourn.engine.stream.files.mapping import Step
from sojourn.engine.stream.files.preset import Preset
from sojourn.engine.stream.files.tools.columns import CHECKSUM, FRESHDESK, FRESHDESK_WHO, MODIFIED
from sojourn.engine.stream.files.tools.happening import happenings

CREATED, SOLVED, CLOSED = "Ticket Created", "Ticket Solved", "Ticket Closed"
STATES: Final = {"Status": "status", "Priority": "priority"}


def tickets(
    tool: str,
    title: str,
    *,
    case: str | Sequence[str],
    created: str,
    solved: str = "",
    closed: str = "",
    kind: str = "tickets",
    words: tuple[str, str, str] = (CREATED, SOLVED, CLOSED),
    **other: Any,
) -> Preset:
    """Make a preset for a file of tickets by the columns that say when one was created, solved and closed."""
    return happenings(
        tool,
        title,
        kind=kind,
        case=(case,) if isinstance(case, str) else case,
        steps=[
            Step(event=event, time=time) for event, time in zip(words, (created, solved, closed), strict=True) if time
        ],
        **other,
    )


HUBSPOT_TICKETS: Final = tickets(
    "hubspot",
    "HubSpot tickets",
    case=("Ticket ID", "Record ID"),
    who=("Associated Contact IDs",),
    split=";",
    marks=("Ticket name", "Ticket status", "Create date", "Associated Contact IDs"),
    created="Create date",
    closed="Close date",
    columns={"channel": "Source", "agent": "Ticket owner", "unit": "Pipeline"},
    rename={"Ticket status": "status", "Priority": "priority"},
    personal=("Ticket name", "Ticket description"),
    ignore=("Associated Contact", "Associated Company"),
    local_times=True,
)
SALESFORCE_CASES: Final = tickets(
    "salesforce",
    "Salesforce cases",
    kind="cases",
    case="CaseNumber",
    who=("ContactId", "SuppliedEmail"),
    marks=("CaseNumber", "ContactId", "Status", "CreatedDate"),
    created="CreatedDate",
    closed="ClosedDate",
    columns={"channel": "Origin", "agent": "OwnerId"},
    traits={
        "ContactEmail": "email", "SuppliedEmail": "email_given", "ContactPhone": "phone", "SuppliedName": "name",
        "AccountId": "account_id",
    },
    rename=STATES,
    personal=("Subject", "Description", "Comments"),
    ignore=("Id", "SuppliedPhone", "SuppliedCompany", "ContactMobile", "ContactFax"),
)  # fmt: skip
DYNAMICS_CASES: Final = tickets(
    "dynamics",
    "Dynamics 365 cases",
    kind="cases",
    case=("Case Number", "(Do Not Modify) Case"),
    who=("(Do Not Modify) Case",),
    marks=("(Do Not Modify) Case", "Case Title", "Created On"),
    created="Created On",
    columns={"channel": "Origin", "agent": "Owner"},
    traits={"Customer": "name"},
    rename={**STATES, "Status Reason": "status_reason"},
    personal=("Case Title", "Description"),
    ignore=(CHECKSUM, MODIFIED),
    local_times=True,
)
ZENDESK_TICKETS: Final = tickets(
    "zendesk",
    "Zendesk tickets",
    case="Id",
    who=("Requester id", "Requester email"),
    number=("Requester external id",),
    marks=("Requester", "Requester id", "Assignee", "Created at", "Via"),
    created="Created at",
    solved="Solved at",
    columns={"channel": "Via", "agent": "Assignee", "unit": "Group"},
    traits={"Requester": "name", "Requester email": "email", "Organization": "company"},
    rename=STATES,
    personal=("Subject",),
    ignore=("Summation column", "Requester domain", "Submitter", "Updated at", "Assignee stations"),
    local_times=True,
)
FRESHDESK_TICKETS: Final = tickets(
    "freshdesk",
    "Freshdesk tickets",
    case="Ticket ID",
    who=FRESHDESK_WHO,
    marks=("Ticket ID", "Source", "Created time", "Resolved time", "Closed time"),
    created="Created time",
    solved="Resolved time",
    closed="Closed time",
    columns={"channel": "Source", "agent": "Agent", "unit": "Group", "product": "Product"},
    traits={**FRESHDESK, "Full name": "name", "Company Name": "company"},
    rename=STATES,
    personal=("Subject", "Survey results"),
    ignore=("Facebook ID", "Twitter ID", "Last update time"),
    local_times=True,
)
ZAMMAD_TICKETS: Final = tickets(
    "zammad",
    "Zammad tickets",
    case="#",
    who=("#",),
    marks=("#", "State", "Owner", "Customer", "Create Channel", "Created At"),
    created="Created At",
    closed="Closed At",
    columns={"channel": "Create Channel", "agent": "Owner", "unit": "Group"},
    traits={"Customer": "name", "Organization": "company"},
    rename={"State": "status", "Priority": "priority"},
    personal=("Title",),
    ignore=("Sender", "Updated At", "Last Contact*"),
    local_times=True,
)
INTERCOM_CONVERSATIONS: Final = tickets(
    "intercom",
    "Intercom conversations",
    kind="conversations",
    case="conversation_id",
    who=("message_author_id", "message_author_email"),
    number=("message_author_user_id",),
    marks=("conversation_id", "conversation_state", "conversation_created_at", "message_author_id"),
    created="conversation_created_at",
    closed="conversation_closed_at",
    words=("Conversation Started", "", "Conversation Closed"),
    traits={"message_author_name": "name", "message_author_email": "email", "message_author_companies": "company"},
    rename={"conversation_state": "status"},
    personal=("message_body",),
    ignore=("message_id", "message_type", "message_created_at", "app_id", "app_name"),
)

TICKETS: Final = (
    HUBSPOT_TICKETS,
    SALESFORCE_CASES,
    DYNAMICS_CASES,
    ZENDESK_TICKETS,
    FRESHDESK_TICKETS,
    ZAMMAD_TICKETS,
    INTERCOM_CONVERSATIONS,
)
