"""How each account is, in one word: what keeps most from going out comes first, and what to type mends that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import stopping
from purdah_scheduler.application.account_views import AccountLine, AccountState, account_lines, behind
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.account_health import Health, LastCheck
from purdah_scheduler.domain.posts import RateLimit
from tests.application.desk import AGENCY, DEPARTMENT, MONDAY, OLA, Desk

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def credentials(desk: Desk) -> None:
    """The department's account has secrets, the agency's needs none."""
    accounts = (replace(DEPARTMENT, credentials="dept.toml"), AGENCY)
    desk.office = replace(desk.office, house=replace(desk.office.house, accounts=accounts))


def line(desk: Desk, account: str = "dept") -> AccountLine:
    return next(found for found in account_lines(desk.office) if found.account.id == account)


def check(desk: Desk, health: Health, *, ends: timedelta | None = None) -> None:
    expires_at = None if ends is None else MONDAY + ends
    with desk.office.store.write() as tx:
        tx.note_check(LastCheck(account="dept", at=MONDAY, health=health, said="what it said", expires_at=expires_at))


def limit(desk: Desk) -> None:
    with desk.office.store.write() as tx:
        tx.set_rate_limit(RateLimit(account="dept", until=MONDAY + HOUR, reason="“429”", at=MONDAY))
        record(tx, desk.act(OLA), "account.limited", at=MONDAY, public={"account": "dept"})


def test_an_account_that_was_never_asked_about_says_so_and_one_without_secrets_is_open(desk: Desk) -> None:
    assert line(desk).state is AccountState.NOT_ASKED
    assert line(desk).next_step == "purdah-scheduler account check dept"
    assert line(desk, "agency").state is AccountState.OPEN
    assert line(desk, "agency").next_step == ""


@pytest.mark.parametrize(
    ("health", "ends", "state", "step"),
    [
        (Health.WELL, None, AccountState.OPEN, ""),
        (Health.WELL, timedelta(days=90), AccountState.OPEN, ""),
        (Health.WELL, timedelta(days=3), AccountState.ENDS_SOON, "purdah-scheduler account add dept"),
        (Health.WELL, -HOUR, AccountState.NEEDS_LOGIN, "purdah-scheduler account add dept"),
        (Health.NEEDS_LOGIN, None, AccountState.NEEDS_LOGIN, "purdah-scheduler account add dept"),
        (Health.NOT_SET_UP, None, AccountState.NEEDS_LOGIN, "purdah-scheduler account add dept"),
        (Health.LATER, None, AccountState.UNREACHABLE, "purdah-scheduler account check dept"),
        (Health.UNREACHABLE, None, AccountState.UNREACHABLE, "purdah-scheduler account check dept"),
    ],
)
def test_what_its_platform_said_last_is_its_state(
    desk: Desk, health: Health, ends: timedelta | None, state: AccountState, step: str
) -> None:
    check(desk, health, ends=ends)
    assert (line(desk).state, line(desk).next_step) == (state, step)


def test_credentials_that_end_before_the_last_post_that_is_queued_end_soon(desk: Desk) -> None:
    check(desk, Health.WELL, ends=timedelta(days=30))
    assert line(desk).state is AccountState.OPEN
    desk.queued(MONDAY + timedelta(days=31))
    assert line(desk).state is AccountState.ENDS_SOON


def test_what_stops_more_is_said_first_and_each_is_said_once_the_other_is_over(desk: Desk) -> None:
    check(desk, Health.WELL)
    limit(desk)
    assert line(desk).state is AccountState.WAITS
    check(desk, Health.NEEDS_LOGIN)
    assert line(desk).state is AccountState.NEEDS_LOGIN
    stopping.pause(desk.office, desk.act(OLA), reason="The password leaked.", account="dept")
    assert line(desk).state is AccountState.PAUSED
    assert line(desk).next_step == "purdah-scheduler resume --account dept"
    assert line(desk, "agency").state is AccountState.OPEN
    stopping.pause(desk.office, desk.act(OLA), reason="A royal death.")
    assert {found.state for found in account_lines(desk.office)} == {AccountState.STOPPED}
    assert line(desk).next_step == "purdah-scheduler resume"
    assert line(desk).stopped == "ola: A royal death."


def test_the_stop_that_is_a_file_stops_every_account(desk: Desk) -> None:
    desk.office.stop.set("ola: a test")
    assert {(found.state, found.stopped) for found in account_lines(desk.office)} == {(AccountState.STOPPED, "ola: a test")}


def test_a_limit_is_over_when_its_time_has_passed(desk: Desk) -> None:
    check(desk, Health.WELL)
    limit(desk)
    desk.clock.forward(HOUR)
    assert line(desk).state is AccountState.OPEN
    assert line(desk).limit is None


def test_counts_and_names_are_of_the_posts_of_that_account(desk: Desk) -> None:
    """The five that are due next are named, the rest are counted; another account's posts are not its own."""
    posts = [desk.queued(MONDAY + number * HOUR) for number in range(1, 8)]
    desk.queued(MONDAY + HOUR, accounts=("agency",))
    assert line(desk).waiting == 7
    assert line(desk, "agency").waiting == 1
    with desk.office.store.read() as reader:
        found = behind(reader, "dept")
    assert [post.post for post in found.due] == posts[:5]
    assert found.troubled == ()
