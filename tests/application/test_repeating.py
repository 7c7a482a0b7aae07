"""Repeating a post: every time is shown with its verdict first, each draft is a post of its own, and nothing is made twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from purdah_scheduler.application import repeating, scheduling, views, writing
from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.nearby import Neighbourhood
from purdah_scheduler.calendars.almanac import office_almanac
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.errors import BadInput, NotAllowed, NotFound, WrongState
from tests.application.desk import ANN, BOB, MONDAY, Desk, election

NINE = MONDAY + timedelta(days=1)
"""Tuesday 24 November 2026, 09:00."""


def made(desk: Desk, post: int, count: int = 3, every: str = "week") -> tuple[int, ...]:
    plan = repeating.plan(desk.office, post, every=every, count=count)
    return repeating.make(desk.office, desk.act(ANN), plan).posts


def test_the_plan_shows_each_time_with_its_verdict_and_makes_nothing(desk: Desk) -> None:
    post = desk.write(category="announcement", planned_at=NINE)
    period = election(starts=NINE + timedelta(days=6))
    desk.office = replace(desk.office, house=replace(desk.office.house, periods=(period,)))
    plan = repeating.plan(desk.office, post, every="3 days", count=3)
    assert [(each.at - NINE, each.verdict) for each in plan.occurrences] == [
        (timedelta(days=3), Verdict.ALLOW),
        (timedelta(days=6), Verdict.BLOCK),
        (timedelta(days=9), Verdict.BLOCK),
    ]
    assert "Invented general election" in plan.occurrences[1].reason
    with desk.office.store.read() as reader:
        assert reader.row_ids(QueueFilter()) == [post]


def test_each_time_is_a_draft_with_the_words_and_no_clearance_and_the_post_itself_stays(desk: Desk) -> None:
    post = desk.cleared("Our phone lines open.", planned_at=NINE, title="Phones", notes="Ask Bob.", not_before=MONDAY)
    posts = made(desk, post)
    with desk.office.store.read() as reader:
        series = reader.series_of(posts[1])
        assert series is not None
        assert (series.posts, series.source, series.place(posts[1])) == (posts, post, "2 of 3")
        for number, each in enumerate(posts, start=1):
            copy = reader.post(each)
            content = reader.revision(each, 1).content
            assert (copy.state, copy.planned_at) == (PostState.DRAFT, NINE + timedelta(weeks=number))
            assert (copy.title, copy.notes, content.accounts[0].text) == ("Phones", "Ask Bob.", "Our phone lines open.")
            assert content.not_before is None
            assert reader.decisions(each) == ()
            assert [one.person for one in reader.readings(posts=[each])] == ["ann"]
            assert reader.deliveries(each) == ()
            assert [entry.action for entry in reader.entries(post=each)] == ["post.created"]
        assert reader.post(post).state is PostState.CLEARED
        assert reader.series_of(post) is None
        assert verify(reader.entries()).ok
    assert views.post_view(desk.office, posts[2]).series == series


def test_an_occurrence_goes_out_only_with_a_clearance_of_its_own(desk: Desk) -> None:
    first, *_ = made(desk, desk.cleared(planned_at=NINE))
    with pytest.raises(WrongState, match="not cleared"):
        scheduling.schedule(desk.office, desk.act(ANN), first)
    writing.submit(desk.office, desk.act(ANN), first)
    desk.decide(BOB, first)
    assert scheduling.schedule(desk.office, desk.act(ANN), first)[0].due_at == NINE + timedelta(weeks=1)


def test_times_begin_where_they_are_told_to_and_keep_the_wall_clock_over_the_change(desk: Desk) -> None:
    desk.clock.at = datetime(2027, 3, 1, tzinfo=UTC)
    post = desk.write()
    start = datetime(2027, 3, 27, 9, tzinfo=UTC)
    plan = repeating.plan(desk.office, post, every="day", first=start, until=date(2027, 3, 28))
    assert [each.at for each in plan.occurrences] == [start, datetime(2027, 3, 28, 8, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "has one end"),
        ({"count": 2, "first": MONDAY}, "has passed"),
        ({"until": date(2026, 11, 24)}, "no such times"),
        ({"count": 61}, "1 to 60"),
        ({"count": 2, "every": "blue moon"}, "not a rule"),
    ],
)
def test_a_plan_that_cannot_be_made_is_refused(desk: Desk, changes: dict[str, object], says: str) -> None:
    post = desk.write(planned_at=NINE)
    with pytest.raises(BadInput, match=says):
        repeating.plan(desk.office, post, **{"every": "week", **changes})  # type: ignore[arg-type]  # built by name


def test_without_a_time_of_its_own_the_first_is_asked_for(desk: Desk) -> None:
    with pytest.raises(BadInput, match="has no time"):
        repeating.plan(desk.office, desk.write(), every="week", count=2)


def test_sixty_posts_after_its_own_time_are_the_most(desk: Desk) -> None:
    post = desk.write(planned_at=NINE)
    assert len(repeating.plan(desk.office, post, every="day", count=60).occurrences) == 60


def test_a_plan_of_words_that_were_changed_since_makes_nothing(desk: Desk) -> None:
    post = desk.write(planned_at=NINE)
    plan = repeating.plan(desk.office, post, every="week", count=2)
    writing.revise(desk.office, desk.act(ANN), post, desk.draft("Other words."))
    with pytest.raises(WrongState, match="changed meanwhile"):
        repeating.make(desk.office, desk.act(ANN), plan)
    with desk.office.store.read() as reader:
        assert reader.row_ids(QueueFilter()) == [post]


def test_who_may_not_write_may_not_repeat(desk: Desk) -> None:
    plan = repeating.plan(desk.office, desk.write(planned_at=NINE), every="week", count=2)
    with pytest.raises(NotAllowed):
        repeating.make(desk.office, desk.act(BOB), plan)


def test_the_rest_of_a_series_is_taken_back_from_one_post_on_and_each_is_on_record(desk: Desk) -> None:
    posts = made(desk, desk.write(planned_at=NINE), count=4)
    writing.cancel(desk.office, desk.act(ANN), posts[2])
    assert repeating.cancel_rest(desk.office, desk.act(ANN), posts[1], reason="Over.") == (posts[1], posts[3])
    with desk.office.store.read() as reader:
        assert [reader.post(post).state for post in posts] == [PostState.DRAFT] + [PostState.WITHDRAWN] * 3
        assert [entry.action for entry in reader.entries(post=posts[3])] == ["post.created", "post.cancelled"]
    assert repeating.cancel_rest(desk.office, desk.act(ANN), posts[1]) == ()


def test_a_post_that_was_never_repeated_has_no_series(desk: Desk) -> None:
    with pytest.raises(NotFound, match="belongs to no series"):
        repeating.series_of(desk.office, desk.write())


def test_posts_of_one_series_are_not_told_as_the_same_text(desk: Desk) -> None:
    posts = made(desk, desk.write(planned_at=NINE))
    assert Neighbourhood(desk.office).of_post(posts[0]) == ()
    other = desk.write(planned_at=NINE + timedelta(days=2))
    assert {entry.post for entry in Neighbourhood(desk.office).of_post(posts[0])} == {other}


def test_each_time_says_its_periods_its_bank_holidays_and_who_says_the_same(desk: Desk) -> None:
    """What is allowed inside a period is told of it too; the post itself is no duplicate of its own series."""
    first = datetime(2026, 12, 18, 9, tzinfo=UTC)
    post = desk.write("Our phone lines open.", planned_at=first)
    other = desk.queued(datetime(2026, 12, 25, 9, 5, tzinfo=UTC), "Our phone lines open.")
    period = election(starts=datetime(2026, 12, 30, tzinfo=UTC), ends=datetime(2027, 2, 1, tzinfo=UTC))
    desk.office = replace(desk.office, house=replace(desk.office.house, periods=(period,)))
    plan = repeating.plan(desk.office, post, every="week", count=2)
    assert [each.periods for each in plan.occurrences] == [(), (period.name,)]
    almanac = office_almanac(desk.office, plan.occurrences[0].at, plan.occurrences[-1].at)
    christmas, new_year = repeating.remarks(desk.office, plan, almanac)
    assert christmas[0].startswith("Bank holiday: Christmas")
    assert any(f"Post {other}" in words and "says the same" in words for words in christmas)
    assert any(f"Post {other}" in words and "5 minutes apart" in words for words in christmas)
    assert new_year[0].startswith("Bank holiday: New Year")
    assert not any(f"Post {post} " in words for words in (*christmas, *new_year))
