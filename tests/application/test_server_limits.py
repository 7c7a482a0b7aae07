"""What the server of an account takes is kept once it is learnt, and used wherever words are counted and refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from purdah_scheduler.application import views, writing
from purdah_scheduler.application.answers import Limits
from purdah_scheduler.application.previews import post_as_read
from purdah_scheduler.application.server_limits import known_limits, learn
from purdah_scheduler.channels import mastodon_text
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.people import Account
from purdah_scheduler.errors import BadInput
from tests.application.desk import AGENCY, ANN, DEPARTMENT, Desk, open_desk

SMALL = replace(mastodon_text.LIMITS, max_length=20)
LARGE = replace(mastodon_text.LIMITS, max_length=5_000)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Two accounts on two servers of one channel."""
    desk = open_desk(tmp_path)
    accounts: tuple[Account, ...] = (replace(DEPARTMENT, channel="mastodon"), replace(AGENCY, channel="mastodon"))
    desk.office = replace(desk.office, house=replace(desk.office.house, accounts=accounts))
    return desk


def told(desk: Desk, limits: Limits) -> None:
    """The server of the department's account has said what it takes."""
    with desk.office.store.write() as tx:
        learn(tx, "dept", limits, desk.office.now())


def learnt(desk: Desk) -> list[Entry]:
    with desk.office.store.read() as reader:
        return [entry for entry in reader.entries() if entry.action == "account.limits-learnt"]


def test_what_was_learnt_is_on_record_once_and_again_when_it_changes(desk: Desk) -> None:
    for limits in (SMALL, SMALL, LARGE):
        told(desk, limits)
    assert [entry.facts["max_length"] for entry in learnt(desk)] == [20, 5_000]
    with desk.office.store.read() as reader:
        known = known_limits(reader)
    assert {account: told.max_length for account, told in known.items()} == {"dept": 5_000}


@pytest.mark.parametrize(("limits", "limit"), [(None, 500), (SMALL, 20), (LARGE, 5_000)])
def test_every_face_counts_by_the_accounts_own_server(desk: Desk, limits: Limits | None, limit: int) -> None:
    if limits is not None:
        told(desk, limits)
    text = "The office is open on Monday, and on Tuesday too."
    post = desk.write(text, accounts=("dept", "agency"))
    viewed = views.post_view(desk.office, post).accounts
    read = post_as_read(desk.office, post)
    previewed = writing.preview(desk.office, desk.draft(text, accounts=("dept", "agency"))).accounts
    wanted = {"dept": limit, "agency": 500}
    assert {account.account: account.count.limit for account in viewed} == wanted
    assert {account.account: account.count.limit for account in previewed} == wanted
    assert {account.account: account.parts[0].count.limit for account in read} == wanted
    too_long = ["dept"] if limit == 20 else []
    for accounts in (viewed, previewed, read):
        assert [account.account for account in accounts if account.problems] == too_long


def test_what_the_accounts_server_does_not_take_is_not_submitted(desk: Desk) -> None:
    told(desk, SMALL)
    post = desk.write("The office is open on Monday.")
    with pytest.raises(BadInput, match="over Mastodon's limit of 20 characters"):
        writing.submit(desk.office, desk.act(ANN), post)
