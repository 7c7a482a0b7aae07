"""The daemon as a service: what the service manager hears of it, and the unit file that it is run by."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.daemon import unit
from purdah_scheduler.daemon.service import ServiceManager
from purdah_scheduler.daemon.unit import unit_file
from purdah_scheduler.errors import BadInput
from tests.cli.conftest import command
from tests.daemon.processes import daemon, running, until
from tests.houses import House, build


class Manager:
    """Stands in for systemd: what it was told, in order."""

    def __init__(self, address: str) -> None:
        self.heard: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.setblocking(False)

    def listen(self) -> list[str]:
        """Everything so far."""
        while True:
            try:
                self.heard.append(self._socket.recv(4096).decode("utf-8"))
            except BlockingIOError:
                return self.heard

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    """A service manager that watches: it bears 0.6 seconds of silence."""
    with tempfile.TemporaryDirectory() as folder:
        made = Manager(f"{folder}/notify")
        monkeypatch.setenv("NOTIFY_SOCKET", f"{folder}/notify")
        monkeypatch.setenv("WATCHDOG_USEC", "600000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        yield made
        made.close()


def test_it_is_ready_when_it_publishes_and_says_so_that_it_lives_and_that_it_ends(quiet_house: House, manager: Manager) -> None:
    with running(quiet_house) as process:
        until(lambda: manager.listen().count("WATCHDOG=1") >= 4)
        until(lambda: "STATUS=Waiting for the next post to come due." in manager.listen())
        process.signal(signal.SIGHUP)
        until(lambda: manager.listen().count("READY=1") == 2)
        assert process.stop() == 0
    heard = manager.listen()
    assert [word for word in heard if word in ("READY=1", "STOPPING=1")] == ["READY=1", "READY=1", "STOPPING=1"]
    reload = next(number for number, word in enumerate(heard) if word.startswith("RELOADING=1\n"))
    assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=[0-9]+", heard[reload])
    assert heard.index("READY=1") < reload < len(heard) - heard[::-1].index("READY=1")
    assert "WATCHDOG=1" not in heard[heard.index("STOPPING=1") :]


def test_a_faulty_configuration_is_a_reload_that_ends_with_the_last_good_one(quiet_house: House, manager: Manager) -> None:
    with running(quiet_house) as process:
        until(lambda: "READY=1" in manager.listen())
        path = quiet_house.config.path
        path.write_text(path.read_text("utf-8") + "\n[[person\n", "utf-8")
        process.signal(signal.SIGHUP)
        assert "last good configuration stays in force" in process.wait_for("config.refused")["reason"]
        until(lambda: manager.listen().count("READY=1") == 2)


def test_a_look_at_the_queue_that_hangs_ends_the_sign_of_life_for_the_manager(quiet_house: House, manager: Manager) -> None:
    with daemon(quiet_house, twist="stuck") as process:
        process.wait_for("daemon.started")
        until((quiet_house.config.folder / "reached").exists)
        process.wait_for("queue.stuck")
        manager.listen()
        manager.heard.clear()
        until(lambda: _lived(quiet_house) > timedelta(seconds=3))  # it lives, although its work does not
        assert "WATCHDOG=1" not in manager.listen()
        process.kill()


def _lived(house: House) -> timedelta:
    """How long the daemon's heart has been beating."""
    with house.office.store.read() as reader:
        return max((beat.seen_at - beat.started_at for beat in reader.heartbeats()), default=timedelta(0))


def test_nobody_listening_is_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for address in ("", str(tmp_path / "nobody"), "vsock:2:1234", "@nobody-there"):
        silent = ServiceManager({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "x"})
        silent.ready()
        silent.pet(1.0)
        assert silent.watchdog is None


def test_the_watchdog_of_another_process_is_not_ours() -> None:
    assert ServiceManager({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "1"}).watchdog is None
    assert ServiceManager({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": str(os.getpid())}).watchdog == 2.0
    assert ServiceManager({"WATCHDOG_USEC": "0"}).watchdog is None


def test_the_sign_of_life_is_given_at_half_the_interval_and_a_status_when_it_changes() -> None:
    address = f"@purdah-test-{os.getpid()}"
    listener = Manager(address)
    manager = ServiceManager({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "2000000"})
    for now in (0.0, 0.4, 0.9, 1.0, 1.5, 1.9, 2.0):
        manager.pet(now)
    for words in ("Fine.", "Fine.", "Not\nREADY=1\nfine."):
        manager.status(words)
    assert listener.listen() == ["WATCHDOG=1"] * 3 + ["STATUS=Fine.", "STATUS=Not READY=1 fine."]
    listener.close()


# --- the unit -----------------------------------------------------------------------------------------------------


@pytest.fixture
def x_house(tmp_path: Path) -> Iterator[House]:
    """An account on X, whose tokens a service gets by LoadCredential."""
    house = build(tmp_path / "a house", accounts=("x-main", "outbox"), x_base_url="https://x.example")
    yield house
    house.office.store.close()


def test_the_unit_names_the_program_the_places_and_the_tokens(x_house: House) -> None:
    tokens = replace(x_house.config.accounts[0], credentials="/etc/purdah/x-main.toml")
    config = replace(x_house.config, accounts=(tokens, *x_house.config.accounts[1:]))
    lines = unit_file(config, user="purdah").splitlines()
    assert "LoadCredential=x-main:/etc/purdah/x-main.toml" in lines
    assert f'ReadWritePaths="{config.folder}"' in lines
    (start,) = (line for line in lines if line.startswith("ExecStart="))
    assert start.endswith(f'--config "{config.path}" daemon')
    assert Path(start.removeprefix("ExecStart=").split(" ")[0]).exists()
    assert "User=purdah" in lines
    assert not [line for line in lines if re.search(r"@[A-Z]+@", line)]


def test_a_percent_sign_stands_for_itself_and_a_name_that_could_say_more_is_refused(x_house: House) -> None:
    config = replace(x_house.config, path=Path("/srv/100%h/config.toml"), accounts=())
    assert "--config /srv/100%%h/config.toml daemon" in unit_file(config, user="purdah")
    for path in ("/srv/a\nExecStartPre=/bin/false", '/srv/a"b', "/srv/$HOME", "/srv/a\\b"):
        with pytest.raises(BadInput, match="cannot stand in a unit"):
            unit_file(replace(config, path=Path(path)), user="purdah")


def test_a_house_in_a_home_can_be_read_there_and_any_other_cannot_see_homes(
    x_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit, "_program", lambda: ["/opt/purdah/bin/purdah-scheduler"])
    away = replace(x_house.config, path=Path("/etc/purdah/config.toml"), store_path=Path("/var/lib/purdah/purdah.db"))
    for config, home in ((away, "yes"), (replace(away, store_path=Path("/", "home", "ann", "purdah.db")), "read-only")):
        assert f"ProtectHome={home}" in unit_file(config, user="ann").splitlines()


def test_the_unit_is_as_hard_as_was_promised(quiet_house: House, tmp_path: Path) -> None:
    """At most 2.0 by systemd's own measure, and systemd finds nothing wrong with it."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    ran = command("--config", str(quiet_house.config.path), "daemon", "unit", "--user", "root")
    assert ran.code == 0
    file = tmp_path / "purdah-scheduler.service"
    file.write_text(ran.out, "utf-8")
    asked = ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(file)]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-300:] + found.stderr
    assert "Overall exposure level" in found.stdout
    verified = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False)
    told = [line for line in verified.stderr.splitlines() if "purdah-scheduler.service" in line]
    assert not told
