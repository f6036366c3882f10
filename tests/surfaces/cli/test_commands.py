"""Commands do what the API does, for people and for scripts."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import SYSTEM, Role, Scope
from sojourn.domains.catalogue import actions as catalogue
from sojourn.domains.collection import actions as collection
from sojourn.surfaces.cli import main
from surfaces.cli.conftest import Command

databases = pytest.mark.django_db(databases="__all__")
PASSWORD = "quiet harbour at dusk\n"


@databases
def test_people_are_managed(sojourn: Command) -> None:
    assert "Nobody signs in yet" in sojourn("user", "list").out
    done = sojourn("user", "add", "Ana@Example.com", "--role", "administrator", stdin=PASSWORD)
    assert (done.code, done.out) == (0, "ana@example.com signs in as administrator.\n")
    assert sojourn("user", "add", "bo@example.com", stdin=PASSWORD).code == 0
    assert sojourn("user", "role", "bo@example.com", "analyst").out == "bo@example.com signs in as analyst.\n"
    assert sojourn("user", "remove", "bo@example.com").out == "bo@example.com is shut out.\n"
    assert sojourn("user", "restore", "bo@example.com").code == 0
    assert sojourn("user", "password", "bo@example.com", stdin=PASSWORD).code == 0
    assert [each.role for each in access.person_by_email("bo@example.com").grants] == [Role.ANALYST]
    listed = json.loads(sojourn("user", "list", "--json").out)
    assert [each["email"] for each in listed["items"]] == ["ana@example.com", "bo@example.com"]


@databases
def test_a_key_is_printed_once_and_opens(sojourn: Command) -> None:
    done = sojourn("keys", "create", "reports", "--scope", "read", "--scope", "write", "--days", "3", "--json")
    secret = json.loads(done.out)["secret"]
    viewer = access.viewer_of_key(secret)
    assert viewer is not None and viewer.scopes == frozenset(Scope)
    listed = sojourn("keys", "list").out
    assert "reports" in listed and secret not in listed
    assert sojourn("keys", "revoke", str(access.api_keys(viewer=SYSTEM)[0].id)).code == 0
    assert access.viewer_of_key(secret) is None


@databases
def test_sources_plan_units_and_journeys_are_managed(sojourn: Command, tmp_path: Path) -> None:
    made = json.loads(sojourn("source", "add", "web", "--kind", "web", "--every", "5", "--json").out)
    assert made["write_key"] in sojourn("source", "list").out
    assert made["write_key"] not in sojourn("source", "rotate", "web").out
    assert "Shop" in sojourn("source", "change", "web", "--name", "Shop", "--inactive").out
    assert sojourn("source", "freshness").out == "No active sources.\n"
    assert sojourn("source", "remove", "web").code == 0

    file = tmp_path / "plan.yaml"
    file.write_text("events:\n  Paid:\n    properties: {amount: number}\n")
    assert sojourn("plan", "check", str(file)).out == "This is a plan: 1 events, 1 properties.\n"
    assert sojourn("plan", "save", str(file)).out == "The plan is version 1: 1 events, 1 properties.\n"
    assert "amount" in sojourn("plan", "show").out
    assert "Paid" in sojourn("plan", "discovered").out
    assert "amount" in sojourn("plan", "discovered", "--properties").out
    assert sojourn("plan", "violations").out == "Nothing breaks the plan.\n"
    assert "1" in sojourn("plan", "versions").out

    tree = "code,name,kind,parent\nbank,Harbour Bank,brand,\nnorth,North,region,bank\n"
    assert sojourn("units", "save", "-", stdin=tree).out == "The tree has 2 rows.\n"
    assert sojourn("units", "tree").out == "Harbour Bank (brand, bank)\n  North (region, north)\n"
    assert "north" in sojourn("units", "list", "--at", "2026-01-31").out

    assert sojourn("journeys", "save", "card", "--start", "A", "--goal", "B", "--outcome", "declined=C").code == 0
    assert "declined" in sojourn("journeys", "list").out
    assert sojourn("journeys", "remove", "card").code == 0


@databases
def test_questions_are_answered_over_an_empty_stream(sojourn: Command) -> None:
    for command in (
        "events",
        "variants",
        "paths",
        "sessions",
        "quarantine list",
        "quarantine counts",
        "flow",
        "deliveries list",
    ):
        assert sojourn(*command.split()).code == 0, command
    assert "n = 0" in sojourn("kpi", "nps").out or "too few" in sojourn("kpi", "nps").out
    assert "nps" in sojourn("kpi").out
    assert json.loads(sojourn("events", "--json").out) == []


@databases
def test_the_doctors_findings_have_an_exit_code_of_their_own(sojourn: Command) -> None:
    done = sojourn("doctor", "--json")
    found = json.loads(done.out)
    assert done.code == (main.OK if found["ok"] else main.FOUND)


@databases
def test_what_events_carry_cannot_steer_the_terminal(sojourn: Command) -> None:
    done = sojourn("journeys", "save", "card", "--name", "\x1b[31mred", "--start", "A", "--goal", "B")
    assert done.code == 0 and "\x1b" not in done.out


def test_the_table_of_commands_says_what_each_command_says_itself() -> None:
    for name, (module, attribute, said) in main.COMMANDS.items():
        command: click.Command = getattr(import_module(f"sojourn.surfaces.cli.{module}"), attribute)
        assert command.get_short_help_str(limit=200) == said, name


def test_help_comes_at_once() -> None:
    def seconds() -> float:
        before = os.times()
        code = "from sojourn.surfaces.cli.main import main; main(['--help'])"
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        after = os.times()
        return (after.children_user + after.children_system) - (before.children_user + before.children_system)

    assert min(seconds() for _ in range(3)) < 0.5  # CPU time, so that a busy machine does not matter


def test_a_refusal_is_told_once_in_a_new_folder_too_and_a_reader_may_leave_early(tmp_path: Path) -> None:
    environ = {**os.environ, "SOJOURN_DATA": str(tmp_path / "data")}
    code = "import sys; from sojourn.surfaces.cli.main import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", code]
    refused = subprocess.run(
        [*command, "cases", "--journey", "none"], env=environ, capture_output=True, text=True, check=False
    )
    assert (refused.returncode, refused.stderr) == (1, "Error: There is no such journey.\n")
    with subprocess.Popen(
        [*command, "kpi", "--json"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        assert (process.wait(), said) == (0, b"")


def test_a_file_goes_in_and_comes_out_as_a_journey(tmp_path: Path) -> None:
    """In a data folder of its own, without a server, one process as a script would run them one after the other."""
    rows = ["timestamp,event,user_id"]
    for at in range(40):
        rows += [f"2026-10-01T10:00:{at:02}Z,Opened,u{at}", f"2026-10-01T11:00:{at:02}Z,Paid,u{at}"]
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.csv").write_text("\n".join([*rows, "never,Opened,u99", ""]))
    (folder / "notes.md").write_text("not a file of events")
    script = (
        "import sys; from sojourn.surfaces.cli.main import run\n"
        "for line in sys.stdin.read().splitlines():\n"
        "    print('>', run(line.split('|')), flush=True)\n"
    )
    commands = [
        f"import|--dry-run|{folder}",
        f"import|{folder}",
        f"import|{folder}",
        "events|--limit|3",
        "funnel|Opened|Paid",
        "plan|discovered",
        "deliveries|refused|2",
        "doctor",
    ]
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "SOJOURN_DATA": str(tmp_path / "data")},
        input="\n".join(commands),
        capture_output=True,
        text=True,
        check=True,
    )
    dry, first, again, events, funnel, seen, refused, doctor = done.stdout.split("> ")[0:8]
    assert "of all 81 rows 80 good, 1 refused" in dry
    assert "done    80" in " ".join(first.split(" ")) or "80" in first
    assert "line 82" in first
    assert "80" in again
    assert events.count("Paid") == 3
    assert "Opened" in funnel and "40" in funnel and "100.0%" in funnel
    assert "Opened" in seen
    assert "bad_timestamp" in refused
    assert "never served" in doctor
    assert "WRONG" not in next(line for line in doctor.splitlines() if "never served" in line)
    assert done.stderr == ""


def test_a_command_is_stopped_cleanly() -> None:
    code = "import sys; from sojourn.surfaces.cli.main import run; sys.exit(run(['events']))"
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection and never answers
        silent.settimeout(60)
        environ = {**os.environ, "SOJOURN_URL": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        with subprocess.Popen([sys.executable, "-c", code], env=environ, stderr=subprocess.PIPE, text=True) as process:
            connection, _ = silent.accept()
            assert process.stderr is not None
            process.send_signal(signal.SIGINT)
            said = process.stderr.read()
            assert process.wait() == main.INTERRUPTED, said
            connection.close()
        assert "Traceback" not in said


@databases
def test_columns_are_named_where_no_preset_fits(sojourn: Command, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("client_no,what,when_at,shop\nana,Visit,2026-01-05,north\nbo,Paid,2026-01-06,south\n")
    assert "No preset fits" in sojourn("import", str(file), "--dry-run").out
    named = ("--customer-column", "client_no", "--event-column", "what", "--time-column", "when_at")
    done = sojourn("import", str(file), "--dry-run", "--json", *named, "--map", "unit=shop")
    (shown,) = json.loads(done.out)
    assert [(event["user_id"], event["event"], event["unit"]) for event in shown["events"]] == [
        ("ana", "Visit", "north"),
        ("bo", "Paid", "south"),
    ]
    assert sojourn("import", str(file), "--map", "customer").code == main.USAGE


@databases
def test_an_export_of_a_tool_is_read_in_its_zone_and_blank_cells_may_clear(sojourn: Command, tmp_path: Path) -> None:
    file = tmp_path / "tickets.csv"
    file.write_text(
        "Id,Requester,Requester id,Assignee,Via,Status,Created at,Solved at\n"
        "7,Ana Keller,12,Jo,Mail,Solved,2026-02-01 09:00,2026-02-03 15:20\n"
    )
    beside = ("--time-zone", "Europe/Berlin", "--blank", "clears")
    (shown,) = json.loads(sojourn("import", str(file), "--dry-run", "--json", *beside).out)
    assert (shown["preset"], shown["mapping"]["blank"]) == ("zendesk-tickets", "clears")
    assert [(event["event"], event["timestamp"]) for event in shown["events"]] == [
        ("Ticket Created", "2026-02-01T08:00:00+00:00"),
        ("Ticket Solved", "2026-02-03T14:20:00+00:00"),
    ]
    named = ("--event-column", "Status", *beside)  # one event a row then
    (shown,) = json.loads(sojourn("import", str(file), "--dry-run", "--json", *named).out)
    assert [event["event"] for event in shown["events"]] == ["Solved"]
    assert shown["events"][0]["timestamp"] == "2026-02-01T08:00:00+00:00"


@databases
@pytest.mark.parametrize("form", ["csv", "xes.gz", "json", "parquet"])
def test_what_is_exported_can_be_imported(form: str, sojourn: Command, tmp_path: Path, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path / "data")
    (tmp_path / "data").mkdir()
    file = tmp_path / "a.csv"
    file.write_text("user_id,event,timestamp,channel\nana,Visit,2026-01-05,web\nana,Paid,2026-01-06,\n")
    catalogue.create_source(slug="shop", viewer=SYSTEM)
    taken = collection.begin(source="shop", name="a.csv", file=file, viewer=SYSTEM)
    assert collection.start(delivery=taken.id, viewer=SYSTEM).rows_good == 2
    out = tmp_path / f"out.{form}"
    done = sojourn("export", str(out), "--event", "Visit")
    assert (done.code, done.out) == (0, f"{out}: 1 events of 1 customers, {out.stat().st_size:,} bytes.\n")
    (shown,) = json.loads(sojourn("import", str(out), "--dry-run", "--json").out)
    assert (shown["preset"], shown["rows_good"], shown["rows_refused"]) == ("sojourn", 1, 0)
    assert (shown["events"][0]["event"], shown["events"][0]["channel"]) == ("Visit", "web")
    assert not list(tmp_path.glob("*.part"))


@databases
def test_an_export_says_which_format_it_cannot_tell(sojourn: Command, tmp_path: Path) -> None:
    done = sojourn("export", str(tmp_path / "events.txt"))
    assert done.code == main.USAGE and ".xes.gz" in done.err
