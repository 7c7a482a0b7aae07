"""The record as lines of JSON: nothing is lost, and whoever has Python can verify the chain without this product."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime

from purdah_scheduler.application.commenting import Comment
from purdah_scheduler.application.exporting import REDACTED, Export, File
from purdah_scheduler.domain.audit import Entry, stamp
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.clearance import Decision
from purdah_scheduler.domain.content import canonical
from purdah_scheduler.domain.posts import Delivery, Exemption

FORM = "purdah-export-v1"

_VERIFY = (
    "The lines of the kinds entry and link are one chain. Each hash is SHA-256 over purdah-audit-v1, seq, at, action, post, "
    "delivery, public, commitment and prev, each as UTF-8 behind its length in four bytes; commitment is SHA-256 over the salt "
    "and private. The chain begins behind the hash “before” and ends with the checkpoint. verify_export.py in the "
    "product's documents does it."
)


def lines(export: Export) -> Iterator[str]:
    """A header, the chain, and a line for each post; ASCII alone."""
    yield _line(_header(export))
    for entry in export.chain:
        yield _line(_entry(entry, whole=entry.seq in export.chosen, redacted=export.redacted))
    for file in export.files:
        yield _line(_post(file, redacted=export.redacted))


def _header(export: Export) -> Mapping[str, object]:
    wanted = export.wanted
    return {
        "kind": "header",
        "form": FORM,
        "department": export.department,
        "made_at": stamp(export.made_at),
        "post": wanted.post,
        "from": _instant(wanted.since),
        "to": _instant(wanted.until),
        "entries": len(export.chosen),
        "posts": len(export.files),
        "redacted": REDACTED if export.redacted else None,
        "before": export.before,
        "checkpoint": asdict(export.end) | {"line": export.end.line},
        "how_to_verify": _VERIFY,
    }


def _entry(entry: Entry, *, whole: bool, redacted: bool) -> Mapping[str, object]:
    linked = {
        "kind": "entry" if whole else "link",
        "seq": entry.seq,
        "at": stamp(entry.at),
        "action": entry.action,
        "post": entry.post,
        "delivery": entry.delivery,
        "public": entry.public,
        "commitment": entry.commitment,
        "prev": entry.prev,
        "hash": entry.hash,
    }
    if not whole:
        return linked
    if redacted and entry.private is not None:
        return {**linked, "private": REDACTED, "salt": None}
    return {**linked, "private": entry.private, "salt": entry.salt}


def _post(file: File, *, redacted: bool) -> Mapping[str, object]:
    def hidden(words: str) -> str:
        return REDACTED if redacted and words else words

    dossier = file.dossier
    post = dossier.post
    return {
        "kind": "post",
        "post": post.id,
        "title": post.title,
        "state": str(post.state),
        "created_by": hidden(post.created_by),
        "created_at": stamp(post.created_at),
        "notes": hidden(post.notes),
        "revisions": [
            {
                "number": revision.number,
                "author": hidden(revision.author),
                "at": stamp(revision.at),
                "digest": revision.digest,
                "content": canonical(revision.content).decode("ascii"),
            }
            for revision in dossier.revisions
        ],
        "decisions": [_decision(decision, redacted=redacted) for decision in dossier.decisions],
        "exemptions": [_exemption(exemption, redacted=redacted) for exemption in dossier.exemptions],
        "break_glasses": [_break_glass(glass, redacted=redacted) for glass in dossier.break_glasses],
        "comments": [_comment(comment, redacted=redacted) for comment in file.comments],
        "deliveries": [_delivery(entry, file, redacted=redacted) for entry in dossier.deliveries],
    }


def _decision(decision: Decision, *, redacted: bool) -> Mapping[str, object]:
    return {
        "stage": decision.stage,
        "choice": str(decision.choice),
        "person": REDACTED if redacted else decision.person,
        "at": stamp(decision.at),
        "revision": decision.revision,
        "digest": decision.digest,
        "assurance": str(decision.assurance),
        "reason": REDACTED if redacted and decision.reason else decision.reason,
        "answers": list(decision.answers),
        # A signature is over the name and the reason too: with it a guess at them could be tried.
        "proof": REDACTED if redacted and decision.proof else decision.proof,
    }


def _exemption(exemption: Exemption, *, redacted: bool) -> Mapping[str, object]:
    return {
        "person": REDACTED if redacted else exemption.person,
        "reason": REDACTED if redacted and exemption.reason else exemption.reason,
        "at": stamp(exemption.at),
        "expires_at": stamp(exemption.expires_at),
        "revoked_at": _instant(exemption.revoked_at),
        "digest": exemption.digest,
        "answers": list(exemption.answers),
    }


def _break_glass(glass: BreakGlass, *, redacted: bool) -> Mapping[str, object]:
    """Words that were erased are empty: none was broken, or reviewed, without any."""
    return {
        "break_glass": glass.id,
        "person": REDACTED if redacted else glass.person,
        "at": stamp(glass.at),
        "revision": glass.revision,
        "digest": glass.digest,
        "stages": list(glass.stages),
        "incident": glass.incident,
        "reason": REDACTED if redacted and glass.reason else glass.reason,
        "told_at": _instant(glass.told_at),
        "reviewed_by": REDACTED if redacted and glass.reviewed_by else glass.reviewed_by,
        "reviewed_at": _instant(glass.reviewed_at),
        "review": REDACTED if redacted and glass.review else glass.review,
    }


def _comment(comment: Comment, *, redacted: bool) -> Mapping[str, object]:
    return {
        "comment": comment.number,
        "person": REDACTED if redacted and comment.person else comment.person,
        "at": stamp(comment.at),
        "revision": comment.revision,
        "to": [REDACTED for _ in comment.to] if redacted else list(comment.to),
        "text": REDACTED if redacted and comment.words else comment.words,
        "erased": comment.is_erased,
    }


def _delivery(entry: Delivery, file: File, *, redacted: bool) -> Mapping[str, object]:
    return {
        "delivery": entry.id,
        "account": entry.account,
        "state": str(entry.state),
        "due_at": stamp(entry.due_at),
        "revision": entry.revision,
        "digest": entry.digest,
        "reason_code": entry.reason_code,
        "reason": REDACTED if redacted and entry.reason else entry.reason,  # it may say who stopped or rejected it
        "published_at": _instant(entry.published_at),
        "remote_id": entry.remote_id,
        "remote_url": entry.remote_url,
        "attempts": [
            {
                "number": attempt.number,
                "intent_at": stamp(attempt.intent_at),
                "outcome": attempt.outcome,
                "detail": attempt.detail,
                "ended_at": _instant(attempt.ended_at),
            }
            for attempt in file.attempts.get(entry.id, ())
        ],
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)


def _line(facts: Mapping[str, object]) -> str:
    return json.dumps(facts, ensure_ascii=True, allow_nan=False)
