"""What the stand-in for X does with pictures: takes them in, describes them, and forgets them after a while."""

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.serving import Asked
from tests.fakes.x_rules import problem

_FIRST_ID = 1_800_000_000_000_000_000
_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/bmp", "image/tiff"})
_MOST_BYTES = 5_000_000


@dataclass(slots=True, kw_only=True)
class Uploaded:
    """One picture: its bytes, MIME type and description, and the states of processing that are still to be told."""

    data: bytes
    kind: str
    alt: str = ""
    states: tuple[str, ...] = ()


class XUploads:
    """The pictures by their ids. `slowly` gives the next ones states to go through; `forget` loses them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids = itertools.count(_FIRST_ID)
        self._next_states: tuple[str, ...] = ()
        self.life = 86_400
        self.kept: dict[str, Uploaded] = {}

    def slowly(self, *states: str) -> None:
        """Tell these states, one an answer, of each picture that comes from now on."""
        self._next_states = states

    def forget(self) -> None:
        """As after 24 hours."""
        self.kept.clear()

    def knows(self, ids: list[str]) -> bool:
        """Whether all of them can be put to a post."""
        return all(number in self.kept and not self.kept[number].states for number in ids)

    def answer(self, asked: Asked) -> tuple[int, dict[str, Any]] | None:
        """The answer to a request about pictures; None for one that is about something else."""
        with self._lock:
            match asked.line:
                case "POST /2/media/upload":
                    return self._take(asked)
                case "GET /2/media/upload":
                    return self._tell(asked.query)
                case "POST /2/media/metadata":
                    return self._describe(asked.json())
        return None

    def _take(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        if not asked.headers.get("content-type", "").startswith("multipart/form-data"):
            return _invalid()
        form = asked.form()
        kind = form.get("media_type", b"").decode("ascii")
        known = set(form) <= {"media", "media_category", "media_type"} and form.get("media_category") == b"tweet_image"
        if not known or kind not in _TYPES or not 0 < len(form.get("media", b"")) <= _MOST_BYTES:
            return _invalid()
        number = str(next(self._ids))
        self.kept[number] = Uploaded(data=form["media"], kind=kind, states=self._next_states)
        return 200, {"data": {**self._told(number), "media_key": f"3_{number}", "size": len(form["media"])}}

    def _tell(self, query: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        number = query.get("media_id", "")
        if query.get("command") != "STATUS" or number not in self.kept:
            return _invalid()
        return 200, {"data": self._told(number)}

    def _told(self, number: str) -> dict[str, Any]:
        picture = self.kept[number]
        told: dict[str, Any] = {"id": number, "expires_after_secs": self.life}
        if picture.states:
            state, *rest = picture.states
            picture.states = tuple(rest) if state != "failed" else picture.states
            told["processing_info"] = {"state": state, "check_after_secs": 1, "progress_percent": 50}
        return told

    def _describe(self, document: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        number, metadata = document.get("id"), document.get("metadata")
        alt = metadata.get("alt_text", {}).get("text") if isinstance(metadata, dict) else None
        if number not in self.kept or not isinstance(alt, str) or not 0 < len(alt) <= 1_000:
            return _invalid()
        self.kept[number].alt = alt
        return 200, {"data": {"id": number, "associated_metadata": {"alt_text": {"text": alt}}}}


def _invalid() -> tuple[int, dict[str, Any]]:
    return 400, problem(400, "Invalid Request", "One or more parameters to your request was invalid.")
