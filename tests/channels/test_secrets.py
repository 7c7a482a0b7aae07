"""On every platform: tokens and unpublished text appear in no log, no message and no traceback."""

import json
import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from purdah_scheduler.application.answers import ChannelError
from purdah_scheduler.channels import catalogue
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.toml_text import NotToml, parse
from purdah_scheduler.web import TimeLimits
from tests.channels import platforms
from tests.channels.platforms import Platform
from tests.fakes.chaos import Chaos

LOGGERS = ("", "urllib3", "urllib3.connectionpool", "requests")


@pytest.fixture(params=platforms.LOGINS)
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Platform]:
    with platforms.running(request.param, tmp_path) as running:
        yield running


def secrets_of(platform: Platform, folder: Path) -> list[str]:
    """What the account's file holds, and what a login has brought."""
    document = parse(Path(platform.account.credentials).read_text("utf-8"))
    assert not isinstance(document, NotToml)
    kept = [json.loads(file.read_text("utf-8")) for file in (folder / "sessions").glob("*.json")]
    tokens = [value for login in kept for name, value in login.items() if name.endswith(("Jwt", "_token"))]
    return [*map(str, document.values()), *tokens]


@pytest.mark.parametrize("fault", ["none", "drop_resp", "half_resp", "503", "200html", "hang_resp"])
def test_no_log_message_or_traceback_holds_a_secret(
    platform: Platform, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    with Chaos(platform.base_url) as proxy:
        account = replace(platform.account, base_url=proxy.base_url)
        limits = TimeLimits(connect=2, read=1, total=10)
        channel = catalogue.open_channel(account, data_dir=tmp_path, credentials_dir=None, limits=limits)
        post = Outgoing(key="d1-r1", account="dept", text=platform.compose("CANARY-TEXT under embargo until Monday"))
        staged = channel.stage(post, {})
        for name in LOGGERS:
            # As a logging configuration does that is loaded late.
            logging.getLogger(name).disabled = False
        if fault != "none":
            proxy.spoil(fault, on=platform.publishing)
        shown = [repr(channel), str(channel)]
        failed: ChannelError | None = None
        try:
            channel.commit(post, staged)
            channel.find_published(post, staged)
        except ChannelError as failure:
            failed = failure
        assert (failed is None) is (fault == "none")
        if failed is not None:
            assert failed.__context__ is None
            frames = "".join(traceback.TracebackException.from_exception(failed, capture_locals=True).format())
            assert [value for value in secrets_of(platform, tmp_path) if value in frames] == []
            shown += [str(failed), repr(failed), repr(vars(failed))]
    everything = "\n".join([*shown, caplog.text])
    assert [canary for canary in [*secrets_of(platform, tmp_path), "CANARY-TEXT"] if canary in everything] == []
