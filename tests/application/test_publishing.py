"""One delivery through a scripted channel: every answer, every moment at which something else happens, and who may write."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import calendars, outcomes, scheduling, stopping, writing
from purdah_scheduler.application.answers import (
    AccountCheck,
    AlreadyPublished,
    Limits,
    NeedsLogin,
    OutcomeUnknown,
    Proof,
    Receipt,
    Rejected,
    RetryLater,
)
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.notice_ports import HouseStore
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import Store, Writer
from purdah_scheduler.application.publishing import Owner, Publisher
from purdah_scheduler.application.retrying import RetryRules
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.content import Outgoing, Problem
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason, Pause, RateLimit
from purdah_scheduler.errors import BadMedia, BadSetup, ProductError, StoreUnusable, TryAgain, WrongState
from tests.application.desk import ANN, BOB, MONDAY, OLA, Desk, election

RECEIPT = Receipt(remote_id="42", url="https://example.org/42")
LEASE = timedelta(seconds=90)
RULES = RetryRules(first=timedelta(seconds=20), most=timedelta(minutes=10))
S = DeliveryState


def nothing() -> None:
    """What happens meanwhile: nothing."""


@dataclass
class Scripted:
    """A channel that answers as it was told, and does `on_stage` and `on_commit` meanwhile."""

    answer: Receipt | Exception = RECEIPT
    staging: Exception | None = None
    found: Receipt | Exception | None = None
    problems: tuple[Problem, ...] = ()
    on_stage: Callable[[], None] = nothing
    on_commit: Callable[[], None] = nothing
    sent: list[Outgoing] = field(default_factory=list)
    opened: int = 0
    ends_at = None

    @property
    def limits(self) -> Limits:
        return Limits(max_length=280, unit="characters")

    @property
    def proof(self) -> Proof:
        return Proof(presence=True, absence=True, lag=timedelta(minutes=5))

    def validate(self, outgoing: Outgoing) -> tuple[Problem, ...]:
        return self.problems

    def check_account(self) -> AccountCheck:
        return AccountCheck(ok=True, handle="dept", detail="")

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:
        self.on_stage()
        if self.staging is not None:
            raise self.staging
        return {**staged, "draft": "7"}

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        self.sent.append(outgoing)
        self.on_commit()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def delete(self, remote_id: str) -> None:
        raise AssertionError("a publisher never deletes")

    def __call__(self, account: Account) -> Channel:
        self.opened += 1
        return self


def publisher(
    desk: Desk,
    channel: Callable[[Account], Channel],
    *,
    name: str = "daemon-1",
    doubt: Callable[[], str] = str,
    store: HouseStore | None = None,
    waits: list[float] | None = None,
) -> Publisher:
    office: Office = desk.office if store is None else replace(desk.office, store=store)
    return Publisher(
        office,
        owner=Owner(name=name, lease=LEASE),
        open_channel=channel,
        retries=RULES,
        clock_doubt=doubt,
        wait=(waits if waits is not None else []).append,
    )


def due_now(desk: Desk, text: str = "Phone lines open at 8am.", **changes: object) -> int:
    """A post that is due now."""
    return desk.queued(desk.clock.now(), text, **changes)


def attempts(desk: Desk, post: int) -> list[tuple[int, str]]:
    with desk.office.store.read() as reader:
        return [(attempt.number, attempt.outcome) for attempt in reader.attempts(desk.delivery(post).id)]


def actions(desk: Desk, post: int) -> list[str]:
    with desk.office.store.read() as reader:
        assert verify(reader.entries()).ok
        return [entry.action for entry in reader.entries(post=post)]


def paused(desk: Desk) -> list[tuple[str, str]]:
    with desk.office.store.read() as reader:
        return [(pause.account, pause.person) for pause in reader.pauses()]


# --- what the platform answers --------------------------------------------------------------------------------------

ANSWERS = {
    "a receipt": (Scripted(), S.PUBLISHED, ""),
    "not now": (Scripted(answer=RetryLater("429")), S.SCHEDULED, "will-retry"),
    "not for an hour": (Scripted(answer=RetryLater("429", after=timedelta(hours=1))), S.MISSED, "too-late"),
    "who are you": (Scripted(answer=NeedsLogin("401")), S.HELD, HoldReason.NEEDS_LOGIN),
    "never": (Scripted(answer=Rejected("403")), S.FAILED, "rejected"),
    "had it, and which": (Scripted(answer=AlreadyPublished("had it", receipt=RECEIPT)), S.PUBLISHED, ""),
    "had it, and it is found": (Scripted(answer=AlreadyPublished("had it"), found=RECEIPT), S.PUBLISHED, ""),
    "had it, not found": (Scripted(answer=AlreadyPublished("had it")), S.UNKNOWN, "platform-says-duplicate"),
    "had it, cannot look": (
        Scripted(answer=AlreadyPublished("had it"), found=RetryLater("429")),
        S.UNKNOWN,
        "platform-says-duplicate",
    ),
    "had it, look-up fails oddly": (
        Scripted(answer=AlreadyPublished("had it"), found=KeyError("id")),
        S.UNKNOWN,
        "platform-says-duplicate",
    ),
    "no clear answer": (Scripted(answer=OutcomeUnknown("cut off")), S.UNKNOWN, "outcome-unknown"),
    "a broken connection": (Scripted(answer=ConnectionResetError()), S.UNKNOWN, "outcome-unknown"),
    "nonsense": (Scripted(answer=KeyError("data")), S.UNKNOWN, "outcome-unknown"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_has_its_state_and_is_one_request_with_its_attempt_on_record(desk: Desk, name: str) -> None:
    script, state, code = ANSWERS[name]
    channel = replace(script, sent=[])
    post = due_now(desk)
    engine = publisher(desk, channel)
    (claimed,) = engine.claim(4)
    settled = engine.deliver(claimed)
    assert settled == desk.delivery(post)
    assert (settled.state, settled.reason_code) == (state, code)
    assert len(channel.sent) == 1
    assert channel.sent[0].text == "Phone lines open at 8am."
    assert attempts(desk, post) == [(1, str(state))]
    assert actions(desk, post)[-2:][0] in ("delivery.sending", "delivery.not-sent")
    assert (settled.owner, settled.lease_until) == ("", None)
    published = state is S.PUBLISHED
    assert (settled.remote_id, settled.remote_url) == (("42", RECEIPT.url) if published else ("", ""))
    assert settled.published_at == (MONDAY if published else None)
    assert bool(settled.reason) is not published


def test_what_was_not_sent_is_tried_again_after_a_pause_and_published_once(desk: Desk) -> None:
    channel = Scripted(answer=RetryLater("429"))
    post = due_now(desk)
    engine = publisher(desk, channel)
    engine.deliver(engine.claim(1)[0])
    assert desk.delivery(post).not_again_before == MONDAY + timedelta(seconds=20)
    desk.clock.forward(timedelta(seconds=19))
    assert engine.claim(1) == ()
    desk.clock.forward(timedelta(seconds=1))
    channel.answer = RECEIPT
    assert engine.deliver(engine.claim(1)[0]).state is S.PUBLISHED
    assert attempts(desk, post) == [(1, "scheduled"), (2, "published")]
    assert len(channel.sent) == 2


def test_refused_credentials_hold_the_whole_account(desk: Desk) -> None:
    first, second = due_now(desk), due_now(desk, "Second.")
    engine = publisher(desk, Scripted(answer=NeedsLogin("401")))
    engine.deliver(engine.claim(1)[0])
    assert paused(desk) == [("dept", "the daemon")]
    channel = Scripted()
    engine = publisher(desk, channel)
    assert engine.deliver(engine.claim(1)[0]).reason_code == HoldReason.PAUSED
    assert channel.sent == []
    assert desk.delivery(first).reason_code == HoldReason.NEEDS_LOGIN
    assert desk.delivery(second).state is S.HELD


def test_refused_credentials_leave_the_words_of_a_persons_pause_alone(desk: Desk) -> None:
    due_now(desk)
    channel = Scripted(answer=NeedsLogin("401"))
    channel.on_commit = lambda: stopping.pause(desk.office, desk.act(OLA), reason="break-in", account="dept")
    engine = publisher(desk, channel)
    engine.deliver(engine.claim(1)[0])
    assert paused(desk) == [("dept", "ola")]


# --- before the intent: nothing can have left -----------------------------------------------------------------------

STAGING = {
    "not now": (Scripted(staging=RetryLater("503")), S.SCHEDULED, "will-retry"),
    "not in time": (Scripted(staging=RetryLater("429", after=timedelta(hours=1))), S.MISSED, "too-late"),
    "who are you": (Scripted(staging=NeedsLogin("401")), S.HELD, HoldReason.NEEDS_LOGIN),
    "never": (Scripted(staging=Rejected("415")), S.FAILED, "rejected"),
    "no clear answer to an upload": (Scripted(staging=OutcomeUnknown("cut off")), S.SCHEDULED, "will-retry"),
    "a fault of the program": (Scripted(staging=KeyError("media")), S.HELD, HoldReason.FAULT),
    "no credentials": (Scripted(staging=BadSetup("no file")), S.HELD, HoldReason.NEEDS_LOGIN),
    "a medium is gone": (Scripted(staging=BadMedia("gone")), S.HELD, HoldReason.CONTENT),
    "too long": (Scripted(problems=(Problem(code="long", message="Too long."),)), S.FAILED, "rejected"),
}


@pytest.mark.parametrize("name", STAGING)
def test_what_fails_before_the_intent_is_never_unknown_and_sends_nothing(desk: Desk, name: str) -> None:
    script, state, code = STAGING[name]
    channel = replace(script, sent=[])
    post = due_now(desk)
    engine = publisher(desk, channel)
    settled = engine.deliver(engine.claim(1)[0])
    assert (settled.state, settled.reason_code) == (state, code)
    assert settled == desk.delivery(post)
    assert settled.reason
    assert channel.sent == []
    assert attempts(desk, post) == []
    assert actions(desk, post)[-1] == f"delivery.{state}"
    assert paused(desk) == ([("dept", "the daemon")] if isinstance(channel.staging, NeedsLogin) else [])


def test_the_pause_after_failed_preparations_grows(desk: Desk) -> None:
    post = due_now(desk)
    engine = publisher(desk, Scripted(staging=RetryLater("503")))
    pauses = []
    for _ in range(4):
        engine.deliver(engine.claim(1)[0])
        again = desk.delivery(post).not_again_before
        assert again is not None
        pauses.append((again - desk.clock.now()).total_seconds())
        desk.clock.forward(again - desk.clock.now())
    assert pauses == [20, 40, 80, 160]


def block(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(BOB), replace(election(), id="new"))


def no_account(desk: Desk) -> None:
    desk.office = replace(desk.office, house=replace(desk.office.house, accounts=desk.office.house.accounts[1:]))


REFUSALS: dict[str, tuple[Callable[[Desk], object], DeliveryState, str]] = {
    "the stop file": (lambda desk: desk.office.stop.set("fire"), S.HELD, HoldReason.PAUSED),
    "a pause": (lambda desk: stopping.pause(desk.office, desk.act(OLA), reason="x", account="dept"), S.HELD, HoldReason.PAUSED),
    "a suspended approver": (lambda desk: stopping.suspend(desk.office, desk.act(OLA), "bob"), S.HELD, HoldReason.CLEARANCE),
    "an account that is gone": (no_account, S.HELD, HoldReason.ACCOUNT),
    "sixteen minutes": (lambda desk: desk.clock.forward(timedelta(minutes=16)), S.MISSED, "too-late"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_the_gate_refuses_never_reaches_the_channel(desk: Desk, name: str) -> None:
    happens, state, code = REFUSALS[name]
    post = due_now(desk)
    happens(desk)
    channel = Scripted()
    engine = publisher(desk, channel)
    settled = engine.deliver(engine.claim(1)[0])
    assert (settled.state, settled.reason_code) == (state, code)
    assert (channel.opened, channel.sent) == (0, [])
    assert desk.delivery(post) == settled


def test_exactly_fifteen_minutes_late_is_still_in_time(desk: Desk) -> None:
    due_now(desk)
    desk.clock.forward(timedelta(minutes=15))
    engine = publisher(desk, Scripted())
    assert engine.deliver(engine.claim(1)[0]).state is S.PUBLISHED


def test_a_clock_in_doubt_holds_and_never_makes_anything_late(desk: Desk) -> None:
    due_now(desk)
    desk.clock.forward(timedelta(days=400))
    channel = Scripted()
    engine = publisher(desk, channel, doubt=lambda: "The clock was set forward.")
    settled = engine.deliver(engine.claim(1)[0])
    assert (settled.state, settled.reason_code) == (S.HELD, HoldReason.CLOCK)
    assert channel.sent == []


# --- something else happens while it is prepared --------------------------------------------------------------------


def edit(desk: Desk) -> None:
    writing.revise(desk.office, desk.act(ANN), 1, desk.draft("Phone lines open at 9am."))


def withdraw(desk: Desk) -> None:
    desk.decide(BOB, 1, Choice.WITHDRAW)


def hold(desk: Desk) -> None:
    scheduling.hold(desk.office, desk.act(OLA), 1, reason="wait")


def cancel(desk: Desk) -> None:
    writing.cancel(desk.office, desk.act(ANN), 1)


def move_on(desk: Desk) -> None:
    scheduling.schedule(desk.office, desk.act(ANN), 1, at=MONDAY + timedelta(hours=1))


MEANWHILE: dict[str, tuple[Callable[[Desk], None], DeliveryState]] = {
    "an edit": (edit, S.CANCELLED),
    "a withdrawn clearance": (withdraw, S.HELD),
    "a hold": (hold, S.HELD),
    "a cancellation": (cancel, S.CANCELLED),
    "a new time": (move_on, S.SCHEDULED),
    "a period": (block, S.HELD),
    "the stop": (lambda desk: desk.office.stop.set("fire"), S.HELD),
    "its lease": (lambda desk: desk.clock.forward(LEASE), S.SCHEDULED),
    "too much time": (lambda desk: desk.clock.forward(timedelta(minutes=16)), S.SCHEDULED),
}


@pytest.mark.parametrize("name", MEANWHILE)
def test_what_a_person_or_the_clock_does_while_a_post_is_prepared_wins(desk: Desk, name: str) -> None:
    happens, state = MEANWHILE[name]
    post = due_now(desk, category="announcement")
    channel = Scripted(on_stage=lambda: happens(desk))
    engine = publisher(desk, channel)
    settled = engine.deliver(engine.claim(1)[0])
    assert settled.state is state
    assert desk.delivery(post) == settled
    assert channel.sent == []
    assert attempts(desk, post) == []


def test_a_period_that_only_the_store_knows_holds_a_daemon_whose_files_are_older(desk: Desk) -> None:
    """The gate reads the declared periods in the intent transaction, whatever the daemon has in memory."""
    due_now(desk, category="announcement")
    in_memory = replace(desk.office, house=replace(desk.office.house, periods=()))
    channel = Scripted(on_stage=lambda: block(desk))
    engine = Publisher(in_memory, owner=Owner(name="daemon-1"), open_channel=channel, retries=RULES)
    assert engine.deliver(engine.claim(1)[0]).reason_code == HoldReason.BLOCKED
    assert channel.sent == []


def test_rules_that_are_adopted_hold_for_what_is_under_way(desk: Desk) -> None:
    due_now(desk, category="announcement")
    channel = Scripted()
    engine = publisher(desk, channel)
    house = desk.office.house
    blocked = replace(desk.office, house=replace(house, periods=(*house.periods, election())))
    channel.on_stage = lambda: engine.adopt(blocked)
    assert engine.deliver(engine.claim(1)[0]).reason_code == HoldReason.BLOCKED
    assert channel.sent == []


# --- fuse, lease and fence ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stalled", "sent"), [(1.0, 1), (1.01, 0)])
def test_a_machine_that_stalls_between_the_gate_and_the_request_sends_nothing(desk: Desk, stalled: float, sent: int) -> None:
    asked: list[None] = []

    def asleep() -> str:
        asked.append(None)
        desk.clock.booted += stalled if len(asked) == 2 else 0
        return ""

    post = due_now(desk)
    channel = Scripted()
    engine = publisher(desk, channel, doubt=asleep)
    settled = engine.deliver(engine.claim(1)[0])
    assert len(channel.sent) == sent
    assert settled.state is (S.PUBLISHED if sent else S.SCHEDULED)
    if not sent:
        assert attempts(desk, post) == [(1, "scheduled")]
        assert engine.deliver(engine.claim(1)[0]).state is S.PUBLISHED
        assert len(channel.sent) == 1


def test_a_worker_whose_claim_was_taken_over_touches_nothing_even_while_the_other_is_sending(desk: Desk) -> None:
    """A stale worker once took the other's `sending` for its own, and put it back in the queue: a second post."""
    post = due_now(desk)
    others: list[Delivery] = []

    def lose_it() -> None:
        desk.clock.forward(LEASE)
        (released,) = engine.tidy()
        assert released.state is S.SCHEDULED
        (again,) = engine.claim(1)
        others.append(engine._intend(again, {}).entry)

    channel = Scripted(on_stage=lose_it)
    engine = publisher(desk, channel)
    (claimed,) = engine.claim(1)
    engine.deliver(claimed)
    assert channel.sent == []
    assert desk.delivery(post) == others[0]
    assert (desk.delivery(post).state, desk.delivery(post).fence) == (S.SENDING, claimed.fence + 1)


