"""From the record to notices: each new entry is read once and becomes part of what people are to be told.

How far it was read is kept with the notices made of it, in one transaction: nothing is left out after a crash, and nothing is
made twice. No writer of the record knows of this.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from purdah_scheduler.application.account_health import troubled
from purdah_scheduler.application.calendar_changes import seconds
from purdah_scheduler.application.matter import Matter
from purdah_scheduler.application.notice_ports import Notebook, NoticeReader
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.outcomes import part_facts
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.views import relevant_periods
from purdah_scheduler.application.wanting import Want, wanted
from purdah_scheduler.domain.audit import Entry, Plain
from purdah_scheduler.domain.notices import Item, Notice, NoticeKind
from purdah_scheduler.domain.posts import DeliveryState, HoldReason, PostState
from purdah_scheduler.errors import NotFound
from purdah_scheduler.lean import lean_dataclass

PIECE = 500
"""Entries that are read in one go."""

SETTLE = timedelta(seconds=10)
"""A notice waits so long for more of the same incident: a period that holds many posts is one message."""

SPACING = {
    NoticeKind.HELD: timedelta(hours=1),
    NoticeKind.LOGIN: timedelta(hours=1),
    NoticeKind.MISSED: timedelta(minutes=10),
    NoticeKind.FAILED: timedelta(minutes=10),
    NoticeKind.UNKNOWN: timedelta(minutes=10),
}
"""What goes on for the same cause is told again after this span at the earliest."""

MOST_ITEMS = 50
"""Posts that one notice lists; the others are counted."""

PARTIAL = "partial"
"""How the topic of a thread begins of which some parts are public and the next one is not."""

_TOO_OLD = timedelta(days=7)
"""What happened before is not told one by one when notices are switched on again: the digest says what waits."""

_KEPT = timedelta(days=90)

_STATES = {
    "delivery.held": NoticeKind.HELD,
    "delivery.returned": NoticeKind.HELD,
    "delivery.missed": NoticeKind.MISSED,
    "delivery.failed": NoticeKind.FAILED,
    "delivery.unknown": NoticeKind.UNKNOWN,
}
_NEAR = (("a week", timedelta(days=7)), ("a day", timedelta(days=1)), ("now", timedelta(0)))


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something to tell: to everybody who wants the kind, or to those of `people`. `once`: never again for this topic."""

    kind: NoticeKind
    topic: str
    item: Item | None = None
    people: frozenset[str] | None = None
    once: bool = False


def gather(office: Office, *, by_the_clock: bool = True) -> bool:
    """Make notices of the entries since the last time, and of what the clock brings; whether there may be more at once.

    Raises TryAgain and StoreUnusable; then nothing was made, and the next call begins where this one did.
    """
    now, rules = office.now(), office.house.notices
    if not rules.ways:
        return False
    with office.store.notices() as reader:
        seen = reader.told_up_to()
        entries = () if seen is None else reader.entries_after(seen, limit=PIECE)
        told = [told for entry in entries if now - entry.at <= _TOO_OLD for told in _of_entry(office, reader, entry)]
        if by_the_clock:
            told += (said for said in _of_clock(office, reader, now) if not _known(office, reader, said))
        last = reader.last_entry() if seen is None else None
    if seen is not None and not entries and not told:
        return False
    with office.store.notebook() as book:
        if book.told_up_to() != seen:
            return True  # another daemon was quicker
        _place(office, book, told, now, settle=SETTLE)
        if entries:
            book.tell_up_to(entries[-1].seq)
        elif seen is None:
            book.tell_up_to(last.seq if last else 0)
        book.forget_notices(now - _KEPT)
    return len(entries) == PIECE


def place(office: Office, book: Notebook, told: Told, now: datetime) -> None:
    """Make a notice of something that no entry tells, unless its topic is told once and was."""
    if not _known(office, book, told):
        _place(office, book, (told,), now, settle=timedelta(0))


def _known(office: Office, reader: NoticeReader, told: Told) -> bool:
    """Whether everybody who is to be told once was."""
    ways = office.house.notices.told(told.kind, told.people)
    return told.once and all(reader.newest_notice(way, told.topic, (told.kind,)) is not None for way in ways)


