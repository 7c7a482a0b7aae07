"""Where tokens and unpublished posts may be sent: one rule for the configuration and for the channels."""

import pytest

from purdah_scheduler.domain.addresses import AddressFault, checked_address


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("https://api.example.org", "https://api.example.org"),
        ("https://api.example.org/", "https://api.example.org"),
        ("https://api.example.org:1", "https://api.example.org:1"),
        ("https://api.example.org:65535/", "https://api.example.org:65535"),
        ("https://[2001:db8::1]:443", "https://[2001:db8::1]:443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.255.255.254", "http://127.255.255.254"),
        ("http://LocalHost/", "http://LocalHost"),
        ("http://[::1]", "http://[::1]"),
    ],
)
def test_https_and_http_on_this_machine_are_taken_without_the_last_slash(typed: str, used: str) -> None:
    assert checked_address(typed) == used


@pytest.mark.parametrize(
    "typed",
    [
        "http://api.example.org",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://127.1",
        "http://2130706433",
        "http://0x7f000001",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://128.0.0.1",
        "http://[::2]",
        "http://[::ffff:10.0.0.1]",
    ],
)
def test_plain_http_to_another_machine_is_unencrypted(typed: str) -> None:
    assert checked_address(typed) is AddressFault.UNENCRYPTED


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "https://",
        "api.example.org",
        "//api.example.org",
        "ftp://api.example.org",
        "HTTPS://api.example.org",
        "https://user:word@api.example.org",
        "http://127.0.0.1@evil.example",
        "http://127.0.0.1\\@evil.example",
        "https://api.example.org//",
        "https://api.example.org/v2",
        "https://api.example.org?a",
        "https://api.example.org#a",
        "https://api.example.org:",
        "https://api.example.org:0",
        "https://api.example.org:00000",
        "https://api.example.org:65536",
        "https://api.example.org:\u0661",
        "https://\u0430pi.example.org",
        "https://api.example.org\n",
        " https://api.example.org",
        "http://localhost.",
        "https://[1.2]",
        "https://[127.0.0.1]",
        "https://[:::]",
        "https://[]",
        "http://[::1",
    ],
)
def test_an_address_that_two_readers_may_see_differently_is_not_plain(typed: str) -> None:
    assert checked_address(typed) is AddressFault.NOT_PLAIN
