"""Writing: a draft becomes a post, a post gets revisions, and goes to the people who clear it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.channel_ports import Count
from purdah_scheduler.application.drafting import Attachment, Draft, content_of, kept_content_of
from purdah_scheduler.application.matter import case_of
from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.ports import Writer
from purdah_scheduler.application.recording import record
from purdah_scheduler.application.server_limits import known_limits
from purdah_scheduler.application.wording import count_of, problems_of
from purdah_scheduler.domain.audit import Plain
from purdah_scheduler.domain.content import Content, Problem, clean_text, digest
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.policy import Judgement, judge
from purdah_scheduler.domain.posts import (
    NOTHING_LEFT,
    OVER,
    Delivery,
    DeliveryState,
    HoldReason,
    Post,
    PostState,
    Revision,
    check_delivery_move,
    check_post_move,
)
from purdah_scheduler.domain.readings import Reading
from purdah_scheduler.errors import BadInput, StaleDigest, WrongState
from purdah_scheduler.lean import lean_dataclass

__all__ = ["AccountPreview", "Attachment", "Draft", "Preview", "cancel", "new_post", "preview", "revise", "submit"]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class AccountPreview:
    """How the draft stands on one account: its length there, what is wrong, and the verdict at the moment asked.

    `parts` has each part of a thread with its length, and `count` is that of the longest.
    """

    account: str
    channel: str
    count: Count
    problems: tuple[Problem, ...]
    judgement: Judgement
    parts: tuple[tuple[str, Count], ...]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The draft on every account; `worst` is the strictest judgement of them."""

    accounts: tuple[AccountPreview, ...]

    @property
    def worst(self) -> Judgement:
        return max((entry.judgement for entry in self.accounts), key=lambda judgement: judgement.verdict.rank)

    @property
    def blocking(self) -> tuple[str, ...]:
        """The problems that keep the post from being submitted, each with its account."""
        return tuple(f"{entry.account}: {p.message}" for entry in self.accounts for p in entry.problems if p.blocking)


def preview(office: Office, draft: Draft, *, at: datetime | None = None) -> Preview:
    """Counts, problems and verdict of a draft without saving anything; `at` is its planned time or now.

    Raises NotFound for an unknown account, BadText and BadInput for what could not be saved.
    """
    moment = at or draft.planned_at or office.now()
    content = content_of(office, draft)
    with office.store.read() as reader:
        calendar, told = office.house.calendar(reader), known_limits(reader)
    accounts = []
    for entry in content.accounts:
        account = office.house.account(entry.account)
        accounts.append(
            AccountPreview(
                account=account.id,
                channel=account.channel,
                count=count_of(office.rules, entry, told.get(account.id)),
                problems=problems_of(office.rules, account, entry, content, told.get(account.id)),
                parts=tuple((part, office.rules.count(account.channel, part, told.get(account.id))) for part in entry.parts),
                judgement=judge(case_of(content, account, moment), calendar, office.house.rulebook),
            )
        )
    return Preview(accounts=tuple(accounts))


def new_post(office: Office, actor: Actor, draft: Draft) -> int:
    """Save a draft as a new post with its first revision. Returns its id.

    Raises NotAllowed (role author), BadText, BadInput, NotFound.
    """
    content = kept_content_of(office, draft)
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, to="write posts")
        post, revision = first_of(draft, content, actor.person.id, now=now)
        return add_new(tx, actor, post, revision, text=draft.text)


def first_of(draft: Draft, content: Content, person: str, *, now: datetime) -> tuple[Post, Revision]:
    """A post of `person` that is new, and its first revision: what the draft would say as `content`. Raises BadText."""
    revision = Revision(post=0, number=1, content=content, digest=digest(content), author=person, at=now)
    post = Post(
        id=0,
        title=title_of(draft),
        state=PostState.DRAFT,
        revision=1,
        created_by=person,
        created_at=now,
        planned_at=draft.planned_at,
        notes=clean_text(draft.notes),
    )
    return post, revision


