"""Declaring a period shows its impact, sweeps the queue in the same transaction and is on the record, post by post."""

from datetime import timedelta

import pytest

from purdah_scheduler.application import calendars, views
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.periods import EndMode
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from purdah_scheduler.errors import BadInput, NotAllowed
from tests.application.desk import MONDAY, PAT, VIC, Desk, election

NOON = MONDAY + timedelta(hours=3)


def test_the_impact_is_known_before_anything_changes(desk: Desk) -> None:
    blocked = desk.queued(NOON, category="announcement")
    flagged = desk.queued(NOON, category="factual-policy")
    untouched = desk.queued(NOON)
    with desk.office.store.read() as reader:
        effects = {effect.delivery.post: effect for effect in calendars.impact(reader, desk.office.house, election())}
    assert effects[blocked].after.verdict is Verdict.BLOCK
    assert effects[flagged].after.verdict is Verdict.FLAG
    assert not effects[untouched].changed
    assert desk.delivery(blocked).state is DeliveryState.SCHEDULED


def test_declaring_holds_what_it_blocks_and_only_that(desk: Desk) -> None:
    blocked = desk.queued(NOON, category="announcement")
    flagged = desk.queued(NOON, category="factual-policy")
    calendars.declare(desk.office, desk.act(PAT), election())
    assert (desk.delivery(blocked).state, desk.delivery(blocked).reason_code) == (DeliveryState.HELD, HoldReason.BLOCKED)
    assert "Invented general election" in desk.delivery(blocked).reason
    assert desk.delivery(flagged).state is DeliveryState.SCHEDULED


def test_each_held_post_has_an_entry_of_its_own(desk: Desk) -> None:
    posts = [desk.queued(NOON, category="announcement") for _ in range(3)]
    calendars.declare(desk.office, desk.act(PAT), election())
    with desk.office.store.read() as reader:
        entries = list(reader.entries())
    assert [entry.post for entry in entries if entry.action == "delivery.held"] == posts
    declared = next(entry for entry in entries if entry.action == "period.declared")
    assert (declared.facts["held"], declared.facts["flagged"]) == (3, 0)
    assert verify(entries).ok


def test_a_period_before_the_due_time_touches_nothing(desk: Desk) -> None:
    post = desk.queued(NOON, category="announcement")
    calendars.declare(desk.office, desk.act(PAT), election(ends=NOON, end_mode=EndMode.FIXED))
    assert desk.delivery(post).state is DeliveryState.SCHEDULED


def test_a_declared_period_is_in_force_for_every_reader_of_the_store(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    assert [period.id for period in views.status(desk.office).in_force] == ["ge-test"]


def test_an_id_is_taken_once_whatever_its_source(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    for taken in ("ge-test", "ge-2024-uk"):
        with pytest.raises(BadInput, match="already"):
            calendars.declare(desk.office, desk.act(PAT), election(id=taken))


def test_a_viewer_declares_nothing(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        calendars.declare(desk.office, desk.act(VIC), election())


def test_periods_declared_together_hold_a_post_once_and_each_has_its_entry(desk: Desk) -> None:
    announcement = desk.queued(NOON, category="announcement")
    late = desk.queued(NOON + timedelta(days=2), category="announcement")
    short = election(id="ge-short", ends=MONDAY + timedelta(days=1), end_mode=EndMode.FIXED)
    calendars.declare_all(desk.office, desk.act(PAT), (short, election()))
    with desk.office.store.read() as reader:
        entries = list(reader.entries())
    assert [entry.post for entry in entries if entry.action == "delivery.held"] == [announcement, late]
    held = {entry.facts["period"]: entry.facts["held"] for entry in entries if entry.action == "period.declared"}
    assert held == {"ge-short": 1, "ge-test": 2}


@pytest.mark.parametrize("second", ["ge-2024-uk", "ge-first"], ids=["taken by the shipped calendar", "twice in one import"])
def test_of_several_periods_none_is_declared_where_one_cannot_be(desk: Desk, second: str) -> None:
    post = desk.queued(NOON, category="announcement")
    with pytest.raises(BadInput, match=f"“{second}” already, so nothing was declared"):
        calendars.declare_all(desk.office, desk.act(PAT), (election(id="ge-first"), election(id=second)))
    assert desk.delivery(post).state is DeliveryState.SCHEDULED
    assert views.status(desk.office).in_force == ()
