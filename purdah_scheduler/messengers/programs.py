"""Running one program with a message on its standard input: no shell, a clean environment, and a deadline."""

import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

DEADLINE = 30.0
"""Seconds that a program has."""

_SLICE = 0.25
_PATH = "/usr/local/bin:/usr/bin:/bin"


class DidNotRun(Exception):
    """The program could not be started, or was killed because its time was over."""


def run(
    command: Sequence[str],
    given: bytes,
    *,
    extra: Mapping[str, str] | None = None,
    deadline: float = DEADLINE,
    give_up: Callable[[], bool] = bool,
) -> int:
    """Run a program to its end and return its exit code; what it writes is thrown away. Raises DidNotRun.

    It is killed after `deadline` seconds, and as soon as `give_up` says so.

    It gets no variable of ours but a path and a language (and `extra`): no token and no address is left lying in it.
    """
    _check(Path(command[0]))
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": _PATH, "LANG": "C.UTF-8", **(extra or {})},
            cwd="/",
            start_new_session=True,
        )
    except OSError as fault:
        raise DidNotRun(f"{command[0]} could not be started ({fault.strerror}).") from None
    with process:
        try:
            _wait(process, Path(command[0]).name, given, deadline, give_up)
        finally:
            # What it started goes with it.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode


def _wait(process: subprocess.Popen[bytes], name: str, given: bytes, deadline: float, give_up: Callable[[], bool]) -> None:
    until = time.monotonic() + deadline
    rest: bytes | None = given
    while True:
        try:
            process.communicate(rest, timeout=_SLICE)
            return
        except subprocess.TimeoutExpired:
            rest = None  # what is not written yet is remembered
            if time.monotonic() > until:
                raise DidNotRun(f"{name} was killed: it took longer than {deadline:g} seconds.") from None
            if give_up():
                raise DidNotRun(f"{name} was killed, because the daemon was told to stop.") from None


def _check(program: Path) -> None:
    """Whoever can change the program would act as the daemon."""
    try:
        mode = program.stat().st_mode
    except OSError as fault:
        raise DidNotRun(f"{program} cannot be run ({fault.strerror}).") from None
    if not stat.S_ISREG(mode):
        raise DidNotRun(f"{program} is no program.")
    if mode & 0o022:
        raise DidNotRun(f"{program} can be changed by others, so it was not run: chmod go-w {program}")
