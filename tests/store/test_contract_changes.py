"""What every store promises of revisions, decisions, the house and the record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from purdah_scheduler.application.lists import QueueFilter, Target
from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.periods import Kind
from purdah_scheduler.domain.posts import DeliveryState, Exemption, Home, Pause, PostState
from purdah_scheduler.errors import BadInput, NotFound, TryAgain, WrongState
from tests.store import builders as make

# --- revisions, decisions, exemptions ----------------------------------------------------------------------------


def test_saving_a_post_raises_its_row_version_and_an_old_one_is_refused(store: Store) -> None:
    new_id = make.add_post(store)
    with store.write() as tx:
        opened = tx.post(new_id)
        tx.save_post(replace(opened, title="Better", notes="n", planned_at=make.NOON))
        tx.record(make.entry())
    with pytest.raises(TryAgain, match="somebody else"), store.write() as tx:
        tx.save_post(replace(opened, title="Worse"))
    with store.read() as reader:
        found = reader.post(new_id)
    assert (found.title, found.notes, found.planned_at, found.row_version) == ("Better", "n", make.NOON, 2)


def test_a_post_moves_only_as_the_table_allows(store: Store) -> None:
    new_id = make.add_post(store)
    with pytest.raises(WrongState), store.write() as tx:
        tx.save_post(replace(tx.post(new_id), state=PostState.SCHEDULED))
    with store.read() as reader:
        assert reader.post(new_id).state is PostState.DRAFT


def test_the_title_of_a_cleared_post_can_change(store: Store) -> None:
    new_id = make.add_post(store, state=PostState.CLEARED)
    with store.write() as tx:
        tx.save_post(replace(tx.post(new_id), title="Other"))
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.post(new_id).title == "Other"


def test_only_the_next_revision_is_taken(store: Store) -> None:
    new_id = make.add_post(store)
    for number in (1, 3):
        with pytest.raises(TryAgain, match="revision 1 now"), store.write() as tx:
            tx.add_revision(make.revision(make.content("new"), post_id=new_id, number=number))
    with store.write() as tx:
        tx.add_revision(make.revision(make.content("new"), post_id=new_id, number=2, author="bob"))
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.post(new_id).revision == 2
        assert [(found.number, found.author) for found in reader.revisions(new_id)] == [(1, "ada"), (2, "bob")]
        assert reader.revision(new_id, 1).content == make.content()


def test_a_revision_decides_which_accounts_are_targets(store: Store) -> None:
    new_id = make.add_post(store, accounts=("a", "b"))
    with store.write() as tx:
        assert tx.targets(new_id) == tuple(Target(post=new_id, account=name, delivery=None) for name in ("a", "b"))
        tx.add_revision(make.revision(make.content("x", ("c", "b")), post_id=new_id, number=2))
        tx.record(make.entry())
        assert [target.account for target in tx.targets(new_id)] == ["b", "c"]


def test_a_cancelled_delivery_is_forgotten_by_its_target_at_the_next_revision(store: Store) -> None:
    post_id, by_account = make.queued(store)
    make.move(store, by_account["dept-x"], DeliveryState.CANCELLED)
    with store.write() as tx:
        tx.add_revision(make.revision(make.content("new"), post_id=post_id, number=2))
        tx.record(make.entry())
    with store.read() as reader:
        assert [target.delivery for target in reader.targets(post_id)] == [None]
        assert [found.state for found in reader.deliveries(post_id)] == [DeliveryState.CANCELLED]


def test_an_account_that_was_published_stays_in_the_lists_when_a_revision_drops_it(store: Store) -> None:
    post_id, by_account = make.queued(store, accounts=("a", "b"))
    make.move(
        store,
        by_account["a"],
        DeliveryState.CLAIMED,
        DeliveryState.SENDING,
        DeliveryState.PUBLISHED,
        remote_url="https://x.example/1",
    )
    make.move(store, by_account["b"], DeliveryState.CANCELLED)
    with store.write() as tx:
        tx.add_revision(make.revision(make.content("new", ("b",)), post_id=post_id, number=2))
        tx.record(make.entry())
    with store.read() as reader:
        assert [target.account for target in reader.targets(post_id)] == ["b"]
        assert [(line.account, line.state) for line in reader.lines(QueueFilter(), limit=9)] == [
            ("a", "published"),
            ("b", "scheduled"),
        ]


def test_decisions_come_back_in_the_order_given(store: Store) -> None:
    new_id = make.add_post(store)
    given = [make.decision("grace"), make.decision("bob", choice=Choice.REJECT), make.decision("bob", choice=Choice.WITHDRAW)]
    with store.write() as tx:
        for word in given:
            tx.add_decision(new_id, word)
        tx.record(make.entry())
    with store.read() as reader:
        assert list(reader.decisions(new_id)) == given


def test_a_decision_on_a_revision_that_does_not_exist_is_refused(store: Store) -> None:
    new_id = make.add_post(store)
    with store.write() as tx:
        with pytest.raises(NotFound, match="no revision 2"):
            tx.add_decision(new_id, make.decision(number=2))
        with pytest.raises(NotFound, match="no post 99"):
            tx.add_decision(99, make.decision())


def test_what_a_sign_off_answers_is_kept(store: Store) -> None:
    new_id = make.add_post(store)
    given = replace(make.decision(), stage="sign-off", answers=("ge:0a", "", 'odd "key":1'))
    with store.write() as tx:
        tx.add_decision(new_id, given)
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.decisions(new_id) == (given,)
        (dossier,) = reader.dossiers((new_id,))
        assert dossier.decisions == (given,)


def test_exemptions_of_campaigns_stand_beside_those_of_posts(store: Store) -> None:
    new_id = make.add_post(store)
    ends = make.NOON + timedelta(days=1)
    of_post = Exemption(
        id=0, post=new_id, digest="d" * 64, person="grace", reason="health", at=make.NOON, expires_at=ends, answers=("ge:0a",)
    )
    of_campaign = replace(of_post, post=None, digest="", campaign="Winter warmth", answers=("ge:0b", "ge:0c"))
    with store.write() as tx:
        of_post = replace(of_post, id=tx.add_exemption(of_post))
        of_campaign = replace(of_campaign, id=tx.add_exemption(of_campaign))
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.exemptions(new_id) == (of_post,)
        assert reader.campaign_exemptions() == (of_campaign,)
        assert reader.all_exemptions() == (of_post, of_campaign)
        (dossier,) = reader.dossiers((new_id,))
        assert dossier.exemptions == (of_post,)
    with store.write() as tx:
        tx.revoke_exemption(of_campaign.id, make.NOON + make.MINUTE)
        assert tx.campaign_exemptions() == (replace(of_campaign, revoked_at=make.NOON + make.MINUTE),)
        tx.record(make.entry())


def test_an_exemption_of_an_unknown_post_is_refused(store: Store) -> None:
    lift = Exemption(id=0, post=99, digest="d", person="grace", reason="health", at=make.NOON, expires_at=make.NOON + make.MINUTE)
    with store.write() as tx, pytest.raises(NotFound, match="no post 99"):
        tx.add_exemption(lift)


@pytest.mark.parametrize("of", [{"post": 1, "campaign": "Winter"}, {"post": None, "campaign": " "}], ids=["both", "neither"])
def test_an_exemption_is_for_a_post_or_a_campaign(of: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="for a post or for a campaign"):
        Exemption(id=0, person="grace", reason="health", at=make.NOON, expires_at=make.NOON + make.MINUTE, **of)


def test_an_exemption_is_kept_and_can_be_revoked_once(store: Store) -> None:
    new_id = make.add_post(store)
    given = Exemption(
        id=0,
        post=new_id,
        digest="d" * 64,
        person="grace",
        reason="health",
        at=make.NOON,
        expires_at=make.NOON + timedelta(days=1),
    )
    with store.write() as tx:
        exemption = tx.add_exemption(given)
        assert tx.exemptions(new_id) == (replace(given, id=exemption),)
        tx.revoke_exemption(exemption, make.NOON + make.MINUTE)
        with pytest.raises(WrongState, match="before"):
            tx.revoke_exemption(exemption, make.NOON + 2 * make.MINUTE)
        with pytest.raises(NotFound):
            tx.revoke_exemption(99, make.NOON)
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.exemptions(new_id)[0].revoked_at == make.NOON + make.MINUTE


# --- the house ---------------------------------------------------------------------------------------------------


def test_a_pause_can_be_set_again_with_another_reason_and_ended(store: Store) -> None:
    first = Pause(account="dept-x", person="ada", reason="break-in", at=make.NOON)
    everything = Pause(account="", person="bob", reason="royal death", at=make.NOON)
    with store.write() as tx:
        tx.set_pause(first)
        tx.set_pause(everything)
        tx.set_pause(replace(first, reason="still"))
        tx.record(make.entry())
        assert tx.pauses() == (everything, replace(first, reason="still"))
        tx.end_pause("dept-x")
        tx.end_pause("never-paused")
        assert tx.pauses() == (everything,)


def test_a_person_can_be_suspended_and_restored(store: Store) -> None:
    with store.write() as tx:
        tx.suspend("bob", "ada", make.NOON)
        tx.suspend("bob", "grace", make.NOON)
        tx.suspend("eve", "ada", make.NOON)
        tx.restore("eve")
        tx.restore("nobody")
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.suspended() == {"bob"}


def test_a_declared_period_comes_back_and_raises_the_calendars_revision(store: Store) -> None:
    given = make.period()
    with store.write() as tx:
        assert tx.calendar_revision() == 0
        tx.declare_period(given)
        assert tx.calendar_revision() == 1
        tx.declare_period(replace(given, id="second", announced_at=None, polling_day=None, origin="FILE:3"))
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.calendar_revision() == 2
        assert reader.periods()[0] == given
        assert [found.origin for found in reader.periods()] == ["store", "store"]


def test_the_limits_and_the_own_rules_of_a_period_come_back(store: Store) -> None:
    limited = replace(
        make.period(),
        kind=Kind.DEPARTMENTAL,
        accounts=frozenset({"dept-x", "dept-bsky"}),
        channels=frozenset({"x", "bluesky"}),
        campaign="Gaeaf cynnes “Ŵ”",
        regime="strict",
    )
    with store.write() as tx:
        tx.declare_period(limited)
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.periods() == (limited,)


def test_a_period_id_can_be_taken_once(store: Store) -> None:
    with store.write() as tx:
        tx.declare_period(make.period())
        with pytest.raises(BadInput, match="already"):
            tx.declare_period(make.period())
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.calendar_revision() == 1


def test_the_heartbeat_is_kept_without_an_entry_and_the_high_water_never_falls(store: Store) -> None:
    with store.read() as reader:
        assert reader.heartbeats() == ()
        assert reader.high_water() is None
    store.beat(make.heartbeat(), high_water=make.NOON)
    later = make.heartbeat(make.NOON + make.MINUTE, stopped_at=make.NOON + make.MINUTE)
    store.beat(later, high_water=make.NOON - timedelta(hours=1))
    with store.read() as reader:
        assert reader.heartbeats() == (later,)
        assert reader.high_water() == make.NOON
        assert list(reader.entries()) == []


def test_the_high_water_falls_when_a_person_accepts_an_earlier_clock_and_rises_again_from_there(store: Store) -> None:
    doubted = replace(make.heartbeat(), clock_doubt="It was set.", platform_ahead=-3.5, platform_heard_at=make.NOON)
    store.beat(doubted, high_water=make.NOON)
    earlier = make.NOON - timedelta(days=365)
    with store.write() as tx:
        tx.accept_clock(earlier)
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.heartbeats() == (doubted,)
        assert (reader.high_water(), reader.clock_accepted_at()) == (earlier, earlier)
    store.beat(make.heartbeat(), high_water=earlier + make.MINUTE)
    with store.write() as tx:
        tx.accept_clock(make.NOON)
        assert (tx.high_water(), tx.clock_accepted_at()) == (make.NOON, make.NOON)
        tx.record(make.entry())


def test_a_store_remembers_where_it_is_at_home(store: Store) -> None:
    here = Home(machine="ab" * 16, host="örtlich", path="/srv/queue “1”/purdah.db")
    with store.read() as reader:
        assert reader.home() is None
    for home in (here, replace(here, path="/srv/two.db")):
        with store.write() as tx:
            tx.set_home(home)
            tx.record(make.entry())
        with store.read() as reader:
            assert reader.home() == home


def test_the_change_mark_differs_after_a_commit_of_this_or_another_connection(opener: Callable[[], Store]) -> None:
    one, other = opener(), opener()
    marks = [one.change_mark()]
    assert one.change_mark() == marks[0]
    make.add_post(other)
    marks.append(one.change_mark())
    make.add_post(one)
    marks.append(one.change_mark())
    assert len(set(marks)) == 3
    assert one.change_mark() == marks[-1]


def test_a_store_can_be_closed_twice(store: Store) -> None:
    store.change_mark()
    store.close()
    store.close()


# --- the record --------------------------------------------------------------------------------------------------


def test_entries_are_chained_without_gaps_across_blocks(store: Store) -> None:
    for number in range(3):
        with store.write() as tx:
            tx.record(make.entry(f"a.{number}"))
            tx.record(make.entry(f"b.{number}", post_id=number))
    with store.read() as reader:
        found = list(reader.entries())
    assert [link.seq for link in found] == [1, 2, 3, 4, 5, 6]
    assert verify(found).ok
    said = {name: fact for name, fact in found[0].facts.items() if name != "login"}  # which a server adds
    assert said == {"n": 1, "person": "ada", "text": "words £"}
    assert len({link.salt for link in found}) == 6
    assert found[0].at == make.NOON


def test_entries_can_be_asked_for_by_post_newest_first_and_limited(store: Store) -> None:
    with store.write() as tx:
        for number in range(2500):
            tx.record(make.entry(post_id=number % 2))
    with store.read() as reader:
        assert [link.seq for link in reader.entries()] == list(range(1, 2501))
        assert [link.seq for link in reader.entries(newest_first=True)] == list(range(2500, 0, -1))
        assert [link.seq for link in reader.entries(post=1, limit=3)] == [2, 4, 6]
        assert [link.seq for link in reader.entries(post=0, newest_first=True, limit=1200)] == list(range(2499, 99, -2))
        assert list(reader.entries(limit=0)) == []
        assert list(reader.entries(post=77)) == []
        assert verify(reader.entries()).ok
