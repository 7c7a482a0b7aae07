"""Times as they are said: words become the figures that civil time reads, or are refused with every reading that they have."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from purdah_scheduler.domain.reveal import one_line
from purdah_scheduler.errors import BadTime
from purdah_scheduler.lean import lean_dataclass

_NUMBERS = {
    word: number
    for number, word in enumerate(
        (
            *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
            *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
        ),
        1,
    )
} | {"a": 1, "an": 1, "thirty": 30, "forty": 40, "forty-five": 45, "fifty": 50, "sixty": 60, "ninety": 90}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}
_PARTS = {"morning": (1, 11), "afternoon": (12, 18), "evening": (17, 23), "night": (18, 23)}
"""Part of a day -> the hours, first and last, that are surely in it."""

_N = rf"[0-9]{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
_SPAN = re.compile(
    rf"(?:in )?(?P<count>{_N}) (?P<unit>minutes?|mins?|hours?|hrs?|days?|weeks?|fortnights?)(?P<half> and a half)?"
    r"(?P<from> from (?:now|today)| time)?"
)
_HOURS = "|".join(word for word, number in _NUMBERS.items() if number <= 12 and len(word) > 2)
_HALF = r"(?: ?(?P<half>am|pm))?"
_CLOCKS = tuple(
    re.compile(rf"(?:^|(?<= ))(?:at )?{said}{_HALF}(?= |$)")
    for said in (
        rf"(?P<minute>half|quarter|a quarter|(?:{_N})(?: minutes)?) (?P<way>past|to) (?P<hour>{_HOURS}|[0-9]{{1,2}})(?: oclock)?",
        rf"(?P<minute>half) (?P<hour>{_HOURS})",
        rf"(?P<hour>{_HOURS}|[0-9]{{1,2}}) oclock",
        rf"(?P<hour>{_HOURS}) (?P<minute>fifteen|twenty|thirty|forty-five)",
        rf"(?P<hour>{_HOURS})(?= ?[ap]m)",
    )
)
"""Clocks as they are said: half past nine, quarter to five pm, half nine, nine o'clock, nine thirty, nine am."""

