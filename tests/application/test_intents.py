"""Many intents in one commit: each delivery is judged by itself, by what that transaction reads, and none counts before it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from purdah_scheduler.application import calendars, outcomes, stopping, writing
from purdah_scheduler.application.answers import Receipt, RetryLater
from purdah_scheduler.application.intents import Intent, Wish
from purdah_scheduler.application.kept_calendar import KeptCalendar
from purdah_scheduler.application.outcomes import Outcome, Owner
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.domain.audit import NewEntry, verify
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.content import Problem
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason, RateLimit
from purdah_scheduler.errors import StoreUnusable, TryAgain
from tests.application.desk import ANN, BOB, DEPARTMENT, MONDAY, OLA, PAT, Desk, election
from tests.application.test_publishing import LEASE, RECEIPT, Scripted

S = DeliveryState
ACCOUNTS = tuple(f"dept{number}" for number in range(8))


@pytest.fixture
def many(desk: Desk) -> Desk:
    """The desk with an account for each of several posts, so that all of them are claimed at once."""
    house = replace(desk.office.house, accounts=tuple(replace(DEPARTMENT, id=account) for account in ACCOUNTS))
    return replace(desk, office=replace(desk.office, house=house))


def engine_of(desk: Desk, channel: Scripted, **options: Any) -> Publisher:
    """A publisher of channels that prepare nothing."""
    owner = Owner(name="daemon-1", lease=LEASE)
    return Publisher(desk.office, owner=owner, open_channel=channel, prepares=lambda account: False, **options)


def queue(desk: Desk, count: int) -> list[int]:
    """So many posts that are due now, each on an account of its own."""
    return [desk.queued(desk.clock.now(), f"Number {n}.", accounts=(ACCOUNTS[n],), category="announcement") for n in range(count)]


def intents(engine: Publisher, claimed: tuple[Delivery, ...]) -> dict[int, Intent]:
    """One transaction for all of them; by post."""
    found = engine._record_intents([Wish(claimed=entry, staged={}) for entry in claimed])
    return {intent.entry.post: intent for intent in found}


# --- each by itself -------------------------------------------------------------------------------------------------


def edit(desk: Desk, post: int) -> None:
    draft = desk.draft("Other words.", accounts=(desk.delivery(post).account,), category="announcement")
    writing.revise(desk.office, desk.act(ANN), post, draft)


def withdraw(desk: Desk, post: int) -> None:
    desk.decide(BOB, post, Choice.WITHDRAW)


def pause(desk: Desk, post: int) -> None:
    stopping.pause(desk.office, desk.act(OLA), reason="Stop.", account=desk.delivery(post).account)


def limit(desk: Desk, post: int) -> None:
    account = desk.delivery(post).account
    with desk.office.store.write() as tx:
        until = desk.clock.now() + timedelta(minutes=1)
        outcomes.limit_account(tx, Owner(name="d"), RateLimit(account=account, until=until, reason="429", at=desk.clock.now()))


def take_back(desk: Desk, post: int) -> None:
    with desk.office.store.write() as tx:
        entry = desk.delivery(post)
        outcomes.move(tx, Owner(name="d"), entry, outcomes.let_go(entry, S.SCHEDULED), desk.clock.now())


TROUBLES: Mapping[str, tuple[Callable[[Desk, int], None], DeliveryState]] = {
    "edited": (edit, S.CANCELLED),
    "withdrawn": (withdraw, S.HELD),
    "paused": (pause, S.HELD),
    "limited": (limit, S.CLAIMED),
    "taken back": (take_back, S.SCHEDULED),
}


def each_is_judged_by_itself(desk: Desk) -> None:
    """Of eight, five have a trouble each; the other three go, with everything on record."""
    engine = engine_of(desk, Scripted())
    posts = queue(desk, 8)
    claimed = engine.claim(8)
    assert [entry.post for entry in claimed] == posts
    expected = dict.fromkeys(posts, S.SENDING)
    for post, (happens, state) in zip(posts[1:6], TROUBLES.values(), strict=True):
        happens(desk, post)
        expected[post] = state
    found = intents(engine, claimed)
    assert {post: intent.entry.state for post, intent in found.items()} == expected
    assert {post: desk.delivery(post).state for post in posts} == expected
    for post, intent in found.items():
        assert (intent.asked_at is not None) == (expected[post] is S.SENDING)
        with desk.office.store.read() as reader:
            tries = [(attempt.number, attempt.owner) for attempt in reader.attempts(intent.entry.id)]
            last = [entry for entry in reader.entries(post=post) if entry.action == "delivery.sending"]
        assert tries == ([(1, "daemon-1")] if expected[post] is S.SENDING else [])
        assert len(last) == len(tries)
        assert all(entry.facts["digest"] == intent.entry.digest for entry in last)
    assert found[posts[4]].limit is not None
    with desk.office.store.read() as reader:
        assert verify(reader.entries()).ok
        shown = {row.post: row.state for row in reader.rows(posts)}
    assert shown == {post: "draft" if state is S.CANCELLED else str(state) for post, state in expected.items()}


def test_each_delivery_of_a_batch_is_judged_by_itself(many: Desk) -> None:
    each_is_judged_by_itself(many)


def test_the_answer_for_one_delivery_is_never_used_for_another(many: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above sees the fault: with it planted it fails."""
    true_ask, heard = Publisher._ask, []

    def ask(publisher: Publisher, reader: Any, entry: Any, now: Any) -> Any:
        heard.append(true_ask(publisher, reader, entry, now))
        return heard[0]

    monkeypatch.setattr(Publisher, "_ask", ask)
    with pytest.raises(AssertionError):
        each_is_judged_by_itself(many)


