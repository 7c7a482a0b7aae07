"""An unknown outcome is settled by looking: found is published; "not there" is believed late, twice and apart, and never sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import looking_up, scheduling
from purdah_scheduler.application.answers import (
    AccountCheck,
    AlreadyPublished,
    Limits,
    NeedsLogin,
    OutcomeUnknown,
    Proof,
    Receipt,
    RetryLater,
)
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.outcomes import Owner
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.application.views import post_view
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.content import Outgoing, Problem
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason, Seen
from purdah_scheduler.errors import BadSetup, NotAllowed, WrongState
from tests.application.desk import ALF, OLA, Desk

S = DeliveryState
RECEIPT = Receipt(remote_id="42", url="https://example.org/42")
LAG = timedelta(minutes=5)
PROVES = Proof(presence=True, absence=True, lag=LAG)
BELIEVED = LAG + timedelta(seconds=60)
"""How long after the outcome became unknown "not there" begins to count: the longest request, and the platform's lag."""


class Killed(BaseException):
    """The daemon is gone."""


@dataclass
class Platform:
    """Never answers a request clearly, unless told; shows in a look-up what `shows` says."""

    shows: Receipt | Exception | None = None
    answer: BaseException = field(default_factory=lambda: OutcomeUnknown("The line was cut."))
    proof: Proof = PROVES
    limits = Limits(max_length=280, unit="characters")
    ends_at = None
    looks: list[Outgoing] = field(default_factory=list)
    sent: int = 0

    def validate(self, outgoing: Outgoing) -> tuple[Problem, ...]:
        return ()

    def check_account(self) -> AccountCheck:
        return AccountCheck(ok=True, handle="dept", detail="")

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:
        return dict(staged)

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        self.sent += 1
        raise self.answer

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:
        self.looks.append(outgoing)
        if isinstance(self.shows, Exception):
            raise self.shows
        return self.shows

    def delete(self, remote_id: str) -> None:
        raise AssertionError("nothing is deleted here")

    def __call__(self, account: Account) -> Channel:
        return self


def engine_of(desk: Desk, platform: Platform, name: str = "daemon-1") -> Publisher:
    return Publisher(desk.office, owner=Owner(name=name), open_channel=platform)


def unknown(desk: Desk, engine: Publisher, text: str = "Phone lines open at 8am.", **changes: object) -> int:
    """A post that was sent and got no clear answer."""
    post = desk.queued(desk.clock.now(), text, **changes)
    engine.deliver(engine.claim(1)[0])
    assert desk.delivery(post).state is S.UNKNOWN
    return post


def look(desk: Desk, engine: Publisher, post: int, after: timedelta = timedelta(0)) -> Delivery:
    desk.clock.forward(after)
    return engine.look_up(desk.delivery(post))


def seen(desk: Desk, post: int) -> list[Seen]:
    with desk.office.store.read() as reader:
        return [made.outcome for made in reader.look_ups(desk.delivery(post).id)]


def test_what_is_found_is_published_with_its_receipt_and_how_it_was_found(desk: Desk) -> None:
    platform = Platform(shows=RECEIPT)
    engine = engine_of(desk, platform)
    post = unknown(desk, engine)
    found = look(desk, engine, post, timedelta(seconds=5))
    assert (found.state, found.remote_id, found.remote_url) == (S.PUBLISHED, "42", RECEIPT.url)
    with desk.office.store.read() as reader:
        assert verify(reader.entries()).ok
        last = next(reader.entries(post=post, newest_first=True))
    assert last.action == "delivery.published"
    assert (last.facts["found_by"], last.facts["url"]) == ("look-up", RECEIPT.url)
    assert platform.sent == 1


