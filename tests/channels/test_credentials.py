"""The tokens' file: whose it is, who can read it, and that nothing in it is ever repeated."""

import os
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from purdah_scheduler.channels.credentials import CredentialsFile, Secret, find_credentials, read_credentials, too_open
from purdah_scheduler.domain.people import Account
from purdah_scheduler.errors import BadSetup
from tests.fakes.x_rules import CREDENTIALS


def read(path: Path) -> object:
    return read_credentials(CredentialsFile(path=path, handed_over=False), account="dept", channel="x")


def private(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")
    return path


def test_the_four_tokens_are_read(credentials_file: Path) -> None:
    tokens = read_credentials(CredentialsFile(path=credentials_file, handed_over=False), account="dept", channel="x")
    assert tokens.values() == tuple(CREDENTIALS.values())


def test_tokens_do_not_show_themselves(credentials_file: Path) -> None:
    tokens = read(credentials_file)
    secret = Secret("canary")
    shown = f"{tokens!r} {tokens} {secret!r} {secret} {[secret]}"
    assert not [value for value in (*CREDENTIALS.values(), "canary") if value in shown]
    assert secret.reveal() == "canary"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o601, 0o620])
def test_a_file_open_to_others_is_refused_with_the_command_that_closes_it(credentials_file: Path, mode: int) -> None:
    credentials_file.chmod(mode)
    with pytest.raises(BadSetup, match="open to other users") as refused:
        read(credentials_file)
    assert f"chmod 600 {credentials_file}" in refused.value.next_step
    credentials_file.chmod(0o600)
    assert read(credentials_file)


def test_the_command_quotes_a_name_with_spaces(tmp_path: Path) -> None:
    path = private(tmp_path / "my tokens.toml", "")
    path.chmod(0o644)
    with pytest.raises(BadSetup) as refused:
        read(path)
    assert f"chmod 600 '{path}'" in refused.value.next_step


@pytest.mark.parametrize(
    ("mode", "owner", "handed_over", "refused"),
    [
        (0o400, 1000, False, False),
        (0o440, 0, True, False),
        (0o440, 0, False, True),
        (0o440, 1000, True, True),
        (0o460, 0, True, True),
        (0o444, 0, True, True),
        (0o450, 0, True, True),
    ],
)
def test_only_the_service_managers_own_form_may_be_group_readable(
    mode: int, owner: int, handed_over: bool, refused: bool
) -> None:
    assert too_open(mode, owner, handed_over=handed_over) is refused


def test_missing_and_empty_tokens_are_all_named_at_once(tmp_path: Path) -> None:
    path = private(tmp_path / "x.toml", 'consumer_key = ""\naccess_token = 7\naccess_token_secret = "a b"\n')
    with pytest.raises(
        BadSetup, match="lacks a usable consumer_key and consumer_secret and access_token and access_token_secret"
    ):
        read(path)


@pytest.mark.parametrize(
    "text", ["canary", 'consumer_key = canary"', "[[[[canary", 'consumer_key = "canary', "a = " + "[" * 9000]
)
def test_a_malformed_file_is_refused_without_repeating_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadSetup, match="not valid TOML") as refused:
        read(private(tmp_path / "x.toml", text))
    assert "canary" not in str(refused.value)
    assert refused.value.__context__ is None


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = private(tmp_path / "x.toml", "")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadSetup, match="not valid TOML"):
        read(path)


def test_what_is_no_plain_small_file_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    large = private(tmp_path / "large.toml", "#" * 20_000)
    for path in (pipe, tmp_path, large):
        with pytest.raises(BadSetup, match=r"not a small plain file|cannot be read"):
            read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetup, match=r"gone\.toml.*No such file"):
        read(tmp_path / "gone.toml")


def test_an_account_without_tokens_is_told_how_to_get_them(tmp_path: Path, make_account: Callable[..., Account]) -> None:
    for account in (make_account(), make_account(id="../dept")):
        with pytest.raises(BadSetup, match="has no credentials"):
            find_credentials(account, tmp_path)


def test_tokens_of_oauth_2_are_read_with_what_may_be_beside_them(tmp_path: Path) -> None:
    path = private(tmp_path / "x.toml", 'client_id = "a"\nrefresh_token = "b"\nconsumer_key = "left out"\n')
    found = read_credentials(CredentialsFile(path=path, handed_over=False), account="dept", channel="x")
    assert (sorted(found.values()), "client_secret" in found) == (["a", "b"], False)
    path.write_text('client_id = "a"\nrefresh_token = "b"\nclient_secret = "c"\n', "utf-8")
    found = read_credentials(CredentialsFile(path=path, handed_over=False), account="dept", channel="x")
    assert found["client_secret"].reveal() == "c"
    path.write_text('refresh_token = ""\nclient_secret = "c c"\n', "utf-8")
    with pytest.raises(BadSetup, match="lacks a usable client_id and refresh_token and client_secret, so"):
        read_credentials(CredentialsFile(path=path, handed_over=False), account="dept", channel="x")


@pytest.mark.parametrize("day", ['"2027-03-31"', "2027-03-31"])
def test_the_day_on_which_they_end_is_read_with_quotes_or_without(credentials_file: Path, day: str) -> None:
    credentials_file.write_text(f"{credentials_file.read_text('utf-8')}ends_on = {day}\n", "utf-8")
    tokens = read_credentials(CredentialsFile(path=credentials_file, handed_over=False), account="dept", channel="x")
    assert tokens.ends_at == datetime(2027, 3, 31, tzinfo=UTC)
    assert tokens.values() == tuple(CREDENTIALS.values())


@pytest.mark.parametrize("day", ['"31 March"', "5", '""', "2027-03-31T09:00:00Z", '"0001-01-01"', "[]"])
def test_a_day_that_is_none_is_refused_and_not_taken_for_never(credentials_file: Path, day: str) -> None:
    credentials_file.write_text(f"{credentials_file.read_text('utf-8')}ends_on = {day}\n", "utf-8")
    with pytest.raises(BadSetup, match="lacks a usable ends_on"):
        read(credentials_file)
