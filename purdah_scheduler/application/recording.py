"""How a change is put on record: identifiers in the public part, names and words in the personal part."""

from collections.abc import Mapping
from datetime import datetime

from purdah_scheduler.application.office import Actor
from purdah_scheduler.application.ports import Writer
from purdah_scheduler.domain.audit import NewEntry, Plain


def entry_of(
    actor: Actor,
    action: str,
    *,
    at: datetime,
    post: int | None = None,
    delivery: int | None = None,
    public: Mapping[str, Plain] | None = None,
    private: Mapping[str, Plain] | None = None,
) -> NewEntry:
    """The entry of one change, not yet written."""
    return NewEntry(
        action=action,
        at=at,
        post=post,
        delivery=delivery,
        public={"assurance": str(actor.assurance), "face": actor.face, **(public or {})},
        private={"person": actor.person.id, **(private or {})},
    )


def record(
    tx: Writer,
    actor: Actor,
    action: str,
    *,
    at: datetime,
    post: int | None = None,
    delivery: int | None = None,
    public: Mapping[str, Plain] | None = None,
    private: Mapping[str, Plain] | None = None,
) -> None:
    """Write the entry of one change in the transaction that makes it."""
    tx.record(entry_of(actor, action, at=at, post=post, delivery=delivery, public=public, private=private))
