"""Write the reference pages from the program itself; `--check` says which are old.

`docs/reference/api.md`, `commands.md`, `settings.md`, `errors.md` and `kpis.md` are made here and nowhere else: a test
compares them, so an endpoint, a command, a setting, an error or a KPI without its words cannot be committed.
"""

from __future__ import annotations

import os
import pkgutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from itertools import groupby
from pathlib import Path

import click

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
MADE = "<!-- Made by tools/reference.py from the program itself; change it there. -->"


def pages() -> dict[str, str]:
    """Make every page: file name to text."""
    return {
        "api.md": _page(_api()),
        "commands.md": _page(_commands()),
        "errors.md": _page(_errors()),
        "kpis.md": _page(_kpis()),
        "settings.md": _page(_settings()),
    }


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check name those that are old."""
    _wake()
    made = pages()
    old = [name for name, text in made.items() if not _is_new(name, text)]
    if "--check" in arguments:
        for name in old:
            print(f"docs/reference/{name} is old; run python -m tools.reference")
        return 1 if old else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in old:
        (FOLDER / name).write_text(made[name])
        print(f"docs/reference/{name}")
    return 0


def _is_new(name: str, text: str) -> bool:
    return (FOLDER / name).exists() and (FOLDER / name).read_text() == text


def _wake() -> None:
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        os.environ["SOJOURN_DATA"] = tempfile.mkdtemp(prefix="sojourn-reference-")
        os.environ["DJANGO_SETTINGS_MODULE"] = "sojourn.settings"
        import_module("django").setup()


def _page(lines: Iterator[str]) -> str:
    return MADE + "\n\n" + "\n".join(lines) + "\n"


def _api() -> Iterator[str]:
    from sojourn.surfaces.rest.api import api
    from sojourn.surfaces.rest.describing import endpoints

    yield "# API\n"
    yield "How to use it: [the guide](../guide/api.md). What can be refused: [errors](errors.md)."
    for tag, found in groupby(endpoints(api.get_openapi_schema()), key=lambda each: each.tag):
        yield f"\n## {tag[0].upper()}{tag[1:]}"
        for each in found:
            yield f"\n### `{each.method} {each.path}`\n"
            yield f"{each.summary}. {each.said}"
            if each.fields:
                yield "\n| name | in | type | needed | meaning |\n| --- | --- | --- | --- | --- |"
            for field in each.fields:
                needed = "yes" if field.needed else "no"
                yield f"| `{field.name}` | {field.place} | {_cell(field.type)} | {needed} | {_cell(field.said)} |"
            yield f"\nAnswers {each.answer}."


def _commands() -> Iterator[str]:
    from sojourn.surfaces.cli import main as cli

    yield "# Commands\n"
    yield (
        "Commands talk to the running server of the data folder, to a remote one with `--url` and `--key` (or\n"
        "`SOJOURN_URL` and `SOJOURN_API_KEY`), or, when no server runs, work on the data folder themselves.\n"
        "Wrong commands and what they say: [bad input](bad-input.md).\n"
    )
    yield "| exit code | meaning |\n| --- | --- |"
    for code, said in (
        (cli.OK, "Done."),
        (cli.REFUSED, "Refused; standard error says why, and nothing was changed."),
        (cli.USAGE, "Wrong usage."),
        (cli.UNREACHABLE, "The server does not answer, or somebody else works on the data folder."),
        (cli.FOUND, "The doctor found something."),
        (cli.INTERRUPTED, "Stopped with Ctrl+C."),
    ):
        yield f"| {code} | {said} |"
    for name, (module, attribute, _) in cli.COMMANDS.items():
        command: click.Command = getattr(import_module(f"sojourn.surfaces.cli.{module}"), attribute)
        yield from _command(f"sojourn {name}", command)


def _command(name: str, command: click.Command) -> Iterator[str]:
    yield f"\n## `{name}`\n"
    yield " ".join((command.help or "").split())
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _command(f"{name} {each.name}", each)
        return
    with click.Context(command, info_name=name) as context:
        yield f"\n```\n{command.get_usage(context).removeprefix('Usage: ')}\n```"
        rows = [each.get_help_record(context) for each in command.params]
    options = [record for record in rows if record]
    if options:
        yield "\n| option | meaning |\n| --- | --- |"
    for option, said in options:
        yield f"| `{_cell(option)}` | {_cell(said)} |"


def _errors() -> Iterator[str]:
    from sojourn.surfaces.rest.refusals import refusals

    _import_everything()
    yield "# Errors\n"
    yield (
        "Every refusal has a code that stays the same. The API answers it as a problem document (RFC 9457,\n"
        "`application/problem+json`) with `type`, `title`, `status`, `code`, `detail` and, where single fields do not\n"
        "fit, `errors`; a command prints its sentence on standard error; a page shows it. The intake's own codes\n"
        "stand in [bad input](bad-input.md).\n"
    )
    yield "| code | status | meaning |\n| --- | --- | --- |"
    for each in refusals():
        yield f"| `{each.code}` | {each.status} | {_cell(each.said)} |"


def _import_everything() -> None:
    import sojourn

    for each in pkgutil.walk_packages(sojourn.__path__, "sojourn."):
        if not each.name.endswith("__main__") and ".migrations" not in each.name:
            import_module(each.name)


def _kpis() -> Iterator[str]:
    from sojourn.domains.metrics import queries

    yield "# KPIs\n"
    yield "The catalogue; those marked are computed by this release.\n"
    yield "| KPI | name | family | definition | unit | better | target | computed |\n| " + "--- | " * 8
    for each in queries.kpis():
        target = "" if each.target is None else f"{each.target:g}"
        computed = "yes" if each.computed else ""
        cells = (each.name, each.family, each.definition, each.unit, each.better, target, computed)
        yield " | ".join((f"| `{each.id}`", *map(_cell, cells))) + " |"


def _settings() -> Iterator[str]:
    from sojourn.kit.settings import Settings

    yield "# Settings\n"
    yield "Environment variables, read when a process starts. Nonsense is refused with a sentence that names it.\n"
    yield "| variable | default | limits | meaning |\n| --- | --- | --- | --- |"
    for each in fields(Settings):
        low, high = each.metadata["low"], each.metadata["high"]
        limits = "" if low is None else f"{low:,} to {high:,}" if high is not None else f"from {low:,}"
        default = f"{each.default:,}" if isinstance(each.default, int) else str(each.default)
        shown = f"`{default}`" if default else ""
        yield f"| `SOJOURN_{each.name.upper()}` | {shown} | {limits} | {_cell(each.metadata['doc'])} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
