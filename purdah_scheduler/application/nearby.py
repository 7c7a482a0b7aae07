"""The other posts of an account that a post stands beside: the same words lately or soon, and another post close in time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from purdah_scheduler.application.lists import Line, QueueFilter
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.civiltime import day_bounds, format_local, local_date
from purdah_scheduler.domain.likeness import Words, likeness, normal_words
from purdah_scheduler.domain.posts import DeliveryState, PostState
from purdah_scheduler.lean import lean_dataclass

MOST_COMPARED = 4_000
"""Posts of one account that a text is held against; where there are more, those of fewer days are."""

MOST_NAMED = 3
"""Posts of one kind on one account that are named one by one."""

_GONE = frozenset({str(PostState.WITHDRAWN), str(PostState.REJECTED), str(DeliveryState.CANCELLED)})


class Nearness(StrEnum):
    """What is to be looked at."""

    SAME_TEXT = "same-text"
    SIMILAR_TEXT = "similar-text"
    CLOSE = "close-in-time"


_SAYS = {Nearness.SAME_TEXT: "says the same", Nearness.SIMILAR_TEXT: "says nearly the same"}
_MORE = {
    Nearness.SAME_TEXT: "say the same",
    Nearness.SIMILAR_TEXT: "say nearly the same",
    Nearness.CLOSE: "are close in time",
}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another post on the same account, and why it is told. `apart` is how far it is in time, where both have one."""

    nearness: Nearness
    account: str
    post: int
    title: str
    state: str
    at: datetime | None
    apart: timedelta | None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """One warning in words, for people; `posts` are those it names or counts."""

    code: Nearness
    account: str
    words: str
    posts: tuple[int, ...]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Other:
    line: Line
    words: Words