def test_a_worker_whose_claim_was_taken_over_leaves_the_other_ones_claim_alone(desk: Desk) -> None:
    post = due_now(desk)
    others: list[Delivery] = []

    def lose_it() -> None:
        desk.clock.forward(LEASE)
        engine.tidy()
        others.extend(engine.claim(1))

    channel = Scripted(on_stage=lose_it)
    engine = publisher(desk, channel)
    engine.deliver(engine.claim(1)[0])
    assert channel.sent == []
    assert [desk.delivery(post)] == others
    channel.on_stage = nothing
    assert engine.deliver(others[0]).state is S.PUBLISHED


@pytest.mark.parametrize("answer", [RECEIPT, RetryLater("429"), Rejected("403"), OutcomeUnknown("cut off")])
def test_news_of_an_earlier_try_never_moves_the_one_that_is_under_way(desk: Desk, answer: Receipt | Exception) -> None:
    post = due_now(desk)
    channel = Scripted(answer=answer)
    engine = publisher(desk, channel)
    others: list[Delivery] = []

    def given_up_and_tried_again() -> None:
        silence(desk, engine)
        scheduling.resolve(desk.office, desk.act(OLA), post, not_published=True)
        scheduling.schedule(desk.office, desk.act(ANN), post, at=desk.clock.now())
        others.append(engine._intend(engine.claim(1)[0], {}).entry)

    channel.on_commit = given_up_and_tried_again
    engine.deliver(engine.claim(1)[0])
    kept = {"remote_id": RECEIPT.remote_id, "remote_url": RECEIPT.url} if answer is RECEIPT else {}
    assert desk.delivery(post) == replace(others[0], **kept)  # type: ignore[arg-type]  # built by name
    assert others[0].state is S.SENDING
    assert attempts(desk, post) == [(1, "not published"), (2, "")]
    assert ("delivery.late-proof" in actions(desk, post)) is (answer is RECEIPT)


