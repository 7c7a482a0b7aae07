"""Several daemons on one server: each delivery is sent by one of them, and one that dies is replaced within its lease."""

import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application.views import status
from purdah_scheduler.domain.posts import DeliveryState
from tests.cli.conftest import command
from tests.daemon.conftest import closing
from tests.daemon.processes import daemon, running, until
from tests.houses import QUICK, House, build
from tests.postgresql import Server
from tests.postgresql import running as server_running

S = DeliveryState
ACCOUNTS = tuple(f"outbox{number}" for number in range(6))


@pytest.fixture
def database(postgresql: Server) -> Iterator[str]:
    with postgresql.database() as name:
        yield name


@pytest.fixture
def team(postgresql: Server, database: str, tmp_path: Path) -> Iterator[House]:
    """A house whose queue is on a server."""
    url = postgresql.url(database)
    with closing(build(tmp_path / "house", accounts=ACCOUNTS, store_url=url, daemon={**QUICK, "lease_seconds": 8})) as built:
        yield built


def outbox(house: House) -> list[Path]:
    """Everything that was published."""
    return sorted((house.config.data_folder / "outbox").rglob("*.txt"))


def pids_of(house: House) -> tuple[set[int], set[int]]:
    """Of the daemons that live, and of those that are missed."""
    found = status(house.office).daemons
    return {beat.pid for beat in found.living}, {beat.pid for beat in found.silent}


def test_two_daemons_share_the_work_and_send_nothing_twice(team: House) -> None:
    with running(team) as one, running(team) as other:
        posts = [team.scheduled(f"Number {number}.", ACCOUNTS[number % 6]) for number in range(18)]
        until(lambda: all(team.delivery(post).state is S.PUBLISHED for post in posts))
        assert (one.stop(), other.stop()) == (0, 0)
    assert len(outbox(team)) == 18
    for post in posts:
        assert team.actions(post).count("delivery.claimed") == team.actions(post).count("delivery.published") == 1
    assert team.record_is_whole()


def test_what_a_killed_daemon_had_claimed_another_one_sends_within_its_lease(team: House) -> None:
    post = team.scheduled("The bridge is open.")
    with running(team, twist="waits-at-stage") as first:
        until((team.config.folder / "reached").exists)
        with running(team) as second:
            first.kill()
            killed_at = team.office.now()
            second.wait_for("delivery.published", post=post)
    published = team.delivery(post)
    assert published.published_at is not None
    assert published.published_at - killed_at < team.config.daemon.lease + timedelta(seconds=15)
    assert published.fence == 2
    assert len(outbox(team)) == 1
    assert team.record_is_whole()


def test_a_daemon_that_starts_beside_another_leaves_what_that_one_is_sending(team: House) -> None:
    post = team.scheduled("The bridge is open.")
    folder = team.config.folder
    with running(team, twist="waits-at-commit") as first:
        until((folder / "reached").exists)
        with daemon(team, "--once") as second:
            assert second.ended() == 0
        assert team.delivery(post).state is S.SENDING
        (folder / "go").touch()
        first.wait_for("delivery.published", post=post)
    assert len(outbox(team)) == 1


def test_the_goodbye_of_one_daemon_does_not_hide_the_other(team: House) -> None:
    with running(team) as one, running(team):
        one.stop()
        until(lambda: status(team.office).alive)


def test_each_daemon_is_known_and_one_that_dies_is_missed_until_it_is_back(team: House) -> None:
    with running(team) as one, running(team) as other:
        until(lambda: pids_of(team) == ({one.pid, other.pid}, set()))
        one.kill()
        until(lambda: pids_of(team) == ({other.pid}, {one.pid}))
        with running(team) as again:
            until(lambda: pids_of(team) == ({other.pid, again.pid}, set()))
            assert (other.stop(), again.stop()) == (0, 0)
    with team.office.store.read() as reader:
        (ended,) = reader.heartbeats()
    assert (ended.pid, ended.stopped_at is not None) == (again.pid, True)


