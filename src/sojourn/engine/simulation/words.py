"""The vocabulary of Harbour Bank: what can happen, where, and with which devices."""

from __future__ import annotations

from typing import Final

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

CHANNELS: Final = ("web", "app", "phone", "branch", "mail")
WEB, APP, PHONE, BRANCH, MAIL = range(5)
TOUCHPOINTS: Final = ("website", "mobile app", "contact centre", "branch counter", "letter")

REGIONS: Final = (("HB-N", "North"), ("HB-H", "Harbour"), ("HB-S", "South"))
BRANCH_NAMES: Final = (
    "Lighthouse Hill", "Northgate", "Mill Lane", "Abbey Street", "Fairfield", "Kingsway", "Station Road", "Oak Park",
    "Old Harbour", "Fish Market", "Customs House", "Quayside", "Rope Walk", "Anchor Square", "Dock Street", "Mariners",
    "Lindenhof", "Southbank", "Orchard", "Riverside", "Castle Green", "Meadow View", "Bridge End", "Vineyard",
)  # fmt: skip
CENTRE_NAMES: Final = ("Harbour Line", "South Line")
BRANCHES: Final = len(BRANCH_NAMES)
CENTRES: Final = len(CENTRE_NAMES)
UNITS: Final = tuple(f"BR-{n:02}" for n in range(1, BRANCHES + 1)) + tuple(f"CC-{n}" for n in range(1, CENTRES + 1))
NO_UNIT: Final = -1
AGENTS_PER_BRANCH: Final = 8
AGENTS_PER_CENTRE: Final = 60

PRODUCTS: Final = ("", "credit card", "current account", "mortgage", "payments")
CARD, ACCOUNT, MORTGAGE, PAYMENTS = 1, 2, 3, 4

KINDS: Final = ("track", "page", "screen", "identify")
TRACK, PAGE, SCREEN, IDENTIFY = range(4)

APP_VERSIONS: Final = ("6.0.0", "6.1.0", "6.2.0")
RELEASE_DAYS_AGO: Final = (150, 45)  # of 6.1 and 6.2
BROKEN_VERSION: Final = 2
ANDROID, IOS = 0, 1

# What a row's device says, by profile: browsers first, then app by system and version.
DEVICE_FIELDS: Final = ("$browser", "$app_version", "$os", "$device")
BROWSERS: Final = (
    ("Chrome", None, "Windows", "desktop"),
    ("Safari", None, "iOS", "phone"),
    ("Firefox", None, "Linux", "desktop"),
)
PROFILES: Final = BROWSERS + tuple(
    (None, version, system, "phone") for system in ("Android", "iOS") for version in APP_VERSIONS
)

EVENTS: Final = (
    "Page Viewed", "Screen Viewed", "Identified", "Signed In", "Sign-in Failed", "Balance Viewed", "Transfer Made",
    "Transfer Failed", "Statement Downloaded", "Help Article Viewed", "Call Received", "Call Answered",
    "Call Abandoned", "Branch Visited", "Counter Served", "Survey Answered",
    "Card Application Started", "Identity Checked", "Identity Check Failed", "Income Confirmed",
    "Card Application Submitted", "Card Application Approved", "Card Application Declined",
    "Card Application Withdrawn", "Card Activated",
    "Dispute Opened", "Transaction Selected", "Evidence Uploaded", "Evidence Upload Failed", "Dispute Submitted",
    "Dispute Approved", "Dispute Declined", "Dispute Withdrawn",
    "Account Opening Started", "Personal Details Entered", "Account Identity Verified", "Account Agreement Signed",
    "Account Opened", "Account Opening Declined", "Account Opening Withdrawn", "First Deposit Made",
    "Mortgage Enquired", "Mortgage Adviser Met", "Mortgage Documents Received", "Property Valued",
    "Mortgage Approved", "Mortgage Declined", "Mortgage Withdrawn", "Mortgage Completed",
    "Complaint Received", "Complaint Acknowledged", "Complaint Investigated", "Complaint Upheld",
    "Complaint Rejected", "Complaint Withdrawn",
)  # fmt: skip
CODE: Final = {name: code for code, name in enumerate(EVENTS)}

THEMES: Final = ("waiting", "app", "fees", "staff", "clarity", "card", "foreign fee")
FOREIGN_FEE: Final = 6
