"""Which addresses belong to the public internet, and which could be a machine of our own."""

import ipaddress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

_NOT_PUBLIC_4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
    )
)  # fmt: skip
"""IANA's special-purpose registry, multicast and reserved; written out, as Python's own list varies by version."""

_PUBLIC_6 = IPv6Network("2000::/3")
"""All that is handed out to the internet; so loopback, link-local, unique local, site-local and multicast are not."""
_NOT_PUBLIC_6 = tuple(
    IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)  # Teredo and protocols, documentation, 6to4 (which carries any IPv4 address), documentation
_CARRY_IPV4 = tuple(IPv6Network(block) for block in ("::ffff:0:0/96", "64:ff9b::/96"))  # mapped, NAT64


def is_public(address: str) -> bool:
    """Whether a connection there leaves our own networks. What cannot be read is not public.

    >>> is_public("93.184.216.34"), is_public("::ffff:127.0.0.1"), is_public("64:ff9b::a00:1")
    (True, False, False)
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if any(ip in block for block in _CARRY_IPV4):
            return _public_4(IPv4Address(ip.packed[-4:]))
        return not ip.scope_id and ip in _PUBLIC_6 and not any(ip in block for block in _NOT_PUBLIC_6)
    return _public_4(ip)


def _public_4(ip: IPv4Address) -> bool:
    return not any(ip in block for block in _NOT_PUBLIC_4)


def where(address: str) -> str:
    """In words, of one that is not public.

    >>> where("127.0.0.1"), where("10.0.0.1")
    ('on this machine', 'in a private network')
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "no address of the internet"
    if isinstance(ip, IPv6Address) and any(ip in block for block in _CARRY_IPV4):
        ip = IPv4Address(ip.packed[-4:])
    if ip.is_loopback or ip.is_unspecified:
        return "on this machine"
    return "in a private network" if ip.is_private or ip.is_link_local else "not of the public internet"