def test_another_daemons_claim_is_not_ours(desk: Desk) -> None:
    post = due_now(desk)
    channel = Scripted()
    (claimed,) = publisher(desk, channel, name="daemon-1").claim(1)
    assert publisher(desk, channel, name="daemon-2").deliver(claimed).state is S.CLAIMED
    assert channel.sent == []
    assert desk.delivery(post) == claimed


def test_a_claim_that_is_given_twice_is_sent_once(desk: Desk) -> None:
    due_now(desk)
    channel = Scripted()
    engine = publisher(desk, channel)
    (claimed,) = engine.claim(1)
    assert engine.deliver(claimed).state is S.PUBLISHED
    assert engine.deliver(claimed).state is S.PUBLISHED
    assert len(channel.sent) == 1


# --- claiming -------------------------------------------------------------------------------------------------------


def test_nothing_is_claimed_early(desk: Desk) -> None:
    post = desk.queued(MONDAY + timedelta(seconds=60))
    engine = publisher(desk, Scripted())
    desk.clock.forward(timedelta(seconds=60) - timedelta(microseconds=1))
    assert engine.claim(4) == ()
    desk.clock.forward(timedelta(microseconds=1))
    assert [entry.post for entry in engine.claim(4)] == [post]


def test_nothing_is_claimed_that_is_due_after_the_moment_that_can_be_believed(desk: Desk) -> None:
    desk.queued(MONDAY + timedelta(hours=1))
    engine = publisher(desk, Scripted())
    desk.clock.forward(timedelta(days=1))
    assert engine.claim(4, not_after=MONDAY) == ()
    assert len(engine.claim(4, not_after=MONDAY + timedelta(hours=1))) == 1


