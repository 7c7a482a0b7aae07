"""Periods and posts as an ICS calendar (RFC 5545) that calendar programs subscribe to."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from icalendar import Calendar, Event
from icalendar.prop import vText

from purdah_scheduler.application.lists import Line
from purdah_scheduler.domain.civiltime import day_bounds, format_local, local_date, london
from purdah_scheduler.domain.in_words import end_in_words, rules_in_words, status_in_words
from purdah_scheduler.domain.periods import Body, EndMode, Period, PeriodStatus
from purdah_scheduler.domain.policy import Rulebook
from purdah_scheduler.domain.posts import MEANING, DeliveryState, PostState, ThreadState
from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.lean import lean_dataclass

_SPACE = UUID("6f1a6d0e-6b5c-5b0e-9d0a-3c1d6f6b2a55")
"""The name space of the UIDs: the same period or post has the same UID in every export of a department."""

_REFRESH = timedelta(hours=1)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event. `ends` is None for a moment; `key` tells it from every other one of the department; texts may be anybody's."""

    key: str
    summary: str
    description: str
    starts: datetime
    ends: datetime | None
    status: str
    category: str


def period_entry(period: Period, bodies: Iterable[Body], rulebook: Rulebook, now: datetime) -> Entry:
    """A period with its rules, whom it binds, and where its dates come from.

    One that lasts until a person says so, and has outlived its earliest end, goes on to the end of today: the next export of
    it goes on from there.
    """
    ours = sorted(period.bodies.intersection(bodies))
    rules = rules_in_words(period, ours, rulebook) or "none for a body that has an account here"
    facts = [
        ("Rules", rules),
        ("Binds", ", ".join(sorted(period.bodies))),
        ("Nations", ", ".join(sorted(period.nations))),
        ("Area", period.area),
        ("Starts", format_local(period.starts, london())),
        ("Ends", end_in_words(period, now)),
        ("Status", status_in_words(period)),
        ("Basis", f"{period.basis}: {period.basis_note}" if period.basis_note else str(period.basis)),
        ("Polling day", period.polling_day.isoformat() if period.polling_day else ""),
        ("Source", period.source),
        ("Id", period.id),
    ]
    return Entry(
        key=_period_key(period.id),
        summary=f"{period.name} ({rules})",
        description="\n".join(f"{name}: {value}" for name, value in facts if value),
        starts=period.starts,
        ends=_end(period, now),
        status="CANCELLED" if period.is_off else "TENTATIVE" if period.status is PeriodStatus.PROVISIONAL else "CONFIRMED",
        category="Period",
    )


def post_entry(line: Line, at: datetime, *, text: str = "") -> Entry:
    """A post on an account at its moment: its title and state; its words only where `text` gives them."""
    state = line.state.replace("_", " ")
    known = {str(each): words for each, words in MEANING.items()}
    description = f"Account: {line.account}\nState: {state} ({known.get(line.state, state)})\nPost: {line.post}"
    firm = line.state in _FIRM
    return Entry(
        key=f"post\n{line.post}\n{line.account}",
        summary=f"{line.title} ({line.account}, {state})",
        description=f"{description}\n\n{text}" if text else description,
        starts=at,
        ends=None,
        status="CONFIRMED" if firm else "TENTATIVE",
        category="Post",
    )


_FIRM = frozenset(
    {
        *(DeliveryState.SCHEDULED, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.PUBLISHED),
        *ThreadState,
    }
)
"""States in which something goes out, or went out, at that time."""

LEFT_OUT = frozenset({str(PostState.WITHDRAWN), str(DeliveryState.CANCELLED)})
"""States of posts that no calendar shows: nothing will be sent at their time."""


def uid_of_period(period_id: str, department: str) -> str:
    """The UID under which this department exports the period."""
    return _uid(department, _period_key(period_id))


def write_ics(entries: Iterable[Entry], *, department: str, now: datetime) -> bytes:
    """The calendar in UTF-8. Whatever people wrote is revealed and stands in TEXT values alone, which are escaped.

    No property whose value is not a TEXT or an instant of ours is written: icalendar guards the others by `assert` alone.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//purdah-scheduler//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    for entry in entries:
        event = Event()
        event.add("uid", _uid(department, entry.key))
        event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
        event.add("dtstart", _whole(entry.starts))
        if entry.ends is not None:
            event.add("dtend", max(_whole(entry.ends), _whole(entry.starts) + timedelta(seconds=1)))
        event["SUMMARY"] = _Text(reveal(entry.summary, keep_newlines=False))
        event["DESCRIPTION"] = _Text(reveal(entry.description))
        event.add("status", entry.status)
        event.add("categories", [entry.category])
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


class _Text(vText):
    r"""A TEXT as RFC 5545 3.3.11 escapes it; icalendar's own takes the two characters `\N` of a text for a line end."""

    def to_ical(self) -> bytes:
        escaped = re.sub(r"([\\;,])", r"\\\1", self).replace("\n", r"\n")
        return escaped.encode("utf-8")


def _period_key(period_id: str) -> str:
    return f"period\n{period_id}"


def _uid(department: str, key: str) -> str:
    return f"{uuid5(_SPACE, repr((department, key)))}@purdah-scheduler"


def _end(period: Period, now: datetime) -> datetime:
    over = period.ended_at()
    if over is not None and not period.is_off:
        return over
    if period.end_mode is EndMode.MANUAL_LIFT and not period.is_off and now >= period.ends:
        return day_bounds(local_date(now, london()), london())[1]
    return period.ends


def _whole(at: datetime) -> datetime:
    """To the second, which is all that the form knows."""
    return at.astimezone(UTC).replace(microsecond=0)
