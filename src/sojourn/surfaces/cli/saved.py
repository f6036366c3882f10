"""Saved questions."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote

import click

from sojourn.surfaces.cli.answers import ShownInParts, shown
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import PREFIX, Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

PAGES = ("explorer", "paths", "retention", "process", "attribution", "compare", "cases", "patterns")
COLUMNS: Columns = [
    ("id", "id"),
    ("name", "name"),
    ("page", "page"),
    ("saved by", "owner"),
    ("seen by", lambda row: "everyone" if row["is_shared"] else "owner"),
    ("saved", moment("saved_at")),
]


@click.group("questions")
def questions() -> None:
    """Save the questions of the analysis pages and ask them again."""


@questions.command("list")
@click.argument("text", default="")
@click.option("--page", type=click.Choice(PAGES), help="Questions of one page.")
@click.option("--owner", default="", help="Who saved them, such as person:7; me for your own.")
@connected
def list_questions(server: Server, **asked: Any) -> Shown:
    """List the saved questions that you may open, last saved first.

    TEXT keeps those whose name or description holds its words.
    """
    found = server.every("/questions", **asked)
    return Shown(data=found, columns=COLUMNS, rows=found, empty="No saved questions: sojourn questions save.")


@questions.command("save")
@click.argument("name")
@click.argument("address")
@click.option("--description", default="", help="What it is for.")
@click.option("--private", is_flag=True, help="Only you open it, not everyone with access.")
@connected
def save(server: Server, private: bool, **given: Any) -> Shown:
    """Save a page's question under a name.

    ADDRESS is the page's, as the browser shows it, such as "/journeys/explorer?period=28&f=Signed+In".
    """
    return _one(server.post("/questions", {**given, "is_shared": not private}))


@questions.command("show")
@click.argument("question")
@connected
def show(server: Server, question: str) -> Shown:
    """Show a saved question's address and description."""
    return _one(server.get(_path(question)))


@questions.command("run")
@click.argument("question")
@connected
def run(server: Server, question: str) -> Shown:
    """Ask a saved question again, with the newest data."""
    found = server.get(_path(question))
    places = server.get(f"{_path(question)}/answers")["items"]
    answers = [(each["answer"], _asked(server, each["address"])) for each in places]
    return ShownInParts(
        data=found | {"answers": dict(answers)},
        before=[f"{found['name']}: {found['address']}"],
        parts=tuple((answer.replace("/", " "), shown(answer, each)) for answer, each in answers),
    )


@questions.command("change")
@click.argument("question")
@click.option("--name", help="Another name.")
@click.option("--description", help="Another description.")
@click.option("--address", help="Another question, by its page's address.")
@click.option("--private/--shared", "private", default=None, help="Who opens it: only who saved it, or everyone.")
@connected
def change(server: Server, question: str, private: bool | None, **given: str | None) -> Shown:
    """Change a saved question; what is not given stays."""
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if private is not None:
        changes["is_shared"] = not private
    if not changes:
        raise click.UsageError("Say what changes: --name, --description, --address, --private or --shared.")
    return _one(server.patch(_path(question), changes))


@questions.command("remove")
@click.argument("question")
@connected
def remove(server: Server, question: str) -> Shown:
    """Delete a saved question; for a day it can be brought back."""
    server.delete(_path(question))
    undo = f"The question is deleted; for a day, sojourn questions restore {question} brings it back."
    return Shown(data={"id": question}, before=[undo])


@questions.command("restore")
@click.argument("question")
@connected
def restore(server: Server, question: str) -> Shown:
    """Bring back a question deleted less than a day ago."""
    return _one(server.post(f"{_path(question)}/restore"))


def _asked(server: Server, address: str) -> Any:
    path, _, query = address.removeprefix(PREFIX).partition("?")
    return server.get(path, **parse_qs(query))


def _path(question: str) -> str:
    return f"/questions/{quote(question, safe='')}"


def _one(saved: dict[str, Any]) -> Shown:
    after = [each for each in (saved["description"], saved["address"]) if each]
    return Shown(data=saved, columns=COLUMNS, rows=[saved], after=after)