# --- the store fails ------------------------------------------------------------------------------------------------


class Shaky:
    """A store that is busy for the next `busy` write blocks."""

    def __init__(self, store: Store, fault: ProductError | None = None) -> None:
        self._store = store
        self._fault = fault or TryAgain("busy")
        self.busy = 0

    @contextmanager
    def write(self, *, last: Callable[[], object] | None = None) -> Iterator[Writer]:
        if self.busy:
            self.busy -= 1
            raise self._fault
        with self._store.write(last=last) as tx:
            yield tx

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def shaky(desk: Desk, fault: ProductError | None = None) -> Shaky:
    return Shaky(desk.office.store, fault)


def test_a_busy_store_gets_the_outcome_as_soon_as_it_can_take_it(desk: Desk) -> None:
    post = due_now(desk)
    store, waits = shaky(desk), list[float]()
    channel = Scripted(on_commit=lambda: setattr(store, "busy", 2))
    engine = publisher(desk, channel, store=store, waits=waits)  # type: ignore[arg-type]  # it hands everything else on
    assert engine.deliver(engine.claim(1)[0]).state is S.PUBLISHED
    assert waits == [0.05, 0.1]
    assert len(channel.sent) == 1
    assert desk.delivery(post).remote_url == RECEIPT.url


def test_a_store_that_is_busy_before_the_intent_leaves_the_claim_to_be_carried_again(desk: Desk) -> None:
    due_now(desk)
    store = shaky(desk)
    channel = Scripted(on_stage=lambda: setattr(store, "busy", 1))
    engine = publisher(desk, channel, store=store)  # type: ignore[arg-type]  # it hands everything else on
    (claimed,) = engine.claim(1)
    with pytest.raises(TryAgain):
        engine.deliver(claimed)
    assert channel.sent == []
    channel.on_stage = nothing
    assert engine.deliver(claimed).state is S.PUBLISHED
    assert len(channel.sent) == 1


