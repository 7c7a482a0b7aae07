"""Whether a post that X returns is the one that was sent: X rewrites links and escapes signs, so both are brought to one form."""

import html
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_LAST_SLASH = re.compile(r"/(?=\s|$)")
_OWN_MEDIA = re.compile(r"https?://(?:www\.)?(?:x|twitter)\.com/[^/]+/status/\d+/(?:photo|video)/\d+", re.IGNORECASE)


def comparable(text: str) -> str:
    """The form in which a text that was sent and one that was read back are the same.

    X adds a scheme to a bare domain such as `gov.uk`, so schemes and a link's last slash do not count.
    """
    text = unicodedata.normalize("NFC", text)
    return " ".join(_LAST_SLASH.sub("", _SCHEME.sub("", text)).split())


def comparable_remote(post: Mapping[str, Any]) -> str:
    """The same form of a post as X returns it: signs unescaped, t.co links expanded, the link of attached media dropped."""
    text = html.unescape(str(post.get("text", "")))
    entities = post.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    for url in urls if isinstance(urls, list) else ():
        if isinstance(url, dict) and isinstance(url.get("url"), str) and isinstance(url.get("expanded_url"), str):
            attached = "media_key" in url or _OWN_MEDIA.fullmatch(url["expanded_url"])
            text = text.replace(url["url"], "" if attached else url["expanded_url"], 1)
    return comparable(text)


def created_at(post: Mapping[str, Any]) -> datetime | None:
    """When X says that the post was made; None where it does not say."""
    try:
        moment = datetime.fromisoformat(str(post.get("created_at", "")))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