def add_new(tx: Writer, actor: Actor, post: Post, revision: Revision, *, text: str, **more: Plain) -> int:
    """Store a post that is new, which its writer has read, with its entry; `more` is said there too. Returns its id."""
    new_id = tx.add_post(post, revision)
    tx.note_reading(Reading(post=new_id, person=actor.person.id, at=revision.at, revision=revision.number))
    record(
        tx,
        actor,
        "post.created",
        at=revision.at,
        post=new_id,
        public={"digest": revision.digest, "revision": revision.number, "category": revision.content.category, **more},
        private={"title": post.title, "text": text},
    )
    return new_id


def revise(office: Office, actor: Actor, post_id: int, draft: Draft, *, seen_revision: int | None = None) -> int:
    """Save an edit. Changed words make a new revision, drop every clearance and take the post back to draft.

    Title, notes and planned time alone keep clearance. `seen_revision` is the revision that the editor opened: if
    somebody saved another since, nothing is overwritten (StaleDigest). Returns the current revision's number.
    Raises WrongState once any account's part has been sent or may have been.
    """
    content = kept_content_of(office, draft)
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, to="edit posts")
        post = tx.post(post_id)
        current = tx.revision(post_id, post.revision)
        if seen_revision is not None and seen_revision != post.revision:
            raise StaleDigest(
                f"{current.author} saved revision {post.revision} of post {post_id} while you were editing revision "
                f"{seen_revision}, so your text was not saved over it.",
                next_step=f"Look at it first: purdah-scheduler post show {post_id}",
            )
        plain = replace(post, title=title_of(draft), notes=clean_text(draft.notes), planned_at=draft.planned_at)
        new_digest = digest(content)
        if new_digest == current.digest:
            if plain != post:
                tx.save_post(plain)
                record(tx, actor, "post.retitled", at=now, post=post_id, private={"title": plain.title})
            return post.revision
        return put_words(tx, actor, plain, content, now=now)


def put_words(tx: Writer, actor: Actor, post: Post, content: Content, *, now: datetime) -> int:
    """Make these words the next revision: it drops every clearance and is a draft again. Returns its number.

    Raises WrongState once any account's part has been sent or may have been.
    """
    check_post_move(post.state, PostState.DRAFT)
    _take_back(tx, post.id, "The post was edited.")
    before = tx.revision(post.id, post.revision)
    number, person = post.revision + 1, actor.person.id
    revision = Revision(post=post.id, number=number, content=content, digest=digest(content), author=person, at=now)
    tx.add_revision(revision)
    tx.note_reading(Reading(post=post.id, person=person, at=now, revision=number))
    tx.save_post(replace(post, state=PostState.DRAFT, revision=number))
    record(
        tx,
        actor,
        "post.edited",
        at=now,
        post=post.id,
        public={"digest": revision.digest, "before": before.digest, "revision": number, "category": content.category},
        private={"title": post.title, "text": Counter(entry.text for entry in content.accounts).most_common(1)[0][0]},
    )
    return number


def submit(office: Office, actor: Actor, post_id: int) -> None:
    """Ask for clearance. Raises BadInput with every blocking problem, WrongState unless the post is a draft."""
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, to="submit posts for clearance")
        post = tx.post(post_id)
        current = tx.revision(post_id, post.revision)
        if post.state is not PostState.DRAFT:
            raise WrongState(
                f"Post {post_id} is {post.state.replace('_', ' ')}, not a draft, so it was not submitted again.",
                next_step=f"See it: purdah-scheduler post show {post_id}",
            )
        known = {account.id: account for account in office.house.accounts}
        told = known_limits(tx)
        problems = [
            f"{entry.account}: {problem.message}"
            for entry in current.content.accounts
            for problem in problems_of(office.rules, known.get(entry.account), entry, current.content, told.get(entry.account))
            if problem.blocking
        ]
        if problems:
            raise BadInput(
                f"Post {post_id} was not submitted: {' '.join(problems)}", next_step=f"purdah-scheduler post edit {post_id}"
            )
        tx.save_post(replace(post, state=PostState.IN_REVIEW))
        record(tx, actor, "post.submitted", at=now, post=post_id, public={"digest": current.digest, "revision": current.number})


