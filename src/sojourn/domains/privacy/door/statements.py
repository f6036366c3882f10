"""SQL of the door: every value is a parameter, every column is on a list; only the tree of units is looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sojourn.domains.privacy.contracts import Aggregate, EventFilter, Measure
from sojourn.domains.privacy.door import scope
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

COLUMNS: Final = frozenset(
    {"name", "kind", "channel", "touchpoint", "unit", "agent", "product", "case", "source", "currency", "value"}
)
TIMES: Final[Mapping[str, str]] = {
    "day": "strftime(occurred_at, '%Y-%m-%d')",
    "week": "strftime(date_trunc('week', occurred_at), '%Y-%m-%d')",
    "month": "strftime(occurred_at, '%Y-%m')",
}
PROPERTY: Final = "properties."
OF_A_FIELD: Final = (Aggregate.SUM, Aggregate.MEAN, Aggregate.CLUSTERS)
PROPERTY_NAME: Final = re.compile(r'[^"\\\x00-\x1f]{1,200}')
LISTED: Final = (
    "event_id, customer, name, kind, occurred_at, received_at, channel, touchpoint, unit, product, source, "
    "CAST(value AS VARCHAR), currency, properties"
)


@dataclass
class Statement:
    """SQL under way, with the values of its question marks in their order."""

    sql: str = ""
    values: list[object] = field(default_factory=list)

    def add(self, sql: str, values: Iterable[object] = ()) -> Statement:
        """Append a piece."""
        self.sql += sql
        self.values += values
        return self


def door(*, bit: int, unstated: int, silence_is_yes: bool) -> str:
    """Write the view `door`: each event with its customer, and whether it may be read for a purpose.

    `bit` 0 stands for a purpose that nobody can refuse.
    """
    collected = (
        f"((coalesce(purposes, {unstated:d}) & {bit:d}) <> 0 OR coalesce(words.opens, FALSE))" if bit else "TRUE"
    )
    now = f"coalesce(words.allowed, {str(silence_is_yes).upper()})"
    return (
        "CREATE VIEW door AS SELECT events.*, coalesce(persons.customer, events.person) AS customer, "
        f"{collected} AND {now} AS allowed "
        "FROM events LEFT JOIN persons ON persons.person = events.person "
        "LEFT JOIN words ON words.customer = coalesce(persons.customer, events.person)"
    )


def where(period: Period, events: EventFilter, units: frozenset[str] | None) -> Statement:
    """Write the conditions of a question; raise InvalidError for a name that no property can have, or for a pattern."""
    if events.having_pattern:
        raise InvalidError("A pattern chooses customers for journey questions; lists and sums of events have none.")
    made = _scope(period, units)
    if events.names:
        _among(made.add(" AND "), "name", [], events.names)
    for dimension, values in events.dimensions.items():
        if dimension == "unit":
            _placed(made.add(" AND "), values)
            continue
        expression, needed = column(dimension if dimension in COLUMNS else PROPERTY + dimension)
        _among(made.add(" AND "), expression, needed, values)
    if events.having:
        wider = where(period, EventFilter(dimensions=events.dimensions), units)
        made.add(" AND customer IN (SELECT customer FROM door WHERE allowed AND ").add(wider.sql, wider.values)
        _among(made.add(" AND "), "name", [], events.having).add(")")
    return made


def _scope(period: Period, units: frozenset[str] | None) -> Statement:
    made = Statement("TRUE")
    if period.since is not None:
        made.add(" AND occurred_at >= make_timestamp(?)", [period.since_us])
    if period.until is not None:
        made.add(" AND occurred_at < make_timestamp(?)", [period.until_us])
    if units is not None:
        _placed(made.add(" AND "), units)
    return made


def _placed(made: Statement, units: Iterable[str]) -> Statement:
    """Ask for events of some units and of those below them, while they were."""
    made.add("(FALSE")
    for each in scope.below(units):
        _among(made.add(" OR ("), "unit", [], sorted(each.codes))
        if each.since_us is not None:
            made.add(" AND occurred_at >= make_timestamp(?)", [each.since_us])
        if each.until_us is not None:
            made.add(" AND occurred_at < make_timestamp(?)", [each.until_us])
        made.add(")")
    return made.add(")")


def _among(made: Statement, expression: str, needed: list[object], values: Iterable[str]) -> Statement:
    """Ask for one of the values; the empty text asks for no value, as in the timeline."""
    texts = [value for value in values if value]
    marks = ", ".join("?" * len(texts))
    made.add("(").add(f"{expression} IN ({marks})" if texts else "FALSE", [*needed, *texts] if texts else [])
    if "" in values:
        made.add(f" OR {expression} IS NULL", needed)
    return made.add(")")


def column(name: str) -> tuple[str, list[object]]:
    """Write the expression of a column, a time bucket or `properties.<name>`, as text; raise InvalidError."""
    if name in TIMES:
        return TIMES[name], []
    if name in COLUMNS:
        return f'CAST("{name}" AS VARCHAR)', []
    bare = name.removeprefix(PROPERTY)
    if bare != name and PROPERTY_NAME.fullmatch(bare):
        return "json_extract_string(properties, ?)", [f'$."{bare}"']
    known = ", ".join(sorted((*COLUMNS, *TIMES)))
    raise InvalidError(f"There is no field {name!r}; there are {known} and {PROPERTY}<name>.")


def taken(
    event: str,
    fields: Sequence[str],
    where_fields: Mapping[str, Sequence[str]],
    period: Period,
    events: EventFilter,
    units: frozenset[str] | None,
    *,
    is_among: bool = False,
) -> Statement:
    """Write the table `taken`: one event's rows with some fields as `f0`, `f1`, ..., readable or not.

    With `is_among` only of the customers in the table `among`.

    Raise InvalidError for a field that is not there.
    """
    made = Statement("CREATE TEMP TABLE taken AS SELECT customer, event_id, occurred_at, allowed")
    for place, name in enumerate(fields):
        expression, needed = ('"value"', list[object]()) if name == "value" else column(name)
        made.add(f", {expression} AS f{place}", needed)
    conditions = where(period, events, units)
    made.add(" FROM door WHERE name = ? AND ", [event]).add(conditions.sql, conditions.values)
    for name, values in where_fields.items():
        expression, needed = column(name)
        _among(made.add(" AND "), expression, needed, values)
    return made.add(" AND customer IN (SELECT customer FROM among)") if is_among else made


def fields_of(measure: Measure) -> tuple[str, ...]:
    """List the fields that a measure reads, but for those of time; raise InvalidError where one is missing."""
    if measure.aggregate in OF_A_FIELD and measure.field_name is None:
        raise InvalidError(f"A {measure.aggregate.value} needs a field.")
    named = [*measure.where, *measure.group, *(measure.last_per_customer or ())]
    if measure.aggregate in OF_A_FIELD and measure.field_name is not None:
        named.append(measure.field_name)
    return tuple(dict.fromkeys(name for name in named if name not in TIMES))


ALONE: Final = ("taken.customer AS one, taken.customer AS cluster", "taken")
# An event counts for each group that its customer is in at the time, and for themselves where there is none.
TOGETHER: Final = (
    "coalesce(members.one, taken.customer) AS one, coalesce(linked.cluster, taken.customer) AS cluster",
    "taken LEFT JOIN members ON members.customer = taken.customer AND epoch_us(occurred_at) >= members.since_us "
    "AND epoch_us(occurred_at) < members.until_us LEFT JOIN linked ON linked.customer = taken.customer",
)
SEEN: Final = "SELECT DISTINCT customer FROM taken WHERE allowed"


def asked(measure: Measure, period: Period, fields: Sequence[str], *, together: bool = False) -> Statement:
    """Write what a measure is about, out of the table `taken`, which has these fields.

    `one` is what counts as one: the customer, or with `together` each of the groups in the tables `members` and
    `linked`; `cluster` is within what rows are not independent of each other.
    """
    ones, source = TOGETHER if together else ALONE
    made = Statement(f"SELECT taken.customer, event_id, occurred_at, allowed, {ones}")
    for place, name in enumerate(measure.group):
        made.add(f", {_text(name, fields)} AS g{place}")
    for place, name in enumerate(measure.last_per_customer or ()):
        made.add(f", {_text(name, fields)} AS l{place}")
    if measure.aggregate in OF_A_FIELD and measure.field_name is not None:
        made.add(f", {_number(measure.field_name, fields)} AS x")
    within = _scope(period, None)
    made.add(f" FROM {source} WHERE ").add(within.sql, within.values)
    for name, values in measure.where.items():
        _among(made.add(" AND "), _text(name, fields), [], values)
    return made


def rows(fields: Sequence[str], period: Period) -> Statement:
    """Write the rows of the table `taken` that may be read, with all their fields."""
    listed = "".join(f", CAST(f{place} AS VARCHAR) AS f{place}" for place in range(len(fields)))
    within = _scope(period, None)
    made = Statement(f"SELECT customer, epoch_us(occurred_at) AS at_us, event_id{listed} FROM taken WHERE allowed AND ")
    return made.add(within.sql, within.values).add(" ORDER BY customer, occurred_at, event_id")


def hidden(period: Period) -> Statement:
    """Write the customers of the table `taken` with rows that may not be read."""
    within = _scope(period, None)
    return Statement("SELECT DISTINCT customer FROM taken WHERE NOT allowed AND ").add(within.sql, within.values)


def _text(name: str, fields: Sequence[str]) -> str:
    if name in TIMES:
        return TIMES[name]
    place = _place(name, fields)
    return f"CAST({place} AS VARCHAR)" if name == "value" else place


def _number(name: str, fields: Sequence[str]) -> str:
    if name == "value":
        return _place(name, fields)  # summed as a decimal: exact
    return f"TRY_CAST({_text(name, fields)} AS DOUBLE)"


def _place(name: str, fields: Sequence[str]) -> str:
    return f"f{fields.index(name)}"


def summed(measure: Measure) -> str:
    """Write the sum over `asked`, a table or a name given by WITH."""
    groups = [f"g{place}" for place in range(len(measure.group))]
    source = "SELECT * FROM asked WHERE allowed"
    if measure.last_per_customer is not None:
        parts = ", ".join(["one", *(f"l{place}" for place in range(len(measure.last_per_customer)))])
        order = "ORDER BY occurred_at DESC, event_id DESC"
        source += f" QUALIFY row_number() OVER (PARTITION BY {parts} {order}) = 1"
    value = {
        Aggregate.EVENTS: "count(*)",
        Aggregate.CUSTOMERS: "count(DISTINCT one)",
        Aggregate.SUM: "sum(x)",
        Aggregate.MEAN: "avg(x)",
        Aggregate.CLUSTERS: "sum(x)",
    }[measure.aggregate]
    filled = " WHERE x IS NOT NULL" if measure.aggregate in OF_A_FIELD else ""
    listed = ", ".join([*groups, value, IN_GROUPS, "count(*)", "count(DISTINCT one)"])
    tail = f" GROUP BY {', '.join(groups)} ORDER BY {', '.join(f'{g} NULLS FIRST' for g in groups)}" if groups else ""
    if measure.aggregate is Aggregate.CLUSTERS:
        return _clustered(measure, groups, f"({source}){filled}", tail)
    return f"SELECT {listed} FROM ({source}){filled}{tail}"


ONES: Final = "count(DISTINCT one)"
IN_GROUPS: Final = f"{ONES} FILTER (one < 0)"


def _times(values: tuple[float, ...]) -> str:
    """Write how often a value is one of some."""
    listed = ", ".join(repr(float(value)) for value in values)
    return f"count(*) FILTER (x IN ({listed}))" if listed else "0"


def _clustered(measure: Measure, groups: list[str], source: str, tail: str) -> str:
    """Write sums over customers, or linked sets of them, with `n` events that add up to `k`."""
    k = "sum(x)" if measure.hits is None else f"{_times(measure.hits)} - {_times(measure.misses)}"
    each = ", ".join(
        [*groups, "cluster", "count(*)::DOUBLE AS n", f"({k})::DOUBLE AS k", f"{IN_GROUPS} AS g, {ONES} AS c"]
    )
    by = ", ".join([*groups, "cluster"])
    sums = ", ".join(
        [*groups, "count(*)", "sum(n * n)", "sum(k * k)", "sum(n * k)", "sum(k)", "sum(g)", "sum(n)", "sum(c)"]
    )
    return f"SELECT {sums} FROM (SELECT {each} FROM {source} GROUP BY {by}){tail}"


COVERED: Final = (
    "SELECT count(DISTINCT customer) FILTER (WHERE allowed), count(*) FILTER (WHERE allowed), "
    "count(DISTINCT customer) FROM asked"
)


def spoken(statement: Statement) -> str:
    """Write a statement with its values in place, for people to read: it is never run."""
    values = iter(statement.values)
    return re.sub(r"\?", lambda _: _literal(next(values)), statement.sql)


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def listed(
    period: Period,
    events: EventFilter,
    units: frozenset[str] | None,
    *,
    persons: tuple[int, ...] | None,
    after: tuple[int, int] | None,
    limit: int,
) -> Statement:
    """Write a page of events, newest first; `after` is (time, event id) of the last one seen."""
    conditions = where(period, events, units)
    made = Statement(f"SELECT {LISTED} FROM door WHERE allowed AND ").add(conditions.sql, conditions.values)
    if persons is not None:
        made.add(f" AND person IN ({', '.join('?' * len(persons))})", persons)
    if after is not None:
        at, event_id = after
        made.add(" AND occurred_at <= make_timestamp(?)", [at])  # lets row groups be passed over
        made.add(" AND (occurred_at < make_timestamp(?) OR event_id < ?)", [at, event_id])
    return made.add(f" ORDER BY occurred_at DESC, event_id DESC LIMIT {limit:d}")


def single(event_id: int, units: frozenset[str] | None) -> Statement:
    """Write the search for one event."""
    within = _scope(Period(), units)
    return (
        Statement(f"SELECT {LISTED} FROM door WHERE allowed AND ")
        .add(within.sql, within.values)
        .add(" AND event_id = ?", [event_id])
    )


def several(event_ids: Sequence[int], persons: Sequence[int], units: frozenset[str] | None) -> Statement:
    """Write the search for some events; their persons let row groups be passed over."""
    within = _scope(Period(), units)
    return (
        Statement(f"SELECT {LISTED} FROM door WHERE allowed AND ")
        .add(within.sql, within.values)
        .add(f" AND person IN ({', '.join('?' * len(persons))})", persons)
        .add(f" AND event_id IN ({', '.join('?' * len(event_ids))})", event_ids)
    )


EXPORTED: Final = (
    "CAST(event_id AS VARCHAR) AS message_id, CAST(customer AS VARCHAR) AS user_id, kind AS type, name AS event, "
    "occurred_at AS timestamp, channel, touchpoint, unit, CAST(agent AS VARCHAR) AS agent, product, "
    'CAST("case" AS VARCHAR) AS "case", value, currency, properties'
)


def whole_journeys(
    period: Period,
    events: EventFilter,
    units: frozenset[str] | None,
    *,
    without: Iterable[str],
    agents: bool,
) -> Statement:
    """Write a question's events as a journey question sees them: who has hidden events among them is out.

    Events called as in `without` are in question, and not given; who served the customer only with `agents`.
    """
    conditions = where(period, events, units)
    every = "*" if agents else "* REPLACE (CAST(NULL AS BIGINT) AS agent)"
    made = Statement(f"SELECT {every} FROM door WHERE allowed AND ").add(conditions.sql, conditions.values)
    made.add(" AND customer NOT IN (SELECT customer FROM door WHERE NOT allowed AND ")
    made.add(conditions.sql, conditions.values).add(")")
    for name in without:
        made.add(" AND name <> ?", [name])
    return made


def exported(asked: Statement) -> Statement:
    """Write events as they leave, customer by customer and in order of time."""
    return (
        Statement(f"SELECT {EXPORTED} FROM (")
        .add(asked.sql, asked.values)
        .add(") ORDER BY customer, occurred_at, event_id")
    )


def exported_objects(asked: Statement) -> Statement:
    """Write whom and what the events are about: each customer, case and agent once."""
    made = Statement("SELECT type, CAST(id AS VARCHAR) AS id FROM (")
    for place, kind in enumerate(("customer", "case", "agent")):
        made.add(" UNION ALL " if place else "").add(f"SELECT DISTINCT '{kind}' AS type, \"{kind}\" AS id FROM (")
        made.add(asked.sql, asked.values).add(f') WHERE "{kind}" IS NOT NULL')
    return made.add(") ORDER BY type, id")


def exported_count(asked: Statement) -> Statement:
    """Write the number of customers and of events that leave."""
    return Statement("SELECT count(DISTINCT customer), count(*) FROM (").add(asked.sql, asked.values).add(")")
