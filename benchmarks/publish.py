"""From due to request: this product beside other schedulers, one after the other, each doing the same durable work.

    python -m benchmarks.publish [--waiting N] [--singles N] [--hundreds N] [--thousands N] [--only WORD]... [--no-peers] [--flat]

Run it on a quiet machine, from the project's folder. A fresh environment is made for the peers from publish_peers.txt (hashes
checked) unless one is named with `--peers-python`; they are no part of the product. The PostgreSQL server is the one of the test
group's wheel, with fsync and synchronous commit on.

With `--flat` the product is measured again with 1,000 and with 1,000,000 posts waiting.

Every program has N posts waiting for next year and gets bursts of 1, 100 and 1,000 posts that are due at the same full second,
the next when the last post of the one before has been sent. For each post it claims, commits an intent, makes one request to a
platform on loopback, and commits the outcome; 100 posts may be under way. Counted is from the due time to the moment at which
the request begins; a request before its time is counted as early, one that never comes as lost, a second one as doubled. The
product does more for each: its gate is asked within the intent's transaction, each step has an entry in the record, and each
of its 100 accounts has one post under way at a time, so that of 1,000 posts each account sends ten in turn.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import publish_queue
from purdah_scheduler import bootstrap
from tests.postgresql import Server
from tests.postgresql import running as server_running

HERE = Path(__file__).parent
OURS = "purdah-scheduler"
HANDS = 100
PATIENCE = 120.0
"""Seconds after the due time after which what has not been sent counts as lost."""
_NEXT_YEAR = timedelta(days=365)
_SERVER = {"fsync": "on", "synchronous_commit": "on", "shared_buffers": "128MB", "max_connections": "300"}


@dataclass(kw_only=True)
class Platform:
    """What has arrived: for each key the moments at which its requests began."""

    port: int
    heard: dict[str, list[float]] = field(default_factory=dict)

    def listen(self, lines: Iterator[bytes]) -> None:
        """Take down what the platform says until it ends."""
        for line in lines:
            told = json.loads(line)
            self.heard.setdefault(told["key"], []).append(told["at"])


@contextmanager
def platform(answer_seconds: float) -> Iterator[Platform]:
    """The platform in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.publish_platform", str(answer_seconds)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        found = Platform(port=int(process.stdout.readline()))
        listener = threading.Thread(target=found.listen, args=(process.stdout,), daemon=True)
        listener.start()
        try:
            yield found
        finally:
            process.kill()
            listener.join()


class Product:
    """This product's daemon on one store."""

    def __init__(self, folder: Path, port: int, *, store_url: str = "", database: str = "") -> None:
        self.database = database
        self._config = publish_queue.make(folder, hands=HANDS, store_url=store_url)
        self._store = bootstrap.open_office(self._config).store
        self._folder, self._port, self._made = folder, port, 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The daemon's."""
        return self._process.pid if self._process else 0

    def queue(self, keys: Sequence[str], due: float) -> None:
        """Put posts into the store; the daemon, where it runs, notices by itself."""
        numbered = dict(enumerate(keys, start=self._made + 1))
        self._made += len(keys)
        publish_queue.fill(self._store, numbered, datetime.fromtimestamp(due, UTC))

    def start(self) -> float:
        """Start the daemon; the seconds until it says that it has."""
        log = self._folder / "daemon.log"
        began = time.perf_counter()
        with log.open("wb") as out:
            command = [sys.executable, "-m", "benchmarks.publish_queue", str(self._config.path), str(self._port)]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        while b'"daemon.started"' not in log.read_bytes():
            if self._process.poll() is not None:
                raise SystemExit(log.read_text("utf-8"))
            time.sleep(0.005)
        return time.perf_counter() - began

    def kill(self) -> None:
        """As a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def close(self) -> str:
        """End the daemon in order; what the store says afterwards of everything but the waiting posts."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
        whole = "verifies" if publish_queue.record_is_whole(self._store) else "DOES NOT VERIFY"
        self._store.close()
        return f"the record {whole}"


