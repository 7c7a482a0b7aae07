"""The printed checklist stands by itself, has a box for each item, says who ticked what, and runs nobody's text."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest

from purdah_scheduler.calendars.checklist_page import Sheet, page
from purdah_scheduler.domain.checklist import Checklist, Day, Entry, Group, Item, Mark
from purdah_scheduler.domain.checklist_words import progress, source_in_words
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.periods import Body, Kind, Nation, Period

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PERIOD = Period(
    id="ge-test",
    name="General election",
    kind=Kind.GENERAL,
    bodies=frozenset({Body.ALB}),
    nations=frozenset({Nation.UK}),
    starts=NOON,
    ends=NOON + timedelta(days=30),
)
ITEM = Item(
    key="notice-dept",
    group=Group.NOTICE,
    words="Publish the notice on @dept.",
    source="product default ; https://example.gov.uk/note",
    suggestion="We are in the pre-election period.",
    details=("post 1, “A harbour”",),
)
MARK = Mark(id=1, period="ge-test", day=Day.FIRST, item="notice-dept", is_done=True, person="pat", at=NOON, note="Agreed.")
LISTED = Checklist(
    period=PERIOD,
    day=Day.FIRST,
    on=date(2026, 11, 23),
    entries=(
        Entry(number=1, item=ITEM, mark=MARK),
        Entry(number=2, item=replace(ITEM, key="queue-1-dept", group=Group.QUEUE, about="new"), mark=MARK),
        Entry(number=3, item=replace(ITEM, key="queue-2-dept", group=Group.QUEUE)),
    ),
    gone=(replace(MARK, item="queue-9-dept"),),
)
SHEET = Sheet(
    department="Department for Tides",
    zone=london(),
    generated_at=NOON,
    version="1.0",
    until="Wed 23 Dec 2026 12:00 GMT",
    names={"pat": "Pat Propriety"},
    listed=LISTED,
)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>x</script>",
    "]]><!--",
    "\x1b]52;c;eA==\x07\u202eturned",
    "&lt;b&gt;",
)


class Outline(HTMLParser):
    """The elements, attributes and words of a page, and whether everything is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.open: list[str] = []
        self.boxes: list[str] = []
        self.numbers: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.attributes += given
        if tag != "meta":
            self.open.append(tag)
        if (given.get("class") or "").split(" ")[0] == "box":
            self.boxes.append(given.get("aria-label") or "")
        if tag == "li" and "value" in given:
            self.numbers.append(given["value"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_each_item_has_its_number_and_a_box_that_is_ticked_only_where_it_is_done() -> None:
    found = Outline(page(SHEET))
    assert found.numbers == ["1", "2", "3"]
    assert found.boxes == ["done", "", ""]
    assert found.open == []


@pytest.mark.parametrize(
    "said",
    [
        "General election",
        "Checklist of the first day: Mon 23 Nov 2026",
        "1 of 3 done. 1 changed since it was ticked.",
        "Done by Pat Propriety, Mon 23 Nov 2026 12:00 GMT: Agreed.",
        "Changed since it was ticked by Pat Propriety",
        "We are in the pre-election period.",
        "post 1, “A harbour”",
        "queue-9-dept: Pat Propriety",
        "Own default, [1]",
        "https://example.gov.uk/note",
        "The notice on each account",
        "calendar tick ge-test NUMBER --day first",
        "Department for Tides",
    ],
)
def test_it_says_it_in_words(said: str) -> None:
    assert said in Outline(page(SHEET)).words


def test_it_needs_nothing_else() -> None:
    found = Outline(page(SHEET))
    assert not {"script", "link", "img", "iframe", "form", "a"} & set(found.tags)
    assert not {"src", "href", "style", "onload", "onclick"} & set(found.attributes)
    assert "@page { size: A4 portrait" in page(SHEET)


@pytest.mark.parametrize("body", HOSTILE)
def test_what_people_wrote_is_text_wherever_it_stands(body: str) -> None:
    item = replace(ITEM, words=body, suggestion=body, details=(body,), source=body, key=body)
    mark = replace(MARK, note=body, item=body, person=body)
    entries = (Entry(number=1, item=item, mark=mark), Entry(number=2, item=replace(item, about="x"), mark=mark))
    hostile = replace(LISTED, period=replace(PERIOD, name=body), entries=entries, gone=(mark,))
    made = page(replace(SHEET, department=body, until=body, names={"pat": body}, listed=hostile))
    expected = Outline(page(replace(SHEET, listed=replace(LISTED, entries=LISTED.entries[:2]))))
    found = Outline(made)
    assert sorted(set(found.tags)) == sorted(set(expected.tags))
    assert set(found.attributes) == set(expected.attributes)
    assert not any(char in made for char in "\x1b\x07\u202e")


def test_a_freeze_without_an_end_has_a_last_day_without_a_date() -> None:
    words = Outline(page(replace(SHEET, listed=replace(LISTED, day=Day.LAST, on=None)))).words
    assert "Checklist of the last dayFrom" in "".join(words.split("\n"))


def test_words_for_what_is_the_products_own() -> None:
    assert source_in_words("product default ; https://x.example") == "this product's own default; https://x.example"
    assert progress(replace(LISTED, entries=())) == "0 of 0 done."
