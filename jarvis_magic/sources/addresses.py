"""Which addresses of the network may be read from."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from ..errors import SourceError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
"""Asks the name server: takes a host and a port, and returns addresses as they are written."""


def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system's name server says."""
    return [str(sockaddr[0]) for *_, sockaddr in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def allowed_addresses(host: str, port: int, *, typed: bool, resolve: Resolve = addresses_of) -> list[Address]:
    """Resolve a host once and return its addresses, if it may be read from.

    Raises
    ------
    SourceError
        If it is not known, or is an address of this machine or of its network that the user did not type.
    """
    try:
        addresses = list(dict.fromkeys(_address(written) for written in resolve(host, port)))
    except (OSError, ValueError) as error:
        msg = f"There is no host {host!r}, or no network to ask ({error})."
        raise SourceError(msg) from error
    for address in addresses:
        if not _is_public(address) and not (typed and _means_private(host, address)):
            raise SourceError(_refusal(host, address, typed))
    return addresses


def _address(written: str) -> Address:
    return ipaddress.ip_address(written.split("%")[0])


_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _is_public(address: Address) -> bool:
    """Whether an address is one of the internet's, and leads to none of another kind.

    Of IPv6 only what is given out is: all else is this machine, its links, or a way to write an IPv4 address.
    """
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_IPV6 and address not in _NAT64:
        return False
    return all(a.is_global and not a.is_multicast for a in (address, *_within(address)))


def _within(address: Address) -> Iterator[Address]:
    """The IPv4 addresses that an IPv6 address leads to."""
    if isinstance(address, ipaddress.IPv6Address):
        yield from (a for a in (address.sixtofour, *(address.teredo or ())) if a is not None)
        if address in _NAT64:
            yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


_LOCAL_NAME = re.compile(
    r"[^.]+|.+\.(?:local|localhost|lan|home|home\.arpa|internal|intranet|corp|test)", re.IGNORECASE
)


def _means_private(host: str, address: Address) -> bool:
    """Whether who types a host means a private address: its digits, or a name that only a local network has."""
    try:
        return _address(host) == address
    except ValueError:
        return bool(_LOCAL_NAME.fullmatch(host)) and not address.is_link_local


def _refusal(host: str, address: Address, typed: bool) -> str:
    place = f"{host!r}" if host == str(address) else f"{host!r} ({address})"
    if typed:
        return f"{place} is an address of this machine or its network, which its name does not show; download the file and give its path."
    return f"{place} is an address of this machine or its network, which is read only where you type it in the cell yourself, as '@http://{host}/…'."
