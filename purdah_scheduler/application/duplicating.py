"""Duplicating a post: its words, media and classification as a new draft, without its time and without any clearance."""

from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.writing import add_new
from purdah_scheduler.domain.content import Content, digest
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.posts import Post, PostState, Revision


def duplicate(office: Office, actor: Actor, post_id: int) -> int:
    """Make a draft that says what the post says now, with its title and notes. Returns its number.

    A window is not copied: it was chosen for the time of that post. Raises NotFound, also for an account that is not in the
    configuration any more, and NotAllowed (role author).
    """
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, to="duplicate posts")
        source = tx.post(post_id)
        content = replace(tx.revision(post_id, source.revision).content, not_before=None, not_after=None)
        for entry in content.accounts:
            office.house.account(entry.account)
        post, revision = copy_of(source, content, actor.person.id, at=None, now=now)
        return add_new(tx, actor, post, revision, text=content.accounts[0].text, copied_from=post_id)


def copy_of(source: Post, content: Content, person: str, *, at: datetime | None, now: datetime) -> tuple[Post, Revision]:
    """A post of `person` that is new, planned for `at`, with the title and notes of another, and its first revision."""
    post = Post(
        id=0,
        title=source.title,
        state=PostState.DRAFT,
        revision=1,
        created_by=person,
        created_at=now,
        planned_at=at,
        notes=source.notes,
    )
    return post, Revision(post=0, number=1, content=content, digest=digest(content), author=person, at=now)
