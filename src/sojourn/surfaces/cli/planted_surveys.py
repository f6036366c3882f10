"""The demo bank's surveys, whose answers the simulation writes: live, with a link for the exit of a branch."""

from __future__ import annotations

import yaml

from sojourn.domains.access.contracts import LOCAL, SYSTEM
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import LinkTerms
from sojourn.surfaces.cli.companies import BANK, document

EXIT = LinkTerms(name="Exit of the branch", is_kiosk=True, channel="branch", unit="BR-01")


def plant_surveys() -> None:
    """Let the bank's surveys go live, once; a second viewer approves what the first wrote."""
    there = {each.slug for each in queries.surveys(viewer=SYSTEM)}
    for slug, found in yaml.safe_load(document(BANK, "surveys.yaml")).items():
        if slug not in there:
            survey = queries.read_survey(yaml.safe_dump(found, allow_unicode=True))
            actions.save_survey(slug=slug, survey=survey, viewer=SYSTEM)
            actions.approve_survey(slug=slug, viewer=LOCAL)
            actions.start_survey(slug=slug, viewer=SYSTEM)
    if "branch-visit" not in there:
        actions.add_link(slug="branch-visit", terms=EXIT, viewer=SYSTEM)