class Neighbourhood:
    """What stands around posts on their accounts, kept until anybody changes something in the store.

    The words of a revision never change: those stay known, so that asking again after a change costs a list and no texts.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._mark: int | None = None
        self._read: dict[tuple[str, date], tuple[_Other, ...]] = {}
        self._words: dict[tuple[int, int], Mapping[str, Words]] = {}

    def of_post(self, post_id: int, *, at: datetime | None = None, accounts: Collection[str] = ()) -> tuple[Neighbour, ...]:
        """What stands beside a stored post at `at` or its own time, on all its accounts or those named. Raises NotFound."""
        with self._office.store.read() as reader:
            post = reader.post(post_id)
            content = reader.revision(post_id, post.revision).content
        texts = {entry.account: entry.text for entry in content.accounts if not accounts or entry.account in accounts}
        return self.of(texts, at=at or post.planned_at, own=post_id)

    def of(self, texts: Mapping[str, str], *, at: datetime | None, own: int | None = None) -> tuple[Neighbour, ...]:
        """What stands beside a post with these words on these accounts, nearest first; `own` is its number where it has one.

        Without a time of its own its words are held against those around now, and nothing is close to it.
        """
        spacing, moment = self._office.house.spacing, at or self._office.now()
        mark = self._office.store.change_mark()
        if mark != self._mark:
            self._mark, self._read = mark, {}
        mates = self._mates(own)
        found = []
        for account, text in texts.items():
            words = normal_words(text)
            for other in self._others(account, moment):
                if other.line.post in mates:
                    continue
                away = None if other.line.at is None else abs(other.line.at - moment)
                if spacing.same_text and (away is None or away <= spacing.same_text) and (like := likeness(words, other.words)):
                    nearness = Nearness.SAME_TEXT if like == 1.0 else Nearness.SIMILAR_TEXT
                    found.append(_neighbour(nearness, other.line, None if at is None else away))
                if at is not None and away is not None and away < spacing.close:
                    found.append(_neighbour(Nearness.CLOSE, other.line, away))
        return tuple(sorted(found, key=_nearest_first))

    def _mates(self, own: int | None) -> frozenset[int]:
        """The post itself and those of its series: they say the same on purpose."""
        if own is None:
            return frozenset()
        with self._office.store.read() as reader:
            series = reader.series_of(own)
        return frozenset({own} if series is None else {own, series.source, *series.posts})

    def _others(self, account: str, moment: datetime) -> tuple[_Other, ...]:
        """The posts of an account around a day, prepared for comparing."""
        on = local_date(moment, self._office.house.zone)
        known = self._read.get((account, on))
        if known is None:
            with self._office.store.read() as reader:
                known = self._read[account, on] = self._prepared(reader, account, self._lines(reader, account, on))
        return known

    def _lines(self, reader: Reader, account: str, on: date) -> Sequence[Line]:
        """The lines of the account in the days around `on`: of so many days that there are not too many to compare."""
        spacing = self._office.house.spacing
        first, last = day_bounds(on, self._office.house.zone)
        span = max(spacing.same_text, spacing.close)
        while True:
            wanted = QueueFilter(account=account, since=first - span, until=last + span)
            lines = reader.lines(wanted, limit=MOST_COMPARED + 1)
            if len(lines) <= MOST_COMPARED or span < timedelta(minutes=1):
                return [line for line in lines if not is_gone(line)]
            span /= 2

    def _prepared(self, reader: Reader, account: str, lines: Sequence[Line]) -> tuple[_Other, ...]:
        """The lines with the words that each has on the account today; one that is no longer for the account is left out."""
        revisions = {row.post: row.revision for row in reader.rows([line.post for line in lines])}
        for key, content in reader.contents([key for key in revisions.items() if key not in self._words]).items():
            self._words[key] = {entry.account: normal_words(entry.text) for entry in content.accounts}
        found = []
        for line in lines:
            words = self._words.get((line.post, revisions.get(line.post, 0)), {}).get(account)
            if words is not None:
                found.append(_Other(line=line, words=words))
        return tuple(found)


def is_gone(line: Line) -> bool:
    """Whether a post was taken back or turned down on that account: it stands beside nothing."""
    return line.state in _GONE


def warnings(neighbours: Iterable[Neighbour], zone: ZoneInfo) -> tuple[Warned, ...]:
    """What to say to a person, a sentence each: the nearest posts by name, state and time, and how many more there are."""
    grouped: dict[tuple[str, Nearness], list[Neighbour]] = {}
    for entry in neighbours:
        grouped.setdefault((entry.account, entry.nearness), []).append(entry)
    found = []
    for (account, nearness), entries in grouped.items():
        found += [
            Warned(code=nearness, account=account, words=_words(entry, zone), posts=(entry.post,))
            for entry in entries[:MOST_NAMED]
        ]
        if rest := entries[MOST_NAMED:]:
            what = f"{len(rest)} more on {account} {_MORE[nearness]}."
            found.append(Warned(code=nearness, account=account, words=what, posts=tuple(entry.post for entry in rest)))
    return tuple(found)


def _words(entry: Neighbour, zone: ZoneInfo) -> str:
    title = f" “{entry.title}”" if entry.title else ""
    who = f"Post {entry.post}{title}"
    when = f" for {format_local(entry.at, zone)}" if entry.at is not None else " without a time"
    state = entry.state.replace("_", " ")
    if entry.state == DeliveryState.PUBLISHED:
        when = f", {format_local(entry.at, zone)}" if entry.at is not None else ""
    if entry.nearness is not Nearness.CLOSE:
        return f"{who} {_SAYS[entry.nearness]} on {entry.account}: {state}{when}."
    minutes = 0 if entry.apart is None else round(entry.apart.total_seconds() / 60)
    apart = "at the same minute" if minutes == 0 else f"{minutes} minute{'s' if minutes != 1 else ''} apart"
    return f"{who} is close to it on {entry.account}, {apart}: {state}{when}."


def _neighbour(nearness: Nearness, line: Line, apart: timedelta | None) -> Neighbour:
    return Neighbour(
        nearness=nearness, account=line.account, post=line.post, title=line.title, state=line.state, at=line.at, apart=apart
    )


def _nearest_first(entry: Neighbour) -> tuple[str, int, timedelta, int]:
    return entry.account, list(Nearness).index(entry.nearness), entry.apart or timedelta(0), entry.post
