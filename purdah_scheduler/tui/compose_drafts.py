"""Unsaved words, kept in files of their own until they are saved as a revision: they survive quit, crash and hang-up."""

import json
import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from purdah_scheduler.errors import BadInput, TryAgain
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.compose_form import Form, from_document, to_document

_VERSION = 1


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Unsaved:
    """Words that were typed and not saved: the file they are in, and when they were last kept."""

    path: Path
    kept_at: datetime
    form: Form


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class DraftFolder:
    """The folder of one person's unsaved words: a file (0600) for each form that was open."""

    folder: Path
    person: str

    def path_for(self, post: int | None) -> Path:
        """A file that nobody has yet, for a form of that post or of a new one."""
        return self.folder / f"{self._stem(post)}-{secrets.token_hex(4)}.json"

    def keep(self, path: Path, form: Form, now: datetime) -> None:
        """Write the form so that the file is always whole: the old words or the new ones. Raises TryAgain."""
        document = {"version": _VERSION, "person": self.person, "kept_at": now.isoformat(), "form": to_document(form)}
        new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(document, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        except OSError as fault:
            with suppress(OSError):
                new.unlink()
            raise TryAgain(
                f"The unsaved words could not be kept in {self.folder}: {fault.strerror}.",
                next_step="Save the post with ctrl+s, or make room there.",
            ) from fault

    def drop(self, path: Path) -> None:
        """Remove the file of words that were saved, or thrown away by a person; one that is gone already is no fault."""
        with suppress(FileNotFoundError):
            path.unlink()

    def find(self, post: int | None) -> Unsaved | None:
        """The words for that post, or for a new one, that were kept last. Raises BadInput for an unreadable file."""
        paths = sorted(self.folder.glob(f"{self._stem(post)}-*.json"), key=_changed, reverse=True)
        return self._read(paths[0]) if paths else None

    def _stem(self, post: int | None) -> str:
        return f"{self._who}-{f'post-{post}' if post is not None else 'new'}"

    @property
    def _who(self) -> str:
        """The person in the name of a file: no two persons have the same, and a hyphen always ends it."""
        return quote(self.person, safe="").replace("-", "%2D")

    def _read(self, path: Path) -> Unsaved:
        try:
            document = json.loads(path.read_text("utf-8", errors="surrogatepass"))
            kept_at = datetime.fromisoformat(document["kept_at"])
            form = from_document(document["form"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError, BadInput) as fault:
            raise BadInput(
                f"The unsaved words in {path.name} cannot be read, so they are not offered; the file was left as it is."
            ) from fault
        if kept_at.tzinfo is None:
            raise BadInput(f"The unsaved words in {path.name} have no time zone, so they are not offered.")
        return Unsaved(path=path, kept_at=kept_at, form=form)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
