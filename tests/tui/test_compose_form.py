"""The form, its checks and the files that keep it, without a screen."""

import json
import os
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.application.views import post_view
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.content import Card, Marks, Media
from purdah_scheduler.domain.focus import Focus
from purdah_scheduler.domain.periods import EndMode, PeriodStatus
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.errors import BadInput, BadMedia, TryAgain
from purdah_scheduler.tui.compose_checks import check
from purdah_scheduler.tui.compose_drafts import DraftFolder
from purdah_scheduler.tui.compose_fields import mask
from purdah_scheduler.tui.compose_form import (
    Attached,
    Form,
    blank,
    changes_what_was_cleared,
    from_document,
    of_post,
    read_times,
    same_form,
    to_document,
)
from purdah_scheduler.tui.compose_images import Images
from purdah_scheduler.tui.compose_keep import Keeper
from tests.tui.conftest import NOW, Desk

ZONE = london()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
FULL = Form(
    post=7,
    seen_revision=3,
    text="Words of all.\nAnd more.",
    texts={"dlt-news": "Its own."},
    accounts=("dlt", "dlt-news"),
    category="funding",
    nation="Wales",
    area="Northby",
    marks=Marks(joint_uk=True, campaign="Be ready"),
    when="tomorrow 9:30",
    not_before="14/4 9am",
    not_after="8 may 2026 9:00",
    title="A title",
    notes="A note",
    kept=(Media(sha256="ab" * 32, size=9, type="image/png", alt="A map", focus=Focus(x=0, y=-100)),),
    attached=(Attached(path="~/map.png", alt="Another"),),
    points=("0,-1", "0.5,"),
    lang="cy",
    visibility="unlisted",
    content_warning="flood",
    reply_to="99",
    card=Card(
        address="https://gov.uk",
        title="Floods",
        description="At risk?",
        picture=Media(sha256="cd" * 32, size=3, type="image/png", alt=""),
    ),
    card_picture=Attached(path="~/card.png", alt=""),
)


# --- the form -----------------------------------------------------------------------------------------------------


def test_a_form_comes_out_of_its_document_as_it_went_in() -> None:
    assert from_document(json.loads(json.dumps(to_document(FULL)))) == FULL


NO_FORMS: list[object] = [None, [], "text", {"text": 5}, {"marks": {"colour": "red"}}, {"texts": []}, {"accounts": [1]}]


_KEPT = {"sha256": "a", "size": 1, "type": "image/png", "alt": ""}
_CARD = {"address": "", "title": "", "description": "", "picture": None}


@pytest.mark.parametrize(
    "document",
    [
        *NO_FORMS,
        {"post": "7"},
        {"kept": [{}]},
        {"kept": ["a"]},
        {"kept": [{**_KEPT, "focus": {"x": 0.5, "y": 0}}]},
        {"kept": [{**_KEPT, "focus": {"x": 101, "y": 0}}]},
        {"kept": [{**_KEPT, "focus": [0, 0]}]},
        {"card": "a"},
        {"card": {}},
        {"card": {**_CARD, "title": 5}},
        {"card_picture": {"path": 5, "alt": ""}},
        {"card_picture": "a.png"},
        {"points": [5]},
        {"card": {**_CARD, "picture": {**_KEPT, "size": "1"}}},
    ],
)
def test_a_document_that_is_no_form_is_refused(document: object) -> None:
    with pytest.raises(BadInput):
        from_document(document)


@pytest.mark.parametrize("change", [{"title": "x"}, {"notes": "x"}, {"when": "+1h"}, {"seen_revision": 9}])
def test_title_notes_and_time_are_not_what_a_clearance_is_bound_to(change: dict[str, object]) -> None:
    assert not changes_what_was_cleared(FULL, replace(FULL, **change))  # type: ignore[arg-type]  # fields of Form


@pytest.mark.parametrize(
    "change",
    [
        {"text": "x"},
        {"texts": {}},
        {"accounts": ("dlt",)},
        {"category": "event"},
        {"nation": "UK"},
        {"area": ""},
        {"marks": Marks()},
        {"not_before": ""},
        {"not_after": ""},
        {"kept": ()},
        {"points": ("", "")},
        {"card_picture": None},
        {"attached": ()},
        {"card": None},
    ],
)
def test_everything_else_is(change: dict[str, object]) -> None:
    changed = replace(FULL, **change)  # type: ignore[arg-type]  # fields of Form
    assert changes_what_was_cleared(FULL, changed)
    assert not same_form(FULL, changed)


def test_own_words_that_equal_the_common_ones_and_those_of_an_account_left_out_are_no_change() -> None:
    plain = replace(FULL, texts={})
    assert same_form(plain, replace(plain, texts={"dlt-news": plain.text, "elsewhere": "words"}))