_FIGURES = r"[0-9]{1,2}(?:[:.][0-9]{2}(?::[0-9]{2})?(?: ?(?:am|pm))?| ?(?:am|pm))(?: ?(?:z|utc|gmt|bst|[+-][0-9]{2}:?[0-9]{2}))?"
_CLOCK_AT_END = re.compile(rf"(?P<day>.*) (?:at )?(?P<clock>{_FIGURES}|noon|midnight)")
_CLOCK_FIRST = re.compile(rf"(?:at )?(?P<clock>{_FIGURES}|noon|midnight)(?: on)? (?P<day>.+)")
_CLOCK_LAST = re.compile(r"(?:^| )(?:at )?(?P<hour>[0-9]{1,2})(?P<minute>[:.][0-9]{2})?(?: ?(?P<half>am|pm))?$")
_PART = re.compile(r"(?: |^)(?:(?:in the|this|at) )?(?P<part>morning|afternoon|evening|night)(?= |$)")
_NTH = re.compile(
    rf"(?P<nth>{'|'.join(_ORDINALS)}|last) (?P<weekday>[a-z]+) (?:in|of) "
    r"(?:(?P<which>this|next) month|(?P<month>[a-z]+)(?: (?P<year>20[0-9]{2}))?)"
)
_MONTH_FIRST = re.compile(r"(?P<month>[a-z]+) (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?: (?P<year>[0-9]{4}))?")
_SHORT_YEAR = re.compile(r"(?P<rest>[0-9]{1,2}/[0-9]{1,2}/)(?P<year>[0-9]{2})")
_WEEK_ON = re.compile(
    r"(?:a )?(?P<span>week|fortnight) (?:on )?(?P<day>[a-z]+)|(?P<day_first>[a-z]+) (?P<span_last>week|fortnight)"
)
_OF_WEEK = re.compile(r"(?P<day>[a-z]+) (?P<which>this|next) week|(?P<which_first>this|next) week (?:on )?(?P<day_last>[a-z]+)")
_JUST_PASSED = 31
_LONGEST = 70


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The words for days of the week (Monday is 0) and for months (January is 1), short forms included."""

    weekdays: Mapping[str, int]
    months: Mapping[str, int]


def in_figures(words: str, *, today: date, names: Names, typed: str) -> str:
    """`words` (small letters, single spaces) as civil time reads them: a day, then a time in figures.

    What has no spoken form in it comes back as it was. Half past nine is 09:30, half past two may be of the night and is refused;
    `typed` is how a refusal (BadTime) shows what was typed.
    """
    words = words.replace("o'clock", "oclock").replace("o\u2019clock", "oclock").replace("midday", "noon")
    words = re.sub(r"\btonight\b", "today at night", words)
    words = re.sub(rf"(?:\bat )?\b({_HOURS}|[0-9]{{1,2}})(?= (?:in the|at) (?:{'|'.join(_PARTS)})\b)", r"\1 oclock", words)
    words = re.sub(rf"\bat ({_HOURS})$", r"\1 oclock", words)
    if (ahead := _SPAN.fullmatch(words.replace("half an hour", "30 minutes"))) and (figures := _ahead(ahead)):
        return figures
    words, part = _without_part(words)
    day, clock = _split(words, part, typed)
    if part and not clock:
        clock = _in_part(day, part, typed)
        day = _CLOCK_LAST.sub("", day)
    day = _day(day.removeprefix("on ").removesuffix(" at").removesuffix(" on").strip(), today, names, typed)
    return f"{day} {clock}".strip()


# --- the time of day ----------------------------------------------------------------------------------------------


def _split(words: str, part: str, typed: str) -> tuple[str, str]:
    """The words of the day, and the clock in figures where it was said in words or first."""
    for pattern in _CLOCKS:
        if found := pattern.search(words):
            day = f"{words[: found.start()].strip()} {words[found.end() :].strip()}".strip()
            return day, _clock(found, part, day, typed)
    for figures in (_CLOCK_AT_END, _CLOCK_FIRST):
        if found := figures.fullmatch(words):
            day, clock = found["day"], found["clock"]
            return day, _checked(clock, part, day, typed) if part and clock != "noon" else clock
    return words, ""


def _clock(found: re.Match[str], part: str, day: str, typed: str) -> str:
    """A clock that was said in words, as `09:30`."""
    given = found.groupdict()
    hour = _number(given["hour"])
    minute = {"half": 30, "quarter": 15, "a quarter": 15, None: 0}.get(given.get("minute"), -1)
    if minute < 0:
        minute = _number(str(given["minute"]).removesuffix(" minutes"))
    if not 1 <= hour <= 12 or minute > 59:
        raise BadTime(f"“{typed}” has no time of day in it, so no time was set.", next_step="Try half past nine, or 09:30.")
    if given.get("way") == "to":
        hour, minute = (hour - 2) % 12 + 1, (60 - minute) % 60
    return _of_half_day(hour, minute, given.get("half") or "", part, day, typed)


def _of_half_day(hour: int, minute: int, half: str, part: str, day: str, typed: str) -> str:
    """The one reading of an hour from 1 to 12. Raises BadTime with both where the words do not settle it."""
    early, late = f"{hour % 12:02}:{minute:02}", f"{hour % 12 + 12:02}:{minute:02}"
    fits = [clock for clock in (early, late) if not part or _is_in(clock, part)]
    if half:
        fits = [clock for clock in fits if clock == (early if half == "am" else late)]
    elif not part:
        # In an office twelve is noon, and seven to eleven are of the morning; one to six are as likely of the afternoon.
        fits = [late] if hour == 12 else [early] if hour >= 7 else fits
    if len(fits) == 1:
        return fits[0]
    raise BadTime(
        f"“{typed}” can mean {early} or {late}, so no time was set.",
        next_step=f"Type {_shown(day, early)} or {_shown(day, late)}.",
    )


def _without_part(words: str) -> tuple[str, str]:
    """The words without the part of the day, and that; `this morning` is today's."""
    found = _PART.search(words)
    if found is None:
        return words, ""
    rest = f"{words[: found.start()].strip()} {words[found.end() :].strip()}".strip()
    if found.group().strip().startswith("this "):
        rest = f"today {rest}"
    return rest, found["part"]


def _in_part(day: str, part: str, typed: str) -> str:
    """The figures at the end of `day`, read in that part of the day."""
    found = _CLOCK_LAST.search(day)
    if found is None:
        raise BadTime(
            f"“{typed}” is a part of a day without a time, so no time was set.",
            next_step=f"Add the time: {_shown(day or 'today', '09:30')}.",
        )
    return _checked(found.group().strip().removeprefix("at "), part, day[: found.start()], typed)


def _checked(figures: str, part: str, day: str, typed: str) -> str:
    """A clock in figures that goes with a part of the day: `9`, `9:30` or `9:30pm`."""
    found = _CLOCK_LAST.fullmatch(figures)
    hour = int(found["hour"]) if found is not None else -1
    minute = int((found["minute"] or ":00")[1:]) if found is not None else 60
    if found is not None and 1 <= hour <= 12 and minute <= 59:
        return _of_half_day(hour, minute, found["half"] or "", part, day, typed)
    if 13 <= hour <= 23 and minute <= 59 and _is_in(clock := f"{hour:02}:{minute:02}", part):
        return clock
    raise BadTime(f"“{typed}”: {figures} is not surely in the {part}, so no time was set.", next_step="Leave out one of the two.")


