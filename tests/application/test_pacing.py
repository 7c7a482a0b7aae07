"""Gaps and clashes: whole days without a post, and pairs that are close, by local day over a clock change."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from purdah_scheduler.application import scheduling
from purdah_scheduler.application.pacing import Moment, Pacing, pacing, pacing_of, pacing_on
from purdah_scheduler.domain.slots import read_slots
from tests.application.desk import ANN, MONDAY, Desk

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = date(2026, 10, 19), date(2026, 11, 1)


def found(*times: str, gap: int = 3, close: int = 15, account: str = "dept") -> Pacing:
    moments = [Moment(account=account, post=number, at=datetime.fromisoformat(at)) for number, at in enumerate(times, start=1)]
    return pacing_of(moments, ("dept",), (FIRST, LAST), LONDON, gap=timedelta(days=gap), close=timedelta(minutes=close))


def test_whole_days_without_a_post_are_a_gap_from_the_least_on() -> None:
    paced = found("2026-10-19T09:00Z", "2026-10-23T09:00Z", "2026-10-26T09:00Z", "2026-10-31T23:30Z")
    assert [(gap.first, gap.last, gap.days) for gap in paced.gaps] == [
        (date(2026, 10, 20), date(2026, 10, 22), 3),
        (date(2026, 10, 27), date(2026, 10, 30), 4),
    ]
    assert paced.gaps[0].words == "dept: no post for 3 days, Tue 20 Oct 2026 to Thu 22 Oct 2026"


def test_an_account_without_any_post_is_one_gap_and_no_gap_is_told_where_it_is_turned_off() -> None:
    assert [(gap.first, gap.last) for gap in found().gaps] == [(FIRST, LAST)]
    assert found(gap=0).gaps == ()


def test_the_day_of_a_post_is_the_local_one() -> None:
    # 23:30 in UTC on the 21st is 00:30 of the 22nd in British Summer Time.
    paced = found("2026-10-19T09:00Z", "2026-10-21T23:30Z", "2026-10-26T09:00Z")
    assert (date(2026, 10, 20), date(2026, 10, 21)) not in [(gap.first, gap.last) for gap in paced.gaps]
    assert (date(2026, 10, 23), date(2026, 10, 25)) in [(gap.first, gap.last) for gap in paced.gaps]


@pytest.mark.parametrize(("minute", "clashes"), [(14, 1), (15, 0)])
def test_two_posts_nearer_than_the_minutes_clash(minute: int, clashes: int) -> None:
    paced = found("2026-10-20T09:00Z", f"2026-10-20T09:{minute}Z")
    assert len(paced.clashes) == clashes
    assert paced.on(date(2026, 10, 20), LONDON)[:clashes] == (
        ("dept: posts 1 and 2 14 minutes apart, Tue 20 Oct 2026 10:00 BST",) if clashes else ()
    )


def test_posts_an_hour_apart_on_the_wall_of_a_night_that_repeats_it_do_not_clash() -> None:
    assert found("2026-10-25T00:30Z", "2026-10-25T01:30Z").clashes == ()


def test_what_is_held_or_taken_back_fills_no_gap(desk: Desk) -> None:
    day = timedelta(days=1)
    for number in (1, 3):
        desk.queued(MONDAY + number * day, accounts=("dept", "agency"))
    scheduling.hold(desk.office, desk.act(ANN), desk.queued(MONDAY + 2 * day, accounts=("dept", "agency")), reason="wait")
    first = MONDAY.date()
    paced = pacing(desk.office, first, first + 4 * day, gap=day)
    assert [(gap.account, gap.first, gap.last) for gap in paced.gaps if gap.account == "dept"] == [
        ("dept", first, first),
        ("dept", first + 2 * day, first + 2 * day),
        ("dept", first + 4 * day, first + 4 * day),
    ]


def test_a_day_whose_slots_are_all_free_is_told_until_a_post_goes_out_on_it(desk: Desk) -> None:
    house = desk.office.house
    account = replace(house.accounts[0], slots=read_slots("Mon-Fri 08:00 12:00"))
    desk.office = replace(desk.office, house=replace(house, accounts=(account, *house.accounts[1:])))
    day, on = timedelta(days=1), MONDAY.date()
    assert pacing_on(desk.office, on) == ("dept: no post on this day, 1 slot free",)
    assert pacing_on(desk.office, on + day) == ("dept: no post on this day, 2 slots free",)
    assert pacing_on(desk.office, on + 5 * day) == pacing_on(desk.office, on - day) == ()
    held = desk.queued(MONDAY + day)
    assert pacing_on(desk.office, on + day) == ()
    scheduling.hold(desk.office, desk.act(ANN), held, reason="wait")
    assert pacing_on(desk.office, on + day) == ("dept: no post on this day, 2 slots free",)
