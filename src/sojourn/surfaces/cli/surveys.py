"""Surveys: write, approve, start and end them, and make links."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from sojourn.surfaces.cli.options import connected, read_text
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

COLUMNS: Columns = [
    ("survey", "slug"),
    ("title", "title"),
    ("state", "state"),
    ("newest version", lambda row: f"{row['newest']['number']} ({row['newest']['state']})"),
    ("answers", "answers"),
    ("partial", "partial"),
    ("held apart", "held"),
]
LINKS: Columns = [
    ("link", "id"),
    ("name", "name"),
    ("address", "path"),
    ("channel", "channel"),
    ("unit", "unit"),
    ("takes answers", lambda row: "yes" if row["is_active"] else "no"),
    ("opened", "opened"),
    ("answered", "answered"),
    ("made", moment("made_at")),
]
HELD: Columns = [
    ("answers", "id"),
    ("why", "why"),
    ("at", moment("at")),
    ("seconds", "seconds"),
    ("questions", "questions"),
]
INVITED: Columns = [
    ("customer", lambda row: row["customer"] or "anyone"),
    ("address", "path"),
    ("until", moment("expires_at")),
]
ASKED: Columns = [
    ("channel", "channel"),
    ("unit", "unit"),
    ("invited", "invited"),
    ("opened", "opened"),
    ("answered", "answered"),
]
TEMPLATES: Columns = [("template", "name"), ("industry", "industry"), ("title", "title"), ("questions", "questions")]


@click.group("surveys")
def surveys() -> None:
    """Ask customers: write surveys, have them approved, let them go live."""


@surveys.command("list")
@connected
def list_surveys(server: Server) -> Shown:
    """List the surveys."""
    page = server.get("/surveys")
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty="None yet: sojourn surveys templates.")


@surveys.command("templates")
@connected
def templates(server: Server) -> Shown:
    """List surveys to begin with, by industry."""
    page = server.get("/surveys/templates")
    return Shown(data=page, columns=TEMPLATES, rows=page["items"])


@surveys.command("show")
@click.argument("slug")
@connected
def show(server: Server, slug: str) -> Shown:
    """Show a survey with its document."""
    found = server.get(_path(slug))
    return Shown(data=found, before=[found["document"], *found["warnings"]], columns=COLUMNS, rows=[found])


@surveys.command("save")
@click.argument("slug")
@click.argument("file", required=False)
@click.option("--template", help="Begin with a template of the library.")
@connected
def save(server: Server, slug: str, file: str | None, template: str | None) -> Shown:
    """Save a survey's draft from a YAML file, - for standard input, or from a template."""
    if (file is None) == (template is None):
        raise click.UsageError("Give a file or --template.")
    document = read_text(file) if file is not None else _template(server, template or "")
    return _one(server.put(_path(slug), {"document": document}))


@surveys.command("approve")
@click.argument("slug")
@connected
def approve(server: Server, slug: str) -> Shown:
    """Approve a draft that somebody else wrote."""
    return _one(server.post(f"{_path(slug)}/approve"))


@surveys.command("start")
@click.argument("slug")
@connected
def start(server: Server, slug: str) -> Shown:
    """Let an approved survey go live."""
    return _one(server.post(f"{_path(slug)}/start"))


@surveys.command("end")
@click.argument("slug")
@connected
def end(server: Server, slug: str) -> Shown:
    """End a live survey; its links take nothing any more."""
    return _one(server.post(f"{_path(slug)}/end"))


@surveys.command("links")
@click.argument("slug")
@connected
def links(server: Server, slug: str) -> Shown:
    """List a survey's links."""
    page = server.get(f"{_path(slug)}/links")
    empty = f"None yet: sojourn surveys link {slug} NAME."
    return Shown(data=page, columns=LINKS, rows=page["items"], empty=empty)


@surveys.command("link")
@click.argument("slug")
@click.argument("name")
@click.option("--channel", default="web", show_default=True, help="Channel that answers through it bear.")
@click.option("--unit", default="", help="Unit that they bear, such as the branch.")
@click.option("--touchpoint", default="", help="Touchpoint that they bear.")
@click.option("--kiosk", "is_kiosk", is_flag=True, help="Begin anew after each answer.")
@connected
def link(server: Server, slug: str, **terms: Any) -> Shown:
    """Make a link that many may answer through."""
    made = server.post(f"{_path(slug)}/links", terms)
    return Shown(data=made, columns=LINKS, rows=[made])


@surveys.command("switch")
@click.argument("slug")
@click.argument("number", type=click.IntRange(1))
@click.option("--on/--off", "is_active", default=None, required=True, help="Whether the link takes answers.")
@connected
def switch(server: Server, slug: str, number: int, is_active: bool) -> Shown:
    """Switch a link on or off."""
    changed = server.patch(f"{_path(slug)}/links/{number}", {"is_active": is_active})
    return Shown(data=changed, columns=LINKS, rows=[changed])


@surveys.command("invite")
@click.argument("slug")
@click.argument("customers", nargs=-1)
@click.option("--anyone", type=click.IntRange(0, 1_000), default=0, help="So many links for whoever gets them.")
@click.option("--channel", default="mail", show_default=True, help="Channel that the links go out through.")
@click.option("--unit", default="", help="Unit that asks.")
@connected
def invite(server: Server, slug: str, customers: tuple[str, ...], **terms: Any) -> Shown:
    """Make links that take one answer each, for customers by number or for anyone."""
    if not customers and not terms["anyone"]:
        raise click.UsageError("Name customers by number, or say --anyone.")
    made = server.post(f"{_path(slug)}/invitations", {"customers": list(customers), **terms})
    spared = [f"{n} spared: {reason}" for reason, n in made["spared"].items()]
    return Shown(data=made, before=spared, columns=INVITED, rows=made["invited"], empty="Nobody was invited.")


@surveys.command("invited")
@click.argument("slug")
@connected
def invited(server: Server, slug: str) -> Shown:
    """Show who was invited, by channel and unit, and who was spared and why."""
    found = server.get(f"{_path(slug)}/invitations")
    spared = [f"{n} spared: {reason}" for reason, n in found["spared"].items()]
    empty = f"Nobody yet: sojourn surveys invite {slug}."
    return Shown(data=found, before=spared, columns=ASKED, rows=found["opportunities"], empty=empty)


@surveys.command("held")
@click.argument("slug")
@connected
def held(server: Server, slug: str) -> Shown:
    """List answers that are held apart because they look like a machine's."""
    page = server.get(f"{_path(slug)}/held")
    return Shown(data=page, columns=HELD, rows=page["items"], empty="No answers are held.")


@surveys.command("judge")
@click.argument("slug")
@click.argument("answers", type=click.IntRange(1))
@click.option("--let-in/--discard", "is_person", default=None, required=True, help="A person's, or a machine's.")
@connected
def judge(server: Server, slug: str, answers: int, is_person: bool) -> Shown:
    """Let held answers count, or discard what they say for good."""
    found = server.post(f"{_path(slug)}/held/{answers}", {"is_person": is_person})
    return Shown(data=found, after=[f"They are {found['state'].replace('_', ' ')} now."])


def _template(server: Server, name: str) -> str:
    for each in server.get("/surveys/templates")["items"]:
        if each["name"] == name:
            return str(each["document"])
    raise click.UsageError("There is no such template: sojourn surveys templates.")


def _path(slug: str) -> str:
    return f"/surveys/{quote(slug, safe='')}"


def _one(saved: dict[str, Any]) -> Shown:
    return Shown(data=saved, before=list(saved["warnings"]), columns=COLUMNS, rows=[saved])