def _place(office: Office, book: Notebook, told: Iterable[Told], now: datetime, *, settle: timedelta) -> None:
    """Put alike things together, and each lot into the notice of its incident by each way."""
    lots: dict[tuple[NoticeKind, str, frozenset[str] | None, bool], list[Item]] = {}
    for one in told:
        items = lots.setdefault((one.kind, one.topic, one.people, one.once), [])
        if one.item is not None and one.item not in items:
            items.append(one.item)
    for (kind, topic, among, once), items in lots.items():
        for way, people in office.house.notices.told(kind, among).items():
            _join(book, way, people, kind, topic, items, now, once=once, settle=settle)


def _join(
    book: Notebook,
    way: str,
    people: tuple[str, ...],
    kind: NoticeKind,
    topic: str,
    items: Sequence[Item],
    now: datetime,
    *,
    once: bool,
    settle: timedelta,
) -> None:
    # What a period holds is told with the period, where both are wanted.
    kinds = (NoticeKind.DECLARED, NoticeKind.HELD) if kind is NoticeKind.HELD else (kind,)
    known = book.newest_notice(way, topic, kinds)
    if known is not None and known.is_open and known.people == people:
        if not once:
            book.save_notice(_with(known, items))
        return
    if known is not None and once:
        return
    ready = now if kind is NoticeKind.BREAK_GLASS else now + settle
    if known is not None and known.kind is kind and kind in SPACING:
        ready = max(ready, known.at + SPACING[kind])
    new = Notice(id=0, channel=way, people=people, kind=kind, topic=topic, items=(), at=now, ready_at=ready)
    book.add_notice(_with(new, items))


def _with(notice: Notice, items: Sequence[Item]) -> Notice:
    new = [item for item in items if item not in notice.items]
    free = max(0, MOST_ITEMS - len(notice.items))
    return replace(notice, items=(*notice.items, *new[:free]), more=notice.more + len(new[free:]))


# --- what an entry says -------------------------------------------------------------------------------------------


def _of_entry(office: Office, reader: Reader, entry: Entry) -> Iterator[Told]:
    facts = entry.facts
    if entry.action in _STATES and entry.post is not None:
        yield _of_delivery(_STATES[entry.action], entry.post, facts)
    elif entry.action == "period.proposed":
        asked = frozenset(seconds(office.house, reader, str(facts.get("person", ""))))
        yield Told(kind=NoticeKind.DECLARED, topic=f"proposal:{facts.get('proposal')}:{facts.get('period')}", people=asked)
    elif entry.action.startswith("period.") and entry.action != "period.proposal-refused":
        yield Told(kind=NoticeKind.DECLARED, topic=f"period:{facts.get('period')}")
    elif entry.post is not None and (entry.action == "post.submitted" or entry.action.startswith("decision.")):
        yield from _of_clearance(office, reader, entry.post, facts)
        if entry.action != "post.submitted":
            yield from _held(reader, entry.post, HoldReason.CLEARANCE)
        others = facts.get("of")
        if isinstance(others, list) and others:
            told = frozenset(map(str, others))
            yield Told(kind=NoticeKind.TAKEN_BACK, topic="no-taken-back", item=Item(post=entry.post), people=told)
    elif entry.post is not None and entry.action == "post.commented":
        to = facts.get("to")
        people = frozenset(map(str, to)) if isinstance(to, list) else frozenset[str]()
        if people:
            yield Told(kind=NoticeKind.COMMENT, topic=f"comment:{entry.post}", item=Item(post=entry.post), people=people)
    elif entry.post is not None and entry.action == "break_glass.granted":
        topic = f"break-glass:{facts.get('break_glass')}"
        yield Told(kind=NoticeKind.BREAK_GLASS, topic=topic, item=Item(post=entry.post, code="break-glass"), once=True)
    elif entry.post is not None and entry.action == "post.held":
        yield from _held(reader, entry.post, HoldReason.BY_PERSON)


