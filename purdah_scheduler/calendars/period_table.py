"""One [[period]] table of a calendar file as a Period, with every fault of the table at once."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from purdah_scheduler.domain.civiltime import FIRST_YEAR, LAST_YEAR, instant_of, local_date, london
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.periods import Basis, Body, EndMode, Kind, Nation, Period, PeriodStatus, StartsPrecision
from purdah_scheduler.errors import BadTime
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.mistyped import nearest

REQUIRED = ("id", "name", "kind", "bodies", "nations", "starts", "ends")
LIMITS = ("accounts", "channels", "campaign")
TEXTS = ("area", "campaign", "regime", "basis_note", "ends_note", "source", "confidence", "notes")
CHOICES = ("starts_precision", "basis", "end_mode", "status")
DATES = ("announced", "lifted", "polling_day")
KEYS = (*REQUIRED, "accounts", "channels", *TEXTS, *CHOICES, *DATES)
OWN_KINDS = (Kind.DEPARTMENTAL, Kind.FREEZE)
"""Kinds that a department declares for itself: limited to accounts, channels or a campaign they bind every body, to everybody."""

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LONGEST = 2000
_LONGEST_NAME = 64
_EARLIEST = timedelta(minutes=1)
"""After its start: the earliest end of a freeze that names none."""

_Choice = TypeVar("_Choice", bound=StrEnum)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class TableFault:
    """One thing wrong with a table: at which key (empty: the table as a whole), and a sentence."""

    key: str
    sentence: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a period can name that the calendar does not define itself; None: not known here, so that any name is taken."""

    accounts: Collection[Account] | None = None
    channels: Collection[str] | None = None
    regimes: Collection[str] | None = None


ANY_NAMES = Names()


def read_period(table: Mapping[str, object], *, origin: str, names: Names = ANY_NAMES) -> Period | tuple[TableFault, ...]:
    """The period that the table describes, or every fault in it.

    Times without an offset are wall time of Europe/London. A bare date is 00:00 of that day; an end needs its time. A freeze
    may have no end: it holds until a person records that it is over. `names` are those that its scope and rules may use.
    """
    return _Reading(table, names).period(origin)


def hint(word: str, known: Collection[str]) -> str:
    """The end of a sentence that names the nearest known word, or all of them when none is near."""
    close = nearest(word, known)
    return f"did you mean {close}?" if close else f"known are {', '.join(known)}."


@cache
def _by_value(choices: type[_Choice]) -> Mapping[str, Any]:
    """The members by what stands for them in a file, in their order."""
    return {choice.value: choice for choice in choices}


