"""Nothing gets past a change of the calendar: not by age, by a late daemon, by a race, nor by any sequence of changes."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purdah_scheduler.application import calendar_changes, calendars
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.publishing import Owner, Publisher
from purdah_scheduler.channels import catalogue
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.period_changes import Action
from purdah_scheduler.domain.periods import EndMode
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason
from purdah_scheduler.errors import ProductError
from tests.application.desk import ANN, BOB, MONDAY, OLA, PAT, Desk, election, open_desk

DAY = timedelta(days=1)
NOON = MONDAY + timedelta(hours=3)
SECOND = timedelta(seconds=1)


def publisher(desk: Desk, office: Office | None = None) -> Publisher:
    def open_channel(account: Account) -> Channel:
        return catalogue.open_channel(account, data_dir=desk.folder, credentials_dir=None, now=desk.clock.now)

    return Publisher(office or desk.office, owner=Owner(name="daemon-1"), open_channel=open_channel)


def send(desk: Desk, office: Office | None = None) -> Delivery:
    """What a daemon makes of the one delivery that is due now."""
    daemon = publisher(desk, office)
    (entry,) = daemon.claim(1)
    return daemon.deliver(entry)


def published(desk: Desk) -> list[Path]:
    return sorted(desk.folder.glob("outbox/**/*.txt"))


# --- the three posts of the issue ---------------------------------------------------------------------------------


def test_a_post_that_was_scheduled_before_the_period_existed_is_held_when_it_is_declared(desk: Desk) -> None:
    post = desk.queued(NOON, category="announcement")
    desk.clock.forward(SECOND)
    calendars.declare(desk.office, desk.act(PAT), election())
    assert desk.delivery(post).reason_code == HoldReason.BLOCKED


@pytest.mark.parametrize(("late", "state"), [(-SECOND, DeliveryState.PUBLISHED), (SECOND, DeliveryState.HELD)])
def test_a_post_due_a_minute_before_the_start_is_judged_when_it_is_reached(
    desk: Desk, late: timedelta, state: DeliveryState
) -> None:
    desk.queued(NOON - timedelta(minutes=1), category="announcement")
    calendars.declare(desk.office, desk.act(PAT), election(starts=NOON))
    desk.clock.at = NOON + late
    assert send(desk).state is state
    assert bool(published(desk)) is (state is DeliveryState.PUBLISHED)


def test_a_daemon_with_an_older_calendar_in_memory_holds_what_was_declared_meanwhile(desk: Desk) -> None:
    desk.queued(NOON, category="announcement")
    older = desk.office
    desk.clock.at = NOON
    daemon = publisher(desk, older)
    (entry,) = daemon.claim(1)
    calendars.declare(replace(desk.office, house=replace(desk.office.house)), desk.act(PAT), election())
    assert daemon.deliver(entry).state is DeliveryState.HELD
    assert published(desk) == []


def test_a_daemon_with_an_older_file_in_memory_still_sees_an_extension_of_its_period(desk: Desk) -> None:
    """The change is in the store, whatever the process has read of the files; what it extends is in its memory."""
    period = election(end_mode=EndMode.FIXED, ends=NOON, origin="own.toml:3")
    house = desk.office.house
    desk.office = replace(desk.office, house=replace(house, periods=(*house.periods, period)))
    desk.queued(NOON, category="announcement")
    older = desk.office
    desk.clock.at = NOON
    daemon = publisher(desk, older)
    (entry,) = daemon.claim(1)
    calendar_changes.change(desk.office, desk.act(PAT), "ge-test", Action.EXTEND, instant=NOON + DAY, reason="The count goes on.")
    assert daemon.deliver(entry).state is DeliveryState.HELD


# --- races in real threads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", range(4))
@pytest.mark.parametrize("tightened", ["period.declared", "period.extended"])
def test_of_an_intent_and_a_tightening_at_the_same_moment_one_comes_first_and_both_hold(
    desk: Desk, tightened: str, attempt: int
) -> None:
    """Either the intent was on record before the period was, or nothing was sent; there is no third way."""
    if tightened == "period.extended":
        calendars.declare(desk.office, desk.act(PAT), election(end_mode=EndMode.FIXED, ends=NOON))
    post = desk.queued(NOON, category="announcement")
    desk.clock.at = NOON
    daemon = publisher(desk)
    (entry,) = daemon.claim(1)
    start = threading.Barrier(2)

    def tighten() -> None:
        start.wait()
        if tightened == "period.declared":
            calendars.declare(desk.office, desk.act(PAT), election())
        else:
            calendar_changes.change(desk.office, desk.act(PAT), "ge-test", Action.EXTEND, instant=NOON + DAY, reason="Later.")

    other = threading.Thread(target=tighten)
    other.start()
    start.wait()
    with suppress(ProductError):
        daemon.deliver(entry)
    other.join()
    with desk.office.store.read() as reader:
        entries = list(reader.entries())
    actions = [each.action for each in entries]
    if published(desk):
        assert actions.index("delivery.sending") < actions.index(tightened)
    else:
        assert desk.delivery(post).state is DeliveryState.HELD
    assert verify(entries).ok


def test_of_two_who_accept_one_proposal_at_the_same_moment_one_succeeds(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    calendar_changes.change(desk.office, desk.act(ANN), "ge-test", Action.LIFT, reason="It is over.")
    start = threading.Barrier(2)
    answers: list[str] = []

    def accept(person: str) -> None:
        start.wait()
        try:
            calendar_changes.accept(desk.office, desk.act(desk.office.house.person(person)), 1)
            answers.append("done")
        except ProductError:
            answers.append("refused")

    threads = [threading.Thread(target=accept, args=(person,)) for person in ("bob", "pat")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done", "refused"]
    with desk.office.store.read() as reader:
        assert len(reader.period_changes()) == 1


# --- any sequence -------------------------------------------------------------------------------------------------


STEPS = st.lists(
    st.tuples(
        st.sampled_from([*Action, "declare", "accept", "refuse", "wait"]),
        st.sampled_from(["ge-test", "second", "own"]),
        st.integers(min_value=-20, max_value=60),
    ),
    max_size=10,
)


def step(desk: Desk, what: str, period: str, days: int, file: Office) -> None:
    """One change by whoever may make it; what is refused changes nothing."""
    at = desk.clock.at + days * DAY
    with suppress(ProductError, ValueError):
        if what == "declare":
            mode = EndMode.FIXED if period == "second" else EndMode.MANUAL_LIFT
            calendars.declare(file, desk.act(PAT), election(id=period, starts=at, ends=at + 15 * DAY, end_mode=mode))
        elif what in ("accept", "refuse"):
            with desk.office.store.read() as reader:
                waiting = [known.id for known in reader.proposals() if known.is_open]
            answer = calendar_changes.accept if what == "accept" else calendar_changes.refuse
            for proposal in waiting:
                answer(file, desk.act(BOB), proposal)
        elif what == "wait":
            desk.clock.forward(abs(days) * DAY)
        else:
            calendar_changes.change(file, desk.act(OLA), period, Action(what), instant=at, reason="A reason.")


@given(steps=STEPS)
@settings(max_examples=25)
def test_no_sequence_of_changes_ever_moves_a_delivery_from_held_to_scheduled(
    steps: list[tuple[str, str, int]],
) -> None:
    with TemporaryDirectory() as folder:
        desk = open_desk(Path(folder) / "office")
        try:
            own = election(
                id="own", starts=MONDAY + 40 * DAY, ends=MONDAY + 50 * DAY, end_mode=EndMode.FIXED, origin="own.toml:1"
            )
            house = desk.office.house
            file = replace(desk.office, house=replace(house, periods=(*house.periods, own)))
            desk.office = file
            posts = [
                desk.queued(MONDAY + days * DAY, category=category)
                for days, category in ((1, "announcement"), (20, "factual-policy"), (45, "announcement"))
            ]
            before = states(desk, posts)
            for what, period, days in steps:
                step(desk, str(what), period, days, file)
                after = states(desk, posts)
                for old, new in zip(before, after, strict=True):
                    assert new is old or (old, new) == (DeliveryState.SCHEDULED, DeliveryState.HELD)
                before = after
        finally:
            desk.office.store.close()


def states(desk: Desk, posts: list[int]) -> list[DeliveryState]:
    return [desk.delivery(post).state for post in posts]


def test_what_is_held_by_the_sequence_lift_extend_lift_is_still_held(desk: Desk) -> None:
    due: datetime = MONDAY + 5 * DAY
    post = desk.queued(due, category="announcement")
    calendars.declare(desk.office, desk.act(PAT), election())
    for number, action in enumerate((Action.LIFT, Action.EXTEND, Action.LIFT)):
        at = MONDAY + 90 * DAY if action is Action.EXTEND else None
        done = calendar_changes.change(desk.office, desk.act(ANN), "ge-test", action, instant=at, reason=f"Step {number}.")
        if done.proposal is not None:
            calendar_changes.accept(desk.office, desk.act(BOB), done.proposal.id)
        assert desk.delivery(post).state is DeliveryState.HELD
    assert desk.delivery(post).reason_code == HoldReason.PERIOD_OVER
