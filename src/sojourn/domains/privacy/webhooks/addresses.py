"""Where a webhook may lead: public addresses over HTTPS, so that nobody reaches the inside of a network through it."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from sojourn.kit.errors import InvalidError
from sojourn.kit.network import Address, inner

URL_MAX: Final = 500


class ClosedAddressError(InvalidError):
    """A webhook's address leads to a place that is not public, or nowhere."""

    code = "closed_address"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """An address that was looked up and checked: what is connected to is `url`, which names it by number."""

    url: str
    host: str  # what certificate and Host header are about
    header: str


def check_url(url: str, *, private: bool) -> SplitResult:
    """Read a webhook's address and refuse one that cannot be, as far as can be said without looking its name up.

    Raise InvalidError, and ClosedAddressError for an address of a place that is not public.
    """
    try:
        read = urlsplit(url)
        host, _ = read.hostname or "", read.port
        host.encode("idna")
    except (ValueError, UnicodeError):
        raise InvalidError("url: is no address; https://example.com/hooks is one.") from None
    if len(url) > URL_MAX or not url.isascii() or any(each <= " " for each in url):
        raise InvalidError(f"url: at most {URL_MAX} characters without spaces and accents.")
    if read.scheme not in ("https", "http") or not host:
        raise InvalidError("url: must begin with https:// and name a host.")
    if read.username is not None or read.password is not None:
        raise InvalidError("url: leave name and password out; the signature says who sends.")
    if read.scheme == "http" and not private:
        raise InvalidError("url: must begin with https://.")
    literal = _literal(host)
    if literal is not None:
        _require_open(literal, read.scheme, private=private)
    elif not private and (host == "localhost" or host.endswith(".localhost")):
        raise ClosedAddressError("url: leads to this machine. SOJOURN_WEBHOOKS_PRIVATE=1 allows that.")
    return read


def target(url: str, *, private: bool) -> Target:
    """Look an address up, check each of its numbers, and say to which one to connect.

    Every number must be open: a name that has a public and a private one is refused. Raise InvalidError and
    ClosedAddressError.
    """
    read = check_url(url, private=private)
    host = read.hostname or ""
    port = read.port or (443 if read.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ClosedAddressError("url: its name leads nowhere.") from None
    numbers = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    for number in numbers:
        _require_open(number, read.scheme, private=private)
    chosen = numbers[0]
    place = f"[{chosen}]" if chosen.version == 6 else str(chosen)
    pinned = read._replace(netloc=f"{place}:{port}", fragment="")
    return Target(url=pinned.geturl(), host=host, header=read.netloc)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _require_open(number: Address, scheme: str, *, private: bool) -> None:
    meant = inner(number)
    if scheme == "http" and not meant.is_loopback:
        raise ClosedAddressError("url: must begin with https://; http is for this machine only.")
    if private:
        return
    if not meant.is_global or meant.is_multicast or meant.is_reserved or meant.is_unspecified:
        raise ClosedAddressError("url: leads to a private address. SOJOURN_WEBHOOKS_PRIVATE=1 allows that.")
