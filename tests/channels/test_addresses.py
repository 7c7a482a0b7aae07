"""Where tokens and unpublished text may be sent."""

import pytest

from purdah_scheduler.channels.addresses import checked_base_url
from purdah_scheduler.errors import BadSetup


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("https://api.x.com", "https://api.x.com"),
        ("https://api.x.com/", "https://api.x.com"),
        ("https://api.twitter.com:443", "https://api.twitter.com:443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.8.9.1", "http://127.8.9.1"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://LOCALHOST", "http://LOCALHOST"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_https_and_http_on_this_machine_are_taken(typed: str, used: str) -> None:
    assert checked_base_url(typed, account="dept") == used


@pytest.mark.parametrize(
    "typed",
    [
        "http://api.x.com",
        "http://169.254.169.254",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://127.1",
        "http://2130706433",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://[::ffff:10.0.0.1]",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "//127.0.0.1",
        "127.0.0.1:8080",
        "",
    ],
)
def test_everything_else_is_refused(typed: str) -> None:
    with pytest.raises(BadSetup, match="'dept'"):
        checked_base_url(typed, account="dept")


@pytest.mark.parametrize(
    "typed",
    [
        "http://127.0.0.1@evil.example",
        "http://127.0.0.1\\@evil.example",
        "https://user:word@api.x.com",
        "https://api.x.com/v2",
        "https://api.x.com/?a=1",
        "https://api.x.com#a",
        "https://api.x.com:99999",
        "https://api.x.com:0",
        "https://api.x.com:",
        "https://api .x.com",
        "https://api.x.com\n",
        "https://\u0430pi.x.com",
        "https://",
    ],
)
def test_an_address_that_two_readers_may_see_differently_is_refused(typed: str) -> None:
    with pytest.raises(BadSetup, match="not a plain address"):
        checked_base_url(typed, account="dept")


def test_a_refused_address_is_not_repeated_in_the_message() -> None:
    with pytest.raises(BadSetup) as refused:
        checked_base_url("https://user:s3cret@api.x.com", account="dept")
    assert "s3cret" not in str(refused.value)
