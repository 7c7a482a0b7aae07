"""What the interface remembers of one person between two runs: a word in a small file, beside the queue."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from purdah_scheduler.lean import lean_dataclass

if TYPE_CHECKING:
    from purdah_scheduler.tui.app import PurdahApp

_MOST = 64
"""Bytes of a file that are read: a word has no more."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Words by name, in a folder that is made when the first is kept. Nothing depends on them but what is shown unasked."""

    folder: Path
    person: str

    def word(self, name: str) -> str:
        """What was kept under that name, or an empty text."""
        try:
            with self._path(name).open("rb") as file:
                return file.read(_MOST).decode("utf-8", "replace").strip()
        except OSError:
            return ""

    def keep(self, name: str, word: str) -> None:
        """Keep a word in the place of the one before; where nothing can be written it is forgotten with this run."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(word)

    def _path(self, name: str) -> Path:
        return self.folder / f"{quote(self.person, safe='')}.{name}"


def kept_of(product: "PurdahApp") -> Kept:
    """What is remembered of the person at this interface."""
    return Kept(folder=product.config.data_folder / "interface", person=product.actor.person.id)
