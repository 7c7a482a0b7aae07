"""The card of a link that is given with a post, as lines for the screen."""

from textual.content import Content

from purdah_scheduler.domain.content import Card
from purdah_scheduler.tui.plain import says


def card_lines(card: Card | None) -> list[Content]:
    """What it says, where it leads and its picture; nothing where there is none."""
    if card is None:
        return []
    picture = f"  (picture: {card.picture.type}, {card.picture.size:,} bytes)" if card.picture is not None else ""
    lines = [says(("Card: ", "bold"), card.title or "no title", (f"  to {card.address}{picture}", "$quiet"))]
    return [*lines, says(card.description)] if card.description else lines
