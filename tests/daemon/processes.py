"""Real processes for tests: the daemon, and the stand-in for X. Each is ended by its own id, whatever the test does."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.fakes.x_rules import write_credentials
from tests.houses import House

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60.0
"""Seconds after which a test stops waiting; nothing here takes a tenth of it on an idle machine."""


def until(condition: Callable[[], Any], what: str = "", *, patience: float = PATIENCE) -> Any:
    """The first true answer of `condition`, asked again and again for so many seconds."""
    ends = time.monotonic() + patience
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > ends:
            raise AssertionError(f"it did not happen: {what or condition}")
        time.sleep(0.03)


@dataclass
class DaemonProcess:
    """A daemon that runs; what it says is in a file, so that it never waits for a reader."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def said(self) -> str:
        return self.log.read_text("ascii")

    def events(self, name: str = "", **facts: object) -> list[dict[str, Any]]:
        """The events of this name so far, with these facts."""
        found = []
        for line in self.said().splitlines(keepends=True):
            if line.endswith("\n"):
                event = json.loads(line)
                if name in ("", event["event"]) and all(event.get(fact) == value for fact, value in facts.items()):
                    found.append(event)
        return found

    def wait_for(self, name: str, **facts: object) -> dict[str, Any]:
        """The first such event; fails at once where the daemon has ended without it."""

        def seen() -> dict[str, Any] | None:
            ended = self.process.poll() is not None
            found = self.events(name, **facts)
            assert found or not ended, f"it ended with {self.process.returncode} before {name}: {self.said()}"
            return found[0] if found else None

        try:
            event: dict[str, Any] = until(seen, f"{name} {facts}")
        except AssertionError as fault:
            raise AssertionError(f"{fault} in:\n{self.said()}") from fault
        return event

    def kill(self) -> None:
        """SIGKILL: it gets no chance to put anything right."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.terminate()
        return self.ended()

    def ended(self) -> int:
        """The exit code, once there is one."""
        return self.process.wait(PATIENCE)


@contextmanager
def daemon(
    house: House, *arguments: str, twist: str = "", stdin: int | IO[bytes] | None = subprocess.DEVNULL
) -> Iterator[DaemonProcess]:
    """A daemon on the house's queue, ended with the block. It does not wait until the daemon is ready."""
    number = len(list(house.config.folder.glob("daemon-*.log")))
    log = house.config.folder / f"daemon-{number}.log"
    command = [sys.executable, "-m", "tests.daemon.entry", str(house.config.path), *arguments]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, *(["--twist", twist] if twist else [])], cwd=ROOT, stdin=stdin, stdout=out, stderr=out
        )
    try:
        yield DaemonProcess(process=process, log=log)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(PATIENCE)


@contextmanager
def running(house: House, *arguments: str, twist: str = "") -> Iterator[DaemonProcess]:
    """A daemon that has started."""
    with daemon(house, *arguments, twist=twist) as process:
        process.wait_for("daemon.started")
        yield process


@dataclass
class XProcess:
    """The stand-in for X in a process of its own."""

    base_url: str

    def behave(self, name: str, **options: object) -> None:
        self._ask({"behave": name, **options})

    def texts(self) -> list[str]:
        """The texts of all posts that it has, oldest first."""
        return [post["text"] for post in self._ask()["posts"]]

    def chain(self) -> list[tuple[str, str]]:
        """The text of each post and of the one that it answers, oldest first."""
        posts = self._ask()["posts"]
        said = {post["id"]: post["text"] for post in posts}
        return [(post["text"], said.get(post["answers"], "")) for post in posts]

    def posted_at(self) -> list[str]:
        return [post["at"] for post in self._ask()["posts"]]

    def publish_requests(self) -> int:
        """How many requests to publish have arrived, whatever was answered."""
        found: list[str] = self._ask()["requests"]
        return found.count("POST /2/tweets")

    def repeated(self) -> int:
        """How many whole requests to publish came beyond the first for a text, whatever was answered.

        A sender that is killed between two packets leaves a request of which no more than a part comes: that publishes nothing.
        """
        texts = [json.loads(body)["text"] for body in self._ask()["wanted"]]
        return len(texts) - len(set(texts))

    def _ask(self, asked: dict[str, object] | None = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", int(self.base_url.rpartition(":")[2]), timeout=10)
        try:
            connection.request("GET" if asked is None else "POST", "/_control", None if asked is None else json.dumps(asked))
            told: dict[str, Any] = json.load(connection.getresponse())
        finally:
            connection.close()
        return told


@contextmanager
def fake_x(folder: Path) -> Iterator[XProcess]:
    """The stand-in for X; `x.toml` in `folder` holds the tokens that it accepts."""
    write_credentials(folder / "x.toml")
    command = [sys.executable, "-m", "tests.fakes.fake_x", "--port", "0", "--state", str(folder / "x.jsonl")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield XProcess(base_url=json.loads(process.stdout.readline())["base_url"])
        finally:
            process.kill()
