"""Units make a tree on every day; a unit that moves keeps its history."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.organisation import actions, document, queries, rules
from sojourn.domains.organisation.contracts import Unit
from sojourn.domains.organisation.rules import TreeError

MOVED = date(2026, 1, 1)
YAML = """
- {code: bank, name: Harbour Bank, kind: brand}
- {code: north, name: North, kind: region, parent: bank}
- {code: south, name: South, kind: region, parent: bank}
- {code: b1, name: Quay Street, kind: branch, parent: north, until: 2026-01-01}
- {code: b1, name: Quay Street, kind: branch, parent: south, since: 2026-01-01}
"""
CSV = """code,name,kind,parent,since,until
bank,Harbour Bank,brand,,,
north,North,region,bank,,
south,South,region,bank,,
b1,Quay Street,branch,north,,2026-01-01
b1,Quay Street,branch,south,2026-01-01,
"""


def unit(code: str, parent: str | None = None, since: date | None = None, until: date | None = None) -> Unit:
    return Unit(code=code, name=code, kind="branch", parent=parent, since=since, until=until)


def test_yaml_and_csv_say_the_same() -> None:
    units = document.read(YAML)
    assert document.read("\ufeff" + CSV) == units
    assert document.read(document.write(units)) == units


@pytest.mark.django_db
def test_a_unit_that_moved_stands_under_both_parents_in_turn() -> None:
    assert actions.save_units_text(YAML, by="person:1") == 5
    assert queries.descendants(["north"], at=date(2025, 12, 31)) == {"north", "b1"}
    assert queries.descendants(["north"], at=MOVED) == {"north"}
    assert queries.descendants(["south"], at=MOVED) == {"south", "b1"}
    assert queries.descendants(["north"]) == {"north", "b1"}
    (root,) = queries.tree(at=MOVED)
    assert [child.unit.code for child in root.children] == ["north", "south"]
    assert [child.unit.code for child in root.children[1].children] == ["b1"]
    assert len(queries.units()) == 5 and len(queries.units(at=MOVED)) == 4
    assert document.read(queries.units_text()) == queries.units()


@pytest.mark.django_db
def test_saving_replaces_the_tree_and_is_audited() -> None:
    actions.save_units_text(YAML, by="person:1")
    actions.save_units([unit("a"), unit("b", "a")], by="person:2")
    assert [each.code for each in queries.units()] == ["a", "b"]
    entry = access.audit_log(viewer=SYSTEM)[0]
    assert (entry.who, entry.what, entry.detail) == ("person:2", "units.save", {"count": "2"})


@pytest.mark.django_db
def test_a_tree_that_is_refused_leaves_the_old_one() -> None:
    actions.save_units_text(YAML, by="person:1")
    with pytest.raises(rules.TreeError):
        actions.save_units([unit("a", "a")], by="person:1")
    assert len(queries.units()) == 5


@pytest.mark.parametrize(
    ("units", "message"),
    [
        ([unit("a", "b"), unit("b", "a")], "stands below itself"),
        ([unit("a", "a")], "stands below itself"),
        ([unit("a", "x")], "its parent x is not among the units"),
        ([unit("a"), unit("a")], "twice for the same days"),
        ([unit("a", None, None, MOVED), unit("a", None, date(2025, 1, 1))], "twice for the same days"),
        ([unit("a", None, MOVED, MOVED)], "must lie before"),
        ([unit(" ")], "a code has 1 to 63"),
        ([unit("a", "b"), unit("b", None, None, MOVED), unit("b", "a", MOVED)], "stands below itself"),
    ],
)
def test_what_makes_no_tree_is_refused(units: list[Unit], message: str) -> None:
    with pytest.raises(rules.TreeError, match=message):
        rules.check(units)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,name,kind,colour\n", "line 1: unknown column 'colour'"),
        ("code,name,kind\na,b\n", "line 2: the number of cells"),
        ("code,name,kind\na,b,c,d\n", "line 2: the number of cells"),
        ("code,name,kind\n,b,c\n", "line 2: code is missing"),
        ("code,name,kind,since\na,b,c,soon\n", "line 2: since: 'soon' is not a day"),
        ("- a", "line 1: a unit is a map"),
        ("code: a", "must be a list of units"),
        ("- {code: a, name: b, kind: c, colour: d}", "line 1: unknown or not plain: 'colour'"),
        ("- {code: a, name: b}", "line 1: kind is missing"),
        ("- {code: [a], name: b, kind: c}", "unknown or not plain"),
        ("- {code: a", "this is not YAML"),
    ],
)
def test_a_document_that_means_nothing_names_the_line(text: str, message: str) -> None:
    with pytest.raises(rules.TreeError) as refusal:
        document.read(text)
    assert message in refusal.value.message


@given(st.lists(st.integers(0, 9), min_size=10, max_size=10))
def test_every_unit_of_a_checked_tree_stands_below_a_root_once(parents: list[int]) -> None:
    units = [unit(str(at), None if parent >= at else str(parent)) for at, parent in enumerate(parents)]
    rules.check(units)
    roots = [each.code for each in units if each.parent is None]
    assert rules.below(units, roots) == {each.code for each in units}

    def codes(nodes: tuple[object, ...]) -> list[str]:
        return [code for node in nodes for code in (node.unit.code, *codes(node.children))]  # type: ignore[attr-defined]

    assert sorted(codes(rules.grown(units))) == sorted(each.code for each in units)


@pytest.mark.django_db
def test_a_unit_moves_from_a_day_on_with_all_below_it_and_the_move_is_taken_back() -> None:
    rows = [("north", None), ("south", None), ("b1", "south"), ("t1", "b1")]
    actions.save_units([Unit(code=c, name=c, kind="x", parent=p) for c, p in rows], by="system")
    before, day = queries.units(), date(2026, 7, 1)
    preview = actions.move_unit(code="b1", parent="north", since=day, by="system", preview=True)
    assert (preview.before, preview.after, preview.along) == ("south", "north", ("t1",))
    assert queries.units() == before
    actions.move_unit(code="b1", parent="north", since=day, by="system")
    assert queries.descendants(["south"], at=day - timedelta(days=1)) == {"south", "b1", "t1"}
    assert queries.descendants(["south"], at=day) == {"south"}
    assert queries.descendants(["north"], at=day) == {"north", "b1", "t1"}
    for parent, since, said in (
        ("north", day, "already"),
        ("t1", day, "below itself"),
        ("east", day, "does not stand"),
    ):
        with pytest.raises(TreeError, match=said):
            actions.move_unit(code="b1", parent=parent, since=since, by="system")
    version = queries.version()
    undone = actions.undo(by="system")
    assert undone.what.startswith("b1 moved below north") and queries.units() == before
    assert queries.version() != version
    actions.undo(by="system")
    with pytest.raises(actions.NothingToUndoError):
        actions.undo(by="system")
