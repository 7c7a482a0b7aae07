"""The card of a link that is given with a post: what a network that shows it takes, and what is said where it is not shown."""

import re

from purdah_scheduler.channels.characters import count_seen
from purdah_scheduler.channels.links import links
from purdah_scheduler.channels.pictures import ALL_TYPES
from purdah_scheduler.domain.content import Card, Outgoing, Problem
from purdah_scheduler.lean import lean_dataclass

_ADDRESS = re.compile(r"https?://[A-Za-z0-9\[][!-~]*", re.IGNORECASE)
_ODD = re.compile(r"[^!-~]")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class CardLimits:
    """What fits on a card: characters as people see them, and the bytes of its picture."""

    max_address: int
    max_title: int
    max_description: int
    max_picture_bytes: int


def card_problems(outgoing: Outgoing, limits: CardLimits, *, platform: str) -> tuple[Problem, ...]:
    """Everything about the card that keeps it from being shown as it was given; all of it blocks."""
    card = outgoing.card
    if card is None:
        return ()
    found = [*_of_address(card.address, limits)]
    if not card.title:
        found.append(Problem(code="card-untitled", message="The card has no title."))
    for words, of, most in (
        (card.title, "title", limits.max_title),
        (card.description, "description", limits.max_description),
    ):
        used = count_seen(words)
        if used > most:
            message = f"The card's {of} has {used:,} characters; {most:,} fit."
            found.append(Problem(code=f"card-{of}-too-long", message=message))
    picture = card.picture
    if picture is not None and picture.type not in ALL_TYPES:
        found.append(Problem(code="card-picture-type", message=f"The card's picture is of the type {picture.type}."))
    if picture is not None and picture.size > limits.max_picture_bytes:
        message = f"The card's picture has {picture.size:,} bytes; {platform} takes {limits.max_picture_bytes:,}."
        found.append(Problem(code="card-picture-too-large", message=message))
    return tuple(found)


def unused_card(outgoing: Outgoing, *, platform: str) -> tuple[Problem, ...]:
    """Where a network does not show the card that is given: that its readers have no link at all, if the text has not got it.

    Such networks go by the link in the text, and most make a card of it by themselves.
    """
    card = outgoing.card
    if card is None or is_linked(card, outgoing.text):
        return ()
    message = f"The card is not shown on {platform}, and the text that it goes with has no link to its address."
    return (Problem(code="card-not-shown", message=message, blocking=False),)


def is_linked(card: Card, text: str) -> bool:
    """Whether the text has the card's address as a link."""
    return card.address.rstrip("/") in {link.address.rstrip("/") for link in links(text)}


def _of_address(address: str, limits: CardLimits) -> tuple[Problem, ...]:
    odd = _ODD.search(address)
    if odd is not None:
        message = (
            f"The card's address has {odd[0]!r} at position {odd.start() + 1}: copy it as a browser's address line gives it, "
            "with no spaces."
        )
    elif not _ADDRESS.fullmatch(address):
        message = "The card's address is not one of the web: it begins with https:// and a name."
    elif len(address) > limits.max_address:
        message = f"The card's address has {len(address):,} characters; {limits.max_address:,} fit."
    else:
        return ()
    return (Problem(code="card-address", message=message),)
