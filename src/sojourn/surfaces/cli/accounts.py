"""Accounts: products held, households, companies and their people; and who is a prospect."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import click

from sojourn.surfaces.cli.options import connected, read_text
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown

KINDS = click.Choice(["account", "household", "company"])
ROLES = click.Choice(["holder", "joint_holder", "authorised", "member", "contact", "owner"])
DAY = click.DateTime(["%Y-%m-%d"])
CUSTOMER = click.IntRange(0, (1 << 63) - 1)
ACCOUNT = click.IntRange(1, (1 << 63) - 1)
ACCOUNTS: Columns = [
    ("id", "id"),
    ("kind", "kind"),
    ("number", "key"),
    ("name", "name"),
    ("product", "product"),
    ("unit", "unit"),
    ("people", lambda row: f"{row['people']}, {row['hidden']} not shown" if row["hidden"] else row["people"]),
    ("joint", "is_joint"),
    ("opened", "opened_on"),
    ("closed", "closed_on"),
]
MEMBERS: Columns = [(name, name) for name in ("customer", "name", "role", "since", "until")]


@click.group()
def accounts() -> None:
    """Keep products held, households and companies with their people, and say who is a prospect."""


@accounts.command("list")
@click.option("--kind", type=KINDS)
@click.option("--product", help="Only accounts of this kind of product.")
@click.option("--unit", help="Only accounts that are kept in this unit.")
@click.option("--open/--closed", "is_open", default=None, help="Only open or only closed ones.")
@click.option("--joint/--single", "is_joint", default=None, help="Only those that several customers hold, or others.")
@click.option("--limit", type=click.IntRange(1, 100), default=50, show_default=True)
@click.option("--cursor", help="Where the page before ended.")
@connected
def list_accounts(server: Server, is_open: bool | None, is_joint: bool | None, **asked: Any) -> Shown:
    """List accounts with somebody whom you reach; audited."""
    said = {name: str(value).lower() for name, value in (("open", is_open), ("joint", is_joint)) if value is not None}
    page = server.get("/accounts", **said, **asked)
    after = [f"More: --cursor {page['next']}"] if page["next"] else []
    empty = "None yet: sojourn accounts import FILE." if not after else "None on this page."
    return Shown(data=page, columns=ACCOUNTS, rows=page["items"], empty=empty, after=after)


@accounts.command("show")
@click.argument("account", type=ACCOUNT)
@connected
def show(server: Server, account: int) -> Shown:
    """Show an account with its people; audited."""
    found = server.get(f"/accounts/{account}")
    return _shown(found)


@accounts.command("find")
@click.argument("number")
@connected
def find(server: Server, number: str) -> Shown:
    """Find accounts by their number; audited, without the number."""
    rows = server.post("/accounts/find", {"key": number})
    return Shown(data=rows, columns=ACCOUNTS, rows=rows, empty="There is no such account.")


@accounts.command("of")
@click.argument("customer", type=CUSTOMER)
@connected
def of_customer(server: Server, customer: int) -> Shown:
    """List what a customer holds and belongs to."""
    rows = server.get(f"/customers/{customer}/accounts")
    return Shown(data=rows, columns=ACCOUNTS, rows=rows, empty="They hold nothing that we know of.")


@accounts.command("save")
@click.argument("kind", type=KINDS)
@click.argument("number")
@click.option("--name")
@click.option("--product", help="Kind of product, such as current-account.")
@click.option("--unit")
@click.option("--opened", "opened_on", type=DAY)
@click.option("--closed", "closed_on", type=DAY, help="The first day on which it is closed.")
@connected
def save(server: Server, kind: str, number: str, **given: Any) -> Shown:
    """Save an account by kind and number; what is not given stays."""
    said = {name: _day(value) for name, value in given.items() if value is not None}
    return _shown(server.post("/accounts", {"kind": kind, "key": number, **said}))


@accounts.command("join")
@click.argument("kind", type=KINDS)
@click.argument("number")
@click.option("--customer", type=CUSTOMER, help="Who belongs to it: by number,")
@click.option("--user-id", help="by the company's own customer number,")
@click.option("--email", help="or by mail address.")
@click.option("--role", type=ROLES)
@click.option("--since", type=DAY)
@click.option("--until", type=DAY, help="The first day on which they no longer belong.")
@connected
def join(server: Server, kind: str, number: str, **given: Any) -> Shown:
    """Say who belongs to an account, and until when; an account that is not there is made."""
    member = {name: _day(value) for name, value in given.items() if value is not None}
    return _shown(server.post("/accounts", {"kind": kind, "key": number, "members": [member]}))


@accounts.command("take-out")
@click.argument("account", type=ACCOUNT)
@click.argument("customer", type=CUSTOMER)
@connected
def take_out(server: Server, account: int, customer: int) -> Shown:
    """Take somebody out of an account who never belonged to it."""
    server.delete(f"/accounts/{account}/members/{customer}")
    return Shown(data={"account": account}, before=["They no longer belong to it, and never did."])


@accounts.command("delete")
@click.argument("account", type=ACCOUNT)
@connected
def delete(server: Server, account: int) -> Shown:
    """Delete an account that should not be there."""
    server.delete(f"/accounts/{account}")
    return Shown(data={"account": account}, before=["The account is deleted."])


@accounts.command("import")
@click.argument("file")
@click.option("--kind", type=KINDS, help="What all rows are, where no column says so.")
@click.option("--blank", type=click.Choice(["keep", "clear"]), default="keep", show_default=True)
@click.option("--dry-run", is_flag=True, help="Only say what would come of it.")
@connected
def import_file(server: Server, file: str, kind: str | None, blank: str, dry_run: bool) -> Shown:
    """Save the accounts of a CSV file (- for standard input); wrong rows are refused one by one."""
    name = "standard input" if file == "-" else PurePath(file).name
    body = {"text": read_text(file), "name": name, "kind": kind, "blank": blank, "is_trial": dry_run}
    answer = server.post("/accounts/import", body)
    columns: Columns = [("line", "line"), ("why it was refused", "reason")]
    done = "would be taken" if dry_run else "taken"
    after = [f"{answer['taken']:,} of {answer['rows']:,} rows {done}, {answer['refused_rows']:,} refused"]
    return Shown(data=answer, columns=columns, rows=answer["refused"], empty="Nothing was refused.", after=after)


@accounts.command("prospects")
@click.option("--by-number/--not-by-number", default=None, help="Whether a customer number makes a customer.")
@click.option("--by-account/--not-by-account", default=None, help="Whether a product held does.")
@click.option("--product", "products", multiple=True, help="Only these kinds of product do; repeat for more.")
@connected
def prospects(server: Server, by_number: bool | None, by_account: bool | None, products: tuple[str, ...]) -> Shown:
    """Show the rule that keeps prospects apart from customers; with options, set it."""
    rule = server.get("/prospects/rule")
    said = {"by_number": by_number, "by_account": by_account, "products": list(products) or None}
    if any(value is not None for value in said.values()):
        rule = server.put("/prospects/rule", rule | {name: each for name, each in said.items() if each is not None})
    held = f"an open account ({', '.join(rule['products'])})" if rule["products"] else "an open account of any product"
    ways = [words for words, counts in (("a customer number", rule["by_number"]), (held, rule["by_account"])) if counts]
    said_so = f"A customer is who has {' or '.join(ways)}. Whom we know without it is a prospect."
    return Shown(data=rule, before=[said_so])


def _day(value: Any) -> Any:
    return value.date().isoformat() if hasattr(value, "date") else value


def _shown(found: dict[str, Any]) -> Shown:
    said = (found["name"], found["product"], "joint" if found["is_joint"] else "")
    title = f"{found['kind']} {found['key']}: {', '.join(filter(None, said)) or 'no more is known'}"
    after = [f"{found['hidden']} more not shown to you"] if found["hidden"] else []
    return Shown(
        data=found, columns=MEMBERS, rows=found["members"], before=[title], empty="Nobody belongs to it.", after=after
    )
