"""Telling people what the notices say: tried again with growing pauses, given up in the end, and never in the way of a post."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from purdah_scheduler.application.daemons import Daemons, daemons_of
from purdah_scheduler.application.notice_ports import Notebook, NoticeReader, Notifier, NotTold
from purdah_scheduler.application.notice_words import compose
from purdah_scheduler.application.noticing import Told, place
from purdah_scheduler.application.office import Office
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.notices import Message, Notice, NoticeKind, NoticeState, Subscriber
from purdah_scheduler.lean import lean_dataclass

MOST_TRIES = 12
"""About six hours of tries; then the notice is given up, which log and `status` say."""

_LONGEST_PAUSE = timedelta(hours=1)
_AT_ONCE = 20
_LOOKED_AT = 1000
"""Of those that are ready, from which break-glass is taken first."""

SILENCE = timedelta(minutes=2)
"""A daemon that was not seen for so long is silent: shorter than that it may just be starting anew."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of a test message by one way: `fault` is empty where it was taken."""

    way: str
    fault: str


def tell_ready(office: Office, notifier: Notifier, *, told: Callable[[Notice], None], go_on: Callable[[], bool]) -> None:
    """Tell what is ready, each way once after a fault; in quiet hours of break-glass alone. `told` hears what came of each try.

    A try is on record before it is made: who dies between telling and saying so tells it again, after the pause of a try that
    failed. Raises TryAgain and StoreUnusable.
    """
    quiet, failed = office.house.notices.quiet, set[str]()
    is_quiet = quiet is not None and quiet.until(office.now(), office.house.zone) is not None
    with office.store.notices() as reader:
        found = reader.ready_notices(office.now(), limit=_LOOKED_AT)
    urgent = [notice.id for notice in found if notice.kind is NoticeKind.BREAK_GLASS]
    others = [] if is_quiet else [notice.id for notice in found if notice.id not in urgent]
    for number in (*urgent, *others)[:_AT_ONCE]:
        if not go_on():
            return
        with office.store.notebook() as book:
            notice = next((one for one in book.ready_notices(office.now(), limit=_LOOKED_AT) if one.id == number), None)
            if notice is None or notice.channel in failed:
                continue
            if notice.tries >= MOST_TRIES:  # its last try ended neither well nor badly
                book.save_notice(replace(notice, state=NoticeState.GIVEN_UP, ended_at=office.now()))
                continue
            notice = replace(notice, tries=notice.tries + 1, ready_at=office.now() + pause_after(notice.tries + 1))
            book.save_notice(notice)
        ended = _told(office, notifier, notice)
        if ended.fault:
            failed.add(notice.channel)
        with office.store.notebook() as book:
            book.save_notice(ended)
        told(ended)


def pause_after(tries: int) -> timedelta:
    """From a minute, doubled each time, to an hour."""
    return min(_LONGEST_PAUSE, timedelta(minutes=1 << min(tries - 1, 10)))


def _told(office: Office, notifier: Notifier, notice: Notice) -> Notice:
    """Try once; the notice as it is after that."""
    way = office.house.notices.way(notice.channel)
    if way is None:
        fault = "The configuration has this channel no more."
        return replace(notice, state=NoticeState.GIVEN_UP, fault=fault, ended_at=office.now())
    with office.store.notices() as reader:
        message = compose(office, reader, notice)
    try:
        notifier.tell(way, message)
    except NotTold as refusal:
        over = notice.tries >= MOST_TRIES
        return replace(
            notice,
            fault=str(refusal),
            state=NoticeState.GIVEN_UP if over else NoticeState.WAITING,
            ended_at=office.now() if over else None,
        )
    return replace(notice, state=NoticeState.SENT, fault="", ended_at=office.now())


def test_ways(office: Office, notifier: Notifier, subscriber: Subscriber) -> tuple[Trial, ...]:
    """Send a test message by each way of a person, now, whatever the hour."""
    message = Message(
        kind="test",
        people=(subscriber.person,),
        subject=f"[{office.house.department}] A test of purdah-scheduler",
        text="If you can read this, you would be told.\n",
    )
    trials = []
    for name in subscriber.ways:
        way = office.house.notices.way(name)
        fault = "The configuration has no such channel." if way is None else ""
        if way is not None:
            try:
                notifier.tell(way, message)
            except NotTold as refusal:
                fault = str(refusal)
        trials.append(Trial(way=name, fault=fault))
    return tuple(trials)


def note_break_glass_told(office: Office) -> None:
    """Let posts go that waited for the telling: everybody was told of their break-glass, or each way was tried once."""
    now = office.now()
    with office.store.notices() as reader:
        waiting = [glass for glass in reader.unreviewed() if glass.waits_until(now) is not None]
        if not waiting:
            return
        tried = [glass for glass in waiting if _everybody_was_tried(office, reader, glass)]
    with office.store.notebook() as book:
        for glass in tried:
            book.break_glass_told(glass.id, now)


def _everybody_was_tried(office: Office, reader: NoticeReader, glass: BreakGlass) -> bool:
    """Whether its entry has become notices, and none of them waits for its first try."""
    granted = [entry.seq for entry in reader.entries(post=glass.post) if entry.action == "break_glass.granted"]
    up_to = reader.told_up_to()
    if up_to is None or not granted or up_to < granted[-1]:
        return False
    kind = NoticeKind.BREAK_GLASS
    told = (reader.newest_notice(way, f"break-glass:{glass.id}", (kind,)) for way in office.house.notices.told(kind))
    return all(notice is None or not notice.is_open for notice in told)


def note_silence(office: Office) -> bool:
    """Make a notice where no daemon has published for a while, or one of several went silent; whether that is so.

    One message for each silence.
    """
    now = office.store.server_time() or office.now()
    with office.store.notebook() as book:
        found = daemons_of(book, now)
        if found.living:
            return _note_silent_ones(office, book, found, now)
        if found.last is None or now - found.last.last_sign_at < SILENCE:
            return False
        topic = f"silent:since:{found.last.last_sign_at.isoformat()}"
        place(office, book, Told(kind=NoticeKind.SILENT, topic=topic, once=True), now)
    return True


def note_silent_ones(office: Office) -> None:
    """Make a notice for each daemon that went silent beside this one."""
    now = office.now()
    with office.store.read() as reader:
        if not daemons_of(reader, now).silent:
            return
    with office.store.notebook() as book:
        _note_silent_ones(office, book, daemons_of(book, now), now)


def _note_silent_ones(office: Office, book: Notebook, found: Daemons, now: datetime) -> bool:
    silent = [beat for beat in found.silent if now - beat.seen_at >= SILENCE]
    for beat in silent:
        topic = f"silent:one:{beat.seen_at.isoformat()} {beat.host}, process {beat.pid}"
        place(office, book, Told(kind=NoticeKind.SILENT, topic=topic, once=True), now)
    return bool(silent)


def note_return(office: Office, silent_since: datetime) -> None:
    """Make a notice for a daemon that starts: for how long nobody published."""
    if office.now() - silent_since < SILENCE:
        return
    with office.store.notebook() as book:
        told = Told(kind=NoticeKind.SILENT, topic=f"silent:over:{silent_since.isoformat()}", once=True)
        place(office, book, told, office.now())
