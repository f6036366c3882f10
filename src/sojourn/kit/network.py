"""Numbers of network addresses, as they are meant."""

from __future__ import annotations

import ipaddress
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


def inner(number: Address) -> Address:
    """Give the IPv4 address that an IPv6 one stands for, if it does.

    >>> inner(ipaddress.ip_address("::ffff:169.254.169.254"))
    IPv4Address('169.254.169.254')
    """
    if isinstance(number, ipaddress.IPv4Address):
        return number
    if number.ipv4_mapped is not None:
        return number.ipv4_mapped
    if number in NAT64:
        return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    if number.sixtofour is not None:
        return number.sixtofour
    return number.teredo[1] if number.teredo is not None else number
