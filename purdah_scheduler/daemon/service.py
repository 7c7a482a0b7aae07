"""Telling the service manager how it goes: systemd's notification protocol, on a datagram socket (sd_notify(3))."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class ServiceManager:
    """Says READY, STATUS, RELOADING, STOPPING and WATCHDOG to whoever started this process, and nothing where nobody listens.

    `watchdog` is the longest silence in seconds that the manager bears, or None where it does not watch.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        mine = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        span = environ.get("WATCHDOG_USEC", "")
        self.watchdog = int(span) / 1_000_000 if mine and span.isascii() and span.isdigit() and int(span) else None
        self._status = ""
        self._petted_at = float("-inf")

    def ready(self) -> None:
        """It works, or works again after a reload."""
        self._tell("READY=1")

    def reloading(self, monotonic: float) -> None:
        """It reads its configuration; `monotonic` in seconds of CLOCK_MONOTONIC tells this reload from others."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={int(monotonic * 1_000_000)}")

    def stopping(self) -> None:
        """It was told to end and finishes what is in hand."""
        self._tell("STOPPING=1")

    def status(self, words: str) -> None:
        """One line for people who ask the manager; said when it changes."""
        words = " ".join(words.split())
        if words != self._status:
            self._status = words
            self._tell(f"STATUS={words}")

    def pet(self, now: float) -> None:
        """It is alive, at `now` in seconds; said twice in the time that the manager would bear without it."""
        if self.watchdog is not None and now - self._petted_at >= self.watchdog / 2:
            self._petted_at = now
            self._tell("WATCHDOG=1")

    def _tell(self, what: str) -> None:
        if not self._address.startswith(("/", "@")):
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        # A manager that went away, or does not keep up, is no reason to stop publishing.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
            to.setblocking(False)
            to.sendto(what.encode("utf-8", "backslashreplace"), address)
