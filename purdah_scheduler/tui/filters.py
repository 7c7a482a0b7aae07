"""The filter line of the queue: `state:held account:x author:a from:14/4 words`, read into what the store is asked."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.civiltime import day_bounds, local_date
from purdah_scheduler.domain.named_days import read_day
from purdah_scheduler.domain.posts import NEEDS_A_PERSON, OVER, DeliveryState, PostState, ThreadState
from purdah_scheduler.errors import BadInput, BadTime
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.mistyped import meant

_DONE = frozenset(map(str, (*OVER, ThreadState.SHORTENED)))
_EVERY = frozenset(map(str, (*PostState, *DeliveryState, *ThreadState)))
OPEN = _EVERY - _DONE - {str(PostState.WITHDRAWN)}

_GROUPS = {"open": OPEN, "needs-you": NEEDS_A_PERSON, "done": _DONE}
_STATES = {state.replace("_", "-"): frozenset({state}) for state in sorted(_EVERY)}
_WORDS = ("state", "account", "author", "from", "to")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which posts the queue shows, in how many pieces they are asked for; `label` says it in words."""

    parts: tuple[QueueFilter, ...]
    label: str
    text: str = ""

    def ids(self, reader: Reader) -> list[int]:
        """The ids, by due time then id: each piece ends before the next begins."""
        return [post for part in self.parts for post in reader.row_ids(part)]

    def around(self, reader: Reader, moment: datetime, *, ahead: int | None = None) -> "tuple[array[int], array[int]]":
        """The same ids in two: those before `moment`, and those from it on, of these the first `ahead` where it is given."""
        before, after = array("q"), array("q")
        for part in self.parts:
            past = replace(part, until=moment if part.until is None else min(part.until, moment))
            coming = replace(part, since=moment if part.since is None else max(part.since, moment))
            before.extend(reader.row_ids(past))
            after.extend(reader.row_ids(coming, limit=None if ahead is None else ahead - len(after)))
        return before, after


def position(reader: Reader, ids: Sequence[int], moment: datetime) -> int:
    """How many of these ids, in their order, come before `moment`: found by halving, so that a long list costs no more."""
    low, high = 0, len(ids)
    while low < high:
        middle = (low + high) // 2
        row = next(iter(reader.rows([ids[middle]])), None)
        if row is not None and row.sort_at < moment:
            low = middle + 1
        else:
            high = middle
    return low


def open_posts(now: datetime, zone: ZoneInfo) -> Wanted:
    """What the queue shows unasked: everything that is still open, and what was settled yesterday or today."""
    yesterday, _ = day_bounds(local_date(now, zone) - timedelta(days=1), zone)
    return Wanted(parts=(QueueFilter(states=OPEN, until=yesterday), QueueFilter(since=yesterday)), label="Open posts")


def read_filter(text: str, *, now: datetime, zone: ZoneInfo, accounts: Iterable[str], people: Iterable[str]) -> Wanted:
    """What a filter line asks for; an empty one asks for the open posts, `all` for every post.

    Raises BadInput naming the word that cannot be used and the nearest that can.
    """
    typed = text.strip()
    if not typed:
        return open_posts(now, zone)
    if typed.casefold() == "all":
        return Wanted(parts=(QueueFilter(),), label="Every post", text=typed)
    wanted = QueueFilter()
    terms, words = terms_of(typed, _WORDS)
    for name, value in terms:
        wanted = _READERS[name](wanted, value, now, zone, tuple(accounts), tuple(people))
    return Wanted(parts=(replace(wanted, words=words),), label="Filter", text=typed)


def terms_of(typed: str, known: Sequence[str]) -> tuple[list[tuple[str, str]], str]:
    """The `name:value` pairs of a filter in their order, and the words that are none. Raises BadInput for other names."""
    terms, words = [], []
    for word in typed.split():
        name, colon, value = word.partition(":")
        name = name.casefold()
        if not colon or not name.isalpha() or value.startswith("//"):
            words.append(word)
        elif name not in known:
            raise mistake(f"“{name}:” is not part of a filter", name, known, "It knows")
        else:
            terms.append((name, value))
    return terms, " ".join(words)


def _state(wanted: QueueFilter, value: str, *rest: object) -> QueueFilter:
    del rest
    states: frozenset[str] = wanted.states
    known = {**_STATES, **_GROUPS}
    for one in value.casefold().replace("_", "-").split(","):
        if one not in known:
            raise mistake(f"There is no state “{one}”", one, known, "The states are")
        states |= known[one]
    return replace(wanted, states=states)


def _account(
    wanted: QueueFilter, value: str, now: datetime, zone: ZoneInfo, accounts: tuple[str, ...], people: tuple[str, ...]
) -> QueueFilter:
    del now, zone, people
    if value not in accounts:
        raise mistake(f"There is no account “{value}”", value, accounts, "The accounts are")
    return replace(wanted, account=value)


def _author(
    wanted: QueueFilter, value: str, now: datetime, zone: ZoneInfo, accounts: tuple[str, ...], people: tuple[str, ...]
) -> QueueFilter:
    del now, zone, accounts
    if value not in people:
        raise mistake(f"There is no person “{value}”", value, people, "The people are")
    return replace(wanted, author=value)


def _since(wanted: QueueFilter, value: str, now: datetime, zone: ZoneInfo, *rest: object) -> QueueFilter:
    del rest
    return replace(wanted, since=bounds_of(value, now=now, zone=zone)[0])


def _until(wanted: QueueFilter, value: str, now: datetime, zone: ZoneInfo, *rest: object) -> QueueFilter:
    del rest
    return replace(wanted, until=bounds_of(value, now=now, zone=zone)[1])


_READERS: dict[str, Callable[..., QueueFilter]] = {
    "state": _state,
    "account": _account,
    "author": _author,
    "from": _since,
    "to": _until,
}


def bounds_of(text: str, *, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants [first, last) of the local day that `text` names: `today`, `fri`, `14/4`, `14-apr`, `2026-04-14`, `+3d`.

    Raises BadTime.
    """
    words = text if text[:4].isdigit() else text.replace("-", " ")
    return day_bounds(read_day(words, now=now, zone=zone), zone)


def mistake(what: str, typed: str, known: Iterable[str], intro: str) -> BadInput:
    """What is wrong with a filter, and the nearest that can be used."""
    names = sorted(known)
    hint = meant(typed, names)
    return BadInput(f"{what}, so the filter was not changed.", next_step=f"{hint}{intro}: {', '.join(names)}.")


__all__ = ["OPEN", "BadTime", "Wanted", "bounds_of", "mistake", "open_posts", "position", "read_filter", "terms_of"]
