"""Whether a post that X returns is the one that was sent: X rewrites links and escapes signs, so both are brought to one form."""

import html
import re
from collections.abc import Mapping
from typing import Any

from purdah_scheduler.channels.comparing import comparable

_OWN_MEDIA = re.compile(r"https?://(?:www\.)?(?:x|twitter)\.com/[^/]+/status/\d+/(?:photo|video)/\d+", re.IGNORECASE)


def answered_by(post: Mapping[str, Any]) -> str:
    """The id of the post that this one answers; empty where it answers none."""
    named = post.get("referenced_tweets")
    for each in named if isinstance(named, list) else ():
        if isinstance(each, dict) and each.get("type") == "replied_to":
            return str(each.get("id", ""))
    return ""


def comparable_remote(post: Mapping[str, Any]) -> str:
    """The words of a post as X returns it, in the form in which they are compared."""
    return comparable(words_of(post))


def words_of(post: Mapping[str, Any]) -> str:
    """What a reader sees of it: signs unescaped, t.co links expanded, the link of attached media dropped."""
    text = html.unescape(str(post.get("text", "")))
    entities = post.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    for url in urls if isinstance(urls, list) else ():
        if isinstance(url, dict) and isinstance(url.get("url"), str) and isinstance(url.get("expanded_url"), str):
            attached = "media_key" in url or _OWN_MEDIA.fullmatch(url["expanded_url"])
            text = text.replace(url["url"], "" if attached else url["expanded_url"], 1)
    return text
