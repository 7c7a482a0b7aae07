"""Records to rows and back; content is kept as the very text that is digested."""

import json
from dataclasses import fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.checklist import Day, Mark
from purdah_scheduler.domain.content import AccountContent, Card, Content, Marks, Media, canonical
from purdah_scheduler.domain.focus import Focus
from purdah_scheduler.domain.holds import Hold
from purdah_scheduler.domain.period_changes import Action, Answer, PeriodChange, Proposal
from purdah_scheduler.domain.periods import Basis, Body, EndMode, Kind, Nation, Period, PeriodStatus, StartsPrecision
from purdah_scheduler.domain.posts import (
    Attempt,
    Delivery,
    DeliveryState,
    Exemption,
    Heartbeat,
    LookUp,
    Pause,
    Post,
    PostState,
    RateLimit,
    Revision,
    Seen,
)
from purdah_scheduler.store.decision_rows import ASSURANCES, answers_of, answers_text
from purdah_scheduler.store.found import Found
from purdah_scheduler.store.instants import NEVER, kept

Values = dict[str, Any]
"""Column names to the values of one row."""


def content_text(content: Content) -> str:
    """The canonical JSON that the digest is taken of; accounts come back from it in order of their ids."""
    return canonical(content).decode("ascii")


def content_of(text: str) -> Content:
    """The content that `content_text` wrote. Raises ValueError, KeyError or TypeError for a text that it did not write."""
    document = json.loads(text)
    return Content(
        accounts=tuple(
            AccountContent(
                account=entry["account"],
                channel=entry["channel"],
                parts=tuple(entry["parts"]),
                reply_to=entry["reply_to"],
                visibility=entry["visibility"],
                content_warning=entry["content_warning"],
                lang=entry["lang"],
            )
            for entry in document["accounts"]
        ),
        category=document["category"],
        nation=document["nation"],
        area=document["area"],
        marks=Marks(**document["marks"]),
        media=tuple(_medium(entry, alt=entry["alt"], focus=_focus(entry)) for entry in document["media"]),
        card=_card(document["card"]) if "card" in document else None,
        not_before=_instant(document["not_before"]),
        not_after=_instant(document["not_after"]),
    )


def _medium(entry: Values, *, alt: str = "", focus: Focus | None = None) -> Media:
    return Media(sha256=entry["sha256"], size=entry["bytes"], type=entry["type"], alt=alt, focus=focus)


def _focus(entry: Values) -> Focus | None:
    if "focus" not in entry:
        return None
    x, y = entry["focus"]
    return Focus(x=x, y=y)


def _card(entry: Values) -> Card:
    picture = None if entry["picture"] is None else _medium(entry["picture"])
    return Card(address=entry["address"], title=entry["title"], description=entry["description"], picture=picture)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def post_of(row: Found) -> Post:
    return Post(
        id=row.id,
        title=row.title,
        state=PostState(row.state),
        revision=row.revision,
        created_by=row.created_by,
        created_at=row.created_at,
        planned_at=row.planned_at,
        notes=row.notes,
        row_version=row.row_version,
    )


def revision_of(row: Found) -> Revision:
    """Raises what `content_of` raises."""
    return Revision(
        post=row.post, number=row.number, content=content_of(row.content), digest=row.digest, author=row.author, at=row.at
    )


def revision_values(revision: Revision) -> Values:
    return {
        "post": revision.post,
        "number": revision.number,
        "content": content_text(revision.content),
        "digest": revision.digest,
        "author": revision.author,
        "at": revision.at,
    }


def delivery_of(row: Found) -> Delivery:
    return Delivery(
        id=row.id,
        post=row.post,
        account=row.account,
        state=DeliveryState(row.state),
        due_at=row.due_at,
        revision=row.revision,
        digest=row.digest,
        reason_code=row.reason_code,
        reason=row.reason,
        fence=row.fence,
        owner=row.owner,
        lease_until=row.lease_until,
        attempts=row.attempts,
        not_again_before=row.not_again_before,
        remote_id=row.remote_id,
        remote_url=row.remote_url,
        published_at=row.published_at,
        staged=None if row.staged is None else json.loads(row.staged),
        part=row.part,
        parts=row.parts,
        follows=row.follows,
    )


