"""Every command of the command line, asked over the API as somebody with a key."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import httpx
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit.errors import SojournError
from sojourn.surfaces.cli.main import cli
from sojourn.surfaces.cli.server import Server
from surfaces.leaking import EXTRACT, Asking, Marked, Said, filled

# What reads, one command a line; `{customer}`, `{user}`, `{mail}` and `{surname}` are filled in for each customer.
READS = f"""
events
graph
variants
funnel Opened Paid
funnel Opened Paid --by unit
league nps region
paths Opened
sessions
customers funnel Opened Paid
customers path Opened Paid
customers paths Opened
customers pattern 'Opened ->> Paid'
customers retention --cohort 2026-01-01
customers step Opened
customers variant Opened
patterns 'Opened ->> Paid'
process
retention
lifecycle
attribution Paid
compare funnel Opened Paid --a-where channel:web --b-where channel:phone
compare graph --a-where channel:web --b-where channel:phone
compare journey way --a-where channel:web --b-where channel:phone
compare variants --a-where channel:web --b-where channel:phone
cases --start Opened --goal Paid
success way
journeys completion way
journeys list
kpi
kpi nps
kpi csat --by agent
comments list
comments list {{user}}
comments figures
customer list
customer export {{folder}}/customers.csv
customer export {{folder}}/customers.csv --shape hubspot
drivers csat
facts list
mix nps --by channel
weights list
surveys list
surveys templates
surveys show nothing
surveys links nothing
surveys invited nothing
surveys held nothing
desk rules list
traits list
extracts list
sql --extract {EXTRACT} 'SELECT * FROM events'
export {{folder}}/events.csv
export {{folder}}/tickets.csv --shape zendesk-tickets
extracts take {EXTRACT} {{folder}}/extract.parquet
questions list
questions run nothing
questions show nothing
quarantine counts
quarantine list
quarantine show 1
flow
deliveries list
deliveries presets
deliveries refused 1
pickups list
pickups look nothing
webhooks list
webhooks messages nothing
source list
source freshness
plan show
plan versions
plan violations
plan discovered
plan groups
units list
units tree
purposes list
purposes notices marketing
roles list
roles groups
user list
keys list
backup list
backup verify nothing
encryption status
"""
# What reads in order to serve a customer, or to keep what they chose.
SERVING = """
customer search {user}
customer search {mail}
customer search {surname}
customer show {customer}
customer events {customer}
identity why {customer}
identity decisions
identity proposals
identity proposal 1
identity matching
identity rules
consents of {customer}
consents show
requests list
requests show 1
requests retention
duties list
holds list
accounts list
requests holidays
lists list
accounts show 1
accounts find K-1
accounts of {customer}
desk list
desk show 1
"""
EXCEPT = {
    "source list": "sources are the company's, not a customer's",
    "units list": "the tree of units is the organisation's, not a customer's",
    "units tree": "the tree of units is the organisation's, not a customer's",
    "plan discovered": "names of events and properties, of nobody; for who sees the whole organisation",
    "plan groups": "names of events, of nobody; for who sees the whole organisation",
    "plan violations": "names of events and properties, of nobody; for who sees the whole organisation",
}
# Commands that make, change or remove what they name, and tell nothing else.
WRITES = """
pickups change | pickups delete | pickups make | pickups run
import | deliveries cancel | extracts delete | extracts make | extracts renew | webhooks change | webhooks delete
webhooks make | webhooks replay | webhooks rotate | webhooks test | identity accept | identity decide | identity match
identity merge | identity reject | identity reopen | identity take-out | identity unmerge | customer note
traits delete | traits save | journeys remove | journeys save | questions change | questions remove
questions restore | questions save | source add | source change | source remove | source rotate | plan check
plan group | plan save | plan ungroup | roles delete | roles map | roles save | roles unmap | units move | units save
units undo | purposes notice | purposes save | consents import | consents link | consents note
requests acknowledge | requests close | requests extend | requests forget-rule | requests lift | requests open
requests pause | requests resume | requests retain | requests unrestrict | requests verify | requests work
lists remove | lists save | lists change | lists restore
accounts save | accounts join | accounts take-out | accounts delete | accounts import | accounts prospects
facts save | weights delete | weights save | desk assign | desk due | desk move | desk note | desk open
desk rules delete | desk rules save | surveys approve | surveys end | surveys invite | surveys judge | surveys link
surveys save | surveys start | surveys switch | duties delete | duties save | holds place | holds release
user add | user employee | user grant | user invite | user password | user remove | user reset-factor | user restore
user role | user withdraw | keys create | keys revoke | backup run | encryption retire | encryption rotate
"""
# What is asked of the machine or the log as a whole, or needs no server.
OTHERS = {
    "desk rules try": "counts comments of a rule; a file of rules is asked over REST in the same sweep",
    "weights score": "needs a population, which nobody has made here; REST asks for it in the same sweep",
    "demo": "makes a company of its own",
    "serve": "runs the processes",
    "restore": "works on files, under a passphrase",
    "doctor": "about the machine; its findings name files and counts",
    "audit list": "names whom it is about by numbers only; asked over REST in the same sweep",
    "audit verify": "about the chain",
    "audit export": "as the list, as a file",
    "requests certificate": "names nobody; asked over REST in the same sweep",
    "requests erasures": "names nobody; asked over REST in the same sweep",
}


def commands(command: click.Command = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Find every command with its full name."""
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    inside = click.Context(command)
    for name in command.list_commands(inside):
        found = command.get_command(inside, name)
        assert found
        yield from commands(found, (*path, name))


