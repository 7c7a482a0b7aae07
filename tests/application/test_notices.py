"""From the record to what people are told: one message an incident, nothing lost, nothing in the way of a post."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import time, timedelta

import pytest

from purdah_scheduler.application import calendars, noticing, scheduling, telling, writing
from purdah_scheduler.application.notice_ports import NotTold
from purdah_scheduler.domain.clearance import Choice, Stage
from purdah_scheduler.domain.notices import (
    Message,
    Notice,
    NoticeKind,
    NoticeRules,
    NoticeState,
    QuietHours,
    Subscriber,
    Way,
    WayKind,
)
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.posts import Heartbeat
from tests.application.desk import ANN, BOB, MONDAY, OLA, PAT, Desk, election

ROOM, MAIL = Way(id="room", kind=WayKind.COMMAND, command=("/bin/true",)), Way(id="mail", kind=WayKind.APPRISE)
K = NoticeKind


@dataclass
class Listener:
    """Takes every message, or says why not."""

    fault: str = ""
    heard: list[tuple[str, Message]] = field(default_factory=list)
    before: Callable[[], object] = bool

    def tell(self, way: Way, message: Message) -> None:
        self.before()
        if self.fault:
            raise NotTold(self.fault)
        self.heard.append((way.id, message))

    @property
    def kinds(self) -> list[str]:
        return [message.kind for _, message in self.heard]


def with_rules(desk: Desk, **changes: object) -> Desk:
    base = NoticeRules(
        ways=(ROOM, MAIL),
        subscribers=(
            Subscriber(person="ann", ways=("room",)),
            Subscriber(person="bob", ways=("room",)),
            Subscriber(person="pat", ways=("mail",), kinds=frozenset({K.CLEARANCE, K.SIGN_OFF, K.UNKNOWN, K.DECLARED})),
        ),
    )
    rules = replace(base, **changes)  # type: ignore[arg-type]  # built by name
    desk.office = replace(desk.office, house=replace(desk.office.house, notices=rules, periods=()))
    noticing.gather(desk.office)
    return desk


@pytest.fixture
def told(desk: Desk) -> Desk:
    """A desk whose people are told; what is on record before is not told."""
    return with_rules(desk)


def pass_on(desk: Desk, listener: Listener, *, after: timedelta = noticing.SETTLE) -> list[Notice]:
    """Gather, let the notices settle, and tell; returns what was tried."""
    tried: list[Notice] = []
    while noticing.gather(desk.office):
        pass
    desk.clock.forward(after)
    telling.tell_ready(desk.office, listener, told=tried.append, go_on=lambda: True)
    return tried


def book(desk: Desk) -> tuple[Notice, ...]:
    with desk.office.store.notices() as reader:
        return reader.notices(limit=100)


def test_people_who_can_clear_are_told_and_nobody_else(told: Desk) -> None:
    post = told.write("Secret words of the post.")
    writing.submit(told.office, told.act(ANN), post)
    listener = Listener()
    pass_on(told, listener)
    assert sorted((way, message.people, message.kind) for way, message in listener.heard) == [
        ("mail", ("pat",), "clearance-wanted"),
        ("room", ("bob",), "clearance-wanted"),
    ]
    message = listener.heard[0][1]
    assert f"purdah-scheduler post show {post}" in message.text
    assert message.subject == f"[Department for Tests] Post {post} waits for your clearance"


def test_no_notice_holds_the_words_of_a_post(told: Desk) -> None:
    writing.submit(told.office, told.act(ANN), told.write("Secret words of the post.", title="A title"))
    listener = Listener()
    pass_on(told, listener)
    assert "A title" in listener.heard[0][1].text
    assert "Secret" not in repr(listener.heard)
    assert "title" not in repr(book(told))


def test_a_yes_is_told_to_the_people_of_the_next_stage_alone(told: Desk) -> None:
    chain = (Stage(id="press", label="Press", role=Role.APPROVER), Stage(id="legal", label="Legal", role=Role.PROPRIETY))
    told.office = replace(told.office, house=replace(told.office.house, chain=chain))
    post = told.write()
    writing.submit(told.office, told.act(ANN), post)
    pass_on(told, Listener())
    told.decide(BOB, post)
    listener = Listener()
    pass_on(told, listener)
    assert [(way, message.people) for way, message in listener.heard] == [("mail", ("pat",))]


def test_a_period_that_holds_many_posts_is_one_message_with_a_list(told: Desk) -> None:
    posts = [told.queued(MONDAY + timedelta(days=2, minutes=n), category="announcement") for n in range(60)]
    listener = Listener()
    pass_on(told, listener)
    listener.heard.clear()
    calendars.declare(told.office, told.act(PAT), election(starts=MONDAY + timedelta(days=1, hours=12)))
    pass_on(told, listener, after=timedelta(minutes=1))
    room = [message for way, message in listener.heard if way == "room" and message.kind == "period-declared"]
    assert len(room) == 1
    assert "and holds 60" in room[0].subject
    assert [post for post, _, _ in room[0].posts] == posts[: noticing.MOST_ITEMS]
    assert "and 10 more" in room[0].text
    assert "held" not in listener.kinds


def test_who_does_not_want_the_period_is_told_what_it_holds(desk: Desk) -> None:
    told = with_rules(desk, subscribers=(Subscriber(person="ann", ways=("room",), kinds=frozenset({K.HELD})),))
    told.queued(MONDAY + timedelta(days=2), category="announcement")
    calendars.declare(told.office, told.act(PAT), election(starts=MONDAY + timedelta(days=1)))
    listener = Listener()
    pass_on(told, listener)
    assert listener.kinds == ["held"]


def test_what_goes_on_for_the_same_cause_waits_for_its_spacing(told: Desk) -> None:
    first, second = told.queued(MONDAY + timedelta(hours=5)), told.queued(MONDAY + timedelta(hours=6))
    listener = Listener()
    pass_on(told, listener)
    listener.heard.clear()
    scheduling.hold(told.office, told.act(OLA), first, reason="Wait for the minister.")
    pass_on(told, listener)
    scheduling.hold(told.office, told.act(OLA), second, reason="Wait for the minister.")
    pass_on(told, listener)
    assert listener.kinds == ["held"]
    pass_on(told, listener, after=timedelta(hours=1))
    assert listener.kinds == ["held", "held"]


def test_a_rejection_that_holds_what_is_queued_is_told(told: Desk) -> None:
    post = told.queued(MONDAY + timedelta(hours=5))
    pass_on(told, Listener())
    told.decide(BOB, post, Choice.REJECT, reason="A wrong number.")
    listener = Listener()
    pass_on(told, listener)
    assert listener.kinds == ["held"]


def test_nothing_is_made_twice_and_nothing_is_left_out_whenever_the_reading_stops(
    told: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noticing, "PIECE", 3)
    posts = [told.write(f"Number {n}") for n in range(10)]
    for post in posts:
        writing.submit(told.office, told.act(ANN), post)
    listener = Listener()
    pass_on(told, listener)
    pass_on(told, listener)
    assert [[post for post, _, _ in message.posts] for way, message in listener.heard if way == "room"] == [posts]


def test_who_dies_between_telling_and_saying_so_tells_it_again(told: Desk) -> None:
    writing.submit(told.office, told.act(ANN), told.write())

    def dies() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pass_on(told, Listener(before=dies))
    listener = Listener()
    pass_on(told, listener, after=timedelta(minutes=2))
    assert sorted(way for way, _ in listener.heard) == ["mail", "room"]


def test_a_channel_that_does_not_take_it_is_tried_again_and_given_up_in_the_end(told: Desk) -> None:
    writing.submit(told.office, told.act(ANN), told.write())
    listener = Listener(fault="No.")
    for _ in range(telling.MOST_TRIES + 2):
        pass_on(told, listener, after=timedelta(hours=1))
    assert {(notice.state, notice.tries, notice.fault) for notice in book(told)} == {(NoticeState.GIVEN_UP, 12, "No.")}


def test_the_pauses_grow_from_a_minute_to_an_hour() -> None:
    assert [telling.pause_after(n) // timedelta(minutes=1) for n in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_in_quiet_hours_nobody_is_told_and_afterwards_everybody_once(desk: Desk) -> None:
    told = with_rules(desk, quiet=QuietHours(starts=time(8), ends=time(10)))
    listener = Listener()
    for _ in range(3):
        writing.submit(told.office, told.act(ANN), told.write())
        pass_on(told, listener)
    assert listener.heard == []
    pass_on(told, listener, after=timedelta(hours=2))
    assert sorted((way, len(message.posts)) for way, message in listener.heard) == [("mail", 3), ("room", 3)]


def test_the_digest_comes_once_a_day_and_carries_the_checkpoint(desk: Desk) -> None:
    told = with_rules(desk, digest_at=time(9, 30))
    told.queued(MONDAY + timedelta(hours=5), title="Helpline opens")
    listener = Listener()
    pass_on(told, listener)
    assert "digest" not in listener.kinds
    told.clock.forward(timedelta(minutes=40))
    for _ in range(3):
        pass_on(told, listener)
    digests = [message for _, message in listener.heard if message.kind == "digest"]
    assert len(digests) == 1
    with told.office.store.read() as reader:
        (last,) = reader.entries(newest_first=True, limit=1)
    assert f"purdah-checkpoint-v1 {last.seq} {last.hash}" in digests[0].text
    assert "Helpline opens" in digests[0].text
    told.clock.forward(timedelta(days=1))
    pass_on(told, listener)
    assert listener.kinds.count("digest") == 2


def test_a_period_is_told_a_week_and_a_day_before_and_when_it_begins_and_ends(desk: Desk) -> None:
    told = with_rules(desk, subscribers=(Subscriber(person="ann", ways=("room",), kinds=frozenset({K.NEAR})),))
    period = election(starts=MONDAY + timedelta(days=10), ends=MONDAY + timedelta(days=15))
    calendars.declare(told.office, told.act(PAT), period)
    listener, days = Listener(), []
    for day in range(16):
        for _ in range(2):
            before = len(listener.heard)
            pass_on(told, listener)
            days += [day] * (len(listener.heard) - before)
        told.clock.forward(MONDAY + timedelta(days=day + 1, minutes=1) - told.clock.at)
    assert days == [3, 9, 10, 14]


def test_switched_on_later_the_notices_begin_there(desk: Desk) -> None:
    writing.submit(desk.office, desk.act(ANN), desk.write())
    told = with_rules(desk)
    assert pass_on(told, Listener()) == []


def test_a_silence_is_told_once_by_who_finds_it_and_once_by_who_comes_back(told: Desk) -> None:
    listener = Listener()
    assert not telling.note_silence(told.office)
    beat = Heartbeat(owner="d", host="h", pid=1, started_at=MONDAY, seen_at=MONDAY, every=5.0, version="1")
    told.office.store.beat(beat, high_water=MONDAY)
    assert not telling.note_silence(told.office)
    told.clock.forward(timedelta(minutes=5))
    for _ in range(2):
        assert telling.note_silence(told.office)
        telling.tell_ready(told.office, listener, told=lambda _n: None, go_on=lambda: True)
    telling.note_return(told.office, MONDAY)
    telling.tell_ready(told.office, listener, told=lambda _n: None, go_on=lambda: True)
    assert listener.kinds == ["daemon-silent", "daemon-silent"]
    assert "No daemon publishes since" in listener.heard[0][1].subject
    assert "nobody published from" in listener.heard[1][1].subject


def test_of_several_daemons_the_one_that_went_silent_is_told_once_by_name(told: Desk) -> None:
    listener = Listener()
    beat = Heartbeat(owner="d", host="ws-pub2", pid=77, started_at=MONDAY, seen_at=MONDAY, every=5.0, version="1")
    told.office.store.beat(beat, high_water=MONDAY)
    told.clock.forward(timedelta(minutes=1))
    other = replace(beat, owner="e", host="ws-pub1", seen_at=told.clock.now())
    told.office.store.beat(other, high_water=MONDAY)
    telling.note_silent_ones(told.office)
    assert not telling.note_silence(told.office)
    told.clock.forward(timedelta(minutes=2))
    told.office.store.beat(replace(other, seen_at=told.clock.now()), high_water=MONDAY)
    for _ in range(2):
        telling.note_silent_ones(told.office)
        assert telling.note_silence(told.office)
        telling.tell_ready(told.office, listener, told=lambda _n: None, go_on=lambda: True)
    assert listener.kinds == ["daemon-silent"]
    assert "The daemon on ws-pub2, process 77, is silent since" in listener.heard[0][1].subject
    assert "Another daemon publishes." in listener.heard[0][1].text


def test_a_channel_that_the_configuration_has_no_more_is_given_up(told: Desk) -> None:
    writing.submit(told.office, told.act(ANN), told.write())
    noticing.gather(told.office)
    house = told.office.house
    told.office = replace(told.office, house=replace(house, notices=replace(house.notices, ways=(ROOM,))))
    pass_on(told, Listener())
    assert {notice.channel: notice.state for notice in book(told)} == {"room": NoticeState.SENT, "mail": NoticeState.GIVEN_UP}


def test_the_record_is_not_touched_by_telling(told: Desk) -> None:
    writing.submit(told.office, told.act(ANN), told.write())
    with told.office.store.read() as reader:
        before = list(reader.entries())
    pass_on(told, Listener())
    with told.office.store.read() as reader:
        assert list(reader.entries()) == before