def test_a_post_becomes_a_form_whose_empty_title_goes_on_following_the_text(desk: Desk) -> None:
    post = desk.draft("First words of a post.", at=NOW + timedelta(hours=1))
    form = of_post(post_view(desk.office, post), ZONE)
    assert (form.text, form.title, form.when) == ("First words of a post.", "", "Tue 14 Apr 2026 11:42 BST")
    assert read_times(form, now=NOW, zone=ZONE).planned_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "typed"),
    [
        (None, ""),
        (date(2026, 4, 20), "Mon 20 Apr 2026 09:00"),
        (date(2026, 4, 14), "Tue 14 Apr 2026 11:00"),
    ],
)
def test_a_new_form_for_a_day_has_a_time_that_has_not_passed(desk: Desk, day: date | None, typed: str) -> None:
    assert blank(desk.office.house, planned=day, now=NOW).when == typed


def test_a_time_that_cannot_be_read_is_named_and_the_others_are_still_read() -> None:
    times = read_times(replace(FULL, when="soonish"), now=NOW, zone=ZONE)
    assert set(times.faults) == {"planned_at"}
    assert times.not_after is not None


# --- the checks ---------------------------------------------------------------------------------------------------


def typed(**fields: object) -> Form:
    """A form that is complete, with these fields instead."""
    base = Form(accounts=("dlt",), text="Words.", category="operational-service", when="tomorrow 9:30")
    return replace(base, **fields)  # type: ignore[arg-type]  # fields of Form


def test_an_empty_form_says_what_is_wanting_and_raises_nothing(desk: Desk) -> None:
    checks = check(desk.office, Form(), Images())
    assert len(checks.wanting) == 3
    assert checks.judgement is None


def test_the_length_is_known_before_a_category_is_chosen(desk: Desk) -> None:
    checks = check(desk.office, typed(category=""), Images())
    assert checks.counts["dlt"].used == 6
    assert checks.judgement is None


def test_a_form_in_order_has_nothing_to_do(desk: Desk) -> None:
    checks = check(desk.office, typed(), Images())
    assert (checks.verdict, checks.wanting, checks.problems) == (Verdict.ALLOW, (), ())


def test_without_a_time_the_verdict_is_for_now(desk: Desk) -> None:
    checks = check(desk.office, typed(when="", category="funding"), Images())
    assert (checks.at, checks.planned, checks.verdict) == (NOW, False, Verdict.BLOCK)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"when": "2026-04-14 10:00"}, "The planned time has passed."),
        ({"when": "soonish"}, "“soonish”"),
        ({"when": "2026-10-25 01:30"}, "happens twice"),
        ({"not_before": "2026-04-16 09:00"}, "before its window opens"),
        ({"not_after": "2026-04-15 09:30"}, "after its window closes"),
        ({"not_before": "2026-04-15 09:00", "not_after": "2026-04-15 08:00"}, "closes before it opens"),
        ({"text": "x" * 501}, "limit of 500"),
        ({"text": "a\u202eb"}, "direction override"),
        ({"attached": (Attached(path="nowhere.png", alt=""),)}, "There is no file"),
    ],
)
def test_what_is_wrong_becomes_a_line(desk: Desk, fields: dict[str, object], words: str) -> None:
    checks = check(desk.office, typed(**fields), Images())
    assert any(words in problem for problem in checks.problems), checks.problems


def test_a_problem_of_every_account_is_said_once_and_one_of_some_with_their_names(desk: Desk) -> None:
    both = ("dlt", "dlt-news")
    every = check(desk.office, typed(accounts=both, text="x" * 501), Images())
    assert len([problem for problem in every.problems if "limit of 500" in problem]) == 1
    one = check(desk.office, typed(accounts=both, texts={"dlt-news": "x" * 501}), Images())
    assert [problem[:9] for problem in one.problems] == ["dlt-news:"]


def test_the_first_free_moment_is_the_end_of_the_period(desk: Desk) -> None:
    free = check(desk.office, typed(category="funding"), Images()).free
    assert free is not None
    assert free.words == "The first moment that is free is Fri 8 May 2026 00:00 BST."


def test_a_period_that_follows_at_once_is_passed_too(desk: Desk) -> None:
    first = desk.office.house.periods[0]
    assert first.id == "ge-2026"
    second = replace(first, id="next", name="Next", starts=first.ends, ends=first.ends + timedelta(days=1, seconds=30))
    desk.office = replace(desk.office, house=replace(desk.office.house, periods=(first, second)))
    free = check(desk.office, typed(category="funding"), Images()).free
    assert free is not None
    assert free.words == "The first moment that is free is Sat 9 May 2026 00:01 BST."


def test_an_end_that_nobody_knows_gives_no_free_moment_but_says_why(desk: Desk) -> None:
    first = replace(desk.office.house.periods[0], end_mode=EndMode.MANUAL_LIFT, status=PeriodStatus.CONFIRMED)
    desk.office = replace(desk.office, house=replace(desk.office.house, periods=(first,)))
    free = check(desk.office, typed(category="funding"), Images()).free
    assert free is not None
    assert free.at is None
    assert "no known end: it is over when somebody records it, not before Fri 8 May 2026 00:00 BST" in free.words


def test_a_block_that_no_period_makes_has_no_free_moment(desk: Desk) -> None:
    free = check(desk.office, typed(marks=Marks(partisan=True)), Images()).free
    assert free is not None
    assert free.at is None
    assert "never goes out on an official account" in free.words