def test_a_store_that_is_lost_after_the_request_leaves_the_intent_on_record(desk: Desk) -> None:
    """What is found later is `sending`, and recovery makes it unknown."""
    post = due_now(desk)
    store = shaky(desk, StoreUnusable("moved away"))
    engine = publisher(desk, Scripted(on_commit=lambda: setattr(store, "busy", 1)), store=store)  # type: ignore[arg-type]  # it hands everything else on
    with pytest.raises(StoreUnusable):
        engine.deliver(engine.claim(1)[0])
    assert desk.delivery(post).state is S.SENDING
    (lost,) = engine.recover()
    assert (lost.state, lost.reason_code) == (S.UNKNOWN, "outcome-unknown")


# --- a platform that takes nothing for a while ----------------------------------------------------------------------

BUSY = RetryLater("Too many posts.", after=timedelta(minutes=10))


def limits(desk: Desk) -> list[tuple[str, timedelta]]:
    with desk.office.store.read() as reader:
        return [(limit.account, limit.until - desk.clock.now()) for limit in reader.rate_limits()]


@pytest.mark.parametrize("channel", [Scripted(answer=BUSY), Scripted(staging=BUSY)], ids=["sending", "preparing"])
def test_a_rate_limit_closes_the_account_for_every_delivery_also_after_a_restart(desk: Desk, channel: Scripted) -> None:
    first, second, third = due_now(desk), due_now(desk, "Second."), due_now(desk, "Third.", accounts=("agency",))
    engine = publisher(desk, channel)
    for claimed in engine.claim(1):
        assert engine.deliver(claimed).state is S.SCHEDULED
    assert limits(desk) == [("dept", timedelta(minutes=10))]
    assert "account.rate-limited" in actions_of_all(desk)
    good = Scripted()
    restarted = publisher(desk, good, name="daemon-2")
    settled = [restarted.deliver(claimed) for claimed in restarted.claim(4)]
    assert {entry.post: entry.state for entry in settled} == {second: S.SCHEDULED, third: S.PUBLISHED}
    waiting = desk.delivery(second)
    assert (waiting.reason_code, waiting.attempts) == ("rate-limited", 0)
    assert "The platform takes nothing from dept until" in waiting.reason
    assert "Too many posts." in waiting.reason
    assert restarted.claim(4) == ()
    desk.clock.forward(timedelta(minutes=10))
    for _ in range(2):
        for claimed in restarted.claim(4):
            restarted.deliver(claimed)
    assert {desk.delivery(post).state for post in (first, second)} == {S.PUBLISHED}
    assert len(good.sent) == 3


