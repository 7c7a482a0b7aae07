"""Periods: whom they concern, and from which to which instant they hold."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period, PeriodStatus, Place, concerning

START = datetime(2024, 5, 24, 23, 1, tzinfo=UTC)
END = datetime(2024, 7, 4, 23, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

FIXED = Period(
    id="ge",
    name="General election",
    kind=Kind.GENERAL,
    bodies=frozenset({Body.UK_CIVIL_SERVICE}),
    nations=frozenset({Nation.UK}),
    starts=START,
    ends=END,
)
OPEN = replace(FIXED, end_mode=EndMode.MANUAL_LIFT)
HERE = Place(body=Body.UK_CIVIL_SERVICE)


def test_a_period_holds_from_its_first_minute_to_the_minute_before_its_end() -> None:
    assert [FIXED.in_force(at) for at in (START - MINUTE, START, END - MINUTE, END)] == [False, True, True, False]


def test_the_hour_that_happens_twice_is_two_hours() -> None:
    """01:30 GMT is outside a period that ends at 01:15 GMT, and 01:30 BST is inside it, whatever zone the times came in."""
    zone = ZoneInfo("Europe/London")
    period = replace(FIXED, starts=datetime(2024, 10, 1, tzinfo=zone), ends=datetime(2024, 10, 27, 1, 15, fold=1, tzinfo=zone))
    assert period.in_force(datetime(2024, 10, 27, 1, 30, fold=0, tzinfo=zone))
    assert not period.in_force(datetime(2024, 10, 27, 1, 30, fold=1, tzinfo=zone))


def test_a_cancelled_period_never_holds_and_has_no_notice_gap() -> None:
    cancelled = replace(OPEN, status=PeriodStatus.CANCELLED, announced_at=START - timedelta(days=3))
    assert not cancelled.in_force(START)
    assert not cancelled.in_force(END)
    assert not cancelled.in_force(START, {"ge"})
    assert not cancelled.in_notice_gap(START - MINUTE)
    assert not cancelled.overlaps(START, END)


def test_a_manual_lift_period_holds_past_its_end_until_a_lift_is_recorded() -> None:
    assert OPEN.in_force(END + timedelta(days=400))
    assert OPEN.awaiting_lift(END)
    assert not OPEN.awaiting_lift(END - MINUTE)
    assert OPEN.ended_at() is None


def test_a_lift_counts_from_its_instant_be_it_late_or_early() -> None:
    late, early = replace(OPEN, lifted_at=END + timedelta(days=5)), replace(OPEN, lifted_at=END - timedelta(days=5))
    assert late.awaiting_lift(END + timedelta(days=4))
    assert not late.in_force(END + timedelta(days=5))
    assert not early.in_force(END - timedelta(days=5))
    assert early.in_force(END - timedelta(days=5) - MINUTE)


def test_a_lift_shortens_a_fixed_period_and_never_lengthens_it() -> None:
    assert replace(FIXED, lifted_at=END - MINUTE).ended_at() == END - MINUTE
    assert replace(FIXED, lifted_at=END + MINUTE).ended_at() == END


def test_a_lift_before_the_start_leaves_nothing_in_force() -> None:
    lifted = replace(OPEN, lifted_at=START - timedelta(days=1))
    assert lifted.ended_at() == START
    assert not lifted.in_force(START)
    assert not lifted.overlaps(START - timedelta(days=1), END)


@pytest.mark.parametrize("status", [PeriodStatus.HELD, PeriodStatus.LIFTED])
def test_a_period_known_to_be_over_ended_at_its_end_unless_it_is_named_as_not_lifted(status: PeriodStatus) -> None:
    over = replace(OPEN, status=status)
    assert not over.in_force(END)
    assert over.in_force(END, {"ge"})
    assert over.awaiting_lift(END, {"ge"})
    assert replace(over, lifted_at=END).in_force(END + MINUTE, {"ge"})


def test_naming_a_fixed_period_as_not_lifted_changes_nothing() -> None:
    assert not FIXED.in_force(END, {"ge"})


def test_the_notice_gap_runs_from_the_announcement_to_the_start() -> None:
    announced = replace(FIXED, announced_at=START - timedelta(days=3))
    gap = [
        announced.in_notice_gap(at)
        for at in (START - timedelta(days=3) - MINUTE, START - timedelta(days=3), START - MINUTE, START)
    ]
    assert gap == [False, True, True, False]
    assert not FIXED.in_notice_gap(START - MINUTE)


@pytest.mark.parametrize(
    ("nations", "audience", "concerned"),
    [
        ({Nation.UK}, "Scotland", True),
        ({Nation.SCOTLAND}, "UK", True),
        ({Nation.SCOTLAND}, "", True),
        ({Nation.SCOTLAND}, "Scotland", True),
        ({Nation.SCOTLAND}, "Wales", False),
        ({Nation.ENGLAND, Nation.WALES}, "Wales", True),
        ({Nation.ENGLAND, Nation.WALES}, "NI", False),
    ],
)
def test_the_audience_decides_and_uk_meets_every_nation(nations: set[Nation], audience: str, concerned: bool) -> None:
    assert replace(FIXED, nations=frozenset(nations)).concerns(Place(body=Body.UK_CIVIL_SERVICE, nation=audience)) is concerned


def test_a_period_concerns_only_the_bodies_that_it_names() -> None:
    assert not FIXED.concerns(Place(body=Body.LOCAL_AUTHORITY))


@pytest.mark.parametrize("kind", [Kind.BY_ELECTION, Kind.MAYORAL, Kind.PCC])
def test_a_period_with_an_area_concerns_only_posts_about_it(kind: Kind) -> None:
    local = replace(FIXED, kind=kind, area="Rutherglen and Hamilton West")
    assert local.concerns(replace(HERE, area="  rutherglen AND  Hamilton west "))
    assert not local.concerns(replace(HERE, area="Rutherglen"))
    assert not local.concerns(HERE)
    assert FIXED.concerns(replace(HERE, area="Rutherglen"))


@pytest.mark.parametrize(
    ("limit", "within", "outside"),
    [
        ({"accounts": frozenset({"x-main", "x-min"})}, {"account": "x-min"}, {"account": "x-mains"}),
        ({"channels": frozenset({"x"})}, {"channel": "x"}, {"channel": "bluesky"}),
        ({"campaign": "Winter warmth"}, {"campaign": " winter  WARMTH "}, {"campaign": "Winter"}),
    ],
)
def test_a_period_limited_to_accounts_channels_or_a_campaign_touches_nothing_else(
    limit: dict[str, Any], within: dict[str, Any], outside: dict[str, Any]
) -> None:
    limited = replace(FIXED, **limit)
    assert limited.concerns(replace(HERE, **within))
    assert not limited.concerns(replace(HERE, **outside))
    assert not limited.concerns(HERE)
    assert not limited.concerns(replace(HERE, **within, body=Body.LOCAL_AUTHORITY))
    assert FIXED.concerns(replace(HERE, **outside))


def test_a_period_with_several_limits_touches_only_posts_within_all_of_them() -> None:
    limited = replace(FIXED, accounts=frozenset({"x-main"}), channels=frozenset({"x"}), campaign="Winter", area="Anytown")
    inside = replace(HERE, account="x-main", channel="x", campaign="winter", area="anytown")
    assert limited.concerns(inside)
    for name in ("account", "channel", "campaign", "area"):
        assert not limited.concerns(replace(inside, **{name: "another"}))  # type: ignore[arg-type]  # each of them is a text


def test_the_limits_of_a_period_are_said_in_words() -> None:
    assert FIXED.limits() == ""
    assert replace(FIXED, accounts=frozenset({"x-main"})).limits() == "only on the account x-main"
    both = replace(FIXED, accounts=frozenset({"x-main", "a", "b"}), campaign="Winter warmth", channels=frozenset({"x", "outbox"}))
    assert both.limits() == (
        "only on the accounts a, b and x-main; only on the channels outbox and x; only the campaign “Winter warmth”"
    )


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.DEPARTMENTAL])
def test_only_a_departmental_period_has_rules_of_its_own(kind: Kind) -> None:
    with pytest.raises(ValueError, match="period ge has rules of its own and is not departmental"):
        replace(FIXED, kind=kind, regime="care")
    assert replace(FIXED, kind=Kind.DEPARTMENTAL, regime="care").regime == "care"


def test_periods_that_concern_a_post_come_in_order_of_start_then_id() -> None:
    later = replace(FIXED, id="a", starts=START + MINUTE)
    assert [p.id for p in concerning([later, replace(FIXED, id="z"), FIXED], HERE)] == ["ge", "z", "a"]


@pytest.mark.parametrize("name", ["starts", "ends", "announced_at", "lifted_at"])
def test_a_naive_instant_is_refused(name: str) -> None:
    naive = datetime(2024, 6, 1)  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match=f"{name} of period ge has no time zone"):
        replace(FIXED, **{name: naive})  # type: ignore[arg-type]  # each name is a field that holds an instant


def test_a_period_that_ends_before_it_starts_or_names_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        replace(FIXED, ends=START)
    with pytest.raises(ValueError, match="no body or no nation"):
        replace(FIXED, bodies=frozenset())
    with pytest.raises(ValueError, match="no body or no nation"):
        replace(FIXED, nations=frozenset())


@settings(deadline=None)
@given(
    st.sampled_from(list(EndMode)),
    st.sampled_from(list(PeriodStatus)),
    st.none() | st.integers(-90, 90),
    st.integers(-100, 100),
    st.integers(1, 60),
    st.booleans(),
)
def test_overlapping_a_stretch_is_being_in_force_somewhere_in_it(
    mode: EndMode, status: PeriodStatus, lifted: int | None, offset: int, length: int, named: bool
) -> None:
    """Checked by the hour against in_force, over a period of two days."""
    hour = timedelta(hours=1)
    start = datetime(2026, 5, 5, tzinfo=UTC)
    period = replace(
        FIXED,
        starts=start,
        ends=start + 48 * hour,
        end_mode=mode,
        status=status,
        lifted_at=None if lifted is None else start + lifted * hour,
    )
    not_lifted = {"ge"} if named else set()
    first = start + offset * hour
    somewhere = any(period.in_force(first + each * hour, not_lifted) for each in range(length))
    assert period.overlaps(first, first + length * hour, not_lifted) is somewhere
