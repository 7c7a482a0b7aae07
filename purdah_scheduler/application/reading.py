"""Reading: how far each person has read a post and its comments, and what they have not seen. Nothing is cleared by it."""

from collections.abc import Iterable

from purdah_scheduler.application.commenting import Comment, comments_in
from purdah_scheduler.application.office import Actor, Office
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.people import Person
from purdah_scheduler.domain.readings import Reading
from purdah_scheduler.errors import NotAllowed

Unread = dict[int, tuple[Comment, ...]]
"""Comments that a person has not seen, by post."""


def has_read(office: Office, actor: Actor, post_id: int, revision: int) -> bool:
    """Note that the person has had every word of a revision before them. Returns whether that is kept.

    It is not where the store is a server that lets them change nothing (a viewer, somebody suspended). Raises NotFound.
    """
    with office.store.read() as reader:
        reader.revision(post_id, revision)
        known = reader.reading(post_id, actor.person.id)
    if known is not None and known.revision >= revision:
        return True
    return _note(office, Reading(post=post_id, person=actor.person.id, at=office.now(), revision=revision))


def last_read(office: Office, person: Person, post_id: int) -> Reading | None:
    """How far that person has read a post; None where nothing is known."""
    with office.store.read() as reader:
        return reader.reading(post_id, person.id)


def has_seen_comments(office: Office, actor: Actor, post_id: int, up_to: int) -> bool:
    """Note that the person has seen every comment of a post up to that one (`Comment.number`). Returns whether that is kept."""
    with office.store.read() as reader:
        reader.post(post_id)
        known = reader.reading(post_id, actor.person.id)
    if known is not None and known.comment >= up_to:
        return True
    return _note(office, Reading(post=post_id, person=actor.person.id, at=office.now(), comment=up_to))


def unread(office: Office, person: Person) -> Unread:
    """Every comment that is for this person and that they have not seen: addressed to them, or on a post that they wrote some of.

    What they said themselves, and comments whose words were erased, are none.
    """
    with office.store.read() as reader:
        return unread_in(reader, person.id)


def new_on(office: Office, person: Person, post: int) -> frozenset[int]:
    """The numbers of the comments on one post that are for this person and that they have not seen."""
    return frozenset(comment.number for comment in unread(office, person).get(post, ()))


def unread_in(reader: Reader, person: str) -> Unread:
    """The same, of what a reader sees."""
    found: Unread = {}
    for entry, mine in reader.comments_past(person):
        for comment in comments_in([entry]):
            if entry.post is not None and comment.person != person and (mine or person in comment.to):
                found[entry.post] = (*found.get(entry.post, ()), comment)
    return found


def how_many(comments: Unread) -> int:
    """Of all posts together."""
    return sum(map(len, comments.values()))


def newest(comments: Iterable[Comment]) -> int:
    """The number of the last of these comments; 0 where there is none."""
    return max((comment.number for comment in comments), default=0)


def _note(office: Office, reading: Reading) -> bool:
    try:
        office.store.note_reading(reading)
    except NotAllowed:
        return False
    return True