def test_what_would_be_too_late_when_the_platform_takes_posts_again_is_missed_now(desk: Desk) -> None:
    due_now(desk)
    late = due_now(desk, "Second.")
    engine = publisher(desk, Scripted(answer=RetryLater("429", after=timedelta(hours=1))))
    engine.deliver(engine.claim(1)[0])
    missed = engine.deliver(engine.claim(1)[0])
    assert (missed.post, missed.state, missed.reason_code) == (late, S.MISSED, "too-late")
    assert "until" in missed.reason


def test_a_shorter_limit_does_not_shorten_what_is_known_and_a_bare_refusal_closes_nothing(desk: Desk) -> None:
    due_now(desk)
    channel = Scripted(answer=RetryLater("no route"))
    engine = publisher(desk, channel)
    engine.deliver(engine.claim(1)[0])
    assert limits(desk) == []
    channel.answer = BUSY
    desk.clock.forward(timedelta(minutes=1))
    (claimed,) = engine.claim(1)
    channel.on_commit = lambda: outcome_elsewhere(desk, timedelta(minutes=12))
    engine.deliver(claimed)
    assert limits(desk) == [("dept", timedelta(minutes=12))]


def outcome_elsewhere(desk: Desk, span: timedelta) -> None:
    """Another daemon has heard of a longer limit meanwhile."""
    now = desk.clock.now()
    with desk.office.store.write() as tx:
        outcomes.limit_account(tx, Owner(name="other"), RateLimit(account="dept", until=now + span, reason="429", at=now))


def actions_of_all(desk: Desk) -> set[str]:
    with desk.office.store.read() as reader:
        assert verify(reader.entries()).ok
        return {entry.action for entry in reader.entries()}


def test_a_wait_beyond_the_last_date_is_a_day(desk: Desk) -> None:
    due_now(desk)
    engine = publisher(desk, Scripted(answer=RetryLater("429", after=timedelta.max)))
    engine.deliver(engine.claim(1)[0])
    assert limits(desk) == [("dept", timedelta(days=1))]


# --- a long preparation ---------------------------------------------------------------------------------------------


def test_a_long_preparation_keeps_its_claim_while_its_worker_lives_and_the_post_is_not_late(desk: Desk) -> None:
    post = due_now(desk)
    channel = Scripted()
    engine = publisher(desk, channel)

    def upload() -> None:
        for _ in range(10):
            desk.clock.forward(timedelta(seconds=46))
            assert [entry for entry in engine.tidy() if entry.state is not S.CLAIMED] == []

    channel.on_stage = upload
    assert engine.deliver(engine.claim(1)[0]).state is S.PUBLISHED
    assert actions(desk, post).count("delivery.claim-renewed") == 10


def test_a_claim_is_not_renewed_for_a_post_that_is_late_by_now(desk: Desk) -> None:
    post = due_now(desk)
    channel = Scripted()
    engine = publisher(desk, channel)

    def upload() -> None:
        for _ in range(25):
            desk.clock.forward(timedelta(seconds=46))
            engine.tidy()

    channel.on_stage = upload
    assert engine.deliver(engine.claim(1)[0]).state is S.SCHEDULED
    assert channel.sent == []
    assert engine.deliver(engine.claim(1)[0]).state is S.MISSED
    assert desk.delivery(post).attempts == 0


def test_a_claim_whose_worker_is_gone_runs_out(desk: Desk) -> None:
    """Claimed and never carried out, or carried by a thread that died: nobody renews it."""
    post = due_now(desk)
    channel = Scripted(on_stage=die)
    engine = publisher(desk, channel)
    (claimed,) = engine.claim(1)
    with pytest.raises(SystemExit):
        engine.deliver(claimed)
    desk.clock.forward(timedelta(seconds=60))
    assert engine.tidy() == ()
    desk.clock.forward(timedelta(seconds=30))
    (back,) = engine.tidy()
    assert (back.post, back.state) == (post, S.SCHEDULED)


