"""The base_url of an account as a channel may use it, and what the address of a post says."""

from urllib.parse import urlsplit

from purdah_scheduler.domain.addresses import AddressFault, checked_address
from purdah_scheduler.errors import BadSetup


def checked_base_url(url: str, *, account: str) -> str:
    """The address without its last slash, once it is safe to send tokens and unpublished text there.

    Raises BadSetup, which does not repeat the address, for anything but `https://host[:port]`, or `http://` on a loopback host.
    """
    match checked_address(url):
        case AddressFault.NOT_PLAIN:
            raise BadSetup(
                f"The base_url of account {account!r} is not a plain address, so nothing was sent.",
                next_step='Write it as base_url = "https://host" or "https://host:port", with nothing after it.',
            )
        case AddressFault.UNENCRYPTED:
            raise BadSetup(
                f"The base_url of account {account!r} must use https: anything else would send its posts unprotected. "
                "Nothing was sent.",
                next_step="Write it with https://; plain http:// is only for 127.0.0.1, [::1] and localhost.",
            )
        case str() as address:
            return address


def last_of_path(address: str) -> str:
    """The last piece of an address without what follows a question mark: most platforms end theirs with the id of the post."""
    return urlsplit(address).path.rstrip("/").rsplit("/", 1)[-1]
