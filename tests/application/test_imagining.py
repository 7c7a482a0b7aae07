"""What if: a period that nobody declared is tried against the queue, and nothing of it is ever written."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from purdah_scheduler.application.days import posts_of
from purdah_scheduler.application.imagining import IMAGINED, earliest_poll, election_called, imagine, stretch
from purdah_scheduler.domain.civiltime import local_date
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import BadInput
from tests.application.desk import MONDAY, Desk

LONDON = ZoneInfo("Europe/London")


def test_a_general_election_called_today_runs_to_the_end_of_the_earliest_thursday_that_the_law_leaves() -> None:
    period = election_called(MONDAY, LONDON)
    assert period.polling_day == date(2027, 1, 7)
    assert period.polling_day.weekday() == 3
    assert (local_date(period.starts, LONDON), local_date(period.ends - timedelta(seconds=1), LONDON)) == (
        date(2026, 11, 23),
        date(2027, 1, 7),
    )
    assert earliest_poll(date(2026, 11, 22)) == date(2026, 12, 31)


def test_what_it_would_hold_is_told_with_the_reason_and_nothing_is_written(desk: Desk) -> None:
    held = desk.queued(MONDAY + timedelta(days=2), category="announcement")
    desk.queued(MONDAY + timedelta(days=100), category="announcement")
    with desk.office.store.read() as reader:
        before = len([*reader.entries()])
    found = imagine(desk.office, election_called(MONDAY, LONDON))
    assert ([effect.delivery.post for effect in found.held], found.queued) == ([held], 2)
    assert "IMAGINED" in found.reason(found.held[0])
    # The later one was cleared before the strict period that it would come after, and so needs a sign-off.
    assert found.words == "Of 2 queued posts it would hold 1 and flag 1."
    with desk.office.store.read() as reader:
        assert len([*reader.entries()]) == before
        assert reader.periods() == ()
    assert desk.delivery(held).state is DeliveryState.SCHEDULED


def test_the_posts_of_a_day_have_the_verdicts_that_they_would_have(desk: Desk) -> None:
    desk.queued(MONDAY + timedelta(hours=2), category="announcement")
    today = posts_of(desk.office, MONDAY.date())
    assert [post.verdict for post in today] == [Verdict.ALLOW]
    (post,) = imagine(desk.office, election_called(MONDAY, LONDON)).judged(today)
    assert post.verdict is Verdict.BLOCK
    assert "IMAGINED" in post.reason


def test_days_are_whole_days_of_uk_time_over_a_clock_change() -> None:
    period = stretch("local", date(2027, 3, 27), date(2027, 3, 28))
    assert period.ends - period.starts == timedelta(hours=47)
    assert period.id == IMAGINED


@pytest.mark.parametrize(
    ("kind", "last", "says"), [("local", date(2027, 3, 26), "comes before"), ("lockal", date(2027, 3, 28), "no kind of period")]
)
def test_days_in_the_wrong_order_and_kinds_that_do_not_exist_are_refused(kind: str, last: date, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        stretch(kind, date(2027, 3, 27), last)
