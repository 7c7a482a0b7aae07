"""The daemon as a process whose clock is set, doubted and accepted: what is due is held, and nothing is lost or sent."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application import scheduling
from purdah_scheduler.application.timekeeping import accept_clock
from purdah_scheduler.application.views import status
from purdah_scheduler.domain.audit import NewEntry
from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from purdah_scheduler.errors import BadInput, NotAllowed
from tests.application.desk import OLA, open_desk
from tests.daemon.processes import XProcess, daemon, running, until
from tests.houses import House

S = DeliveryState
HOUR = timedelta(hours=1)


def move(house: House, by: timedelta) -> None:
    """Set the clock of the daemon."""
    part = house.config.folder / "moved.part"
    part.write_text(str(by.total_seconds()), "ascii")
    part.replace(house.config.folder / "moved")


def outbox(house: House) -> list[Path]:
    return sorted((house.config.store_path.parent / "outbox").rglob("*.txt"))


@pytest.mark.parametrize("step", [2 * HOUR, -2 * HOUR], ids=["forward", "back"])
def test_a_clock_that_is_set_while_it_runs_sends_nothing_and_drops_nothing(quiet_house: House, step: timedelta) -> None:
    with running(quiet_house, twist="moved-clock") as process:
        later = quiet_house.scheduled("In an hour.", due_in=HOUR)
        move(quiet_house, step)
        told = process.wait_for("clock.doubt")["reason"]
        assert "by 2 hours" in told
        assert "daemon clock accept --reason" in told
        post = quiet_house.scheduled("Now.", "other")
        if step < timedelta(0):
            assert quiet_house.delivery(post).state is S.SCHEDULED  # two hours away, by that clock
        else:
            process.wait_for("delivery.held", post=post, code=HoldReason.CLOCK)
        assert quiet_house.delivery(later).state is S.SCHEDULED
        move(quiet_house, timedelta(0))
        process.wait_for("clock.doubt.over")
        again = quiet_house.scheduled("After that.")
        process.wait_for("delivery.published", post=again)
        assert process.stop() == 0
    assert quiet_house.delivery(later).state is S.SCHEDULED
    assert quiet_house.record_is_whole()


def test_a_clock_that_is_accepted_is_believed_by_the_daemon_that_runs(quiet_house: House) -> None:
    """It had been a year ahead once; since then every start was in doubt, and no command ended that."""
    year = timedelta(days=365)
    move(quiet_house, year)
    with daemon(quiet_house, "--once", twist="moved-clock") as process:
        assert process.ended() == 0
    move(quiet_house, timedelta(0))
    with running(quiet_house, twist="moved-clock") as process:
        post = quiet_house.scheduled("On hold.")
        process.wait_for("delivery.held", post=post, code=HoldReason.CLOCK)
        assert "365 days behind" in status(quiet_house.office).clock.doubt
        accept_clock(quiet_house.office, quiet_house.actor("dougal"), reason="The year was set right.")
        process.wait_for("clock.accepted")
        process.wait_for("clock.doubt.over")
        other = quiet_house.scheduled("Goes out.", "other")
        process.wait_for("delivery.published", post=other)
        assert quiet_house.delivery(post).state is S.HELD  # what was held needs a new time
        scheduling.schedule(quiet_house.office, quiet_house.actor("asha"), post, at=quiet_house.office.now())
        process.wait_for("delivery.published", post=post)
        assert process.stop() == 0
    assert status(quiet_house.office).clock.doubt == ""
    with daemon(quiet_house, "--once", twist="moved-clock") as process:
        assert process.ended() == 0
    with quiet_house.office.store.read() as reader:
        (entry,) = [entry for entry in reader.entries() if entry.action == "clock.accepted"]
    assert (entry.facts["person"], entry.facts["reason"]) == ("dougal", "The year was set right.")
    assert str(entry.facts["latest_before"]).startswith(str((datetime.now(UTC) + year).year))
    assert quiet_house.record_is_whole()


def test_an_acceptance_on_a_machine_with_another_clock_says_nothing_about_this_one(quiet_house: House) -> None:
    with running(quiet_house, twist="moved-clock") as process:
        move(quiet_house, 2 * HOUR)
        process.wait_for("clock.doubt")
        accept_clock(quiet_house.office, quiet_house.actor("dougal"), reason="Mine is right.")
        post = quiet_house.scheduled("Still on hold.")
        process.wait_for("delivery.held", post=post, code=HoldReason.CLOCK)
        assert not process.events("clock.accepted")
    assert outbox(quiet_house) == []


def test_the_clock_is_accepted_by_an_operator_with_a_reason_and_on_record(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    with pytest.raises(BadInput, match="needs a reason"):
        accept_clock(desk.office, desk.act(OLA), reason=" ")
    with pytest.raises(NotAllowed, match="may not accept the clock"):
        accept_clock(desk.office, desk.act(desk.office.house.person("bob")), reason="why")
    with desk.office.store.read() as reader:
        assert reader.clock_accepted_at() is None
        assert list(reader.entries()) == []
    assert accept_clock(desk.office, desk.act(OLA), reason="why") == desk.clock.now()
    with desk.office.store.read() as reader:
        assert reader.clock_accepted_at() == desk.clock.now()
        assert [entry.action for entry in reader.entries()] == ["clock.accepted"]
    desk.office.store.close()


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_a_platform_whose_answers_are_dated_an_hour_away_holds_what_is_due_next(house: House, x: XProcess, ahead: int) -> None:
    x.behave("dated", seconds=ahead, times=1)
    first = house.scheduled("The first.")
    with running(house) as process:
        process.wait_for("delivery.published", post=first)
        assert "the platform of x" in process.wait_for("clock.doubt")["reason"]
        second = house.scheduled("The second.")
        process.wait_for("delivery.held", post=second, code=HoldReason.CLOCK)
        until(lambda: "the platform of x" in status(house.office).clock.doubt)
    beat = status(house.office).heartbeat
    assert beat is not None
    assert beat.platform_ahead == pytest.approx(-ahead, abs=60)
    assert x.publish_requests() == 1


def test_a_platform_that_agrees_is_on_record_and_no_reason_to_hold(house: House, x: XProcess) -> None:
    with running(house) as process:
        for number in range(2):
            process.wait_for("delivery.published", post=house.scheduled(f"Number {number}."))
        until(lambda: (beat := status(house.office).heartbeat) is not None and beat.platform_heard_at is not None)
        assert not process.events("clock.doubt")
    assert x.publish_requests() == 2


def test_a_daemon_in_another_time_zone_publishes_at_the_same_instant(quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    post = quiet_house.scheduled("Wherever the machine thinks it is.", due_in=timedelta(seconds=1))
    assert os.environ["TZ"] == "Pacific/Kiritimati"
    with running(quiet_house) as process:
        process.wait_for("delivery.published", post=post)
    delivery = quiet_house.delivery(post)
    assert delivery.published_at is not None
    assert timedelta(0) <= delivery.published_at - delivery.due_at < timedelta(seconds=30)
    assert (outbox(quiet_house)[0].name[:10]) == f"{delivery.published_at:%Y-%m-%d}"


def test_of_the_two_half_past_ones_of_an_autumn_night_each_post_goes_at_its_own(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.clock.at = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    summer, winter = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    posts = {desk.queued(at, f"At {at:%H}.", accounts=(account,)): at for at, account in ((summer, "dept"), (winter, "agency"))}
    claimed: dict[int, datetime] = {}
    desk.clock.at = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
    while desk.clock.at < datetime(2026, 10, 25, 3, 0, tzinfo=UTC):
        with desk.office.store.write() as tx:
            now = desk.clock.now()
            for entry in tx.claim_due(now=now, owner="night", lease_until=now + 9 * HOUR, limit=5):
                assert entry.post not in claimed
                claimed[entry.post] = now
            tx.record(NewEntry(action="test.looked", at=now, public={}, private={}))
        desk.clock.forward(timedelta(minutes=10))
    assert claimed == posts
    desk.office.store.close()
