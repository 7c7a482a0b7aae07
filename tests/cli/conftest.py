"""The command line as tests use it: in this process, with its own streams, on a house in a temporary folder."""

import io
import json
import shlex
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from purdah_scheduler.cli.main import run
from tests import houses


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What one command line did."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        lines = self.objects
        assert len(lines) == 1, self
        return lines[0]

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The JSON objects on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> dict[str, Any]:
        """The one JSON object on stderr."""
        found: dict[str, Any] = json.loads(self.err)
        return found


def command(*line: str, stdin: bytes = b"") -> Ran:
    """Run one command line in this process, without a terminal."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = run(list(line))
    finally:
        sys.stdin = before
    texts = []
    for stream in (out, err):
        stream.flush()
        buffer = stream.detach()
        assert isinstance(buffer, io.BytesIO)
        texts.append(buffer.getvalue().decode("utf-8"))
    return Ran(code=code, out=texts[0], err=texts[1])


def typed(line: str) -> list[str]:
    """The words of a line as a shell would pass them."""
    return shlex.split(line)


class Desk:
    """A house, and the command line on its configuration."""

    def __init__(self, house: houses.House) -> None:
        self.house = house
        self.path = house.config.path

    def __call__(self, *line: str, by: str = "", stdin: bytes = b"") -> Ran:
        """Run a command line as a person; whatever it does must not be a crash."""
        who = ["--as", by] if by else []
        ran = command("--config", str(self.path), *who, *line, stdin=stdin)
        assert ran.code != 70, ran.err
        return ran

    def ok(self, *line: str, by: str = "", stdin: bytes = b"") -> Ran:
        """Run a command line that must succeed."""
        ran = self(*line, by=by, stdin=stdin)
        assert ran.code == 0, ran
        return ran

    def new(self, text: str = "The bridge opens on Monday.", *more: str, category: str = "operational-service") -> dict[str, Any]:
        """A new post by asha on the first account; what `post new --json` printed."""
        account = self.house.config.accounts[0].id
        line = ["post", "new", "--account", account, "--category", category, "--text", text, *more, "--json"]
        return self.ok(*line, by="asha").object

    def cleared(self, *more: str, category: str = "operational-service") -> int:
        """A new post that bede has cleared; its number."""
        made = self.new("The bridge opens on Monday.", *more, category=category)
        number = str(made["post"])
        self.ok("post", "submit", number, by="asha")
        self.ok("post", "decide", number, "--stage", "approval", "--approve", "--digest", made["digest"], by="bede")
        return int(number)

    def shown(self, post: int) -> dict[str, Any]:
        """What `post show --json` prints."""
        return self.ok("post", "show", str(post), "--json").object


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A house with one outbox account."""
    house = houses.build(tmp_path / "house")
    yield Desk(house)
    house.office.store.close()


@pytest.fixture
def wide_desk(tmp_path: Path) -> Iterator[Desk]:
    """A house with three outbox accounts."""
    house = houses.build(tmp_path / "house", accounts=("outbox", "second", "third"))
    yield Desk(house)
    house.office.store.close()
