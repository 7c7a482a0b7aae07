"""Which addresses a channel may be pointed at: https, and http for this machine alone."""

import ipaddress
import re
from urllib.parse import urlsplit

from purdah_scheduler.errors import BadSetup

_PLAIN_NETLOC = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


def is_loopback(host: str) -> bool:
    """Whether `host` is `localhost` or an address of 127.0.0.0/8 or ::1, written in full.

    Short forms such as `127.1` do not count: resolvers disagree about them.
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_base_url(url: str, *, account: str) -> str:
    """The address without its last slash, once it is safe to send tokens and unpublished text there.

    Raises BadSetup for anything but `https://host[:port]`, or `http://` on a loopback host; a name and password, a path, a query
    or odd characters in the address are refused because two readers of such an address may see two hosts.
    """
    parts = urlsplit(url)
    plain = url.isascii() and url.isprintable() and _PLAIN_NETLOC.fullmatch(parts.netloc) is not None
    if not plain or parts.path not in ("", "/") or "?" in url or "#" in url or not _port_is_usable(url):
        raise BadSetup(
            f"The base_url of account {account!r} is not a plain address, so nothing was sent.",
            next_step='Write it as base_url = "https://host" or "https://host:port", with nothing after it.',
        )
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return f"{parts.scheme}://{parts.netloc}"
    raise BadSetup(
        f"The base_url of account {account!r} must use https: anything else would send its posts unprotected. Nothing was sent.",
        next_step="Write it with https://; plain http:// is only for 127.0.0.1, [::1] and localhost.",
    )


def _port_is_usable(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False
