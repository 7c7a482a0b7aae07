"""The gate believes nothing that is stored beside the facts, and gives every reason."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from purdah_scheduler.application import bulk, calendars, exempting, scheduling, stopping, writing
from purdah_scheduler.application.bulk import Act, Errand
from purdah_scheduler.application.gate import Answer, ask
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.people import AccountKind
from purdah_scheduler.domain.periods import EndMode, Kind
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from purdah_scheduler.domain.shifts import Shift
from purdah_scheduler.errors import HeldByGate, WrongState
from tests.application.desk import ALF, ANN, BOB, MONDAY, OLA, PAT, Desk, election

NOON = MONDAY + timedelta(hours=3)


def answer(
    desk: Desk, post: int, at: datetime = NOON, *, sending: bool = True, clock_doubt: str = "", stopped: str = ""
) -> Answer:
    """What the gate says of the post on its first account at `at`."""
    with desk.office.store.read() as reader:
        found = reader.deliveries(post)
        return ask(
            reader,
            house=desk.office.house,
            shelf=desk.office.shelf,
            post=post,
            account="dept",
            at=at,
            delivery=found[-1] if sending and found else None,
            clock_doubt=clock_doubt,
            stopped=stopped,
        )


def codes(found: Answer) -> list[str]:
    return [str(hold.code) for hold in found.holds]


def test_a_cleared_post_at_its_time_may_go(desk: Desk) -> None:
    assert answer(desk, desk.queued(NOON)).go


def test_a_post_without_clearance_may_not(desk: Desk) -> None:
    found = answer(desk, desk.write(), sending=False)
    assert codes(found) == [HoldReason.CLEARANCE]
    assert "bob" in found.first.reason
    assert "post decide" in found.first.next_step


def test_a_state_written_into_the_database_is_not_a_clearance(desk: Desk) -> None:
    """A rogue hand sets the status columns; the gate recomputes and says no."""
    post = desk.write()
    _tamper(desk, "UPDATE posts SET state = 'scheduled'")
    assert codes(answer(desk, post, sending=False)) == [HoldReason.CLEARANCE]


def _tamper(desk: Desk, statement: str) -> None:
    from purdah_scheduler.store.sqlite_file import library

    connection = library().connect(desk.folder / "purdah.db")
    for name in [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(str(text(statement)))
    connection.commit()
    connection.close()


def test_words_changed_in_the_database_hold_the_post(desk: Desk) -> None:
    post = desk.queued(NOON)
    _tamper(desk, "UPDATE revisions SET content = replace(content, '8am', '9am')")
    assert HoldReason.CONTENT in codes(answer(desk, post))


def test_words_and_digest_changed_together_have_no_clearance(desk: Desk) -> None:
    post = desk.queued(NOON)
    _tamper(desk, "UPDATE revisions SET digest = 'f' || substr(digest, 2)")
    assert not answer(desk, post).go


def test_a_delivery_scheduled_for_other_words_is_held(desk: Desk) -> None:
    post = desk.queued(NOON)
    with desk.office.store.read() as reader:
        stale = replace(reader.deliveries(post)[-1], digest="0" * 64)
        found = ask(reader, house=desk.office.house, shelf=desk.office.shelf, post=post, account="dept", at=NOON, delivery=stale)
    assert HoldReason.CONTENT in codes(found)


def test_a_period_blocks_from_its_first_instant_to_before_its_end(desk: Desk) -> None:
    period = election(starts=NOON, ends=NOON + timedelta(hours=1), end_mode=EndMode.FIXED)
    post = desk.queued(NOON, category="announcement")
    calendars.declare(desk.office, desk.act(PAT), period)
    assert answer(desk, post, NOON - timedelta(microseconds=1), sending=False).go
    assert codes(answer(desk, post, NOON, sending=False)) == [HoldReason.BLOCKED]
    assert codes(answer(desk, post, NOON + timedelta(minutes=59, seconds=59), sending=False)) == [HoldReason.BLOCKED]
    assert answer(desk, post, NOON + timedelta(hours=1), sending=False).judgement.verdict is not Verdict.BLOCK


def test_an_election_that_nobody_lifted_goes_on_blocking(desk: Desk) -> None:
    post = desk.queued(NOON, category="announcement")
    calendars.declare(desk.office, desk.act(PAT), election(ends=NOON))
    found = answer(desk, post, NOON + timedelta(days=1), sending=False)
    assert codes(found) == [HoldReason.BLOCKED]
    assert found.judgement.findings[0].code == "awaiting-lift:strict"


def test_a_flag_needs_a_sign_off_given_inside_the_period(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election(starts=MONDAY + timedelta(minutes=30)))
    post = desk.queued(NOON, category="factual-policy")
    desk.decide(PAT, post, stage=SIGN_OFF, reason="Neutral")
    desk.clock.forward(timedelta(minutes=30))
    assert codes(answer(desk, post)) == [HoldReason.SIGN_OFF]
    desk.decide(PAT, post, stage=SIGN_OFF, reason="Still neutral")
    assert answer(desk, post).go


def test_a_clearance_is_no_sign_off_even_by_a_propriety_officer(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    post = desk.write(category="factual-policy")
    writing.submit(desk.office, desk.act(ANN), post)
    desk.decide(PAT, post)
    assert codes(answer(desk, post, sending=False)) == [HoldReason.SIGN_OFF]


def exempt(desk: Desk, post: int) -> None:
    exempting.grant_exemption(
        desk.office, desk.act(PAT), post, until=NOON + timedelta(hours=1), reason="Agreed with the Permanent Secretary"
    )


def test_an_exemption_lifts_a_block_until_it_ends_or_is_revoked(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    post = desk.cleared(category="announcement")
    exempt(desk, post)
    assert answer(desk, post, sending=False).go
    assert not answer(desk, post, NOON + timedelta(hours=1), sending=False).go
    with desk.office.store.read() as reader:
        granted = reader.exemptions(post)[0].id
    exempting.revoke_exemption(desk.office, desk.act(PAT), granted)
    assert not answer(desk, post, sending=False).go


def test_an_exemption_does_not_follow_an_edit(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    post = desk.cleared(category="announcement")
    exempt(desk, post)
    writing.revise(desk.office, desk.act(ANN), post, desk.draft("Other words.", category="announcement"))
    assert HoldReason.BLOCKED in codes(answer(desk, post, sending=False))


def test_an_exemption_by_a_person_since_suspended_or_turned_author_is_none(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    post = desk.cleared(category="announcement")
    exempt(desk, post)
    stopping.suspend(desk.office, desk.act(OLA), "pat")
    assert not answer(desk, post, sending=False).go


@pytest.mark.parametrize(
    ("kind", "marks"),
    [(Kind.GENERAL, Marks(partisan=True)), (Kind.REFERENDUM, Marks(touches_referendum=True))],
    ids=["partisan", "referendum"],
)
def test_an_exemption_never_lifts_partisan_content_or_the_referendum_ban(desk: Desk, kind: Kind, marks: Marks) -> None:
    calendars.declare(desk.office, desk.act(PAT), election(kind=kind))
    post = desk.cleared(category="announcement", marks=marks)
    with suppress(WrongState):  # where there is nothing to lift, it is not even granted
        exempt(desk, post)
    found = answer(desk, post, sending=False)
    assert codes(found) == [HoldReason.BLOCKED]
    assert "exemption" not in found.first.next_step


def test_the_leader_account_is_one_step_stricter(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    house = desk.office.house
    leader = replace(house, accounts=(replace(house.accounts[0], kind=AccountKind.LEADER), house.accounts[1]))
    post = desk.cleared()
    assert answer(desk, post, sending=False).go
    desk.office = replace(desk.office, house=leader)
    assert codes(answer(desk, post, sending=False)) == [HoldReason.SIGN_OFF]


def test_a_pause_of_everything_or_of_the_account_holds(desk: Desk) -> None:
    post = desk.queued(NOON)
    stopping.pause(desk.office, desk.act(ALF), reason="Account taken over", account="dept")
    assert codes(answer(desk, post)) == [HoldReason.PAUSED]
    stopping.resume(desk.office, desk.act(OLA), account="dept")
    stopping.pause(desk.office, desk.act(ALF), reason="Royal death")
    assert codes(answer(desk, post)) == [HoldReason.PAUSED]
    assert desk.office.stop.reason() == "alf: Royal death"
    stopping.resume(desk.office, desk.act(OLA))
    assert answer(desk, post).go


def test_the_stop_file_alone_holds(desk: Desk) -> None:
    assert codes(answer(desk, desk.queued(NOON), stopped="by hand")) == [HoldReason.PAUSED]


def test_a_doubtful_clock_holds(desk: Desk) -> None:
    assert codes(answer(desk, desk.queued(NOON), clock_doubt="The clock jumped back an hour.")) == [HoldReason.CLOCK]


def test_an_account_that_left_the_configuration_or_changed_channel_holds(desk: Desk) -> None:
    post = desk.queued(NOON)
    house = desk.office.house
    desk.office = replace(desk.office, house=replace(house, accounts=house.accounts[1:]))
    assert HoldReason.ACCOUNT in codes(answer(desk, post))
    desk.office = replace(desk.office, house=replace(house, accounts=(replace(house.accounts[0], channel="x"),)))
    assert HoldReason.ACCOUNT in codes(answer(desk, post))


def test_a_picture_that_changed_on_disk_holds(desk: Desk) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 32
    post = desk.queued(NOON, attachments=(writing.Attachment(data=png, type="image/png", alt="A clock"),))
    assert answer(desk, post).go
    stored = next(path for path in (desk.folder / "media").rglob("*") if path.is_file())
    stored.chmod(0o600)
    stored.write_bytes(png + b"x")
    assert HoldReason.CONTENT in codes(answer(desk, post))


@pytest.mark.parametrize(("late", "go"), [(timedelta(minutes=15), True), (timedelta(minutes=15, seconds=1), False)])
def test_later_than_the_account_allows_is_missed(desk: Desk, late: timedelta, go: bool) -> None:
    found = answer(desk, desk.queued(NOON), NOON + late)
    assert found.go is go
    assert bool(found.missed) is not go


def test_a_closed_window_is_missed_however_little_late(desk: Desk) -> None:
    post = desk.queued(NOON, not_after=NOON + timedelta(minutes=5))
    assert answer(desk, post, NOON + timedelta(minutes=4, seconds=59)).go
    assert answer(desk, post, NOON + timedelta(minutes=5)).missed


def test_a_chain_that_concerns_no_stage_sends_nothing(desk: Desk) -> None:
    post = desk.cleared()
    house = desk.office.house
    nothing = replace(house.chain[0], categories=frozenset({"event"}))
    desk.office = replace(desk.office, house=replace(house, chain=(nothing,)))
    found = answer(desk, post, sending=False)
    assert codes(found) == [HoldReason.CLEARANCE]
    assert "nothing goes out uncleared" in found.first.reason


def test_every_reason_is_given_and_the_stop_comes_first(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    stopping.pause(desk.office, desk.act(ALF), reason="Drill")
    found = answer(desk, desk.write(category="announcement"), sending=False)
    assert codes(found) == [HoldReason.PAUSED, HoldReason.BLOCKED, HoldReason.CLEARANCE]


def together(desk: Desk, errand: Errand, post: int) -> None:
    """As one of several."""
    shown = list(bulk.look(desk.office, desk.act(ANN), errand, [post]))
    list(bulk.run(desk.office, desk.act(ANN), errand, shown))


DOORS: dict[str, Callable[[Desk, int], object]] = {
    "schedule": lambda desk, post: scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON),
    "move": lambda desk, post: scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON + timedelta(minutes=1)),
    "release": lambda desk, post: scheduling.release(desk.office, desk.act(ANN), post),
    "release to a new time": lambda desk, post: scheduling.release(desk.office, desk.act(ANN), post, at=NOON),
    "schedule with others": lambda desk, post: together(desk, Errand(act=Act.SCHEDULE, at=NOON), post),
    "move with others": lambda desk, post: together(desk, Errand(act=Act.MOVE, by=Shift(days=1)), post),
    "release with others": lambda desk, post: together(desk, Errand(act=Act.RELEASE, at=NOON), post),
    "undo with others": lambda desk, post: together(desk, Errand(act=Act.UNDO), post),
}


@pytest.mark.parametrize("door", DOORS)
def test_no_door_brings_a_blocked_post_back_into_the_queue(desk: Desk, door: str) -> None:
    """Every way a person has to queue a delivery; the daemon's own doors are proved with the publisher."""
    post = desk.queued(NOON, category="announcement")
    calendars.declare(desk.office, desk.act(PAT), election())
    assert desk.delivery(post).state is DeliveryState.HELD
    with suppress(HeldByGate):
        DOORS[door](desk, post)
    assert desk.delivery(post).state is DeliveryState.HELD


def test_rejecting_after_scheduling_closes_the_gate(desk: Desk) -> None:
    post = desk.queued(NOON)
    desk.decide(BOB, post, Choice.REJECT, reason="No")
    assert HoldReason.CLEARANCE in codes(answer(desk, post))
