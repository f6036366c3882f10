"""Webhooks are sent side by side: one whose receiver does not answer holds up no other."""

from __future__ import annotations

import threading

from sojourn.surfaces.worker.hooks import Hooks


def test_a_slow_receiver_holds_up_no_other_and_is_asked_once_at_a_time() -> None:
    slow, sent, entered = threading.Event(), threading.Event(), threading.Event()
    begun: list[int] = []

    def send(webhook: int) -> int:
        begun.append(webhook)
        if webhook == 1:
            entered.set()
            assert slow.wait(20)
        else:
            sent.set()
        return 0

    hooks = Hooks(lambda: (1, 2), send, threads=2)
    hooks.turn()
    assert entered.wait(20) and sent.wait(20)
    hooks.turn()
    assert begun.count(1) == 1
    slow.set()
    hooks.stop()


def test_it_goes_on_until_nothing_is_left_and_after_a_failure() -> None:
    left = {1: [50, 3, 0], 2: []}
    hooks = Hooks(lambda: (1, 2), lambda webhook: left[webhook].pop(0), threads=1)
    hooks.turn()
    hooks.stop()
    assert left == {1: [], 2: []}
