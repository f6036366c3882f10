"""Known vulnerabilities of what Sojourn stands on, from a file in the OSV format, and the register of findings.

Nothing is fetched: the file is brought (osv.dev publishes all advisories of PyPI as one archive). The register,
``docs/security/findings.json``, is kept with the code: each finding has an owner and a day until which it is settled.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ECOSYSTEM = "PyPI"
DAYS = {"critical": 7, "high": 30, "medium": 90, "low": 180}
ELSE = "high"  # an advisory that does not say how bad it is
OPEN, ACCEPTED, SETTLED = "open", "accepted", "settled"
STATES = (OPEN, ACCEPTED, SETTLED)
OTHER_WORDS = {"moderate": "medium"}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """An advisory that concerns a package in use; `why` says what an accepted one rests on until its day."""

    advisory: str
    package: str
    version: str
    severity: str
    summary: str
    fixed: str  # the first version without it, "" when there is none yet
    found: str
    due: str
    owner: str
    state: str = OPEN
    why: str = ""


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Give the records of a file: an archive of JSON files, a list, `{"vulns": [...]}`, or a single record.

    Raise ValueError for anything else.
    """
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".json"):
                    yield from _records(json.loads(archive.read(name)), name)
    else:
        yield from _records(json.loads(path.read_text()), path.name)


def concerning(
    records: Iterable[Mapping[str, Any]], versions: Mapping[str, str]
) -> Iterator[tuple[str, str, str, str]]:
    """Give advisory, package, severity and first fixed version for each record that concerns a version in use.

    `versions` are those in use by canonical name. A record that was withdrawn concerns nobody.
    """
    for record in records:
        if record.get("withdrawn"):
            continue
        for affected in record.get("affected", ()):
            package = affected.get("package", {})
            name = str(canonicalize_name(str(package.get("name", ""))))
            if package.get("ecosystem") == ECOSYSTEM and name in versions and _is_in(affected, versions[name]):
                yield str(record["id"]), name, _severity(record, affected), _fixed(affected, versions[name])


def merged(
    register: Iterable[Finding],
    records: Iterable[Mapping[str, Any]],
    versions: Mapping[str, str],
    *,
    owner: str,
    today: date,
) -> list[Finding]:
    """Bring a register up to date: new findings are open, those that concern no version in use any more are settled.

    What the records say nothing about stays as it is: a file may hold some advisories only.
    """
    known = {(each.advisory, each.package): each for each in register}
    all_records = list(records)
    said = {str(each["id"]): str(each.get("summary", ""))[:200] for each in all_records}
    now = {(advisory, name): (severity, fixed) for advisory, name, severity, fixed in concerning(all_records, versions)}
    found = []
    for key, each in known.items():
        if key in now:
            again = {"state": OPEN, "due": _due(each.severity, today)} if each.state == SETTLED else {}
            found.append(replace(each, version=versions[key[1]], fixed=now[key][1], **again))
        elif key[0] in said or key[1] not in versions:
            found.append(replace(each, state=SETTLED))
        else:  # the file says nothing about it
            found.append(each)
    for key in now.keys() - known.keys():
        severity, fixed = now[key]
        found.append(
            Finding(
                advisory=key[0], package=key[1], version=versions[key[1]], severity=severity, summary=said[key[0]],
                fixed=fixed, found=today.isoformat(), due=_due(severity, today), owner=owner,
            )
        )  # fmt: skip
    return sorted(found, key=lambda each: (STATES.index(each.state), each.due, each.advisory, each.package))


def complaints(register: Iterable[Finding], *, today: date) -> Iterator[str]:
    """Say what is wrong with a register: no owner, no reason to accept, a day that has passed."""
    for each in register:
        name = f"{each.advisory} in {each.package} {each.version}"
        if each.state not in STATES:
            yield f"{name}: the state is {each.state}, and must be one of {', '.join(STATES)}"
        elif each.state != SETTLED:
            if not each.owner:
                yield f"{name}: nobody owns it"
            if each.state == ACCEPTED and not each.why:
                yield f"{name}: it is accepted without saying why"
            if date.fromisoformat(each.due) < today:
                yield f"{name}: due on {each.due}" + (f", fixed in {each.fixed}" if each.fixed else "")


def load(path: Path) -> list[Finding]:
    """Read a register; one that is not there is empty."""
    return [Finding(**each) for each in json.loads(path.read_text())] if path.exists() else []


def save(path: Path, register: Iterable[Finding]) -> None:
    """Write a register."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(each) for each in register], indent=1) + "\n")


def _due(severity: str, today: date) -> str:
    return (today + timedelta(DAYS[severity])).isoformat()


def _records(said: Any, name: str) -> Iterator[dict[str, Any]]:
    found = said.get("vulns", [said]) if isinstance(said, dict) else said
    if not isinstance(found, list) or not all(isinstance(each, dict) and "id" in each for each in found):
        raise ValueError(f"{name} holds no records in the OSV format")
    yield from found


def _is_in(affected: Mapping[str, Any], version: str) -> bool:
    if version in affected.get("versions", ()):
        return True
    return any(_is_between(each.get("events", ()), version) for each in _ranges(affected))


def _ranges(affected: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in affected.get("ranges", ()) if each.get("type") == "ECOSYSTEM"]


def _is_between(events: Iterable[Mapping[str, str]], version: str) -> bool:
    """Walk the events of a range in the order of their versions, as the format's own evaluation does."""
    mine, is_in = Version(version), False
    for kind, at in sorted(_events(events), key=lambda event: event[1]):
        if kind == "introduced" and mine >= at:
            is_in = True
        elif (kind == "fixed" and mine >= at) or (kind == "last_affected" and mine > at):
            is_in = False
    return is_in


def _events(events: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, Version]]:
    for event in events:
        for kind, text in event.items():
            try:
                yield kind, Version(text)
            except InvalidVersion:
                continue  # of versions that no package of ours can have


def _fixed(affected: Mapping[str, Any], version: str) -> str:
    found = [at for each in _ranges(affected) for kind, at in _events(each.get("events", ())) if kind == "fixed"]
    return str(min((at for at in found if at > Version(version)), default=""))


def _severity(record: Mapping[str, Any], affected: Mapping[str, Any]) -> str:
    said = [each.get("database_specific", {}).get("severity", "") for each in (affected, record)]
    words = (OTHER_WORDS.get(str(word).lower(), str(word).lower()) for word in said)
    return next((word for word in words if word in DAYS), ELSE)