def cancel(office: Office, actor: Actor, post_id: int, *, reason: str = "") -> None:
    """Take the post back on every account where certainly nothing has left.

    The post is withdrawn unless an account has it already. Raises WrongState while a request is under way.
    """
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, Role.PUBLISHER, to="cancel posts")
        post = tx.post(post_id)
        open_ones = [entry for entry in tx.deliveries(post_id) if entry.state is not DeliveryState.CANCELLED]
        if any(entry.state is DeliveryState.SENDING for entry in open_ones):
            raise WrongState(
                f"Post {post_id} is being sent this moment, so it was not cancelled.",
                next_step=f"purdah-scheduler post show {post_id}",
            )
        gone = [entry for entry in open_ones if entry.state in NOTHING_LEFT]
        kept = [entry for entry in open_ones if entry.state not in NOTHING_LEFT]
        if kept and not gone:
            raise WrongState(
                f"Post {post_id} has been sent or may have been, so there is nothing left to cancel.",
                next_step=f"purdah-scheduler post show {post_id}",
            )
        for entry in gone:
            _cancel_delivery(tx, entry, reason or "Cancelled.")
        if not kept:
            check_post_move(post.state, PostState.WITHDRAWN)
            tx.save_post(replace(post, state=PostState.WITHDRAWN))
        record(
            tx,
            actor,
            "post.cancelled",
            at=now,
            post=post_id,
            public={"accounts": list(dict.fromkeys(entry.account for entry in gone)), "all": not kept},
            private={"reason": reason},
        )


def is_public_after_all(entry: Delivery) -> bool:
    """Whether proof came late that an earlier try was published; cancelling such a delivery does not undo the proof."""
    return entry.reason_code == HoldReason.ALREADY_PUBLIC


def check_not_public(entry: Delivery, what: str) -> None:
    """Raise WrongState for a delivery of which proof came late: a new time would publish it twice."""
    if is_public_after_all(entry):
        step = "" if entry.state is DeliveryState.CANCELLED else f"purdah-scheduler post cancel {entry.post}"
        raise WrongState(f"Post {entry.post} was not {what}. {entry.reason}", next_step=step)


def _take_back(tx: Writer, post_id: int, reason: str) -> None:
    """Cancel what is queued of a post; refuse if any of it is out or may be."""
    every = tx.deliveries(post_id)
    for entry in every:
        check_not_public(entry, "changed")
    deliveries = [entry for entry in every if entry.state is not DeliveryState.CANCELLED]
    for entry in deliveries:
        if entry.state not in NOTHING_LEFT:
            what = "has been published" if entry.state in OVER else "is being sent or may have been"
            raise WrongState(
                f"Post {post_id} {what} on {entry.account}, so its words can no longer change and nothing was saved.",
                next_step="Write a new post for what is still to be said.",
            )
    for entry in deliveries:
        _cancel_delivery(tx, entry, reason)


def _cancel_delivery(tx: Writer, entry: Delivery, reason: str) -> None:
    check_delivery_move(entry.state, DeliveryState.CANCELLED)
    cancelled = replace(entry, state=DeliveryState.CANCELLED)
    if not is_public_after_all(entry):
        cancelled = replace(cancelled, reason_code="", reason=reason)
    tx.save_delivery(cancelled, was=entry.state)


def title_of(draft: Draft) -> str:
    """The title that was given, else the beginning of the words."""
    title = clean_text(draft.title).replace("\n", " ").strip()
    if title:
        return title[:120]
    first = clean_text(draft.text).strip().split("\n", 1)[0]
    return first if len(first) <= 60 else first[:59].rstrip() + "…"
