"""People are told by the daemon as it runs, and nothing that becomes of a message touches a delivery."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from purdah_scheduler.application import scheduling
from purdah_scheduler.domain.notices import NoticeState
from purdah_scheduler.domain.posts import DeliveryState
from tests.daemon.conftest import closing
from tests.daemon.processes import daemon, running, until
from tests.houses import House, build, told_by_a_program

TWIST = "tells-at-once"


def heard(house: House) -> list[dict[str, Any]]:
    file = house.config.folder / "heard"
    return [json.loads(line) for line in file.read_text("ascii").splitlines()] if file.exists() else []


def listening(folder: Path, script: str = "") -> House:
    """A house whose hook writes down what it is given, or does what `script` says."""
    return told_by_a_program(build(folder), script or f"cat >> {folder}/heard; echo >> {folder}/heard")


def held(house: House) -> int:
    """A post that is queued and then held by a person: something to tell."""
    from datetime import timedelta

    post = house.scheduled("Words that nobody is told.", due_in=timedelta(hours=1))
    scheduling.hold(house.office, house.actor("dougal"), post, reason="Wait.")
    return post


def test_a_running_daemon_tells_everybody_of_a_channel_at_once_and_once(tmp_path: Path) -> None:
    with closing(listening(tmp_path / "house")) as house, running(house, twist=TWIST) as process:
        until(lambda: process.events("daemon.started"))
        process.wait_for("notify.begun")
        post = held(house)
        process.wait_for("notify.sent", kind="held")
        assert process.stop() == 0
        told = [message for message in heard(house) if message["kind"] == "held"]
        assert [(message["people"], [entry["post"] for entry in message["posts"]]) for message in told] == [
            (["asha", "dougal"], [post])
        ]
        assert "Words" not in json.dumps(heard(house))
        assert "Words" not in process.said()


@pytest.mark.parametrize(
    "script", ["sleep 600", "exit 9", "kill -9 $$", "rm -f $0; exit 1"], ids=["hangs", "fails", "is killed", "is gone"]
)
def test_whatever_becomes_of_a_message_posts_go_out_and_the_daemon_ends_in_order(tmp_path: Path, script: str) -> None:
    with closing(listening(tmp_path / "house", script)) as house, running(house, twist=TWIST) as process:
        process.wait_for("notify.begun")
        held(house)
        if "sleep" in script:
            until(lambda: waiting(house))
        else:
            process.wait_for("notify.not-taken", kind="held")
        post = house.scheduled("Goes out.")
        process.wait_for("delivery.published", post=post)
        assert house.delivery(post).state is DeliveryState.PUBLISHED
        process.signal(signal.SIGTERM)
        assert process.ended() == 0
        assert house.record_is_whole()


def waiting(house: House) -> bool:
    with house.office.store.notices() as reader:
        return any(notice.tries for notice in reader.notices(limit=10, state=NoticeState.WAITING))


def test_what_happened_while_no_daemon_ran_is_told_by_the_next_one(tmp_path: Path) -> None:
    with closing(listening(tmp_path / "house")) as house:
        with running(house, twist=TWIST) as process:
            process.wait_for("notify.begun")
            process.kill()
        held(house)
        with running(house, twist=TWIST) as process:
            process.wait_for("notify.sent", kind="held")


def test_a_single_run_leaves_nothing_untold_for_good(tmp_path: Path) -> None:
    with closing(listening(tmp_path / "house")) as house:
        for _ in range(2):
            with daemon(house, "--once", twist=TWIST) as process:
                assert process.ended() == 0
            if not heard(house):
                held(house)
        assert [message["kind"] for message in heard(house)] == ["held"]
