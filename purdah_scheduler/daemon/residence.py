"""Where a queue in a file is at home: a copy of it, or an older one put in its place, must not publish what was sent already."""

import hashlib
import json
import socket
from contextlib import suppress
from pathlib import Path

from purdah_scheduler.application.adopting import settle
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.posts import Home
from purdah_scheduler.errors import BadSetup, TryAgain
from purdah_scheduler.plain_file import read_plain_file, write_plain_file

_MACHINE = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_LONGEST = 1000
_ADOPT = "Make sure that no daemon publishes from another copy, then: purdah-scheduler daemon adopt --reason …"


def last_seen_path(store_path: Path) -> Path:
    """The file beside the queue that says how far its record had come when a daemon last looked."""
    store_path = store_path.resolve()
    return store_path.with_name(store_path.name + ".last-seen")


def home_here(store_path: Path) -> Home:
    """This machine, and the place of the queue on it."""
    return Home(machine=_machine(), host=socket.gethostname(), path=str(store_path.resolve()))


class Residence:
    """Knows the queue at `store_path`, and remembers beside it how far the record has come.

    What is beside the file is not in a copy of it, so that an older copy in the old place shows as well. A queue that is `shared`
    is on a server and has no home; this machine still remembers how far its record had come.
    """

    def __init__(self, store_path: Path, *, shared: bool = False) -> None:
        self._shared = shared
        self._file = last_seen_path(store_path)
        self._here = home_here(store_path)
        self._remembered: tuple[int, str] | None = None

    def enter(self, office: Office) -> None:
        """Make a new queue at home here, and make sure that one that has a home is.

        Raises BadSetup for a queue that was published from elsewhere, or whose record has lost what a daemon saw of it;
        TryAgain where the memory cannot be written.
        """
        with office.store.read() as reader:
            home, reason = reader.home(), self.strange(reader)
        if reason:
            raise BadSetup(
                f"{reason}, so the daemon was not started: what was sent meanwhile is not known here.", next_step=_ADOPT
            )
        if home is None and not self._shared:
            settle(office, self._here)
        self.remember(office)

    def remember(self, office: Office) -> None:
        """Write down how far the record has come, where that has changed. Raises what the store raises, and TryAgain."""
        with office.store.read() as reader:
            newest = next(reader.entries(newest_first=True, limit=1), None)
        seen = (newest.seq, newest.hash) if newest else (0, "")
        if seen == self._remembered:
            return
        try:
            write_plain_file(self._file, json.dumps({"entry": seen[0], "hash": seen[1]}).encode("ascii") + b"\n")
        except OSError as fault:
            raise TryAgain(
                f"{self._file} cannot be written ({fault.strerror}), so it is not remembered how far the record has come.",
                next_step="Look at the disk and at the rights of the folder.",
            ) from fault
        self._remembered = seen

    def strange(self, reader: Reader) -> str:
        """Why this queue is not the one that was last published from here, or an empty text."""
        if self._shared:
            return self._older(reader) if self._last_seen() else ""
        home = reader.home()
        if home is None:
            return ""
        if not home.machine:
            return "This queue was restored from a backup"
        if home.machine != self._here.machine:
            return f"This queue was last published from on another machine ({home.host})"
        if home.path != self._here.path:
            return f"This queue was last published from as {home.path} and is now {self._here.path}: it was moved or copied"
        return self._older(reader)

    def _older(self, reader: Reader) -> str:
        """Why the record cannot be the one that a daemon saw here, or an empty text."""
        seen = self._last_seen()
        if seen is None:
            return f"{self._file}, which says how far the record had come, is missing or cannot be read"
        if not _has(reader, *seen):
            return f"The record does not hold entry {seen[0]}, which a daemon saw here: another copy was put in its place"
        return ""

    def _last_seen(self) -> tuple[int, str] | None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            found = read_plain_file(self._file, limit=_LONGEST)
            if found is not None:
                known = json.loads(found.data)
                return int(known["entry"]), str(known["hash"])
        return None


def _has(reader: Reader, seq: int, digest: str) -> bool:
    """Whether entry `seq` is in the record with that hash; an empty record was seen at 0."""
    if seq == 0:
        return True
    for entry in reader.entries(newest_first=True):
        if entry.seq <= seq:
            return (entry.seq, entry.hash) == (seq, digest)
    return False


def _machine() -> str:
    """What tells this machine from others: a hash of its id, which systemd asks not to be shown; else its name."""
    for path in _MACHINE:
        with suppress(OSError):
            known = path.read_text("ascii", errors="replace").strip()
            if known and known != "uninitialized":
                return hashlib.sha256(f"purdah-scheduler {known}".encode()).hexdigest()[:32]
    return hashlib.sha256(f"purdah-scheduler host {socket.gethostname()}".encode()).hexdigest()[:32]
