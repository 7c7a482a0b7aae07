"""Every fault of the database as one sentence that a person can act on: no database error leaves the store."""

import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from purdah_scheduler.errors import BadInput, BadText, NotFound, ProductError, StoreUnusable, TryAgain
from purdah_scheduler.lean import lean_dataclass

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

DOCTOR = "purdah-scheduler doctor"
_LEAST_ROOM = 65_536


def missing(path: Path) -> StoreUnusable:
    """There is no queue here, or not even a folder."""
    if not path.parent.exists():
        return StoreUnusable(
            f"There is no queue at {path}: the folder {path.parent} does not exist.", next_step="purdah-scheduler init"
        )
    return StoreUnusable(f"There is no queue at {path}.", next_step="purdah-scheduler init")


def not_ours(path: Path) -> StoreUnusable:
    """A file, but not a queue."""
    return StoreUnusable(
        f"{path} is not a queue of purdah-scheduler, so it was not opened and not changed.",
        next_step="Correct [store] path in the configuration, or move the file away and run purdah-scheduler init.",
    )


def damaged(path: Path, detail: str) -> StoreUnusable:
    """A queue that can no longer be read whole."""
    return StoreUnusable(
        f"The queue at {path} is damaged ({detail}), so nothing was changed.",
        next_step=f"Stop the daemon, keep a copy of the file and of those beside it, restore a backup; {DOCTOR} says more.",
    )


def newer(path: Path, revision: str) -> StoreUnusable:
    """Written by a version that this one does not know."""
    return StoreUnusable(
        f"The queue at {path} was written by a newer version of purdah-scheduler (schema {revision}), so it was not opened.",
        next_step="Update purdah-scheduler on this machine.",
    )


def too_open(path: Path, mode: int) -> StoreUnusable:
    """Readable or writable by people other than its owner."""
    return StoreUnusable(
        f"The queue at {path} is open to other users of this machine (mode {mode:04o}), so it was not opened.",
        next_step=f"chmod 600 {shlex.quote(str(path))}",
    )


def no_rights(path: Path) -> StoreUnusable:
    """The operating system does not let this user in."""
    return StoreUnusable(
        f"This user may not open the queue at {path}, so nothing was changed.",
        next_step=f"Look at who owns it: ls -l {shlex.quote(str(path))}",
    )


def tampered(path: Path, faults: tuple[str, ...]) -> StoreUnusable:
    """The schema is not the one that was installed."""
    return StoreUnusable(
        f"The queue at {path} was altered from outside, so nothing was changed or sent. {' '.join(faults)}",
        next_step="Check the record with purdah-scheduler audit verify, then restore a backup from before.",
    )


def _busy(path: Path) -> ProductError:
    return TryAgain(
        f"The queue at {path} is busy with another process, so nothing was changed.", next_step="Try again in a moment."
    )


def _full(path: Path) -> ProductError:
    return TryAgain(f"The disk that holds {path} is full, so nothing was changed.", next_step="Make room, then try again.")


def _no_room(path: Path) -> bool:
    """Whether nothing can be written beside `path`: then SQLite cannot make the index of its log, and calls that an error."""
    try:
        return shutil.disk_usage(path.parent).free < _LEAST_ROOM
    except OSError:
        return False


def _read_only(path: Path) -> ProductError:
    both = f"{shlex.quote(str(path))} {shlex.quote(str(path.parent))}"
    return TryAgain(
        f"The queue at {path} is read-only for this user, so nothing was changed.",
        next_step=f"Look at the rights of the file and of its folder: ls -ld {both}",
    )


def moved(path: Path) -> StoreUnusable:
    """Another file, or none, is where the queue was."""
    return StoreUnusable(
        f"The queue at {path} was moved or replaced while it was open, so nothing was changed.",
        next_step="Start the program again.",
    )


def _no_entry(path: Path) -> ProductError:
    return no_rights(path) if path.exists() else missing(path)


def _disk(path: Path, name: str) -> ProductError:
    return TryAgain(
        f"The disk that holds {path} gave an error ({name}), so nothing was changed.",
        next_step=f"Check the disk, then try again; {DOCTOR}",
    )


def sentence(path: Path, name: str, detail: str) -> ProductError:
    """The error of the product for an error of SQLite, by its symbolic name such as `SQLITE_BUSY_SNAPSHOT`."""
    if name == "SQLITE_READONLY_DBMOVED":
        return moved(path)
    match name.removeprefix("SQLITE_").split("_")[0]:
        case "BUSY" | "LOCKED":
            return _busy(path)
        case "FULL":
            return _full(path)
        case "READONLY":
            return _read_only(path)
        case "CANTOPEN" | "PERM" | "AUTH":
            return _no_entry(path)
        case "NOTADB":
            return not_ours(path)
        case "CORRUPT":
            return damaged(path, detail)
        case "IOERR" if _no_room(path):
            return _full(path)
        case "IOERR" | "NOMEM" | "PROTOCOL":
            return _disk(path, name)
        case "TOOBIG":
            return BadInput("A text is too large to be kept, so nothing was saved.")
        case _:
            return StoreUnusable(
                f"The queue at {path} cannot be used ({name or 'no code'}: {detail}), so nothing was changed.", next_step=DOCTOR
            )


class Faults(Protocol):
    """The sentences for the faults of one store."""

    def of(self, error: "DBAPIError") -> ProductError:
        """For what its database said."""
        ...

    def busy(self) -> ProductError:
        """For waiting too long for others."""
        ...

    def damaged(self, detail: str) -> StoreUnusable:
        """For something stored that cannot be read; `detail` says what and where."""
        ...


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class FileFaults:
    """The sentences for an SQLite file."""

    path: Path

    def of(self, error: "DBAPIError") -> ProductError:
        """For what the library of SQLite said underneath."""
        return self.said(error.orig)

    def said(self, error: BaseException | None) -> ProductError:
        """By the symbolic name that SQLite gives the error."""
        return sentence(self.path, str(getattr(error, "sqlite_errorname", "")), str(error))

    def busy(self) -> ProductError:
        """Another process has it."""
        return _busy(self.path)

    def damaged(self, detail: str) -> StoreUnusable:
        """It can no longer be read whole."""
        return damaged(self.path, detail)


def unfit(faults: Faults, error: UnicodeError | OverflowError) -> ProductError:
    """For what does not fit into a database, or into a text of ours."""
    if isinstance(error, OverflowError):
        return too_large()
    if isinstance(error, UnicodeEncodeError):
        return BadText(f"The text has a broken character at position {error.start + 1}, so nothing was saved.")
    return faults.damaged("a text in it is no text")


def too_large() -> NotFound:
    """A number that no database can hold."""
    return NotFound("A number is too large to be the id of anything, so nothing was changed.")
