"""The next free posting slot of a post, passing over those that are taken or inside a block; and which slots are free at all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.matter import Matter, judgement_of
from purdah_scheduler.application.nearby import is_gone
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.writing import Draft, preview
from purdah_scheduler.domain.civiltime import format_local, local_date, london
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.policy import Judgement, Verdict
from purdah_scheduler.domain.slots import slots_on
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

HORIZON = timedelta(days=366)
"""How far ahead a free slot is looked for."""

_MOST_LINES = 5_000
_CHUNK = timedelta(days=14)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A slot that was passed over, and why: `why` is a sentence where a period blocks it, empty where it is taken."""

    at: datetime
    why: str = ""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class NextSlot:
    """The first free slot, None where there is none in a year, and those before it that were passed over."""

    at: datetime | None
    passed: tuple[Passed, ...]

    def words(self, office: Office) -> str:
        """What was passed over, a sentence each for those that are taken and for each reason; empty where nothing was."""
        zone, said = office.house.zone, []
        by_reason: dict[str, list[datetime]] = {}
        for slot in self.passed:
            by_reason.setdefault(slot.why, []).append(slot.at)
        for why, times in by_reason.items():
            span = format_local(times[0], zone) + (f" to {format_local(times[-1], zone)}" if len(times) > 1 else "")
            count = f"{len(times)} slot{'s' if len(times) > 1 else ''} ({span})"
            said.append(f"Passed over {count}, blocked: {why}" if why else f"Passed over {count}: taken.")
        if self.at is None:
            said.append("No slot in the coming year is free.")
        return " ".join(said)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class SlotLine:
    """A slot of an account, and the posts that are in it: none where it is free."""

    account: str
    at: datetime
    posts: tuple[int, ...]


def next_slot(office: Office, post_id: int, *, accounts: Sequence[str] = (), after: datetime | None = None) -> NextSlot:
    """The first slot after `after` (now) that is free on every account of the post, or on those named, inside its window.

    Accounts without slots have no say. Raises NotFound; BadInput where none has slots, or they share none.
    """
    with office.store.read() as reader:
        matter = Matter.read(reader, office.house, post_id)
        calendar = office.house.calendar(reader)
        known = [office.house.account(name) for name in accounts or [entry.account for entry in matter.content.accounts]]

        def judged(at: datetime) -> Iterator[Judgement]:
            return (judgement_of(matter, reader, office.house, account, at, calendar=calendar) for account in known)

        window = matter.content.not_before, matter.content.not_after
        return _first_free(reader, known, judged, window, after=_later(after, office.now()), own=post_id)


def next_slot_of_draft(office: Office, draft: Draft, *, after: datetime | None = None, own: int | None = None) -> NextSlot:
    """The same of what is still being written; `own` is its number where it was saved before."""
    known = [office.house.account(name) for name in draft.accounts]

    def judged(at: datetime) -> Iterator[Judgement]:
        return (entry.judgement for entry in preview(office, draft, at=at).accounts)

    with office.store.read() as reader:
        window = draft.not_before, draft.not_after
        return _first_free(reader, known, judged, window, after=_later(after, office.now()), own=own)


def slots_between(office: Office, accounts: Iterable[Account], since: datetime, until: datetime) -> tuple[SlotLine, ...]:
    """Every slot of these accounts in [since, until), soonest first, with the posts that are in it."""
    found = []
    with office.store.read() as reader:
        for account in accounts:
            taken = _taken(reader, account.id, since, until)
            on, last = local_date(since, london()), local_date(until, london())
            while account.slots and on <= last:
                times = (at for at in slots_on(account.slots, on) if since <= at < until)
                found += [SlotLine(account=account.id, at=at, posts=tuple(taken.get(at, ()))) for at in times]
                on += timedelta(days=1)
    return tuple(sorted(found, key=lambda line: (line.at, line.account)))


def _first_free(
    reader: Reader,
    accounts: Sequence[Account],
    judged: Callable[[datetime], Iterable[Judgement]],
    window: tuple[datetime | None, datetime | None],
    *,
    after: datetime,
    own: int | None,
) -> NextSlot:
    with_slots = [account for account in accounts if account.slots]
    if not with_slots:
        names = ", ".join(account.id for account in accounts) or "no account"
        raise BadInput(
            f"There are no slots for {names}, so no time was chosen.", next_step="Give a time, or set slots under [[account]]."
        )
    shared = set.intersection(*(set(account.slots) for account in with_slots))
    if not shared:
        raise BadInput(
            f"{', '.join(account.id for account in with_slots)} have no slot at the same time, so no time was chosen.",
            next_step="Schedule it on one account at a time: --account ID --next-slot",
        )
    opens, closes = window
    passed: list[Passed] = []
    start = _later(opens - timedelta(seconds=1) if opens is not None else None, after)
    end = min(after + HORIZON, closes) if closes is not None else after + HORIZON
    while start < end:
        stop = min(start + _CHUNK, end)
        taken = {at for account in accounts for at in _taken(reader, account.id, start, stop, own=own)}
        on = local_date(start, london())
        while on <= local_date(stop, london()):
            for at in slots_on(shared, on):
                if not start < at <= stop or (closes is not None and at >= closes):
                    continue
                if at in taken:
                    passed.append(Passed(at=at))
                elif why := _blocked(judged(at)):
                    passed.append(Passed(at=at, why=why))
                else:
                    return NextSlot(at=at, passed=tuple(passed))
            on += timedelta(days=1)
        start = stop
    return NextSlot(at=None, passed=tuple(passed))


def _taken(
    reader: Reader, account: str, since: datetime, until: datetime, *, own: int | None = None
) -> dict[datetime, list[int]]:
    """The posts of an account by the minute at which they are due or planned; those that were taken back have none."""
    found: dict[datetime, list[int]] = {}
    wanted = QueueFilter(account=account, since=since, until=until + timedelta(minutes=1))
    for line in reader.lines(wanted, limit=_MOST_LINES):
        if line.at is not None and line.post != own and not is_gone(line):
            found.setdefault(line.at.replace(second=0, microsecond=0), []).append(line.post)
    return found


def _blocked(judgements: Iterable[Judgement]) -> str:
    """Why a period blocks it on any account, or an empty text."""
    for judgement in judgements:
        if judgement.verdict is Verdict.BLOCK:
            return next(finding.reason for finding in judgement.standing if finding.verdict is Verdict.BLOCK)
    return ""


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