def test_a_fault_in_judging_one_holds_that_one(many: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    posts = queue(many, 4)
    true_ask = Publisher._ask

    def ask(publisher: Publisher, reader: Any, entry: Delivery, now: datetime) -> Any:
        if entry.post == posts[2]:
            raise ZeroDivisionError
        return true_ask(publisher, reader, entry, now)

    monkeypatch.setattr(Publisher, "_ask", ask)
    engine = engine_of(many, Scripted())
    found = intents(engine, engine.claim(8))
    assert [found[post].entry.state for post in posts] == [S.SENDING, S.SENDING, S.HELD, S.SENDING]
    assert found[posts[2]].entry.reason_code == HoldReason.FAULT
    assert "ZeroDivisionError" in many.delivery(posts[2]).reason


def test_a_lease_that_ran_out_before_the_batch_was_judged_sends_nothing(many: Desk) -> None:
    posts = queue(many, 3)
    engine = engine_of(many, Scripted())
    claimed = engine.claim(8)
    many.clock.forward(LEASE)
    found = intents(engine, claimed)
    assert {intent.entry.state for intent in found.values()} == {S.SCHEDULED}
    assert all(intent.asked_at is None for intent in found.values())
    assert {many.delivery(post).state for post in posts} == {S.SCHEDULED}


def test_a_period_that_is_declared_before_the_commit_of_the_batch_holds_all_of_it(many: Desk) -> None:
    posts = queue(many, 3)
    engine = engine_of(many, Scripted())
    engine.deliver(engine.claim(1)[0])  # the calendar has been asked, and is kept
    claimed = engine.claim(8)
    with many.office.store.write() as tx:  # without the sweep of the queue that goes with it for people
        tx.declare_period(election())
        tx.record(NewEntry(action="period.declared", at=MONDAY, public={}, private={}))
    found = intents(engine, claimed)
    assert {intent.entry.reason_code for intent in found.values()} == {HoldReason.BLOCKED}
    assert [many.delivery(post).state for post in posts] == [S.PUBLISHED, S.HELD, S.HELD]


# --- nothing counts before the commit -------------------------------------------------------------------------------


@contextmanager
def failing(desk: Desk, fault: Exception, *, when: Callable[[], bool]) -> Iterator[None]:
    """A commit that fails while `when` says so: everything is rolled back."""
    store = desk.office.store
    true_commit = type(store)._commit  # type: ignore[attr-defined]

    def commit(self: Any, connection: Any) -> None:
        if when():
            raise fault
        true_commit(self, connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(store), "_commit", commit)
        yield


@pytest.mark.parametrize(
    "fault", [TryAgain("It is busy."), StoreUnusable("It is damaged.")], ids=lambda fault: type(fault).__name__
)
def test_where_the_commit_of_the_intents_fails_no_request_leaves(many: Desk, fault: Exception) -> None:
    posts = queue(many, 2)
    channel = Scripted()
    engine = engine_of(many, channel)
    claimed = engine.claim(8)
    with failing(many, fault, when=lambda: True):
        for entry in claimed:
            with pytest.raises(type(fault)):
                engine.deliver(entry)
    assert channel.sent == []
    assert {many.delivery(post).state for post in posts} == {S.CLAIMED}
    assert [engine.deliver(entry).state for entry in claimed] == [S.PUBLISHED, S.PUBLISHED]
    assert len(channel.sent) == 2


def test_a_damaged_post_stops_its_own_delivery_and_no_other_of_the_batch(many: Desk) -> None:
    posts = queue(many, 3)
    engine = engine_of(many, Scripted())
    claimed = engine.claim(8)
    true_ask = Publisher._ask

    def ask(publisher: Publisher, reader: Any, entry: Delivery, now: datetime) -> Any:
        if entry.post == posts[1]:
            raise StoreUnusable("Its revision cannot be read.")
        return true_ask(publisher, reader, entry, now)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine._record_intents, "_ask", lambda reader, entry, now: ask(engine, reader, entry, now))
        calls = [Wish(claimed=entry, staged={}) for entry in claimed]
        with pytest.raises(StoreUnusable):
            engine._record_intents(calls)
        assert {many.delivery(post).state for post in posts} == {S.CLAIMED}
        assert engine.deliver(claimed[0]).state is S.PUBLISHED
        with pytest.raises(StoreUnusable):
            engine.deliver(claimed[1])
        assert engine.deliver(claimed[2]).state is S.PUBLISHED


