"""Surveys and their answers: a score from how satisfied the customer is, a comment from some."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.engine.simulation.comments import BAD, GOOD, MIXED, texts
from sojourn.engine.simulation.population import Floats, Int8s, Int64s
from sojourn.engine.simulation.rhythm import DIGITAL
from sojourn.engine.simulation.scene import Scene
from sojourn.engine.simulation.truths import THEME_DAYS
from sojourn.engine.simulation.words import DAY, FOREIGN_FEE, HOUR, MAIL, MINUTE, NO_UNIT, WEB

COMMENTED = 0.4  # share of answers with a comment
RELATIONSHIP_PER_YEAR = 0.25  # answers a customer


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """One question; the score is `middle + slope * mood + noise`, rounded into `low` to `high`."""

    slug: str
    question: str
    kind: str
    low: int
    high: int
    middle: float
    slope: float
    noise: float
    share: float  # of those asked who answer

    @property
    def scale(self) -> str:
        """Name the scale, as the answers carry it."""
        return f"{self.low}-{self.high}"


RELATIONSHIP = Survey(slug="relationship", question="How likely are you to recommend Harbour Bank?", kind="nps",
                      low=0, high=10, middle=8.2, slope=1.7, noise=1.4, share=1.0)  # fmt: skip
CALL = Survey(slug="call", question="How satisfied were you with this call?", kind="csat",
              low=1, high=5, middle=4.1, slope=0.6, noise=0.6, share=0.16)  # fmt: skip
VISIT = Survey(slug="branch-visit", question="How satisfied were you with your visit?", kind="csat",
               low=1, high=5, middle=4.2, slope=0.6, noise=0.6, share=0.14)  # fmt: skip
CARD = Survey(slug="card-application", question="How satisfied were you with applying for your card?", kind="csat",
              low=1, high=5, middle=4.2, slope=0.6, noise=0.6, share=0.3)  # fmt: skip
DISPUTE = Survey(slug="card-dispute", question="How much effort did you have to put in?", kind="ces",
                 low=1, high=5, middle=2.3, slope=-0.7, noise=0.6, share=0.35)  # fmt: skip
OPENING = Survey(slug="account-opening", question="Opening my account was made easy for me.", kind="ces_ease",
                 low=1, high=7, middle=5.5, slope=0.9, noise=0.8, share=0.35)  # fmt: skip
COMPLAINT = Survey(slug="complaint", question="How satisfied are you with how we handled your complaint?", kind="csat",
                   low=1, high=5, middle=3.1, slope=0.8, noise=0.8, share=0.3)  # fmt: skip


def ask(
    scene: Scene,
    survey: Survey,
    after: Int64s,
    customer: Int64s,
    mood: npt.ArrayLike,
    theme: Int8s,
    *,
    unit: npt.ArrayLike = NO_UNIT,
    agent: npt.ArrayLike = -1,
) -> None:
    """Write the answers of those who answer, some hours after ``after``; ``mood`` is 0 for a usual experience.

    ``agent`` is who served them, as numbered by `Scene.agent`.
    """
    answers = np.flatnonzero(scene.chance(len(after), survey.share))
    at = scene.later(after[answers], 5 * 60, 1.0) + 2 * MINUTE
    who = customer[answers]
    felt = scene.people.mood[who] + np.broadcast_to(mood, len(after))[answers]
    scene.ledger.emit(
        "Survey Answered",
        at,
        who,
        channel=np.where(scene.chance(len(at), 0.2), MAIL, WEB),
        unit=np.broadcast_to(unit, len(after))[answers],
        agent=np.broadcast_to(agent, len(after))[answers],
        extra=_answers(scene, survey, felt, theme[answers], at),
    )


def relationship(scene: Scene) -> None:
    """Write the answers to the running relationship survey."""
    at = scene.starts(DIGITAL, RELATIONSHIP_PER_YEAR)
    theme = scene.pick(len(at), (0.18, 0.22, 0.16, 0.2, 0.14, 0.1, 0.0))
    ask(scene, RELATIONSHIP, at - 5 * HOUR, scene.customers(at), 0.0, theme)


def _answers(scene: Scene, survey: Survey, felt: Floats, theme: Int8s, at: Int64s) -> npt.NDArray[np.int32]:
    rng = scene.rng
    score = np.rint(survey.middle + survey.slope * felt + rng.normal(0.0, survey.noise, len(felt)))
    score = score.clip(survey.low, survey.high).astype(int)
    good = (score - survey.low) / (survey.high - survey.low)
    good = 1 - good if survey.slope < 0 else good
    tone = np.where(good >= 0.85, GOOD, np.where(good >= 0.6, MIXED, BAD)).astype(np.int8)
    is_new = (tone == BAD) & (at >= scene.anchor - THEME_DAYS * DAY) & scene.chance(len(at), 0.3)
    comments = texts(rng, np.where(is_new, FOREIGN_FEE, theme).astype(np.int8), tone)
    has = scene.chance(len(felt), COMMENTED).tolist()
    head = f'"survey":"{survey.slug}","question":"{survey.question}","kind":"{survey.kind}","scale":"{survey.scale}"'
    return scene.ledger.fragments(
        f'{head},"score":{points},"comment":"{text}"' if wrote else f'{head},"score":{points}'
        for points, text, wrote in zip(score.tolist(), comments, has, strict=True)
    )
