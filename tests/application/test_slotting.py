"""The next free slot: taken ones and those inside a block are passed over and said, the window holds, nothing is scheduled."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from purdah_scheduler.application import scheduling, writing
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.slotting import next_slot, next_slot_of_draft, slots_between
from purdah_scheduler.domain.periods import EndMode
from purdah_scheduler.domain.slots import read_slots
from purdah_scheduler.errors import BadInput
from tests.application.desk import ANN, MONDAY, Desk, election

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
"""Tuesday at nine, the first slot after MONDAY at nine."""
DAY = timedelta(days=1)


def slotted(desk: Desk, slots: Mapping[str, str] | None = None) -> Office:
    """The office with slots on its accounts."""
    given = slots or {"dept": "Mon-Fri 09:00"}
    accounts = tuple(
        replace(account, slots=read_slots(given[account.id]) if account.id in given else ())
        for account in desk.office.house.accounts
    )
    desk.office = replace(desk.office, house=replace(desk.office.house, accounts=accounts))
    return desk.office


def test_the_next_slot_is_the_first_that_is_free_after_now(desk: Desk) -> None:
    office = slotted(desk)
    post = desk.cleared()
    assert next_slot(office, post).at == NINE
    assert next_slot(office, post, after=NINE).at == NINE + DAY


def test_a_taken_slot_is_passed_over_and_a_post_that_was_taken_back_takes_none(desk: Desk) -> None:
    office = slotted(desk)
    taken = desk.queued(NINE + timedelta(seconds=30), "Another.")
    post = desk.cleared()
    found = next_slot(office, post)
    assert (found.at, [slot.at for slot in found.passed]) == (NINE + DAY, [NINE])
    assert found.words(office) == "Passed over 1 slot (Tue 24 Nov 2026 09:00 GMT): taken."
    writing.cancel(office, desk.act(ANN), taken)
    assert next_slot(office, post).at == NINE


def test_its_own_slot_is_not_taken_from_it(desk: Desk) -> None:
    office = slotted(desk)
    post = desk.queued(NINE)
    assert next_slot(office, post).at == NINE


def test_slots_inside_a_block_are_passed_over_with_the_reason_and_a_post_that_is_allowed_gets_the_first(desk: Desk) -> None:
    office = slotted(desk)
    blocked, allowed = desk.cleared(category="announcement"), desk.cleared()
    period = election(ends=MONDAY + timedelta(days=9), end_mode=EndMode.FIXED)
    office = replace(office, house=replace(office.house, periods=(period,)))
    found = next_slot(office, blocked)
    assert found.at == datetime(2026, 12, 2, 9, tzinfo=UTC)
    assert len(found.passed) == 6
    assert "Passed over 6 slots (Tue 24 Nov 2026 09:00 GMT to Tue 1 Dec 2026 09:00 GMT), blocked: " in found.words(office)
    assert next_slot(office, allowed).at == NINE


def test_a_block_without_an_end_leaves_no_slot(desk: Desk) -> None:
    office = slotted(desk)
    post = desk.cleared(category="announcement")
    office = replace(office, house=replace(office.house, periods=(election(),)))
    found = next_slot(office, post)
    assert found.at is None
    assert found.words(office).endswith("No slot in the coming year is free.")


def test_the_window_of_the_post_holds(desk: Desk) -> None:
    office = slotted(desk)
    post = desk.cleared(not_before=NINE + DAY, not_after=NINE + 2 * DAY)
    assert next_slot(office, post).at == NINE + DAY
    desk.queued(NINE + DAY, "Another.")
    assert next_slot(office, post).at is None


def test_a_post_on_two_accounts_gets_a_slot_that_both_have_free(desk: Desk) -> None:
    office = slotted(desk, {"dept": "Mon-Fri 09:00", "agency": "Wed, Thu 09:00"})
    post = desk.cleared(accounts=("dept", "agency"))
    desk.queued(NINE + DAY, "Another.", accounts=("agency",))
    assert next_slot(office, post).at == NINE + 2 * DAY
    assert next_slot(office, post, accounts=("dept",)).at == NINE


def test_an_account_without_slots_has_no_say_unless_its_minute_is_taken(desk: Desk) -> None:
    office = slotted(desk)
    post = desk.cleared(accounts=("dept", "agency"))
    desk.queued(NINE, "Another.", accounts=("agency",))
    assert next_slot(office, post).at == NINE + DAY


@pytest.mark.parametrize(
    ("slots", "says"),
    [
        ({"agency": "Mon 09:00"}, "There are no slots for dept"),
        ({"dept": "Mon 09:00", "agency": "Mon 09:05"}, "no slot at the same time"),
    ],
)
def test_without_a_shared_slot_it_is_refused(desk: Desk, slots: Mapping[str, str], says: str) -> None:
    office = slotted(desk, slots)
    accounts = ("dept",) if "dept" not in slots else ("dept", "agency")
    with pytest.raises(BadInput, match=says):
        next_slot(office, desk.cleared(accounts=accounts))


def test_a_draft_that_is_not_saved_gets_the_same_slot(desk: Desk) -> None:
    office = slotted(desk)
    desk.queued(NINE, "Another.")
    assert next_slot_of_draft(office, desk.draft("Words.")).at == NINE + DAY
    assert next_slot_of_draft(office, desk.draft("Words."), after=NINE + DAY).at == NINE + 2 * DAY


def test_the_slot_found_can_be_scheduled(desk: Desk) -> None:
    office = slotted(desk)
    post = desk.cleared()
    queued = scheduling.schedule(office, desk.act(ANN), post, at=next_slot(office, post).at)
    assert queued[0].due_at == NINE


def test_free_and_taken_slots_of_some_days_are_listed_in_wall_time_over_a_clock_change(desk: Desk) -> None:
    office = slotted(desk, {"dept": "Sat, Sun 09:00"})
    desk.clock.at = datetime(2026, 10, 1, tzinfo=UTC)
    post = desk.queued(datetime(2026, 10, 25, 9, tzinfo=UTC))
    since = datetime(2026, 10, 24, tzinfo=UTC)
    lines = slots_between(office, office.house.accounts, since, since + 2 * DAY)
    assert [(line.account, line.at, line.posts) for line in lines] == [
        ("dept", datetime(2026, 10, 24, 8, tzinfo=UTC), ()),
        ("dept", datetime(2026, 10, 25, 9, tzinfo=UTC), (post,)),
    ]
