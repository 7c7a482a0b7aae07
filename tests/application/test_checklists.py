"""Checklists as the queue and the accounts make them, and ticks: by a person, on the record, for what was looked at."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application import calendar_changes, calendars, checklists, exempting, scheduling, writing
from purdah_scheduler.application.checklist_posts import MOST_POSTS
from purdah_scheduler.application.recording import entry_of
from purdah_scheduler.domain.audit import NewEntry, verify
from purdah_scheduler.domain.checklist import Checklist, Day, Entry, Group
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.people import Account, AccountKind, Role
from purdah_scheduler.domain.period_changes import Action
from purdah_scheduler.domain.periods import Body, Kind, PeriodStatus
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import BadText, NotAllowed, NotFound, WrongState
from tests.application import desk as desks
from tests.application.desk import ALF, ANN, BOB, MONDAY, OLA, PAT, VIC, Desk, election

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COUNCIL = Account(id="council", channel="outbox", handle="@c", kind=AccountKind.LOCAL_AUTHORITY, body=Body.LOCAL_AUTHORITY)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = desks.open_desk(tmp_path)
    yield desk
    desk.office.store.close()


def called(desk: Desk, **changes: object) -> None:
    calendars.declare(desk.office, desk.act(ANN), election(**changes))


def first(desk: Desk) -> Checklist:
    return checklists.checklist(desk.office, "ge-test", Day.FIRST)


def last(desk: Desk) -> Checklist:
    return checklists.checklist(desk.office, "ge-test", Day.LAST)


def entry(listed: Checklist, key: str) -> Entry:
    return next(entry for entry in listed.entries if entry.item.key == key)


def keys(listed: Checklist, group: Group) -> list[str]:
    return [entry.item.key for entry in listed.entries if entry.item.group is group]


def tick(desk: Desk, *items: str, day: Day = Day.FIRST, **more: object) -> tuple[Entry, ...]:
    return checklists.tick(desk.office, desk.act(BOB), "ge-test", day, items, **more)[1]  # type: ignore[arg-type]  # by name


def actions(desk: Desk) -> list[str]:
    with desk.office.store.read() as reader:
        return [entry.action for entry in reader.entries()]


def published(desk: Desk, text: str, **changes: object) -> int:
    """A post that went out an hour after now."""
    post = desk.queued(desk.clock.now() + HOUR, text, **changes)
    with desk.office.store.write() as tx:
        queued = tx.deliveries(post)[-1]
        was = queued.state
        for state in (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.PUBLISHED):
            moved = replace(queued, state=state, remote_url=f"https://example.gov.uk/{post}")
            assert tx.save_delivery(moved, was=was)
            queued, was = moved, state
        tx.record(an_entry(desk))
    return post


def an_entry(desk: Desk) -> NewEntry:
    """So that a transaction is on record."""
    return entry_of(desk.act(OLA), "delivery.published", at=desk.clock.now())


# --- the first day ------------------------------------------------------------------------------------------------


def test_everything_queued_inside_is_there_with_its_verdict_and_what_happens_to_it(desk: Desk) -> None:
    held = desk.queued(MONDAY + DAY, "New money for buoys.", category="announcement")
    flagged = desk.queued(MONDAY + DAY, "What the buoys policy says.", category="factual-policy")
    fine = desk.queued(MONDAY + 2 * DAY)
    desk.queued(MONDAY + 60 * DAY, "After it.")
    called(desk)
    listed = first(desk)
    assert keys(listed, Group.QUEUE) == [f"queue-{post}-dept" for post in (held, flagged, fine)]
    said = [entry(listed, f"queue-{post}-dept").item.words for post in (held, flagged, fine)]
    assert [words.partition(": ")[0] for words in said] == ["BLOCKED, held", "FLAGGED", "Allowed"]
    assert "on dept, due Tue 24 Nov 2026 09:00 GMT. Move it past the period" in said[0]
    assert listed.on is not None
    assert (listed.on.isoformat(), listed.done, listed.left) == ("2026-11-23", 0, len(listed.entries))


def test_a_flag_that_is_signed_off_names_who_did(desk: Desk) -> None:
    post = desk.queued(MONDAY + DAY, "What the buoys policy says.", category="factual-policy")
    called(desk)
    desk.clock.forward(HOUR)
    desk.decide(PAT, post, Choice.APPROVE, stage="sign-off", reason="It is factual and was asked for.")
    assert "Signed off by pat: " in entry(first(desk), f"queue-{post}-dept").item.words


def test_only_accounts_that_the_period_binds_are_on_the_list(desk: Desk) -> None:
    house = replace(desk.office.house, accounts=(*desk.office.house.accounts, COUNCIL))
    desk.office = replace(desk.office, house=house)
    called(desk)
    assert {each.item.account for each in first(desk).entries} - {""} == {"agency", "dept"}


def test_what_was_published_in_eight_weeks_may_be_pinned_and_older_posts_are_left_out(desk: Desk) -> None:
    desk.clock.at = MONDAY - timedelta(weeks=9)
    published(desk, "Too old.", category="announcement")
    desk.clock.at = MONDAY - timedelta(weeks=1)
    fresh = published(desk, "A new harbour.", category="announcement")
    paid = published(desk, "Visit the coast.", category="campaign")
    calm = published(desk, "Lines open at eight.")
    desk.clock.at = MONDAY
    called(desk)
    listed = first(desk)
    pinned = "\n".join(entry(listed, "pins-dept").item.details)
    assert f"post {fresh}, “A new harbour.” (announcement, " in pinned
    assert f"https://example.gov.uk/{fresh}" in pinned
    assert "Too old" not in pinned
    assert f"post {calm}," not in pinned
    assert entry(listed, "pins-agency").item.details == ()
    assert keys(listed, Group.PAID) == ["paid-outside-agency", "paid-outside-dept", f"paid-{paid}-dept"]


def test_a_by_election_lists_the_posts_about_its_area_alone(desk: Desk) -> None:
    about = desk.queued(MONDAY + DAY, "A bridge for Anytown.", category="announcement", area="Anytown")
    desk.queued(MONDAY + DAY, "A bridge elsewhere.", category="announcement")
    called(desk, kind=Kind.BY_ELECTION, area="Anytown")
    assert keys(first(desk), Group.QUEUE) == [f"queue-{about}-dept"]


def test_people_who_left_are_not_among_those_who_sign_off(desk: Desk) -> None:
    called(desk)
    tick(desk, "sign-offs")
    assert entry(first(desk), "sign-offs").done
    with desk.office.store.write() as tx:
        tx.suspend("pat", "ola", MONDAY)
        tx.record(an_entry(desk))
    found = entry(first(desk), "sign-offs")
    assert "Pat" not in "".join(found.item.details)
    assert found.changed


def test_a_very_long_queue_is_counted_beyond_the_most_that_is_named_and_the_blocked_come_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("purdah_scheduler.application.checklist_posts.MOST_POSTS", 2)
    for _ in range(3):
        desk.queued(MONDAY + DAY)
    held = desk.queued(MONDAY + 2 * DAY, "New money.", category="announcement")
    called(desk)
    assert keys(first(desk), Group.QUEUE) == ["queue-1-dept", f"queue-{held}-dept", "queue-more"]
    assert "Read 2 more" in entry(first(desk), "queue-more").item.words
    assert MOST_POSTS >= 100


def test_a_period_that_is_not_there_is_refused_with_the_nearest(desk: Desk) -> None:
    called(desk)
    with pytest.raises(NotFound, match="no checklist") as fault:
        checklists.checklist(desk.office, "ge-tset", Day.FIRST)
    assert "Did you mean ge-test?" in fault.value.next_step


# --- ticking ------------------------------------------------------------------------------------------------------


def test_a_tick_has_a_person_a_time_a_note_and_an_entry_of_the_record(desk: Desk) -> None:
    called(desk)
    (marked,) = tick(desk, "notice-dept", note="  Wording agreed\nwith Pat. ")
    assert marked.done
    assert marked.mark is not None
    assert (marked.mark.person, marked.mark.at, marked.mark.note) == ("bob", MONDAY, "Wording agreed with Pat.")
    with desk.office.store.read() as reader:
        newest = next(reader.entries(newest_first=True))
        assert verify(reader.entries()).ok
    assert newest.action == "checklist.ticked"
    facts = newest.facts
    assert (facts["period"], facts["day"], facts["item"], facts["person"]) == ("ge-test", "first", "notice-dept", "bob")
    assert facts["note"] == "Wording agreed with Pat."
    assert "note" not in newest.public


def test_ticking_again_changes_nothing_and_another_note_does(desk: Desk) -> None:
    called(desk)
    assert len(tick(desk, "replies", note="Weekdays: Alf.")) == 1
    before = actions(desk)
    assert tick(desk, "replies") == ()
    assert tick(desk, "replies", note="Weekdays: Alf.") == ()
    assert tick(desk, "pins-dept", undo=True) == ()
    assert actions(desk) == before
    assert len(tick(desk, "replies", note="Weekends: Ann.")) == 1


def test_a_tick_can_be_taken_back_and_given_again(desk: Desk) -> None:
    called(desk)
    tick(desk, "replies")
    (taken,) = tick(desk, "replies", undo=True)
    assert not taken.ticked
    assert tick(desk, "replies")[0].done
    assert [each for each in actions(desk) if each.startswith("checklist.")] == [
        "checklist.ticked",
        "checklist.unticked",
        "checklist.ticked",
    ]


def test_several_items_are_ticked_by_number_or_key_all_or_none(desk: Desk) -> None:
    called(desk)
    with pytest.raises(NotFound, match="“repleis”") as fault:
        tick(desk, "1", "repleis")
    assert "Did you mean replies?" in fault.value.next_step
    assert first(desk).done == 0
    number = entry(first(desk), "replies").number
    assert {each.item.key for each in tick(desk, "1", f"#{number}", "replies")} == {"notice-agency", "replies"}
    with pytest.raises(NotFound):
        tick(desk, "0")


def test_a_post_that_was_moved_since_it_was_ticked_is_to_be_looked_at_again(desk: Desk) -> None:
    post = desk.queued(MONDAY + DAY)
    called(desk)
    tick(desk, f"queue-{post}-dept")
    assert entry(first(desk), f"queue-{post}-dept").done
    scheduling.schedule(desk.office, desk.act(ANN), post, at=MONDAY + 2 * DAY)
    found = entry(first(desk), f"queue-{post}-dept")
    assert (found.done, found.changed) == (False, True)
    assert tick(desk, f"queue-{post}-dept")[0].done


def test_a_post_whose_verdict_changed_since_it_was_ticked_is_to_be_looked_at_again(desk: Desk) -> None:
    post = desk.queued(MONDAY + DAY, "New money.", category="announcement")
    called(desk)
    tick(desk, f"queue-{post}-dept")
    exempting.grant_exemption(
        desk.office, desk.act(PAT), post, until=MONDAY + 9 * DAY, reason="Public safety, agreed.", typed_digest=desk.code(post)
    )
    assert entry(first(desk), f"queue-{post}-dept").changed


def test_an_item_that_changed_while_it_was_looked_at_is_not_ticked(desk: Desk) -> None:
    post = desk.queued(MONDAY + DAY)
    called(desk)
    key = f"queue-{post}-dept"
    about = entry(first(desk), key).item.about
    scheduling.schedule(desk.office, desk.act(ANN), post, at=MONDAY + 2 * DAY)
    with pytest.raises(WrongState, match="changed while you looked"):
        tick(desk, key, seen={key: about})
    assert not entry(first(desk), key).ticked


def test_a_tick_of_a_post_that_was_cancelled_is_told_below_the_list(desk: Desk) -> None:
    post = desk.queued(MONDAY + DAY)
    called(desk)
    tick(desk, f"queue-{post}-dept")
    writing.cancel(desk.office, desk.act(ANN), post, reason="Off.")
    assert [mark.item for mark in first(desk).gone] == [f"queue-{post}-dept"]


@pytest.mark.parametrize("person", [ANN, ALF, BOB, PAT, OLA])
def test_anybody_but_a_viewer_may_tick(desk: Desk, person: object) -> None:
    called(desk)
    checklists.tick(desk.office, desk.act(person), "ge-test", Day.FIRST, ["replies"])  # type: ignore[arg-type]  # a person
    assert entry(first(desk), "replies").done


def test_a_viewer_and_a_suspended_person_may_not(desk: Desk) -> None:
    called(desk)
    with pytest.raises(NotAllowed):
        checklists.tick(desk.office, desk.act(VIC), "ge-test", Day.FIRST, ["replies"])
    with desk.office.store.write() as tx:
        tx.suspend("bob", "ola", MONDAY)
        tx.record(an_entry(desk))
    with pytest.raises(NotAllowed):
        tick(desk, "replies")
    assert first(desk).done == 0
    assert Role.VIEWER not in checklists.TICKERS


@pytest.mark.parametrize("note", ["x" * 501, "bell \x07", "turned \u202e"])
def test_a_note_that_is_too_long_or_hides_something_is_refused(desk: Desk, note: str) -> None:
    called(desk)
    with pytest.raises(BadText):
        tick(desk, "replies", note=note)
    assert first(desk).done == 0


# --- the last day -------------------------------------------------------------------------------------------------


def test_what_the_period_holds_needs_a_new_time_and_clearing_again(desk: Desk) -> None:
    desk.clock.at = MONDAY - DAY
    held = desk.queued(MONDAY + DAY, "New money for buoys.", category="announcement")
    behind = desk.queued(MONDAY + 60 * DAY, "A new harbour.", category="announcement")
    calm = desk.queued(MONDAY + 61 * DAY)
    desk.clock.at = MONDAY
    called(desk)
    desk.clock.at = MONDAY + 30 * DAY
    listed = last(desk)
    assert f"new-time-{held}-dept" in keys(listed, Group.RETURNED)
    assert "Have it cleared again, then choose a new time: " in entry(listed, f"new-time-{held}-dept").item.words
    assert not [key for group in Group for key in keys(listed, group) if key.endswith(f"-{calm}-dept")]
    assert {f"new-time-{behind}-dept", f"clear-again-{behind}-dept"} & {each.item.key for each in listed.entries}


def test_a_lift_that_is_on_record_changes_the_first_item_and_posts_are_still_listed(desk: Desk) -> None:
    desk.clock.at = MONDAY - DAY
    held = desk.queued(MONDAY + DAY, "New money for buoys.", category="announcement")
    desk.clock.at = MONDAY
    called(desk)
    desk.clock.at = MONDAY + 31 * DAY
    tick(desk, "over", day=Day.LAST)
    asked = calendar_changes.change(desk.office, desk.act(ANN), "ge-test", Action.LIFT, reason="A government is formed.")
    assert asked.proposal is not None
    calendar_changes.accept(desk.office, desk.act(BOB), asked.proposal.id)
    listed = last(desk)
    assert entry(listed, "over").changed
    assert "over since" in entry(listed, "over").item.words
    assert keys(listed, Group.RETURNED) == [f"new-time-{held}-dept"]


def test_an_exemption_that_stands_is_to_be_ended(desk: Desk) -> None:
    post = desk.queued(MONDAY + DAY, "New money.", category="announcement")
    called(desk)
    number = exempting.grant_exemption(
        desk.office, desk.act(PAT), post, until=MONDAY + 90 * DAY, reason="Public safety, agreed.", typed_digest=desk.code(post)
    )
    assert keys(last(desk), Group.EXEMPTIONS) == [f"exemption-{number}"]
    exempting.revoke_exemption(desk.office, desk.act(PAT), number)
    assert keys(last(desk), Group.EXEMPTIONS) == []


def test_what_was_paused_on_the_first_day_is_decided_on_the_last(desk: Desk) -> None:
    called(desk)
    tick(desk, "paid-outside-dept")
    assert keys(last(desk), Group.PAID) == ["paid-outside-dept"]
    assert not entry(last(desk), "paid-outside-dept").ticked
    tick(desk, "paid-outside-dept", undo=True)
    assert keys(last(desk), Group.PAID) == []


def test_the_list_of_today_is_the_last_days_from_that_day_on(desk: Desk) -> None:
    house = desk.office.house
    period = election(ends=MONDAY + 30 * DAY)
    assert checklists.day_of(period, house, MONDAY) is Day.FIRST
    assert checklists.day_of(period, house, MONDAY + 29 * DAY) is Day.FIRST
    assert checklists.day_of(period, house, MONDAY + 30 * DAY) is Day.LAST
    freeze = election(kind=Kind.FREEZE)
    assert checklists.day_of(freeze, house, MONDAY + 99 * DAY) is Day.FIRST
    over = replace(freeze, status=PeriodStatus.LIFTED, lifted_at=MONDAY + DAY)
    assert checklists.day_of(over, house, MONDAY + 2 * DAY) is Day.LAST


def test_marks_of_politicians_make_a_post_one_to_look_at(desk: Desk) -> None:
    desk.clock.at = MONDAY - DAY
    post = published(desk, "A visit.", category="operational-service", marks=Marks(names_politician=True))
    desk.clock.at = MONDAY
    called(desk)
    assert f"post {post}, " in "".join(entry(first(desk), "pins-dept").item.details)
