"""A real terminal for a real process: a pseudo-terminal whose bytes are kept and drawn by a second emulator."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[2]


class Terminal:
    """A process in a terminal of its own, 120 by 36 unless said otherwise. End it with `close`."""

    def __init__(self, *arguments: str, columns: int = 120, lines: int = 36) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.received = b""
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        before = termios.tcgetattr(theirs)
        self._theirs, self._before = theirs, before
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            cwd=ROOT,
            env={**_environment(), "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"},
        )

    def read(self, seconds: float) -> None:
        """Take in what comes for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self._ours], [], [], min(left, 0.05))
            if ready:
                chunk = os.read(self._ours, 65536)
                self.received += chunk
                self._stream.feed(chunk)

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size; the process is told, and draws everything anew on a screen that has nothing on it."""
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        os.kill(self.process.pid, signal.SIGWINCH)

    def forget(self, seconds: float) -> None:
        """Take in what comes for so long without drawing it, which takes longer than the interface does."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self._ours], [], [], left)[0]:
                os.read(self._ours, 65536)

    def hang_up(self) -> None:
        """The line is cut: nobody reads and nobody types any more."""
        os.close(self._ours)
        self._ours = -1

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen.display)

    def until(self, holds: Callable[[], object], what: str, seconds: float = 30) -> None:
        """Take in what comes until something holds."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"it never came: {what}\n{self.text()}"
            self.read(0.05)

    def shows(self, *words: str) -> None:
        """Wait until these are on the screen."""
        self.until(lambda: all(word in self.text() for word in words), str(words))

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._ours, keys.encode())

    def ended(self, seconds: float = 30) -> int:
        """Wait for the process to end; its exit status."""
        self.until(lambda: self.process.poll() is not None, "the end of the process", seconds)
        self.read(0.2)
        assert self.process.returncode is not None
        return self.process.returncode

    def is_as_it_was(self) -> bool:
        """Whether the terminal has its own settings again."""
        return termios.tcgetattr(self._theirs) == self._before

    def close(self) -> None:
        """End what still runs, by its own id."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self._ours >= 0:
            os.close(self._ours)
        os.close(self._theirs)


def _environment() -> dict[str, str]:
    """The environment without what would tell the process another size than that of its terminal."""
    return {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
