"""When a daemon starts or has read its files anew: what they block now is held before its time, and nothing is released."""

from dataclasses import replace
from datetime import timedelta

from purdah_scheduler.application import exempting, scheduling
from purdah_scheduler.application.catching_up import catch_up
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.outcomes import DAEMON, Owner
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from tests.application.desk import ANN, MONDAY, PAT, Desk, election

D = DeliveryState
NOON = MONDAY + timedelta(hours=3)
OWNER = Owner(name="daemon-1")


def in_a_file(desk: Desk) -> Office:
    """The office whose calendar files have an election in them that nobody declared."""
    house = desk.office.house
    return replace(desk.office, house=replace(house, periods=(*house.periods, election())))


def test_what_a_file_blocks_is_held_with_its_reason_and_an_entry_of_the_daemon(desk: Desk) -> None:
    posts = [desk.queued(NOON + timedelta(days=day), category="announcement") for day in range(3)]
    other = desk.queued(NOON)
    assert catch_up(in_a_file(desk), OWNER) == 3
    for post in posts:
        delivery = desk.delivery(post)
        assert (delivery.state, delivery.reason_code) == (D.HELD, HoldReason.BLOCKED)
        assert "“Invented general election” is in force" in delivery.reason
    assert desk.delivery(other).state is D.SCHEDULED
    with desk.office.store.read() as reader:
        entries = list(reader.entries())
    said = [entry for entry in entries if entry.action == "delivery.held"]
    assert [entry.post for entry in said] == posts
    assert {(entry.facts["person"], entry.facts["period"], entry.facts["owner"]) for entry in said} == {
        (DAEMON, "ge-test", "daemon-1")
    }
    assert verify(entries).ok


def test_a_rule_of_the_house_that_blocks_all_year_holds_too(desk: Desk) -> None:
    """No period is needed: what is asked is whether it is blocked, not what has changed."""
    post = desk.queued(NOON, category="event")
    house = desk.office.house
    rules = {**house.rulebook.rules, ("event", "none"): Verdict.BLOCK}
    assert catch_up(replace(desk.office, house=replace(house, rulebook=replace(house.rulebook, rules=rules))), OWNER) == 1
    assert desk.delivery(post).reason_code == HoldReason.BLOCKED


def test_nothing_is_released_and_nothing_is_held_or_recorded_twice(desk: Desk) -> None:
    post = desk.queued(NOON, category="announcement")
    mine = desk.queued(NOON)
    scheduling.hold(desk.office, desk.act(ANN), mine, reason="Waiting for the figures")
    office = in_a_file(desk)
    assert catch_up(office, OWNER) == 1
    with desk.office.store.read() as reader:
        before = list(reader.entries())
    assert catch_up(office, OWNER) == 0
    assert catch_up(desk.office, OWNER) == 0
    assert desk.delivery(post).state is D.HELD
    assert desk.delivery(mine).reason_code == HoldReason.BY_PERSON
    with desk.office.store.read() as reader:
        assert list(reader.entries()) == before


def test_what_an_exemption_lifts_is_left_in_the_queue(desk: Desk) -> None:
    post = desk.queued(NOON, category="announcement")
    office = in_a_file(desk)
    exempting.grant_exemption(office, desk.act(PAT), post, until=NOON + timedelta(days=2), reason="A duty in law to say so")
    assert catch_up(office, OWNER) == 0
    assert desk.delivery(post).state is D.SCHEDULED


def test_a_daemon_that_is_told_to_stop_holds_no_more(desk: Desk) -> None:
    post = desk.queued(NOON, category="announcement")
    assert catch_up(in_a_file(desk), OWNER, go_on=lambda: False) == 0
    assert desk.delivery(post).state is D.SCHEDULED
