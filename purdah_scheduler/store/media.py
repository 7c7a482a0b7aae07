"""Attached files: read once from where they lie, kept by their hash in a folder of ours, hashed again when taken out."""

import errno
import hashlib
import os
import re
import secrets
import stat
from pathlib import Path

from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.errors import BadMedia, StoreUnusable, TryAgain

_HASH = re.compile(r"[0-9a-f]{64}")
_READ_ONLY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class MediaFolder:
    """Files of mode 0400 at `folder/ab/<sha256>`; made on first use, mode 0700."""

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder).absolute()

    def put(self, data: bytes) -> str:
        """Keep the bytes; returns the SHA-256 in hex. Putting the same bytes twice is harmless, and mends a damaged file.

        The file is complete and synced when this returns, or it is not there. Raises TryAgain where it cannot be written.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        place = self._place(sha256)
        if _holds(place, sha256):
            return sha256
        try:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            _write(place, data)
        except OSError as error:
            raise _cannot_keep(self._folder, error) from error
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes. Raises BadMedia where they are missing or no longer match their hash."""
        if not _HASH.fullmatch(sha256):
            raise BadMedia(
                "An attachment is named by something that is not a SHA-256, so it was not used.", next_step="Attach it again."
            )
        try:
            data = _read_whole(self._place(sha256))
        except OSError as error:
            raise BadMedia(
                f"The attachment {sha256[:8]} is no longer in the media folder ({error.strerror}), so it was not used.",
                next_step="Attach it again.",
            ) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise BadMedia(
                f"The attachment {sha256[:8]} was changed after it was attached (its hash differs), so it was not used.",
                next_step="Attach it again.",
            )
        return data

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def read_attachment(path: Path, *, max_bytes: int) -> bytes:
    """The bytes of the file that a person attaches, read once; at most `max_bytes` of them.

    Raises BadMedia, with one sentence naming the file, for anything but a regular file of a fitting size: nothing waits for a
    FIFO, nothing is followed, and what is read is what is kept.
    """
    name = reveal(str(path), keep_newlines=False)
    try:
        handle = os.open(path, _READ_ONLY)
    except (OSError, ValueError) as error:
        raise _cannot_read(path, error) from error
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            what = "is a folder" if stat.S_ISDIR(found.st_mode) else "is not an ordinary file"
            raise BadMedia(f"{name} {what}, so it was not attached.", next_step="Name an image file.")
        data = b"" if found.st_size > max_bytes else _read(handle, max_bytes + 1)
    except OSError as error:
        raise _cannot_read(path, error) from error
    finally:
        os.close(handle)
    if found.st_size > max_bytes or len(data) > max_bytes:
        size = max(found.st_size, len(data))
        raise BadMedia(
            f"{name} has {size:,} bytes, more than the {max_bytes:,} allowed, so it was not attached.",
            next_step="Make it smaller.",
        )
    if not data:
        raise BadMedia(f"{name} is empty, so it was not attached.", next_step="Name an image file.")
    return data


def sniff_type(data: bytes) -> str:
    """The MIME type that the first bytes show: PNG, JPEG, GIF or WebP; the name of the file says nothing. Raises BadMedia."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    raise BadMedia("The file is not a PNG, JPEG, GIF or WebP image, so it was not attached.", next_step="Convert it first.")


def _holds(place: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(_read_whole(place)).hexdigest() == sha256
    except OSError:
        return False


def _read_whole(place: Path) -> bytes:
    handle = os.open(place, _READ_ONLY)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not an ordinary file")
        return _read(handle, found.st_size)
    finally:
        os.close(handle)


def _read(handle: int, limit: int) -> bytes:
    """Up to `limit` bytes from the start of the file."""
    pieces, left = [], limit
    while left > 0 and (piece := os.read(handle, min(left, 1 << 20))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _write(place: Path, data: bytes) -> None:
    """Whole or not at all: under another name first, synced, then renamed, then the folder synced."""
    unfinished = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o400)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fchmod(handle, 0o400)
            os.fsync(handle)
        finally:
            os.close(handle)
        unfinished.replace(place)
    finally:
        unfinished.unlink(missing_ok=True)
    for folder in (place.parent, place.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot_keep(folder: Path, error: OSError) -> TryAgain | StoreUnusable:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return TryAgain(
            f"The disk that holds {folder} is full, so the file was not attached.", next_step="Make room, then try again."
        )
    return StoreUnusable(
        f"The media folder {folder} cannot be written ({error.strerror}), so the file was not attached.",
        next_step="Look at the rights of the folder.",
    )


def _cannot_read(path: Path, error: OSError | ValueError) -> BadMedia:
    name = reveal(str(path), keep_newlines=False)
    if isinstance(error, ValueError):
        return BadMedia(f"{name} has a character that no file name has, so it was not attached.", next_step="Check the name.")
    if error.errno == errno.ENOENT:
        return BadMedia(f"There is no file {name}, so nothing was attached.", next_step="Check the name.")
    if error.errno == errno.ELOOP:
        return BadMedia(f"{name} is a symbolic link, so it was not attached.", next_step="Name the file that it points to.")
    if error.errno == errno.EACCES:
        return BadMedia(f"You may not read {name}, so it was not attached.", next_step="Look at its rights.")
    return BadMedia(f"{name} cannot be read ({error.strerror}), so it was not attached.", next_step="Check the name.")