def test_not_there_is_believed_late_and_twice_and_then_a_person_chooses(desk: Desk) -> None:
    platform = Platform()
    engine = engine_of(desk, platform)
    post = unknown(desk, engine)
    assert look(desk, engine, post, timedelta(seconds=5)).state is S.UNKNOWN
    assert look(desk, engine, post, BELIEVED - timedelta(seconds=6)).state is S.UNKNOWN, "too early to count"
    assert look(desk, engine, post, timedelta(seconds=1)).state is S.UNKNOWN, "the first that counts"
    assert look(desk, engine, post, timedelta(seconds=59)).state is S.UNKNOWN, "not apart"
    held = look(desk, engine, post, timedelta(seconds=1))
    assert (held.state, held.reason_code) == (S.HELD, HoldReason.NOT_SENT)
    assert "Looked up at 09:06: not found; looked up again at 09:07: not found" in held.reason
    desk.clock.forward(timedelta(days=1))
    assert engine.claim(4) == ()
    assert engine.to_look_up() == ()
    assert platform.sent == 1
    assert "post schedule" in post_view(desk.office, post).accounts[0].next_step


def test_the_reason_says_what_was_seen_and_when(desk: Desk) -> None:
    engine = engine_of(desk, Platform())
    post = unknown(desk, engine)
    for _ in range(3):
        look(desk, engine, post, timedelta(minutes=1))
    reason = desk.delivery(post).reason
    assert reason == ("The line was cut. Looked up at 09:02: not found; looked up again at 09:03: not found (3 looks in all).")


def test_a_look_without_a_clear_answer_begins_the_two_anew(desk: Desk) -> None:
    platform = Platform()
    engine = engine_of(desk, platform)
    post = unknown(desk, engine)
    look(desk, engine, post, BELIEVED)
    platform.shows = RetryLater("not now")
    look(desk, engine, post, timedelta(minutes=2))
    platform.shows = None
    assert look(desk, engine, post, timedelta(minutes=2)).state is S.UNKNOWN
    assert look(desk, engine, post, timedelta(minutes=1)).state is S.HELD


UNPROVEN = {
    "the channel cannot prove it": Platform(proof=Proof(presence=True, absence=False, lag=LAG)),
    "the platform called it a duplicate": Platform(answer=AlreadyPublished("had it")),
}


@pytest.mark.parametrize("name", UNPROVEN)
def test_absence_that_cannot_be_proven_is_never_believed(desk: Desk, name: str) -> None:
    platform = replace(UNPROVEN[name], looks=[])
    engine = engine_of(desk, platform)
    post = unknown(desk, engine)
    for _ in range(6):
        assert look(desk, engine, post, BELIEVED).state is S.UNKNOWN
    assert engine.to_look_up() == (), "the daemon has given up and leaves it to people"


def test_while_a_request_may_still_be_on_its_way_absence_is_not_believed(desk: Desk) -> None:
    """Given up as silent: its worker may live, and send yet."""
    platform = Platform(answer=Killed())
    engine = engine_of(desk, platform)
    post = desk.queued(desk.clock.now())
    with pytest.raises(Killed):
        engine.deliver(engine.claim(1)[0])
    desk.clock.forward(timedelta(minutes=10))
    engine.tidy()
    for _ in range(4):
        assert look(desk, engine, post, BELIEVED).state is S.UNKNOWN


def test_what_a_daemon_that_is_dead_for_certain_left_can_be_absent(desk: Desk) -> None:
    platform = Platform(answer=Killed())
    post = desk.queued(desk.clock.now())
    dead = engine_of(desk, platform, "dead")
    with pytest.raises(Killed):
        dead.deliver(dead.claim(1)[0])
    desk.clock.forward(timedelta(hours=1))
    engine = engine_of(desk, platform, "next")
    engine.recover()
    assert look(desk, engine, post, timedelta(minutes=1)).state is S.UNKNOWN, "counted from when it was known to be dead"
    assert look(desk, engine, post, timedelta(minutes=1)).state is S.UNKNOWN
    assert look(desk, engine, post, BELIEVED).state is S.UNKNOWN
    assert look(desk, engine, post, timedelta(minutes=1)).state is S.HELD


def test_what_is_another_posts_receipt_proves_nothing(desk: Desk) -> None:
    """The same words, twice in a morning: the first one's post is not the second's."""
    platform = Platform(shows=RECEIPT)
    engine = engine_of(desk, platform)
    first = unknown(desk, engine)
    assert look(desk, engine, first, timedelta(seconds=5)).state is S.PUBLISHED
    second = unknown(desk, engine, "The same words.")
    assert look(desk, engine, second, timedelta(seconds=5)).state is S.UNKNOWN
    assert seen(desk, second) == [Seen.UNCLEAR]


