"""Posts as a file: JSON lines that lose nothing of what a post says, or a table for a spreadsheet; an import reads both back."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.application.drafting import Draft, draft_again
from purdah_scheduler.application.lists import Dossier
from purdah_scheduler.domain.civiltime import rfc3339
from purdah_scheduler.domain.content import Media
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.exports.post_fields import ESCAPED, FLAGS, TABLE_TOLD, TEXT_FOR, WORDS, numbered, stored_name
from purdah_scheduler.exports.table import harmless


def lines(dossiers: Iterable[Dossier], zone: ZoneInfo) -> Iterator[str]:
    """A line of JSON for each post, in ASCII alone; instants have the offset of `zone`."""
    for dossier in dossiers:
        yield json.dumps({**_taken(_draft(dossier), zone), **_told(dossier, zone)}, ensure_ascii=True, allow_nan=False) + "\n"


def table(dossiers: Iterable[Dossier], zone: ZoneInfo) -> str:
    """CSV with a line for each post, in which no cell is a formula.

    `escaped` names the columns in which an apostrophe was put before what would be one: an import takes it away there alone.
    """
    rows = [_row(dossier, zone) for dossier in dossiers]
    given = dict.fromkeys(name for row in rows for name in row)
    columns = [*WORDS, *FLAGS, *(name for name in given if name not in (*WORDS, *FLAGS, *TABLE_TOLD)), *TABLE_TOLD, ESCAPED]
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        safe = {name: harmless(row.get(name, "")) for name in columns}
        safe[ESCAPED] = " ".join(name for name in columns if safe[name] != row.get(name, ""))
        writer.writerow(safe.values())
    return out.getvalue()


def _draft(dossier: Dossier) -> Draft:
    return draft_again(dossier.post, dossier.current.content)


def _taken(draft: Draft, zone: ZoneInfo) -> dict[str, object]:
    """What an import takes."""
    card = draft.card
    return {
        "accounts": list(draft.accounts),
        "text": draft.text,
        "texts": dict(draft.texts),
        "category": draft.category,
        "nation": str(draft.nation),
        "area": draft.area,
        **{name: getattr(draft.marks, name) for name in FLAGS},
        "campaign": draft.marks.campaign,
        "title": draft.title,
        "notes": draft.notes,
        "at": _instant(draft.planned_at, zone),
        "not_before": _instant(draft.not_before, zone),
        "not_after": _instant(draft.not_after, zone),
        "lang": draft.lang,
        "visibility": draft.visibility,
        "content_warning": draft.content_warning,
        "reply_to": draft.reply_to,
        "media": [{"file": stored_name(one.sha256), "alt": one.alt, "focus": _focus(one) or None} for one in draft.keep_media],
        "card": None
        if card is None
        else {
            "address": card.address,
            "title": card.title,
            "description": card.description,
            "picture": None if card.picture is None else stored_name(card.picture.sha256),
        },
    }


def _told(dossier: Dossier, zone: ZoneInfo) -> Mapping[str, object]:
    """What became of the post here: told, and taken by no import."""
    post = dossier.post
    return {
        "post": post.id,
        "state": str(post.state),
        "revision": post.revision,
        "digest": dossier.current.digest,
        "created_by": post.created_by,
        "created_at": rfc3339(post.created_at, zone),
        "deliveries": [
            {
                "account": entry.account,
                "state": str(entry.state),
                "due_at": rfc3339(entry.due_at, zone),
                "reason": entry.reason,
                "published_at": _instant(entry.published_at, zone),
                "remote_url": entry.remote_url,
            }
            for entry in dossier.deliveries
        ],
    }


def _row(dossier: Dossier, zone: ZoneInfo) -> dict[str, str]:
    """The same as cells, by column."""
    draft, post = _draft(dossier), dossier.post
    taken = _taken(draft, zone)
    row = {name: str(taken[name] or "") for name in WORDS if name in taken}
    row["accounts"] = " ".join(draft.accounts)
    row |= {name: "yes" if taken[name] else "no" for name in FLAGS}
    row |= {f"{TEXT_FOR}{account}": text for account, text in draft.texts.items()}
    for number, medium in enumerate(draft.keep_media, start=1):
        file, alt, focus = numbered(number)
        row |= {file: stored_name(medium.sha256), alt: medium.alt, focus: _focus(medium)}
    if draft.card is not None:
        row |= {"card": draft.card.address, "card_title": draft.card.title, "card_description": draft.card.description}
        row["card_picture"] = "" if draft.card.picture is None else stored_name(draft.card.picture.sha256)
    open_ones = [entry for entry in dossier.deliveries if entry.state is not DeliveryState.CANCELLED]
    published = [entry.published_at for entry in open_ones if entry.published_at is not None]
    return row | {
        "post": str(post.id),
        "state": str(post.state),
        "revision": str(post.revision),
        "digest": dossier.current.digest,
        "created_by": post.created_by,
        "created_at": rfc3339(post.created_at, zone),
        "deliveries": " ".join(f"{entry.account}:{entry.state}" for entry in open_ones),
        "published_at": _instant(min(published, default=None), zone) or "",
        "remote_urls": " ".join(entry.remote_url for entry in open_ones if entry.remote_url),
    }


def _focus(medium: Media) -> str:
    return "" if medium.focus is None else str(medium.focus)


def _instant(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else rfc3339(at, zone)
