"""Whose turn it is: what waits for one person's decision, what waits for others, and what the person has done today."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from purdah_scheduler.application.lists import EntryFilter, QueueFilter, Row
from purdah_scheduler.application.matter import Matter
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.wanting import Wanted, next_for, wanted
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.civiltime import day_bounds, local_date
from purdah_scheduler.domain.people import Person
from purdah_scheduler.domain.posts import DeliveryState, PostState
from purdah_scheduler.lean import lean_dataclass

_WAITING = frozenset({str(PostState.IN_REVIEW), str(PostState.CLEARED), str(DeliveryState.HELD)})
_QUEUED = QueueFilter(states=frozenset({str(DeliveryState.SCHEDULED)}))
_LOOKED_THROUGH = 2_000
_MOST_DONE = 200
"""Entries of one person and day that are looked through."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that a person could decide now: a stage (or the sign-off) of a post."""

    row: Row
    stage: str
    label: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A post that waits for others: what it wants first, and who can give that."""

    row: Row
    wanted: Wanted


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a person did last today on a post: the action as the record has it, and when."""

    row: Row
    action: str
    at: datetime


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """The three lists of one person, each soonest first; what is done is newest first."""

    mine: tuple[Waiting, ...] = ()
    others: tuple[Elsewhere, ...] = ()
    done: tuple[Done, ...] = ()

    @property
    def posts(self) -> tuple[int, ...]:
        """Every post of the lists in their order, each once."""
        rows = [*(one.row for one in self.mine), *(one.row for one in self.others), *(one.row for one in self.done)]
        return tuple(dict.fromkeys(row.post for row in rows))


def waiting_for(office: Office, person: Person, *, limit: int = 200) -> tuple[Waiting, ...]:
    """What this person could decide now, the soonest `limit` of it: missing stages, and flags that need a sign-off.

    Of what is scheduled, which rarely waits for anybody, only the next 2,000 posts are looked through.
    """
    now = office.now()
    with office.store.read() as reader:
        found = {post: first for post, first, _ in _wanting(office, reader, person, now) if first is not None}
        return _mine(reader, found, limit)


def turns_of(office: Office, person: Person, *, limit: int = 200) -> Turns:
    """The three lists, at most `limit` of each. What waits for others is what is looked through for `waiting_for`."""
    now = office.now()
    with office.store.read() as reader:
        found = list(_wanting(office, reader, person, now))
        mine = {post: first for post, first, _ in found if first is not None}
        others = {post: missing[0] for post, first, missing in found if first is None and missing}
        return Turns(
            mine=_mine(reader, mine, limit),
            others=tuple(Elsewhere(row=row, wanted=others[row.post]) for row in _soonest(reader, others, limit)),
            done=_done(reader, person, now, office)[:limit],
        )


def _wanting(
    office: Office, reader: Reader, person: Person, now: datetime
) -> Iterator[tuple[int, Wanted | None, tuple[Wanted, ...]]]:
    """Each post that may wait for somebody: what this person could give now, and everything that is wanted."""
    house = office.house
    calendar, people, campaigns = house.calendar(reader), house.active(reader), reader.campaign_exemptions()
    posts = [*reader.row_ids(QueueFilter(states=_WAITING)), *reader.row_ids(_QUEUED)[:_LOOKED_THROUGH]]
    for dossier in reader.dossiers(posts):
        matter = Matter.of(house, dossier, people, campaigns)
        missing = wanted(matter, house, calendar, dossier.deliveries, now)
        yield matter.post.id, None if person.id in matter.authors else next_for(person, missing), missing


def _mine(reader: Reader, found: Mapping[int, Wanted], limit: int) -> tuple[Waiting, ...]:
    rows = _soonest(reader, found, limit)
    return tuple(Waiting(row=row, stage=found[row.post].stage, label=found[row.post].label) for row in rows)


def _soonest(reader: Reader, found: Mapping[int, Wanted], limit: int) -> list[Row]:
    return sorted(reader.rows(list(found)), key=lambda row: (row.sort_at, row.post))[:limit]


def _done(reader: Reader, person: Person, now: datetime, office: Office) -> tuple[Done, ...]:
    """The newest thing of today on each post that this person decided, exempted or commented on."""
    since, _ = day_bounds(local_date(now, office.house.zone), office.house.zone)
    numbers = reader.entry_numbers(EntryFilter(person=person.id, since=since))[:_MOST_DONE]
    newest: dict[int, Entry] = {}
    for entry in reader.entries_at(numbers):
        if entry.post is not None and _is_review(entry.action):
            newest.setdefault(entry.post, entry)
    rows = {row.post: row for row in reader.rows(list(newest))}
    return tuple(Done(row=rows[post], action=entry.action, at=entry.at) for post, entry in newest.items() if post in rows)


def _is_review(action: str) -> bool:
    return action.startswith("decision.") or action in ("exemption.granted", "post.commented")
