"""The swap of generations: killed anywhere, and read by others all the while."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from engine.timeline.world import LAYOUT, World, contents
from sojourn.engine.timeline import BusyError, Layout, Timeline, TimelineError, writing

ROOT = Path(__file__).parents[3]
POINTS = [
    "timeline.part_created",
    "timeline.part_synced",
    "timeline.dictionaries_written",
    "timeline.manifest_written",
    "timeline.manifest_synced",
    "timeline.manifest_named",
    "timeline.swapped",
    "timeline.zeroed",
]


def event(person: int, at: int, name: str = "Opened") -> dict[str, object]:
    return {"person": person, "name": name, "occurred_at": at, "channel": "web"}


def begun(folder: Path) -> World:
    """Make a world whose timeline has a base, and changes that it has not seen: new, late, moved, erased."""
    world = World(folder)
    world.add(*(event(person, at) for person in range(1, 9) for at in range(3)))
    world.refresh()
    world.add(event(1, 9, "Paid"), event(2, 0), event(20, 1))
    world.link(3, 4)
    world.erase(5)
    return world


@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_it_is_the_old_generation_or_the_new_one(tmp_path: Path, point: str) -> None:
    world = begun(tmp_path)
    folder = tmp_path / "timeline"
    old = contents(Timeline.open(folder))
    before = set(folder.iterdir())
    (tmp_path / "world").write_bytes(pickle.dumps(world))
    environ = {
        **os.environ,
        "SOJOURN_FAULT": point,
        "SOJOURN_SYNC_LOG": str(tmp_path / "synced"),
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}",
    }
    command = [sys.executable, "-m", "engine.timeline.crash", str(tmp_path / "world")]
    done = subprocess.run(command, env=environ, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    _lose_what_was_not_synced(folder, before, tmp_path / "synced")

    assert contents(Timeline.open(folder)) in (old, world.naive())
    world.refresh()  # whoever comes next goes on from there
    assert contents(Timeline.open(folder)) == world.naive()
    after = Timeline.open(folder)
    assert after.manifest.to_zero == ()
    assert all(5 not in part.person and 5 not in part.customer for part in after.parts)


def _lose_what_was_not_synced(folder: Path, before: set[Path], log: Path) -> None:
    """Empty new files as a power cut would: all but those whose last size was synced."""
    lines = log.read_text().splitlines() if log.exists() else []
    synced = {Path(path).name.removesuffix(".new"): int(size) for size, path in (line.split(" ", 1) for line in lines)}
    for path in set(folder.iterdir()) - before:
        if path.name != "lock" and synced.get(path.name.removesuffix(".new")) != path.stat().st_size:
            path.write_bytes(b"")


def test_readers_see_whole_generations_while_a_writer_swaps_them(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add(*(event(person, 0) for person in range(1, 40)))
    world.refresh()
    stop, wrong = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            timeline = Timeline.open(tmp_path / "timeline")
            seen = contents(timeline)
            # each batch adds one event to each of the customers: a mixture would show two different lengths
            if len(seen) != 39 * timeline.batch or seen != contents(timeline):
                wrong.append((timeline.batch, len(seen)))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for batch in range(1, 12):
        world.add(*(event(person, batch) for person in range(1, 40)))
        world.refresh()
        if batch % 4 == 0:
            world.compact()
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_a_reader_keeps_its_generation(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add(event(1, 0), event(2, 0))
    world.refresh()
    held = Timeline.open(tmp_path / "timeline")
    seen = contents(held)
    world.add(event(1, 1))
    world.refresh()
    world.compact()
    assert contents(held) == seen
    assert len(contents(Timeline.open(tmp_path / "timeline"))) == 3


def test_only_one_process_changes_a_timeline(tmp_path: Path) -> None:
    with writing(tmp_path, LAYOUT), pytest.raises(BusyError), writing(tmp_path, LAYOUT):
        pass


def test_many_overlays_become_one_and_codes_keep_their_meaning(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add(*(event(person, 0, f"Event {person}") for person in range(1, 200)))
    world.refresh()
    names = Timeline.open(tmp_path / "timeline").names
    for person in range(1, 10):
        world.add(event(person, 1, f"New {person}"))
        world.refresh()
        with writing(tmp_path / "timeline", LAYOUT) as writer:
            writer.compact()
    timeline = Timeline.open(tmp_path / "timeline")
    assert 1 < len(timeline.parts) < 9
    assert timeline.names[: len(names)] == names
    assert contents(timeline) == world.naive()


def test_other_dimensions_ask_for_a_rebuild(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add(event(1, 0))
    world.refresh()
    with writing(tmp_path / "timeline", Layout(dimensions=("unit",))) as writer:
        assert writer.needs_rebuild


def test_an_event_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add(event(1, 0))
    world.files.append(world.files[0])
    with pytest.raises(TimelineError, match="twice"):
        world.refresh()


def test_one_customers_events_are_found_at_once(tmp_path: Path) -> None:
    world = begun(tmp_path)
    world.refresh()
    timeline = Timeline.open(tmp_path / "timeline")
    found = timeline.events_of(1)
    assert found is not None
    assert [timeline.names[code] for code in found.event] == ["Opened", "Opened", "Opened", "Paid"]
    assert timeline.events_of(5) is None