class _Reading:
    """Reads the keys of one table and collects what is wrong with them."""

    def __init__(self, table: Mapping[str, object], names: Names) -> None:
        self._table = table
        self._names = names
        self._faults: list[TableFault] = []

    def period(self, origin: str) -> Period | tuple[TableFault, ...]:
        for key in self._table:
            if key not in KEYS:
                self._fault(key, f"{_shown(key)} is not a key of a period; {hint(key, KEYS)}")
        is_open = self._table.get("kind") == Kind.FREEZE and "ends" not in self._table
        binds_all = self._table.get("kind") in OWN_KINDS and any(self._table.get(key) for key in LIMITS)
        for key in REQUIRED:
            left_out = (key == "ends" and is_open) or (key in ("bodies", "nations") and binds_all)
            if key not in self._table and not left_out:
                self._fault("", f"the period has no {key}.")

        period_id, name = self._text("id"), self._text("name")
        if period_id and not _ID.fullmatch(period_id):
            self._fault("id", "an id has small letters, digits and hyphens, at most 64 of them.")
        kinds, bodies, nations = self._choices("kind", Kind), self._choices("bodies", Body), self._choices("nations", Nation)
        if binds_all:
            bodies = bodies if "bodies" in self._table else frozenset(Body)
            nations = nations if "nations" in self._table else frozenset({Nation.UK})
        channels = self._named("channels", "channel", self._names.channels)
        accounts = self._accounts(bodies, channels)
        self._check_regime(kinds)
        area = self._text("area")
        if Kind.BY_ELECTION in kinds and not area:
            self._fault("", "a by-election needs the area that it is about.")
        precision, basis = self._choice("starts_precision", StartsPrecision), self._choice("basis", Basis)
        end_mode, status = self._choice("end_mode", EndMode), self._choice("status", PeriodStatus)
        starts, ends = self._instant("starts"), self._end("ends")
        announced_at, lifted_at = self._instant("announced"), self._end("lifted")
        if is_open:
            if end_mode is EndMode.FIXED:
                self._fault("end_mode", "a freeze without an end is over when a person says so: leave out end_mode.")
            end_mode, ends = EndMode.MANUAL_LIFT, None if starts is None else starts + _EARLIEST
        polling_day = self._date("polling_day")
        if starts:
            self._check_order(starts, ends, announced_at, polling_day)
        texts: dict[str, Any] = {key: self._text(key) for key in TEXTS if key != "area"}

        if self._faults or starts is None or ends is None:
            return tuple(self._faults)
        end_mode = end_mode or EndMode.FIXED
        status = status or PeriodStatus.CONFIRMED
        if status is PeriodStatus.HELD and end_mode is EndMode.MANUAL_LIFT and lifted_at is None:
            lifted_at = ends
        date_only = not isinstance(self._table["starts"], datetime)
        return Period(
            id=period_id,
            name=name,
            kind=next(iter(kinds)),
            bodies=bodies,
            nations=nations,
            area=area,
            accounts=accounts,
            channels=channels,
            starts=starts,
            ends=ends,
            starts_precision=precision or (StartsPrecision.DATE if date_only else StartsPrecision.MINUTE),
            end_mode=end_mode,
            basis=basis or Basis.ANNOUNCED,
            announced_at=announced_at,
            status=status,
            lifted_at=lifted_at,
            polling_day=polling_day,
            origin=origin,
            stopped_at=None,
            **texts,
        )

    def _check_order(
        self, starts: datetime, ends: datetime | None, announced_at: datetime | None, polling_day: date | None
    ) -> None:
        if ends and ends <= starts:
            self._fault("ends", "the end is not after the start.")
        if announced_at and announced_at > starts:
            self._fault("announced", "the announcement is after the start.")
        if polling_day and polling_day < local_date(starts, london()):
            self._fault("polling_day", "the polling day is before the start.")

    def _fault(self, key: str, sentence: str) -> None:
        self._faults.append(TableFault(key=key, sentence=sentence))

    def _text(self, key: str) -> str:
        value = self._table.get(key, "")
        if not isinstance(value, str):
            self._fault(key, f'{key} must be text in quotes, such as {key} = "…".')
            return ""
        if key in REQUIRED and key in self._table and not value.strip():
            self._fault(key, f"{key} is empty.")
        if len(value) > _LONGEST or not value.replace("\n", "").isprintable():
            self._fault(key, f"{key} has a character that cannot be shown, or more than {_LONGEST} of them.")
            return ""
        return value.strip()

    def _named(self, key: str, what: str, known: Collection[str] | None) -> frozenset[str]:
        """The names in a list, each of them known."""
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
            self._fault(key, f'{key} must be a list, such as {key} = ["{next(iter(known or ("…",)))}"].')
            return frozenset()
        if key in self._table and not value:
            self._fault(key, f"{key} is empty: leave it out where the period is not limited to any.")
        for word in value:
            if len(word) > _LONGEST_NAME or not word.isprintable():
                self._fault(key, f"{key} has a name with a character that cannot be shown, or more than {_LONGEST_NAME} of them.")
            elif known is not None and word not in known:
                self._fault(key, f"there is no {what} {_shown(word)}; {hint(word, known)}")
        return frozenset(value)

    def _accounts(self, bodies: Collection[Body], channels: Collection[str]) -> frozenset[str]:
        """The accounts that are named; one that the period would never touch for another reason is a fault."""
        known = None if self._names.accounts is None else {account.id: account for account in self._names.accounts}
        accounts = self._named("accounts", "account", known)
        for account in (known[name] for name in sorted(accounts) if known and name in known):
            if bodies and account.body not in bodies:
                self._fault("accounts", f"the account {account.id} belongs to {account.body}, which is not among the bodies.")
            if channels and account.channel not in channels:
                self._fault("accounts", f"the account {account.id} is on {account.channel}, which is not among the channels.")
        return accounts

    def _check_regime(self, kinds: Collection[Kind]) -> None:
        regime, known = self._table.get("regime"), self._names.regimes
        if not isinstance(regime, str) or not regime.strip():
            return
        if kinds and Kind.DEPARTMENTAL not in kinds:
            self._fault("regime", "only a departmental period has rules of its own: leave out regime.")
        if known is not None and regime.strip() not in known:
            self._fault("regime", f"a period cannot have the rules {_shown(regime)}; {hint(regime, known)}")

    def _choice(self, key: str, choices: type[_Choice]) -> _Choice | None:
        return next(iter(self._choices(key, choices)), None)

    def _choices(self, key: str, choices: type[_Choice]) -> frozenset[_Choice]:
        """The named members: a list of them for bodies and nations, one for every other key."""
        if key not in self._table:
            return frozenset()
        value = self._table[key]
        known = _by_value(choices)
        several = key in ("bodies", "nations")
        words = value if several else [value]
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            example = next(iter(known))
            form = f'a list, such as {key} = ["{example}"]' if several else f'text in quotes, such as {key} = "{example}"'
            self._fault(key, f"{key} must be {form}.")
            return frozenset()
        if not words:
            self._fault(key, f"{key} is empty; {hint('', known)}")
        for word in words:
            if word not in known:
                what = f"not one of the {key}" if several else f"not a known {key}"
                self._fault(key, f"{_shown(word)} is {what}; {hint(word, known)}")
        return frozenset(known[word] for word in words if word in known)

    def _instant(self, key: str) -> datetime | None:
        value = self._table.get(key)
        if value is None:
            return None
        if not isinstance(value, date):
            self._fault(key, f"{key} must be a date or a time without quotes, such as {key} = 2026-05-07T09:30:00.")
            return None
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            self._fault(key, f"{key} is outside {FIRST_YEAR} to {LAST_YEAR}.")
            return None
        wall = value if isinstance(value, datetime) else datetime.combine(value, time())
        if wall.tzinfo is not None:
            return wall.astimezone(UTC)
        try:
            return instant_of(wall, london())
        except BadTime as fault:
            self._fault(key, f"{key}: {fault.message} {fault.next_step}")
            return None

    def _end(self, key: str) -> datetime | None:
        """An end needs its time: of a bare date nobody can say whether that day is in or out."""
        value = self._table.get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            self._fault(key, f"{key} needs a time, such as {value}T22:00:00 (close of poll), or 00:00:00 of the day after.")
            return None
        return self._instant(key)

    def _date(self, key: str) -> date | None:
        value = self._table.get(key)
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            self._fault(key, f"{key} must be a date without quotes, such as {key} = 2026-05-07.")
            return None
        return value


def _shown(word: str) -> str:
    """A word of the file as it may be repeated in a message: short, and without anything a terminal would obey."""
    return repr(word if len(word) <= 40 else f"{word[:40]}…")
