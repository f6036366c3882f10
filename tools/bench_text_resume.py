"""Comments read by the job that the work process runs, killed on its way and run again: none is lost or read twice.

``python -m tools.bench_text_resume [comments]``; by default 6,000. It makes a data folder of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from tempfile import TemporaryDirectory

COMMENTS = 6_000
PHRASES = (
    "I waited far too long and nobody picked up the phone. I am thinking of leaving.",
    "The adviser took time for me, thank you!",
    "Most of it was clear, though the letter came late.",
    "Der Berater war freundlich, aber die Gebühren sind zu hoch.",
    "The app threw me out again, please call me back today.",
)


def measure(comments: int = COMMENTS) -> str:
    """Measure in a child, so that the settings of this process stay."""
    with TemporaryDirectory() as folder:
        told = subprocess.run(
            [sys.executable, "-m", "tools.bench_text_resume", "inside", str(comments)],
            env={**os.environ, "SOJOURN_DATA": folder, "SOJOURN_LANGUAGES": "en,de"},
            check=True,
            capture_output=True,
            text=True,
        )
    return told.stdout.strip()


def _inside(comments: int) -> str:
    from sojourn.kit.settings import load
    from sojourn.surfaces.cli.preparation import prepare

    prepare(load())
    from sojourn.domains.feedback.models import CommentRow

    _heard(comments)
    first = _job()
    while first.poll() is None and CommentRow.objects.exclude(model="").count() < comments // 3:
        time.sleep(0.05)
    first.kill()
    first.wait()
    at_kill = dict(CommentRow.objects.exclude(model="").values_list("pk", "findings"))
    began = time.perf_counter()
    second = _job()
    _, status, used = os.wait4(second.pid, 0)
    wall_s = time.perf_counter() - began
    left = CommentRow.objects.filter(model="").count()
    same = sum(
        at_kill[pk] == found for pk, found in CommentRow.objects.filter(pk__in=at_kill).values_list("pk", "findings")
    )
    rest, cpu_s = comments - len(at_kill), used.ru_utime + used.ru_stime
    if status or left or same != len(at_kill):
        raise SystemExit(f"status {status}, {left} comments unread, {len(at_kill) - same} changed")
    return (
        f"The job of {comments:,} comments, killed (SIGKILL) after {len(at_kill):,} and run again: the other {rest:,} "
        f"were read, none is left, none of the first was touched; {rest / cpu_s:,.0f} a second of CPU time, start and "
        f"database included ({rest / wall_s:,.0f} a second by the clock, load {os.getloadavg()[0]:.0f})."
    )


def _heard(comments: int) -> None:
    from datetime import UTC, datetime

    from django.conf import settings

    from sojourn.domains.feedback.models import CommentRow
    from sojourn.kit import sealing

    sealer, at = sealing.sealer(settings.SOJOURN), datetime(2026, 3, 1, tzinfo=UTC)
    CommentRow.objects.bulk_create(
        (
            CommentRow(
                event_id=number, person=number, kind="survey", event="Survey Answered", occurred_at=at, received_at=at,
                sealed=sealer.seal(f"{PHRASES[number % len(PHRASES)]} {number}".encode(), use="comment"),
            )
            for number in range(comments)
        ),
        batch_size=500,
    )  # fmt: skip


def _job() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tools.bench_text_resume", "read"])


def _read() -> None:
    """Do what the job does, without its low priority, which a busy machine turns into waiting."""
    import django

    django.setup()
    from django.utils.module_loading import autodiscover_modules

    from sojourn.domains.feedback import actions

    autodiscover_modules("plugins")
    actions.read_comments()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sojourn.settings")
    if sys.argv[1:2] == ["inside"]:
        print(_inside(int(sys.argv[2])))
    elif sys.argv[1:2] == ["read"]:
        _read()
    else:
        print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else COMMENTS))
