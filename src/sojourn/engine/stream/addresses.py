"""Page addresses and user agents, reduced to what says nothing about a person."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from sojourn.engine.stream.personal import is_suspicious, masked

ALLOWED_PREFIX: Final = "utm_"  # of query parameters that stay
_ID: Final = re.compile(
    r"\d+|[A-Za-z]{0,5}[-_.]?\d{4,}|[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{12,}"
    r"|(?=[^a-z]*[a-z]|[^A-Z]*[A-Z])(?=(?:\D*\d){2})(?!.*-)\w{10,}"
)
_BROWSERS: Final = (  # the first that matches: most browsers also claim to be another
    ("Edge", re.compile(r"Edg(?:e|A|iOS)?/(\d+)")),
    ("Opera", re.compile(r"(?:OPR|Opera)/(\d+)")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/(\d+)")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/(\d+)")),
    ("Chrome", re.compile(r"(?:Chrome|CriOS|Chromium)/(\d+)")),
    ("Safari", re.compile(r"Version/(\d+)[\d.]* (?:Mobile/\S+ )?Safari/")),
)


def clean_url(url: str) -> str:
    """Drop user, fragment and every query parameter but `utm_*`; path parts like mails, numbers or ids become `:id`.

    >>> clean_url("https://u:p@shop.example/orders/48213/ana%40example.com?utm_source=mail&mail=ana@example.com#top")
    'https://shop.example/orders/:id/:id?utm_source=mail'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ":url"
    if parts.scheme and parts.scheme not in ("http", "https"):
        return f"{parts.scheme}::id"
    host = parts.netloc.rpartition("@")[2]
    if "%" in host:  # no host of the web is written like this, but a mail address may be
        host = ":host"
    kept = [(masked(key), masked(value)) for key, value in parse_qsl(parts.query) if key.startswith(ALLOWED_PREFIX)]
    return urlunsplit((parts.scheme, host, clean_path(parts.path), urlencode(kept, safe=":"), ""))


def clean_path(path: str) -> str:
    """Put `:id` in the place of path parts that look like mails, numbers or ids.

    >>> clean_path("/kunden/4711/vertrag/iphone15-pro")
    '/kunden/:id/vertrag/iphone15-pro'
    """
    path = path.partition("?")[0].partition("#")[0]
    return "/".join(":id" if _is_id(part) else part for part in path.split("/"))


def browser(user_agent: str) -> tuple[str, str] | None:
    """Give family and major version of a browser; None for libraries and what is not known.

    >>> browser("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36")
    ('Chrome', '126')
    """
    if not user_agent.startswith("Mozilla/") and not user_agent.startswith("Opera/"):
        return None
    for family, pattern in _BROWSERS:
        found = pattern.search(user_agent)
        if found:
            return family, found[1]
    return None


def _is_id(part: str) -> bool:
    if not part:
        return False
    plain = unquote(part)
    return "@" in plain or _ID.fullmatch(plain) is not None or is_suspicious(plain)
