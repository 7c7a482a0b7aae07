"""A post as a record of Bluesky, and the key that makes it the only one."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from purdah_scheduler.channels.bluesky_text import CARD_LIMITS, facets, problems
from purdah_scheduler.channels.cards import card_problems
from purdah_scheduler.channels.unsupported import malformed_language, unsupported
from purdah_scheduler.domain.content import Card, Outgoing, Problem
from purdah_scheduler.domain.picture_size import extent_of

COLLECTION = "app.bsky.feed.post"

_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_URI = re.compile(r"at://(?P<repo>[A-Za-z0-9._:%-]{3,253})/app\.bsky\.feed\.post/(?P<key>[A-Za-z0-9._:~-]{1,512})")
_PAGE = re.compile(r"https://bsky\.app/profile/(?P<repo>[A-Za-z0-9._:-]{3,253})/post/(?P<key>[A-Za-z0-9._:~-]{1,512})")
_CID = re.compile(r"[a-z0-9]{32,128}")


def record_key(due_at: datetime, key: str) -> str:
    """A TID (13 signs of base32) in the second of `due_at`, told apart by the SHA-256 of `key`.

    The key is ours and not the server's: a second request under it cannot make a second post, whenever it comes.
    """
    fingerprint = int.from_bytes(hashlib.sha256(key.encode("utf-8")).digest(), "big")
    microseconds = int(due_at.timestamp()) * 1_000_000 + fingerprint % 1_000_000
    number = (microseconds << 10) | (fingerprint // 1_000_000) % 1_024
    return "".join(_SORTABLE[(number >> shift) & 31] for shift in range(60, -1, -5))


def is_record_key(text: str) -> bool:
    """Whether `text` has the form of a TID."""
    return len(text) == 13 and all(sign in _SORTABLE for sign in text)


def written_at(moment: datetime) -> str:
    """An instant as records hold it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reply_target(text: str) -> tuple[str, str] | None:
    """The repository and key of the post that is replied to, from its at:// address or its page on bsky.app; else None."""
    found = _URI.fullmatch(text) or _PAGE.fullmatch(text)
    return (found["repo"], found["key"]) if found else None


def remote_id_at(address: str) -> str:
    """The at:// address of the post at an address; empty where it names none."""
    found = reply_target(address)
    return f"at://{found[0]}/{COLLECTION}/{found[1]}" if found else ""


def problems_of(outgoing: Outgoing) -> tuple[Problem, ...]:
    """Every problem of a post on Bluesky: of its text, pictures and card, and of settings that Bluesky does not have."""
    found = [
        *problems(outgoing.text, outgoing.media),
        *card_problems(outgoing, CARD_LIMITS, platform="Bluesky"),
        *unsupported(outgoing, platform="Bluesky"),
        *malformed_language(outgoing),
    ]
    if outgoing.card is not None and outgoing.media:
        message = "Bluesky shows either pictures or a card under a post, never both: take the card off, or the pictures."
        found.append(Problem(code="card-with-pictures", message=message))
    if outgoing.reply_to and reply_target(outgoing.reply_to) is None:
        message = "The post that this replies to is not named as Bluesky does: at://… or https://bsky.app/profile/…/post/…"
        found.append(Problem(code="reply-target", message=message))
    return tuple(found)


def shape_of(data: bytes) -> dict[str, int] | None:
    """The aspect ratio of a picture as records hold it; without it readers' programs guess."""
    extent = extent_of(data)
    return None if extent is None else {"width": extent.width, "height": extent.height}


def strong_reference(value: object) -> dict[str, str] | None:
    """`uri` and `cid` of a record, where both have their form."""
    if not isinstance(value, dict):
        return None
    uri, cid = value.get("uri"), value.get("cid")
    if isinstance(uri, str) and isinstance(cid, str) and _URI.fullmatch(uri) and _CID.fullmatch(cid):
        return {"uri": uri, "cid": cid}
    return None


def record_of(
    outgoing: Outgoing,
    *,
    created_at: str,
    pictures: Sequence[Mapping[str, Any]],
    shapes: Sequence[Mapping[str, int] | None],
    reply: Mapping[str, Any] | None,
    dids: Mapping[str, str],
) -> dict[str, Any]:
    """The record: the same for the same arguments, so that a repeated request changes nothing.

    `pictures` are the references of the uploads, in the order of `outgoing.files`, and `shapes` what `shape_of` says of them.
    """
    record: dict[str, Any] = {"$type": COLLECTION, "text": outgoing.text, "createdAt": created_at}
    if outgoing.lang:
        record["langs"] = [outgoing.lang]
    found = facets(outgoing.text, dids)
    if found:
        record["facets"] = found
    if outgoing.card is not None:
        record["embed"] = {"$type": "app.bsky.embed.external", "external": _external(outgoing.card, pictures)}
    elif pictures:
        images = [{"alt": medium.alt, "image": dict(blob)} for medium, blob in zip(outgoing.media, pictures, strict=True)]
        for image, shape in zip(images, shapes, strict=False):
            if shape is not None:
                image["aspectRatio"] = dict(shape)
        record["embed"] = {"$type": "app.bsky.embed.images", "images": images}
    if reply is not None:
        record["reply"] = dict(reply)
    return record


def _external(card: Card, pictures: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The card as a record holds it; its picture is the only upload, because a post has either pictures or a card."""
    external: dict[str, Any] = {"uri": card.address, "title": card.title, "description": card.description}
    if card.picture is not None:
        [thumb] = pictures
        external["thumb"] = dict(thumb)
    return external
