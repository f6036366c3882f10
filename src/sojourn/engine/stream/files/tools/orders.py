"""Files of orders."""

from __future__ import annotations

from typing import Final

from sojourn.engine.stream.files.mapping import Cell, Step
from sojourn.engine.stream.files.tools.columns import CHECKSUM, MODIFIED
from sojourn.engine.stream.files.tools.happening import happenings

ORDERED: Final = "Order Completed"
SALESFORCE_ORDERS: Final = happenings(
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
# Names of currencies as Dynamics 365 sets them up; a code of three letters stays as it is.
_CURRENCIES: Final = (
    ("Euro", "EUR"), ("US Dollar", "USD"), ("Pound Sterling", "GBP"), ("UK Pound", "GBP"), ("Swiss Franc", "CHF"),
    ("Canadian Dollar", "CAD"), ("Australian Dollar", "AUD"), ("New Zealand Dollar", "NZD"), ("Japanese Yen", "JPY"),
    ("Danish Krone", "DKK"), ("Norwegian Krone", "NOK"), ("Swedish Krona", "SEK"), ("Polish Zloty", "PLN"),
    ("Czech Koruna", "CZK"), ("Indian Rupee", "INR"), ("Brazilian Real", "BRL"), ("Mexican Peso", "MXN"),
)  # fmt: skip
DYNAMICS_ORDERS: Final = happenings(
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
    ignore=(CHECKSUM, MODIFIED, "Bill To*", "Ship To*"),
    local_times=True,
)
_LINE: Final = (
    "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price", "Lineitem sku",
    "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status", "Lineitem discount", "Vendor",
)  # fmt: skip
_WHOLE: Final = (
    "Total", "Subtotal", "Shipping", "Taxes", "Discount Code", "Discount Amount", "Shipping Method",
    "Financial Status", "Fulfillment Status", "Refunded Amount", "Outstanding Balance", "Payment Method", "Currency",
    "Notes", "Note Attributes", "Tags",
)  # fmt: skip
SHOPIFY_ORDERS: Final = happenings(
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

ORDERS: Final = (
    SALESFORCE_ORDERS,
    DYNAMICS_ORDERS,
    SHOPIFY_ORDERS,
)
