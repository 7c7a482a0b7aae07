"""The links in a text: web addresses, and bare domains such as `gov.uk`."""

import re

from purdah_scheduler.lean import lean_dataclass

_LINK = re.compile(
    r"(?<![\w@./:#-])"
    r"(?:(?P<scheme>https?://)|(?=[a-z0-9]))"
    r"(?P<host>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?P<top>[a-z]{2,24}))"
    r"(?P<port>:\d{1,5})?(?P<rest>[/?#][^\s<>\"\u201c\u201d]*)?"
    r"(?![\w@-])",
    re.IGNORECASE,
)
_BARE_TOPS = frozenset({"uk", "scot", "wales", "cymru", "london", "com", "org", "net", "info", "eu", "int", "gov", "edu"})
"""Without a scheme only what ends so is a link: `Mr.Smith` and `file.txt` are none."""
_CLOSING = {")": "(", "]": "[", "}": "{"}
_AFTER = ".,;:!?'\"\u2019\u201d*_~"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link from character `start` up to `end`, and the whole address that it leads to."""

    start: int
    end: int
    address: str


def links(text: str) -> tuple[Link, ...]:
    """Every link in its order.

    A closing bracket belongs to the address only where its opening one does: `(https://www.gov.uk/a_(b))` ends after `(b)`.
    """
    found: list[Link] = []
    for match in _LINK.finditer(text):
        if not match["scheme"] and match["top"].lower() not in _BARE_TOPS:
            continue
        written = _trimmed(match[0])
        found.append(
            Link(
                start=match.start(),
                end=match.start() + len(written),
                address=written if match["scheme"] else f"https://{written}",
            )
        )
    return tuple(found)


def _trimmed(written: str) -> str:
    """The address without the signs of the sentence around it."""
    while written:
        last = written[-1]
        opening = _CLOSING.get(last)
        if last not in _AFTER and (opening is None or written.count(opening) >= written.count(last)):
            break
        written = written[:-1]
    return written
