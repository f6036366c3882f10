"""What the demo remembers, prints and ships."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest
from rich.console import Console

from sojourn.engine.simulation import words
from sojourn.surfaces.cli.companies import BANK, COMPANIES, DemoState, document, read_state, shipped, write_state
from sojourn.surfaces.cli.documents import journeys, sources
from sojourn.surfaces.cli.invitation import code, print_invitation
from sojourn.surfaces.cli.parcels import pack

ANCHOR = 20_500 * words.DAY


def test_state_survives_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    state = DemoState(company="bank", size=7, sign_ins={"viewer": ["viewer@example.com", "secret"]}, sent_until=9)
    write_state(tmp_path, state)
    assert read_state(tmp_path) == state
    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]
    assert read_state(tmp_path / "elsewhere") is None


@pytest.mark.parametrize("company", COMPANIES.values(), ids=COMPANIES)
def test_every_company_ships_its_documents(company: object) -> None:
    names = {each["slug"] for each in sources(document(company, "sources.yaml"))}
    assert names and all(document(company, name) for name in ("organisation.yaml", "plan.yaml", "journeys.yaml"))


def test_the_banks_journeys_are_made_of_events_that_happen() -> None:
    for journey in journeys(document(BANK, "journeys.yaml")):
        named = {*journey["steps"], *journey["goals"], *(e for events in journey["outcomes"].values() for e in events)}
        assert named <= set(words.EVENTS)
    units = document(BANK, "organisation.yaml")
    assert all(f"code: {code}," in units for code in words.UNITS)


def test_online_retail_is_shipped_with_its_attribution() -> None:
    attribution = shipped(COMPANIES["retail"], "ATTRIBUTION.md").read_text()
    assert "Chen" in attribution and "CC BY 4.0" in attribution
    assert shipped(COMPANIES["retail"], "online_retail.parquet").exists()


def test_the_box_names_address_and_sign_ins_and_warns_when_open() -> None:
    written = Console(file=io.StringIO(), width=100)
    sign_ins = {"administrator": ["administrator@harbour-bank.example", "pass-word"]}
    address = "http://192.0.2.7:8000"
    print_invitation(written, company="Harbour Bank", url="http://127.0.0.1:8000", sign_ins=sign_ins, public=address)
    text = written.file.getvalue()
    for part in ("http://127.0.0.1:8000/", "administrator@harbour-bank.example", "pass-word", address, "can reach"):
        assert part in text
    assert code(f"{address}/").splitlines()[2] in text


def test_files_of_one_time_are_the_same_and_an_extension_follows_on(tmp_path: Path) -> None:
    def packed(folder: str, since: int, until: int, loaded: int) -> dict[str, int]:
        state = DemoState(company="bank", size=200, anchor=ANCHOR, loading_since=since, loading_until=until,
                          loaded_until=loaded)  # fmt: skip
        parcels = pack(state, tmp_path / folder, lambda done, in_all: None)
        return {each.path.name: each.rows for each in parcels}

    year = ANCHOR - 365 * words.DAY
    first = packed("a", year, ANCHOR, 0)
    assert first == packed("b", year, ANCHOR, 0)
    assert any(name.startswith("register-") for name in first)
    later = packed("c", ANCHOR, ANCHOR + 9 * words.DAY, ANCHOR)
    assert not set(first) & set(later) and not any(name.startswith("register-") for name in later)
