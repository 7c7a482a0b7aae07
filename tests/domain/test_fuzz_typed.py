"""Whatever a person types as a time or a digest is read, or refused in words that any terminal can show."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.domain.civiltime import DAYS, FIRST_YEAR, LAST_YEAR, MONTHS, london, parse_local
from purdah_scheduler.domain.content import clean_text, digest_matches, short
from purdah_scheduler.errors import BadText, BadTime
from tests.fuzz import fuzzed, in_time, read_or_refused, texts

pytestmark = in_time

_WORDS = st.sampled_from(
    [
        *(word.lower() for word in (*DAYS, *MONTHS)),
        *("tomorrow", "today", "yesterday", "now", "noon", "midnight", "next", "this", "on", "at", "am", "pm", "bst", "gmt"),
        *("z", "t", "+1d", "+999w", "+9999h", "+0m", "2100-12-31", "2000-01-01", "0000-00-00", "31/12", "29/2", "29/2/2027"),
        *(
            "half",
            "quarter",
            "past",
            "to",
            "ten",
            "o'clock",
            "in",
            "the",
            "of",
            "a",
            "an",
            "week",
            "fortnight",
            "days",
            "hours",
            "first",
        ),
        *("last", "fifth", "morning", "evening", "tonight", "next month", "this week", "and a half", "from now", "31/12/99"),
        *("24:00", "23:59:60", "00:00", "9", "9.30", "99am", "+14:00", "-23:59", "+99:99", "1st", "32nd"),
        *("\u0663", "\uff15:\uff10\uff10", "\u00b2", "\uff0c"),  # digits and a comma of other scripts
    ]
)
_TYPED = st.lists(_WORDS | texts | st.integers(0, 10_000).map(str), max_size=5).map(" ".join) | texts
_MOMENTS = st.datetimes(datetime.fromisoformat("2000-01-02"), datetime.fromisoformat("2100-12-30"), timezones=st.just(UTC))
_ZONES = st.sampled_from([london(), ZoneInfo("UTC"), ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/St_Johns")])


@fuzzed
@given(_TYPED, _MOMENTS, _ZONES)
def test_any_words_are_a_time_or_a_refusal(typed: str, now: datetime, zone: ZoneInfo) -> None:
    with read_or_refused(BadTime):
        moment = parse_local(typed, now=now, zone=zone)
        assert moment.at.tzinfo is UTC
        assert FIRST_YEAR - 1 <= moment.at.year <= LAST_YEAR + 2


@fuzzed
@given(texts | st.from_regex(r"[0-9a-fA-F-]{0,70}", fullmatch=True), st.from_regex(r"[0-9a-f]{64}", fullmatch=True))
def test_only_the_digits_of_a_digest_match_it(typed: str, digest: str) -> None:
    if digest_matches(typed, digest):
        assert typed.strip().lower().replace("-", "") in (short(digest).replace("-", ""), digest)


@fuzzed
@given(st.text(st.characters(), max_size=60) | texts)
def test_any_text_is_cleaned_or_refused_with_a_position(text: str) -> None:
    with read_or_refused(BadText):
        assert clean_text(clean_text(text)) == clean_text(text)
