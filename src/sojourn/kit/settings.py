"""Every setting of Sojourn: its name, default, meaning and limits, in one place.

Values come from environment variables ``SOJOURN_<NAME>``. Nonsense is refused at start with a sentence
that names the variable. ``docs/reference/settings.md`` is made from this module.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from sojourn.kit.errors import SojournError

KB = 1024
MB = 1024 * KB
GB = 1024 * MB


class SettingError(SojournError):
    """An environment variable holds something that cannot be meant."""

    code = "setting"
    status = 500


def _setting(default: Any, doc: str, *, low: int | None = None, high: int | None = None) -> Any:
    return field(default=default, metadata={"doc": doc, "low": low, "high": high})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What can be set; each field is the environment variable ``SOJOURN_<FIELD>``."""

    data: Path = _setting(Path("var/sojourn"), "Folder of everything that Sojourn stores.")
    host: str = _setting("127.0.0.1", "Address to listen on; 0.0.0.0 opens it to the network.")
    port: int = _setting(8000, "Port of pages and API.", low=1, high=65_535)
    intake_port: int = _setting(8001, "Port of the event intake.", low=1, high=65_535)
    public_url: str = _setting("", "Address under which people reach the pages; empty: made from host and port.")
    public_intake_url: str = _setting(
        "", "Address under which SDKs reach the intake; empty: from host and intake port."
    )
    database_url: str = _setting("", "PostgreSQL address of the state; empty: SQLite in the data folder.")
    key: str = _setting("", "Master keys, 32 bytes in base64, newest first, with commas; empty: the key file.")
    time_zone: str = _setting("UTC", "Time zone of the pages where a person has not chosen one.")
    workspace: str = _setting("Sojourn", "Name shown at the top of the pages.")
    phone_region: str = _setting(
        "", "Country of phone numbers that name none, two letters such as DE; empty: their digits stay as they are."
    )
    languages: str = _setting(
        "", "Languages that customers write in, ISO 639-1 with commas (en,de); empty: all that the model knows."
    )
    log_level: str = _setting("info", "debug, info, warning or error.")
    second_factor_roles: str = _setting(
        "", "Roles that need a second factor, with commas between (administrator,privacy_officer); all: every role."
    )
    invitation_days: int = _setting(7, "Days after which the link of an invitation ends.", low=1, high=90)
    trusted_proxies: int = _setting(
        0, "Proxies in front that add the visitor's address to X-Forwarded-For; 0: none.", low=0, high=10
    )
    mail_host: str = _setting("", "Mail server (SMTP) for invitations, lost passwords and notices; empty: no mail.")
    mail_port: int = _setting(587, "Port of the mail server.", low=1, high=65_535)
    mail_user: str = _setting("", "Name at the mail server; empty: none is asked for.")
    mail_password: str = _setting("", "Password at the mail server.")
    mail_security: str = _setting("starttls", "starttls, tls, or none on a loopback address.")
    mail_from: str = _setting("sojourn@localhost", "Address that mails come from.")
    regulation: str = _setting("gdpr", "Law under which requests from the public page come: gdpr, ccpa, ...")
    oidc_url: str = _setting("", "Issuer of the OpenID Connect provider, such as https://id.example.com; empty: none.")
    oidc_client: str = _setting("", "Client id at the OpenID Connect provider.")
    oidc_secret: str = _setting("", "Client secret at the OpenID Connect provider.")
    saml_metadata_url: str = _setting("", "Address of the SAML identity provider's metadata; empty: none.")
    saml_entity_id: str = _setting("", "Entity id of the SAML identity provider.")
    sso_name: str = _setting("Single sign-on", "What the button says that leads to the identity provider.")
    sso_domains: str = _setting(
        "", "Mail domains whose people get an account at their first single sign-on, with commas between; empty: none."
    )
    sso_groups: str = _setting(
        "", "Groups one of which a new account needs, with commas between; empty: the domain is enough."
    )
    sso_groups_claim: str = _setting("groups", "Claim or attribute that holds a person's groups.")
    sso_employee_claim: str = _setting(
        "", "Claim or attribute that holds the id under which events name a person as employee; empty: none is read."
    )
    sso_role: str = _setting("viewer", "Role of an account made at the first single sign-on.")
    sso_trusts_mail: int = _setting(
        0, "1: take the provider's mail addresses for verified though it does not say so.", low=0, high=1
    )
    threads: int = _setting(0, "Threads for kernels; 0: one less than there are cores, at least one.", low=0, high=256)
    k_floor: int = _setting(5, "Customers below whom a count of those left out is not shown.", low=1)
    employee_floor: int = _setting(20, "Customers below whom a figure about a named employee is not shown.", low=2)
    preference_link_days: int = _setting(
        30, "Days for which a link to the preference centre opens, where nothing else is asked for.", low=1, high=365
    )
    surveys_two_people: int = _setting(
        1, "0: let who wrote a survey approve it, too, where only one person works with it.", low=0, high=1
    )
    survey_rest_days: int = _setting(
        30, "Days for which nobody is invited to a survey after any invitation; 0: no rest.", low=0, high=3_650
    )
    survey_posts_per_minute: int = _setting(
        60, "Pages of surveys that one address may send in a minute; 0: no limit.", low=0
    )
    figure_age_seconds: int = _setting(
        30, "Age in seconds that figures may have while events keep coming; 0: none.", low=0, high=3_600
    )
    memory_limit_mb: int = _setting(1_024, "Memory that one query on segments may take, in MB.", low=128)
    sql_seconds: int = _setting(60, "Time in seconds that one SQL statement over an extract may take.", low=1)
    sql_rows_max: int = _setting(100_000, "Rows that one SQL statement over an extract may give.", low=1)
    webhooks_private: int = _setting(
        0, "1: let webhooks lead to private addresses and this machine, there also over http.", low=0, high=1
    )

    backup_folder: str = _setting(
        "", "Folder of the backups, better on another disk; empty: backups in the data folder."
    )
    backup_passphrase_file: str = _setting("", "File of the backups' passphrase; empty: one is made beside the key.")
    backup_every_hours: int = _setting(0, "Hours between two backups; 0: only when asked for.", low=0, high=8_760)
    backups_keep: int = _setting(14, "Backups kept; older ones are deleted after a new one is made.", low=1)

    item_max_bytes: int = _setting(32 * KB, "Largest single event that intake takes.", low=1_024)
    body_max_bytes: int = _setting(500 * KB, "Largest request body that intake takes, unpacked.", low=1_024)
    batch_max_items: int = _setting(2_500, "Items of one request beyond which the rest is refused.", low=1)
    intake_in_flight_bytes: int = _setting(64 * MB, "Bytes of request bodies that intake holds in memory.", low=MB)
    intake_connections: int = _setting(2_000, "Connections to intake at once; more are answered 503.", low=1)
    rate_per_source: int = _setting(0, "Events a second that one source may send; 0: no limit.", low=0)
    spool_max_bytes: int = _setting(4 * GB, "Spool size at which intake answers 429.", low=MB)
    spool_segment_bytes: int = _setting(64 * MB, "Size at which a spool file is closed.", low=64 * KB)
    disk_min_bytes: int = _setting(2 * GB, "Free disk space below which intake answers 429.", low=0)
    disk_min_percent: int = _setting(5, "Free disk share below which intake answers 429.", low=0, high=90)
    reserve_bytes: int = _setting(64 * MB, "Size of the reserve file that erasure and compaction may free.", low=0)

    load_max_events: int = _setting(50_000, "Events that the loader commits at once.", low=1)
    load_linger_ms: int = _setting(250, "Time that the loader waits for more events.", low=0)
    dedupe_days: int = _setting(7, "Days over which a repeated message id is dropped.", low=1)
    buckets: int = _setting(16, "Hash buckets that compaction sorts persons into.", low=1, high=1_024)
    compact_every_seconds: int = _setting(600, "Pause between two compactions.", low=1)
    compact_min_segments: int = _setting(8, "Fresh segments that are worth a compaction.", low=2)
    retired_grace_seconds: int = _setting(60, "Time that a replaced segment file stays for short readers.", low=0)
    quarantine_max_items: int = _setting(100_000, "Refused items kept; beyond it the oldest go, counted.", low=1)
    discovered_events_max: int = _setting(2_000, "Event names discovered; newer ones count as (other).", low=1)
    discovered_properties_max: int = _setting(
        300, "Properties discovered for one event; newer ones count as (other).", low=1
    )
    api_rate_per_minute: int = _setting(6_000, "API requests a minute that one viewer may make; 0: no limit.", low=0)
    incoming_quiet_seconds: int = _setting(
        10, "Time after which a file in the watched folder that nobody touches is complete.", low=0
    )
    keep_originals_days: int = _setting(
        7, "Days for which the watched folder keeps the original of a loaded file; 0: none.", low=0, high=3_650
    )
    upload_max_bytes: int = _setting(4 * GB, "Largest file that the upload page takes.", low=MB)
    pickup_max_bytes: int = _setting(16 * GB, "Largest file that is fetched from elsewhere by schedule.", low=MB)
    unpacked_max_bytes: int = _setting(64 * GB, "Size to which a gzip file may unpack.", low=KB)

    @property
    def kernel_threads(self) -> int:
        """Number of threads for kernels."""
        return self.threads or max(1, (os.cpu_count() or 2) - 1)

    @property
    def keys_file(self) -> Path:
        """File of the master key."""
        return self.data / "keys" / "master.key"

    @property
    def backups(self) -> Path:
        """Folder of the backups."""
        return Path(self.backup_folder) if self.backup_folder else self.data / "backups"

    @property
    def backup_passphrase(self) -> Path:
        """File of the passphrase of the backups."""
        named = self.backup_passphrase_file
        return Path(named) if named else self.keys_file.with_name("backups.passphrase")

    @property
    def spool(self) -> Path:
        """Folder of the spool."""
        return self.data / "spool"

    @property
    def segments(self) -> Path:
        """Folder of the Parquet segments."""
        return self.data / "segments"

    @property
    def timeline(self) -> Path:
        """Folder of the timeline."""
        return self.data / "timeline"

    @property
    def deliveries(self) -> Path:
        """Folder of uploaded files until they are loaded."""
        return self.data / "deliveries"

    @property
    def incoming(self) -> Path:
        """The watched folder; one sub-folder a source."""
        return self.data / "incoming"

    @property
    def temporary(self) -> Path:
        """Folder of temporary files; emptied at start."""
        return self.data / "tmp"

    @property
    def extracts(self) -> Path:
        """Folder of extracts, for BI tools to read."""
        return self.data / "extracts"

    @property
    def cache(self) -> Path:
        """Folder of what can be made again: compiled kernels, cached answers."""
        return self.data / "cache"

    @property
    def write_keys_file(self) -> Path:
        """What intake knows of the sources; written by the web process."""
        return self.data / "intake" / "sources.json"

    @property
    def server_file(self) -> Path:
        """Says where the running server listens and holds the local command line's token."""
        return self.data / "server.json"

    @property
    def audit_head_file(self) -> Path:
        """Says where the audit log's chain ends, outside its database."""
        return self.data / "audit.head"


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from the environment; raise SettingError naming the variable that makes no sense."""
    values: dict[str, Any] = {}
    for each in fields(Settings):
        name = f"SOJOURN_{each.name.upper()}"
        if name in environ:
            values[each.name] = _parsed(name, environ[name], each.default, each.metadata)
    return Settings(**values)


def _parsed(name: str, text: str, default: Any, limits: Mapping[str, Any]) -> Any:
    if isinstance(default, Path):
        return Path(text)
    if isinstance(default, str):
        return text
    try:
        number = int(text)
    except ValueError:
        raise SettingError(f"{name} must be a whole number, not {text!r}.") from None
    low, high = limits["low"], limits["high"]
    if (low is not None and number < low) or (high is not None and number > high):
        raise SettingError(
            f"{name} is {number}; it must lie between {low} and {high if high is not None else 'any size'}."
        )
    return number