def delivery_values(delivery: Delivery) -> Values:
    """Everything but the id and what it follows; `ready_at` is the first moment at which it may be claimed once its turn is."""
    retry = delivery.not_again_before
    return {
        "post": delivery.post,
        "account": delivery.account,
        "state": str(delivery.state),
        "due_at": delivery.due_at,
        "ready_at": delivery.due_at if retry is None else max(delivery.due_at, retry),
        "revision": delivery.revision,
        "digest": delivery.digest,
        "reason_code": str(delivery.reason_code),
        "reason": delivery.reason,
        "fence": delivery.fence,
        "owner": delivery.owner,
        "lease_until": delivery.lease_until,
        "attempts": delivery.attempts,
        "not_again_before": retry,
        "remote_id": delivery.remote_id,
        "remote_url": delivery.remote_url,
        "published_at": delivery.published_at,
        "staged": None if delivery.staged is None else json.dumps(dict(delivery.staged), sort_keys=True),
        "part": delivery.part,
        "parts": delivery.parts,
    }


DELIVERY = (
    *("state", "due_at", "ready_at", "revision", "digest", "reason_code", "reason", "fence", "owner", "lease_until", "attempts"),
    *("not_again_before", "remote_id", "remote_url", "published_at", "staged"),
)
"""The columns of a delivery that change in its life, in the order of `delivery_kept`."""


def delivery_kept(delivery: Delivery) -> tuple[Any, ...]:
    """What changes of a delivery as its columns keep it, for writing many at once; one that waits for its turn is never ready."""
    values = delivery_values(delivery)
    if delivery.waits:
        values["ready_at"] = NEVER
    return tuple(kept(value) if isinstance(value, datetime) else value for value in map(values.__getitem__, DELIVERY))


def _plain(row: Found, kind: type) -> Values:
    """The columns of `row` that are fields of the record `kind`."""
    return {field.name: getattr(row, field.name) for field in fields(kind)}


def attempt_of(row: Found) -> Attempt:
    return Attempt(**_plain(row, Attempt))


def exemption_of(row: Found) -> Exemption:
    """Raises ValueError for answers that were not written here."""
    return Exemption(**{**_plain(row, Exemption), "answers": answers_of(row.answers), "assurance": ASSURANCES[row.assurance]})


def exemption_values(exemption: Exemption) -> Values:
    """Everything but the id."""
    return _without_id({**_fields(exemption), "answers": answers_text(exemption.answers), "assurance": str(exemption.assurance)})


def pause_of(row: Found) -> Pause:
    return Pause(**_plain(row, Pause))


def look_up_of(row: Found) -> LookUp:
    return LookUp(**{**_plain(row, LookUp), "outcome": Seen(row.outcome)})


def rate_limit_of(row: Found) -> RateLimit:
    return RateLimit(**_plain(row, RateLimit))


def heartbeat_of(row: Found) -> Heartbeat:
    return Heartbeat(**_plain(row, Heartbeat))


def entry_of(row: Found) -> Entry:
    return Entry(**_plain(row, Entry))


ATTEMPT = tuple(field.name for field in fields(Attempt))
"""The columns of an attempt, in the order of `attempt_kept`."""


def attempt_kept(attempt: Attempt) -> tuple[Any, ...]:
    """An attempt as its columns keep it, for writing many at once."""
    values = (getattr(attempt, name) for name in ATTEMPT)
    return tuple(kept(value) if isinstance(value, datetime) else value for value in values)


ENTRY = tuple(field.name for field in fields(Entry))
"""The columns of the record, in the order of `entry_kept`."""

_entry_values = attrgetter(*ENTRY)
_ENTRY_AT = ENTRY.index("at")


