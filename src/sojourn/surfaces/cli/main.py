"""The command `sojourn`. Commands are loaded when they are called, so that help comes at once."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from sojourn import __version__

OK, REFUSED, USAGE, UNREACHABLE, FOUND = 0, 1, 2, 3, 4
INTERRUPTED = 130

# name: (module, attribute, what `sojourn --help` says)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("demo", "demo", "Load a demo company and serve it."),
    "serve": ("serve", "command", "Serve pages, API and event intake until Ctrl+C."),
    "import": ("imports", "import_files", "Load files of events."),
    "quarantine": ("quarantine", "quarantine", "Look at what was refused."),
    "flow": ("quarantine", "flow", "List what came in, by minute and source."),
    "deliveries": ("imports", "deliveries", "List and call off the files that were handed in."),
    "pickups": (
        "pickups",
        "pickups",
        "Fetch files by schedule from SFTP servers, object stores and databases.",
    ),
    "export": ("exports", "export", "Write the events that a question sees to a file."),
    "extracts": ("extracts", "extracts", "Make extracts for BI tools and Spark: pseudonymous Parquet, for a purpose."),
    "sql": (
        "extracts",
        "sql",
        "Ask an extract in SQL: one SELECT over the table events; - reads it from standard input.",
    ),
    "webhooks": ("webhooks", "webhooks", "Send new events on, signed, to addresses of your own."),
    "events": ("events", "events", "List events, newest first."),
    "graph": ("explorer", "graph", "Show which step follows which."),
    "variants": ("explorer", "variants", "Show the most frequent ways through."),
    "funnel": ("funnels", "funnel", "Show who gets from step to step."),
    "league": ("league", "league", "Compare the units of a level by a KPI, with the ranks that each may have."),
    "paths": ("paths", "paths", "Show the tree of paths from an event, or to it."),
    "sessions": ("paths", "sessions", "Show sessions and what they begin and end with."),
    "customers": ("customers", "customers", "List the customers behind a number: pseudonymous, and audited."),
    "identity": ("identity", "identity", "Match customers, and decide who is one."),
    "customer": ("profiles", "customer", "Show, find and note about one customer, by name; audited."),
    "lists": ("saved_lists", "lists", "Save lists of customers: filters, columns and order."),
    "traits": ("lists", "traits", "Manage traits that are computed from customers' events."),
    "accounts": (
        "accounts",
        "accounts",
        "Keep products held, households and companies with their people, and say who is a prospect.",
    ),
    "patterns": ("patterns", "patterns", "Show who matches a path pattern, how often, and how long it takes."),
    "process": ("process", "process", "Mine a process tree from the most frequent ways through."),
    "retention": ("retention", "retention", "Show who comes back, by day, week or month of the start."),
    "lifecycle": (
        "retention",
        "lifecycle",
        "Show who is new, stays, comes back and goes quiet.",
    ),
    "attribution": ("attribution", "attribution", "Credit an outcome to the touchpoints before it."),
    "compare": ("comparison", "compare", "Compare two periods or filters: side b with side a."),
    "cases": (
        "cases",
        "cases",
        "Show how a journey's cases went: endings, effort, rework, hand-offs and stages.",
    ),
    "success": ("comparison", "success", "Show which events and properties go with completing a named journey."),
    "journeys": ("journeys", "journeys", "Manage named journeys and see how they end."),
    "questions": ("saved", "questions", "Save the questions of the analysis pages and ask them again."),
    "comments": ("comments", "comments", "Read and search what customers said in words."),
    "surveys": ("surveys", "surveys", "Ask customers: write surveys, have them approved, let them go live."),
    "desk": (
        "desk",
        "desk",
        "Work on customer cases: what customers said, who answers for it, and until when.",
    ),
    "kpi": ("kpi", "kpi", "Show figures of the KPI catalogue."),
    "drivers": ("drivers", "drivers", "Weigh what drives a score: channel, unit, product and operational facts."),
    "mix": (
        "drivers",
        "mix",
        "Say whether a score changed because its parts did, or because other parts answer now.",
    ),
    "weights": ("weights", "weights", "Keep known populations, and weight scores to them."),
    "facts": ("drivers", "facts", "Keep the operational facts that may drive a score."),
    "source": ("sources", "source", "Manage where events come from, and write keys."),
    "plan": ("plan", "plan", "Show, save and check the tracking plan."),
    "roles": ("roles", "roles", "Show the roles with their rights, make your own, and say what groups give."),
    "units": ("units", "units", "Show and save the tree of units."),
    "purposes": ("consents", "purposes", "Show and change the purposes, and publish what customers are shown."),
    "consents": ("consents", "consents", "Show, note and import what customers said about purposes."),
    "requests": (
        "requests",
        "requests",
        "Handle what customers ask for under data protection law, and show certificates.",
    ),
    "duties": ("holding", "duties", "Show and change what the law has you keep of customers who ask to be erased."),
    "holds": ("holding", "holds", "Keep everything of a customer until a day: place, list and release legal holds."),
    "user": ("people", "user", "Manage who signs in."),
    "keys": ("keys", "keys", "Manage API keys."),
    "audit": ("audit", "audit", "Search, verify and export the audit log."),
    "backup": ("backups", "backup", "Make, list and verify backups."),
    "restore": ("restore", "command", "Bring a backup back into an empty folder."),
    "encryption": ("encryption", "encryption", "Rotate the master keys that seal personal data."),
    "doctor": ("doctor", "doctor", "Check the whole chain and say what is wrong."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and give a command; None when there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"sojourn.surfaces.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, _, said) in COMMANDS.items()])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="sojourn")
def cli() -> None:
    """Sojourn measures customer journeys from raw events.

    Commands talk to the running server of the data folder, to a remote one with --url and --key, or, when no
    server runs, work on the data folder themselves. Exit codes: 0 done, 1 refused, 2 wrong usage, 3 server not
    reachable or data folder in use, 4 the doctor found something.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit code; refusals are one line on standard error."""
    from sojourn.kit.errors import SojournError

    try:
        return _code(cli.main(args=arguments, prog_name="sojourn", standalone_mode=False))
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        return INTERRUPTED
    except click.ClickException as refusal:
        refusal.show()
        return refusal.exit_code
    except SojournError as refusal:
        click.echo(f"Error: {refusal.message}", err=True)
        return UNREACHABLE if refusal.code in {"locked", "unreachable"} else REFUSED
    except BrokenPipeError:
        leave_quietly()
        return OK


def leave_quietly() -> None:
    """Give the interpreter nothing to flush at exit, because the reader has left (`| head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _code(result: Any) -> int:
    return result if isinstance(result, int) else OK
