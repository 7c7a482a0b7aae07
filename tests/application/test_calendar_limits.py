"""Periods limited to accounts, channels or a campaign, at the gate: inside from the first instant on, and nowhere else."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from purdah_scheduler.application import calendars, importing
from purdah_scheduler.application.gate import Answer, ask
from purdah_scheduler.application.views import relevant_periods
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.periods import Body, EndMode, Kind
from purdah_scheduler.domain.posts import HoldReason
from tests.application.desk import MONDAY, PAT, Desk, election

NOON = MONDAY + timedelta(hours=3)
TICK = timedelta(microseconds=1)
LATER = NOON + timedelta(hours=2)
PAUSE = election(
    id="pause",
    name="Winter pause",
    kind=Kind.DEPARTMENTAL,
    bodies=frozenset(Body),
    regime="strict",
    starts=NOON,
    ends=LATER,
    end_mode=EndMode.FIXED,
)
WINTER = Marks(campaign="Winter warmth")
LIMITS: tuple[dict[str, Any], ...] = (
    {"accounts": frozenset({"dept"})},
    {"accounts": frozenset({"dept", "agency"}), "channels": frozenset({"outbox"})},
    {"campaign": "winter  WARMTH"},
    {"campaign": "Winter warmth", "accounts": frozenset({"dept"}), "channels": frozenset({"outbox"})},
)
ELSEWHERE: tuple[dict[str, Any], ...] = (
    {"accounts": frozenset({"agency"})},
    {"channels": frozenset({"x"})},
    {"campaign": "Summer"},
    {"campaign": "Winter warmth", "accounts": frozenset({"agency"})},
)


def at_the_gate(desk: Desk, post: int, at: datetime) -> Answer:
    with desk.office.store.read() as reader:
        return ask(reader, house=desk.office.house, shelf=desk.office.shelf, post=post, account="dept", at=at)


def codes(found: Answer) -> list[str]:
    return [str(hold.code) for hold in found.holds]


@pytest.mark.parametrize("limit", LIMITS)
def test_a_post_within_the_limits_is_blocked_from_the_first_instant_to_before_the_end(desk: Desk, limit: dict[str, Any]) -> None:
    post = desk.queued(NOON, category="announcement", marks=WINTER)
    calendars.declare(desk.office, desk.act(PAT), replace(PAUSE, **limit))
    assert at_the_gate(desk, post, NOON - TICK).go
    for instant in (NOON, LATER - TICK):
        found = at_the_gate(desk, post, instant)
        assert codes(found) == [HoldReason.BLOCKED]
        assert replace(PAUSE, **limit).limits() in found.first.reason
    assert codes(at_the_gate(desk, post, LATER)) == [HoldReason.CLEARANCE, HoldReason.SIGN_OFF], "cleared before, sent after"


@pytest.mark.parametrize("limit", ELSEWHERE)
def test_a_post_outside_of_one_limit_goes_before_during_and_after(desk: Desk, limit: dict[str, Any]) -> None:
    post = desk.queued(NOON, category="announcement", marks=WINTER)
    calendars.declare(desk.office, desk.act(PAT), replace(PAUSE, **limit))
    for instant in (NOON - TICK, NOON, LATER - TICK, LATER):
        assert at_the_gate(desk, post, instant).go


def test_a_blackout_without_rules_of_its_own_asks_for_a_sign_off_and_nothing_more(desk: Desk) -> None:
    post = desk.queued(NOON, category="announcement")
    calendars.declare(desk.office, desk.act(PAT), replace(PAUSE, regime="", accounts=frozenset({"dept"})))
    found = at_the_gate(desk, post, NOON)
    assert codes(found) == [HoldReason.SIGN_OFF]
    assert "“Winter pause” is in force (particular care; only on the account dept): posts" in found.first.reason
    assert at_the_gate(desk, post, LATER).go


@pytest.mark.parametrize("change", [*LIMITS, {"regime": "care"}])
def test_a_period_that_is_imported_with_other_limits_is_told_as_different(desk: Desk, change: dict[str, Any]) -> None:
    calendars.declare(desk.office, desk.act(PAT), PAUSE)
    with desk.office.store.read() as reader:
        same = importing.sort_out(reader, desk.office.house, (PAUSE,))
        other = importing.sort_out(reader, desk.office.house, (replace(PAUSE, **change),))
    assert (len(same.there), same.different) == (1, ())
    assert set(other.different[0].fields) == set(change)


def test_a_period_of_no_account_of_ours_is_none_of_our_business_and_an_account_that_is_gone_is_named(desk: Desk) -> None:
    limited = replace(PAUSE, accounts=frozenset({"agency", "gone"}))
    house = desk.office.house
    assert [account.id for account in house.bound_by(limited)] == ["agency"]
    assert house.gone_from(limited) == ("gone",)
    assert house.gone_from(PAUSE) == ()
    calendars.declare(desk.office, desk.act(PAT), replace(limited, accounts=frozenset({"agency"})))
    calendars.declare(desk.office, desk.act(PAT), replace(limited, id="gone", accounts=frozenset({"gone"})))
    with desk.office.store.read() as reader:
        ours = {period.id for period in relevant_periods(house, reader)}
    assert "pause" in ours
    assert "gone" not in ours