@pytest.mark.parametrize("seconds", [600, -600])
def test_a_daemon_whose_clock_is_ten_minutes_wrong_leaves_the_work_to_the_right_one(team: House, seconds: int) -> None:
    """Nothing early, nothing twice, nothing inside a block, nothing held or missed for it; and it is told."""
    with running(team, twist=f"wrong-by-{seconds}") as wrong:
        told = wrong.wait_for("clock.differs")["reason"]
        assert "10 minutes" in told
        assert "leaves the posts to others" in told
        until(lambda: "10 minutes" in status(team.office).clock.doubt)
        posts = [team.scheduled(f"Number {number}.", ACCOUNTS[number], due_in=timedelta(seconds=4)) for number in range(4)]
        with running(team) as right:
            until(lambda: all(team.delivery(post).state is S.PUBLISHED for post in posts))
            until(lambda: status(team.office).clock.doubt == "")
            # By the wrong clock this period is over, or has not begun.
            blocked = team.scheduled("Inside the block.", ACCOUNTS[4], due_in=timedelta(seconds=3))
            team.block()
            until(lambda: team.delivery(blocked).state is S.HELD)
            assert (right.stop(), wrong.stop()) == (0, 0)
    deliveries = [team.delivery(post) for post in posts]
    for delivery in deliveries:
        assert delivery.published_at is not None
        assert delivery.published_at >= delivery.due_at
    assert not wrong.events("delivery.claimed")
    assert not wrong.events("delivery.taken-back")
    assert len(outbox(team)) == 4
    assert team.record_is_whole()


def test_a_daemon_with_a_wrong_clock_that_is_alone_sends_nothing_early_and_goes_on_when_it_is_right(team: House) -> None:
    moved = team.config.folder / "moved"
    moved.write_text("600", "ascii")
    post = team.scheduled("In two minutes.", due_in=timedelta(minutes=2))
    with running(team, twist="moved-clock") as process:
        process.wait_for("clock.differs")
        now = team.scheduled("Now.", ACCOUNTS[1])
        moved.unlink()
        process.wait_for("clock.differs.over")
        process.wait_for("delivery.published", post=now)
        assert process.stop() == 0
    assert team.delivery(post).state is S.SCHEDULED


def test_a_daemon_outlives_a_restart_of_the_server_and_goes_on(tmp_path: Path) -> None:
    with server_running() as server, server.database() as name:
        built = build(tmp_path / "house", accounts=ACCOUNTS, store_url=server.url(name))
        with closing(built) as house, running(house) as process:
            process.wait_for("delivery.published", post=house.scheduled("Before."))
            server.stop()
            process.wait_for("queue.busy")
            server.start()
            process.wait_for("delivery.published", post=house.scheduled("After."))
            assert process.stop() == 0
            assert house.record_is_whole()
        assert len(outbox(house)) == 2


def test_a_record_that_is_older_than_what_was_seen_here_is_not_published_from(
    postgresql: Server, database: str, team: House
) -> None:
    team.office.store.close()
    with postgresql.database(database) as older:
        post = team.scheduled("The bridge is open.")
        with daemon(team, "--once") as first:
            assert first.ended() == 0
        assert team.delivery(post).state is S.PUBLISHED
        text = team.config.path.read_text("utf-8")
        team.config.path.write_text(text.replace(f"/{database}?", f"/{older}?"), "utf-8")
        with daemon(team, "--once") as second:
            assert second.ended() == 78
            assert "another copy was put in its place" in second.log.read_text("utf-8")
        moved = ("--config", str(team.config.path), "--as", "dougal")
        adopted = command(*moved, "daemon", "adopt", "--reason", "Put back from Monday's dump.")
        assert adopted.code == 0, adopted.err
        with daemon(team, "--once") as third:
            assert third.ended() == 0


def test_a_queue_on_a_server_is_not_adopted_while_a_daemon_lives_anywhere(team: House) -> None:
    with running(team):
        refused = command("--config", str(team.config.path), "--as", "dougal", "daemon", "adopt", "--reason", "I am impatient.")
    assert refused.code == 75
    assert "A daemon is alive" in refused.err


def test_a_running_daemon_does_not_change_over_to_another_queue(team: House) -> None:
    with running(team) as process:
        text = team.config.path.read_text("utf-8")
        team.config.path.write_text(text.replace("url =", "path = 'purdah.db' #"), "utf-8")
        process.signal(signal.SIGHUP)
        said = process.wait_for("config.refused")
        assert "names another queue" in said["reason"]