def entry_kept(entry: Entry) -> tuple[Any, ...]:
    """An entry as its columns keep it, for writing many at once."""
    values = _entry_values(entry)
    return (*values[:_ENTRY_AT], kept(entry.at), *values[_ENTRY_AT + 1 :])


def record_values(record: Attempt | Pause | Heartbeat | Entry | LookUp | RateLimit) -> Values:
    """The fields of a record whose columns have the same names."""
    return {field.name: getattr(record, field.name) for field in fields(record)}


def period_of(row: Found) -> Period:
    return Period(
        id=row.id,
        name=row.name,
        kind=Kind(row.kind),
        bodies=frozenset(Body(body) for body in json.loads(row.bodies)),
        nations=frozenset(Nation(nation) for nation in json.loads(row.nations)),
        area=row.area,
        accounts=frozenset(json.loads(row.accounts)),
        channels=frozenset(json.loads(row.channels)),
        campaign=row.campaign,
        regime=row.regime,
        starts=row.starts,
        ends=row.ends,
        starts_precision=StartsPrecision(row.starts_precision),
        end_mode=EndMode(row.end_mode),
        basis=Basis(row.basis),
        basis_note=row.basis_note,
        ends_note=row.ends_note,
        announced_at=row.announced_at,
        status=PeriodStatus(row.status),
        lifted_at=row.lifted_at,
        polling_day=None if row.polling_day is None else date.fromisoformat(row.polling_day),
        source=row.source,
        confidence=row.confidence,
        notes=row.notes,
        origin="store",
    )


def period_values(period: Period) -> Values:
    return {
        "id": period.id,
        "name": period.name,
        "kind": str(period.kind),
        "bodies": json.dumps(sorted(period.bodies)),
        "nations": json.dumps(sorted(period.nations)),
        "area": period.area,
        "accounts": json.dumps(sorted(period.accounts)),
        "channels": json.dumps(sorted(period.channels)),
        "campaign": period.campaign,
        "regime": period.regime,
        "starts": period.starts,
        "ends": period.ends,
        "starts_precision": str(period.starts_precision),
        "end_mode": str(period.end_mode),
        "basis": str(period.basis),
        "basis_note": period.basis_note,
        "ends_note": period.ends_note,
        "announced_at": period.announced_at,
        "status": str(period.status),
        "lifted_at": period.lifted_at,
        "polling_day": None if period.polling_day is None else period.polling_day.isoformat(),
        "source": period.source,
        "confidence": period.confidence,
        "notes": period.notes,
    }


def change_of(row: Found) -> PeriodChange:
    return PeriodChange(**{**_plain(row, PeriodChange), "action": Action(row.action)})


def change_values(change: PeriodChange) -> Values:
    """Everything but the id."""
    return _without_id({**_fields(change), "action": str(change.action)})


def proposal_of(row: Found) -> Proposal:
    answer = Answer(row.answer) if row.answer else None
    return Proposal(**{**_plain(row, Proposal), "action": Action(row.action), "answer": answer})


def proposal_values(proposal: Proposal) -> Values:
    """Everything but the id."""
    values = {**_fields(proposal), "action": str(proposal.action), "answer": str(proposal.answer or "")}
    return _without_id(values)


def mark_of(row: Found) -> Mark:
    return Mark(**{**_plain(row, Mark), "day": Day(row.day), "is_done": bool(row.is_done)})


def mark_values(mark: Mark) -> Values:
    """Everything but the id."""
    return _without_id({**_fields(mark), "day": str(mark.day), "is_done": int(mark.is_done)})


def hold_of(row: Found) -> Hold:
    return Hold(**_plain(row, Hold))


def hold_values(hold: Hold) -> Values:
    """Everything but the id."""
    return _without_id(_fields(hold))


def _fields(record: Exemption | PeriodChange | Proposal | Mark | Hold) -> Values:
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _without_id(values: Values) -> Values:
    return {name: value for name, value in values.items() if name != "id"}
