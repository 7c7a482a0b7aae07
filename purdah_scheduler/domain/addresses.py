"""Addresses that the product uses: where tokens, posts and questions may go (https, and plain http to this machine alone)."""

import re
from enum import Enum

EVERY_ELECTION = "https://elections.democracyclub.org.uk"
"""Democracy Club's list of every election in the United Kingdom."""

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[(?P<literal>[0-9A-Fa-f:.]+)\])"
    r"(?::(?P<port>[0-9]{1,5}))?/?"
)


class AddressFault(Enum):
    """Why an address is refused.

    `NOT_PLAIN`: anything but a scheme, a host and perhaps a port, which two readers could take for two hosts.
    `UNENCRYPTED`: plain http to another machine.
    """

    NOT_PLAIN = "not plain"
    UNENCRYPTED = "unencrypted"


def checked_address(url: str) -> str | AddressFault:
    """`https://host[:port]`, or `http://` with a loopback host, without its last slash; or why it is refused.

    A name and password, a path, a query or odd characters are refused because two readers of such an address may see two hosts.
    """
    match = _ADDRESS.fullmatch(url)
    if not match or not 0 < int(match["port"] or "443") < 65536:
        return AddressFault.NOT_PLAIN
    if match["literal"] and not _is_ipv6(match["literal"]):
        return AddressFault.NOT_PLAIN
    if match["scheme"] == "http" and not _is_loopback(match["literal"] or match["host"]):
        return AddressFault.UNENCRYPTED
    return url.removesuffix("/")


def _is_loopback(host: str) -> bool:
    """Whether `host` is `localhost`, or an address of 127.0.0.0/8 or ::1 written in full.

    Short forms such as `127.1` do not count: resolvers disagree about them.
    """
    from ipaddress import ip_address  # only an unencrypted address asks

    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_ipv6(literal: str) -> bool:
    from ipaddress import IPv6Address  # only an address in brackets asks

    try:
        IPv6Address(literal)
    except ValueError:
        return False
    return True
