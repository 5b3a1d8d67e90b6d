"""Whose address a request comes from, also behind a proxy."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.requests import Request

from service.settings import Network

FORWARDED = "x-forwarded-for"
UNKNOWN = "unknown"


def address_of(request: Request) -> str:
    peer = request.client.host if request.client else UNKNOWN
    named = ",".join(request.headers.getlist(FORWARDED)).split(",")
    return caller(peer, named, request.app.state.runtime.settings.proxies)


def caller(peer: str, named: Sequence[str], trusted: Sequence[Network]) -> str:
    """The nearest address that is no trusted proxy.

    `named` is what X-Forwarded-For says, left to right. Every proxy adds at the right whom it saw, so only what stands right
    of an untrusted address was written by one of ours; further left anybody may have written anything.
    """
    address = peer
    for text in reversed(named):
        known = _address(address)
        if known is None or not any(known in network for network in trusted):
            break
        before = _address(text)
        if before is None:
            break
        address = str(before)
    return address


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """`192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`; IPv4 written as IPv6 is IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        known = ip_address(text)
    except ValueError:
        return None
    mapped = known.ipv4_mapped if isinstance(known, IPv6Address) else None
    return mapped or known