def test_a_file_is_read_once_and_what_was_read_is_what_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "map.png"
    path.write_bytes(PNG)
    images, attached = Images(), (Attached(path=str(path), alt="A map"),)
    images.load(attached)
    path.write_bytes(PNG + b"changed")
    (found,) = images.load(attached)
    assert (found.data, found.type, found.alt) == (PNG, "image/png", "A map")


def test_a_file_that_is_no_image_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.png"
    path.write_bytes(b"no image")
    with pytest.raises(BadMedia):
        Images().load((Attached(path=str(path), alt=""),))


# --- keeping ------------------------------------------------------------------------------------------------------


def folder_of(tmp_path: Path, person: str = "asha") -> DraftFolder:
    """The unsaved words of a person."""
    return DraftFolder(folder=tmp_path / "drafts", person=person)


def test_kept_words_are_found_again_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    path = folder.path_for(7)
    folder.keep(path, FULL, NOW)
    found = folder.find(7)
    assert found is not None
    assert (found.form, found.kept_at, found.path) == (FULL, NOW, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_words_are_offered_for_their_post_and_their_person_only(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    folder.keep(folder.path_for(7), FULL, NOW)
    assert folder.find(None) is None
    assert folder.find(70) is None
    assert folder_of(tmp_path, "ash").find(7) is None
    assert folder_of(tmp_path, "asha-post").find(7) is None
    assert folder_of(tmp_path, "*").find(7) is None


def test_of_several_the_newest_is_offered(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    for number, text in enumerate(("older", "newer")):
        path = folder.path_for(None)
        folder.keep(path, replace(FULL, text=text), NOW)
        os.utime(path, ns=(number, number))
    found = folder.find(None)
    assert found is not None
    assert found.form.text == "newer"


@pytest.mark.parametrize("kept_at", ["never", "2026-04-14T10:00:00", 5])
def test_a_time_that_is_none_is_refused(tmp_path: Path, kept_at: object) -> None:
    folder = folder_of(tmp_path)
    path = folder.path_for(None)
    path.parent.mkdir()
    path.write_text(json.dumps({"kept_at": kept_at, "form": to_document(FULL)}), "utf-8")
    with pytest.raises(BadInput, match="not offered"):
        folder.find(None)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"form": {}}'])
def test_a_file_that_cannot_be_read_is_refused_and_left(tmp_path: Path, content: str) -> None:
    folder = folder_of(tmp_path)
    path = folder.path_for(None)
    path.parent.mkdir()
    path.write_text(content, "utf-8")
    with pytest.raises(BadInput, match="not offered"):
        folder.find(None)
    assert path.read_text("utf-8") == content


def test_a_folder_that_cannot_be_written_is_said_and_leaves_nothing_half(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("in the way", "utf-8")
    folder = folder_of(tmp_path)
    with pytest.raises(TryAgain, match="could not be kept"):
        folder.keep(folder.path_for(None), FULL, NOW)


def test_a_slow_earlier_turn_never_replaces_a_later_one_and_saved_words_stay_gone(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    keeper = Keeper(folder, folder.path_for(None))
    first, second = keeper.turn(), keeper.turn()
    assert keeper.keep(replace(FULL, text="later"), second, NOW)
    assert not keeper.keep(replace(FULL, text="earlier"), first, NOW)
    found = folder.find(None)
    assert found is not None
    assert found.form.text == "later"
    keeper.drop(second)
    assert not keeper.keep(FULL, second, NOW)
    assert folder.find(None) is None


def test_words_typed_after_the_save_are_not_dropped_with_it(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    keeper = Keeper(folder, folder.path_for(None))
    saved, typed_since = keeper.turn(), keeper.turn()
    keeper.keep(FULL, typed_since, NOW)
    keeper.drop(saved)
    assert folder.find(None) is not None


def test_many_threads_leave_the_last_turn(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    keeper = Keeper(folder, folder.path_for(None))

    def work(turn: int) -> Callable[[], bool]:
        return lambda: keeper.keep(replace(FULL, text=str(turn)), turn, NOW)

    threads = [threading.Thread(target=work(keeper.turn())) for _ in range(12)]
    for thread in reversed(threads):
        thread.start()
    for thread in threads:
        thread.join()
    found = folder.find(None)
    assert found is not None
    assert found.form.text == "12"


# --- hidden characters --------------------------------------------------------------------------------------------


@given(st.text(max_size=60))
def test_a_masked_line_is_as_long_as_the_line_and_commands_no_terminal(line: str) -> None:
    shown = mask(line.replace("\n", " "))
    assert len(shown) == len(line)
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or char in "\u202d\u202e\u2066\u2069\u200b" for char in shown)


@pytest.mark.parametrize("line", ["Clocks go back on Sunday.", "Llŷn: 🏴󠁧󠁢󠁷󠁬󠁳󠁿 👩‍🚒 ❤️ [/] [@click=x]", "سلام"])
def test_a_line_that_hides_nothing_is_left_as_it_is(line: str) -> None:
    assert reveal(line) == line
    assert mask(line) == line
