"""A file of accounts on its page: looked at first, taken when told so, refused row by row."""

from __future__ import annotations

import html
import re

import httpx

from surfaces.web.bank import Served, csrf

ADDRESS = "/customers/accounts/import"
FILE = 'kind,key,name\ncompany,CO-77,"Quay & Sons"\nhousehold,,Nobody\ncastle,CA-1,\n'


def look(client: httpx.Client, file: bytes, **said: str) -> httpx.Response:
    data = {"csrfmiddlewaretoken": csrf(client.get(ADDRESS).text), "what": "look", "kind": "", "blank": "keep", **said}
    return client.post(ADDRESS, data=data, files={"file": ("companies.csv", file, "text/csv")})


def test_a_file_is_looked_at_before_it_is_taken(served: Served) -> None:
    with served.client("agent") as agent:
        assert ADDRESS in agent.get("/customers/accounts/").text
        looked = look(agent, FILE.encode())
        assert "1 of 3 rows would be taken." in looked.text and "Nothing has entered yet." in looked.text
        assert "none of account, household, company" in looked.text and "number, 1 to 200" in looked.text
        assert "CO-77" not in agent.get("/customers/accounts/?kind=company").text
        held = re.search(r'<textarea name="text"[^>]*>\n(.*?)</textarea>', looked.text, re.S)
        assert held
        data = {"csrfmiddlewaretoken": csrf(looked.text), "what": "take", "kind": "", "blank": "keep"}
        data |= {"name": "companies.csv", "text": html.unescape(held[1])}
        done = agent.post(ADDRESS, data=data, follow_redirects=True)
        assert "1 of 3 rows are taken." in done.text and "Rows that were refused" in done.text
        found = agent.post(
            "/customers/accounts/",
            data={"csrfmiddlewaretoken": csrf(done.text), "number": "CO-77"},
            follow_redirects=True,
        )
        assert "Quay &amp; Sons" in found.text


def test_a_file_that_cannot_be_read_says_why(served: Served) -> None:
    with served.client("agent") as agent:
        assert "no column says which account" in look(agent, b"kind,name\ncompany,x\n").text
        assert "It is not utf-8" in look(agent, "key\nB\u00e4r".encode("latin-1"), kind="company").text
        assert (
            "Larger than 1 mb" in look(agent, b"k" * 1_000_001).text
            or "larger than 1 mb" in look(agent, b"k" * 1_000_001).text
        )
