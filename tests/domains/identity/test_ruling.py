"""Changing the rules: tried on the stored data first, applied to all of it, taken back; by those who may."""

from __future__ import annotations

import pytest

from domains.identity.claiming import customers, said, stored
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.access.trail import audit_log
from sojourn.domains.identity import actions, queries
from sojourn.domains.identity.contracts import RuleState
from sojourn.domains.identity.models import Identifier, Link, RuleSet
from sojourn.domains.identity.rulebook import RulesError
from sojourn.engine.stream.claims import Trait
from sojourn.kit.errors import ConflictError, ForbiddenError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")

NO_MAIL = "kinds: [{name: phone, traits: [phone], form: phone}]"


def joined_by_mail() -> tuple[int, int]:
    """Give a customer and a visitor whom a mail address made one."""
    mail = [Trait(at, "email", b'"ana@example.com"', 1) for at in (0, 1)]
    ana, visitor = (int(each) for each in stored(said(("ana", None), (None, "visitor"), traits=mail)).person)
    assert customers(visitor) == [ana]
    return ana, visitor


def test_rules_are_tried_without_changing_anything() -> None:
    ana, visitor = joined_by_mail()
    effect = actions.try_rules(text=NO_MAIL, viewer=SYSTEM)
    assert (effect.customers_before, effect.customers_after, effect.split, effect.joined) == (1, 2, 1, 0)
    assert effect.splits[0].before == (ana,)
    assert set(effect.splits[0].after) == {ana, visitor}
    assert customers(visitor) == [ana]
    assert not RuleSet.objects.exists()


def test_rules_move_everybody_they_concern_and_are_taken_back() -> None:
    ana, visitor = joined_by_mail()
    saved = actions.save_rules(text=NO_MAIL, viewer=SYSTEM, why="Too many shared addresses.")
    assert (saved.version, saved.state, saved.moved) == (1, RuleState.DONE, 1)
    assert customers(visitor) == [visitor]
    assert actions.undo_rules(viewer=SYSTEM).version == 2
    assert customers(visitor) == [ana]
    assert [each.version for each in queries.rule_versions()] == [2, 1]
    assert [each.what for each in audit_log(viewer=SYSTEM)] == ["identity.rules", "identity.rules"]


def test_a_value_that_is_blocked_later_lets_go_and_joins_again_when_it_is_allowed() -> None:
    ana, visitor = joined_by_mail()
    effect = actions.try_rules(text="blocked: [ana@example.com]", viewer=SYSTEM)
    assert effect.split == 1
    actions.save_rules(text="blocked: [ana@example.com]", viewer=SYSTEM)
    assert customers(visitor) == [visitor]
    assert Identifier.objects.get(is_blocked=True).kind == "email"
    actions.undo_rules(viewer=SYSTEM)
    assert customers(visitor) == [ana]


def test_a_rebuild_from_the_log_gives_what_was_stored() -> None:
    joined_by_mail()
    stored(said(("ben", "d1"), ("ben", "d2"), ("cem", "d1"), (None, "d1")))
    before = sorted(Link.objects.values_list())
    assert actions.rebuild() == 0
    Link.objects.all().delete()
    assert actions.rebuild() == len(before)
    assert sorted(Link.objects.values_list()) == before


def test_who_may_not_change_rules_is_refused_and_so_is_nonsense() -> None:
    with pytest.raises(ForbiddenError):
        actions.try_rules(text=NO_MAIL, viewer=Viewer(name="person:2", role=Role.ANALYST))
    with pytest.raises(RulesError):
        actions.save_rules(text="kinds: 3", viewer=SYSTEM)
    with pytest.raises(NotFoundError):
        actions.undo_rules(viewer=SYSTEM)
    actions.save_rules(text=NO_MAIL, viewer=SYSTEM)
    with pytest.raises(ConflictError):
        actions.save_rules(text=NO_MAIL, viewer=SYSTEM)
    with pytest.raises(ConflictError):
        actions.save_rules(text="blocked: [x]", viewer=SYSTEM, base=0)
