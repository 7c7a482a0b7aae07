"""Every answer that X or the network can give has one meaning, and one request was made."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import urllib3.util.connection

from purdah_scheduler.application.answers import AlreadyPublished, ChannelError, NeedsLogin, OutcomeUnknown, Rejected, RetryLater
from purdah_scheduler.channels.answering import Answer, wait_of
from purdah_scheduler.channels.x import DEFAULT_BASE_URL, XChannel
from purdah_scheduler.domain.content import Media, Outgoing
from purdah_scheduler.errors import BadSetup
from purdah_scheduler.web import MAX_BYTES, TimeLimits
from tests.channels.patience import limits_for
from tests.daemon.processes import until
from tests.fakes.fake_x import FakeX
from tests.fakes.x_rules import CREDENTIALS

MakeX = Callable[..., XChannel]
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def answer(status: int, body: Any = None, **headers: str) -> dict[str, Any]:
    return {"status": status, "body": body, "headers": headers}


@pytest.mark.parametrize(
    ("behaviour", "options", "meaning", "posts"),
    [
        ("drop_before", {}, OutcomeUnknown, 0),
        ("reset", {}, OutcomeUnknown, 0),
        ("lose_answer", {}, OutcomeUnknown, 1),
        ("hang", {}, OutcomeUnknown, 0),
        ("hang", {"record": True}, OutcomeUnknown, 1),
        ("half_body", {}, OutcomeUnknown, 1),
        ("html_201", {}, OutcomeUnknown, 1),
        ("empty_201", {}, OutcomeUnknown, 1),
        ("empty_data_201", {}, OutcomeUnknown, 1),
        ("array_201", {}, OutcomeUnknown, 1),
        ("503", {}, OutcomeUnknown, 0),
        ("503", {"record": True}, OutcomeUnknown, 1),
        ("answer", answer(500, "<html>"), OutcomeUnknown, 0),
        ("answer", answer(502, []), OutcomeUnknown, 0),
        ("answer", answer(404, {}), OutcomeUnknown, 0),
        ("answer", answer(402, {"title": "CreditsDepleted"}), OutcomeUnknown, 0),
        ("answer", answer(408, "late"), OutcomeUnknown, 0),
        ("answer", answer(204, ""), OutcomeUnknown, 0),
        ("answer", answer(202, {"data": {"id": "12"}}), OutcomeUnknown, 0),
        ("answer", answer(200, "<html>sign in to the guest network</html>"), OutcomeUnknown, 0),
        ("answer", answer(201, {"data": {"id": "../12"}}), OutcomeUnknown, 0),
        ("answer", answer(201, {"data": {"id": None}}), OutcomeUnknown, 0),
        ("answer", answer(201, {"data": [{"id": "12"}]}), OutcomeUnknown, 0),
        ("answer", answer(201, {"errors": [{"detail": "odd"}]}), OutcomeUnknown, 0),
        ("answer", answer(302, "", Location="/elsewhere"), OutcomeUnknown, 0),
        ("errors_200", {}, Rejected, 0),
        ("403", {}, Rejected, 0),
        ("answer", answer(403, "<html>blocked</html>"), Rejected, 0),
        ("answer", answer(400, ["not", "an", "object"]), Rejected, 0),
        ("answer", answer(400, {"errors": "no list"}), Rejected, 0),
        ("401", {}, NeedsLogin, 0),
        ("answer", answer(401, "<html>"), NeedsLogin, 0),
        ("429", {}, RetryLater, 0),
        ("answer", answer(429, "<html>"), RetryLater, 0),
    ],
)
def test_each_answer_has_its_meaning_and_there_is_one_request(
    fake_x: FakeX,
    make_x: MakeX,
    post: Outgoing,
    behaviour: str,
    options: dict[str, Any],
    meaning: type[ChannelError],
    posts: int,
) -> None:
    fake_x.behave(behaviour, **options)
    with pytest.raises(ChannelError) as outcome:
        make_x(limits=limits_for(behaviour)).commit(post, {})
    assert type(outcome.value) is meaning
    until(lambda: len(fake_x.posts) == posts)  # it may have been given up before it was taken in
    assert fake_x.requests == ["POST /2/tweets"]


def test_a_slow_answer_within_the_limits_is_a_success(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    fake_x.behave("delay", seconds=0.3)
    receipt = make_x().commit(post, {})
    assert receipt.url == f"https://x.com/dept_example/status/{fake_x.posts[0].id}"


def test_a_drip_without_end_is_an_unknown_outcome_and_its_connection_is_closed(
    fake_x: FakeX, make_x: MakeX, post: Outgoing
) -> None:
    """Each byte comes well within the read limit, so only the limit on the whole can end it."""
    fake_x.behave("drip", seconds=0.2)
    with pytest.raises(OutcomeUnknown, match="no whole answer within 1 s"):
        make_x(limits=TimeLimits(connect=1, read=0.6, total=1)).commit(post, {})
    until(lambda: fake_x.texts() == [post.text])
    wait_for_flights_to_end()
    dripped = fake_x.drips
    time.sleep(0.7)
    assert fake_x.drips <= dripped + 2  # the kernel takes a byte or two before the server learns that nobody reads


def test_an_answer_too_large_to_take_is_an_unknown_outcome(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    fake_x.behave("answer", **answer(201, " " * (MAX_BYTES + 1)))
    with pytest.raises(OutcomeUnknown, match="more than 10 MB came"):
        make_x().commit(post, {})


def test_xs_duplicate_is_already_published_without_a_receipt(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    fake_x.record(post.text)
    with pytest.raises(AlreadyPublished) as outcome:
        make_x().commit(post, {})
    assert outcome.value.receipt is None
    assert fake_x.requests == ["POST /2/tweets"]


def test_the_older_words_for_a_duplicate_count_too(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    fake_x.behave("answer", **answer(403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}))
    with pytest.raises(AlreadyPublished):
        make_x().commit(post, {})


def test_a_refusal_repeats_xs_words_on_one_safe_line(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    fake_x.behave("answer", **answer(403, {"detail": "Not\nallowed\x1b[2J\u202e here", "errors": [{"message": "x" * 900}]}))
    with pytest.raises(Rejected) as outcome:
        make_x().commit(post, {})
    words = str(outcome.value)
    assert words.startswith("X refused the post: Not allowed [2J here xxx")
    assert words.isprintable()
    assert len(words) < 400


@pytest.mark.parametrize("wrong", sorted(CREDENTIALS))
def test_a_wrong_token_or_signature_needs_a_login(fake_x: FakeX, make_x: MakeX, post: Outgoing, wrong: str) -> None:
    with pytest.raises(NeedsLogin):
        make_x(**{wrong: "not-the-right-one"}).commit(post, {})
    assert fake_x.posts == []


def test_the_signature_covers_the_address_that_is_called(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    """The stand-in verifies against the Host of the request, whichever of its names is used."""
    receipt = make_x(base_url=f"http://localhost:{fake_x.port}").commit(post, {})
    assert make_x(base_url=f"http://127.0.0.1:{fake_x.port}/").find_published(post, {}) == receipt


def test_without_a_setting_the_address_is_xs_own(make_x: MakeX) -> None:
    assert DEFAULT_BASE_URL == "https://api.x.com"


def test_a_public_http_address_is_refused(make_x: MakeX) -> None:
    with pytest.raises(BadSetup, match="must use https"):
        make_x(base_url="http://api.x.com")


def test_a_redirect_is_not_followed(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    with FakeX() as elsewhere:
        for method in ("POST", "GET"):
            fake_x.behave("redirect", to=elsewhere.base_url, method=method, times=2)
        channel = make_x()
        with pytest.raises(OutcomeUnknown, match="redirect"):
            channel.commit(post, {})
        with pytest.raises(RetryLater):
            channel.check_account()
        assert elsewhere.requests == []
        assert elsewhere.connections == 0


def test_proxies_of_the_environment_are_not_used(
    fake_x: FakeX, make_x: MakeX, post: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeX() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.base_url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        make_x().commit(post, {})
        assert proxy.connections == 0
    assert fake_x.texts() == [post.text]


def test_each_request_has_a_connection_of_its_own(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    channel = make_x()
    channel.commit(post, {})
    channel.commit(replace(post, text="Another"), {})
    assert fake_x.connections == 2


def test_a_reply_that_x_closes_is_never_tried_again(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    fake_x.behave("drop_before", times=5)
    with pytest.raises(OutcomeUnknown):
        make_x().commit(post, {})
    assert len(fake_x.requests) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reply_to": "12"}, "reply-unsupported"),
        ({"visibility": "unlisted"}, "visibility-unsupported"),
        ({"content_warning": "flood"}, "content-warning-unsupported"),
        ({"media": (Media(sha256="0" * 64, size=1, type="image/gif", alt=""),)}, "media-type"),
        ({"text": "a" * 281}, "too-long"),
    ],
)
def test_what_cannot_be_sent_as_cleared_is_blocked_without_a_request(
    fake_x: FakeX, make_x: MakeX, post: Outgoing, change: dict[str, Any], code: str
) -> None:
    channel, changed = make_x(), replace(post, **change)
    assert [problem.code for problem in channel.validate(changed) if problem.blocking] == [code]
    with pytest.raises(Rejected):
        channel.commit(changed, {})
    assert fake_x.requests == []


# --- nothing left this machine: the only network failures that may be tried again ----------------------------------


def test_a_refused_connection_may_be_tried_again(make_x: MakeX, post: Outgoing) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with pytest.raises(RetryLater, match="no connection could be made"):
        make_x(base_url=f"http://127.0.0.1:{port}").commit(post, {})


def test_a_name_that_cannot_be_looked_up_may_be_tried_again(
    make_x: MakeX, post: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_arguments: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(RetryLater, match="name could not be looked up"):
        make_x(base_url="https://api.example.invalid").commit(post, {})


def test_a_connection_that_does_not_come_about_in_time_may_be_tried_again(
    fake_x: FakeX, make_x: MakeX, post: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_arguments: object, **_options: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(urllib3.util.connection, "create_connection", slow)
    with pytest.raises(RetryLater, match="no connection within 2 s"):
        make_x().commit(post, {})
    assert fake_x.connections == 0


def test_a_server_without_tls_may_be_tried_again(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    with pytest.raises(RetryLater, match="TLS"):
        make_x(base_url=f"https://127.0.0.1:{fake_x.port}").commit(post, {})
    assert fake_x.requests == []


def test_a_tls_handshake_that_stalls_may_be_tried_again(make_x: MakeX, post: Outgoing) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(RetryLater, match="Nothing was sent"):
            make_x(base_url=address, limits=TimeLimits(connect=0.3, read=0.3, total=5)).commit(post, {})


def test_a_look_up_that_outlives_the_total_limit_sends_nothing_even_when_it_ends(
    fake_x: FakeX, make_x: MakeX, post: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    real = socket.getaddrinfo

    def stalled(*arguments: Any, **options: Any) -> Any:
        answered.wait(30)
        return real(*arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", stalled)
    with pytest.raises(RetryLater, match=r"no connection within 0\.3 s"):
        make_x(limits=TimeLimits(connect=1, read=1, total=0.3)).commit(post, {})
    answered.set()
    wait_for_flights_to_end()
    assert fake_x.requests == []
    assert fake_x.posts == []


def wait_for_flights_to_end() -> None:
    for thread in threading.enumerate():
        if thread.name == "one-request":
            thread.join(10)
            assert not thread.is_alive()


# --- how long to wait ---------------------------------------------------------------------------------------------


def reset(at: datetime) -> str:
    return str(int(at.timestamp()))


SOON, TOMORROW = reset(NOW + timedelta(minutes=9)), reset(NOW + timedelta(hours=20))


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": SOON}, timedelta(minutes=9)),
        ({"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": SOON}, timedelta(minutes=9)),
        ({"x-rate-limit-reset": SOON}, timedelta(minutes=9)),
        (
            {
                "x-rate-limit-remaining": "0",
                "x-rate-limit-reset": SOON,
                "x-app-limit-24hour-remaining": "0",
                "x-app-limit-24hour-reset": TOMORROW,
            },
            timedelta(hours=20),
        ),
        (
            {
                "x-rate-limit-remaining": "0",
                "x-rate-limit-reset": SOON,
                "x-user-limit-24hour-remaining": "7",
                "x-user-limit-24hour-reset": TOMORROW,
            },
            timedelta(minutes=9),
        ),
        ({"x-rate-limit-remaining": "5", "x-rate-limit-reset": SOON}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "99999999999"}, timedelta(hours=24)),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "9" * 4000}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "soon"}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": reset(NOW - timedelta(hours=1))}, timedelta(seconds=1)),
        ({"retry-after": "30"}, timedelta(seconds=30)),
        ({"retry-after": "999999999"}, timedelta(hours=24)),
        ({"retry-after": "-5"}, None),
        ({"x-rate-limit-reset": SOON, "date": "Sun, 22 Nov 2026 09:38:30 GMT"}, timedelta(seconds=30)),
        ({"x-rate-limit-reset": SOON, "date": "yesterday"}, timedelta(minutes=9)),
    ],
)
def test_the_wait_is_until_the_latest_limit_that_is_used_up(headers: dict[str, str], wait: timedelta | None) -> None:
    assert wait_of(Answer(status=429, headers=headers, document=None), NOW) == wait


def test_a_rate_limited_post_says_how_long_to_wait(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    at = datetime.now(UTC) + timedelta(minutes=15)
    fake_x.behave("429", headers={"x-rate-limit-remaining": "0", "x-rate-limit-reset": reset(at)})
    with pytest.raises(RetryLater) as outcome:
        make_x().commit(post, {})
    assert outcome.value.after is not None
    assert timedelta(minutes=14) < outcome.value.after <= timedelta(minutes=15)