def unplaced() -> set[str]:
    """Name the commands of which nothing here says how they are asked."""
    lines = [line for line in (READS + SERVING).splitlines() if line]
    named = {each.strip() for each in WRITES.replace("\n", "|").split("|")} | {*OTHERS}
    return {name for name, _ in commands() if name not in named and not any(_is_of(line, name) for line in lines)}


def _is_of(line: str, name: str) -> bool:
    return f"{line} ".startswith(f"{name} ")


def command_answers(
    key: str, customers: list[Marked], asking: Asking, folder: Path, only: tuple[str, ...] = ()
) -> Iterator[Said]:
    """Run each command that reads, or `only` some, as JSON and as people read it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    known = dict(commands())
    headers = {"Authorization": f"Bearer {key}"}
    transport = httpx.WSGITransport(app=get_wsgi_application())
    try:
        with httpx.Client(transport=transport, base_url="http://testserver", headers=headers, timeout=None) as client:
            for text, purpose in ((READS, Purpose.ANALYTICS), (SERVING, Purpose.SERVICE)):
                for line in text.split("\n"):
                    name = next((each for each in known if _is_of(line, each)), "")
                    if not name or name in EXCEPT or (only and name not in only):
                        continue
                    for customer in customers if "{" in line.replace("{folder}", "") else customers[:1]:
                        asked = filled(line.replace("{folder}", str(folder)), customer)
                        words = shlex.split(asked)[len(name.split()) :]
                        why = asking.purpose if name in ("sql", "extracts take", "extracts list") else purpose
                        yield Said(asked, _answer(known[name], words, Server(client), folder), None, why)
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def _answer(command: click.Command, words: list[str], server: Server, folder: Path) -> bytes:
    with command.make_context(command.name, words) as context:
        given = {name: value for name, value in context.params.items() if name not in ("as_json", "data", "url", "key")}
        try:
            shown = command.callback.__wrapped__(server, **given)  # type: ignore[union-attr]
        except (SojournError, click.ClickException) as refused:
            return str(refused).encode()
    written = b"".join(each.read_bytes() + _decoded(each) for each in folder.iterdir())
    for each in folder.iterdir():
        each.unlink()
    told = [*shown.before, *(str(shown._cells(row)) for row in shown.rows if shown.columns), *shown.after]
    return json.dumps(shown.data, default=str).encode() + "\n".join(told).encode() + written


def _decoded(file: Path) -> bytes:
    if file.suffix != ".parquet":
        return b""
    import pyarrow.parquet as pq

    return json.dumps(pq.read_table(file).to_pylist(), default=str).encode()
