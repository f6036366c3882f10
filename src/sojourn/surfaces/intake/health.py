"""What intake counts about itself, as Prometheus text and JSON; never about a person or a source."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

SYNC_BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


@dataclass(slots=True)
class Health:
    """Counters since the process began, and gauges that the background check refreshes."""

    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # items, by code
    requests: Counter[int] = field(default_factory=Counter)  # by HTTP status
    requests_refused: Counter[str] = field(default_factory=Counter)  # whole requests, by code
    sync_counts: list[int] = field(default_factory=lambda: [0] * (len(SYNC_BOUNDS) + 1))
    sync_seconds: float = 0.0
    sync_requests: int = 0
    spool_bytes: int = 0
    disk_free_bytes: int = 0
    in_flight_bytes: int = 0

    def synced(self, seconds: float, *, requests: int) -> None:
        """Count one write and sync that carried ``requests`` requests."""
        self.sync_counts[bisect_left(SYNC_BOUNDS, seconds)] += 1
        self.sync_seconds += seconds
        self.sync_requests += requests

    def text(self) -> str:
        """Give the counters in Prometheus' text format."""
        lines = [
            *_family("accepted_total", "counter", "Events acknowledged.", {"": self.accepted}),
            *_family("refused_total", "counter", "Items refused, by code.", _labels("code", self.refused)),
            *_family("requests_total", "counter", "Requests answered, by status.", _labels("status", self.requests)),
            *_family(
                "requests_refused_total", "counter", "Requests refused as a whole, by code.",
                _labels("code", self.requests_refused),
            ),
            *_family("spool_bytes", "gauge", "Bytes waiting to be loaded.", {"": self.spool_bytes}),
            *_family("disk_free_bytes", "gauge", "Free bytes on the spool's disk.", {"": self.disk_free_bytes}),
            *_family("in_flight_bytes", "gauge", "Bytes of bodies in memory.", {"": self.in_flight_bytes}),
            *_family("sync_requests_total", "counter", "Requests made durable.", {"": self.sync_requests}),
            *self._histogram(),
        ]  # fmt: skip
        return "\n".join(lines) + "\n"

    def _histogram(self) -> list[str]:
        name = "sojourn_intake_sync_seconds"
        lines = [f"# HELP {name} Time of one write and sync.", f"# TYPE {name} histogram"]
        total = 0
        for bound, count in zip((*SYNC_BOUNDS, "+Inf"), self.sync_counts, strict=True):
            total += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {total}')
        return [*lines, f"{name}_sum {self.sync_seconds:.6f}", f"{name}_count {total}"]


def _labels(label: str, counts: Counter[str] | Counter[int]) -> dict[str, int]:
    return {f'{{{label}="{key}"}}': count for key, count in sorted(counts.items(), key=lambda pair: str(pair[0]))}


def _family(name: str, kind: str, doc: str, values: dict[str, int]) -> list[str]:
    name = f"sojourn_intake_{name}"
    return [f"# HELP {name} {doc}", f"# TYPE {name} {kind}", *(f"{name}{key} {n}" for key, n in values.items())]
