"""The courier with real programs, and with Apprise against a receiver on this machine."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from purdah_scheduler.application.notice_ports import NotTold
from purdah_scheduler.domain.notices import Message, Way, WayKind
from purdah_scheduler.messengers.courier import Courier

MESSAGE = Message(
    kind="held",
    people=("ann", "bob"),
    subject="[Tides] Post 12 is held",
    text="- 12: Naïve “title”\n",
    posts=((12, "x-main", "Naïve “title”"),),
)
ROOM = Way(id="room", kind=WayKind.APPRISE)


def program(folder: Path, script: str, *arguments: str, mode: int = 0o700) -> Way:
    file = folder / "hook"
    file.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    file.chmod(mode)
    return Way(id="hook", kind=WayKind.COMMAND, command=(str(file), *arguments))


def refusal(courier: Courier, way: Way) -> str:
    with pytest.raises(NotTold) as caught:
        courier.tell(way, MESSAGE)
    return str(caught.value)


# --- a program of the house's own -----------------------------------------------------------------------------------


def test_a_program_gets_its_fixed_arguments_and_the_message_as_json(tmp_path: Path) -> None:
    way = program(tmp_path, f'cat > {tmp_path}/given; echo "$1|$2" > {tmp_path}/arguments', "a b", "$(id); *")
    Courier(addresses="").tell(way, MESSAGE)
    assert (tmp_path / "arguments").read_text("utf-8") == "a b|$(id); *\n"
    assert json.loads((tmp_path / "given").read_text("ascii")) == {
        "channel": "hook",
        "kind": "held",
        "people": ["ann", "bob"],
        "subject": "[Tides] Post 12 is held",
        "text": "- 12: Naïve “title”\n",
        "posts": [{"post": 12, "account": "x-main", "title": "Naïve “title”"}],
    }


def test_a_program_inherits_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PURDAH_SECRET", "a token")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials")
    way = program(tmp_path, f"env > {tmp_path}/env")
    Courier(addresses="").tell(way, MESSAGE)
    names = {line.partition("=")[0] for line in (tmp_path / "env").read_text("utf-8").splitlines()}
    assert names <= {"PATH", "LANG", "PWD", "SHLVL", "_", "OLDPWD"}


def test_the_exit_code_of_a_program_is_told_and_its_output_is_not(tmp_path: Path) -> None:
    words = refusal(Courier(addresses=""), program(tmp_path, "echo secret; echo secret >&2; exit 3"))
    assert words == "hook ended with the exit code 3."


def test_a_program_that_reads_nothing_is_no_fault(tmp_path: Path) -> None:
    Courier(addresses="").tell(program(tmp_path, "exit 0"), MESSAGE)


def test_a_program_that_hangs_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    way = program(tmp_path, f"sleep 600 & echo $! > {tmp_path}/child; wait")
    words = refusal(Courier(addresses="", deadline=0.5), way)
    assert words == "hook was killed: it took longer than 0.5 seconds."
    child = int((tmp_path / "child").read_text("ascii"))
    deadline = time.monotonic() + 10
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(child)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_daemon_that_stops_does_not_wait_for_a_program(tmp_path: Path) -> None:
    words = refusal(Courier(addresses="", give_up=lambda: True), program(tmp_path, "sleep 600"))
    assert words == "hook was killed, because the daemon was told to stop."


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda file: file.unlink(), "cannot be run"),
        (lambda file: file.chmod(0o722), "can be changed by others"),
        (lambda file: file.chmod(0o600), "could not be started"),
    ],
    ids=["gone", "open to others", "no program"],
)
def test_a_program_that_cannot_be_run_is_told(tmp_path: Path, spoil: Callable[[Path], None], said: str) -> None:
    way = program(tmp_path, "exit 0")
    spoil(Path(way.command[0]))
    assert said in refusal(Courier(addresses=""), way)


# --- Apprise --------------------------------------------------------------------------------------------------------


class Receiver(HTTPServer):
    """Takes what Apprise posts as JSON."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"json://user:very-secret@127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def addresses(folder: Path, text: str, mode: int = 0o600) -> str:
    file = folder / "notify.toml"
    file.touch(mode=0o600)
    file.write_text(text, "utf-8")
    file.chmod(mode)
    return str(file)


def test_apprise_takes_the_message_to_the_address_of_the_file(tmp_path: Path, receiver: Receiver) -> None:
    Courier(addresses=addresses(tmp_path, f'room = "{receiver.address}"')).tell(ROOM, MESSAGE)
    (got,) = receiver.got
    assert (got["title"], got["message"].strip()) == (MESSAGE.subject, MESSAGE.text.strip())


def test_a_service_that_refuses_is_told_without_its_address(tmp_path: Path, receiver: Receiver) -> None:
    receiver.status = 500
    words = refusal(Courier(addresses=addresses(tmp_path, f'room = "{receiver.address}"')), ROOM)
    assert words == "The service did not take the message."


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ('other = "json://x"', 0o600, "no line for room"),
        ('room = "not-an-address very-secret"', 0o600, "does not understand the address of room"),
        ('room = "very-secret', 0o600, "is not valid TOML (line 1)"),
        ('room = "json://x"', 0o644, "is open to other users (mode 0644)"),
    ],
)
def test_a_file_of_addresses_that_cannot_be_used_is_told_without_what_is_in_it(
    tmp_path: Path, text: str, mode: int, said: str
) -> None:
    words = refusal(Courier(addresses=addresses(tmp_path, text, mode)), ROOM)
    assert said in words
    assert "very-secret" not in words


def test_the_file_that_a_service_manager_hands_over_comes_first(tmp_path: Path, receiver: Receiver) -> None:
    handed = tmp_path / "handed"
    handed.mkdir()
    (handed / "_notify").touch(mode=0o400)
    (handed / "_notify").chmod(0o600)
    (handed / "_notify").write_text(f'room = "{receiver.address}"', "utf-8")
    Courier(addresses="/nowhere", handed_dir=handed).tell(ROOM, MESSAGE)
    assert len(receiver.got) == 1