def die() -> None:
    raise SystemExit


def test_a_renewal_never_touches_a_claim_that_somebody_else_has_taken_over(desk: Desk) -> None:
    due_now(desk)
    channel = Scripted()
    engine, other = publisher(desk, channel), publisher(desk, Scripted(), name="daemon-2")

    def taken_over() -> None:
        desk.clock.forward(LEASE)
        other.tidy()
        (theirs,) = other.claim(1)
        desk.clock.forward(timedelta(seconds=60))
        engine.tidy()
        assert desk.delivery(theirs.post).lease_until == theirs.lease_until

    channel.on_stage = taken_over
    engine.deliver(engine.claim(1)[0])
    assert channel.sent == []


# --- recovery, and news that comes late -----------------------------------------------------------------------------


def test_recovery_gives_back_what_was_claimed_and_loses_what_was_being_sent(desk: Desk) -> None:
    claimed_post, sending_post = due_now(desk), due_now(desk, "Second.", accounts=("agency",))
    dead = publisher(desk, Scripted(), name="dead")
    first, second = dead.claim(2)
    dead._intend(second, {})
    channel = Scripted()
    engine = publisher(desk, channel, name="next")
    assert [entry.post for entry in engine.recover()] == [sending_post]
    assert desk.delivery(claimed_post).state is S.SCHEDULED
    assert desk.delivery(sending_post).state is S.UNKNOWN
    assert engine.recover() == ()
    assert [engine.deliver(entry).post for entry in engine.claim(4)] == [claimed_post]
    assert [outgoing.account for outgoing in channel.sent] == ["dept"]
    assert "delivery.unclaimed" in actions(desk, claimed_post)
    assert actions(desk, sending_post)[-1] == "delivery.unknown"
    assert first.post == claimed_post


def silence(desk: Desk, engine: Publisher) -> None:
    """No answer for longer than any request lasts, and the heartbeat notices."""
    desk.clock.forward(LEASE + timedelta(seconds=59))
    assert engine.tidy() == ()
    desk.clock.forward(timedelta(seconds=1))
    (lost,) = engine.tidy()
    assert lost.state is S.UNKNOWN


def test_proof_that_comes_after_a_send_was_given_up_is_accepted(desk: Desk) -> None:
    post = due_now(desk)
    channel = Scripted()
    engine = publisher(desk, channel)
    channel.on_commit = lambda: silence(desk, engine)
    assert engine.deliver(engine.claim(1)[0]).state is S.PUBLISHED
    assert desk.delivery(post).remote_url == RECEIPT.url
    assert attempts(desk, post) == [(1, "published")]


def test_other_late_news_of_a_send_that_was_given_up_is_left_to_the_person_who_looks(desk: Desk) -> None:
    post = due_now(desk)
    channel = Scripted(answer=RetryLater("429"))
    engine = publisher(desk, channel)
    channel.on_commit = lambda: silence(desk, engine)
    assert engine.deliver(engine.claim(1)[0]).state is S.UNKNOWN
    assert desk.delivery(post).state is S.UNKNOWN
    assert engine.claim(4) == ()


def _nothing(desk: Desk, post: int) -> None:
    """It stays on hold."""


def _rescheduled(desk: Desk, post: int) -> None:
    scheduling.schedule(desk.office, desk.act(ANN), post, at=desk.clock.now())


def _cancelled(desk: Desk, post: int) -> None:
    writing.cancel(desk.office, desk.act(ANN), post)


def _cancelled_and_edited(desk: Desk, post: int) -> None:
    _cancelled(desk, post)
    writing.revise(desk.office, desk.act(ANN), post, desk.draft("Other words."))


def _missed(desk: Desk, post: int) -> None:
    _rescheduled(desk, post)
    desk.clock.forward(timedelta(hours=1))
    other = publisher(desk, Scripted(), name="daemon-2")
    assert other.deliver(other.claim(1)[0]).state is S.MISSED


def _edited_and_queued_anew(desk: Desk, post: int) -> None:
    _cancelled_and_edited(desk, post)
    writing.submit(desk.office, desk.act(ANN), post)
    desk.decide(BOB, post)
    scheduling.schedule(desk.office, desk.act(ANN), post, at=desk.clock.now())


@pytest.mark.parametrize("then", [_nothing, _rescheduled, _cancelled, _cancelled_and_edited, _missed])
def test_proof_that_comes_after_a_person_said_not_published_publishes_it_whatever_was_done_since(
    desk: Desk, then: Callable[[Desk, int], None]
) -> None:
    post = due_now(desk)
    channel = Scripted()
    engine = publisher(desk, channel)

    def given_up() -> None:
        silence(desk, engine)
        scheduling.resolve(desk.office, desk.act(OLA), post, not_published=True)
        then(desk, post)

    channel.on_commit = given_up
    settled = engine.deliver(engine.claim(1)[0])
    assert (settled.state, settled.remote_url) == (S.PUBLISHED, RECEIPT.url)
    assert desk.delivery(post).state is S.PUBLISHED
    desk.clock.forward(timedelta(minutes=1))
    assert engine.claim(4) == ()
    assert len(channel.sent) == 1
    assert actions(desk, post)[-1] == "delivery.published"
    with pytest.raises(ProductError):
        scheduling.schedule(desk.office, desk.act(ANN), post, at=desk.clock.now())


