"""Keeping what is typed: one file a form, written from threads in order, gone once the words are saved."""

import threading
from datetime import datetime
from pathlib import Path

from purdah_scheduler.tui.compose_drafts import DraftFolder
from purdah_scheduler.tui.compose_form import Form


class Keeper:
    """The file of one open form. A later state of the form is never replaced by an earlier one that was slower to write."""

    def __init__(self, folder: DraftFolder, path: Path) -> None:
        self._folder = folder
        self._path = path
        self._lock = threading.Lock()
        self._asked = 0
        self._done = 0

    def turn(self) -> int:
        """The number of the next state, taken where the form is read."""
        self._asked += 1
        return self._asked

    def keep(self, form: Form, turn: int, now: datetime) -> bool:
        """Write the form, unless a later turn was written or dropped. Whether it was written. Raises TryAgain."""
        with self._lock:
            if turn <= self._done:
                return False
            self._folder.keep(self._path, form, now)
            self._done = turn
            return True

    def drop(self, turn: int) -> None:
        """The words up to this turn are saved: remove the file, and let no earlier turn write it again."""
        with self._lock:
            if turn >= self._done:
                self._done = turn
                self._folder.drop(self._path)
