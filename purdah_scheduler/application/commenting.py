"""Comments on a post: on the record, addressed to people or to nobody; they change neither its digest nor its state."""

from collections.abc import Iterable
from datetime import datetime

from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.audit import Entry, Plain
from purdah_scheduler.domain.content import clean_text
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.readings import COMMENTED, Reading
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

REMINDER = "Comments and drafts can be asked for under the Freedom of Information Act: write what you would stand by."
"""Said wherever a comment is written (the record keeps the words until they are erased)."""

LONGEST = 2000
"""Characters of one comment."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody said of a revision; `to` are the ids of the people whom it is for. Words that were erased are empty.

    `number` is that of its entry in the record: later ones have higher numbers.
    """

    number: int
    person: str
    at: datetime
    revision: int
    words: str
    to: tuple[str, ...]

    @property
    def is_erased(self) -> bool:
        """Whether who said it, and what, is gone: nobody says nothing."""
        return not self.words


def comment(office: Office, actor: Actor, post_id: int, *, words: str, to: Iterable[str] = ()) -> None:
    """Put a comment on the record; its words and the people it is for stand in the personal part.

    Raises NotAllowed for a viewer, NotFound for an unknown post or person, BadText, and BadInput for no words or too many.
    """
    said = clean_text(words).strip()
    if not said or len(said) > LONGEST:
        raise BadInput(f"A comment has from 1 to {LONGEST} characters, so nothing was said.", next_step="Give it with --text.")
    people: list[Plain] = [office.house.person(person).id for person in dict.fromkeys(to)]
    with office.store.write() as tx:
        require(actor, tx, *(role for role in Role if role is not Role.VIEWER), to="comment on posts")
        post = tx.post(post_id)
        record(
            tx,
            actor,
            COMMENTED,
            at=office.now(),
            post=post_id,
            public={"revision": post.revision},
            private={"text": said, "to": people},
        )
        tx.note_reading(Reading(post=post_id, person=actor.person.id, at=office.now(), revision=post.revision))


def comments_in(history: Iterable[Entry]) -> tuple[Comment, ...]:
    """The comments among the entries of a post, in their order."""
    found = []
    for entry in history:
        if entry.action == COMMENTED:
            facts = entry.facts
            revision, to = facts.get("revision"), facts.get("to")
            found.append(
                Comment(
                    number=entry.seq,
                    person=str(facts.get("person", "")),
                    at=entry.at,
                    revision=revision if isinstance(revision, int) else 0,
                    words=str(facts.get("text", "")),
                    to=tuple(map(str, to)) if isinstance(to, list) else (),
                )
            )
    return tuple(found)
