"""The checklists of a period's first and last day: what people do outside the queue and in it, and who ticked what."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from purdah_scheduler.domain.civiltime import last_date, local_date
from purdah_scheduler.domain.periods import Kind, Period, in_utc
from purdah_scheduler.lean import lean_dataclass


class Day(StrEnum):
    """Which of the two lists."""

    FIRST = "first"
    LAST = "last"


class Group(StrEnum):
    """What items are about, in the order of a list; what changes from hour to hour comes last, so that numbers above it stay."""

    OVER = "over"
    ESSENTIALS = "essentials"
    DATES = "dates"
    NOTICE = "notice"
    PROFILES = "profiles"
    ELSEWHERE = "elsewhere"
    PARTNERS = "partners"
    REPLIES = "replies"
    PEOPLE = "people"
    HISTORY = "history"
    PAID = "paid"
    EXEMPTIONS = "exemptions"
    QUEUE = "queue"
    RETURNED = "returned"
    CLEAR_AGAIN = "clear-again"


LABELS: Mapping[Group, str] = {
    Group.OVER: "Is it over?",
    Group.ESSENTIALS: "What may still be said",
    Group.DATES: "Dates",
    Group.NOTICE: "The notice on each account",
    Group.PROFILES: "Pins and profiles",
    Group.ELSEWHERE: "Scheduled elsewhere",
    Group.PARTNERS: "Partners and leaders",
    Group.REPLIES: "Replies and comments",
    Group.PEOPLE: "People",
    Group.HISTORY: "Content of a past government",
    Group.PAID: "Paid items",
    Group.EXEMPTIONS: "Exemptions that still stand",
    Group.QUEUE: "Queued inside the period",
    Group.RETURNED: "Held posts that need a new time",
    Group.CLEAR_AGAIN: "Queued posts that need clearing again",
}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to do. `key` stays the same while the list changes; `source` as a finding has it, ` ; ` between addresses.

    `about` is what it was about when the list was made, such as verdict and time of a queued post: a tick is for that alone.
    `suggestion` is a wording to start from; `details` are further lines, such as posts to look at.
    """

    key: str
    group: Group
    words: str
    source: str
    about: str = ""
    suggestion: str = ""
    details: tuple[str, ...] = ()
    account: str = ""
    post: int | None = None
    delivery: int | None = None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A tick (or its undoing) of an item by a person; the latest of an item counts. Raises ValueError for a naive instant."""

    id: int
    period: str
    day: Day
    item: str
    is_done: bool
    person: str
    at: datetime
    note: str = ""
    about: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc(self.at, f"a mark of {self.item}"))


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item with its place on the list, from 1, and the mark that counts (None: nobody has touched it)."""

    number: int
    item: Item
    mark: Mark | None = None

    @property
    def ticked(self) -> bool:
        """Whether somebody ticked it, be it as it is now or as it was."""
        return self.mark is not None and self.mark.is_done

    @property
    def changed(self) -> bool:
        """Whether it was ticked for something else than it is about now."""
        return self.mark is not None and self.mark.is_done and self.mark.about != self.item.about

    @property
    def done(self) -> bool:
        """Whether it was ticked as it is now."""
        return self.ticked and not self.changed


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """The list of one day of a period, with its marks. `on` is that day in the house's zone, None while the end is not known.

    `gone` are standing ticks of items that are no longer on the list: posts that were sent, moved or cancelled since.
    """

    period: Period
    day: Day
    on: date | None
    entries: tuple[Entry, ...]
    gone: tuple[Mark, ...] = ()

    @property
    def done(self) -> int:
        """How many items are ticked as they are now."""
        return sum(entry.done for entry in self.entries)

    @property
    def left(self) -> int:
        """How many items a person has still to look at, those that changed since they were ticked among them."""
        return len(self.entries) - self.done


def checklist_of(period: Period, day: Day, items: Iterable[Item], marks: Iterable[Mark], zone: ZoneInfo) -> Checklist:
    """Put marks (oldest first, of any day) to the items, which are put in the order of their groups."""
    latest = {mark.item: mark for mark in marks if mark.day is day}
    order = list(Group)
    ranked = sorted(items, key=lambda item: order.index(item.group))
    entries = tuple(Entry(number=n, item=item, mark=latest.pop(item.key, None)) for n, item in enumerate(ranked, start=1))
    gone = tuple(mark for mark in latest.values() if mark.is_done)
    return Checklist(period=period, day=day, on=date_of(period, day, zone), entries=entries, gone=gone)


def date_of(period: Period, day: Day, zone: ZoneInfo) -> date | None:
    """The local date of a period's first or last day; None for the end of a freeze, which has no date until it is lifted.

    A period that ends at midnight has the day before as its last.
    """
    if day is Day.FIRST:
        return local_date(period.starts, zone)
    end = last_instant(period)
    return None if end is None else last_date(end, zone)


def last_instant(period: Period) -> datetime | None:
    """When the period ends, as far as is known: as recorded, or at its earliest end; None for a freeze that is not lifted."""
    ended = period.held_until()
    if ended is not None:
        return max(ended, period.starts + timedelta(microseconds=1))
    return None if period.kind is Kind.FREEZE else period.ends
