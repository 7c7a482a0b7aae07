"""The secrets of accounts: kept where the daemon looks, never shown, never lost to an empty line; and how each account is."""

import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purdah_scheduler.bootstrap import read_config
from tests import houses
from tests.cli.conftest import Desk
from tests.fakes import fake_wordpress, x_rules
from tests.fakes.fake_wordpress import FakeWordPress
from tests.fakes.fake_x import FakeX
from tests.houses import House

SECRETS = "".join(f'{name} = "{value}"\n' for name, value in x_rules.CREDENTIALS.items())


@pytest.fixture
def x() -> Iterator[FakeX]:
    with FakeX() as fake:
        yield fake


@pytest.fixture
def x_desk(tmp_path: Path, x: FakeX) -> Iterator[Desk]:
    """A house with an account on X, whose secrets nobody has given yet, beside the outbox."""
    house: House = houses.build(tmp_path / "house")
    path = house.config.path
    block = f'id = "x-main"\nchannel = "x"\nhandle = "{x_rules.USERNAME}"\nbody = "uk-civil-service"\nbase_url = "{x.base_url}"\n'
    path.write_text(f'{path.read_text("utf-8")}\n[[account]]\n{block}credentials = "x-main.toml"\n', "utf-8")
    yield Desk(house)
    house.office.store.close()


def kept(desk: Desk) -> Path:
    return desk.path.parent / "x-main.toml"


def give(desk: Desk, text: str = SECRETS, *more: str) -> None:
    desk.ok("account", "add", "x-main", "--from-file", "-", *more, stdin=text.encode())


def shown_secrets(*texts: str) -> list[str]:
    return [value for value in x_rules.CREDENTIALS.values() if any(value in text for text in texts)]


# --- keeping ------------------------------------------------------------------------------------------------------


def test_secrets_come_from_standard_input_into_a_private_file_and_are_not_shown(x_desk: Desk) -> None:
    ran = x_desk.ok("account", "add", "x-main", "--from-file", "-", "--json", stdin=SECRETS.encode())
    assert ran.object["new"] == list(x_rules.CREDENTIALS)
    assert kept(x_desk).stat().st_mode & 0o777 == 0o600
    assert shown_secrets(ran.out, ran.err, x_desk.path.read_text("utf-8")) == []
    assert x_desk.ok("account", "check", "x-main").out.startswith("x-main")