class Peer:
    """Another scheduler, which takes its jobs through its own process."""

    def __init__(self, name: str, python: Path, place: str, port: int, *, database: str = "") -> None:
        self.database = database
        self._command = [str(python), "-m", "benchmarks.publish_peers", name, place, str(port), str(HANDS)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid if self._process else 0

    def start(self) -> float:
        """Start it; the seconds until it says that it has."""
        began = time.perf_counter()
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._answer("ready")
        return time.perf_counter() - began

    def queue(self, keys: Sequence[str], due: float) -> None:
        """Hand jobs over; returns when they are in its store."""
        if self._process is None or self._process.stdin is None:
            raise RuntimeError("a peer is started before it is given anything")
        self._process.stdin.write(json.dumps({"keys": list(keys), "due": due}).encode() + b"\n")
        self._process.stdin.flush()
        self._answer("queued")

    def kill(self) -> None:
        """As a power cut would."""
        if self._process:
            self._process.kill()
            self._process.communicate()

    def close(self) -> str:
        """End it; it has nothing to add."""
        self.kill()
        return ""

    def _answer(self, word: str) -> None:
        said = self._process.stdout.readline().decode().strip() if self._process and self._process.stdout else ""
        if said != word:
            raise SystemExit(f"{' '.join(self._command)} said {said!r} instead of {word!r}")


@dataclass(kw_only=True)
class Figures:
    """What was seen of one program: milliseconds by the size of a burst, and what it used."""

    name: str
    waits: dict[int, list[float]] = field(default_factory=dict)
    a_second: list[float] = field(default_factory=list)
    early: int = 0
    lost: int = 0
    doubled: int = 0
    ready: float = 0.0
    ready_again: float = 0.0
    idle_mb: float = 0.0
    busy_mb: float = 0.0
    idle_percent: float = 0.0
    note: str = ""


def burst(program: "Product | Peer", heard: Platform, keys: Sequence[str], lead: float) -> float | None:
    """Queue keys that are due together and wait for all; when they were due, or None where they were queued too late to count."""
    due = float(math.ceil(time.time() + lead))
    program.queue(keys, due)
    in_time = time.time() < due - 0.5
    while not all(key in heard.heard for key in keys) and time.time() < due + PATIENCE:
        time.sleep(0.05)
    time.sleep(0.5 if len(keys) > 1 else 0.1)  # a second request for a post would be here by now
    return due if in_time else None


def measure(name: str, program: "Product | Peer", heard: Platform, server: Server, given: argparse.Namespace) -> Figures:
    """Everything of one program."""
    found = Figures(name=name)
    waiting = [f"{name}-waiting-{number}" for number in range(given.waiting)]
    next_year = (datetime.now(UTC).replace(microsecond=0) + _NEXT_YEAR).timestamp()
    if isinstance(program, Product):
        program.queue(waiting, next_year)
        found.ready = program.start()
    else:
        found.ready = program.start()
        program.queue(waiting, next_year)
    if program.database:  # as a server does by itself in the life of a queue
        server.sql("VACUUM ANALYZE", database=program.database)
    burst(program, heard, [f"{name}-first"], 3.0)  # the first one of all pays for what is loaded when it is first needed
    _come_to_rest(program.pid)
    found.idle_mb, used, began = _resident(program.pid, "VmRSS"), _processor(program.pid), time.monotonic()
    time.sleep(given.idle_seconds)
    found.idle_percent = 100 * (_processor(program.pid) - used) / (time.monotonic() - began)
    Path(f"/proc/{program.pid}/clear_refs").write_text(
        "5", "ascii"
    )  # the peak starts anew: nobody is measured while being filled
    for size, rounds in ((1, given.singles), (100, given.hundreds), (1000, given.thousands)):
        lead, done, tries = 1.0 + size * 0.006, 0, 0
        while done < rounds and tries < rounds + 5:
            tries += 1
            keys = [f"{name}-{size}-{tries}-{number}" for number in range(size)]
            due = burst(program, heard, keys, lead)
            found.lost += sum(key not in heard.heard for key in keys)
            found.doubled += sum(len(heard.heard.get(key, ())) > 1 for key in keys)
            if due is None:
                lead *= 2
                continue
            done += 1
            waits = [1000 * (heard.heard[key][0] - due) for key in keys if key in heard.heard]
            found.early += sum(wait < 0 for wait in waits)
            found.waits.setdefault(size, []).extend(waits)
            if size == 1000 and waits:
                found.a_second.append(len(waits) / (max(waits) / 1000))
    found.busy_mb = _resident(program.pid, "VmHWM")
    program.kill()
    if isinstance(program, Product):
        found.ready_again = statistics.median(_restart(program) for _ in range(3))
        program.start()
    found.note = program.close()
    return found


def _come_to_rest(pid: int) -> None:
    """Wait until what is done once after a start is over, two minutes at most: a look through a million posts takes a while."""
    for _ in range(60):
        used = _processor(pid)
        time.sleep(2)
        if _processor(pid) - used < 0.3:
            return


def _restart(program: Product) -> float:
    seconds = program.start()
    program.kill()
    return seconds


def _resident(pid: int, name: str) -> float:
    """Megabytes, as Linux counts them."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) / 1024


def _processor(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _programs(
    folder: Path, server: Server, python: Path | None, port: int, stack: ExitStack
) -> dict[str, Callable[[], Product | Peer]]:
    """How each program is made, in the order of the table."""

    def place(name: str) -> str:
        (folder / name).mkdir()
        return str(folder / name)

    def on_server(name: str) -> Peer:
        assert python is not None  # noqa: S101 - asked for only where there are peers
        server.sql(f"CREATE DATABASE {name}")
        return Peer(name, python, server.url(name), port, database=name)

    def ours_on_server() -> Product:
        name = stack.enter_context(server.database())
        return Product(folder / "ours-postgresql", port, store_url=server.url(name), database=name)

    programs: dict[str, Callable[[], Product | Peer]] = {
        f"{OURS}, SQLite": lambda: Product(folder / "ours", port),
        f"{OURS}, PostgreSQL": ours_on_server,
    }
    if python is not None:
        programs |= {
            "APScheduler, SQLite": lambda: Peer("apscheduler", python, place("apscheduler"), port),
            "APScheduler, PostgreSQL": lambda: on_server("apscheduler"),
            "huey, SQLite": lambda: Peer("huey", python, place("huey"), port),
            "pgqueuer, PostgreSQL": lambda: on_server("pgqueuer"),
            "procrastinate, PostgreSQL": lambda: on_server("procrastinate"),
        }
    return programs


def peers_python(folder: Path) -> Path:
    """The Python of a fresh environment that has the peers."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
    subprocess.run([*command, "-r", str(HERE / "publish_peers.txt")], check=True)
    return folder / "bin" / "python"


def table(all_figures: Sequence[Figures]) -> Iterator[str]:
    """The lines of the two tables."""
    sizes = sorted({size for figures in all_figures for size in figures.waits})
    yield "| due to request, ms: p50 / p99 / worst | " + " | ".join(f"{size:,} due" for size in sizes) + " | posts a second |"
    yield "|---|" + "---:|" * (len(sizes) + 1)
    for figures in all_figures:
        cells = [_cell(figures.waits.get(size, [])) for size in sizes]
        rate = f"{statistics.median(figures.a_second):.0f}" if figures.a_second else "-"
        yield f"| {figures.name} | " + " | ".join(cells) + f" | {rate} |"
    yield ""
    yield "| | early | lost | doubled | ready s | ready after kill -9 s | idle MB | busy MB | idle CPU % | |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|"
    for one in all_figures:
        again = f"{one.ready_again:.2f}" if one.ready_again else "-"
        yield (
            f"| {one.name} | {one.early} | {one.lost} | {one.doubled} | {one.ready:.2f} | {again} | {one.idle_mb:.0f} | "
            f"{one.busy_mb:.0f} | {one.idle_percent:.2f} | {one.note} |"
        )


def _cell(waits: Sequence[float]) -> str:
    if not waits:
        return "-"
    ordered = sorted(waits)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]

    return f"{at(0.5):.0f} / {at(0.99):.0f} / {ordered[-1]:.0f}"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description="From due to request, side by side.")
    options.add_argument("--waiting", type=int, default=100_000, help="posts that are due next year")
    options.add_argument("--singles", type=int, default=40, help="how many posts that are due alone")
    options.add_argument("--hundreds", type=int, default=10, help="how many bursts of 100")
    options.add_argument("--thousands", type=int, default=3, help="how many bursts of 1,000")
    options.add_argument("--idle-seconds", type=float, default=20.0)
    options.add_argument("--answer-seconds", type=float, default=0.0, help="how long the platform takes to answer")
    options.add_argument("--only", action="append", default=[], metavar="WORD", help="programs whose name holds this")
    options.add_argument("--no-peers", action="store_true")
    options.add_argument("--flat", action="store_true", help="the product again, with 1,000 and 1,000,000 waiting")
    options.add_argument("--peers-python", type=Path, help="of an environment that has publish_peers.txt already")
    given = options.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as it runs for people: compiled once
    os.environ["PYTHONPATH"] = str(HERE.parent)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="publish-")))
        python = None if given.no_peers else given.peers_python or peers_python(folder / "peers")
        server = stack.enter_context(server_running(_SERVER))
        heard = stack.enter_context(platform(given.answer_seconds))
        all_figures = []
        for waiting in (given.waiting, *((1_000, 1_000_000) if given.flat else ())):
            given.waiting, again = waiting, bool(all_figures)
            place = folder / str(waiting)
            place.mkdir()
            for name, make in _programs(place, server, None if again else python, heard.port, stack).items():
                if given.only and not any(word.lower() in name.lower() for word in given.only):
                    continue
                before, began = os.getloadavg()[0], time.monotonic()
                program = make()
                try:
                    all_figures.append(measure(f"{name}, {waiting:,} waiting", program, heard, server, given))
                finally:
                    program.kill()
                load = f"load {before:.1f} before and {os.getloadavg()[0]:.1f} after"
                print(f"{name}, {waiting:,} waiting: {time.monotonic() - began:.0f} s, {load}", file=sys.stderr, flush=True)
        print(f"{HANDS} hands, {os.cpu_count()} processors, {_disk(folder)}\n")
        print("\n".join(table(all_figures)))


def _disk(folder: Path) -> str:
    """What kind of file system the stores are on."""
    found = shutil.which("stat")
    command = [found or "stat", "-f", "-c", "%T", str(folder)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
