"""Where files may be fetched from: any machine of the company or beyond, but not the services of the machine's host.

A company's own servers have private addresses, so those are open. What a cloud tells its machines (keys among it) is
found under a few addresses that no file server has; a name is looked up once and connected to by number.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Final

from sojourn.engine.stream.places.words import PlaceError
from sojourn.kit.network import inner

TOLD_BY_CLOUDS: Final = frozenset(
    map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"))
)  # Amazon over IPv6, Alibaba, Azure, Oracle; the others stand among link-local addresses


def looked_up(host: str, port: int) -> list[str]:
    """Look a host up and give its numbers, every one of which must be open; raise PlaceError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise PlaceError(f"{host} cannot be reached (its name leads nowhere).") from None
    numbers = list(dict.fromkeys(str(each[4][0]) for each in found))
    for each in numbers:
        if is_closed(each):
            raise PlaceError(f"{host} leads to services of this machine's host, from which nothing is fetched.")
    return numbers


def is_closed(host: str) -> bool:
    """Say whether a host is given by the number of one from which nothing is fetched."""
    try:
        number = inner(ipaddress.ip_address(host.strip("[]").partition("%")[0]))
    except ValueError:
        return False
    return number.is_link_local or number.is_multicast or number.is_unspecified or number in TOLD_BY_CLOUDS
