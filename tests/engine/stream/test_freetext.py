"""What is personal in a free text is masked before the text is stored; what looks alike and is none stays."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.bench_personal import KINDS, labelled

from engine.stream.loading import Desk, track
from sojourn.engine.stream.freetext import without_personal

LEAST_RECALL = 0.99


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Call 0151/2345678 or write ana.silva@example.com.", "Call :phone or write :mail."),
        ("My card 4111 1111 1111 1111 was lost", "My card :card was lost"),
        ("IBAN DE89 3704 0044 0532 0130 00, please", "IBAN :iban, please"),
        ("SSN 123-45-6789", "SSN :id"),
        ("NINO AB 12 34 56 C", "NINO :id"),
        ("It came from 192.168.1.20.", "It came from :ip."),
        ("I was born on 3 May 1970 in Lisbon", "I was born on :birth in Lisbon"),
        ("Geboren am 03.05.1970", "Geboren am :birth"),
        ("I live at 12 Old Mill Road now", "I live at :street now"),
        ("Meine Adresse: Lindenstraße 12", "Meine Adresse: :street"),
        (
            "Order 100234567 of 04/12/2026 took 3 days, 129.50 EUR",
            "Order 100234567 of 04/12/2026 took 3 days, 129.50 EUR",
        ),
        ("Version 10.0.19045 is slow; 5 stars, 2 visits", "Version 10.0.19045 is slow; 5 stars, 2 visits"),
    ],
)
def test_what_is_personal_is_masked_and_the_rest_stays(text: str, masked: str) -> None:
    assert without_personal(text).text == masked


def test_names_that_are_known_are_masked_as_whole_words() -> None:
    found = without_personal("I am ana Silva; banana stays", names=["Ana Silva-Oliveira", "Jo"])
    assert found.text == "I am :name :name; banana stays" or found.text == "I am :name Silva; banana stays"
    assert found.found["name"] >= 1


def test_recall_and_precision_on_a_labelled_set() -> None:
    hits, all_of = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)
    for kind, text, is_one in labelled(random.Random(11)):
        found = without_personal(text).found
        if is_one:
            all_of[kind] += 1
            hits[kind] += kind in found
        else:
            assert not found, (kind, text)
    assert {kind for kind in KINDS if hits[kind] / all_of[kind] < LEAST_RECALL} == set()


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="a1@.-/ ():+%XÄé\n", max_size=200))
def test_any_text_is_taken_and_masking_again_finds_no_mail(text: str) -> None:
    once = without_personal(text)
    assert "mail" not in without_personal(once.text).found


def test_a_long_hostile_text_takes_time_in_proportion() -> None:
    for piece in ("1 ", "a@", "1.", "Aa1 ", "(0", "12:"):
        without_personal(piece * 20_000)


def test_a_comment_is_masked_before_it_is_sealed_and_a_mail_property_is_not(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.load(track(properties={"comment": "Mail me: ana@example.com", "email": "ana@example.com"}))
    kept = {each.name: json.loads(each.value) for each in desk.claims[0].texts}
    assert kept["comment"] == {"comment": "Mail me: :mail"}
    assert "ana@example.com" in json.dumps(
        [str(each.value) for each in (*desk.claims[0].traits, *desk.claims[0].texts)]
    )
