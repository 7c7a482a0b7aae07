"""The interface beside a minimal Textual app and its peers, in one run, in turn: start, keys, memory, rest.

    python -m benchmarks.interface [--rounds N] [--posts N] [--no-peers] [--posting PYTHON] [--harlequin PYTHON]

Run it on a quiet machine, from the project's folder. An environment is made for each peer from interface_posting.txt and
interface_harlequin.txt (hashes checked) unless one is named; they are no part of the product. Every program runs in a
pseudo-terminal of 120x36, once a round, after a round that is not counted. Printed are the goals with what was measured, and the
medians of every program. Needs pyte.

"Paint" is from the start of the process until every expected word is on the screen; a key's time is from writing it to the first
byte that comes of it; "at rest" is ten seconds in which nothing is typed, the minute does not change and nobody else writes.
"""

import argparse
import fcntl
import math
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyte

from benchmarks import interface_programs as programs
from benchmarks.interface_programs import DOWN, PEERS, Program
from purdah_scheduler import bootstrap
from purdah_scheduler.application import writing
from purdah_scheduler.application.writing import Draft
from purdah_scheduler.config import Config

COLUMNS, LINES = 120, 36
KEYS, LETTERS = 40, 30
STILL = 0.12
"""Seconds without a byte after which the screen counts as settled."""
_PATIENCE = 30.0
_CLOCK_LAG = 7.0
"""Seconds after the minute until every clock shows it."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Measures:
    """What was measured of one program, round by round; times in milliseconds."""

    paint: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    thirty: list[float] = field(default_factory=list)
    letters: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    idle_cpu: list[float] = field(default_factory=list)
    idle_bytes: list[float] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    kept: list[bool] = field(default_factory=list)


class Running:
    """A program in a terminal of its own, ended by its own id."""

    def __init__(self, program: Program) -> None:
        self.screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self.screen)
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            program.command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, env=dict(program.environment)
        )
        os.close(theirs)

    def take(self, seconds: float) -> int:
        """Take in what comes within so long; how many bytes came. It returns with the first of them."""
        if not select.select([self._ours], [], [], seconds)[0]:
            return 0
        chunk = os.read(self._ours, 1 << 16)
        self._stream.feed(chunk)
        return len(chunk)

    def until(self, *words: str, seconds: float = 60) -> float:
        """Milliseconds since the start when all of these stand on the screen. Raises TimeoutError."""
        while time.perf_counter() - self.began < seconds:
            if self.take(0.05):
                now = time.perf_counter()
                shown = "\n".join(self.screen.display)
                if all(word in shown for word in words):
                    return (now - self.began) * 1000
        raise TimeoutError(f"{words} never appeared on:\n" + "\n".join(self.screen.display))

    def settle(self) -> float:
        """Take in what comes until nothing does for a while; the moment of the last byte."""
        last = time.perf_counter()
        while time.perf_counter() - last < STILL:
            if self.take(0.01):
                last = time.perf_counter()
        return last

    def press(self, keys: str) -> float:
        """Type; milliseconds to the first byte that comes of it, or not a number where none does."""
        began = time.perf_counter()
        os.write(self._ours, keys.encode())
        return (time.perf_counter() - began) * 1000 if self.take(1.0) else math.nan

    def cpu(self) -> float:
        """Milliseconds of processor that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / _TICKS

    def megabytes(self) -> float:
        """Its resident memory."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text("utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


@contextmanager
def running(program: Program) -> Iterator[Running]:
    """The program, until the end of the block."""
    found = Running(program)
    try:
        yield found
    finally:
        found.close()


def measure(program: Program, found: Measures, *, config: Config | None, rest: float) -> None:
    """One round of one program; with `config` it is ours, and is written to beside."""
    with running(program) as one:
        found.paint.append(one.until(*program.words))
        found.cpu.append(one.cpu())
        one.settle()
        if program.into_list:
            one.press(program.into_list)
            one.settle()
        for _ in range(KEYS):
            found.keys.append(one.press(DOWN))
            one.settle()
        began = time.perf_counter()
        one.press(DOWN * 30)
        found.thirty.append((one.settle() - began) * 1000)
        _wait_for_a_minute(rest)
        one.settle()
        found.megabytes.append(one.megabytes())
        cpu, ends, heard = one.cpu(), time.perf_counter() + rest, 0
        while (left := ends - time.perf_counter()) > 0:
            heard += one.take(left)
        found.idle_cpu.append((one.cpu() - cpu) / rest)
        found.idle_bytes.append(heard)
        if config is not None:
            _change(one, found, config)
            _letters(one, found)


def _wait_for_a_minute(rest: float) -> None:
    """The clock on the screen changes with a look at the house, seconds after the minute, and would count as a byte at rest."""
    past = time.time() % 60
    if not _CLOCK_LAG <= past <= 60 - rest - 2:
        time.sleep((_CLOCK_LAG - past) % 60)


def _change(one: Running, found: Measures, config: Config) -> None:
    """Somebody else writes a post that is due first: it is seen, and the cursor stays on the post on which it was."""
    one.press("\x1b[H")
    one.settle()
    pointed, before = _under_cursor(one), one.screen.display[2:]
    office = bootstrap.open_office(config)
    try:
        actor = bootstrap.make_actor(config, office.store, "ann", face="cli")
        planned = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
        draft = Draft(accounts=("account0",), text="Elsewhere.", category="operational-service", planned_at=planned)
        post = writing.new_post(office, actor, draft)
        began = time.perf_counter()
        while one.screen.display[2:] == before and time.perf_counter() - began < _PATIENCE:
            one.take(0.02)
        found.seen.append((time.perf_counter() - began) * 1000)
        one.settle()
        found.kept.append(bool(pointed) and _under_cursor(one) == pointed)
        writing.cancel(office, actor, post, reason="measured")
    finally:
        office.store.close()


def _under_cursor(one: Running) -> str:
    """The row that the cursor is on, without what is beside the list."""
    return next((line.partition("│")[0].rstrip() for line in one.screen.display if "▌" in line), "")


def _letters(one: Running, found: Measures) -> None:
    """Letters into a new post, with its counts and its verdict on the screen."""
    one.press("2")
    one.began = time.perf_counter()
    one.until("New post")
    one.settle()
    for _ in range(LETTERS):
        found.letters.append(one.press("e"))
        one.settle()
        time.sleep(0.1)


def timed(command: Sequence[str], program: Program) -> float:
    """Milliseconds from start to exit."""
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(program.environment), check=False)
    return (time.perf_counter() - began) * 1000


# --- what came of it ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A limit and what was measured, both in the unit that the name says; a peer that was not measured has no figure."""

    name: str
    limit: float
    measured: float

    @property
    def verdict(self) -> str:
        """In a word."""
        return "not measured" if math.isnan(self.measured) else "kept" if self.measured <= self.limit else "MISSED"


