"""The life of the daemon as a process: starting, noticing, being told, and ending."""

import signal
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application import deciding, scheduling, writing
from purdah_scheduler.application.views import status
from purdah_scheduler.daemon.lock import lock_path
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from tests.daemon.processes import ROOT, daemon, running, until
from tests.houses import House

S = DeliveryState
MINUTE = timedelta(minutes=1)
KINDS = ("event", "consultation", "operational-service")
CHANGE = """
[[rules.change]]
category = "{category}"
regime = "none"
verdict = "block"
reason = "Not from this office for now"
"""

WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
from purdah_scheduler.bootstrap import open_office, read_config
from tests.houses import House

config = read_config(Path(sys.argv[1]))
house = House(config=config, office=open_office(config))
posts = [house.scheduled(f"Post {number} of {sys.argv[2]}.", account) for number in range(5) for account in ("outbox", "other")]
for post in posts:
    house.view(post)
print(*posts)
"""


def outbox(house: House) -> list[Path]:
    """Everything that was published."""
    return sorted((house.config.store_path.parent / "outbox").rglob("*.txt"))


# --- one daemon for a queue -----------------------------------------------------------------------------------------


def test_a_second_daemon_is_refused_in_one_sentence_that_names_the_first(quiet_house: House) -> None:
    with running(quiet_house) as first, daemon(quiet_house, "--once") as second:
        assert second.ended() == 75
        (line,) = second.said().splitlines()
        assert f"process {first.pid} on {socket.gethostname()}" in line
        assert "a second one was not started" in line
        assert f"kill {first.pid}" in line
        post = quiet_house.scheduled("Still running.")
        first.wait_for("delivery.published", post=post)


def test_the_lock_of_a_killed_daemon_is_free_at_once(quiet_house: House) -> None:
    with running(quiet_house) as first:
        first.kill()
    assert lock_path(quiet_house.config.store_path).stat().st_mode & 0o777 == 0o600
    with daemon(quiet_house, "--once") as second:
        assert second.ended() == 0


# --- what other processes do ----------------------------------------------------------------------------------------


def test_a_post_that_another_process_schedules_for_now_goes_out_though_nothing_was_armed(quiet_house: House) -> None:
    with running(quiet_house) as process:
        post = quiet_house.scheduled("Right now.")
        process.wait_for("delivery.published", post=post)
        delivery = quiet_house.delivery(post)
        assert delivery.published_at is not None
        assert delivery.published_at - delivery.due_at < timedelta(seconds=15)


def test_a_post_that_is_brought_forward_does_not_wait_for_its_old_time(quiet_house: House) -> None:
    with running(quiet_house) as process:
        post = quiet_house.scheduled("Later.", due_in=timedelta(hours=1))
        until(lambda: status(quiet_house.office).alive)
        scheduling.schedule(quiet_house.office, quiet_house.actor("asha"), post, at=quiet_house.office.now())
        process.wait_for("delivery.published", post=post)


def test_a_period_that_another_process_declares_a_moment_before_holds_the_post(quiet_house: House) -> None:
    with running(quiet_house) as process:
        post = quiet_house.scheduled("An announcement.", due_in=timedelta(seconds=3))
        quiet_house.block()
        other = quiet_house.scheduled("Phone lines are open.", category="operational-service", due_in=timedelta(seconds=3))
        process.wait_for("delivery.published", post=other)
    delivery = quiet_house.delivery(post)
    assert (delivery.state, delivery.reason_code) == (S.HELD, HoldReason.BLOCKED)
    assert len(outbox(quiet_house)) == 1


def test_a_period_that_is_declared_while_a_post_is_prepared_holds_it(quiet_house: House) -> None:
    """The daemon's own calendar is older; the gate reads the store's in the transaction of the intent."""
    folder = quiet_house.config.folder
    post = quiet_house.scheduled("An announcement.")
    with running(quiet_house, twist="waits-at-stage") as process:
        until((folder / "reached").exists)
        quiet_house.block(starts_in=timedelta(seconds=0.3))  # not yet in force at the due time: the sweep leaves it alone
        assert quiet_house.delivery(post).state is S.CLAIMED
        until(lambda: status(quiet_house.office).in_force)
        (folder / "go").touch()
        process.wait_for("delivery.held", post=post, code=HoldReason.BLOCKED)
    assert outbox(quiet_house) == []


def test_a_post_that_was_due_before_a_period_and_is_reached_inside_it_is_held(quiet_house: House) -> None:
    """The daemon was down meanwhile; the verdict is that of the true time."""
    post = quiet_house.scheduled("An announcement.", due_in=-10 * MINUTE)
    quiet_house.block(starts_in=-5 * MINUTE)
    assert quiet_house.delivery(post).state is S.SCHEDULED
    with daemon(quiet_house, "--once") as process:
        assert process.ended() == 2
    delivery = quiet_house.delivery(post)
    assert (delivery.state, delivery.reason_code) == (S.HELD, HoldReason.BLOCKED)
    assert outbox(quiet_house) == []


def test_a_post_that_is_reached_later_than_allowed_is_missed_and_one_within_it_is_sent(quiet_house: House) -> None:
    late = quiet_house.scheduled("Too late.", due_in=-16 * MINUTE)
    in_time = quiet_house.scheduled("Late enough.", "other", due_in=-14 * MINUTE)
    with daemon(quiet_house, "--once") as process:
        assert process.ended() == 2
    delivery = quiet_house.delivery(late)
    assert (delivery.state, delivery.reason_code) == (S.MISSED, "too-late")
    assert "16 minutes late" in delivery.reason
    assert quiet_house.delivery(in_time).state is S.PUBLISHED
    assert process.events("delivery.missed", post=late)[0]["next_step"] == f"purdah-scheduler post show {late}"


def test_an_edit_while_a_post_is_prepared_wins(quiet_house: House) -> None:
    folder = quiet_house.config.folder
    post = quiet_house.scheduled("The first words.")
    with running(quiet_house, twist="waits-at-stage") as process:
        until((folder / "reached").exists)
        draft = writing.Draft(accounts=("outbox",), text="Other words.", category="announcement")
        writing.revise(quiet_house.office, quiet_house.actor("asha"), post, draft)
        (folder / "go").touch()
        process.wait_for("delivery.cancelled", post=post)
    assert outbox(quiet_house) == []


def test_a_clearance_that_is_withdrawn_while_a_post_is_prepared_wins(quiet_house: House) -> None:
    folder = quiet_house.config.folder
    post = quiet_house.scheduled("Cleared, for now.")
    with running(quiet_house, twist="waits-at-stage") as process:
        until((folder / "reached").exists)
        code = short(quiet_house.view(post).digest)
        bede = quiet_house.actor("bede")
        deciding.decide(quiet_house.office, bede, post, stage="approval", choice=Choice.WITHDRAW, typed_digest=code)
        (folder / "go").touch()
        process.wait_for("delivery.held", post=post, code=HoldReason.CLEARANCE)
    assert outbox(quiet_house) == []


def test_processes_that_write_beside_the_daemon_never_see_an_error_and_everything_goes_out_once(quiet_house: House) -> None:
    with running(quiet_house) as process:
        command = [sys.executable, "-c", WRITER, str(quiet_house.config.path)]
        writers = [
            subprocess.Popen([*command, name], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for name in ("one", "two")
        ]
        posts = []
        for writer in writers:
            out, errors = writer.communicate(timeout=100)
            assert (writer.returncode, errors) == (0, "")
            posts += [int(post) for post in out.split()]
        for post in posts:
            process.wait_for("delivery.published", post=post)
        assert process.stop() == 0
    assert not process.events("queue.busy")
    assert len(posts) == len(outbox(quiet_house)) == 20
    assert quiet_house.record_is_whole()


# --- being told -----------------------------------------------------------------------------------------------------


def test_a_configuration_that_is_read_again_takes_effect_and_a_bad_one_does_not(quiet_house: House) -> None:
    path = quiet_house.config.path
    good = path.read_text("utf-8")
    with running(quiet_house) as process:
        path.write_text(good.replace('handle = "outbox"', 'handle = "outbox"\nmax_latenes_minutes = 3'), "utf-8")
        process.signal(signal.SIGHUP)
        assert "max_lateness_minutes" in process.wait_for("config.refused")["reason"]
        post = quiet_house.scheduled("By the old one.")
        process.wait_for("delivery.published", post=post)

        path.write_text(good.replace('id = "other"', 'id = "another"'), "utf-8")
        process.signal(signal.SIGHUP)
        process.wait_for("config.read")
        gone = quiet_house.scheduled("Where to?", "other")
        process.wait_for("delivery.held", post=gone, code=HoldReason.ACCOUNT)
        assert process.stop() == 0


def test_what_the_files_block_now_is_held_at_the_start_and_when_they_are_read_again(quiet_house: House) -> None:
    """Long before its time, and told as one event with the number; what is due goes out beside it."""
    path = quiet_house.config.path
    later = [
        quiet_house.scheduled(f"Later {number}.", due_in=timedelta(days=1), category=each) for number, each in enumerate(KINDS)
    ]
    path.write_text(path.read_text("utf-8") + CHANGE.format(category=KINDS[0]), "utf-8")
    with running(quiet_house) as process:
        assert process.wait_for("queue.swept")["held"] == 1
        assert quiet_house.delivery(later[0]).reason_code == HoldReason.BLOCKED
        path.write_text(path.read_text("utf-8") + CHANGE.format(category=KINDS[1]), "utf-8")
        process.signal(signal.SIGHUP)
        process.wait_for("config.read")
        until(lambda: quiet_house.delivery(later[1]).state is S.HELD)
        assert process.stop() == 0
    assert [event["held"] for event in process.events("queue.swept")] == [1, 1]
    assert quiet_house.delivery(later[2]).state is S.SCHEDULED
    assert quiet_house.record_is_whole()


def test_a_configuration_that_names_another_queue_is_refused_while_it_runs(quiet_house: House) -> None:
    path = quiet_house.config.path
    with running(quiet_house) as process:
        path.write_text(path.read_text("utf-8") + '\n[store]\npath = "elsewhere.db"\n', "utf-8")
        process.signal(signal.SIGHUP)
        assert "another queue" in process.wait_for("config.refused")["reason"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_stop_ends_it_in_order(quiet_house: House, number: signal.Signals) -> None:
    with running(quiet_house) as process:
        assert status(quiet_house.office).alive
        process.signal(number)
        assert process.ended() == 0
    assert not status(quiet_house.office).alive
    told = [event["event"] for event in process.events()]
    assert [event for event in told if event != "record.checkpoint"] == ["daemon.started", "daemon.stopped"]


def test_a_daemon_that_was_started_until_standard_input_closes_ends_with_it(quiet_house: House) -> None:
    with daemon(quiet_house, "--until-stdin-closes", stdin=subprocess.PIPE) as process:
        process.wait_for("daemon.started")
        post = quiet_house.scheduled("While it is open.")
        process.wait_for("delivery.published", post=post)
        assert process.process.stdin is not None
        process.process.stdin.close()
        assert process.ended() == 0
    assert process.events("daemon.orphaned")


def test_a_heartbeat_is_seen_while_it_runs_and_rises(quiet_house: House) -> None:
    with running(quiet_house) as process:
        first = status(quiet_house.office).heartbeat
        assert first is not None
        assert (first.pid, first.every) == (process.pid, 0.2)

        def later() -> bool:
            beat = status(quiet_house.office).heartbeat
            return beat is not None and beat.seen_at > first.seen_at

        until(later)


# --- starting -------------------------------------------------------------------------------------------------------


def test_a_missing_queue_is_refused_in_one_sentence(quiet_house: House) -> None:
    quiet_house.office.store.close()
    quiet_house.config.store_path.unlink()
    with daemon(quiet_house) as process:
        assert process.ended() == 78
    (line,) = process.said().splitlines()
    assert "There is no queue at" in line


def test_a_folder_in_which_no_lock_can_be_made_is_refused_in_one_sentence(quiet_house: House) -> None:
    lock_path(quiet_house.config.store_path).symlink_to("elsewhere")
    with daemon(quiet_house) as process:
        assert process.ended() == 78
    (line,) = process.said().splitlines()
    assert "the daemon was not started" in line
    assert not (quiet_house.config.folder / "elsewhere").exists()


def test_once_with_nothing_to_do_ends_well_and_says_goodbye(quiet_house: House) -> None:
    quiet_house.scheduled("Tomorrow.", due_in=timedelta(days=1))
    with daemon(quiet_house, "--once") as process:
        assert process.ended() == 0
    beat = status(quiet_house.office).heartbeat
    assert beat is not None
    assert beat.stopped_at is not None
    assert outbox(quiet_house) == []


def test_once_sends_everything_that_is_due_on_an_account_one_after_the_other(quiet_house: House) -> None:
    posts = [quiet_house.scheduled(f"Number {number}.") for number in range(12)]
    with daemon(quiet_house, "--once") as process:
        assert process.ended() == 0
    assert [quiet_house.delivery(post).state for post in posts] == [S.PUBLISHED] * 12
    assert len(outbox(quiet_house)) == 12


def test_a_clock_behind_the_latest_time_on_record_holds_what_is_due(quiet_house: House) -> None:
    """Putting the clock back while the daemon is down does not bring back the hour before a period."""
    beat_ahead(quiet_house, timedelta(hours=1))
    post = quiet_house.scheduled("Before the period, says the clock.")
    with running(quiet_house) as process:
        process.wait_for("delivery.held", post=post, code=HoldReason.CLOCK)
        assert "behind the latest time" in process.wait_for("clock.doubt")["reason"]
    assert "minutes behind" in quiet_house.delivery(post).reason
    assert outbox(quiet_house) == []


def test_a_clock_a_little_behind_is_no_reason_to_hold(quiet_house: House) -> None:
    beat_ahead(quiet_house, timedelta(seconds=20))
    post = quiet_house.scheduled("On time.")
    with daemon(quiet_house, "--once") as process:
        assert process.ended() == 0
    assert quiet_house.delivery(post).state is S.PUBLISHED


def beat_ahead(house: House, span: timedelta) -> None:
    """Let a daemon record a time that is `span` ahead of the true one."""
    with daemon(house, "--once") as process:
        assert process.ended() == 0
    beat = status(house.office).heartbeat
    assert beat is not None
    house.office.store.beat(beat, high_water=house.office.now() + span)