def test_an_empty_value_leaves_what_is_kept(x_desk: Desk) -> None:
    give(x_desk)
    x_desk.ok("account", "add", "x-main", "--from-file", "-", stdin=b'consumer_key = ""\naccess_token = "new-one"\n')
    text = kept(x_desk).read_text("utf-8")
    assert x_rules.CREDENTIALS["consumer_key"] in text
    assert 'access_token = "new-one"' in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "no consumer_key and no consumer_secret"),
        ('consumer_key = "a"\n', "no consumer_secret and no access_token and no access_token_secret"),
        (SECRETS + 'password = "x"\n', "no secret 'password'"),
        (SECRETS.replace('consumer_key = "', 'consumer_key = "two words '), "given as consumer_key cannot be one"),
        ("no toml", "Standard input is not TOML (line 1)"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_kept(x_desk: Desk, given: str, said: str) -> None:
    ran = x_desk("account", "add", "x-main", "--from-file", "-", stdin=given.encode())
    assert ran.code == 64
    assert said in ran.err
    assert shown_secrets(ran.out, ran.err) == []
    assert not kept(x_desk).exists()


def test_without_a_terminal_nobody_is_asked(x_desk: Desk) -> None:
    ran = x_desk("account", "add", "x-main")
    assert (ran.code, "--from-file" in ran.err) == (64, True)


def test_an_account_without_secrets_needs_none(x_desk: Desk) -> None:
    ran = x_desk("account", "add", "outbox", "--from-file", "-")
    assert (ran.code, "has no secrets" in ran.err) == (64, True)


def test_another_users_file_is_left_alone(x_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    give(x_desk)
    before = kept(x_desk).read_bytes()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    ran = x_desk("account", "add", "x-main", "--from-file", "-", stdin=SECRETS.encode())
    assert (ran.code, "belongs to another user" in ran.err) == (78, True)
    assert kept(x_desk).read_bytes() == before


def test_on_a_terminal_each_secret_is_asked_for_and_none_is_echoed(x_desk: Desk) -> None:
    parent, child = pty.openpty()
    line = [sys.executable, "-m", "purdah_scheduler", "--config", str(x_desk.path), "account", "add", "x-main"]
    process = subprocess.Popen(line, stdin=child, stdout=child, stderr=child, start_new_session=True)
    os.close(child)
    seen = ""
    for prompt, value in {**x_rules.CREDENTIALS, "where none is known": ""}.items():
        while f"{prompt}:" not in seen:
            assert select.select([parent], [], [], 60)[0]
            seen += os.read(parent, 65_536).decode()
        os.write(parent, f"{value}\n".encode())
    try:
        while select.select([parent], [], [], 60)[0]:
            seen += os.read(parent, 65_536).decode()
    except OSError:
        pass  # the terminal has closed
    assert process.wait(60) == 0
    os.close(parent)
    assert shown_secrets(seen) == []
    assert shown_secrets(kept(x_desk).read_text("utf-8")) == list(x_rules.CREDENTIALS.values())


# --- a new account ------------------------------------------------------------------------------------------------


NEW = ("--channel", "bluesky", "--handle", "rivers.example.test", "--body", "uk-civil-service", "--from-file", "-")
PASSWORD = b'app_password = "abcd-efgh-ijkl-mnop"\n'


def test_a_new_account_is_printed_and_written_only_when_asked(desk: Desk) -> None:
    before = desk.path.read_bytes()
    ran = desk.ok("account", "add", "sky", *NEW, stdin=PASSWORD)
    assert ran.out.startswith('[[account]]\nid = "sky"\nchannel = "bluesky"\n')
    assert desk.path.read_bytes() == before
    desk.path.chmod(0o640)
    told = desk.ok("account", "add", "sky", *NEW, "--write-config", "--json", stdin=PASSWORD).object
    assert told["config_written"] is True
    assert desk.path.read_bytes().startswith(before)
    assert desk.path.stat().st_mode & 0o777 == 0o640
    made = read_config(desk.path).account("sky")
    assert (made.handle, Path(made.credentials)) == ("rivers.example.test", desk.path.parent / "sky.toml")
    assert "abcd-efgh" not in desk.path.read_text("utf-8")


def test_what_the_configuration_would_refuse_keeps_nothing(desk: Desk) -> None:
    ran = desk("account", "add", "sky", *NEW[:3], "no handle", *NEW[4:], "--write-config", stdin=PASSWORD)
    assert (ran.code, "cannot be a handle" in ran.err) == (78, True)
    assert not (desk.path.parent / "sky.toml").exists()


def test_an_account_that_is_not_known_says_what_is_missing(desk: Desk) -> None:
    ran = desk("account", "add", "sky", "--from-file", "-", stdin=PASSWORD)
    assert (ran.code, "--channel, --handle, --body" in ran.err) == (64, True)


def test_an_account_that_is_known_is_not_described_again(x_desk: Desk) -> None:
    ran = x_desk("account", "add", "x-main", *NEW, stdin=PASSWORD)
    assert (ran.code, "already" in ran.err) == (64, True)


# --- how it is ----------------------------------------------------------------------------------------------------


def test_a_well_account_tells_who_it_is_what_it_takes_and_what_it_costs(x_desk: Desk) -> None:
    give(x_desk)
    told = x_desk.ok("account", "check", "x-main", "--json").object
    assert (told["health"], told["handle"], told["limits"]["length"]) == ("well", x_rules.USERNAME, 280)
    assert "$0.015 a post" in told["cost"]
    assert "$0.20 one with a link" in x_desk.ok("account", "check", "x-main").out


def test_secrets_that_are_missing_are_78_and_the_worst_of_several_counts(x_desk: Desk) -> None:
    ran = x_desk("account", "check", "--json")
    assert ran.code == 78
    assert [(each["account"], each["health"]) for each in ran.objects] == [("outbox", "well"), ("x-main", "not-set-up")]


@pytest.mark.parametrize(
    ("behaviour", "code", "health"),
    [("401", 2, "needs-login"), ("503", 69, "unreachable"), ("drop_before", 69, "unreachable"), ("429", 75, "later")],
)
def test_each_answer_has_its_code(x_desk: Desk, x: FakeX, behaviour: str, code: int, health: str) -> None:
    give(x_desk)
    x.behave(behaviour, **({"headers": {"retry-after": "60"}} if behaviour == "429" else {}))
    ran = x_desk("account", "check", "x-main", "--json")
    assert (ran.code, ran.object["health"]) == (code, health)
    assert shown_secrets(ran.out, ran.err) == []


def test_tokens_that_are_not_the_accounts_need_a_login(x_desk: Desk) -> None:
    give(x_desk)
    x_desk.path.write_text(x_desk.path.read_text("utf-8").replace(x_rules.USERNAME, "another"), "utf-8")
    ran = x_desk("account", "check", "x-main", "--json")
    assert (ran.code, ran.object["next"]) == (2, "purdah-scheduler account add x-main")


def test_a_check_never_spends_a_refresh_token(x_desk: Desk, x: FakeX) -> None:
    give(x_desk, "".join(f'{name} = "{value}"\n' for name, value in x.tokens.credentials().items()), "--oauth2")
    ran = x_desk("account", "check", "x-main")
    assert (ran.code, "the daemon fetches" in ran.out, x.tokens.refreshed) == (75, True, 0)


def test_a_user_who_may_not_publish_is_told_so(desk: Desk) -> None:
    with FakeWordPress() as blog:
        given = f'application_password = "{fake_wordpress.APPLICATION_PASSWORD}"\n'.encode()
        new = ("--channel", "wordpress", "--handle", fake_wordpress.USER, "--base-url", blog.base_url, *NEW[4:])
        desk.ok("account", "add", "blog", *new, "--write-config", stdin=given)
        assert "may publish" in desk.ok("account", "check", "blog").out
        blog.may["publish_posts"] = False
        ran = desk("account", "check", "blog")
        assert (ran.code, "may not publish posts" in ran.out) == (2, True)


def test_the_list_says_when_an_account_last_published(desk: Desk) -> None:
    assert "nothing yet" in desk.ok("account", "list").out
    (told,) = desk.ok("account", "list", "--json").objects
    assert (told["last_published_at"], told["last_check"], told["replies"]) == (None, None, "everyone")


def test_what_a_check_found_is_in_the_list_and_the_status_and_the_examination(x_desk: Desk, x: FakeX) -> None:
    assert "not asked yet" in x_desk.ok("account", "list").out
    give(x_desk)
    x_desk.ok("account", "check", "x-main")
    assert x_desk.ok("account", "list", "--json").objects[1]["last_check"]["health"] == "well"
    assert x_desk("status", "--json").object["accounts"] == []
    x.behave("401")
    x_desk("account", "check", "x-main")
    assert "needs login, " in x_desk.ok("account", "list").out
    (told,) = x_desk("status", "--json").object["accounts"]
    assert (told["account"], told["health"], told["expires_at"]) == ("x-main", "needs-login", None)
    assert "x-main needs a login" in x_desk("status").out
    assert "purdah-scheduler account add x-main" in x_desk("doctor").out


# --- when the secrets end -----------------------------------------------------------------------------------------


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def day_kept(desk: Desk) -> str:
    found = re.search(r'^ends_on = "(.*)"$', kept(desk).read_text("utf-8"), re.MULTILINE)
    return found[1] if found else ""


def test_the_day_on_which_they_end_goes_with_the_secrets_that_it_was_given_for(x_desk: Desk) -> None:
    give(x_desk, f'{SECRETS}ends_on = "{in_days(40)}"\n')
    assert day_kept(x_desk) == in_days(40)
    x_desk.ok("account", "add", "x-main", "--ends-on", in_days(50))
    give(x_desk, "")
    assert day_kept(x_desk) == in_days(50)
    give(x_desk)
    assert day_kept(x_desk) == ""
    told = x_desk.ok("account", "add", "x-main", "--ends-on", in_days(60), "--json").object
    assert (told["new"], day_kept(x_desk)) == (["ends_on"], in_days(60))
    x_desk.ok("account", "add", "x-main", "--ends-on", "none")
    assert day_kept(x_desk) == ""
    assert x_desk.ok("account", "check", "x-main", "--json").object["expires_at"] is None


@pytest.mark.parametrize("day", ["31 March", "2027-02-30", "0001-01-01", "soon"])
def test_what_is_no_day_is_refused_and_nothing_is_kept(x_desk: Desk, day: str) -> None:
    ran = x_desk("account", "add", "x-main", "--from-file", "-", "--ends-on", day, stdin=SECRETS.encode())
    assert (ran.code, "is no day" in ran.err) == (64, True)
    assert not kept(x_desk).exists()


@pytest.mark.parametrize("behaviour", ["503", "drop_before"])
def test_the_day_that_was_given_is_shown_although_the_platform_was_never_reached(x_desk: Desk, x: FakeX, behaviour: str) -> None:
    give(x_desk, SECRETS, "--ends-on", in_days(5))
    x.behave(behaviour)
    ran = x_desk("account", "check", "x-main", "--json")
    assert (ran.code, ran.object["health"], ran.object["expires_at"][:10]) == (69, "unreachable", in_days(5))
    assert x_desk.ok("account", "list", "--json").objects[1]["last_check"]["expires_at"][:10] == in_days(5)
    (told,) = x_desk("status", "--json").object["accounts"]
    assert (told["account"], told["health"]) == ("x-main", "unreachable")


def test_that_they_end_is_told_ahead_of_what_is_due_with_the_posts_that_it_hits(x_desk: Desk, x: FakeX) -> None:
    give(x_desk, SECRETS, "--ends-on", in_days(40))
    told = x_desk.ok("account", "check", "x-main", "--json").object
    assert (told["expires_at"][:10], told["posts_hit"]) == (in_days(40), [])
    assert x_desk("status", "--json").object["accounts"] == []
    early, late = x_desk.cleared("--account", "x-main"), x_desk.cleared("--account", "x-main", "--title", "Late")
    x_desk.ok("post", "schedule", str(early), "--at", "+30d 09:30", by="asha")
    assert x_desk("status", "--json").object["accounts"] == []
    x_desk.ok("post", "schedule", str(late), "--at", "+50d 09:30", by="asha")
    (told,) = x_desk("status", "--json").object["accounts"]
    assert (told["account"], told["posts_hit"]) == ("x-main", [late])
    said = " ".join(x_desk("status").out.split())
    assert "The credentials of x-main end " in said
    assert f"Queued behind that: post {late}." in said
    assert f"Queued behind that: post {late}." in " ".join(x_desk("doctor").out.split())
    assert f"Queued behind that: post {late}." in x_desk.ok("account", "check", "x-main").out
    assert "ends " in x_desk.ok("account", "list").out
    x.behave("503")
    x_desk("account", "check", "x-main")
    assert x_desk("status", "--json").object["accounts"][0]["posts_hit"] == [late]


# --- forgetting ---------------------------------------------------------------------------------------------------


def test_forgetting_is_refused_while_posts_are_queued_unless_told(desk: Desk) -> None:
    post = desk.cleared("--at", "tomorrow 09:30")
    desk.ok("post", "schedule", str(post), "--at", "tomorrow 09:30", by="asha")
    ran = desk("account", "remove", "outbox")
    assert (ran.code, f"({post})" in ran.err) == (1, True)
    told = desk.ok("account", "remove", "outbox", "--even-if-queued", "--json").object
    assert (told["queued_posts"], told["forgotten"]) == ([post], [])


def test_forgetting_takes_the_secrets_and_the_login_away(x_desk: Desk, x: FakeX) -> None:
    give(x_desk)
    login = read_config(x_desk.path).data_folder / "sessions" / "x-main.json"
    login.parent.mkdir()
    login.write_text("{}", "ascii")
    ran = x_desk.ok("account", "remove", "x-main")
    assert not kept(x_desk).exists()
    assert not login.exists()
    assert "delete the [[account]] x-main" in ran.err
    assert "nothing to forget" in x_desk.ok("account", "remove", "x-main").out
    assert x.requests == []
