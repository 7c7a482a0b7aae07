"""Invented records for the tests of the store."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from purdah_scheduler.application.ports import Store, Writer
from purdah_scheduler.domain.audit import NewEntry
from purdah_scheduler.domain.checklist import Day, Mark
from purdah_scheduler.domain.clearance import Choice, Decision
from purdah_scheduler.domain.content import AccountContent, Card, Content, Marks, Media, digest
from purdah_scheduler.domain.focus import Focus
from purdah_scheduler.domain.holds import Hold
from purdah_scheduler.domain.period_changes import Action, Answer, PeriodChange, Proposal
from purdah_scheduler.domain.periods import Body, Kind, Nation, Period
from purdah_scheduler.domain.posts import (
    Attempt,
    Delivery,
    DeliveryState,
    Exemption,
    Heartbeat,
    Post,
    PostState,
    Revision,
)
from purdah_scheduler.errors import ProductError, StoreUnusable

NOON = datetime(2026, 4, 14, 12, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def content(text: str = "Book your flu jab.", accounts: Sequence[str] = ("dept-x",), *, media: tuple[Media, ...] = ()) -> Content:
    return Content(
        accounts=tuple(AccountContent(account=account, channel="outbox", parts=(text,)) for account in accounts),
        category="service-information",
        media=media,
    )


def rich_content() -> Content:
    """Everything that content can carry."""
    return Content(
        accounts=(
            AccountContent(
                account="a-account",
                channel="mastodon",
                parts=("Naïve “quotes” 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "second part"),
                reply_to="https://example.gov.uk/1",
                visibility="unlisted",
                content_warning="flu",
                lang="cy",
            ),
            AccountContent(account="b-account", channel="outbox", parts=("[/red] \\ ' \" ; DROP TABLE posts",)),
        ),
        category="campaign",
        nation="Wales",
        area="Ynys Môn",
        marks=Marks(names_politician=True, joint_uk=True, campaign="Winter"),
        media=(Media(sha256="ab" * 32, size=7, type="image/png", alt="A red bus", focus=Focus(x=-25, y=100)),),
        card=Card(
            address="https://llyw.cymru/ffliw?a=1&b=%20",
            title="Brechiad ffliw \\ ' \" ;",
            description="[/red]",
            picture=Media(sha256="cd" * 32, size=9, type="image/jpeg", alt=""),
        ),
        not_before=datetime(2026, 4, 14, 9, 0, tzinfo=UTC),
        not_after=datetime(2026, 4, 15, 9, 0, tzinfo=UTC),
    )


def post(title: str = "Flu jabs", *, state: PostState = PostState.DRAFT, planned_at: datetime | None = None) -> Post:
    return Post(
        id=0, title=title, state=state, revision=1, created_by="ada", created_at=NOON, planned_at=planned_at, notes="a note"
    )


def revision(of: Content, *, post_id: int = 0, number: int = 1, author: str = "ada", at: datetime = NOON) -> Revision:
    return Revision(post=post_id, number=number, content=of, digest=digest(of), author=author, at=at)


def entry(action: str = "test.done", *, post_id: int | None = None, at: datetime = NOON) -> NewEntry:
    return NewEntry(action=action, at=at, post=post_id, public={"n": 1}, private={"person": "ada", "text": "words £"})


def add_post(
    store: Store,
    title: str = "Flu jabs",
    *,
    text: str = "Book your flu jab.",
    accounts: Sequence[str] = ("dept-x",),
    state: PostState = PostState.DRAFT,
    planned_at: datetime | None = None,
    created_at: datetime = NOON,
    by: str = "ada",
) -> int:
    with store.write() as tx:
        new = replace(post(title, state=state, planned_at=planned_at), created_at=created_at, created_by=by)
        new_id = tx.add_post(new, revision(content(text, accounts), author=by, at=created_at))
        tx.record(entry("post.created", post_id=new_id))
    return new_id


def delivery(
    post_id: int, account: str = "dept-x", *, due_at: datetime = NOON, state: DeliveryState = DeliveryState.SCHEDULED
) -> Delivery:
    return Delivery(id=0, post=post_id, account=account, state=state, due_at=due_at, revision=1, digest="d" * 64)


def queue(tx: Writer, post_id: int, account: str = "dept-x", *, due_at: datetime = NOON) -> int:
    """Schedule a post on one account."""
    new_id = tx.add_delivery(delivery(post_id, account, due_at=due_at))
    tx.save_post(replace(tx.post(post_id), state=PostState.SCHEDULED))
    tx.record(entry("post.scheduled", post_id=post_id))
    return new_id


def queued(
    store: Store, *, due_at: datetime = NOON, accounts: Sequence[str] = ("dept-x",), title: str = "Flu jabs"
) -> tuple[int, dict[str, int]]:
    """A cleared post, scheduled on every account: its id, and the delivery of each account."""
    post_id = add_post(store, title, accounts=accounts, state=PostState.CLEARED)
    with store.write() as tx:
        return post_id, {account: queue(tx, post_id, account, due_at=due_at) for account in accounts}


def move(store: Store, delivery_id: int, *path: DeliveryState, **changes: object) -> Delivery:
    """Take a delivery along a path of states; `changes` go with the last move."""
    with store.write() as tx:
        for step, state in enumerate(path, start=1):
            now = tx.delivery(delivery_id)
            moved = replace(now, state=state)
            if step == len(path):
                moved = replace(moved, **changes)  # type: ignore[arg-type]  # the caller names fields of Delivery
            assert tx.save_delivery(moved, was=now.state)
        tx.record(entry("delivery.moved"))
        return tx.delivery(delivery_id)


def decision(person: str = "grace", *, choice: Choice = Choice.APPROVE, number: int = 1) -> Decision:
    return Decision(person=person, stage="comms", choice=choice, digest="d" * 64, revision=number, at=NOON, reason="fine")


def period(period_id: str = "by-election-2026") -> Period:
    return Period(
        id=period_id,
        name="By-election in Ynys Môn",
        kind=Kind.BY_ELECTION,
        bodies=frozenset({Body.UK_CIVIL_SERVICE, Body.ALB}),
        nations=frozenset({Nation.WALES}),
        area="Ynys Môn",
        starts=NOON,
        ends=NOON + timedelta(days=30),
        announced_at=NOON - timedelta(days=3),
        polling_day=(NOON + timedelta(days=30)).date(),
        source="https://example.gov.uk/notice",
        notes="invented",
        origin="store",
    )


def heartbeat(seen_at: datetime = NOON, *, stopped_at: datetime | None = None) -> Heartbeat:
    return Heartbeat(
        owner="daemon-1",
        host="localhost",
        pid=4242,
        started_at=NOON,
        seen_at=seen_at,
        every=5.0,
        version="0.1",
        stopped_at=stopped_at,
    )


def hold(reference: str = "FOI-17", *, post_id: int | None = 1) -> Hold:
    return Hold(id=0, reference=reference, post=post_id, since=NOON, until=None, reason="asked for", person="grace", at=NOON)


def refusal(call: Callable[[], object], kind: type[ProductError] = StoreUnusable) -> ProductError:
    """What `call` is refused with: one line, with a next step."""
    with pytest.raises(kind) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert caught.value.next_step
    return caught.value


def fill(store: Store) -> None:
    """A row in every table that only grows: what people do, and one ended attempt of a daemon."""
    delivery_id = work(store)
    with store.write() as tx:
        tx.add_attempt(Attempt(delivery=delivery_id, number=1, intent_at=NOON, owner="d"))
        tx.end_attempt(Attempt(delivery=delivery_id, number=1, intent_at=NOON, owner="d", outcome="failed", ended_at=NOON))
        tx.record(entry())


def work(store: Store, *, alone: bool = False) -> int:
    """What people do: three posts, a scheduled one, a decision, a change of a period, an answered proposal, an exemption, a tick.

    `alone`: all of it by ada, who takes her proposal back. Returns the id of the delivery.
    """
    for number in range(3):
        add_post(store, str(number))
    _, by_account = queued(store)
    with store.write() as tx:
        tx.add_decision(1, decision("ada" if alone else "grace"))
        tx.add_period_change(PeriodChange(id=0, period="p", action=Action.CANCEL, reason="r", person="ada", at=NOON, shape="s"))
        proposal = Proposal(id=0, period="p", action=Action.CANCEL, reason="r", person="ada", at=NOON, shape="s", seen=0)
        number = tx.add_proposal(proposal)
        answer, second = (Answer.REFUSED, "ada") if alone else (Answer.ACCEPTED, "bob")
        tx.answer_proposal(replace(proposal, id=number, answer=answer, answered_by=second, answered_at=NOON, answer_reason="y"))
        ends = NOON + MINUTE
        tx.add_exemption(
            Exemption(id=0, post=1, digest="d" * 64, person="ada" if alone else "grace", reason="r", at=NOON, expires_at=ends)
        )
        tx.add_hold(replace(hold(), person="ada" if alone else "grace"))
        tx.add_mark(Mark(id=0, period="p", day=Day.FIRST, item="i", is_done=True, person="ada", at=NOON))
        tx.record(entry())
    return by_account["dept-x"]
