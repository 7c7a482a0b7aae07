"""Changes of periods: what each does, and that adding or tightening a period never makes a verdict laxer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from purdah_scheduler.calendars import shipped
from purdah_scheduler.domain.calendar import Calendar
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.outlived import outlived_by
from purdah_scheduler.domain.people import AccountKind
from purdah_scheduler.domain.period_changes import Action, PeriodChange, changed, check_change, needs_second, shape, with_changes
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.domain.policy import Case, judge
from purdah_scheduler.errors import ProductError

START = datetime(2026, 11, 2, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
RULES = shipped.load()[1]

GENERAL = Period(
    id="ge",
    name="Invented election",
    kind=Kind.GENERAL,
    bodies=frozenset({Body.UK_CIVIL_SERVICE}),
    nations=frozenset({Nation.UK}),
    starts=START,
    ends=START + 10 * DAY,
)
OPEN = replace(GENERAL, end_mode=EndMode.MANUAL_LIFT)
ANNOUNCEMENT = Case(body=Body.UK_CIVIL_SERVICE, category="announcement", at=START + 20 * DAY)


def made(action: Action, *, of: Period = GENERAL, at: datetime | None = None, day: int = 1) -> PeriodChange:
    when = START + day * DAY
    return PeriodChange(id=day, period=of.id, action=action, reason="why", person="ann", at=when, shape=shape(of), instant=at)


# --- what each change does ----------------------------------------------------------------------------------------


def test_a_lift_ends_at_its_instant_exactly() -> None:
    lifted = changed(OPEN, made(Action.LIFT, at=START + 3 * DAY))
    assert lifted.in_force(START + 3 * DAY - TICK)
    assert not lifted.in_force(START + 3 * DAY)


def test_a_new_end_is_the_first_moment_after_the_period() -> None:
    for action, end in ((Action.SHORTEN, START + DAY), (Action.EXTEND, START + 40 * DAY)):
        now = changed(GENERAL, made(action, at=end))
        assert now.in_force(end - TICK)
        assert not now.in_force(end)


@pytest.mark.parametrize(
    "change",
    [
        made(Action.SHORTEN, at=GENERAL.ends + DAY),
        made(Action.SHORTEN, at=GENERAL.starts),
        made(Action.LIFT, at=GENERAL.starts),
        made(Action.EXTEND, at=GENERAL.ends - DAY),
        made(Action.SHORTEN),
    ],
)
def test_a_change_that_does_not_fit_leaves_the_stricter_reading(change: PeriodChange) -> None:
    now = changed(GENERAL, change)
    assert (now.starts, now.ends, now.lifted_at) == (GENERAL.starts, GENERAL.ends, None)


def test_changes_apply_in_the_order_in_which_they_were_made() -> None:
    changes = (
        made(Action.SHORTEN, at=START + DAY, day=1),
        made(Action.EXTEND, at=START + 5 * DAY, day=2),
        made(Action.SUPPRESS, day=3),
        made(Action.CONFIRM, day=4),
    )
    assert with_changes((GENERAL,), changes)[0] == replace(GENERAL, ends=START + 5 * DAY)
    assert with_changes((GENERAL,), changes[:3])[0].suppressed == "why"


def test_a_change_of_another_period_or_of_another_shape_of_it_loosens_nothing() -> None:
    moved = replace(GENERAL, starts=START - DAY)
    for action in (Action.CANCEL, Action.SUPPRESS):
        change = made(action)
        assert with_changes((replace(GENERAL, id="other"), moved), (change,)) == (replace(GENERAL, id="other"), moved)
        assert with_changes((GENERAL,), (change,))[0].is_off
    extended = with_changes((moved,), (made(Action.EXTEND, at=START + 50 * DAY),))[0]
    assert extended.ends == START + 50 * DAY


def test_names_and_notes_are_not_part_of_the_shape_and_everything_that_decides_is() -> None:
    assert shape(replace(GENERAL, name="x", notes="y", source="z", status=PeriodStatus.PROVISIONAL)) == shape(GENERAL)
    changes: tuple[dict[str, object], ...] = (
        {"kind": Kind.LOCAL},
        {"bodies": frozenset({Body.ALB})},
        {"nations": frozenset({Nation.WALES})},
        {"area": "Anytown"},
        {"accounts": frozenset({"x-main"})},
        {"accounts": frozenset({"x-main", "x-min"})},
        {"channels": frozenset({"x-main"})},
        {"campaign": "x-main"},
        {"kind": Kind.DEPARTMENTAL, "regime": "strict"},
        {"kind": Kind.DEPARTMENTAL},
        {"starts": START - TICK},
        {"ends": GENERAL.ends + TICK},
        {"end_mode": EndMode.MANUAL_LIFT},
    )
    shapes = {shape(replace(GENERAL, **change)) for change in changes}  # type: ignore[arg-type]  # built by name
    assert len(shapes | {shape(GENERAL)}) == len(changes) + 1


def test_the_shape_of_a_period_without_limits_stays_what_is_on_record() -> None:
    """Changes and proposals are bound to shapes that were written before periods had limits."""
    assert shape(GENERAL) == "658199fe204fc2d8f30bd03f6eb976bd"
    assert shape(replace(GENERAL, area=" Anytown  EAST", end_mode=EndMode.MANUAL_LIFT)) == "8d4194b957b0c7e5a3b030b09a2df5cd"


def test_a_campaign_written_otherwise_is_the_same_shape() -> None:
    assert shape(replace(GENERAL, campaign="Winter warmth")) == shape(replace(GENERAL, campaign=" winter  WARMTH"))


@pytest.mark.parametrize("action", Action)
def test_the_second_person_is_asked_for_up_to_exactly_thirty_days(action: Action) -> None:
    assert needs_second(GENERAL, action, START - 30 * DAY) is action.loosens
    assert not needs_second(GENERAL, action, START - 30 * DAY - TICK)
    assert needs_second(GENERAL, action, GENERAL.ends + 99 * DAY) is action.loosens


# --- clearances that a period outlives ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cleared", "at", "outlived"),
    [
        (START - TICK, GENERAL.ends, True),
        (START, GENERAL.ends, False),
        (START - TICK, GENERAL.ends - TICK, False),
        (START - 99 * DAY, GENERAL.ends + 99 * DAY, True),
    ],
)
def test_a_clearance_is_outlived_from_the_end_of_the_period_on(cleared: datetime, at: datetime, outlived: bool) -> None:
    found = outlived_by(replace(ANNOUNCEMENT, at=at), cleared, (GENERAL,), RULES)
    assert (found is not None) is outlived


@pytest.mark.parametrize(
    ("changes", "period"),
    [
        ({"category": "operational-service"}, GENERAL),
        ({"body": Body.SCOTTISH_GOV}, GENERAL),
        ({}, replace(GENERAL, kind=Kind.LOCAL)),
        ({}, OPEN),
        ({}, replace(GENERAL, status=PeriodStatus.CANCELLED)),
        ({}, replace(GENERAL, status=PeriodStatus.CANCELLED, stopped_at=START)),
        ({}, replace(GENERAL, area="Anytown")),
        ({}, replace(GENERAL, accounts=frozenset({"x-main"}))),
        ({"account": "x-min", "channel": "x"}, replace(GENERAL, accounts=frozenset({"x-main"}), channels=frozenset({"x"}))),
        ({}, replace(GENERAL, kind=Kind.DEPARTMENTAL, regime="care")),
    ],
)
def test_only_a_strict_period_that_began_and_would_have_held_the_post_outlives(changes: dict[str, str], period: Period) -> None:
    case = replace(ANNOUNCEMENT, **changes)  # type: ignore[arg-type]  # built by name
    assert outlived_by(case, START - DAY, (period,), RULES) is None


def test_a_departmental_period_with_strict_rules_of_its_own_outlives_what_it_would_have_held() -> None:
    own = replace(GENERAL, kind=Kind.DEPARTMENTAL, regime="strict", accounts=frozenset({"x-main"}))
    case = replace(ANNOUNCEMENT, account="x-main")
    for calendar in ((own,), Calendar((own,))):
        assert outlived_by(case, START - DAY, calendar, RULES) is own
        assert outlived_by(replace(case, account="x-min"), START - DAY, calendar, RULES) is None


def test_a_period_that_was_stopped_after_it_began_outlives_from_then_on() -> None:
    stopped = changed(GENERAL, made(Action.CANCEL, day=2))
    assert outlived_by(replace(ANNOUNCEMENT, at=START + 2 * DAY), START - DAY, (stopped,), RULES) is stopped
    assert outlived_by(replace(ANNOUNCEMENT, at=START + 2 * DAY - TICK), START - DAY, (stopped,), RULES) is None


# --- any calendar -------------------------------------------------------------------------------------------------


MOMENTS = st.integers(min_value=0, max_value=60).map(lambda days: START + days * DAY)


@st.composite
def a_period(draw: st.DrawFn, name: str) -> Period:
    starts = draw(MOMENTS)
    kind = draw(st.sampled_from(Kind))
    return Period(
        id=name,
        name=name,
        kind=kind,
        bodies=frozenset({draw(st.sampled_from(Body)), Body.UK_CIVIL_SERVICE}),
        nations=frozenset({draw(st.sampled_from(Nation))}),
        area=draw(st.sampled_from(["", "Anytown"])),
        accounts=frozenset(draw(st.sets(st.sampled_from(["x-main", "x-min"]), max_size=1))),
        channels=frozenset(draw(st.sets(st.sampled_from(["x", "outbox"]), max_size=1))),
        campaign=draw(st.sampled_from(["", "", "Winter warmth"])),
        regime=draw(st.sampled_from(["", *RULES.own_regimes])) if kind is Kind.DEPARTMENTAL else "",
        starts=starts,
        ends=starts + draw(st.integers(min_value=1, max_value=30)) * DAY,
        end_mode=draw(st.sampled_from(EndMode)),
        announced_at=draw(st.none() | MOMENTS.map(lambda at: at - 10 * DAY)),
        status=draw(st.sampled_from(PeriodStatus)),
        lifted_at=draw(st.none() | MOMENTS),
        suppressed=draw(st.sampled_from(["", "", "why"])),
    )


@st.composite
def a_case(draw: st.DrawFn) -> Case:
    return Case(
        body=Body.UK_CIVIL_SERVICE,
        category=draw(st.sampled_from(sorted(RULES.categories))),
        at=draw(MOMENTS),
        nation=draw(st.sampled_from(["", *Nation])),
        area=draw(st.sampled_from(["", "anytown"])),
        account=draw(st.sampled_from(["", "x-main", "x-min"])),
        channel=draw(st.sampled_from(["", "x", "outbox"])),
        account_kind=draw(st.sampled_from(AccountKind)),
        marks=Marks(
            names_politician=draw(st.booleans()),
            joint_uk=draw(st.booleans()),
            touches_referendum=draw(st.booleans()),
            campaign=draw(st.sampled_from(["", "winter  warmth"])),
        ),
        approved_at=draw(st.none() | MOMENTS.map(lambda at: at - 5 * DAY)),
        exemption=draw(st.sampled_from(["", "", "A reason."])),
    )


@given(case=a_case(), known=st.lists(a_period("known"), max_size=3), new=a_period("new"))
@settings(max_examples=300)
def test_adding_a_period_never_loosens_a_verdict(case: Case, known: list[Period], new: Period) -> None:
    assert judge(case, [*known, new], RULES).verdict.rank >= judge(case, known, RULES).verdict.rank


@given(
    case=a_case(),
    others=st.lists(a_period("other"), max_size=2),
    period=a_period("one"),
    action=st.sampled_from([Action.CONFIRM, Action.EXTEND]),
    instant=MOMENTS,
    now=MOMENTS,
)
@settings(max_examples=300)
def test_tightening_a_period_never_loosens_a_verdict(
    case: Case, others: list[Period], period: Period, action: Action, instant: datetime, now: datetime
) -> None:
    try:
        check_change(period, action, instant, now)
    except ProductError:
        assume(False)  # refused, so it changes nothing
    change = PeriodChange(
        id=1, period="one", action=action, reason="why", person="ann", at=now, shape=shape(period), instant=instant
    )
    after = with_changes((*others, period), (change,))
    assert judge(case, after, RULES).verdict.rank >= judge(case, (*others, period), RULES).verdict.rank


@given(case=a_case(), period=a_period("one"), new=a_period("new"), cleared=MOMENTS)
def test_adding_a_period_never_revives_a_clearance(case: Case, period: Period, new: Period, cleared: datetime) -> None:
    if outlived_by(case, cleared, (period,), RULES) is not None:
        assert outlived_by(case, cleared, (period, new), RULES) is not None
