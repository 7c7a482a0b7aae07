"""The table of channels: lazy, and helpful about names."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from purdah_scheduler.channels import catalogue, mastodon_text
from purdah_scheduler.channels.outbox import OutboxChannel
from purdah_scheduler.channels.x import XChannel
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.errors import BadSetup, NotFound
from tests.fakes.x_rules import write_credentials

_HEAVY = ("tweepy", "requests", "urllib3", "oauthlib", "requests_oauthlib", "http.client")


@pytest.mark.parametrize(
    "work",
    [
        "pass",
        "assert catalogue.count('x', 'See gov.uk') == (27, 280, 'weighted characters')",
        "assert catalogue.problems_of('x', Outgoing(key='', account='a', text=''))",
        "assert catalogue.limits_for('x').max_length == 280",
        "assert catalogue.count('outbox', 'See gov.uk') == (10, 500, 'characters')",
    ],
)
def test_counting_and_checking_load_no_http_library(work: str) -> None:
    program = f"""
import sys
from purdah_scheduler.channels import catalogue
from purdah_scheduler.domain.content import Outgoing
{work}
print(*[name for name in {_HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_importing_the_catalogue_does_not_load_the_parser() -> None:
    program = "import sys, purdah_scheduler.channels.catalogue; print('twitter_text' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(("typed", "nearest"), [("outbax", "outbox"), ("X", "x"), ("Outbox", "outbox")])
def test_an_unknown_channel_is_refused_with_the_nearest_known(typed: str, nearest: str) -> None:
    with pytest.raises(NotFound, match=f"Did you mean '{nearest}'"):
        catalogue.limits_for(typed)


def test_a_channel_like_no_other_is_refused_with_the_whole_list(tmp_path: Path, make_account: Callable[..., Account]) -> None:
    with pytest.raises(NotFound, match=f"The channels are: {', '.join(catalogue.channel_names())}") as refused:
        catalogue.open_channel(make_account(channel="telegraph"), data_dir=tmp_path, credentials_dir=None)
    assert "Did you mean" not in str(refused.value)


def test_opening_gives_the_channel_of_the_account(
    tmp_path: Path, credentials_file: Path, make_account: Callable[..., Account]
) -> None:
    outbox = catalogue.open_channel(make_account(channel="outbox"), data_dir=tmp_path, credentials_dir=None)
    assert isinstance(outbox, OutboxChannel)
    x = catalogue.open_channel(make_account(credentials=str(credentials_file)), data_dir=tmp_path, credentials_dir=None)
    assert isinstance(x, XChannel)


def test_tokens_from_the_service_manager_come_before_the_configured_file(
    tmp_path: Path, make_account: Callable[..., Account]
) -> None:
    handed_over = tmp_path / "handed-over"
    handed_over.mkdir()
    write_credentials(handed_over / "dept")
    account = make_account(credentials=str(tmp_path / "missing.toml"))
    assert isinstance(catalogue.open_channel(account, data_dir=tmp_path, credentials_dir=handed_over), XChannel)
    with pytest.raises(BadSetup, match=r"missing\.toml"):
        catalogue.open_channel(account, data_dir=tmp_path, credentials_dir=tmp_path / "empty")


def test_a_public_http_address_is_refused_before_the_tokens_are_read(
    tmp_path: Path, make_account: Callable[..., Account]
) -> None:
    account = make_account(base_url="http://api.example.gov.uk", credentials=str(tmp_path / "missing.toml"))
    with pytest.raises(BadSetup, match="must use https"):
        catalogue.open_channel(account, data_dir=tmp_path, credentials_dir=None)


@pytest.mark.parametrize("channel", catalogue.channel_names())
def test_a_channel_takes_the_settings_that_it_says_it_has_and_refuses_the_others(channel: str) -> None:
    """Compose shows a field for each of them, and for no other."""
    settings = catalogue.rules_for(channel).settings

    def refused(outgoing: Outgoing) -> set[str]:
        return {problem.code for problem in catalogue.problems_of(channel, outgoing) if problem.blocking}

    plain = Outgoing(key="", account="a", text="Title\n\nWords.")
    assert refused(plain) == set()
    for visibility in settings.visibilities:
        assert refused(replace(plain, visibility=visibility)) == set()
    if not settings.visibilities:
        assert refused(replace(plain, visibility="unlisted")) == {"visibility-unsupported"}
    warned = refused(replace(plain, content_warning="Flooding"))
    assert warned == (set() if settings.content_warning else {"content-warning-unsupported"})
    answered = refused(replace(plain, reply_to="99"))
    assert ("reply-unsupported" in answered) is not settings.reply
    assert ("language" in refused(replace(plain, lang="not a language"))) <= settings.language


def test_the_visibilities_are_those_of_mastodon() -> None:
    assert catalogue.rules_for("mastodon").settings.visibilities == mastodon_text.VISIBILITIES
