"""Backups of a queue in a file: one archive with the database and its attachments, checked when it is made and read."""

import hashlib
import io
import json
import os
import re
import secrets
import socket
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO

from purdah_scheduler.application.soundness import Soundness, soundness
from purdah_scheduler.domain.posts import Home
from purdah_scheduler.errors import BadInput, BadSetup, TryAgain
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.store.faults import sentence
from purdah_scheduler.store.media import MediaFolder
from purdah_scheduler.store.sqlite import open_store
from purdah_scheduler.store.sqlite_file import library
from purdah_scheduler.store.sqlite_store import SqliteStore

_FORM = "purdah-backup-v1"
_DATABASE = "purdah.db"
_NOTE = "backup.json"
_MEDIUM = re.compile(r"media/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_PIECE = 1 << 20


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was found whole: when it was made, its size in bytes, and what is in it."""

    made_at: datetime
    size: int
    holds: Soundness


def write_backup(store: SqliteStore, media: Path, to: Path, *, now: datetime) -> Backup:
    """Write all that the store holds as of now into the new file `to` (mode 0600), while others go on working with it.

    The copy is read back before it gets its name: digests, record, guards, attachments. Raises BadInput where something is at
    `to` already, TryAgain where it cannot be written, BadSetup where what would be kept is not whole.
    """
    to = to.absolute()
    if os.path.lexists(to):
        raise _there_already(to)
    part = to.with_name(f".{to.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with tempfile.TemporaryDirectory(prefix=".purdah-backup-", dir=to.parent) as name:
            copy = Path(name) / _DATABASE
            _copy(store, copy)
            holds, wanted = _look(copy, media)
            try:
                with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
                    _pack(file, copy, media, wanted, now)
                    file.flush()
                    os.fsync(file.fileno())
                found = read_backup(part)
                os.link(part, to)
            finally:
                part.unlink(missing_ok=True)
    except FileExistsError as fault:
        raise _there_already(to) from fault
    except OSError as fault:
        raise TryAgain(
            f"The backup {to} could not be written ({fault.strerror}), so there is none.",
            next_step="Choose a folder of this user with room for it.",
        ) from fault
    if found.holds != holds:
        to.unlink()
        raise BadSetup(
            f"The backup {to} did not come out as what it was made of, so it was not kept.", next_step="Check the disk."
        )
    return found


def read_backup(file: Path) -> Backup:
    """Unpack a backup into a private folder, look through all of it, and leave nothing behind.

    Raises BadInput for a file that is no backup or cannot be read, BadSetup where it is not whole, TryAgain for lack of room.
    """
    with _unpacked(file) as (folder, made_at):
        holds, _ = _look(folder / _DATABASE, folder / "media")
    return Backup(made_at=made_at, size=file.stat().st_size, holds=holds)


def restore_backup(file: Path, to: Path) -> Backup:
    """Unpack a backup into the new or empty folder `to` (mode 0700), having looked through all of it.

    No daemon publishes from it before an operator has adopted it. Raises as `read_backup` does, and BadInput where there is
    something in `to`; then nothing is left there.
    """
    to = to.absolute()
    with _refusals(to, "restored"):
        if os.path.lexists(to) and (to.is_symlink() or not to.is_dir() or any(to.iterdir())):
            raise BadInput(
                f"There is something at {to} already, so nothing was restored.", next_step="Name a new folder with --to."
            )
        to.parent.mkdir(parents=True, exist_ok=True)
    with _unpacked(file, beside=to) as (folder, made_at):
        holds, _ = _look(folder / _DATABASE, folder / "media")
        with _refusals(to, "restored"):
            folder.replace(to)
    return Backup(made_at=made_at, size=file.stat().st_size, holds=holds)


def _copy(store: SqliteStore, to: Path) -> None:
    """A snapshot by SQLite's own online backup; it is marked as a backup, so that no daemon publishes from it unasked."""
    module = library()
    os.close(os.open(to, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    mark = json.dumps(asdict(Home(machine="", host=socket.gethostname(), path=str(store.path))))
    try:
        with store.driver_connection() as source, closing(module.connect(to, isolation_level=None)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE").close()
            copy.execute("DELETE FROM meta WHERE name = 'home'").close()
            copy.execute("INSERT INTO meta (name, value) VALUES ('home', ?)", (mark,)).close()
    except module.Error as fault:
        raise sentence(store.path, str(getattr(fault, "sqlite_errorname", "")), str(fault)) from fault


def _look(database: Path, media: Path) -> tuple[Soundness, tuple[str, ...]]:
    """Everything that can be wrong with a copy; returns what it holds and the attachments that belong to it. Raises BadSetup."""
    store = open_store(database)
    try:
        problems = list(store.check())
        with store.read() as reader:
            holds = soundness(reader, MediaFolder(media))
            wanted = {medium.sha256 for revision in reader.every_revision() for medium in revision.content.files}
    finally:
        store.close()
    problems += holds.problems
    if problems:
        raise BadSetup(
            f"It is not whole: {' '.join(problems)}",
            next_step="Keep what you have as it is, then: purdah-scheduler doctor",
        )
    return holds, tuple(sorted(wanted))


def _pack(file: IO[bytes], database: Path, media: Path, wanted: tuple[str, ...], now: datetime) -> None:
    note = {"form": _FORM, "made_at": now.isoformat(), "sha256": _hash_of(database)}
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, _NOTE, io.BytesIO(json.dumps(note).encode("ascii")), len(json.dumps(note)), now)
        with database.open("rb") as source:
            _add(archive, _DATABASE, source, database.stat().st_size, now)
        shelf = MediaFolder(media)
        for sha256 in wanted:
            data = shelf.get(sha256)
            _add(archive, f"media/{sha256[:2]}/{sha256}", io.BytesIO(data), len(data), now)


def _add(archive: tarfile.TarFile, name: str, source: IO[bytes], size: int, now: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(now.timestamp())
    archive.addfile(member, source)


@contextmanager
def _unpacked(file: Path, *, beside: Path | None = None) -> Iterator[tuple[Path, datetime]]:
    """The backup in a private folder, which goes away afterwards unless it was given a name; only what we write is taken."""
    with (
        _refusals(file, "read"),
        tempfile.TemporaryDirectory(
            prefix=".purdah-restore-", dir=None if beside is None else beside.parent, ignore_cleanup_errors=True
        ) as name,
    ):
        folder = Path(name) / "queue"
        folder.mkdir(mode=0o700)
        with _refusals(file, "read"), tarfile.open(file, mode="r|") as archive:
            note = _take_all(archive, folder, file)
        try:
            known = json.loads(note)
            made_at = datetime.fromisoformat(known["made_at"])
            right = known["form"] == _FORM and made_at.tzinfo is not None and known["sha256"] == _hash_of(folder / _DATABASE)
        except (ValueError, KeyError, TypeError, FileNotFoundError) as fault:
            raise _no_backup(file) from fault
        if not right:
            raise BadSetup(
                f"{file} is damaged: the queue in it is not the one that was put in, so it was not used.",
                next_step="Use another backup.",
            )
        yield folder, made_at


def _take_all(archive: tarfile.TarFile, folder: Path, file: Path) -> bytes:
    note = b""
    for member in archive:
        medium = _MEDIUM.fullmatch(member.name)
        source = archive.extractfile(member) if member.isreg() else None
        if source is None or not (medium or member.name in (_NOTE, _DATABASE)):
            raise _no_backup(file)
        if member.name == _NOTE:
            note = source.read(_PIECE)
            continue
        place = folder / member.name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = 0o400 if medium else 0o600
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode), "wb") as to:
            while piece := source.read(_PIECE):
                to.write(piece)
            to.flush()
            os.fsync(to.fileno())
    return note


@contextmanager
def _refusals(file: Path, what: str) -> Iterator[None]:
    """What the system or the archive refuses, as one sentence."""
    try:
        yield
    except tarfile.TarError as fault:
        raise _no_backup(file) from fault
    except FileExistsError as fault:
        raise _no_backup(file) from fault
    except OSError as fault:
        raise BadInput(
            f"{file} could not be {what}: {fault.strerror or type(fault).__name__}.", next_step="Look at its place and rights."
        ) from fault


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _there_already(to: Path) -> BadInput:
    return BadInput(f"There is something at {to} already, so no backup was made.", next_step="Choose a new name for each backup.")


def _no_backup(file: Path) -> BadInput:
    return BadInput(
        f"{file} is not a whole backup of purdah-scheduler, so nothing of it was used.", next_step="Use another backup."
    )
