"""A queue that was copied, moved or put back publishes nothing before a person has answered for it."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application.adopting import adopt
from purdah_scheduler.bootstrap import open_office, read_config
from purdah_scheduler.daemon import residence
from purdah_scheduler.daemon.residence import Residence, home_here, last_seen_path
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import BadInput, BadSetup, NotAllowed, TryAgain
from tests.cli.conftest import command
from tests.daemon.processes import daemon, running
from tests.houses import House
from tests.store import builders as make

S = DeliveryState
HOUR = timedelta(hours=1)


def published_once(house: House) -> int:
    """A post that a daemon has published: the queue is at home."""
    post = house.scheduled("The first.")
    with daemon(house, "--once") as process:
        assert process.ended() == 0
    return post


def copied(house: House, to: Path) -> House:
    """The whole folder as it is, beside the old one."""
    house.office.store.close()
    shutil.copytree(house.config.folder, to)
    config = read_config(to / "config.toml")
    return House(config=config, office=open_office(config))


def refused(house: House) -> str:
    """The one sentence with which the daemon refuses this queue."""
    with daemon(house, "--once") as process:
        assert process.ended() == 78
    (line,) = process.log.read_text("utf-8").splitlines()
    assert "purdah-scheduler daemon adopt --reason" in line
    return line


def test_a_queue_is_at_home_where_its_first_daemon_ran(quiet_house: House) -> None:
    published_once(quiet_house)
    with quiet_house.office.store.read() as reader:
        assert reader.home() == home_here(quiet_house.config.store_path)
        assert [entry.action for entry in reader.entries()].count("queue.settled") == 1
    published_once(quiet_house)
    with quiet_house.office.store.read() as reader:
        assert [entry.action for entry in reader.entries()].count("queue.settled") == 1
    assert last_seen_path(quiet_house.config.store_path).stat().st_mode & 0o777 == 0o600


def test_a_copy_in_another_place_is_refused_and_what_was_due_becomes_unknown_when_it_is_adopted(
    quiet_house: House, tmp_path: Path
) -> None:
    published_once(quiet_house)
    due, later = quiet_house.scheduled("Due now."), quiet_house.scheduled("Tomorrow.", due_in=timedelta(days=1))
    copy = copied(quiet_house, tmp_path / "copy")
    with daemon(quiet_house, "--once") as process:  # the other one goes on, and sends what is due
        assert process.ended() == 0
    assert "it was moved or copied" in refused(copy)
    assert copy.delivery(due).state is S.SCHEDULED
    ran = command("--config", str(copy.config.path), "--as", "dougal", "daemon", "adopt", "--reason", "The old one is off.")
    assert ran.code == 2
    assert f"Post {due} on outbox may have been sent" in ran.out
    assert f"post resolve {due}" in ran.err
    assert (copy.delivery(due).state, copy.delivery(later).state) == (S.UNKNOWN, S.SCHEDULED)
    with daemon(copy, "--once") as process:
        assert process.ended() == 0
    assert copy.delivery(due).state is S.UNKNOWN
    assert copy.actions(due)[-1] == "delivery.unknown"
    assert copy.record_is_whole()
    assert len(list((copy.config.folder / "outbox").rglob("*.txt"))) == 1
    copy.office.store.close()


def test_a_queue_on_another_machine_is_refused(quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    published_once(quiet_house)
    monkeypatch.setattr(residence, "_machine", lambda: "f" * 32)
    with pytest.raises(BadSetup, match="on another machine") as caught:
        Residence(quiet_house.config.store_path).enter(quiet_house.office)
    assert caught.value.exit_code == 78


def test_an_older_copy_that_was_put_back_in_the_same_place_is_refused(quiet_house: House) -> None:
    published_once(quiet_house)
    path = quiet_house.config.store_path
    quiet_house.office.store.close()
    old = path.with_name("old.db")
    shutil.copy2(path, old)
    second = House(config=quiet_house.config, office=open_office(quiet_house.config))
    post = published_once(second)
    second.office.store.close()
    old.replace(path)
    restored = House(config=quiet_house.config, office=open_office(quiet_house.config))
    assert "another copy was put in its place" in refused(restored)
    restored.scheduled("It goes on without a daemon, and has as many entries again.")
    assert "another copy was put in its place" in refused(restored)
    assert len(list((path.parent / "outbox").rglob("*.txt"))) == 2
    restored.office.store.close()
    assert post


@pytest.mark.parametrize("damage", ["missing", "empty", "nonsense", "folder"])
def test_without_the_memory_beside_it_a_queue_is_not_believed(quiet_house: House, damage: str) -> None:
    published_once(quiet_house)
    memory = last_seen_path(quiet_house.config.store_path)
    memory.unlink()
    if damage == "folder":
        memory.mkdir()
    elif damage != "missing":
        memory.write_text("" if damage == "empty" else '{"entry": "many"}')
    assert "missing or cannot be read" in refused(quiet_house)


def test_what_was_under_way_in_a_copy_is_unknown_too(quiet_house: House) -> None:
    published_once(quiet_house)
    posts = [quiet_house.scheduled(f"Number {number}.", account) for number, account in enumerate(("outbox", "other"))]
    now = quiet_house.office.now()
    with quiet_house.office.store.write() as tx:
        claimed = tx.claim_due(now=now, owner="gone", lease_until=now + HOUR, limit=9)
        assert len(claimed) == 2
        tx.record(make.entry())
    here = home_here(quiet_house.config.store_path)
    assert len(adopt(quiet_house.office, quiet_house.actor("dougal"), here, reason="Restored.")) == 2
    assert [quiet_house.delivery(post).state for post in posts] == [S.UNKNOWN] * 2


def test_adopting_needs_an_operator_a_reason_and_no_daemon_that_runs(quiet_house: House) -> None:
    here = home_here(quiet_house.config.store_path)
    with pytest.raises(BadInput, match="needs a reason"):
        adopt(quiet_house.office, quiet_house.actor("dougal"), here, reason="")
    with pytest.raises(NotAllowed, match="may not adopt a queue"):
        adopt(quiet_house.office, quiet_house.actor("asha"), here, reason="why")
    with running(quiet_house) as process:
        ran = command("--config", str(quiet_house.config.path), "--as", "dougal", "daemon", "adopt", "--reason", "why")
        assert ran.code == 75
        assert f"process {process.pid}" in ran.err
        assert "the queue was not adopted" in ran.err


def test_a_memory_that_cannot_be_written_is_one_sentence(quiet_house: House) -> None:
    memory = last_seen_path(quiet_house.config.store_path)
    memory.mkdir()
    with pytest.raises(TryAgain, match="cannot be written"):
        Residence(quiet_house.config.store_path).enter(quiet_house.office)


def test_a_queue_that_is_at_home_is_not_adopted_and_nothing_becomes_unknown(quiet_house: House) -> None:
    published_once(quiet_house)
    due = quiet_house.scheduled("Due.")
    ran = command("--config", str(quiet_house.config.path), "--as", "dougal", "daemon", "adopt", "--reason", "why not")
    assert ran.code == 1
    assert "nothing to adopt" in ran.err
    assert quiet_house.delivery(due).state is S.SCHEDULED