def middle(values: Sequence[float]) -> float:
    """The median; not a number where nothing was measured."""
    known = [value for value in values if not math.isnan(value)]
    return statistics.median(known) if known else math.nan


def most(values: Sequence[float], share: float = 0.95) -> float:
    """The 95th percentile, by the nearest rank."""
    known = sorted(value for value in values if not math.isnan(value))
    return known[min(len(known) - 1, math.ceil(share * len(known)) - 1)] if known else math.nan


def goals(found: dict[str, Measures], commands: dict[str, list[float]], few: str, many: str) -> Iterator[Goal]:
    """Every goal of the interface."""
    floor, ours = found["floor"], found[many]
    yield Goal(name="paint, x floor", limit=1.4, measured=middle(ours.paint) / middle(floor.paint))
    for peer in PEERS:
        theirs = middle(found[peer].paint) if peer in found else math.nan
        yield Goal(name=f"paint, x {peer}", limit=0.5, measured=middle(ours.paint) / theirs)
    yield Goal(name="CPU to paint, x floor", limit=1.6, measured=middle(ours.cpu) / middle(floor.cpu))
    for name in (few, many):
        yield Goal(name=f"key to paint p50 ms, {name}", limit=20, measured=middle(found[name].keys))
        yield Goal(name=f"key to paint p95 ms, {name}", limit=50, measured=most(found[name].keys))
    yield Goal(name="30 keys at once, settled, ms", limit=200, measured=middle(ours.thirty))
    yield Goal(name="a letter in compose p95 ms", limit=30, measured=most(ours.letters))
    yield Goal(name="memory, x floor", limit=1.7, measured=middle(ours.megabytes) / middle(floor.megabytes))
    yield Goal(name="at rest, CPU ms a second", limit=10, measured=middle(ours.idle_cpu))
    yield Goal(name="at rest, bytes written", limit=0, measured=max(ours.idle_bytes))
    yield Goal(name="a change of others seen, worst ms", limit=1500, measured=max(ours.seen))
    yield Goal(name="  and the cursor moved off its post, times", limit=0, measured=float(ours.kept.count(False)))
    yield Goal(name="--version, ms", limit=60, measured=middle(commands["--version"]))
    yield Goal(name="status, ms", limit=200, measured=middle(commands["status"]))


