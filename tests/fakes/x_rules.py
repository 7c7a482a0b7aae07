"""What the stand-in for X knows: one account, who may sign for it, how long a text is, and how X shows a post."""

import re
import time
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from oauthlib.oauth1 import RequestValidator

USER_ID = "2244994945"
USERNAME = "dept_example"
CREDENTIALS = {
    "consumer_key": "fakeConsumerKey0123456789",
    "consumer_secret": "fakeConsumerSecret0123456789abcdefghij",
    "access_token": f"{USER_ID}-fakeAccessToken0123456789",
    "access_token_secret": "fakeAccessTokenSecret0123456789abcdef",
}
_LINK = re.compile(r"https?://\S*[\w/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One post that the server has; `at` is RFC 3339 in UTC, and `answers` the id of the post that it is a reply to.

    `pictures` are the descriptions of its pictures, and `replies` says who may reply (everyone where it is empty).
    """

    id: str
    text: str
    at: str
    answers: str = ""
    pictures: tuple[str, ...] = ()
    replies: str = ""


class Verifier(RequestValidator):  # type: ignore[misc]  # oauthlib ships no type information
    """Knows one application and one account, and refuses a nonce that it has seen."""

    enforce_ssl = False
    dummy_client = "nobody"
    dummy_access_token = "nobody"

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[str] = set()

    def check_client_key(self, client_key: str) -> bool:
        return bool(client_key)

    def check_access_token(self, request_token: str) -> bool:
        return bool(request_token)

    def check_nonce(self, nonce: str) -> bool:
        return bool(nonce)

    def validate_timestamp_and_nonce(self, client_key: str, timestamp: str, nonce: str, *args: Any, **kwargs: Any) -> bool:
        fresh = abs(int(timestamp) - time.time()) < 300 and nonce not in self._seen
        self._seen.add(nonce)
        return fresh

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == CREDENTIALS["consumer_key"]

    def validate_access_token(self, client_key: str, token: str, request: Any) -> bool:
        return token == CREDENTIALS["access_token"]

    def validate_realms(self, *args: Any, **kwargs: Any) -> bool:
        return True

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return CREDENTIALS["consumer_secret"]

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return CREDENTIALS["access_token_secret"]


def weighted_length(text: str) -> int:
    """X's counting rule without its table of emoji: links 23, Latin and general punctuation 1, everything else 2."""
    length = 23 * len(_LINK.findall(text))
    for char in _LINK.sub("", text):
        code = ord(char)
        light = code <= 0x10FF or 0x2000 <= code <= 0x200D or 0x2010 <= code <= 0x201F or 0x2032 <= code <= 0x2037
        length += 1 if light else 2
    return length


def problem(status: int, title: str, detail: str) -> dict[str, Any]:
    """A refusal in the form that X sends."""
    return {"detail": detail, "type": "about:blank", "title": title, "status": status}


def as_x_returns_it(post: Posted) -> dict[str, Any]:
    """A post with each link made a t.co link, `&`, `<` and `>` escaped, and one link for all of its pictures at its end."""
    urls: list[dict[str, str]] = []

    def shorten(match: re.Match[str]) -> str:
        short = f"https://t.co/{post.id[-4:]}{len(urls):06d}"
        urls.append({"url": short, "expanded_url": match[0], "display_url": match[0].partition("//")[2]})
        return short

    text = escape(_LINK.sub(shorten, post.text), quote=False)
    if post.pictures:
        short = f"https://t.co/{post.id[-4:]}media"
        shown = f"https://x.com/{USERNAME}/status/{post.id}/photo/1"
        urls += [{"url": short, "expanded_url": shown, "media_key": f"3_{n}"} for n in range(len(post.pictures))]
        text = f"{text} {short}"
    entities = {"entities": {"urls": urls}} if urls else {}
    named = {"referenced_tweets": [{"type": "replied_to", "id": post.answers}]} if post.answers else {}
    return {"id": post.id, "text": text, "created_at": post.at, **entities, **named}


def write_credentials(path: Path) -> Path:
    """A credentials file, mode 0600, that this server accepts."""
    path.touch(mode=0o600)
    path.write_text("".join(f'{name} = "{value}"\n' for name, value in CREDENTIALS.items()), "utf-8")
    return path
