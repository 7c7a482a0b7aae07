"""The daemon learns what the server of an account takes when it asks how the account is."""

import io
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.channels import catalogue
from purdah_scheduler.daemon.account_checks import AccountChecks
from purdah_scheduler.daemon.journal import Journal
from tests.application.desk import DEPARTMENT, Desk, open_desk
from tests.channels.platforms import secrets_file
from tests.fakes import fake_mastodon
from tests.fakes.fake_mastodon import FakeMastodon
from tests.fakes.serving import Said


@pytest.fixture
def mastodon() -> Iterator[FakeMastodon]:
    with FakeMastodon() as fake:
        yield fake


@pytest.fixture
def desk(tmp_path: Path, mastodon: FakeMastodon) -> Desk:
    desk = open_desk(tmp_path)
    account = replace(
        DEPARTMENT,
        channel="mastodon",
        handle=fake_mastodon.USERNAME,
        base_url=mastodon.base_url,
        credentials=str(secrets_file(tmp_path / "mastodon.toml", access_token=fake_mastodon.ACCESS_TOKEN)),
    )
    desk.office = replace(desk.office, house=replace(desk.office.house, accounts=(account,)))
    return desk


def known_after_a_day(desk: Desk, checks: AccountChecks) -> dict[str, int]:
    """What is known once the next daily question has been answered."""
    desk.clock.forward(timedelta(hours=25))
    checks.turn()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with desk.office.store.read() as reader:
            if any(check.at == desk.clock.at for check in reader.account_checks()):
                return {limits.account: limits.max_length for limits in reader.server_limits()}
        time.sleep(0.01)
    raise AssertionError("the account was not asked about")


def test_what_the_server_takes_is_learnt_daily_and_stays_known_while_it_cannot_be_asked(
    desk: Desk, mastodon: FakeMastodon, tmp_path: Path
) -> None:
    checks = AccountChecks(
        desk.office,
        Journal(io.StringIO(), now=desk.clock.now),
        open_channel=lambda account: catalogue.open_channel(account, data_dir=tmp_path, credentials_dir=None),
    )
    mastodon.configuration["statuses"]["max_characters"] = 5_000
    assert known_after_a_day(desk, checks) == {"dept": 5_000}
    mastodon.script("GET /api/v2/instance", Said(status=503, body="<html>"))
    assert known_after_a_day(desk, checks) == {"dept": 5_000}
    mastodon.script("GET /api/v1/accounts/verify_credentials", Said(body={"id": "7", "username": "other"}))
    mastodon.configuration["statuses"]["max_characters"] = 700
    assert known_after_a_day(desk, checks) == {"dept": 5_000}
    assert known_after_a_day(desk, checks) == {"dept": 700}
