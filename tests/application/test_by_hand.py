"""Posting by hand: nothing is sent, the words are given through the same gate, and the same record says what became of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import by_hand, calendars, scheduling, stopping, writing
from purdah_scheduler.application.looking_up import wanted
from purdah_scheduler.application.outcomes import Owner
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.channels.manual import ManualChannel
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.people import Account, AccountKind
from purdah_scheduler.domain.periods import Body
from purdah_scheduler.domain.posts import IN_HAND, Delivery, DeliveryState, HoldReason
from purdah_scheduler.errors import BadInput, HeldByGate, NotAllowed, WrongState
from tests.application.desk import ALF, ANN, BOB, MONDAY, OLA, PAT, Desk, election

PAGE = Account(
    id="page",
    channel="manual-linkedin",
    handle="Department page",
    kind=AccountKind.DEPARTMENT,
    body=Body.UK_CIVIL_SERVICE,
    max_lateness=timedelta(hours=2),
)
WALL = replace(PAGE, id="wall", channel="manual-facebook", handle="Department wall")
ADDRESS = "https://www.linkedin.com/feed/update/7"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def hands(desk: Desk) -> Desk:
    """The desk with two accounts that people post on by hand."""
    house = desk.office.house
    desk.office = replace(desk.office, house=replace(house, accounts=(*house.accounts, PAGE, WALL)))
    return desk


def publisher(desk: Desk) -> Publisher:
    return Publisher(desk.office, owner=Owner(name="d1"), open_channel=ManualChannel)


def due(desk: Desk, text: str = "Phone lines open at 8am.", *, accounts: tuple[str, ...] = ("page",), **changes: object) -> int:
    """A cleared post for the page whose time has come, as the daemon leaves it."""
    post = desk.queued(desk.clock.now(), text, accounts=accounts, **changes)
    daemon = publisher(desk)
    for claimed in daemon.claim(10):
        daemon.deliver(claimed)
    return post


def taken(desk: Desk, post: int, account: str = "") -> by_hand.InHand:
    return by_hand.take(desk.office, desk.act(OLA), post, account=account)


def now_of(entry: Delivery) -> tuple[str, str]:
    return str(entry.state), entry.reason_code


def test_at_its_time_it_waits_for_a_person_and_nothing_was_tried(hands: Desk) -> None:
    post = due(hands)
    entry = hands.delivery(post)
    assert now_of(entry) == ("held", HoldReason.BY_HAND)
    with hands.office.store.read() as reader:
        assert reader.attempts(entry.id) == ()


def test_the_words_are_given_with_an_intent_on_record_and_the_address_settles_it(hands: Desk) -> None:
    post = due(hands, text="Phone lines open at 8am.")
    given = taken(hands, post)
    assert given.outgoing.text == "Phone lines open at 8am."
    assert given.account == PAGE
    entry = hands.delivery(post)
    assert now_of(entry) == ("unknown", IN_HAND)
    assert wanted(hands.office) == ()
    with hands.office.store.read() as reader:
        assert [attempt.owner for attempt in reader.attempts(entry.id)] == ["by hand: ola"]
        last = list(reader.entries())[-1]
        assert (last.action, last.facts["verdict"]) == ("delivery.in-hand", "allow")
        assert last.facts["clearances"] == ["press@1"]
    scheduling.resolve(hands.office, hands.act(OLA), post, published_url=ADDRESS)
    settled = hands.delivery(post)
    assert (settled.state, settled.remote_url) == (DeliveryState.PUBLISHED, ADDRESS)
    with hands.office.store.read() as reader:
        assert [attempt.outcome for attempt in reader.attempts(entry.id)] == ["published"]
        assert verify(reader.entries()).ok


def test_what_was_not_posted_waits_for_a_new_time(hands: Desk) -> None:
    post = due(hands)
    taken(hands, post)
    scheduling.resolve(hands.office, hands.act(OLA), post, not_published=True)
    assert now_of(hands.delivery(post)) == ("held", HoldReason.NOT_SENT)


def block(desk: Desk, post: int) -> None:
    del post
    calendars.declare(desk.office, desk.act(PAT), election())


def stop(desk: Desk, post: int) -> None:
    del post
    stopping.pause(desk.office, desk.act(ALF), reason="Drill")


def reject(desk: Desk, post: int) -> None:
    desk.decide(BOB, post, Choice.REJECT, reason="No")


def suspend(desk: Desk, post: int) -> None:
    del post
    stopping.suspend(desk.office, desk.act(OLA), "bob")


def wait_too_long(desk: Desk, post: int) -> None:
    del post
    desk.clock.forward(PAGE.max_lateness + MINUTE)


AGAINST: dict[str, tuple[Callable[[Desk, int], None], str]] = {
    "a period that was declared meanwhile": (block, "election"),
    "the emergency stop": (stop, "stopped"),
    "a rejection": (reject, "rejected"),
    "a clearance by somebody who has left": (suspend, "clearance"),
    "more than the account's lateness": (wait_too_long, "late"),
}


@pytest.mark.parametrize("name", AGAINST)
@pytest.mark.parametrize("in_hand", [False, True], ids=["waiting", "in hand"])
def test_the_gate_is_asked_each_time_that_the_words_are_given_and_a_no_changes_nothing(
    hands: Desk, name: str, in_hand: bool
) -> None:
    post = due(hands, category="announcement")
    if in_hand:
        taken(hands, post)
    against, words = AGAINST[name]
    against(hands, post)
    before = hands.delivery(post)
    with hands.office.store.read() as reader:
        entries = len(list(reader.entries()))
    with pytest.raises(HeldByGate) as refused:
        taken(hands, post)
    assert words in str(refused.value)
    assert "must not be posted" in str(refused.value) if in_hand else "may not be posted" in str(refused.value)
    assert hands.delivery(post) == before
    with hands.office.store.read() as reader:
        assert len(list(reader.entries())) == entries


def test_the_last_moment_is_in_time(hands: Desk) -> None:
    post = due(hands)
    hands.clock.forward(PAGE.max_lateness)
    assert publisher(hands).tidy() == ()
    assert taken(hands, post).delivery.state is DeliveryState.UNKNOWN


def test_what_nobody_posts_in_time_is_missed(hands: Desk) -> None:
    post = due(hands)
    hands.clock.forward(PAGE.max_lateness + MINUTE)
    assert [entry.id for entry in publisher(hands).tidy()] == [hands.delivery(post).id]
    assert now_of(hands.delivery(post)) == ("missed", "too-late")
    with pytest.raises(WrongState, match="Nothing of post"):
        taken(hands, post)


def test_what_somebody_has_in_hand_is_never_called_missed(hands: Desk) -> None:
    post = due(hands)
    taken(hands, post)
    hands.clock.forward(timedelta(days=2))
    publisher(hands).tidy()
    assert now_of(hands.delivery(post)) == ("unknown", IN_HAND)


def test_of_two_accounts_one_is_named(hands: Desk) -> None:
    post = due(hands, accounts=("page", "wall"))
    with pytest.raises(BadInput, match="page, wall"):
        taken(hands, post)
    assert taken(hands, post, "wall").account == WALL
    assert taken(hands, post, "page").account == PAGE


def test_before_its_time_there_is_nothing_to_take(hands: Desk) -> None:
    post = hands.queued(MONDAY + timedelta(hours=1), accounts=("page",))
    with pytest.raises(WrongState):
        taken(hands, post)
    assert hands.delivery(post).state is DeliveryState.SCHEDULED


def test_only_a_publisher_is_given_the_words(hands: Desk) -> None:
    post = due(hands)
    with pytest.raises(NotAllowed):
        by_hand.take(hands.office, hands.act(ANN), post)
    assert now_of(hands.delivery(post)) == ("held", HoldReason.BY_HAND)


def test_an_edit_while_it_waits_asks_for_a_new_clearance_first(hands: Desk) -> None:
    post = due(hands)
    writing.revise(hands.office, hands.act(ANN), post, hands.draft("Other words.", accounts=("page",)))
    with pytest.raises(WrongState):
        taken(hands, post)
