"""Voice > Drivers over HTTP: the planted wait, facts that people add and delete."""

from __future__ import annotations

import re

from surfaces.web.bank import Served, csrf


def test_the_wait_is_named_with_its_interval_and_a_warning(served: Served) -> None:
    with served.client("analyst") as analyst:
        page = analyst.get("/voice/drivers?kpi=csat&survey=call&days=365").text
    said = r"(Wait on the phone explains [\d.]+ % \(|Too few to say: \d+ customers, 58 are needed)"
    assert re.search(said, page)
    assert ("need not cause it" in page) == ("explains" in page)
    assert "minutes from Call Received to Call Answered" in page


def test_a_fact_is_added_checked_and_deleted(served: Served) -> None:
    with served.client("administrator") as administrator:
        token = csrf(administrator.get("/voice/drivers/fact").text)
        given = {"name": "Visits", "slug": "visits", "kind": "minutes", "event": "Branch Visited", "days": "28",
                 "csrfmiddlewaretoken": token}  # fmt: skip
        refused = administrator.post("/voice/drivers/fact", data=given)
        assert refused.status_code == 200 and "the event that ends the minutes" in refused.text
        assert administrator.post("/voice/drivers/fact", data={**given, "kind": "times"}).status_code == 302
        assert "how often Branch Visited" in administrator.get("/voice/drivers").text
        administrator.post("/voice/drivers/fact/delete", data={"slug": "visits", "csrfmiddlewaretoken": token})
        assert "how often Branch Visited" not in administrator.get("/voice/drivers").text
