"""Who will have to clear a draft, told before it is submitted: the same answer as afterwards, of words that are not saved yet."""

from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.drafting import Draft, content_of
from purdah_scheduler.application.lists import Dossier
from purdah_scheduler.application.matter import Matter
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.wanting import Wanted, wanted
from purdah_scheduler.domain.content import Content, digest
from purdah_scheduler.domain.people import Person
from purdah_scheduler.domain.posts import Post, PostState, Revision


def will_want(office: Office, author: Person, draft: Draft, *, post: int | None = None) -> tuple[Wanted, ...]:
    """Everything that this draft would want before it may go out at its time, had `author` saved it; `post` is what it edits.

    Of an edit that changes no word, what was given already is not wanted again. Raises NotFound, BadText and BadInput.
    """
    content, now, house = content_of(office, draft), office.now(), office.house
    with office.store.read() as reader:
        dossier = _new(content, draft, author, now) if post is None else _edited(reader, post, content, draft, author, now)
        matter = Matter.of(house, dossier, house.active(reader), reader.campaign_exemptions())
        return wanted(matter, house, house.calendar(reader), dossier.deliveries, now)


def _new(content: Content, draft: Draft, author: Person, now: datetime) -> Dossier:
    revision = _revision(0, 1, content, author, now)
    post = Post(
        id=0,
        title="",
        state=PostState.DRAFT,
        revision=1,
        created_by=author.id,
        created_at=now,
        planned_at=draft.planned_at,
        notes="",
    )
    return Dossier(post=post, revisions=(revision,), decisions=(), exemptions=(), deliveries=())


def _edited(reader: Reader, post_id: int, content: Content, draft: Draft, author: Person, now: datetime) -> Dossier:
    """The post with the draft as its next revision, or as it is where the draft says the same."""
    post, revisions = reader.post(post_id), reader.revisions(post_id)
    known = Dossier(
        post=replace(post, planned_at=draft.planned_at),
        revisions=revisions,
        decisions=reader.decisions(post_id),
        exemptions=reader.exemptions(post_id),
        deliveries=reader.deliveries(post_id),
        break_glasses=reader.break_glasses(post_id),
    )
    if known.current.digest == digest(content):
        return known
    edit = _revision(post_id, post.revision + 1, content, author, now)
    return replace(
        known,
        post=replace(known.post, state=PostState.DRAFT, revision=edit.number),
        revisions=(*revisions, edit),
        deliveries=(),
    )


def _revision(post: int, number: int, content: Content, author: Person, now: datetime) -> Revision:
    return Revision(post=post, number=number, content=content, digest=digest(content), author=author.id, at=now)
