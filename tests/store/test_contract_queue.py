"""What every store promises of its lists: they show each post and each account in one state, with moment and reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application.lists import QueueFilter, Row
from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.posts import DeliveryState, PostState
from tests.store import builders as make

S = DeliveryState


def row(store: Store, post_id: int) -> Row:
    with store.read() as reader:
        return reader.rows([post_id])[0]


def titles(store: Store, wanted: QueueFilter) -> Sequence[str]:
    with store.read() as reader:
        return [found.title for found in reader.rows(reader.row_ids(wanted))]


def test_a_draft_shows_its_own_state_and_planned_time(store: Store) -> None:
    post_id = make.add_post(store, "Flu", text="Book now.", accounts=("b", "a"), planned_at=make.NOON + make.MINUTE)
    assert row(store, post_id) == Row(
        post=post_id,
        title="Flu",
        text="Book now.",
        state="draft",
        at=make.NOON + make.MINUTE,
        sort_at=make.NOON + make.MINUTE,
        accounts=("a", "b"),
        category="service-information",
        author="ada",
        reason_code="",
        reason="",
        remote_url="",
        revision=1,
    )


def test_a_post_without_a_time_sorts_by_its_creation(store: Store) -> None:
    post_id = make.add_post(store)
    assert (row(store, post_id).at, row(store, post_id).sort_at) == (None, make.NOON)


def test_a_scheduled_post_shows_the_delivery_that_needs_a_person_most(store: Store) -> None:
    post_id, by_account = make.queued(store, accounts=("a", "b", "c"))
    assert row(store, post_id).state == "scheduled"
    make.move(store, by_account["a"], S.CLAIMED, S.SENDING, S.PUBLISHED, remote_url="https://x.example/1")
    shown = row(store, post_id)
    assert (shown.state, shown.remote_url) == ("scheduled", "https://x.example/1")
    make.move(store, by_account["b"], S.HELD, reason_code="blocked", reason="An election.")
    shown = row(store, post_id)
    assert (shown.state, shown.reason_code, shown.reason) == ("held", "blocked", "An election.")
    make.move(store, by_account["c"], S.CLAIMED, S.SENDING, S.UNKNOWN, reason="cut off")
    shown = row(store, post_id)
    assert (shown.state, shown.reason_code, shown.reason) == ("unknown", "", "cut off")
    with store.read() as reader:
        assert reader.counts() == {"published": 1, "held": 1, "unknown": 1}


def test_a_row_shows_the_time_of_the_delivery_that_it_shows(store: Store) -> None:
    post_id = make.add_post(store, accounts=("a", "b"), state=PostState.CLEARED, planned_at=make.NOON)
    with store.write() as tx:
        late = make.queue(tx, post_id, "a", due_at=make.NOON + timedelta(hours=2))
        make.queue(tx, post_id, "b", due_at=make.NOON + timedelta(hours=1))
    assert row(store, post_id).at == make.NOON + timedelta(hours=1)
    make.move(store, late, S.HELD)
    assert row(store, post_id).at == make.NOON + timedelta(hours=2)


def test_a_post_back_in_draft_still_shows_what_waits_for_somebody(store: Store) -> None:
    post_id, by_account = make.queued(store)
    make.move(store, by_account["dept-x"], S.HELD, reason="clearance gone")
    with store.write() as tx:
        tx.save_post(replace(tx.post(post_id), state=PostState.DRAFT))
        tx.record(make.entry())
    assert (row(store, post_id).state, row(store, post_id).reason) == ("held", "clearance gone")
    make.move(store, by_account["dept-x"], S.CANCELLED, reason="edited")
    assert (row(store, post_id).state, row(store, post_id).reason) == ("draft", "")
    with store.read() as reader:
        assert [(line.state, line.reason) for line in reader.lines(QueueFilter(), limit=9)] == [("draft", "")]


def test_a_post_that_was_taken_back_everywhere_shows_as_cancelled(store: Store) -> None:
    post_id, by_account = make.queued(store)
    make.move(store, by_account["dept-x"], S.CANCELLED, reason="not needed")
    assert (row(store, post_id).state, row(store, post_id).reason) == ("cancelled", "not needed")


def test_an_edit_changes_text_title_and_accounts_of_the_row(store: Store) -> None:
    post_id = make.add_post(store)
    with store.write() as tx:
        tx.add_revision(make.revision(make.content("Quite new words.", ("z",)), post_id=post_id, number=2))
        tx.save_post(replace(tx.post(post_id), title="Quite new"))
        tx.record(make.entry())
    shown = row(store, post_id)
    assert (shown.title, shown.text, shown.accounts, shown.revision) == ("Quite new", "Quite new words.", ("z",), 2)
    assert titles(store, QueueFilter(words="flu")) == []


def test_a_very_long_text_is_shown_by_its_beginning_and_found_by_its_end(store: Store) -> None:
    post_id = make.add_post(store, text="long " * 2000 + "needle")
    assert 200 <= len(row(store, post_id).text) <= 300
    assert titles(store, QueueFilter(words="NEEDLE")) == ["Flu jabs"]


def test_rows_come_in_the_order_asked_for_and_unknown_ids_are_left_out(store: Store) -> None:
    ids = [make.add_post(store, f"post {number}") for number in range(3)]
    with store.read() as reader:
        found = reader.rows([ids[2], 999, ids[0]])
        assert reader.rows([]) == ()
    assert [shown.post for shown in found] == [ids[2], ids[0]]


def test_more_rows_than_one_query_takes_come_back_whole(store: Store) -> None:
    with store.write() as tx:
        ids = [tx.add_post(make.post(str(number)), make.revision(make.content())) for number in range(1203)]
        tx.record(make.entry())
    with store.read() as reader:
        assert list(reader.row_ids(QueueFilter())) == ids
        assert [shown.post for shown in reader.rows(ids[::-1])] == ids[::-1]


@pytest.fixture
def mixed(store: Store) -> Store:
    """Four posts: two drafts, one scheduled on two accounts, one held."""
    make.add_post(store, "Ärger im Ämt", text="100% of_it \\ here", created_at=make.NOON + 3 * make.MINUTE, by="bob")
    make.add_post(store, "Vaccines", text="Flu and COVID", accounts=("dept-y",), planned_at=make.NOON + 4 * make.MINUTE)
    make.queued(store, title="Scheduled", accounts=("dept-x", "dept-y"), due_at=make.NOON + 2 * make.MINUTE)
    _, by_account = make.queued(store, title="Held", due_at=make.NOON + make.MINUTE)
    make.move(store, by_account["dept-x"], S.HELD)
    return store


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (QueueFilter(), ["Held", "Scheduled", "Ärger im Ämt", "Vaccines"]),
        (QueueFilter(states=frozenset({"draft"})), ["Ärger im Ämt", "Vaccines"]),
        (QueueFilter(states=frozenset({"draft", "held"})), ["Held", "Ärger im Ämt", "Vaccines"]),
        (QueueFilter(states=frozenset({"no-such-state"})), []),
        (QueueFilter(account="dept-y"), ["Scheduled", "Vaccines"]),
        (QueueFilter(account="dept"), []),
        (QueueFilter(author="bob"), ["Ärger im Ämt"]),
        (QueueFilter(words="äRGER"), ["Ärger im Ämt"]),
        (QueueFilter(words="A\u0308rger"), ["Ärger im Ämt"]),
        (QueueFilter(words="covid vacc"), ["Vaccines"]),
        (QueueFilter(words="covid jab"), []),
        (QueueFilter(words="100%"), ["Ärger im Ämt"]),
        (QueueFilter(words="%"), ["Ärger im Ämt"]),
        (QueueFilter(words="of_it"), ["Ärger im Ämt"]),
        (QueueFilter(words="o__it"), []),
        (QueueFilter(words="\\"), ["Ärger im Ämt"]),
        (QueueFilter(words="'; DROP TABLE posts; --"), []),
        (QueueFilter(words="   "), ["Held", "Scheduled", "Ärger im Ämt", "Vaccines"]),
        (QueueFilter(words="x" * 100_000), []),
        (QueueFilter(since=make.NOON + 2 * make.MINUTE), ["Scheduled", "Ärger im Ämt", "Vaccines"]),
        (QueueFilter(until=make.NOON + 2 * make.MINUTE), ["Held"]),
        (QueueFilter(since=make.NOON + make.MINUTE, until=make.NOON + 3 * make.MINUTE), ["Held", "Scheduled"]),
        (QueueFilter(account="dept-x", states=frozenset({"held"}), words="held", author="ada"), ["Held"]),
    ],
)
def test_a_list_shows_what_its_filter_says_in_order_of_time(mixed: Store, wanted: QueueFilter, expected: list[str]) -> None:
    assert titles(mixed, wanted) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (QueueFilter(), ["Held x", "Scheduled x", "Scheduled y", "Ärger im Ämt x", "Vaccines y"]),
        (QueueFilter(account="dept-y"), ["Scheduled y", "Vaccines y"]),
        (QueueFilter(states=frozenset({"scheduled"})), ["Scheduled x", "Scheduled y"]),
        (QueueFilter(words="flu vacc"), ["Vaccines y"]),
        (QueueFilter(since=make.NOON + 3 * make.MINUTE), ["Ärger im Ämt x", "Vaccines y"]),
    ],
)
def test_lines_go_account_by_account(mixed: Store, wanted: QueueFilter, expected: list[str]) -> None:
    with mixed.read() as reader:
        found = reader.lines(wanted, limit=50)
        assert reader.lines(wanted, limit=1) == found[:1]
    assert [f"{line.title} {line.account.removeprefix('dept-')}" for line in found] == expected


def test_a_line_shows_the_state_of_its_own_account(store: Store) -> None:
    _, by_account = make.queued(store, accounts=("a", "b"))
    make.move(store, by_account["b"], S.HELD, reason_code="paused", reason="Stop.")
    with store.read() as reader:
        found = reader.lines(QueueFilter(states=frozenset({"held"})), limit=9)
        assert reader.lines(QueueFilter(), limit=0) == ()
    assert [(line.account, line.state, line.reason_code, line.reason, line.at) for line in found] == [
        ("b", "held", "paused", "Stop.", make.NOON)
    ]


def test_lines_of_one_moment_are_in_order_of_post_and_account(store: Store) -> None:
    first, _ = make.queued(store, accounts=("b", "a"))
    second, _ = make.queued(store, accounts=("a",))
    with store.read() as reader:
        assert [(line.post, line.account) for line in reader.lines(QueueFilter(), limit=9)] == [
            (first, "a"),
            (first, "b"),
            (second, "a"),
        ]


def test_counts_are_of_lines_and_leave_out_what_there_is_none_of(mixed: Store) -> None:
    with mixed.read() as reader:
        assert reader.counts() == {"draft": 2, "held": 1, "scheduled": 2}


def test_posts_are_counted_by_the_state_that_a_list_shows(mixed: Store) -> None:
    """A post on two accounts is one; the counts are those of the lists themselves."""
    with mixed.read() as reader:
        shown = Counter(row.state for row in reader.rows(reader.row_ids(QueueFilter())))
        assert reader.posts_by_state() == dict(shown)


def test_the_beginning_of_a_list_is_the_beginning_of_the_whole(mixed: Store) -> None:
    """In the same order, under the same filter, and of no posts where none is asked for."""
    with mixed.read() as reader:
        for wanted in (QueueFilter(), QueueFilter(states=frozenset({"draft", "held"}))):
            whole = list(reader.row_ids(wanted))
            assert [list(reader.row_ids(wanted, limit=number)) for number in (0, 1, 99)] == [[], whole[:1], whole]


def test_counts_by_account_are_of_the_states_that_were_asked_for(store: Store) -> None:
    """A post on two accounts counts on each; what is in another state counts on none."""
    _, by_account = make.queued(store, accounts=("a", "b"))
    make.queued(store, accounts=("a",))
    make.move(store, by_account["b"], S.HELD, reason_code="blocked", reason="An election.")
    with store.read() as reader:
        assert reader.counts_by_account({"scheduled", "held"}) == {("a", "scheduled"): 2, ("b", "held"): 1}
        assert reader.counts_by_account({"held"}) == {("b", "held"): 1}
        assert reader.counts_by_account(set()) == {}