def table(found: dict[str, Measures], wanted: Sequence[Goal]) -> Iterator[str]:
    """The goals, and then every program."""
    yield "| goal | limit | measured | |"
    yield "|---|---:|---:|---|"
    for goal in wanted:
        yield f"| {goal.name} | {goal.limit:g} | {goal.measured:.2f} | {goal.verdict} |"
    yield ""
    yield "| program | paint ms (least to most) | CPU ms | key p50 / p95 ms | 30 keys ms | MB | resting CPU ms/s | bytes |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for name, one in found.items():
        yield (
            f"| {name} | {middle(one.paint):.0f} ({min(one.paint):.0f} to {max(one.paint):.0f}) | {middle(one.cpu):.0f} "
            f"| {middle(one.keys):.1f} / {most(one.keys):.1f} | {middle(one.thirty):.0f} | {middle(one.megabytes):.0f} "
            f"| {middle(one.idle_cpu):.1f} | {max(one.idle_bytes):.0f} |"
        )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description="The interface beside a minimal Textual app and its peers.")
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--posts", type=int, default=100_000, help="how long the longer queue is")
    options.add_argument("--rest", type=float, default=10.0, help="seconds at rest")
    options.add_argument("--no-peers", action="store_true")
    for peer in PEERS:
        options.add_argument(f"--{peer}", type=Path, metavar="PYTHON", help=f"of an environment that has interface_{peer}.txt")
    given = options.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as it runs for people: compiled once
    with tempfile.TemporaryDirectory(prefix="interface-") as name:
        folder = Path(name)
        queues = {posts: programs.queue_of(folder / f"queue-{posts}", posts) for posts in (1_000, given.posts)}
        ours = {posts: programs.ours(folder / f"ours-{posts}", config, posts) for posts, config in queues.items()}
        make: dict[str, Callable[[Path, Path], Program]] = {"posting": programs.posting, "harlequin": programs.harlequin}
        peers = [
            make[peer](folder / peer, getattr(given, peer) or programs.peer_python(folder / f"{peer}-environment", peer))
            for peer in (() if given.no_peers else PEERS)
        ]
        under_test = [programs.floor(folder / "floor"), *ours.values(), *peers]
        configs = {ours[posts].name: config for posts, config in queues.items()}
        found = {program.name: Measures() for program in under_test}
        many = ours[given.posts]
        commands: dict[str, list[float]] = {"--version": [], "status": []}
        for number in range(given.rounds + 1):
            before = os.getloadavg()[0]
            for program in under_test:
                # The first round warms the caches and is not counted.
                measures = found[program.name] if number else Measures()
                measure(program, measures, config=configs.get(program.name), rest=given.rest if number else 1.0)
            for asked, times in commands.items():
                times.append(timed([*many.command, asked] if asked == "status" else [*many.command[:3], asked], many))
            print(f"round {number} of {given.rounds}, load {before:.1f}", file=sys.stderr, flush=True)
        wanted = list(goals(found, {asked: times[1:] for asked, times in commands.items()}, ours[1_000].name, many.name))
        print("\n".join(table(found, wanted)))


if __name__ == "__main__":
    main()
