"""The calendar's index: the same verdicts as looking through every period, without looking through every period."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from purdah_scheduler.domain.calendar import Calendar
from purdah_scheduler.domain.periods import Period, Place
from purdah_scheduler.domain.policy import Case, judge
from tests.domain.test_policy import PERIODS, RULES, START, cases, periods

MINUTE = timedelta(minutes=1)


@st.composite
def many_periods(draw: st.DrawFn) -> list[Period]:
    """Up to eight periods of distinct ids, some with a lift on record, a cancellation or a suppression."""
    found = []
    for number, period in enumerate(draw(st.lists(periods(), max_size=8))):
        lift = draw(st.none() | st.integers(-10, 60))
        found.append(
            replace(
                period,
                id=f"{period.id}{number}",
                lifted_at=None if lift is None else period.starts + timedelta(hours=lift),
                suppressed=draw(st.sampled_from(["", "", "not ours"])),
            )
        )
    return found


@settings(deadline=None, max_examples=300)
@given(many_periods(), st.lists(cases, min_size=1, max_size=6))
def test_the_index_gives_the_very_judgement_of_a_plain_scan(known: list[Period], asked: list[Case]) -> None:
    calendar = Calendar(known)
    for case in asked:
        assert judge(case, calendar, RULES) == judge(case, known, RULES)


@settings(deadline=None, max_examples=200)
@given(many_periods(), cases, st.sampled_from([-MINUTE, timedelta(0), MINUTE]), st.data())
def test_the_index_gives_the_judgement_of_a_plain_scan_on_every_edge(
    known: list[Period], case: Case, off: timedelta, data: st.DataObject
) -> None:
    edges = [
        edge
        for period in known
        for edge in (period.starts, period.ends, period.ended_at(), period.announced_at)
        if edge is not None
    ]
    at, approved = (data.draw(st.sampled_from([*edges, START])) for _ in range(2))
    moved = replace(case, at=at + off, approved_at=approved)
    assert judge(moved, Calendar(known), RULES) == judge(moved, known, RULES)


def test_what_no_period_names_is_like_none_and_makes_no_index_of_its_own() -> None:
    one = PERIODS[0]
    here = Place(body=next(iter(one.bodies)))
    for calendar in (
        Calendar(PERIODS),
        Calendar([one, replace(one, id="limited", area="A", accounts=frozenset({"a"}), channels=frozenset({"c"}), campaign="C")]),
    ):
        other = replace(here, area="Nowhere in particular", account="z", channel="y", campaign="Summer")
        assert calendar.scope(other) is calendar.scope(here) is calendar.scope(replace(here, nation=""))


def test_areas_and_campaigns_that_are_written_otherwise_share_an_index() -> None:
    known = Calendar([replace(PERIODS[0], area="Anytown East", campaign="Winter warmth")])
    here = Place(body=next(iter(PERIODS[0].bodies)), area="Anytown East", campaign="Winter warmth")
    assert known.scope(here).periods == tuple(known)
    assert known.scope(replace(here, area=" ANYTOWN  east", campaign="winter WARMTH ")) is known.scope(here)
    assert known.scope(replace(here, campaign="")).periods == ()


def test_a_calendar_made_of_a_calendar_keeps_its_index() -> None:
    calendar = Calendar(PERIODS)
    assert Calendar(calendar) is calendar
    assert calendar == tuple(PERIODS)
