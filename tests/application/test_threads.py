"""Threads: each part is a delivery of its own, sent in order behind the one before, and people see and steer them as one post."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import calendars, looking_up, scheduling, views, writing
from purdah_scheduler.application.answers import OutcomeUnknown, Receipt, Rejected
from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.noticing import PARTIAL, _of_delivery
from purdah_scheduler.application.publishing import Owner, Publisher
from purdah_scheduler.domain import threads
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.content import Outgoing, parts_of
from purdah_scheduler.domain.notices import NoticeKind
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason, PostState
from purdah_scheduler.errors import BadInput, HeldByGate, WrongState
from tests.application.desk import ANN, BOB, MONDAY, OLA, Desk, election
from tests.application.test_publishing import Scripted

S = DeliveryState
WORDS = "The bridge closes.\n---\nTrams stop at the river.\n---\nIt opens again on Sunday."
PARTS = ("The bridge closes.", "Trams stop at the river.", "It opens again on Sunday.")
DUE = MONDAY + timedelta(minutes=10)


@dataclass
class Numbered(Scripted):
    """A platform that numbers what it publishes, and does with the nth request what it was told."""

    answers: dict[int, Exception] = field(default_factory=dict)
    before: Callable[[int], None] = lambda number: None
    looked_for: list[Outgoing] = field(default_factory=list)

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        self.sent.append(outgoing)
        number = len(self.sent)
        if number in self.answers:
            raise self.answers[number]
        self.before(number)
        return Receipt(remote_id=str(100 + number), url=f"https://x.example/{100 + number}")

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:
        self.looked_for.append(outgoing)
        return super().find_published(outgoing, staged)


def publisher(desk: Desk, platform: Numbered) -> Publisher:
    return Publisher(desk.office, owner=Owner(name="daemon-1"), open_channel=platform)


def run(desk: Desk, platform: Numbered) -> None:
    """Let the daemon do what is due, until nothing is."""
    daemon = publisher(desk, platform)
    while claimed := daemon.claim(8):
        for entry in claimed:
            daemon.deliver(entry)


def thread(desk: Desk, words: str = WORDS) -> int:
    return desk.queued(DUE, words)


def parts(desk: Desk, post: int) -> tuple[Delivery, ...]:
    with desk.office.store.read() as reader:
        return threads.current(reader.deliveries(post), "dept")


def states(desk: Desk, post: int) -> list[DeliveryState]:
    return [entry.state for entry in parts(desk, post)]


def shown(desk: Desk, post: int) -> tuple[str, str]:
    (account,) = views.post_view(desk.office, post).accounts
    with desk.office.store.read() as reader:
        (line,) = reader.lines(QueueFilter(), limit=10)
        (row,) = reader.rows([post])
    assert (line.state, line.reason) == (row.state, row.reason) == (account.state, account.reason), "all faces say the same"
    return account.state, account.reason


def test_a_line_of_three_hyphens_parts_a_thread_and_nothing_else_does() -> None:
    assert parts_of(WORDS) == PARTS
    assert parts_of("One\n\n --- \n\nTwo") == ("One", "Two")
    assert parts_of("A dash --- within\n----\n-- \nend") == ("A dash --- within\n----\n-- \nend",)
    assert parts_of("One\n---\n") == ("One", "")


def test_what_is_saved_is_what_an_editor_gets_back(desk: Desk) -> None:
    post = desk.write(WORDS)
    said = views.post_view(desk.office, post).revision.content.on("dept")
    assert (said.parts, said.text) == (PARTS, WORDS)
    assert writing.revise(desk.office, desk.act(ANN), post, desk.draft(said.text, title="Bridge")) == 1


def test_every_part_goes_out_in_order_as_the_answer_to_the_one_before(desk: Desk) -> None:
    post, platform = thread(desk), Numbered()
    desk.clock.at = DUE
    run(desk, platform)
    assert [(sent.text, sent.reply_to) for sent in platform.sent] == [(PARTS[0], ""), (PARTS[1], "101"), (PARTS[2], "102")]
    assert len({sent.key for sent in platform.sent}) == 3
    assert [(entry.remote_id, entry.state) for entry in parts(desk, post)] == [(f"10{n}", S.PUBLISHED) for n in (1, 2, 3)]
    assert shown(desk, post)[0] == "published"


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (Rejected("No."), "failed", "1 of 3 parts is public; part 2 was refused: No."),
        (OutcomeUnknown("Silence."), "unknown", "1 of 3 parts is public; part 2 may be public: Silence."),
    ],
)
def test_a_part_that_stops_leaves_the_thread_partial_and_sends_nothing_behind_it(
    desk: Desk, answer: Exception, state: str, words: str
) -> None:
    post, platform = thread(desk), Numbered(answers={2: answer})
    desk.clock.at = DUE
    run(desk, platform)
    assert [sent.text for sent in platform.sent] == list(PARTS[:2])
    assert states(desk, post) == [S.PUBLISHED, state, S.SCHEDULED]
    assert shown(desk, post) == ("partial", words)
    assert views.post_view(desk.office, post).accounts[0].next_step


def test_after_an_unknown_part_is_found_public_the_next_one_answers_it(desk: Desk) -> None:
    post, platform = thread(desk), Numbered(answers={2: OutcomeUnknown("Silence.")})
    desk.clock.at = DUE
    run(desk, platform)
    scheduling.resolve(desk.office, desk.act(OLA), post, published_url="https://x.example/dept/status/777?s=20")
    run(desk, platform)
    assert [(sent.text, sent.reply_to) for sent in platform.sent[2:]] == [(PARTS[2], "777")]
    assert states(desk, post) == [S.PUBLISHED] * 3


def test_a_look_up_looks_for_the_part_and_its_find_lets_the_next_one_go(desk: Desk) -> None:
    post, platform = thread(desk), Numbered(answers={2: OutcomeUnknown("Silence.")})
    desk.clock.at = DUE
    run(desk, platform)
    platform.found = Receipt(remote_id="555", url="https://x.example/555")
    ((_, entry),) = looking_up.wanted(desk.office)
    publisher(desk, platform).look_up(entry)
    assert [(each.text, each.reply_to) for each in platform.looked_for] == [(PARTS[1], "101")]
    run(desk, platform)
    assert platform.sent[-1].reply_to == "555"
    assert states(desk, post) == [S.PUBLISHED] * 3


def test_a_person_who_finds_it_gone_gives_the_rest_a_new_time_and_never_an_earlier_part(desk: Desk) -> None:
    post, platform = thread(desk), Numbered(answers={2: OutcomeUnknown("Silence.")})
    desk.clock.at = DUE
    run(desk, platform)
    with pytest.raises(WrongState, match="part 2 may be public"):
        scheduling.schedule(desk.office, desk.act(ANN), post, at=DUE + timedelta(hours=1), accounts=("dept",))
    scheduling.resolve(desk.office, desk.act(OLA), post, not_published=True)
    assert shown(desk, post)[0] == "partial"
    later = DUE + timedelta(hours=1)
    (queued,) = scheduling.release(desk.office, desk.act(ANN), post, at=later)
    assert (queued.part, queued.parts) == (2, 3)
    assert [entry.due_at for entry in parts(desk, post)] == [DUE, later, later]
    desk.clock.at = later
    run(desk, platform)
    assert [(sent.text, sent.reply_to) for sent in platform.sent[2:]] == [(PARTS[1], "101"), (PARTS[2], "103")]
    assert states(desk, post) == [S.PUBLISHED] * 3


def test_a_period_that_begins_between_two_parts_holds_the_second_and_people_are_told_of_half_a_thread(desk: Desk) -> None:
    post = desk.queued(DUE, WORDS, category="announcement")

    def declare(number: int) -> None:
        if number == 1:
            calendars.declare(desk.office, desk.act(OLA), election(starts=MONDAY))

    platform = Numbered(before=declare)
    desk.clock.at = DUE
    run(desk, platform)
    assert len(platform.sent) == 1
    assert states(desk, post) == [S.PUBLISHED, S.HELD, S.SCHEDULED]
    state, reason = shown(desk, post)
    assert (state, reason.startswith("1 of 3 parts is public; part 2 is held: ")) == ("partial", True)
    with pytest.raises(HeldByGate):
        scheduling.release(desk.office, desk.act(ANN), post, at=DUE + timedelta(minutes=5))


def test_a_clearance_withdrawn_between_two_parts_holds_the_rest(desk: Desk) -> None:
    post = thread(desk)

    def withdraw(number: int) -> None:
        if number == 1:
            desk.decide(BOB, post, Choice.WITHDRAW)

    platform = Numbered(before=withdraw)
    desk.clock.at = DUE
    run(desk, platform)
    assert len(platform.sent) == 1
    assert parts(desk, post)[1].state is S.HELD
    assert parts(desk, post)[1].reason_code == HoldReason.CLEARANCE


def test_the_rest_is_cancelled_and_what_is_public_stays_and_can_be_gone_on_with(desk: Desk) -> None:
    post, platform = thread(desk), Numbered(answers={2: Rejected("No.")})
    desk.clock.at = DUE
    run(desk, platform)
    writing.cancel(desk.office, desk.act(ANN), post)
    assert states(desk, post) == [S.PUBLISHED, S.CANCELLED, S.CANCELLED]
    assert shown(desk, post) == ("shortened", "1 of 3 parts is public; the rest was cancelled.")
    assert desk.state(post) is PostState.SCHEDULED
    later = DUE + timedelta(hours=1)
    scheduling.schedule(desk.office, desk.act(ANN), post, at=later)
    desk.clock.at = later
    run(desk, platform)
    assert [(sent.text, sent.reply_to) for sent in platform.sent[2:]] == [(PARTS[1], "101"), (PARTS[2], "103")]


def test_nothing_of_a_thread_can_be_edited_once_a_part_is_public(desk: Desk) -> None:
    post, platform = thread(desk), Numbered(answers={2: Rejected("No.")})
    desk.clock.at = DUE
    run(desk, platform)
    with pytest.raises(WrongState, match="can no longer change"):
        writing.revise(desk.office, desk.act(ANN), post, desk.draft(WORDS + " Really."))


def test_a_thread_is_moved_held_released_and_cancelled_as_one(desk: Desk) -> None:
    post, later = thread(desk), DUE + timedelta(hours=1)
    scheduling.schedule(desk.office, desk.act(ANN), post, at=later)
    assert [entry.due_at for entry in parts(desk, post)] == [later] * 3
    assert scheduling.hold(desk.office, desk.act(ANN), post, reason="Wait.") == 1
    assert states(desk, post) == [S.HELD] * 3
    scheduling.release(desk.office, desk.act(ANN), post)
    assert states(desk, post) == [S.SCHEDULED] * 3
    writing.cancel(desk.office, desk.act(ANN), post)
    assert states(desk, post) == [S.CANCELLED] * 3
    assert desk.state(post) is PostState.WITHDRAWN


def test_a_thread_that_stands_still_for_too_long_is_missed_and_not_caught_up_with(desk: Desk) -> None:
    post, platform = thread(desk), Numbered(answers={1: OutcomeUnknown("Silence.")})
    desk.clock.at = DUE
    run(desk, platform)
    desk.clock.forward(timedelta(hours=2))
    scheduling.resolve(desk.office, desk.act(OLA), post, published_url="https://x.example/101")
    run(desk, platform)
    assert states(desk, post) == [S.PUBLISHED, S.MISSED, S.SCHEDULED]
    assert shown(desk, post)[1].startswith("1 of 3 parts is public; part 2 was too late: ")


def test_an_address_that_names_no_post_is_refused_where_the_next_part_has_to_answer_it(desk: Desk) -> None:
    post, platform = thread(desk), Numbered(answers={1: OutcomeUnknown("Silence.")})
    desk.clock.at = DUE
    run(desk, platform)
    with pytest.raises(BadInput, match="has to answer it"):
        scheduling.resolve(desk.office, desk.act(OLA), post, published_url="https://x.example/")
    assert states(desk, post)[0] is S.UNKNOWN


def test_each_part_is_counted_and_a_problem_names_its_part_and_place(desk: Desk) -> None:
    long = "x" * 501
    (account,) = writing.preview(desk.office, desk.draft(f"Short.\n---\n{long}\n---\n")).accounts
    assert [(problem.message[:7], problem.position) for problem in account.problems if problem.blocking] == [
        ("Part 2:", len("Short.\n---\n") + 500),
        ("Part 3:", None),
    ]
    assert [count.used for _, count in account.parts] == [6, 501, 0]
    assert account.count.used == 501


def test_an_account_that_sends_no_threads_keeps_one_from_being_submitted_and_from_being_sent(desk: Desk) -> None:
    post = desk.write(WORDS, accounts=("agency",))
    with pytest.raises(BadInput, match="sends no threads"):
        writing.submit(desk.office, desk.act(ANN), post)
    ready, platform = thread(desk), Numbered()
    house = desk.office.house
    desk.office = replace(
        desk.office, house=replace(house, accounts=tuple(replace(each, threads=False) for each in house.accounts))
    )
    desk.clock.at = DUE
    run(desk, platform)
    assert (platform.sent, states(desk, ready)[0]) == ([], S.HELD)


def test_the_record_says_which_part_and_what_the_clocks_said_when_it_was_sent(desk: Desk) -> None:
    post = thread(desk)
    desk.clock.at = DUE
    run(desk, Numbered())
    with desk.office.store.read() as reader:
        sent = [entry.facts for entry in reader.entries(post=post) if entry.action == "delivery.sending"]
    assert [(facts["part"], facts["parts"]) for facts in sent] == [(1, 3), (2, 3), (3, 3)]
    clock = sent[0]["clock"]
    assert isinstance(clock, dict)
    assert (clock["wall"], clock["boot_ms"]) == (DUE.isoformat(), round(desk.clock.booted * 1000))
    assert clock.keys() == {"wall", "boot_ms", "high_water", "platform_ahead_ms", "platform_heard_at"}


def test_half_a_thread_is_an_incident_of_its_own() -> None:
    whole = _of_delivery(NoticeKind.HELD, 7, {"account": "dept", "code": "paused"})
    half = _of_delivery(NoticeKind.HELD, 7, {"account": "dept", "code": "paused", "part": 2, "parts": 3})
    assert (half.topic.startswith(PARTIAL), whole.topic.startswith(PARTIAL)) == (True, False)
    assert half.item is not None
    assert half.item.code == "part 2: paused"