# --- outcomes -------------------------------------------------------------------------------------------------------


def test_the_outcomes_of_many_are_recorded_in_one_commit_each_with_its_own(many: Desk) -> None:
    posts = queue(many, 4)
    engine = engine_of(many, Scripted())
    found = intents(engine, engine.claim(8))
    known = [
        Outcome(state=S.PUBLISHED, detail="", receipt=Receipt(remote_id="1", url="https://example.org/1")),
        Outcome(state=S.UNKNOWN, detail="Cut off.", code="outcome-unknown"),
        Outcome(state=S.MISSED, detail="Too late.", code="too-late"),
        Outcome(state=S.SCHEDULED, detail="429", code="will-retry", retry_at=MONDAY + timedelta(minutes=1)),
    ]
    settled = engine._record_outcomes([(found[post].entry, outcome) for post, outcome in zip(posts, known, strict=True)])
    assert [entry.state for entry in settled] == [S.PUBLISHED, S.UNKNOWN, S.MISSED, S.SCHEDULED]
    assert tuple(many.delivery(post) for post in posts) == settled
    with many.office.store.read() as reader:
        ends = [reader.attempts(entry.id)[-1].outcome for entry in settled]
        assert verify(reader.entries()).ok
        assert [row.state for row in reader.rows(posts)] == ["published", "unknown", "missed", "scheduled"]
    assert ends == ["published", "unknown", "missed", "scheduled"]


def test_only_the_attempt_that_owns_a_delivery_settles_it_in_a_batch_too(many: Desk) -> None:
    posts = queue(many, 2)
    engine = engine_of(many, Scripted())
    found = intents(engine, engine.claim(8))
    stale = replace(found[posts[0]].entry, fence=found[posts[0]].entry.fence - 1)
    mine = found[posts[1]].entry
    failed = Outcome(state=S.FAILED, detail="403", code="rejected")
    assert [entry.state for entry in engine._record_outcomes([(stale, failed), (mine, failed)])] == [S.SENDING, S.FAILED]
    assert many.delivery(posts[0]).state is S.SENDING


def test_late_proof_in_a_batch_is_accepted(many: Desk) -> None:
    posts = queue(many, 2)
    engine = engine_of(many, Scripted())
    found = intents(engine, engine.claim(8))
    lost, other = (found[post].entry for post in posts)
    engine._record_outcomes([(lost, Outcome(state=S.UNKNOWN, detail="Cut off.", code="outcome-unknown"))])
    proof = Outcome(state=S.PUBLISHED, detail="", receipt=RECEIPT)
    settled = engine._record_outcomes([(other, proof), (lost, proof)])
    assert [entry.state for entry in settled] == [S.PUBLISHED, S.PUBLISHED]
    assert many.delivery(posts[0]).remote_id == RECEIPT.remote_id


