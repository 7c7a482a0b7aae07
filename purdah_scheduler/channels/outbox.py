"""The channel that never leaves the machine: one dated file for each post, in a folder for each account."""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from purdah_scheduler.application.answers import (
    AccountCheck,
    AlreadyPublished,
    Limits,
    OutcomeUnknown,
    Proof,
    Receipt,
    Recent,
    Rejected,
    RemotePost,
    RetryLater,
)
from purdah_scheduler.channels import outbox_text
from purdah_scheduler.channels.pictures import ENDINGS, cleared_bytes
from purdah_scheduler.domain.content import Outgoing, Problem
from purdah_scheduler.domain.people import Account

_STAMP = "%Y-%m-%dT%H%MZ"
_STAMP_LENGTH = len("2026-01-31T0930Z")
_STAMP_PATTERN = r"\d{4}-\d{2}-\d{2}T\d{4}Z"
# A key may end in ".1" itself, so the text of one post must not pass for an attachment of another.
_ATTACHED = r"\.\d+\.(?!txt$)[a-z]+"
_LONGEST_NAME = 120


def file_name_for(text: str) -> str:
    """An account or key as part of a file name: it cannot leave its folder, hide, or be mistaken for another.

    Letters, digits and `_ . - ~` stay; everything else, and a dot at the start, is percent-encoded. What is too long for a
    file name is cut and told apart by its SHA-256.
    """
    try:
        name = quote(text, safe="")
    except UnicodeEncodeError:
        name = quote(text.encode("utf-8", "surrogatepass"), safe="")
    if name.startswith("."):
        name = "%2E" + name[1:]
    if len(name) > _LONGEST_NAME:
        # quote never writes "%~", so no short name can look like this one.
        name = name[: _LONGEST_NAME // 2] + "%~" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return name or "%"


def _dated(name: str) -> datetime | None:
    """The minute that a post's file is dated with; None for a file that is none."""
    if not re.fullmatch(rf"{_STAMP_PATTERN}-.+\.txt", name):
        return None
    try:
        return datetime.strptime(name[:_STAMP_LENGTH], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _sync(folder: Path) -> None:
    """Have what the folder lists on the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class OutboxChannel:
    """One account's folder under `root`. A post is published when its text file has its final name.

    `now` gives the aware instant that dates the files (UTC). Files are 0600 and folders 0700. Needs a POSIX system: commits
    take turns by a lock on the folder, so two daemons cannot both write one key.
    """

    ends_at: datetime | None = None

    def __init__(self, account: Account, root: Path, *, now: Callable[[], datetime]) -> None:
        self._account = account
        self._name = file_name_for(account.id)
        self._root = root
        self._folder = root / self._name
        self._now = now

    @property
    def limits(self) -> Limits:
        return outbox_text.LIMITS

    @property
    def proof(self) -> Proof:
        """The folder is all there is."""
        return Proof(presence=True, absence=True)

    def validate(self, outgoing: Outgoing) -> tuple[Problem, ...]:
        """Every problem at once."""
        return outbox_text.problems_of(outgoing)

    def check_account(self) -> AccountCheck:
        """Whether the folder can be written. Raises RetryLater where it cannot."""
        with self._before_writing():
            self._make_folder()
            if not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(13, "Permission denied")
        return AccountCheck(ok=True, handle=self._account.handle, detail=f"Posts are written to {self._folder}.")

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:  # noqa: ARG002 - the port gives it
        """Nothing can be prepared here; returns `staged` as it was."""
        return dict(staged)

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:  # noqa: ARG002 - the port gives it
        """Write the attachments, then the text, each by an atomic rename.

        Raises Rejected for content that the outbox does not take, AlreadyPublished with the receipt where the key has its
        file, RetryLater where nothing was published, and OutcomeUnknown where the file may not survive a power cut.
        """
        blobs = self._checked_blobs(outgoing)
        key = file_name_for(outgoing.key)
        at = self._now().astimezone(UTC)
        stem = f"{at.strftime(_STAMP)}-{key}"
        with self._before_writing():
            self._make_folder()
        with self._before_writing(), self._taking_turns():
            existing = self._find(key)
            if existing is not None:
                raise AlreadyPublished("The outbox has this post already.", receipt=self._receipt(existing))
            self._clear_leftovers(key)
            names = [f"{stem}.{n}.{ENDINGS.get(m.type, 'bin')}" for n, m in enumerate(outgoing.files, start=1)]
            for name, blob in zip(names, blobs, strict=True):
                self._write(name, blob, key=key)
            self._write(f"{stem}.txt", self._document(outgoing, at, names).encode("utf-8", "surrogatepass"), key=key)
        try:
            _sync(self._folder)
        except OSError as fault:
            raise OutcomeUnknown(f"The outbox file was written but may not survive a power cut: {fault.strerror}.") from None
        return self._receipt(f"{stem}.txt")

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:  # noqa: ARG002 - the port gives it
        """The receipt of this key's file, or None. Raises RetryLater where the folder cannot be read."""
        with self._before_writing():
            existing = self._find(file_name_for(outgoing.key))
        return None if existing is None else self._receipt(existing)

    def recent(self, since: datetime, *, limit: int) -> Recent:
        """The text files of the folder that are dated since then, by their names. Raises RetryLater where it cannot be read."""
        found = []
        with self._before_writing():
            for name in reversed(self._names()):
                at = _dated(name)
                if at is not None and at + timedelta(minutes=1) > since:
                    text = (self._folder / name).read_text("utf-8", "replace").partition("\n\n")[2].rstrip("\n")
                    found.append(RemotePost(remote_id=name, url=self._receipt(name).url, at=at, text=text))
        return Recent(posts=tuple(found[:limit]), whole=len(found) <= limit)

    def delete(self, remote_id: str) -> None:
        """Take a post's file and its attachments away; `remote_id` is the name in its receipt.

        The name is looked for in the account's folder, never joined to a path unseen. Raises RetryLater.
        """
        with self._before_writing():
            names = self._names()
            if remote_id not in names or not re.fullmatch(rf"{_STAMP_PATTERN}-.+\.txt", remote_id):
                return
            (self._folder / remote_id).unlink()
            attached = re.compile(re.escape(remote_id.removesuffix(".txt")) + _ATTACHED)
            for name in names:
                if attached.fullmatch(name):
                    (self._folder / name).unlink()
            _sync(self._folder)

    def _checked_blobs(self, outgoing: Outgoing) -> list[bytes]:
        """The attachments' bytes, proven to be the ones that were cleared. Raises Rejected."""
        blocking = [problem.message for problem in self.validate(outgoing) if problem.blocking]
        if blocking:
            raise Rejected(f"Not written: {' '.join(blocking)}")
        return cleared_bytes(outgoing, with_card=True)

    def _document(self, outgoing: Outgoing, at: datetime, names: list[str]) -> str:
        """A header of one line per fact, an empty line, and the text as it was cleared.

        Values are JSON strings, so that none can start a line of its own.
        """
        header = {
            "Account": f"{self._account.id} ({self._account.handle})",
            "Written": at.isoformat(timespec="seconds"),
            "Key": outgoing.key,
            "Language": outgoing.lang,
            "Visibility": outgoing.visibility,
        }
        if outgoing.content_warning:
            header["Content warning"] = outgoing.content_warning
        if outgoing.parts > 1:
            header["Thread"] = f"part {outgoing.part} of {outgoing.parts}"
        if outgoing.reply_to:
            header["Reply to"] = outgoing.reply_to
        for number, (name, medium) in enumerate(zip(names, outgoing.media, strict=False), start=1):
            header[f"Attachment {number}"] = name
            header[f"Description {number}"] = medium.alt
            if medium.focus is not None:
                header[f"Focus {number}"] = str(medium.focus)
        if outgoing.card is not None:
            header |= {"Card": outgoing.card.address, "Card title": outgoing.card.title}
            if outgoing.card.description:
                header["Card description"] = outgoing.card.description
            if outgoing.card.picture is not None:
                header["Card picture"] = names[-1]
        lines = [f"{name}: {json.dumps(value, ensure_ascii=not value.isprintable())}" for name, value in header.items()]
        return "\n".join([*lines, "", outgoing.text, ""])

    def _names(self) -> list[str]:
        try:
            return sorted(path.name for path in self._folder.iterdir())
        except FileNotFoundError:
            return []

    def _find(self, key: str) -> str | None:
        pattern = re.compile(rf"{_STAMP_PATTERN}-{re.escape(key)}\.txt")
        return next((name for name in self._names() if pattern.fullmatch(name)), None)

    def _clear_leftovers(self, key: str) -> None:
        """Remove what a commit of this key left behind when it was cut off before its text had its name."""
        leftover = re.compile(rf"\.{re.escape(key)}\.part|{_STAMP_PATTERN}-{re.escape(key)}{_ATTACHED}")
        for name in self._names():
            if leftover.fullmatch(name):
                (self._folder / name).unlink()

    def _write(self, name: str, data: bytes, *, key: str) -> None:
        part = self._folder / f".{key}.part"
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.rename(self._folder / name)
        except OSError:
            part.unlink(missing_ok=True)
            raise

    def _make_folder(self) -> None:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def _taking_turns(self) -> Iterator[None]:
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def _before_writing(self) -> Iterator[None]:
        """Turn a failure of the disk, while no text file has its name, into RetryLater with the reason."""
        try:
            yield
        except OSError as fault:
            reason = fault.strerror or type(fault).__name__
            raise RetryLater(f"The outbox folder {self._folder} cannot be used: {reason}. Nothing was published.") from None

    def _receipt(self, name: str) -> Receipt:
        return Receipt(remote_id=name, url=f"outbox:{self._name}/{name}")
