"""`sojourn demo` loads a company through the same path as any import, once, and Sojourn answers about it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sojourn.domains.access.contracts import Role
from sojourn.engine.simulation import words
from sojourn.kit.settings import Settings
from sojourn.surfaces.cli.companies import read_state
from sojourn.surfaces.cli.serve import environment

ROOT = Path(__file__).resolve().parents[3]
SIZE = 400
LOADED_AGO_DAYS = 3


def environ(data: Path) -> dict[str, str]:
    kernels = os.environ.get("NUMBA_CACHE_DIR", str(ROOT / "var" / "numba"))
    chosen = environment(Settings(data=data, disk_min_bytes=0, disk_min_percent=0))
    return {**chosen, "NUMBA_CACHE_DIR": kernels}


def sojourn(data: Path, *arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("sojourn")), *arguments, "--data", str(data)]
    done = subprocess.run(command, env=environ(data), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def asked(data: Path, *arguments: str) -> Any:
    return json.loads(sojourn(data, *arguments, "--json"))


def loaded_at(data: Path, now: int) -> None:
    """Load the bank as if it were another time."""
    code = (
        "import sys; from rich.console import Console; from sojourn.kit.settings import load\n"
        "from sojourn.surfaces.cli import loading; from sojourn.surfaces.cli.companies import BANK\n"
        f"loading.run(load(), BANK, {SIZE}, now={now}, console=Console(file=sys.stderr))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environ(data), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("bank") / "data"
    loaded_at(data, time.time_ns() // 1_000 - LOADED_AGO_DAYS * words.DAY)
    return data


def test_the_bank_answers_a_funnel_and_its_net_promoter_score(bank: Path) -> None:
    funnel = asked(bank, "funnel", "Card Application Started", "Card Application Submitted", "--days", "365")
    reached = [step["customers"] for step in funnel["steps"]]
    assert reached[0] > reached[1] > 0
    score = asked(bank, "kpi", "nps", "--days", "365")
    assert score["items"][0]["n"] > 30
    assert -100 <= score["items"][0]["value"] <= 100


def test_the_bank_compares_its_channels_and_says_what_goes_with_success(bank: Path) -> None:
    sides = ("--days", "365", "--a-where", "channel:web", "--b-where", "channel:app", "--looks", "once")
    graph = asked(bank, "compare", "graph", *sides)
    verdicts = {step["name"]: step["share"]["verdict"] for step in graph["steps"]}
    assert (verdicts["Page Viewed"], verdicts["Screen Viewed"]) == ("less", "more")
    assert "Page Viewed" in {name for each in graph["findings"] for name in each["names"]}
    assert graph["comparison"]["both"] > 0 and graph["comparison"]["tested"] > 10
    text = sojourn(bank, "compare", "graph", *sides)
    assert "Benjamini-Hochberg" in text and "customers on both sides" in text
    funnel = asked(bank, "compare", "funnel", "Signed In", "Balance Viewed", *sides, "--window", "1")
    assert funnel["steps"][0]["from_first"] is None and funnel["steps"][1]["from_first"]["a"]["n"] > 30
    endings = asked(bank, "compare", "journey", "card-application", "--days", "150", "--before")
    assert [each["name"] for each in endings["endings"]][:2] == ["completed", "abandoned"]
    success = asked(bank, "success", "card-application", "--days", "365", "--landmark", "24")
    assert success["completed"]["n"] > 10 and success["landmark_hours"] == 24


def test_a_demo_of_some_days_ago_is_brought_up_to_now_and_a_second_start_adds_nothing(bank: Path) -> None:
    before = read_state(bank)
    assert before is not None
    sojourn(bank, "demo", "--no-serve")
    extended = read_state(bank)
    assert extended is not None
    assert extended.loaded_until - before.loaded_until > (LOADED_AGO_DAYS - 1) * words.DAY
    assert extended.loading_since == before.loaded_until and extended.sign_ins == before.sign_ins
    sojourn(bank, "demo", "--no-serve")
    assert read_state(bank) == extended
    newest = asked(bank, "events", "--limit", "1")
    assert newest[0]["occurred_at"][:10] >= time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400))


def test_passwords_are_the_owners_alone_and_each_role_has_a_sign_in(bank: Path) -> None:
    state = read_state(bank)
    assert state is not None
    assert set(state.sign_ins) == {*(role.value for role in Role), "agent_manager HB-N"}
    assert stat.S_IMODE((bank / "demo.json").stat().st_mode) == 0o600


def test_what_is_planted_is_listed_with_its_dates(bank: Path) -> None:
    listed = sojourn(bank, "demo", "--truths")
    assert "Phishing" in listed and "Lindenhof" in listed


def test_two_companies_never_share_a_folder(bank: Path) -> None:
    command = [str(Path(sys.executable).with_name("sojourn")), "demo", "--company", "retail", "--data", str(bank)]
    done = subprocess.run(command, env=environ(bank), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "never share a stream" in done.stderr


def test_online_retail_loads_whole_and_answers_who_orders_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    sojourn(data, "demo", "--company", "retail", "--no-serve")
    steps = ("First Order Placed", "Second Order Placed")
    funnel = asked(data, "funnel", *steps, "--since", "2010-12-01", "--until", "2011-12-10", "--window", "400")
    assert [step["customers"] for step in funnel["steps"]] == [4_339, 2_845]