def test_an_outcome_waits_for_the_store_and_is_recorded_once(many: Desk) -> None:
    (post,) = queue(many, 1)
    channel, waits = Scripted(), [0]

    def wait(_seconds: float) -> None:
        waits[0] += 1

    engine = engine_of(many, channel, wait=wait)
    (claimed,) = engine.claim(8)
    with failing(many, TryAgain("It is busy."), when=lambda: bool(channel.sent) and waits[0] < 3):
        assert engine.deliver(claimed).state is S.PUBLISHED
    assert waits[0] == 3
    with many.office.store.read() as reader:
        actions = [entry.action for entry in reader.entries(post=post)]
    assert actions.count("delivery.published") == 1


# --- what prepares nothing ------------------------------------------------------------------------------------------


def test_a_gate_that_says_no_comes_before_any_trouble_of_the_channel(many: Desk) -> None:
    """Held as blocked, not failed: what the channel thinks of it is no news while it may not go."""
    (post,) = queue(many, 1)
    channel = Scripted(problems=(Problem(code="long", message="Too long.", blocking=True),))
    engine = engine_of(many, channel)
    (claimed,) = engine.claim(8)
    calendars.declare(many.office, many.act(PAT), election())
    settled = engine.deliver(claimed)
    assert (settled.state, settled.reason_code) == (S.HELD, HoldReason.BLOCKED)
    assert many.delivery(post) == settled


def test_what_may_go_and_has_a_trouble_of_the_channel_fails(many: Desk) -> None:
    (post,) = queue(many, 1)
    engine = engine_of(many, Scripted(problems=(Problem(code="long", message="Too long.", blocking=True),)))
    assert engine.deliver(engine.claim(8)[0]).state is S.FAILED
    assert many.delivery(post).reason == "Too long."


@pytest.mark.parametrize(("prepares", "asked"), [(False, 1), (True, 2)])
def test_the_gate_is_asked_before_what_may_upload_and_always_for_the_intent(
    many: Desk, monkeypatch: pytest.MonkeyPatch, prepares: bool, asked: int
) -> None:
    queue(many, 1)
    asks: list[int] = []
    true_ask = Publisher._ask

    def ask(publisher: Publisher, reader: Any, entry: Delivery, now: datetime) -> Any:
        asks.append(entry.id)
        return true_ask(publisher, reader, entry, now)

    monkeypatch.setattr(Publisher, "_ask", ask)
    channel = Scripted()
    engine = Publisher(many.office, owner=Owner(name="d"), open_channel=channel, prepares=lambda account: prepares)
    assert engine.deliver(engine.claim(8)[0]).state is S.PUBLISHED
    assert len(asks) == asked


def test_what_a_platform_takes_nothing_of_yet_waits_though_nothing_is_prepared(many: Desk) -> None:
    (post,) = queue(many, 1)
    channel = Scripted(answer=RetryLater("429"))
    engine = engine_of(many, channel)
    (claimed,) = engine.claim(8)
    limit(many, post)
    settled = engine.deliver(claimed)
    assert (settled.state, settled.reason_code, settled.attempts) == (S.SCHEDULED, "rate-limited", 0)
    assert channel.sent == []


# --- the kept calendar ----------------------------------------------------------------------------------------------


def test_the_calendar_is_worked_out_once_until_something_of_it_changes(many: Desk) -> None:
    kept = KeptCalendar()
    store, house = many.office.store, many.office.house
    with store.read() as reader:
        first = kept(house, reader)
    with store.read() as reader:
        assert kept(house, reader) is first
    calendars.declare(many.office, many.act(PAT), election())
    with store.read() as reader:
        second = kept(house, reader)
        assert second == house.calendar(reader)
        assert "ge-test" in {period.id for period in second} - {period.id for period in first}
        other = replace(house, periods=())
        assert kept(other, reader) == other.calendar(reader)


def test_a_calendar_that_is_never_read_again_is_seen(many: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """With that fault planted, the test of a period declared in time fails."""
    made: list[Any] = []

    def kept(_self: KeptCalendar, house: Any, reader: Any) -> Any:
        made.append(house.calendar(reader))
        return made[0]

    monkeypatch.setattr(KeptCalendar, "__call__", kept)
    with pytest.raises(AssertionError):
        test_a_period_that_is_declared_before_the_commit_of_the_batch_holds_all_of_it(many)