@pytest.mark.parametrize("fault", [RetryLater("429"), NeedsLogin("401"), KeyError("data")])
def test_a_look_that_fails_settles_nothing_and_is_made_again_later_and_later(desk: Desk, fault: Exception) -> None:
    engine = engine_of(desk, Platform(shows=fault))
    post = unknown(desk, engine)
    pauses = []
    for _ in range(40):
        coming = engine.to_look_up()
        if not coming:
            break
        pauses.append(coming[0][0] - desk.clock.now())
        desk.clock.at = max(coming[0][0], desk.clock.at)
        assert look(desk, engine, post).state is S.UNKNOWN
    assert len(pauses) == len(seen(desk, post)) == 16, "bounded"
    assert max(pauses) == timedelta(hours=1)
    assert pauses == sorted(pauses)


def test_a_channel_that_cannot_be_opened_is_a_look_without_an_answer(desk: Desk) -> None:
    platform = Platform()
    post = unknown(desk, engine_of(desk, platform))

    def closed(account: Account) -> Channel:
        raise BadSetup("no tokens")

    engine = Publisher(desk.office, owner=Owner(name="d"), open_channel=closed)
    assert look(desk, engine, post, timedelta(seconds=5)).state is S.UNKNOWN
    assert seen(desk, post) == [Seen.UNCLEAR]


def test_what_the_platform_asks_to_wait_holds_for_the_whole_account(desk: Desk) -> None:
    platform = Platform(shows=RetryLater("429", after=timedelta(minutes=30)))
    engine = engine_of(desk, platform)
    first = unknown(desk, engine)
    unknown(desk, engine, "Second.")
    look(desk, engine, first, timedelta(seconds=5))
    assert [at - desk.clock.now() for at, _ in engine.to_look_up()] == [timedelta(minutes=30)] * 2


def test_a_person_who_settles_it_meanwhile_is_not_overruled(desk: Desk) -> None:
    platform = Platform(shows=RECEIPT)
    engine = engine_of(desk, platform)
    post = unknown(desk, engine)
    before = desk.delivery(post)
    scheduling.resolve(desk.office, desk.act(OLA), post, not_published=True)
    desk.clock.forward(timedelta(seconds=5))
    assert engine.look_up(before).state is S.HELD


def test_looks_of_an_earlier_try_do_not_count_for_a_later_one(desk: Desk) -> None:
    platform = Platform()
    engine = engine_of(desk, platform)
    post = unknown(desk, engine)
    look(desk, engine, post, BELIEVED)
    scheduling.resolve(desk.office, desk.act(OLA), post, not_published=True)
    scheduling.schedule(desk.office, desk.act(OLA), post, at=desk.clock.now())
    engine.deliver(engine.claim(1)[0])
    assert look(desk, engine, post, BELIEVED).state is S.UNKNOWN
    assert look(desk, engine, post, timedelta(minutes=1)).state is S.HELD
    assert {outgoing.not_before for outgoing in platform.looks} == {platform.looks[0].not_before}, "from the first try on"


def test_a_person_can_ask_for_a_look_now_and_the_daemon_makes_it(desk: Desk) -> None:
    platform = Platform(answer=AlreadyPublished("had it"))
    engine = engine_of(desk, platform)
    post = unknown(desk, engine)
    for _ in range(6):
        look(desk, engine, post, BELIEVED)
    assert engine.to_look_up() == ()
    looking_up.ask_for_look(desk.office, desk.act(OLA), post)
    ((at, entry),) = engine.to_look_up()
    assert (at, entry.post) == (desk.clock.now(), post)
    platform.shows = RECEIPT
    assert engine.look_up(entry).state is S.PUBLISHED


def test_only_who_may_settle_it_may_ask_and_only_where_it_is_unknown(desk: Desk) -> None:
    engine = engine_of(desk, Platform())
    post = unknown(desk, engine)
    with pytest.raises(NotAllowed):
        looking_up.ask_for_look(desk.office, desk.act(ALF), post)
    scheduling.resolve(desk.office, desk.act(OLA), post, not_published=True)
    with pytest.raises(WrongState):
        looking_up.ask_for_look(desk.office, desk.act(OLA), post)
