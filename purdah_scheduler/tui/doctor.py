"""The doctor, asked from the interface: in a process of its own, for it looks at files that the interface never opens."""

import json
import subprocess
import sys
import time
from collections.abc import Callable

from purdah_scheduler.config import Config
from purdah_scheduler.lean import lean_dataclass

PATIENCE = 120.0
"""Seconds for which its answer is waited for."""

_LOOK = 0.2
"""Seconds between two looks whether anybody still waits for it."""

_NEXT = "purdah-scheduler doctor"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that was looked at; `level` is `ok`, `attention` or `bad`."""

    name: str
    level: str
    said: str
    next_step: str = ""


def examine(config: Config, *, left: Callable[[], bool], patience: float = PATIENCE) -> tuple[Found, ...]:
    """What the command `doctor` finds, the worst first. Nobody waits any more once `left` says so.

    A doctor that does not answer is a finding like any other.
    """
    try:
        told, status = _ask(config, left, patience)
    except (OSError, subprocess.TimeoutExpired) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it took too long, so it was ended"
        return (_silent(f"It did not answer: {why}."),)
    try:
        found = tuple(
            Found(name=check["name"], level=check["level"], said=check["said"], next_step=check["next"])
            for check in json.loads(told)["checks"]
        )
    except (ValueError, KeyError, TypeError):
        return (_silent(f"It did not answer: it ended with status {status}."),)
    order = ("bad", "attention")
    return tuple(sorted(found, key=lambda one: order.index(one.level) if one.level in order else len(order)))


def _ask(config: Config, left: Callable[[], bool], patience: float) -> tuple[bytes, int]:
    """What it printed, and its exit status. Raises OSError; TimeoutExpired where nobody waits for it any more."""
    command = [sys.executable, "-m", "purdah_scheduler", "--config", str(config.path), "--json", "doctor"]
    started = time.monotonic()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as child:
        while True:
            try:
                told, _ = child.communicate(timeout=_LOOK)
            except subprocess.TimeoutExpired:
                if left() or time.monotonic() - started > patience:
                    child.kill()
                    raise
            else:
                return told, child.returncode


def _silent(said: str) -> Found:
    return Found(name="doctor", level="bad", said=said, next_step=_NEXT)
