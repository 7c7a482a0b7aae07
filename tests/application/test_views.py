"""What faces show is derived from the facts at the moment of asking."""

from datetime import timedelta

from purdah_scheduler.application import calendars, turns, views, writing
from purdah_scheduler.application.gate import ask
from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.domain.clearance import SIGN_OFF
from purdah_scheduler.domain.periods import Body
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import Heartbeat
from tests.application.desk import ANN, BOB, MONDAY, PAT, Desk, election

NOON = MONDAY + timedelta(hours=3)


def beat(desk: Desk, **changes: object) -> None:
    now = desk.clock.now()
    values = {"owner": "d", "host": "h", "pid": 1, "started_at": now, "seen_at": now, "every": 5.0, "version": "0", **changes}
    desk.office.store.beat(Heartbeat(**values), high_water=now)  # type: ignore[arg-type]  # by name


def test_a_daemon_is_alive_within_three_heartbeats(desk: Desk) -> None:
    assert not views.status(desk.office).alive
    beat(desk)
    desk.clock.forward(timedelta(seconds=15))
    assert views.status(desk.office).alive
    desk.clock.forward(timedelta(microseconds=1))
    assert not views.status(desk.office).alive


def test_a_daemon_that_said_goodbye_is_not_alive(desk: Desk) -> None:
    beat(desk, stopped_at=desk.clock.now())
    assert not views.status(desk.office).alive


def test_status_counts_lines_and_names_what_is_next(desk: Desk) -> None:
    desk.queued(NOON, accounts=("dept", "agency"))
    desk.write()
    found = views.status(desk.office)
    assert found.counts == {"scheduled": 2, "draft": 1}
    assert found.next_due_at == NOON


def test_a_verdict_is_for_the_due_time_and_a_late_one_for_now(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election(starts=NOON))
    post = desk.cleared(category="announcement", planned_at=NOON - timedelta(minutes=1))
    assert views.post_view(desk.office, post).verdict is Verdict.ALLOW
    desk.clock.at = NOON + timedelta(minutes=1)
    assert views.post_view(desk.office, post).verdict is Verdict.BLOCK


def test_what_waits_for_a_person_is_what_that_person_could_decide(desk: Desk) -> None:
    post = desk.write()
    assert turns.waiting_for(desk.office, BOB) == ()
    writing.submit(desk.office, desk.act(ANN), post)
    assert [(entry.row.post, entry.stage) for entry in turns.waiting_for(desk.office, BOB)] == [(post, "press")]
    assert turns.waiting_for(desk.office, ANN) == ()
    desk.decide(BOB, post)
    assert turns.waiting_for(desk.office, BOB) == ()


def test_what_waits_is_found_behind_any_number_of_posts_that_wait_for_nobody(desk: Desk) -> None:
    for hour in range(5):
        desk.queued(NOON + timedelta(hours=hour))
    late, last = (desk.write(planned_at=NOON + timedelta(days=day)) for day in (1, 2))
    for post in (last, late):
        writing.submit(desk.office, desk.act(ANN), post)
    assert [entry.row.post for entry in turns.waiting_for(desk.office, BOB)] == [late, last]
    assert [entry.row.post for entry in turns.waiting_for(desk.office, BOB, limit=1)] == [late]


def test_a_flag_waits_for_the_propriety_officer_until_signed_off(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    post = desk.queued(NOON, category="factual-policy")
    assert [(entry.row.post, entry.stage) for entry in turns.waiting_for(desk.office, PAT)] == [(post, SIGN_OFF)]
    assert [finding.code for finding in views.post_view(desk.office, post).sign_off_needed] == ["strict"]
    desk.decide(PAT, post, stage=SIGN_OFF, reason="Neutral")
    assert turns.waiting_for(desk.office, PAT) == ()
    assert views.post_view(desk.office, post).sign_off_needed == ()


def test_lines_go_account_by_account_with_their_verdict(desk: Desk) -> None:
    desk.queued(NOON, accounts=("dept", "agency"))
    found = views.lines(desk.office, QueueFilter(account="agency"))
    assert [(line.account, line.state, verdict) for line, verdict in found] == [("agency", "scheduled", Verdict.ALLOW)]


def test_every_line_has_the_verdict_of_the_gate(desk: Desk) -> None:
    """Of each account, where one post's accounts are told apart by it."""
    calendars.declare(desk.office, desk.act(PAT), election(bodies=frozenset({Body.UK_CIVIL_SERVICE})))
    for category in ("announcement", "factual-policy", "operational-service"):
        desk.queued(NOON, category=category, accounts=("dept", "agency"))
    desk.write(category="funding")
    found = views.lines(desk.office, QueueFilter())
    with desk.office.store.read() as reader:
        house, shelf = desk.office.house, desk.office.shelf
        asked = [
            ask(reader, house=house, shelf=shelf, post=line.post, account=line.account, at=line.at or MONDAY) for line, _ in found
        ]
    assert [verdict for _, verdict in found] == [answer.judgement.verdict for answer in asked]
    assert {verdict for _, verdict in found} == {Verdict.ALLOW, Verdict.FLAG, Verdict.BLOCK}


def test_rows_are_posts_and_words_are_found_in_any_case(desk: Desk) -> None:
    desk.write("Flood warning on the Don")
    desk.write("Phone lines")
    assert [row.text for row in views.rows(desk.office, QueueFilter(words="FLOOD"))] == ["Flood warning on the Don"]


def test_every_state_before_publication_has_a_next_step(desk: Desk) -> None:
    post = desk.write()
    assert "post submit" in views.post_view(desk.office, post).accounts[0].next_step
    writing.submit(desk.office, desk.act(ANN), post)
    assert "post decide" in views.post_view(desk.office, post).accounts[0].next_step
    desk.decide(BOB, post)
    assert "post schedule" in views.post_view(desk.office, post).accounts[0].next_step


def test_what_no_daemon_took_is_overdue_after_a_minute(desk: Desk) -> None:
    desk.queued(MONDAY + timedelta(seconds=1))
    desk.clock.at = MONDAY + timedelta(seconds=61)
    assert views.status(desk.office).overdue == 0
    desk.clock.at += timedelta(microseconds=1)
    assert views.status(desk.office).overdue == 1
