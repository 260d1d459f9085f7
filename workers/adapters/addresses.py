"""Which network addresses the monitor never calls: its own machine, its own network, and what clouds keep for themselves.

Python's notion of "global" is not enough: addresses of IPv6 can carry one of IPv4 inside, and lead to it through a gateway.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_SITE_LOCAL = IPv6Network("fec0::/10")
_COMPATIBLE = IPv6Network("::/96")


def refusal(address: str) -> str | None:
    """Why the address must not be called, in a few words; None where it may, or is no address but a name."""
    try:
        ip = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return _refusal(ip)


def _refusal(ip: IPv4Address | IPv6Address) -> str | None:
    if ip.is_unspecified:
        return "the unspecified address"
    if ip.is_loopback:
        return "this machine itself (loopback)"
    if ip.is_link_local:
        return "link-local, where clouds keep their metadata"
    if ip.is_multicast:
        return "multicast"
    if isinstance(ip, IPv6Address):
        if ip in _SITE_LOCAL:
            return "a private network"
        if (inside := _embedded(ip)) is not None and (reason := _refusal(inside)):
            return reason
    return None if ip.is_global else "a private or reserved network"


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that the address leads to: mapped, compatible, 6to4, Teredo or NAT64."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    if ip in _COMPATIBLE or any(ip in network for network in _NAT64):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None
