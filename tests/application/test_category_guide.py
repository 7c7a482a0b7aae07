"""Every kind of post is told with what the rules make of it at a moment, on the accounts that it is for."""

from datetime import timedelta

from purdah_scheduler.application import calendars
from purdah_scheduler.application.category_guide import Treated, category_guide
from purdah_scheduler.application.lists import Classed
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.policy import Verdict
from tests.application.desk import MONDAY, PAT, Desk, election

CLASSED = Classed(category="", nation="UK", area="", marks=Marks())


def guide(desk: Desk, *accounts: str, hours: int = 0, marks: Marks | None = None) -> dict[str, Treated]:
    classed = Classed(category="", nation="UK", area="", marks=marks or Marks())
    at = MONDAY + timedelta(hours=hours)
    return {entry.category: entry for entry in category_guide(desk.office, classed, accounts, at)}


def test_every_category_is_told_in_the_order_of_the_rulebook(desk: Desk) -> None:
    found = category_guide(desk.office, CLASSED, ("dept",), MONDAY)
    assert [entry.category for entry in found] == list(desk.office.house.rulebook.categories)
    assert all(entry.label and entry.source for entry in found)


def test_a_period_changes_what_holds_and_not_what_is_usual(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election(starts=MONDAY + timedelta(hours=2)))
    before, inside = guide(desk, "dept"), guide(desk, "dept", hours=3)
    assert (before["funding"].usual, before["funding"].verdict) == (Verdict.ALLOW, Verdict.ALLOW)
    assert (inside["funding"].usual, inside["funding"].verdict) == (Verdict.ALLOW, Verdict.BLOCK)
    assert "Invented general election" in inside["funding"].findings[0].reason
    assert inside["emergency-safety"].verdict is Verdict.ALLOW


def test_the_marks_of_the_post_count(desk: Desk) -> None:
    assert guide(desk, "dept", marks=Marks(partisan=True))["emergency-safety"].verdict is Verdict.BLOCK


def test_without_an_account_it_is_told_for_all_of_ours(desk: Desk) -> None:
    assert guide(desk).keys() == guide(desk, "dept", "agency").keys()
