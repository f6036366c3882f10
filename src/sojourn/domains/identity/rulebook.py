"""The rules of identity as a document, read with errors that name the field, and the version in force."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

import yaml

from sojourn.domains.identity.contracts import RuleState, RuleVersion
from sojourn.domains.identity.models import RuleSet
from sojourn.domains.identity.ruleset import DEFAULT, NOT_FOR_KINDS, Form, Kind, Limit, Rules, Span
from sojourn.kit.errors import InvalidError

KIND: Final = re.compile(r"[a-z][a-z0-9_]{0,15}")
# One class of characters after another: a pattern that takes no more than the square of a value's length.
PATTERN: Final = re.compile(
    r"(?:\\?[^\\()|{}^$\[\]*+?]|\[\^?[^\[\]\\]+\])(?:(?:\\?[^\\()|{}^$\[\]])|\[\^?[^\[\]\\]+\])*"
)
QUANTIFIERS_MAX: Final = 2
PATTERN_CHARACTERS: Final = 200
BLOCKED_MAX: Final = 1_000
KINDS_MAX: Final = 20
COUNT_MAX: Final = 100_000
TEXT_CHARACTERS: Final = 100_000
FIELDS: Final = ("kinds", "devices", "blocked", "holders_max", "verified_by")


class RulesError(InvalidError):
    """Rules of identity that mean nothing; the message names the field."""

    code = "identity_rules"


def rules_in_force() -> Rules:
    """Give the newest version of the rules, the ones that Sojourn comes with where nobody saved any."""
    row = RuleSet.objects.order_by("-version").values_list("version", "text").first()
    return DEFAULT if row is None else _read(*row)


def rule_versions(*, most: int = 50) -> tuple[RuleVersion, ...]:
    """List the versions of the rules, newest first; none where those that Sojourn comes with were never changed."""
    return tuple(version_of(each) for each in RuleSet.objects.order_by("-version")[:most])


def version_of(row: RuleSet) -> RuleVersion:
    """Give a version as other rooms see it."""
    return RuleVersion(
        version=row.version,
        text=row.text,
        saved_at=row.saved_at,
        saved_by=row.saved_by,
        why=row.why,
        state=RuleState(row.state),
        progress=row.progress,
        moved=row.moved,
    )


def read(text: str) -> Rules:
    """Read rules from YAML or JSON; what is left out is as by default. Raise RulesError."""
    if len(text) > TEXT_CHARACTERS:
        raise RulesError("The rules are longer than 100 KB.")
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise RulesError(f"This is not YAML: {str(error).splitlines()[0]}") from None
    return of_document({} if found is None else found)


def of_document(found: Any) -> Rules:
    """Read rules from maps and lists; raise RulesError."""
    if not isinstance(found, dict):
        raise RulesError("The rules are a map with kinds, devices, blocked, holders_max and verified_by.")
    for name in found:
        if name not in FIELDS:
            raise RulesError(f"{name}: not a part of the rules; there are {', '.join(FIELDS)}.")
    rules = Rules(
        kinds=_kinds(found["kinds"]) if "kinds" in found else DEFAULT.kinds,
        devices=_limit(found["devices"], "devices") if "devices" in found else DEFAULT.devices,
        blocked=tuple(map(_pattern, _texts(found["blocked"], "blocked"))) if "blocked" in found else DEFAULT.blocked,
        holders_max=_count(found.get("holders_max", DEFAULT.holders_max), "holders_max"),
        verified_by=tuple(_texts(found.get("verified_by", []), "verified_by")),
    )
    if len(rules.blocked) > BLOCKED_MAX:
        raise RulesError(f"blocked: at most {BLOCKED_MAX} values.")
    return rules


def document(rules: Rules) -> dict[str, Any]:
    """Give rules as maps and lists that `of_document` reads to the same rules."""
    return {
        "kinds": [
            {
                "name": each.name,
                "traits": list(each.traits),
                "external": list(each.external),
                "form": each.form.value,
                "limit": _written(each.limit),
                "joins": each.joins,
            }
            for each in rules.kinds
        ],
        "devices": _written(rules.devices),
        "blocked": list(rules.blocked),
        "holders_max": rules.holders_max,
        "verified_by": list(rules.verified_by),
    }


def write(rules: Rules) -> str:
    """Write rules as YAML that `read` reads to the same rules."""
    return yaml.safe_dump(document(rules), sort_keys=False, allow_unicode=True, width=110)


@functools.lru_cache(16)
def _read(version: int, text: str) -> Rules:
    return replace(read(text), version=version)


def _kinds(found: Any) -> tuple[Kind, ...]:
    if not isinstance(found, list) or len(found) > KINDS_MAX:
        raise RulesError(f"kinds: a list of at most {KINDS_MAX}, the first with the highest priority.")
    kinds = tuple(_kind(each, f"kinds[{at}]") for at, each in enumerate(found))
    for what, names in (
        ("name", [each.name for each in kinds]),
        ("traits", [name for each in kinds for name in each.traits]),
        ("external", [name for each in kinds for name in each.external]),
    ):
        if twice := {name for name in names if names.count(name) > 1}:
            raise RulesError(f"kinds: the {what} {sorted(twice)[0]} stands in two kinds.")
    return kinds


def _kind(found: Any, where: str) -> Kind:
    if not isinstance(found, dict):
        raise RulesError(f"{where}: a map with name, traits, external, form, limit, joins.")
    for name in found:
        if name not in ("name", "traits", "external", "form", "limit", "joins"):
            raise RulesError(f"{where}.{name}: not a part of a kind.")
    name, joins = found.get("name"), found.get("joins", True)
    if not isinstance(name, str) or not KIND.fullmatch(name) or name in NOT_FOR_KINDS:
        raise RulesError(f"{where}.name: 1 to 16 small letters, digits and _; user, anonymous and the like are taken.")
    if not isinstance(joins, bool):
        raise RulesError(f"{where}.joins: true or false.")
    try:
        form = Form(found.get("form", "text"))
    except ValueError:
        raise RulesError(f"{where}.form: one of {', '.join(Form)}.") from None
    return Kind(
        name=name,
        traits=tuple(_texts(found.get("traits", []), f"{where}.traits")),
        external=tuple(_texts(found.get("external", []), f"{where}.external")),
        form=form,
        limit=_limit(found.get("limit"), f"{where}.limit"),
        joins=joins,
    )


def _limit(found: Any, where: str) -> Limit | None:
    if found is None:
        return None
    if not isinstance(found, dict) or set(found) - {"count", "span"}:
        raise RulesError(f"{where}: a map with count and span, or null for no limit.")
    try:
        span = Span(found.get("span", "ever"))
    except ValueError:
        raise RulesError(f"{where}.span: one of {', '.join(Span)}.") from None
    return Limit(_count(found.get("count"), f"{where}.count"), span)


def _written(limit: Limit | None) -> dict[str, Any] | None:
    return None if limit is None else {"count": limit.count, "span": limit.span.value}


def _count(found: Any, where: str) -> int:
    if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= COUNT_MAX:
        raise RulesError(f"{where}: a whole number from 1 to {COUNT_MAX}.")
    return found


def _texts(found: Any, where: str) -> Iterable[str]:
    if not isinstance(found, list):
        raise RulesError(f"{where}: a list of texts.")
    for at, each in enumerate(found):
        if not isinstance(each, str) or not each.strip():
            raise RulesError(f"{where}[{at}]: a text in quotes.")
        yield each.strip()


def _pattern(text: str) -> str:
    quantifiers = sum(text.count(each) for each in "*+?")
    if len(text) > PATTERN_CHARACTERS or not PATTERN.fullmatch(text) or quantifiers > QUANTIFIERS_MAX:
        raise RulesError(
            f"blocked: {text[:40]!r} is no pattern: letters, digits and classes such as [0-9], at most two of * + ?, "
            "and a \\ before other signs."
        )
    try:
        re.compile(text)
    except re.error:
        raise RulesError(f"blocked: {text[:40]!r} is no pattern.") from None
    return text
