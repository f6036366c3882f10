"""Journeys > Explorer > Download: the events that the question sees, as a file."""

from __future__ import annotations

from django.http import HttpResponseBase, StreamingHttpResponse

from sojourn.domains.access.contracts import Right
from sojourn.domains.privacy import actions
from sojourn.domains.privacy.contracts import ExportFormat
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web.analysis import opened
from sojourn.surfaces.web.doors import PageRequest, page


@page(Right.EVENTS_EXPORT)
def export(request: PageRequest) -> HttpResponseBase:
    """Send the file of the question that stands in the address."""
    wanted = request.GET.get("format", ExportFormat.CSV.value)
    if wanted not in set(ExportFormat):
        raise InvalidError(f"format: one of {', '.join(ExportFormat)}.")
    question = opened(request).question
    done = actions.export(
        wanted=ExportFormat(wanted),
        period=question.period,
        events=question.events,
        identity_steps=question.identity_steps,
        viewer=request.viewer,
    )
    answer = StreamingHttpResponse(done.pieces, content_type=done.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{done.name}"'
    return answer
