"""The daemon asks how accounts are: once a day, ahead of what is due, one at a time, and tells people in time."""

import io
import json
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application import account_health, noticing, views
from purdah_scheduler.application.answers import AccountCheck, NeedsLogin, RetryLater
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.notice_words import compose
from purdah_scheduler.checkup import house as examined
from purdah_scheduler.daemon.account_checks import AccountChecks
from purdah_scheduler.daemon.journal import Journal
from purdah_scheduler.domain.account_health import Health, LastCheck
from purdah_scheduler.domain.notices import NoticeKind, NoticeRules, Subscriber, Way, WayKind
from purdah_scheduler.domain.people import Account
from tests.application.desk import ANN, DEPARTMENT, Desk, open_desk


@dataclass
class Asked:
    """A platform that answers as it is told, and remembers who was asked about."""

    answer: AccountCheck | Exception
    accounts: list[str] = field(default_factory=list)

    def __call__(self, account: Account) -> Channel:
        self.accounts.append(account.id)
        return self  # type: ignore[return-value]  # only asked how the account is

    ends_at: datetime | None = None

    @property
    def limits(self) -> None:
        return None

    def check_account(self) -> AccountCheck:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = open_desk(tmp_path)
    account = replace(DEPARTMENT, channel="mastodon", credentials="/nowhere", base_url="https://social.example.test")
    house = replace(desk.office.house, accounts=(account, replace(DEPARTMENT, id="outbox")), periods=())
    desk.office = replace(desk.office, house=house)
    return desk


def well(*, expires_at: datetime | None = None) -> Asked:
    return Asked(AccountCheck(ok=True, handle="dept", detail="The token works.", expires_at=expires_at))


def checks_of(desk: Desk, asked: Asked) -> tuple[AccountChecks, io.StringIO]:
    log = io.StringIO()
    return AccountChecks(desk.office, Journal(log, now=desk.clock.now), open_channel=asked), log


def turn(checks: AccountChecks, desk: Desk, **span: float) -> None:
    """Let time pass and take a turn, once what the one before began has ended."""
    with checks._busy:
        desk.clock.forward(timedelta(**span))
    checks.turn()


def kept(desk: Desk) -> list[LastCheck]:
    with desk.office.store.read() as reader:
        return list(reader.account_checks())


def wait_for_checks(desk: Desk, asked: Asked, count: int) -> None:
    """The question is asked in a thread of its own."""
    for _try in range(600):
        if len(asked.accounts) >= count and kept(desk):
            return
        time.sleep(0.1)
    raise AssertionError("nobody was asked")


def test_nobody_is_asked_at_the_start_and_each_account_with_secrets_once_a_day(desk: Desk) -> None:
    asked = well()
    checks, log = checks_of(desk, asked)
    turn(checks, desk, minutes=4)
    assert asked.accounts == []
    turn(checks, desk, minutes=2)
    wait_for_checks(desk, asked, 1)
    turn(checks, desk, minutes=2)
    turn(checks, desk, hours=23)
    assert asked.accounts == ["dept"]
    turn(checks, desk, hours=1)
    wait_for_checks(desk, asked, 2)
    assert [check.health for check in kept(desk)] == [Health.WELL]
    assert json.loads(log.getvalue().splitlines()[0])["event"] == "account.checked"


def test_ahead_of_a_post_that_is_due_the_account_is_asked_about_again(desk: Desk) -> None:
    asked = well()
    checks, _log = checks_of(desk, asked)
    with desk.office.store.write() as tx:
        tx.note_check(LastCheck(account="dept", at=desk.clock.at, health=Health.WELL, said=""))
    desk.queued(desk.clock.at + timedelta(hours=12))
    turn(checks, desk, hours=5)
    assert asked.accounts == []
    turn(checks, desk, hours=2)
    wait_for_checks(desk, asked, 1)


def keep(desk: Desk, asked: Asked) -> None:
    """What comes of asking now."""
    found = account_health.check(desk.office.house.accounts[0], asked)
    with desk.office.store.write() as tx:
        account_health.note(tx, found, desk.clock.at)


def told(desk: Desk) -> list[str]:
    """The subjects of the notices that are made now."""
    ways = (Way(id="hook", kind=WayKind.COMMAND),)
    subscriber = Subscriber(person=ANN.id, ways=("hook",), kinds=frozenset(NoticeKind))
    office = replace(desk.office, house=replace(desk.office.house, notices=NoticeRules(ways=ways, subscribers=(subscriber,))))
    noticing.gather(office)
    noticing.gather(office)
    with office.store.notices() as reader:
        return [compose(office, reader, notice).subject for notice in reader.notices(limit=9)]


def test_refused_credentials_are_told_before_any_post_is_held_and_only_once_a_day(desk: Desk) -> None:
    keep(desk, Asked(NeedsLogin("Mastodon refuses the token.")))
    assert [subject.partition("] ")[2] for subject in told(desk)] == ["dept: the platform refuses its credentials"]
    assert len(told(desk)) == 1
    assert [check.account for check in views.status(desk.office).logins] == ["dept"]
    (line,) = examined.accounts(desk.office)
    assert (line.level, line.next_step) == ("bad", "purdah-scheduler account add dept")


def test_credentials_that_end_are_told_two_weeks_ahead(desk: Desk) -> None:
    ends_at = desk.clock.at + timedelta(days=15)
    keep(desk, well(expires_at=ends_at))
    assert told(desk) == []
    desk.clock.forward(timedelta(days=2))
    (subject,) = told(desk)
    assert "The credentials of dept end " in subject
    assert examined.accounts(desk.office)[0].level == "attention"


def test_a_notice_names_the_posts_that_are_queued_behind_the_end(desk: Desk) -> None:
    keep(desk, well(expires_at=desk.clock.at + timedelta(days=3)))
    desk.queued(desk.clock.at + timedelta(days=2))
    hit = [desk.queued(desk.clock.at + timedelta(days=4 + number)) for number in range(7)]
    told(desk)
    with desk.office.store.notices() as reader:
        (notice,) = [one for one in reader.notices(limit=9) if one.kind is NoticeKind.LOGIN]
        body = compose(desk.office, reader, notice).text
    assert f"Queued behind that: posts {', '.join(map(str, hit[:5]))} and 2 more." in body


def test_credentials_that_have_ended_by_a_persons_word_are_not_said_to_be_refused(desk: Desk) -> None:
    keep(desk, well(expires_at=desk.clock.at - timedelta(days=1)))
    (subject,) = told(desk)
    assert "The credentials of dept ended " in subject


def test_while_the_platform_cannot_be_asked_the_end_that_is_known_stays_known(desk: Desk) -> None:
    ends_at = desk.clock.at + timedelta(days=3)
    keep(desk, well(expires_at=ends_at))
    found = account_health.check(desk.office.house.accounts[0], Asked(RetryLater("No answer.")))
    with desk.office.store.write() as tx:
        account_health.note(tx, found, desk.clock.at)
    assert [check.expires_at for check in kept(desk)] == [ends_at]
    keep(desk, well())
    assert [check.expires_at for check in kept(desk)] == [None]


def test_credentials_that_end_before_a_post_is_due_are_told_at_once(desk: Desk) -> None:
    ends_at = desk.clock.at + timedelta(days=30)
    keep(desk, well(expires_at=ends_at))
    desk.queued(desk.clock.at + timedelta(days=29))
    assert told(desk) == []
    desk.queued(desk.clock.at + timedelta(days=31))
    assert len(told(desk)) == 1
