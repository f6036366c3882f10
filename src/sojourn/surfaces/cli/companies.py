"""The demo companies: where their files lie, where their data go, and what is remembered of a loading."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import sojourn

STATE_FILE = "demo.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Company:
    """A company that can be looked at; `is_alive` when events go on while the server runs.

    `regions` are units of which somebody is the agents' manager, who sees them and nothing else.
    """

    slug: str
    name: str
    mail_domain: str
    is_alive: bool
    regions: tuple[str, ...] = ()


BANK = Company(slug="bank", name="Harbour Bank", mail_domain="harbour-bank.example", is_alive=True, regions=("HB-N",))
RETAIL = Company(slug="retail", name="Online Retail", mail_domain="online-retail.example", is_alive=False)
COMPANIES = {each.slug: each for each in (BANK, RETAIL)}


def document(company: Company, name: str) -> str:
    """Read a document that ships with a company."""
    return (files("sojourn") / "demo" / company.slug / name).read_text()


def shipped(company: Company, name: str) -> Path:
    """Give the path of a data file that ships with a company."""
    return Path(sojourn.__file__).parent / "demo" / company.slug / name


def data_folder(company: Company) -> Path:
    """Give the company's own data folder: in the checkout's `var`, or where this user's data go."""
    root = Path(sojourn.__file__).resolve().parents[2]
    if (root / "pyproject.toml").exists():
        return root / "var" / f"demo-{company.slug}"
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "sojourn" / f"demo-{company.slug}"


@dataclass(kw_only=True, slots=True)
class DemoState:
    """What a data folder remembers of its demo; instants in microseconds.

    `loading_until` is where the loading in progress ends: an interrupted one is done again with the same files.
    Events up to `loaded_until` came as files, up to `sent_until` through the intake.
    """

    company: str
    size: int = 0
    seed: int = 1
    anchor: int = 0
    loading_since: int = 0
    loading_until: int = 0
    loaded_until: int = 0
    sent_until: int = 0
    is_furnished: bool = False
    has_consents: bool = False
    has_accounts: bool = False
    has_surveys: bool = False
    sign_ins: dict[str, list[str]] = field(default_factory=dict)  # role, or role and unit -> mail, password
    write_keys: dict[str, str] = field(default_factory=dict)  # source -> key

    @property
    def reaches(self) -> int:
        """Give the instant up to which events were made."""
        return max(self.loaded_until, self.sent_until)


def read_state(folder: Path) -> DemoState | None:
    """Read what a data folder remembers; None when no demo was begun there."""
    path = folder / STATE_FILE
    if not path.exists():
        return None
    known: dict[str, Any] = json.loads(path.read_text())
    return DemoState(**known)


def write_state(folder: Path, state: DemoState) -> None:
    """Remember, as a whole or not at all; only the owner may read it, because it holds passwords and keys."""
    path = folder / STATE_FILE
    fresh = path.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(state), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
