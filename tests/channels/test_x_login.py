"""Tokens of OAuth 2.0 on X: renewed ahead, once, and never used before the next one is on the disk."""

import json
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application.answers import NeedsLogin, OutcomeUnknown, RetryLater
from purdah_scheduler.channels.credentials import Credentials, Secret
from purdah_scheduler.channels.x import XChannel
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.web import TimeLimits
from tests.fakes.fake_x import FakeX

Make = Callable[..., XChannel]
TOKEN, POST, ME = "POST /2/oauth2/token", "POST /2/tweets", "GET /2/users/me"


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return tmp_path / "sessions" / "dept.json"


@pytest.fixture
def make(fake_x: FakeX, make_account: Callable[..., Account], session: Path) -> Make:
    given = fake_x.tokens.credentials()

    def build(*, now: Callable[[], datetime] = lambda: datetime.now(UTC), may_refresh: bool = True, **secrets: str) -> XChannel:
        return XChannel(
            make_account(),
            Credentials({name: Secret(value) for name, value in {**given, **secrets}.items()}),
            base_url=fake_x.base_url,
            limits=TimeLimits(connect=2, read=5, total=10),
            session_file=session,
            may_refresh=may_refresh,
            now=now,
        )

    return build


def publish(x: XChannel, post: Outgoing) -> str:
    return x.commit(post, x.stage(post, {})).remote_id


def later(**span: float) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC) + timedelta(**span)


def test_a_token_is_fetched_before_the_post_and_serves_until_shortly_before_its_end(
    fake_x: FakeX, make: Make, post: Outgoing
) -> None:
    x = make()
    publish(x, post)
    assert fake_x.requests == [TOKEN, POST]
    x.stage(post, {})
    make(now=later(minutes=109)).stage(post, {})
    assert fake_x.requests == [TOKEN, POST]
    make(now=later(minutes=111)).stage(post, {})
    assert fake_x.requests == [TOKEN, POST, TOKEN]


def test_the_next_refresh_token_is_on_the_disk_before_the_access_token_is_used(
    fake_x: FakeX, make: Make, post: Outgoing, session: Path
) -> None:
    seen: list[str] = []
    good = fake_x.tokens.is_good

    def watched(access: str) -> bool:
        kept = json.loads(session.read_text("ascii"))
        seen.append(kept["refresh_token"] if kept["access_token"] == access else "another")
        return good(access)

    fake_x.tokens.is_good = watched  # type: ignore[method-assign]  # this one looks at the file first
    publish(make(), post)
    assert seen == [fake_x.tokens.refresh]
    assert session.stat().st_mode & 0o777 == 0o600


def test_where_it_cannot_be_kept_nothing_is_sent(fake_x: FakeX, make: Make, post: Outgoing, session: Path) -> None:
    session.mkdir(parents=True)
    with pytest.raises(RetryLater, match="cannot be kept"):
        publish(make(), post)
    assert POST not in fake_x.requests


def test_a_restart_goes_on_with_what_was_kept(fake_x: FakeX, make: Make, post: Outgoing) -> None:
    make().check_account()
    assert make(now=later(hours=3)).check_account().ok
    assert fake_x.requests.count(TOKEN) == 2


@pytest.mark.parametrize("without", ["absent", ""])
def test_an_answer_without_a_next_refresh_token_leaves_the_old_one(
    fake_x: FakeX, make: Make, post: Outgoing, session: Path, without: str
) -> None:
    fake_x.tokens.without_next = without
    first = fake_x.tokens.refresh
    publish(make(), post)
    assert json.loads(session.read_text("ascii"))["refresh_token"] == first
    make(now=later(hours=3)).stage(post, {})
    assert fake_x.tokens.refreshed == 2


