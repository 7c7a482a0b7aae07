"""The forward look is one page that stands by itself, says everything in words, and runs nobody's text."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from purdah_scheduler.calendars.bank_holidays import bank_holidays
from purdah_scheduler.calendars.forward_look import MOST_IN_A_DAY, Band, Look, Posting, page
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.notable import Almanac, Notable, Sort

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BAND = Band(
    id="ge-2026",
    name="General election",
    rules="strict rules",
    status="provisional",
    until="Wed 2 Dec 2026 00:00 GMT",
    source="https://www.gov.example/notice",
    starts=datetime(2026, 11, 19, tzinfo=UTC),
    ends=datetime(2026, 12, 2, tzinfo=UTC),
)
POSTING = Posting(post=1, title="Lines open at 8", state="in_review", at=NOON, accounts=("x-main", "outbox"))
LOOK = Look(
    department="Department for Tides",
    zone=london(),
    first=date(2026, 11, 1),
    last=date(2026, 12, 31),
    generated_at=NOON,
    version="1.0",
    bands=[BAND],
    postings=[POSTING],
    almanac=Almanac(
        days={
            date(2026, 12, 25): (Notable(on=date(2026, 12, 25), sort=Sort.HOLIDAY, words="Christmas Day"),),
            date(2026, 12, 1): (
                Notable(on=date(2026, 12, 1), sort=Sort.POLL, words="General election"),
                Notable(on=date(2026, 12, 1), sort=Sort.ENDS, words="Last day of something"),
            ),
            date(2026, 11, 13): (Notable(on=date(2026, 11, 13), sort=Sort.DEADLINE, words="Last day to register to vote"),),
        },
        holidays_from=date(2012, 1, 2),
        holidays_until=date(2028, 12, 26),
    ),
    explained={date(2026, 12, 1): ("General election: in force until 22:00",)},
)


class Outline(HTMLParser):
    """The elements and attributes of a page, the text of each cell, and whether everything is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.open: list[str] = []
        self.cells: list[tuple[str, int, str]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag != "meta":
            self.open.append(tag)
        if tag == "td":
            given = dict(attrs)
            self.cells.append((given.get("class") or "", int(given.get("colspan") or 1), ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data
        if "td" in self.open:
            name, span, text = self.cells[-1]
            self.cells[-1] = (name, span, text + data)


def bands(look: Look) -> list[tuple[int, str]]:
    return [(span, text) for name, span, text in Outline(page(look)).cells if name == "band"]


# --- what it says -------------------------------------------------------------------------------------------------


def test_a_period_is_a_band_in_each_week_with_its_name_rules_and_edges_in_words() -> None:
    assert bands(LOOK) == [
        (4, "General election: strict rules (from Thu 19 Nov 2026 00:00 GMT, provisional) ▸"),
        (7, "◂ General election: strict rules (provisional) ▸"),
        (1, "◂ General election: strict rules (provisional) ▸"),
        (1, "◂ General election: strict rules (until Wed 2 Dec 2026 00:00 GMT, provisional)"),
    ]


def test_a_band_holds_on_a_day_of_which_it_has_one_second_and_not_on_the_day_of_its_end() -> None:
    start = datetime(2026, 11, 10, 23, 59, 59, tzinfo=UTC)
    assert bands(replace(LOOK, bands=[replace(BAND, starts=start, ends=start + timedelta(seconds=1))]))[0][0] == 1
    assert bands(replace(LOOK, bands=[replace(BAND, starts=start, ends=start + timedelta(seconds=2))]))[0][0] == 2


def test_a_period_without_an_end_goes_on() -> None:
    assert all(text.endswith("▸") for _, text in bands(replace(LOOK, bands=[replace(BAND, ends=None)])))


def test_every_row_of_the_months_has_seven_days() -> None:
    rows = re.findall(r'(?s)<tr class="(?:days|bands|posts)">(.*?)</tr>', page(LOOK))
    spans = [sum(int(span or 1) for span in re.findall(r"<td[^>]*?(?:colspan=\"(\d)\")?>", row)) for row in rows]
    assert set(spans) == {7}
    assert len(rows) == 2 * (6 + 5) + 4


def test_a_post_is_in_its_day_with_time_title_state_and_accounts() -> None:
    (cell,) = (text for _, _, text in Outline(page(LOOK)).cells if "Lines open" in text)
    assert cell == "1 post12:00 Lines open at 8 in review x-main, outbox"


def test_a_post_is_on_the_day_that_the_clocks_of_the_zone_show() -> None:
    late = replace(POSTING, at=datetime(2026, 7, 31, 23, 30, tzinfo=UTC))
    words = Outline(page(replace(LOOK, first=date(2026, 8, 1), last=date(2026, 8, 1), postings=[late]))).words
    assert "00:30 Lines open at 8" in words


def test_posts_are_counted_in_all_and_by_state_and_only_the_first_of_a_day_are_named() -> None:
    many = [replace(POSTING, post=number, state="held") for number in range(MOST_IN_A_DAY + 3)]
    words = Outline(page(replace(LOOK, postings=[*many, replace(POSTING, state="draft")]))).words
    assert f"{MOST_IN_A_DAY + 4} posts: 1 draft, {MOST_IN_A_DAY + 3} held." in words
    assert "and 4 more" in words
    assert words.count("Lines open at 8") == MOST_IN_A_DAY


def test_polling_days_bank_holidays_today_and_the_time_of_making_are_said() -> None:
    words = Outline(page(LOOK)).words
    for said in (
        "Polling day: General election",
        "Bank holiday: Christmas Day",
        "Deadline: Last day to register",
        "22 today",
        "Made on Sun 22 Nov 2026 12:00 GMT",
    ):
        assert said in words


def test_the_legend_says_what_each_state_on_the_page_means() -> None:
    assert "in reviewPost: waits for the people who must clear it." in Outline(page(LOOK)).words


def test_days_outside_of_the_range_are_empty_and_months_outside_are_not_there() -> None:
    words = Outline(page(replace(LOOK, first=date(2026, 11, 23), last=date(2026, 11, 30)))).words
    assert "Lines open at 8" not in words
    assert "December" not in words


def test_a_page_beyond_the_known_bank_holidays_says_so() -> None:
    assert "Bank holidays are known" not in page(LOOK)
    assert "known for 2012 to 2028, not for 2029: none are shown" in page(replace(LOOK, last=date(2029, 1, 31)))


def test_the_edges_of_periods_are_left_to_their_bands() -> None:
    assert "Last day of something" not in page(LOOK)


def test_each_day_of_a_period_is_explained_where_it_stands_without_a_script() -> None:
    text = page(LOOK)
    assert text.count("<details>") == 1
    lines = "<li>A working day.</li><li>General election: in force until 22:00</li>"
    assert f'<summary aria-label="Tue 1 Dec 2026 explained">Explained</summary><ul>{lines}</ul>' in text


def test_the_table_of_the_periods_says_what_each_holds_and_flags() -> None:
    words = Outline(page(replace(LOOK, bands=[replace(BAND, held="funding, event", flagged="contractual")]))).words
    assert "Needs a sign-off" in words
    assert "strict rulesfunding, eventcontractual" in words


def test_a_bank_holiday_is_no_working_day_and_looks_like_one() -> None:
    (cell,) = (name for name, _, text in Outline(page(LOOK)).cells if "Christmas Day" in text)
    assert cell == "off"


def test_a_page_that_left_posts_out_says_so() -> None:
    assert "the last ones are left out" in page(replace(LOOK, cut=True))


# --- that it stands by itself, and runs nothing -------------------------------------------------------------------


def test_nothing_is_fetched_and_no_script_runs() -> None:
    text = page(LOOK)
    outline = Outline(text)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form", "a", "svg"} & set(outline.tags)
    assert not {name for name in outline.attributes if name.startswith("on") or name in ("src", "href", "style", "action")}
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert not re.search(r"url\(|@import|@font-face|expression|<", style)
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'\"" in text


HOSTILE = "</style></title><script>alert(1)</script>\"'><img src=x onerror=a>&lt;\x1b[31m\r\n\u202e\x00-->"
ANY_TEXT = st.text(max_size=60)


@given(ANY_TEXT, ANY_TEXT)
@example(HOSTILE, HOSTILE)
def test_no_text_becomes_markup(first: str, second: str) -> None:
    band = replace(BAND, name=first, rules=second, status=first, until=second, source=first)
    posting = replace(POSTING, title=second, state=first, accounts=(first, second))
    day = date(2026, 12, 1)
    almanac = replace(LOOK.almanac, days={**LOOK.almanac.days, day: (Notable(on=day, sort=Sort.POLL, words=first),)})
    explained = {day: (second,)}
    look = replace(LOOK, department=second, bands=[band], postings=[posting], almanac=almanac, explained=explained)
    text = page(look)
    plain = Outline(page(replace(LOOK, bands=[replace(BAND, status="x")], postings=[replace(POSTING, state="x")])))
    found = Outline(text)
    assert found.tags == plain.tags
    assert found.attributes == plain.attributes
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", text)


# --- bank holidays ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(2026, 12, 25), ("Christmas Day",)),
        (date(2026, 4, 6), ("Easter Monday (England, Wales, NI)",)),
        (date(2026, 3, 17), ("St Patrick\N{RIGHT SINGLE QUOTATION MARK}s Day (NI)",)),
        (date(2028, 8, 7), ("Summer bank holiday (Scotland)",)),
        (date(2028, 8, 28), ("Summer bank holiday (England, Wales, NI)",)),
    ],
)
def test_a_bank_holiday_says_where_it_holds_unless_that_is_everywhere(day: date, names: tuple[str, ...]) -> None:
    assert tuple(holiday.words for holiday in bank_holidays()[day]) == names
