"""Presets for what service desks, customer databases and shops export; docs/reference/import.md names the sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sojourn.engine.stream.files.mapping import Cell, ColumnMapping, Step
from sojourn.engine.stream.files.preset import Preset, cells

# Columns of a company's own number of its customer: no tool ships one, so that every company adds its own.
NUMBER: Final = (
    "customer number", "customer no", "customer_number__c", "client number", "external id", "external_id__c",
    "unique external id",
)  # fmt: skip
CREATED, SOLVED, CLOSED = "Ticket Created", "Ticket Solved", "Ticket Closed"
ORDERED: Final = "Order Completed"
STATES: Final = {"Status": "status", "Priority": "priority"}


def _who(tool: str, columns: Sequence[str]) -> Cell:
    return Cell(columns=tuple(columns), prefix=f"{tool}:", scoped=True)


def _people(
    tool: str,
    title: str,
    *,
    kind: str = "contacts",
    who: Sequence[str],
    marks: Sequence[str],
    traits: Mapping[str, str],
    changed: Sequence[str] = (),
    number: Sequence[str] = NUMBER,
    agent: Sequence[str] = (),
    **other: Any,
) -> Preset:
    """Make a preset for a file of customers: each row says what is known of one of them."""
    more = {name: tuple(columns) for name, columns in (("timestamp", changed), ("agent", agent)) if columns}
    return Preset(
        mapping=ColumnMapping(
            name=f"{tool}-{kind}",
            title=title,
            cells=cells(
                user_id=tuple(number),
                anonymous_id=_who(tool, who),
                type=Cell(constant="identify"),
                **more,
            ),
            trait_names=traits,
            undated=True,
            **other,
        ),
        needs=("user_id|anonymous_id",),
        marks=tuple(marks),
        all_marks=True,
    )


def _cases(
    tool: str,
    title: str,
    *,
    kind: str,
    case: Sequence[str],
    who: Sequence[str],
    steps: Sequence[Step],
    traits: Mapping[str, str] | None = None,
    columns: Mapping[str, str | Sequence[str] | Cell] | None = None,
    number: Sequence[str] = NUMBER,
    split: str | None = None,
    needs: Sequence[str] = ("timestamp", "case", "user_id|anonymous_id"),
    marks: Sequence[str],
    **other: Any,
) -> Preset:
    """Make a preset for a file of what happened to something: an event for each instant that a row holds."""
    return Preset(
        mapping=ColumnMapping(
            name=f"{tool}-{kind}",
            title=title,
            cells=cells(
                message_id=Cell(columns=tuple(case), prefix=f"{tool}:"),
                user_id=tuple(number),
                anonymous_id=Cell(columns=tuple(who), prefix=f"{tool}:", scoped=True, split=split),
                case=_who(tool, case),
                event=Cell(constant=steps[0].event),
                timestamp=steps[0].time,
                **(columns or {}),
            ),
            trait_names=traits or {},
            steps=tuple(steps),
            **other,
        ),
        needs=tuple(needs),
        marks=tuple(marks),
        all_marks=True,
    )


def _tickets(
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
    return _cases(
        tool,
        title,
        kind=kind,
        case=(case,) if isinstance(case, str) else case,
        steps=[
            Step(event=event, time=time) for event, time in zip(words, (created, solved, closed), strict=True) if time
        ],
        **other,
    )


HUBSPOT_CONTACTS: Final = _people(
    "hubspot",
    "HubSpot contacts",
    who=("Record ID",),
    marks=("Record ID", "First Name", "Last Name", "Email"),
    changed=("Last Modified Date", "Create Date"),
    agent=("Contact owner",),
    traits={
        "First Name": "first_name", "Last Name": "last_name", "Email": "email", "Phone Number": "phone",
        "Mobile Phone Number": "mobile_phone", "Company Name": "company", "Associated Company": "employer",
        "Job Title": "title", "Lifecycle Stage": "lifecycle_stage", "Lead Status": "lead_status",
        "Create Date": "created_at",
    },
    local_times=True,
)  # fmt: skip
HUBSPOT_TICKETS: Final = _tickets(
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
SALESFORCE_CONTACTS: Final = _people(
    "salesforce",
    "Salesforce contacts",
    who=("Id", "Contact ID"),
    marks=("FirstName", "LastName", "Email", "AccountId"),
    changed=("LastModifiedDate", "CreatedDate"),
    agent=("OwnerId",),
    traits={
        "FirstName": "first_name", "LastName": "last_name", "Email": "email", "Phone": "phone",
        "MobilePhone": "mobile_phone", "AccountId": "account_id", "Title": "title", "LeadSource": "lead_source",
        "CreatedDate": "created_at",
    },
    ignore=("Name", "Salutation", "Mailing*", "Other*", "PhotoUrl", "Fax"),
)  # fmt: skip
SALESFORCE_CASES: Final = _tickets(
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
SALESFORCE_ORDERS: Final = _cases(
    "salesforce",
    "Salesforce orders",
    kind="orders",
    case=("OrderNumber", "Id"),
    who=("BillToContactId", "CustomerAuthorizedById", "ShipToContactId", "AccountId"),
    marks=("OrderNumber", "AccountId", "EffectiveDate", "Status", "CreatedDate"),
    steps=(
        Step(event="Order Created", time="CreatedDate", without=("TotalAmount", "CurrencyIsoCode")),
        Step(event=ORDERED, time="ActivatedDate"),
    ),
    columns={"value": "TotalAmount", "currency": "CurrencyIsoCode", "agent": "OwnerId"},
    rename={"Status": "status", "Type": "type", "EffectiveDate": "starts_on", "EndDate": "ends_on"},
    personal=("Name", "Description"),
    ignore=(
        "Billing*", "Shipping*", "IsDeleted", "IsReductionOrder", "CreatedById", "ActivatedById", "LastModifiedById",
        "CompanyAuthorizedById", "LastModifiedDate", "LastReferencedDate", "LastViewedDate", "SystemModstamp",
    ),
)  # fmt: skip
_CHECKSUM, _MODIFIED = "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On"
DYNAMICS_CONTACTS: Final = _people(
    "dynamics",
    "Dynamics 365 contacts",
    who=("(Do Not Modify) Contact",),
    marks=("(Do Not Modify) Contact", _MODIFIED, "Full Name"),
    changed=(_MODIFIED,),
    agent=("Owner",),
    traits={
        "Full Name": "name", "First Name": "first_name", "Last Name": "last_name", "Email": "email",
        "Business Phone": "phone", "Mobile Phone": "mobile_phone", "Company Name": "company", "Job Title": "title",
    },
    ignore=(_CHECKSUM, "Address 1*"),
    local_times=True,
)  # fmt: skip
DYNAMICS_CASES: Final = _tickets(
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
    ignore=(_CHECKSUM, _MODIFIED),
    local_times=True,
)
# Names of currencies as Dynamics 365 sets them up; a code of three letters stays as it is.
_CURRENCIES: Final = (
    ("Euro", "EUR"), ("US Dollar", "USD"), ("Pound Sterling", "GBP"), ("UK Pound", "GBP"), ("Swiss Franc", "CHF"),
    ("Canadian Dollar", "CAD"), ("Australian Dollar", "AUD"), ("New Zealand Dollar", "NZD"), ("Japanese Yen", "JPY"),
    ("Danish Krone", "DKK"), ("Norwegian Krone", "NOK"), ("Swedish Krona", "SEK"), ("Polish Zloty", "PLN"),
    ("Czech Koruna", "CZK"), ("Indian Rupee", "INR"), ("Brazilian Real", "BRL"), ("Mexican Peso", "MXN"),
)  # fmt: skip
DYNAMICS_ORDERS: Final = _cases(
    "dynamics",
    "Dynamics 365 orders",
    kind="orders",
    case=("Order ID", "(Do Not Modify) Order"),
    who=("(Do Not Modify) Order",),
    marks=("(Do Not Modify) Order", "Total Amount", "Created On"),
    steps=(
        Step(event=ORDERED, time="Created On"),
        Step(event="Order Fulfilled", time="Date Fulfilled", without=("Total Amount", "Currency")),
    ),
    columns={
        "value": "Total Amount",
        "currency": Cell(columns=("Currency",), starts_with=_CURRENCIES),
        "agent": "Owner",
    },
    traits={"Customer": "name"},
    rename={"Status": "status", "Status Reason": "status_reason"},
    personal=("Name", "Description"),
    ignore=(_CHECKSUM, _MODIFIED, "Bill To*", "Ship To*"),
    local_times=True,
)
ZENDESK_USERS: Final = _people(
    "zendesk",
    "Zendesk users",
    kind="users",
    who=("id", "email", "phone"),
    marks=("name", "email", "external_id", "role"),
    changed=("updated_at", "created_at"),
    traits={"name": "name", "email": "email", "phone": "phone", "organization": "company"},
    personal=("details", "notes"),
)
ZENDESK_TICKETS: Final = _tickets(
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
_FRESHDESK_WHO: Final = ("Contact ID", "Email", "Work phone", "Mobile phone")
_FRESHDESK: Final = {"Email": "email", "Work phone": "phone", "Mobile phone": "mobile_phone", "Title": "title"}
FRESHDESK_CONTACTS: Final = _people(
    "freshdesk",
    "Freshdesk contacts",
    who=_FRESHDESK_WHO,
    marks=("Email", "Work phone", "Mobile phone", "Unique external ID"),
    traits={**_FRESHDESK, "Full name": "name", "Name": "name", "Company": "company"},
    personal=("Address", "About"),
    ignore=("Facebook ID", "Twitter ID", "Twitter"),
)
FRESHDESK_TICKETS: Final = _tickets(
    "freshdesk",
    "Freshdesk tickets",
    case="Ticket ID",
    who=_FRESHDESK_WHO,
    marks=("Ticket ID", "Source", "Created time", "Resolved time", "Closed time"),
    created="Created time",
    solved="Resolved time",
    closed="Closed time",
    columns={"channel": "Source", "agent": "Agent", "unit": "Group", "product": "Product"},
    traits={**_FRESHDESK, "Full name": "name", "Company Name": "company"},
    rename=STATES,
    personal=("Subject", "Survey results"),
    ignore=("Facebook ID", "Twitter ID", "Last update time"),
    local_times=True,
)
ZAMMAD_USERS: Final = _people(
    "zammad",
    "Zammad users",
    kind="users",
    who=("id", "login", "email"),
    marks=("login", "firstname", "lastname", "email"),
    changed=("updated_at", "created_at"),
    traits={
        "firstname": "first_name", "lastname": "last_name", "email": "email", "phone": "phone",
        "mobile": "mobile_phone", "organization": "company",
    },
    personal=("note",),
    ignore=("password", "web", "fax", "street", "zip", "address"),
)  # fmt: skip
ZAMMAD_TICKETS: Final = _tickets(
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
INTERCOM_CONTACTS: Final = _people(
    "intercom",
    "Intercom contacts",
    who=("id", "email", "phone"),
    number=("user_id", "external_id"),
    marks=("user_id", "email", "signed_up_at", "session_count"),
    changed=("updated_at", "signed_up_at"),
    traits={"name": "name", "email": "email", "phone": "phone", "signed_up_at": "created_at"},
    ignore=("type", "avatar*", "location_data*", "user_agent_data", "last_seen_ip"),
)
INTERCOM_CONVERSATIONS: Final = _tickets(
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
SHOPIFY_CUSTOMERS: Final = _people(
    "shopify",
    "Shopify customers",
    kind="customers",
    who=("Email", "Phone", "Customer ID"),
    marks=("First Name", "Last Name", "Email", "Accepts Email Marketing", "Total Spent"),
    traits={
        "First Name": "first_name", "Last Name": "last_name", "Email": "email", "Phone": "phone",
        "Default Address Company": "company", "Accepts Email Marketing": "accepts_email_marketing",
        "Accepts SMS Marketing": "accepts_sms_marketing", "Total Spent": "total_spent",
        "Total Orders": "total_orders", "Tags": "tags",
    },
    personal=("Note",),
    ignore=("Customer ID", "Default Address*"),
)  # fmt: skip
_LINE: Final = (
    "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price", "Lineitem sku",
    "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status", "Lineitem discount", "Vendor",
)  # fmt: skip
_WHOLE: Final = (
    "Total", "Subtotal", "Shipping", "Taxes", "Discount Code", "Discount Amount", "Shipping Method",
    "Financial Status", "Fulfillment Status", "Refunded Amount", "Outstanding Balance", "Payment Method", "Currency",
    "Notes", "Note Attributes", "Tags",
)  # fmt: skip
SHOPIFY_ORDERS: Final = _cases(
    "shopify",
    "Shopify orders",
    kind="orders",
    case=("Name",),
    who=("Email", "Phone", "Name"),
    needs=("timestamp", "case", "value"),
    marks=("Name", "Financial Status", "Total", "Created at", "Lineitem name"),
    steps=(
        Step(event=ORDERED, time="Created at", where="Total", without=_LINE),
        Step(event="Product Ordered", time="Created at", where="Lineitem name", without=_WHOLE, tells=_LINE[:3]),
        Step(event="Order Cancelled", time="Cancelled at", where="Total", without=(*_LINE, "Total", "Currency")),
    ),
    columns={
        "value": "Total", "currency": "Currency", "channel": "Source", "unit": "Location", "agent": "Employee",
        "product": ("Lineitem sku", "Lineitem name"),
    },
    traits={"Email": "email", "Phone": "phone", "Billing Name": "name", "Billing Company": "company"},
    personal=("Notes", "Note Attributes"),
    rename={
        "Financial Status": "financial_status", "Fulfillment Status": "fulfillment_status",
        "Lineitem quantity": "quantity", "Lineitem price": "unit_price", "Lineitem name": "description",
    },
    ignore=(
        "Billing*", "Shipping Name", "Shipping Street", "Shipping Address*", "Shipping Company", "Shipping City",
        "Shipping Zip", "Shipping Province*", "Shipping Phone", "Payment Reference*", "Payment ID", "Device ID",
        "Receipt Number", "Id", "Paid at", "Fulfilled at",
    ),
    time_format="%Y-%m-%d %H:%M:%S %z",
)  # fmt: skip

EXPORTS_OF_TOOLS: Final = (
    HUBSPOT_CONTACTS, HUBSPOT_TICKETS, SALESFORCE_CONTACTS, SALESFORCE_CASES, SALESFORCE_ORDERS,
    DYNAMICS_CONTACTS, DYNAMICS_CASES, DYNAMICS_ORDERS,
    ZENDESK_USERS, ZENDESK_TICKETS, FRESHDESK_TICKETS, FRESHDESK_CONTACTS, ZAMMAD_USERS, ZAMMAD_TICKETS,
    INTERCOM_CONTACTS, INTERCOM_CONVERSATIONS, SHOPIFY_CUSTOMERS, SHOPIFY_ORDERS,
)  # fmt: skip
