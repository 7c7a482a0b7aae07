"""Whether the record is whole, by itself and beside checkpoints that were kept elsewhere, and how that is said."""

from collections.abc import Callable, Iterable, Iterator

from purdah_scheduler.application.office import Office
from purdah_scheduler.domain.audit import Link, Verification, verify_links
from purdah_scheduler.domain.checkpoints import PROVES, Checkpoint, Comparison, checkpoint, compare
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

_STEP = 2_000
"""After how many entries it is told how far the verifying is."""

_ALONE = (
    "It was compared with no checkpoint that was kept elsewhere: that the whole record was written anew, or cut at its end, "
    "would not show."
)
TO_KEEP = "Keep that line elsewhere; later: purdah-scheduler audit verify --against FILE"
"""What is said below a checkpoint."""

WHAT_NEXT = "Next: keep a copy of the queue's file as it is, pause publishing, and compare it with a backup."
"""What is to be done about a record that is not whole."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The checkpoints that were kept, and where, in words."""

    checkpoints: tuple[Checkpoint, ...]
    where: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found: `beside` is None where there was nothing to compare with, or the record is not whole by itself.

    `now` is the checkpoint of the record as it is.
    """

    found: Verification
    beside: Comparison | None
    kept: Kept | None
    now: Checkpoint

    @property
    def problem(self) -> str:
        """What is wrong with the record, or nothing."""
        return self.found.problem or (self.beside.problem if self.beside is not None else "")

    @property
    def first_bad(self) -> int | None:
        """The first entry that is in question."""
        return self.beside.first_bad if self.beside is not None and self.beside.problem else self.found.first_bad

    @property
    def unmatched(self) -> bool:
        """Whether there was something to compare with, and nothing in it was of this queue."""
        return self.beside is not None and self.beside.newest is None

    def words(self) -> tuple[str, ...]:
        """What people are told, in lines: whether it is whole, its checkpoint, and what that was compared with."""
        if self.problem:
            return (f"The record is not whole: {self.problem}.",)
        erased = f", the personal part of {self.found.redacted} of them erased" if self.found.redacted else ""
        whole = f"The record is whole: {self.found.entries} entries{erased}."
        return (whole, self.now.line, *self._compared())

    def _compared(self) -> tuple[str, ...]:
        if self.kept is None or self.beside is None:
            return (_ALONE,)
        newest = self.beside.newest
        if newest is None:
            of = f" of this queue ({self.beside.strange} of another)" if self.beside.strange else ""
            return (f"There is no checkpoint{of} in {self.kept.where}. {_ALONE}",)
        made = f", made {newest.at}" if newest.at else ""
        many = "1 checkpoint" if len(self.beside.matches) == 1 else f"{len(self.beside.matches)} checkpoints"
        return (f"It matches {many} of {self.kept.where}; the newest is of entry {newest.seq}{made}.", PROVES)


def verify_record(office: Office, kept: Kept | None = None, *, told: Callable[[int], None] | None = None) -> Verified:
    """Verify the record as it is at one moment, and compare it with what was kept.

    `told` hears how many entries have been walked, now and then; what it raises ends the verifying.
    """
    with office.store.read() as reader:
        instance = reader.instance()
        links = reader.links() if told is None else _counted(reader.links(), told)
        found = verify_links(links, remember=frozenset(one.seq for one in kept.checkpoints) if kept else ())
    return Verified(
        found=found,
        beside=compare(found, kept.checkpoints, instance=instance) if found.ok and kept else None,
        kept=kept,
        now=checkpoint(found.entries, found.head, instance=instance, at=office.now()),
    )


def checkpoint_now(office: Office) -> Checkpoint:
    """How far the record goes now, to be kept elsewhere; nothing is verified. Raises BadInput for an empty record."""
    with office.store.read() as reader:
        last = next(reader.entries(newest_first=True, limit=1), None)
        instance = reader.instance()
    if last is None:
        raise BadInput("The record is empty, so there is nothing to keep.", next_step="Come back when something was done.")
    return checkpoint(last.seq, last.hash, instance=instance, at=office.now())


def _counted(links: Iterable[Link], told: Callable[[int], None]) -> Iterator[Link]:
    for number, link in enumerate(links):
        if number % _STEP == 0:
            told(number)
        yield link