def test_proof_of_an_earlier_text_holds_the_later_one_that_is_queued(desk: Desk) -> None:
    post = due_now(desk)
    channel = Scripted()
    engine = publisher(desk, channel)

    def given_up() -> None:
        silence(desk, engine)
        scheduling.resolve(desk.office, desk.act(OLA), post, not_published=True)
        _edited_and_queued_anew(desk, post)

    channel.on_commit = given_up
    assert engine.deliver(engine.claim(1)[0]).state is S.PUBLISHED
    later = desk.delivery(post)
    assert (later.revision, later.state, later.reason_code) == (2, S.HELD, HoldReason.ALREADY_PUBLIC)
    assert RECEIPT.url in later.reason
    assert engine.claim(4) == ()
    with pytest.raises(WrongState):
        scheduling.schedule(desk.office, desk.act(ANN), post, at=desk.clock.now())


@pytest.mark.parametrize("answer", [RetryLater("429"), Rejected("never"), OutcomeUnknown("cut off"), NeedsLogin("401")])
def test_proof_that_comes_while_a_later_try_is_under_way_is_kept_for_its_end(desk: Desk, answer: Exception) -> None:
    """Whatever that one's answer is, the post is published and is not tried a third time."""
    post = due_now(desk)
    first, second = Scripted(), Scripted(answer=answer)
    engine = publisher(desk, first)
    later = publisher(desk, second, name="daemon-2")

    def given_up() -> None:
        silence(desk, engine)
        scheduling.resolve(desk.office, desk.act(OLA), post, not_published=True)
        _rescheduled(desk, post)
        under_way.extend(later.claim(1))
        under_way[0] = later._intend(under_way[0], {}).entry

    under_way: list[Delivery] = []
    first.on_commit = given_up
    assert engine.deliver(engine.claim(1)[0]).state is S.SENDING
    ready = later._prepare(under_way[0])
    settled = later._conclude(under_way[0], later._send(ready, under_way[0]))
    assert (settled.state, settled.remote_url) == (S.PUBLISHED, RECEIPT.url)
    desk.clock.forward(timedelta(hours=1))
    assert later.claim(4) == ()


def test_proof_of_an_earlier_try_outlives_the_daemon_of_the_later_one(desk: Desk) -> None:
    post = due_now(desk)
    first = Scripted()
    engine = publisher(desk, first)
    later = publisher(desk, Scripted(), name="daemon-2")

    def given_up() -> None:
        silence(desk, engine)
        scheduling.resolve(desk.office, desk.act(OLA), post, not_published=True)
        _rescheduled(desk, post)
        later._intend(later.claim(1)[0], {})

    first.on_commit = given_up
    assert engine.deliver(engine.claim(1)[0]).state is S.SENDING
    assert publisher(desk, Scripted(), name="daemon-3").recover() == ()
    assert (desk.delivery(post).state, desk.delivery(post).remote_url) == (S.PUBLISHED, RECEIPT.url)


def test_an_unknown_outcome_is_never_claimed_again(desk: Desk) -> None:
    post = due_now(desk)
    engine = publisher(desk, Scripted(answer=OutcomeUnknown("cut off")))
    engine.deliver(engine.claim(1)[0])
    desk.clock.forward(timedelta(days=1))
    assert engine.claim(4) == ()
    assert engine.tidy() == ()
    assert engine.recover() == ()
    assert desk.delivery(post).state is S.UNKNOWN


def test_a_pause_outlives_the_daemon_that_set_it(desk: Desk) -> None:
    due_now(desk)
    engine = publisher(desk, Scripted(answer=NeedsLogin("401")))
    engine.deliver(engine.claim(1)[0])
    with desk.office.store.read() as reader:
        (pause,) = reader.pauses()
    assert isinstance(pause, Pause)
    assert "credentials" in pause.reason


def test_without_room_to_record_no_intent_is_written_and_nothing_is_sent(desk: Desk) -> None:
    """The disk filled up while the delivery was being prepared."""
    channel = Scripted()
    post = due_now(desk)
    maker = publisher(desk, channel)
    (claimed,) = maker.claim(1)

    def full() -> None:
        raise TryAgain("Less than 20 MB are free.")

    maker._check_room = full
    for _ in range(2):
        with pytest.raises(TryAgain, match="20 MB"):
            maker.deliver(claimed)
    assert desk.delivery(post).state is S.CLAIMED
    assert attempts(desk, post) == []
    assert channel.sent == []
    maker._check_room = bool
    assert maker.deliver(claimed).state is S.PUBLISHED
