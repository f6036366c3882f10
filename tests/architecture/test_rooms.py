"""Rooms speak only through their doors; listeners hold no logic and no rows; links point down."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.db import models

DOOR = {"actions", "queries", "contracts", "hooks"}
LISTENERS = {"views", "endpoints", "commands", "tasks", "plugins"}
ROOMS = [
    "organisation", "access", "catalogue", "collection", "identity", "privacy", "customers", "journeys", "feedback",
    "metrics", "desk",
]  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("sojourn", cache_dir=None)


def test_rooms_speak_only_through_their_doors(graph: grimp.ImportGraph) -> None:
    trespasses = [
        f"{here} -> {there}"
        for here in sorted(graph.modules)
        for there in sorted(graph.find_modules_directly_imported_by(here))
        if there.startswith("sojourn.domains.") and not _welcome(here, there)
    ]
    assert trespasses == []


def test_foreign_keys_point_down() -> None:
    upward = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in ROOMS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.OneToOneField | models.ManyToManyField)
        and _floor(field.related_model) > _floor(model)
    ]
    assert upward == []


def test_every_room_is_installed_and_placed() -> None:
    folders = {path.parent.name for path in (ROOT / "src/sojourn/domains").glob("*/__init__.py")}
    assert folders == set(ROOMS)
    assert folders <= {config.label for config in apps.get_app_configs()}


def test_the_command_line_helps_without_heavy_libraries() -> None:
    probe = (
        "import sys; from click.testing import CliRunner; from sojourn.surfaces.cli.main import cli; "
        "result = CliRunner().invoke(cli, ['--help']); assert result.exit_code == 0, result.output; "
        "print([name for name in ('django', 'numpy', 'pyarrow', 'duckdb', 'numba', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _welcome(here: str, there: str) -> bool:
    (room, part), (other_room, other_part) = _place(here), _place(there)
    if other_part is None:  # the room's own __init__, which is empty
        return True
    if room is None:  # a surface, or Django's settings naming the router
        return other_part in DOOR | LISTENERS
    if room != other_room:
        return other_part in DOOR
    return part not in LISTENERS or other_part in DOOR | LISTENERS | {"forms"}


def _place(module: str) -> tuple[str | None, str | None]:
    if not module.startswith("sojourn.domains."):
        return None, None
    room, _, rest = module.removeprefix("sojourn.domains.").partition(".")
    return room, rest.partition(".")[0] or None


def _floor(model: object) -> int:
    label = model._meta.app_label  # type: ignore[attr-defined]
    return ROOMS.index(label) if label in ROOMS else -1
