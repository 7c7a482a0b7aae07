"""Times that come again: a rule in words or as an RRULE (RFC 5545) with a mandatory end, in Europe/London wall time.

A time that the clocks jump over goes out as late as it would have without the jump (01:30 becomes 02:30 BST); one that happens
twice is the first of the two. Nothing drifts: nine o'clock stays nine o'clock.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from purdah_scheduler.domain.civiltime import DAYS, first_instant, london
from purdah_scheduler.domain.reveal import one_line
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

MOST_TIMES = 60
"""Times that one rule makes, at most."""

_FURTHEST = timedelta(days=366 * 10)
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAYS = {word: number for number, name in enumerate(DAYS) for word in (name.lower(), name[:3].lower(), f"{name.lower()}s")}
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_LIST = r"{0}(?:,{0})*"
_PARTS = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": "[1-9][0-9]?",
    "BYDAY": _LIST.format(rf"(?:[+-]?[1-5])?(?:{'|'.join(_CODES)})"),
    "BYMONTHDAY": _LIST.format("-?(?:[1-9]|[12][0-9]|3[01])"),
    "BYMONTH": _LIST.format("(?:[1-9]|1[0-2])"),
    "BYSETPOS": _LIST.format("-?[1-9][0-9]?"),
    "WKST": "|".join(_CODES),
}
"""The parts of an RRULE that are taken, and their forms: what an INTERVAL of 0 asks for would never be worked out."""

_INTERVAL = re.compile(r"(?:(?P<count>other|second|[0-9]{1,2}) )?(?P<unit>day|week|month|year)s?(?: on (?P<on>.+))?")
_MONTH_DAY = re.compile(r"(?:the )?(?:(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?|(?P<last>last) day)")
_NTH_DAY = re.compile(rf"(?:the )?(?P<nth>{'|'.join(_NTH)}) (?P<day>[a-z]+)")
_EXAMPLES = "Try week, 2 weeks, weekday, mon and thu, month on the 15th, month on the first monday, or FREQ=MONTHLY;BYDAY=1MO."


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """One time of a rule, in UTC; `shifted` where the clocks jump over the wall time that it should have had."""

    at: datetime
    shifted: bool = False


def read_rule(text: str) -> str:
    """The RRULE that the words or the text of one mean, without an end. Raises BadInput for anything else.

    `week` and `month` without a day repeat the day on which the first time falls.
    """
    words = " ".join(text.split())
    if "=" in words:
        return _given_rule(words.upper().removeprefix("RRULE:").rstrip(";"))
    words = words.lower().removeprefix("every ").replace("fortnight", "2 weeks").replace("quarter", "3 months")
    if words in ("weekday", "weekdays", "working day"):
        return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    if days := _weekdays(words):
        return f"FREQ=WEEKLY;BYDAY={days}"
    found = _INTERVAL.fullmatch(words)
    if found is None:
        raise BadInput(f"“{one_line(text, 60)}” is not a rule that can be read, so nothing was made.", next_step=_EXAMPLES)
    count = 2 if found["count"] in ("other", "second") else int(found["count"] or 1)
    if count < 1:
        raise BadInput("A rule repeats every 1 or more, so nothing was made.", next_step=_EXAMPLES)
    rule = f"FREQ={_UNITS[found['unit']]}" + (f";INTERVAL={count}" if count > 1 else "")
    return rule if found["on"] is None else f"{rule};{_on(found['unit'], found['on'], text)}"


def times_of(rule: str, *, first: datetime, until: date | None, count: int | None, behind: bool = False) -> tuple[Time, ...]:
    """The times of an RRULE from `first` (aware) on, at its wall time: `count` of them, or those up to the day `until`.

    `behind`: those after `first` alone, which is taken already.
    Raises BadInput unless exactly one end is given, where there are none, and for more than `MOST_TIMES`.
    """
    if (until is None) == (count is None):
        raise BadInput(
            "A series has one end, so nothing was made.", next_step=f"Give --count N (at most {MOST_TIMES}) or --until DATE."
        )
    if count is not None and not 1 <= count <= MOST_TIMES:
        raise BadInput(f"A series has 1 to {MOST_TIMES} posts, so nothing was made.", next_step="Give a smaller --count.")
    wall = first.astimezone(london()).replace(tzinfo=None)
    end = wall + _FURTHEST if until is None else datetime.combine(until, time.max)
    walls = (each for each in _walls(rule, wall, end) if each > wall or not behind)
    found = tuple(_instant(each) for each in islice(walls, count or MOST_TIMES + 1))
    if len(found) > MOST_TIMES:
        raise BadInput(
            f"Up to {until} there are more than {MOST_TIMES} times, so nothing was made.", next_step="Give an earlier end."
        )
    if not found or (count is not None and len(found) < count):
        raise BadInput(f"The rule has {len(found) or 'no'} such times, so nothing was made.", next_step=_EXAMPLES)
    return found


def _walls(rule: str, first: datetime, end: datetime) -> Iterator[datetime]:
    from dateutil.rrule import rrulestr  # costs milliseconds to import, and few commands repeat anything

    try:
        yield from rrulestr(f"{rule};UNTIL={min(end, first + _FURTHEST):%Y%m%dT%H%M%S}", dtstart=first)
    except (ValueError, OverflowError) as fault:
        raise BadInput(
            f"{rule} is not a rule that can be followed ({fault}), so nothing was made.", next_step=_EXAMPLES
        ) from None


def _instant(wall: datetime) -> Time:
    at = first_instant(wall, london())
    if at is not None:
        return Time(at=at)
    return Time(at=wall.replace(tzinfo=london(), fold=0).astimezone(UTC), shifted=True)


def _given_rule(rule: str) -> str:
    """An RRULE as it was given, of the parts that repeat days; its end and its time are asked for beside it."""
    parts = [part.partition("=") for part in rule.split(";")]
    names = [name for name, _, _ in parts]
    taken = {name: value for name, _, value in parts if name in _PARTS and re.fullmatch(_PARTS[name], value)}
    wrong = [one_line(part, 40) for part in rule.split(";") if part.partition("=")[0] not in taken]
    if wrong or "FREQ" not in names or len(set(names)) < len(names):
        what = f"{wrong[0]} in it is not taken" if wrong else "it needs one FREQ, and each part once"
        raise BadInput(
            f"“{one_line(rule, 60)}” is not a rule that is taken: {what}. Nothing was made.",
            next_step="The end is given with --count or --until, the time of day with --from.",
        )
    return rule


def _on(unit: str, on: str, text: str) -> str:
    if unit == "week" and (days := _weekdays(on)):
        return f"BYDAY={days}"
    if unit == "month" and (found := _MONTH_DAY.fullmatch(on)):
        day = -1 if found["last"] else int(found["day"])
        if 1 <= day <= 31 or day == -1:
            return f"BYMONTHDAY={day}"
    if unit == "month" and (found := _NTH_DAY.fullmatch(on)) and found["day"] in _WEEKDAYS:
        return f"BYDAY={_NTH[found['nth']]}{_CODES[_WEEKDAYS[found['day']]]}"
    raise BadInput(f"“{one_line(text, 60)}” is not a rule that can be read, so nothing was made.", next_step=_EXAMPLES)


def _weekdays(words: str) -> str:
    """`mon, wed and fri` as `MO,WE,FR`; empty for other words."""
    named = [word for word in re.split(r",? and |, ?| ", words.removeprefix("the ")) if word]
    if not named or any(word not in _WEEKDAYS for word in named):
        return ""
    return ",".join(_CODES[number] for number in sorted({_WEEKDAYS[word] for word in named}))