def test_many_threads_and_channels_fetch_one_token(fake_x: FakeX, make: Make, post: Outgoing) -> None:
    channels, faults = [make(), make()], []

    def ready(x: XChannel) -> None:
        try:
            x.stage(post, {})
        except Exception as fault:  # noqa: BLE001 - any at all is the failure
            faults.append(fault)

    threads = [threading.Thread(target=ready, args=(channels[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert fake_x.tokens.refreshed == 1


@pytest.mark.parametrize("wrong", [{"refresh_token": "gone-0123456789"}, {"client_secret": "wrong-0123456789"}])
def test_a_refused_refresh_needs_a_login_and_shows_no_token(
    fake_x: FakeX, make: Make, post: Outgoing, wrong: dict[str, str]
) -> None:
    fake_x.tokens.secret = "fakeSecret0123456789"
    x = make(**{"client_secret": fake_x.tokens.secret, **wrong})
    with pytest.raises(NeedsLogin, match="refuses the account's refresh token") as refused:
        x.stage(post, {})
    assert not any(secret in str(refused.value) for secret in (*wrong.values(), fake_x.tokens.refresh))


def test_an_app_with_a_secret_names_itself_by_it(fake_x: FakeX, make: Make, post: Outgoing) -> None:
    fake_x.tokens.secret = "fakeSecret0123456789"
    publish(make(client_secret=fake_x.tokens.secret), post)
    assert fake_x.texts() == [post.text]


def test_a_next_token_whose_answer_was_lost_is_lost_and_a_person_is_needed(fake_x: FakeX, make: Make, post: Outgoing) -> None:
    """X takes each refresh token once: after it has taken one, nothing here can know the next."""
    fake_x.behave("lose_answer", path="/2/oauth2/token")
    x = make()
    with pytest.raises(RetryLater):
        x.stage(post, {})
    with pytest.raises(NeedsLogin):
        x.stage(post, {})
    assert POST not in fake_x.requests


@pytest.mark.parametrize(
    "behaviour", ["drop_before", "reset", "half_body", "html_201", "empty_201", "redirect", "429", "503", "401", "403"]
)
def test_a_fault_on_the_way_is_no_dead_token(fake_x: FakeX, make: Make, post: Outgoing, behaviour: str) -> None:
    """A 401 or 403 without the words of OAuth comes from something on the way."""
    x = make()
    fake_x.behave(behaviour, path="/2/oauth2/token", record=False)
    with pytest.raises(RetryLater):
        x.stage(post, {})
    publish(x, post)
    assert fake_x.texts() == [post.text]


def test_a_token_that_still_serves_is_used_while_x_cannot_be_asked(fake_x: FakeX, make: Make, post: Outgoing) -> None:
    make().stage(post, {})
    fake_x.behave("503", path="/2/oauth2/token", times=9, record=False)
    publish(make(now=later(minutes=115)), post)
    with pytest.raises(RetryLater):
        make(now=later(minutes=119)).stage(post, {})


def test_a_post_is_not_sent_with_a_token_that_has_run_out(fake_x: FakeX, make: Make, post: Outgoing) -> None:
    x = make()
    with pytest.raises(RetryLater, match="no access token"):
        x.commit(post, {})
    assert fake_x.requests == []


def test_a_refused_access_token_is_renewed_and_the_post_tried_again(fake_x: FakeX, make: Make, post: Outgoing) -> None:
    x = make()
    staged = x.stage(post, {})
    fake_x.tokens.revoke()
    with pytest.raises(RetryLater, match="another access token"):
        x.commit(post, staged)
    publish(x, post)
    assert fake_x.texts() == [post.text]


def test_an_access_token_that_is_refused_again_needs_a_login(fake_x: FakeX, make: Make, post: Outgoing) -> None:
    x = make()
    fake_x.behave("401", path="/2/tweets", times=2)
    with pytest.raises(RetryLater):
        publish(x, post)
    with pytest.raises(NeedsLogin):
        publish(x, post)
    assert fake_x.tokens.refreshed == 2


def test_a_look_renews_a_refused_token_by_itself(fake_x: FakeX, make: Make, post: Outgoing) -> None:
    x = make()
    fake_x.behave("lose_answer", path="/2/tweets")
    with pytest.raises(OutcomeUnknown):
        publish(x, post)
    fake_x.tokens.revoke()
    assert x.find_published(post, {}) is not None


def test_who_only_looks_never_asks_for_a_token(fake_x: FakeX, make: Make, post: Outgoing, session: Path) -> None:
    with pytest.raises(RetryLater, match="the daemon fetches"):
        make(may_refresh=False).check_account()
    assert make(may_refresh=False, access_token=fake_x.tokens.give()).check_account().ok
    make().stage(post, {})
    before = session.read_bytes()
    assert make(may_refresh=False).check_account().ok
    with pytest.raises(RetryLater, match="the daemon fetches"):
        make(may_refresh=False, now=later(minutes=119)).check_account()
    fake_x.tokens.revoke()
    with pytest.raises(NeedsLogin):
        make(may_refresh=False).check_account()
    assert fake_x.tokens.refreshed == 1
    assert session.read_bytes() == before


@pytest.mark.parametrize("spoiled", ["", "{", "[]", '{"of": "00000000"}', "open"])
def test_a_kept_login_that_cannot_be_trusted_is_not_used(
    fake_x: FakeX, make: Make, post: Outgoing, session: Path, spoiled: str
) -> None:
    first = fake_x.tokens.refresh
    make().stage(post, {})
    if spoiled == "open":
        os.chmod(session, 0o644)  # noqa: PTH101 - as a person would
    else:
        session.write_text(spoiled, "ascii")
    fake_x.tokens.refresh = first
    make().stage(post, {})
    assert fake_x.tokens.refreshed == 2


def test_new_credentials_end_what_was_kept(fake_x: FakeX, make: Make, post: Outgoing) -> None:
    make().stage(post, {})
    fake_x.tokens.refresh = "another-0123456789"
    make(refresh_token="another-0123456789").stage(post, {})
    assert fake_x.tokens.refreshed == 2
