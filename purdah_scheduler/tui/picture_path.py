"""The field for the path of a picture: it completes itself, and enter asks for the file."""

import asyncio
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input

from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.tui.compose_fields import Field

_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp")
_MOST_NAMES = 5_000
"""Names of a folder that are looked at for one completion."""


class PicturePath(Field):
    """A path; it is no part of the post before its file is attached, so that typing it changes nothing. `Wanted` asks for it."""

    class Wanted(Message):
        """The file at this path is to be attached."""

        def __init__(self, field: "PicturePath", path: str) -> None:
            super().__init__()
            self.field, self.path = field, path

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the name that Textual gives it
        super().__init__(id=id, placeholder="(path of an image; → completes it, enter attaches it)", suggester=Paths())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Nobody else needs to know."""
        event.stop()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter asks for the file."""
        event.stop()
        if event.value.strip():
            self.post_message(self.Wanted(self, event.value.strip()))


def completed(typed: str) -> str | None:
    """The path as far as it can be completed: what all pictures and folders that begin so have in common, else the first.

    None where nothing does. Names that have anything hidden in them are left out: they have to be typed.
    """
    folder, slash, begun = typed.rpartition("/")
    try:
        place = Path(f"{folder}{slash}" or ".").expanduser()
        found = sorted(
            f"{entry.name}/" if entry.is_dir() else entry.name
            for _, entry in zip(range(_MOST_NAMES), place.iterdir(), strict=False)
            if entry.name.startswith(begun)
            and (begun.startswith(".") or not entry.name.startswith("."))
            and reveal(entry.name, keep_newlines=False) == entry.name
            and (entry.name.lower().endswith(_ENDINGS) or entry.is_dir())
        )
    except (OSError, RuntimeError, ValueError):
        return None
    shared = _shared(found)
    name = shared if len(shared) > len(begun) else next((name for name in found if name != begun), "")
    return f"{folder}{slash}{name}" if name else None


def _shared(names: Sequence[str]) -> str:
    """What all of these sorted names begin with."""
    first, last = (names[0], names[-1]) if names else ("", "")
    return "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))


class Paths(Suggester):
    """Completes a path while it is typed; `→` takes what it offers."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The folder is read in a thread: it may be on a slow disk."""
        return await asyncio.to_thread(completed, value) if value else None