def _shown(day: str, clock: str) -> str:
    return one_line(f"{day} {clock}".strip(), _LONGEST)


def _is_in(clock: str, part: str) -> bool:
    first, last = _PARTS[part]
    return first <= int(clock[:2]) <= last


# --- the day ------------------------------------------------------------------------------------------------------


def _ahead(found: re.Match[str]) -> str:
    """`in 2 hours` as `+2h`, `in three days` as `+3d`; empty where it is neither said to be ahead nor can be."""
    said = bool(found["from"]) or found.group().startswith("in ")
    count, unit = _number(found["count"]), found["unit"]
    if not said:
        return ""
    if unit.startswith("m"):
        return f"+{count}m" if not found["half"] else ""
    if unit.startswith("h"):
        return f"+{count * 60 + 30}m" if found["half"] else f"+{count}h"
    if found["half"]:
        return ""
    return f"+{count * 2}w" if unit.startswith("f") else f"+{count}{unit[0]}"


def _day(words: str, today: date, names: Names, typed: str) -> str:
    """The day as civil time reads it: a computed one as its date."""
    words = re.sub(r"\bthe\b ?", "", words)
    words = re.sub(r"(?<=[0-9])(st|nd|rd|th)? of (?=[a-z])", " ", words)
    if words == "day after tomorrow":
        return "+2d"
    if (found := _SPAN.fullmatch(words)) and (figures := _ahead(found)) and figures[-1] in "dw":
        return figures
    if found := _NTH.fullmatch(words):
        return _nth(found, today, names, typed)
    if (found := _WEEK_ON.fullmatch(words)) and (figures := _week_on(found, today, names, typed)):
        return figures
    if found := _OF_WEEK.fullmatch(words):
        weekday = names.weekdays.get(found["day"] or found["day_last"])
        if weekday is not None:
            weeks = 1 if (found["which"] or found["which_first"]) == "next" else 0
            return (today + timedelta(days=weekday - today.weekday() + 7 * weeks)).isoformat()
    if (found := _MONTH_FIRST.fullmatch(words)) and found["month"] in names.months:
        return " ".join(piece for piece in (found["day"], found["month"], found["year"]) if piece)
    if found := _SHORT_YEAR.fullmatch(words):
        return f"{found['rest']}20{found['year']}"
    return words


def _nth(found: re.Match[str], today: date, names: Names, typed: str) -> str:
    """`first monday in march`: this year's or, where that has long passed, the next year's."""
    weekday, month = names.weekdays.get(found["weekday"]), names.months.get(found["month"] or "")
    if weekday is None or (month is None and not found["which"]):
        return found.group()
    if month is None:
        year, month = _months_on(today, 1 if found["which"] == "next" else 0)
        return _nth_day(year, month, weekday, found["nth"], typed).isoformat()
    if found["year"]:
        return _nth_day(int(found["year"]), month, weekday, found["nth"], typed).isoformat()
    day = _nth_day(today.year, month, weekday, found["nth"], typed)
    if day < today and (today - day).days <= _JUST_PASSED:
        raise BadTime(f"“{typed}” was on {day.isoformat()}, so no time was set.", next_step="Give it with its year.")
    return (day if day >= today else _nth_day(today.year + 1, month, weekday, found["nth"], typed)).isoformat()


def _nth_day(year: int, month: int, weekday: int, nth: str, typed: str) -> date:
    if nth == "last":
        last = date(*_months_on(date(year, month, 1), 1), 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (_ORDINALS[nth] - 1))
    if day.month != month:
        raise BadTime(f"“{typed}”: that month has no {nth} of them, so no time was set.", next_step="Try the last one.")
    return day


def _week_on(found: re.Match[str], today: date, names: Names, typed: str) -> str:
    """`tuesday week`, `a week on tuesday`, `a week tomorrow`; empty for other words."""
    span = 14 if (found["span"] or found["span_last"]) == "fortnight" else 7
    word = found["day"] or found["day_first"]
    if word in ("today", "tomorrow"):
        return f"+{span + (word == 'tomorrow')}d"
    if word not in names.weekdays:
        return ""
    distance = (names.weekdays[word] - today.weekday()) % 7
    if distance == 0:
        near, far = (today + timedelta(days=span + 7 * more) for more in (0, 1))
        raise BadTime(
            f"Today is such a day, so “{typed}” can mean {near.isoformat()} or {far.isoformat()}, and no time was set.",
            next_step="Type the date that you mean.",
        )
    return (today + timedelta(days=distance + span)).isoformat()


def _months_on(day: date, months: int) -> tuple[int, int]:
    whole = day.year * 12 + day.month - 1 + months
    return whole // 12, whole % 12 + 1


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _NUMBERS[word]