def _of_delivery(kind: NoticeKind, post: int, facts: dict[str, Plain]) -> Told:
    account, code = str(facts.get("account", "")), str(facts.get("code", ""))
    part = facts.get("part")
    if isinstance(part, int) and part > 1:  # the parts before it are public: half a thread is an incident of its own
        item = Item(post=post, account=account, code=f"part {part}: {code}" if code else f"part {part}")
        return Told(kind=kind, topic=f"{PARTIAL}:{kind}:{account}", item=item)
    item = Item(post=post, account=account, code=code)
    if kind is not NoticeKind.HELD:
        return Told(kind=kind, topic=f"{kind}:{account}", item=item)
    if code == HoldReason.BY_HAND:
        return Told(kind=NoticeKind.BY_HAND, topic=f"by-hand:{account}", item=item)
    if code == HoldReason.NEEDS_LOGIN:
        return Told(kind=NoticeKind.LOGIN, topic=f"login:{account}", item=item)
    period = facts.get("period") or _first(facts.get("periods"))
    if code == HoldReason.BLOCKED and period:
        return Told(kind=kind, topic=f"period:{period}", item=item)
    # A stop of everything and a clock in doubt hold the posts of every account for one cause.
    cause = "" if code in (HoldReason.PAUSED, HoldReason.CLOCK, HoldReason.PERIOD_OVER) else account
    return Told(kind=kind, topic=f"held:{code}:{cause}", item=item)


def _first(names: Plain) -> Plain:
    return names[0] if isinstance(names, list) and names else None


def _of_clearance(office: Office, reader: Reader, post: int, facts: dict[str, Plain]) -> Iterator[Told]:
    """Who could give what is missing now; a decision is told to the people of the next stage, not to those of its own."""
    house = office.house
    try:
        matter = Matter.read(reader, house, post)
    except NotFound:
        return
    stage = facts.get("stage")
    missing = wanted(matter, house, house.calendar(reader), reader.deliveries(post), office.now())
    turn = next((one for one in missing if one.want not in (Want.NO_TAKEN_BACK, Want.SIGN_OFF)), None)
    if matter.post.state is PostState.IN_REVIEW and turn is not None and turn.stage != stage:
        able = frozenset(turn.people)
        yield Told(kind=NoticeKind.CLEARANCE, topic="clearance", item=Item(post=post, code=turn.stage), people=able)
    able = frozenset(person for one in missing if one.want is Want.SIGN_OFF for person in one.people)
    if stage is None and able:
        yield Told(kind=NoticeKind.SIGN_OFF, topic="sign-off", item=Item(post=post), people=able)


def _held(reader: Reader, post: int, code: HoldReason) -> Iterator[Told]:
    """What a person's act has held: its entry is one for the whole post."""
    for entry in reader.deliveries(post):
        if entry.state is DeliveryState.HELD and entry.reason_code == code and not entry.waits:
            yield _of_delivery(NoticeKind.HELD, post, {"account": entry.account, "code": str(code), **part_facts(entry)})


# --- what the clock brings ----------------------------------------------------------------------------------------


def _of_clock(office: Office, reader: Reader, now: datetime) -> Iterator[Told]:
    """Periods that come near or end, and the digest of the day."""
    for period in relevant_periods(office.house, reader):
        if period.is_off:
            continue
        stamp = period.starts.isoformat()
        for name, span in _NEAR:
            following = timedelta(days=6) if span > timedelta(days=1) else timedelta(days=1)
            if period.starts - span <= now < period.starts - span + following:
                yield Told(kind=NoticeKind.NEAR, topic=f"near:{period.id}:{stamp}:{name}", once=True)
        end = period.ended_at() or period.ends
        if end - timedelta(days=1) <= now < end and period.in_force(now):
            yield Told(kind=NoticeKind.NEAR, topic=f"near:{period.id}:{end.isoformat()}:last", once=True)
    for check in troubled(reader, office.house, now):
        since = check.at.date() if check.needs_login(now) else check.expires_at
        yield Told(kind=NoticeKind.LOGIN, topic=f"login:{check.account}:{since}", once=True)
    at = office.house.notices.digest_at
    if at is not None:
        today = now.astimezone(office.house.zone).date()
        if now >= datetime.combine(today, at, office.house.zone).astimezone(UTC):
            yield Told(kind=NoticeKind.DIGEST, topic=f"digest:{today.isoformat()}", once=True)
