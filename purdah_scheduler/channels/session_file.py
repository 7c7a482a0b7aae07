"""The login of an account between two starts: one private file beside the queue, which one process at a time may renew."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from purdah_scheduler.application.answers import RetryLater
from purdah_scheduler.channels.credentials import too_open
from purdah_scheduler.plain_file import read_plain_file, write_plain_file

_MOST_BYTES = 16_384


class SessionFile:
    """A file (0600) of one login. `made_of` is what the login rests on: where that has changed, what is kept is ignored."""

    def __init__(self, path: Path, *, platform: str, made_of: tuple[str, ...]) -> None:
        self._path, self._platform = path, platform
        # Short, so that the file does not help to guess a password.
        self._mark = hashlib.sha256("\n".join(made_of).encode("utf-8")).hexdigest()[:8]

    def read(self) -> Mapping[str, Any] | None:
        """What is kept; None where it is another login's, or where somebody else can have read or written it."""
        try:
            found = read_plain_file(self._path, limit=_MOST_BYTES)
            if found is None or len(found.data) > _MOST_BYTES or too_open(found.mode, found.owner, handed_over=False):
                return None
            document = json.loads(found.data)
        except (OSError, ValueError, RecursionError):
            return None
        return document if isinstance(document, dict) and document.get("of") == self._mark else None

    def write(self, document: Mapping[str, str]) -> None:
        """Keep a login: it is on the disk when this returns. Raises RetryLater."""
        with self._told():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_plain_file(self._path, json.dumps({"of": self._mark, **document}).encode("ascii"))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While this lasts no other process renews the login. Raises RetryLater."""
        with self._told():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            reason = fault.strerror or type(fault).__name__
        else:
            return
        raise RetryLater(f"The login on {self._platform} cannot be kept in {self._path}: {reason}. Nothing was sent.")
