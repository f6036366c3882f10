"""A saved question in one figure: what its card on Home says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import (
    AttributionAsked,
    PathNodeKind,
    PathsAsked,
    Question,
    QuestionPage,
    RetentionAsked,
    SavedQuestion,
    Share,
    ShareDifference,
)
from sojourn.domains.journeys.contracts.comparison import Verdict
from sojourn.domains.privacy.contracts import Abstraction
from sojourn.kit.calendar import CalendarUnit
from sojourn.surfaces.web import branches, case_settings, differences, figures, picture
from sojourn.surfaces.web.analysis import Analysis, analysed
from sojourn.surfaces.web.funnel_settings import settings
from sojourn.surfaces.web.saved import query_of
from sojourn.surfaces.web.sides import sides


@dataclass(frozen=True, kw_only=True)
class Headline:
    """A figure with what it means; `value` is empty where there are too few to say."""

    value: str
    about: str  # interval and n
    says: str


def headline(question: SavedQuestion, viewer: Viewer) -> Headline:
    """Answer a saved question in one figure; raise the refusal of its page."""
    own = sorted(journeys.own_parameters(question.page))
    return BY_PAGE[question.page](analysed(query_of(question), viewer, own, None))


def _of_share(share: Share, says: str) -> Headline:
    if share.too_few:
        return Headline(value="", about=figures.too_few(share.n), says=says)
    half = figures.decimal(100 * max(share.high - share.value, share.value - share.low))
    about = _("±%(half)s · n %(n)s") % {"half": half, "n": figures.whole(share.n)}
    return Headline(value=figures.percent(share.value), about=about, says=says)


def _of_difference(found: ShareDifference, says: str) -> Headline:
    n = _("n %(a)s and %(b)s") % {"a": figures.whole(found.a.n), "b": figures.whole(found.b.n)}
    if found.verdict is Verdict.TOO_FEW:
        return Headline(value="", about=_("%(n)s, too few to say") % {"n": n}, says=says)
    span = _("%(low)s to %(high)s") % {"low": figures.points(found.low), "high": figures.points(found.high)}
    value = _("%(points)s points") % {"points": figures.points(found.difference)}
    return Headline(value=value, about=f"{span} · {n}", says=says)


def _explorer(analysis: Analysis) -> Headline:
    steps = analysis.asked.funnel or (analysis.journey.steps if analysis.journey else ())
    if not steps:
        graph = journeys.graph(question=analysis.question, viewer=analysis.viewer)
        events = _("customers · %(n)s events") % {"n": figures.whole(graph.coverage.events)}
        return Headline(value=figures.whole(graph.coverage.customers), about=events, says=picture.sentence(graph))
    window = _window(analysis)
    options = settings(analysis.asked).options()
    table = journeys.funnel(
        steps=steps, window_days=window, question=analysis.question, options=options, viewer=analysis.viewer
    )
    says = _("get from %(first)s to %(last)s within %(days)s days")
    says %= {"first": steps[0], "last": steps[-1], "days": window}
    return _of_share(table.steps[-1].from_first, says)


def _window(analysis: Analysis) -> int:
    if analysis.journey and not analysis.asked.funnel:
        return analysis.journey.window_days
    return analysis.asked.window


def _paths(analysis: Analysis) -> Headline:
    own = dict(analysis.asked.own)
    wanted = PathsAsked(
        root=own.get("root", ""),
        forward=own.get("way") != "to",
        depth=1,
        every=own.get("every") == "1",
        collapse=own.get("repeats") != "1",
        window_days=_days(own.get("within")),
        pause_minutes=_days(own.get("pause")),
    )
    tree = journeys.paths(question=analysis.question, viewer=analysis.viewer, asked=wanted)
    first = next((each for each in tree.nodes if each.depth == 1 and each.kind is PathNodeKind.STEP), tree.nodes[0])
    return _of_share(first.share, branches.sentence(tree))


def _days(text: str | None) -> float | None:
    return float(text) if text and int(text) else None


def _retention(analysis: Analysis) -> Headline:
    own = analysis.asked.own
    by = dict(own).get("by", CalendarUnit.WEEK.value)
    spans = [each for each in dict(own).get("brackets", "").split(",") if each.strip()]
    asked = RetentionAsked(
        start=tuple(value for name, value in own if name == "starts"),
        returns=tuple(value for name, value in own if name == "returns"),
        unit=CalendarUnit(by),
        brackets=journeys.written_brackets(spans),
        recurring=("cohorts", "each") in own,
        or_after=("counted", "after") in own,
        zone=timezone.get_current_timezone_name(),
    )
    table = journeys.retention(asked=asked, question=analysis.question, viewer=analysis.viewer)
    known = [each for each in table.columns if each.share is not None]
    column = next((each for each in known if each.first > 0), known[0] if known else None)
    if column is None or column.share is None:
        return Headline(value="", about="", says=_("The time of the first cohort has not passed yet."))
    span = str(column.first) if column.first == column.last else f"{column.first}–{column.last}"
    names = {CalendarUnit.DAY: _("come back on day %(span)s"), CalendarUnit.WEEK: _("come back in week %(span)s")}
    said = names.get(table.distance_unit, _("come back in month %(span)s"))
    return _of_share(column.share, said % {"span": span})


def _process(analysis: Analysis) -> Headline:
    covers = int(dict(analysis.asked.own).get("covers", "80")) / 100
    found = journeys.process(question=analysis.question, viewer=analysis.viewer, covers=covers)
    says = _("of customers go one of the %(ways)s ways that the model replays") % {"ways": figures.whole(found.ways)}
    return _of_share(found.covers, says)


def _attribution(analysis: Analysis) -> Headline:
    own = analysis.asked.own
    one = dict(own)
    outcome = tuple(value for name, value in own if name == "outcome")
    asked = AttributionAsked(
        outcome=outcome,
        touchpoints=tuple(value for name, value in own if name == "touch"),
        by=one.get("by", ""),
        window_days=float(one.get("lookback", 30)),
        half_life_days=float(one.get("half", 7)),
        collapse=one.get("collapse") == "1",
    )
    found = journeys.attribution(asked=asked, question=analysis.question, viewer=analysis.viewer)
    most = max(found.touchpoints, key=lambda each: each.credits["linear"].share.value, default=None)
    if most is None:
        return Headline(value="", about="", says=_("No touchpoint came before the outcome."))
    says = _("of the credit for %(outcome)s goes to %(name)s, shared equally")
    return _of_share(most.credits["linear"].share, says % {"outcome": " / ".join(outcome), "name": most.name})


def _cases(analysis: Analysis) -> Headline:
    asked = case_settings.wanted(analysis)
    if not asked.start:
        return Headline(value="", about="", says=_("No journey is chosen."))
    found = journeys.cases(asked=asked, question=case_settings.question(analysis), viewer=analysis.viewer)
    says = _("of the cases that begin with %(start)s are completed") % {"start": asked.start}
    return _of_share(found.endings[0].share, says)


def _compare(analysis: Analysis) -> Headline:
    said = sides(analysis)
    if said.show == "success":
        return _success(analysis)
    if said.questions is None:
        return Headline(value="", about="", says=said.refused)
    (a, b), looks = said.questions, said.looks or None
    if said.show == "funnel":
        steps = analysis.asked.funnel or (analysis.journey.steps if analysis.journey else ())
        if not steps:
            return Headline(value="", about="", says=_("No steps are chosen."))
        table = journeys.compare_funnels(
            steps=steps, window_days=_window(analysis), a=_all_names(a), b=_all_names(b), viewer=analysis.viewer,
            looks=looks, options=said.options(),
        )  # fmt: skip
        says = _("get from %(first)s to %(last)s") % {"first": steps[0], "last": steps[-1]}
        if table.withheld:
            return Headline(value="", about=_("of too few customers to be shown to you"), says=says)
        last = table.steps[-1].from_first or table.steps[-1].from_before
        return _of_difference(last, says) if last else Headline(value="", about="", says=says)
    if said.show == "endings" and analysis.journey:
        found = journeys.compare_completions(
            slug=analysis.journey.slug, a=_by_name(a), b=_by_name(b), viewer=analysis.viewer, looks=looks
        )
        return _of_difference(found.endings[0].share, found.endings[0].name)
    if said.show == "variants":
        ways = journeys.compare_variants(a=a, b=b, viewer=analysis.viewer, looks=looks)
        real = [each for each in ways.variants if each.share.verdict in (Verdict.MORE, Verdict.LESS)]
        tested = _("of %(n)s ways through tested") % {"n": figures.whole(ways.comparison.tested)}
        return Headline(value=figures.whole(len(real)), about=tested, says=_("are more or less frequent in B"))
    graph = journeys.compare_graphs(a=a, b=b, viewer=analysis.viewer, looks=looks)
    tested = _("real, of %(n)s differences tested") % {"n": figures.whole(graph.comparison.tested)}
    return Headline(value=figures.whole(len(graph.findings)), about=tested, says=differences.sentence(graph))


def _success(analysis: Analysis) -> Headline:
    if analysis.journey is None:
        return Headline(value="", about="", says=_("No journey is chosen."))
    asked = _by_name(analysis.question)
    period, viewer = asked.period, analysis.viewer
    found = journeys.completion(slug=analysis.journey.slug, period=period, events=asked.events, viewer=viewer)
    return _of_share(found.completed, _("complete %(journey)s") % {"journey": analysis.journey.name})


def _all_names(asked: Question) -> Question:
    return replace(asked, events=replace(asked.events, names=(), having=()))


def _by_name(asked: Question) -> Question:
    """Ask a named journey about events by their names, whatever the level."""
    whole = _all_names(asked)
    return replace(whole, events=replace(whole.events, abstraction=Abstraction()))


def _patterns(analysis: Analysis) -> Headline:
    pattern = dict(analysis.asked.own).get("match", "")
    if not pattern:
        return Headline(value="", about="", says=_("No pattern is written."))
    found = journeys.patterns(pattern=pattern, question=analysis.question, viewer=analysis.viewer)
    return _of_share(found.share, _("of customers match %(pattern)s") % {"pattern": pattern})


BY_PAGE: Final[dict[QuestionPage, Callable[[Analysis], Headline]]] = {
    QuestionPage.EXPLORER: _explorer,
    QuestionPage.PATHS: _paths,
    QuestionPage.RETENTION: _retention,
    QuestionPage.PROCESS: _process,
    QuestionPage.ATTRIBUTION: _attribution,
    QuestionPage.COMPARE: _compare,
    QuestionPage.CASES: _cases,
    QuestionPage.PATTERNS: _patterns,
}
