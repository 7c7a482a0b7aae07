"""Cold start, measured side by side: `--version` against `python -c pass`, the interface against a minimal Textual app.

Run it on a quiet machine: `python benchmarks/start.py [ROUNDS]`. The programs take turns, each in a process (the interface in a
pseudo-terminal of 120x36, until its first full paint), and the medians are given with their ratios. Needs pyte.
"""

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
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path

import pyte

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 7
SIZE = (36, 120)
MINIMAL = """
from textual.app import App
from textual.widgets import DataTable, Footer, Header
class Floor(App):
    def compose(self):
        yield Header()
        yield DataTable()
        yield Footer()
    def on_mount(self):
        self.query_one(DataTable).add_columns("Due", "Post")
        self.query_one(DataTable).add_row("today", "Painted")
Floor().run()
"""


def timed(command: list[str]) -> float:
    """Milliseconds from start to exit."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000


def painted(command: list[str], words: str) -> float:
    """Milliseconds until `words` stand on the screen of a pseudo-terminal; the program is then ended by its own pid."""
    screen = pyte.Screen(SIZE[1], SIZE[0])
    stream = pyte.ByteStream(screen)
    began = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.environ |= {"TERM": "xterm-256color"}
        os.execv(command[0], command)
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
    try:
        while time.perf_counter() - began < 60:
            if select.select([terminal], [], [], 0.002)[0]:
                stream.feed(os.read(terminal, 65536))
                if any(words in line for line in screen.display):
                    return (time.perf_counter() - began) * 1000
        raise TimeoutError(f"{words!r} never appeared")
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(terminal)


def main() -> None:
    """Measure and print."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as it runs for people: compiled once
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        ours = [python, "-m", "purdah_scheduler"]
        subprocess.run([*ours, "init", "--dir", folder], check=True, capture_output=True)
        config = str(Path(folder) / "config.toml")
        person = (
            subprocess.run([*ours, "--config", config, "people", "list", "--json"], check=True, capture_output=True, text=True)
            .stdout.split('"person": "', 1)[-1]
            .split('"', 1)[0]
        )
        programs: dict[str, Callable[[], float]] = {
            "python -c pass": lambda: timed([python, "-c", "pass"]),
            "purdah-scheduler --version": lambda: timed([*ours, "--version"]),
            "minimal Textual app": lambda: painted([python, "-c", MINIMAL], "Painted"),
            "the interface": lambda: painted([*ours, "--config", config, "--as", person], "No posts are open"),
        }
        found: dict[str, list[float]] = {name: [] for name in programs}
        for round_number in range(ROUNDS + 1):
            for name, run in programs.items():
                spent = run()
                if round_number:  # the first round warms the caches
                    found[name].append(spent)
    middle = {name: statistics.median(values) for name, values in found.items()}
    for name, floor in (("purdah-scheduler --version", "python -c pass"), ("the interface", "minimal Textual app")):
        print(f"{name}: {middle[name]:.0f} ms; {floor}: {middle[floor]:.0f} ms; ratio {middle[name] / middle[floor]:.2f}")


if __name__ == "__main__":
    main()
