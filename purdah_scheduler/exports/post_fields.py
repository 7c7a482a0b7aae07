"""The fields of a post in a file: what they are called in lines of JSON and in the columns of a table."""

import re

FLAGS = ("names_politician", "partisan", "joint_uk", "touches_referendum")
"""True or false; yes or no in a table."""

TIMES = ("at", "not_before", "not_after")
"""Instants with an offset, or local times as people type them."""

CARD = ("card", "card_title", "card_description", "card_picture")
"""The columns of the card of a link; in lines an object with the fields of `CARD_PARTS`."""

CARD_PARTS = ("address", "title", "description", "picture")

_SHORT = ("category", "nation", "area", "campaign", "title", "notes", "lang", "visibility", "content_warning", "reply_to")

WORDS = ("accounts", "text", *_SHORT, *TIMES, *CARD)
"""The columns that every table has."""

LINE_FIELDS = frozenset({"accounts", "text", "texts", "media", "card", *_SHORT, *TIMES, *FLAGS})
"""What an import takes of a line of JSON."""

TOLD = ("post", "state", "revision", "digest", "created_by", "created_at", "deliveries")
TABLE_TOLD = (*TOLD, "published_at", "remote_urls")
"""What became of a post where it was: an export tells it, an import leaves it out."""

ESCAPED = "escaped"
TEXT_FOR = "text_for:"
"""Begins the column of the words of one account, where they are its own."""

MOST_MEDIA = 20
"""Pictures of one post in a table."""

_MEDIA_COLUMN = re.compile(r"(media|alt|focus)(?:_([2-9]|1[0-9]|20))?")


def stored_name(sha256: str) -> str:
    """A picture that is kept here, by its hash."""
    return f"sha256:{sha256}"


def numbered(number: int) -> tuple[str, str, str]:
    """The columns of the picture of that number (from 1): its file, what it shows, and its focus."""
    behind = "" if number == 1 else f"_{number}"
    return f"media{behind}", f"alt{behind}", f"focus{behind}"


def is_media_column(name: str) -> bool:
    """Whether a column is one of those of a picture."""
    return _MEDIA_COLUMN.fullmatch(name) is not None
