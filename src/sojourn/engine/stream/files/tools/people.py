"""Files of customers: contacts and users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sojourn.engine.stream.files.mapping import Cell, ColumnMapping
from sojourn.engine.stream.files.preset import Preset, cells
from sojourn.engine.stream.files.tools.columns import CHECKSUM, FRESHDESK, FRESHDESK_WHO, MODIFIED, NUMBER, numbered


def people(
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
                anonymous_id=numbered(tool, who),
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


HUBSPOT_CONTACTS: Final = people(
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
SALESFORCE_CONTACTS: Final = people(
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
DYNAMICS_CONTACTS: Final = people(
    "dynamics",
    "Dynamics 365 contacts",
    who=("(Do Not Modify) Contact",),
    marks=("(Do Not Modify) Contact", MODIFIED, "Full Name"),
    changed=(MODIFIED,),
    agent=("Owner",),
    traits={
        "Full Name": "name", "First Name": "first_name", "Last Name": "last_name", "Email": "email",
        "Business Phone": "phone", "Mobile Phone": "mobile_phone", "Company Name": "company", "Job Title": "title",
    },
    ignore=(CHECKSUM, "Address 1*"),
    local_times=True,
)  # fmt: skip
ZENDESK_USERS: Final = people(
    "zendesk",
    "Zendesk users",
    kind="users",
    who=("id", "email", "phone"),
    marks=("name", "email", "external_id", "role"),
    changed=("updated_at", "created_at"),
    traits={"name": "name", "email": "email", "phone": "phone", "organization": "company"},
    personal=("details", "notes"),
)
FRESHDESK_CONTACTS: Final = people(
    "freshdesk",
    "Freshdesk contacts",
    who=FRESHDESK_WHO,
    marks=("Email", "Work phone", "Mobile phone", "Unique external ID"),
    traits={**FRESHDESK, "Full name": "name", "Name": "name", "Company": "company"},
    personal=("Address", "About"),
    ignore=("Facebook ID", "Twitter ID", "Twitter"),
)
ZAMMAD_USERS: Final = people(
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
INTERCOM_CONTACTS: Final = people(
    "intercom",
    "Intercom contacts",
    who=("id", "email", "phone"),
    number=("user_id", "external_id"),
    marks=("user_id", "email", "signed_up_at", "session_count"),
    changed=("updated_at", "signed_up_at"),
    traits={"name": "name", "email": "email", "phone": "phone", "signed_up_at": "created_at"},
    ignore=("type", "avatar*", "location_data*", "user_agent_data", "last_seen_ip"),
)
SHOPIFY_CUSTOMERS: Final = people(
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

PEOPLE: Final = (
    HUBSPOT_CONTACTS,
    SALESFORCE_CONTACTS,
    DYNAMICS_CONTACTS,
    ZENDESK_USERS,
    FRESHDESK_CONTACTS,
    ZAMMAD_USERS,
    INTERCOM_CONTACTS,
    SHOPIFY_CUSTOMERS,
)
