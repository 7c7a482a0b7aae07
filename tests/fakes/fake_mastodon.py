"""A loopback stand-in for a Mastodon server: one account, its posts and pictures, as Mastodon 4 answers.

In a test: `with FakeMastodon() as mastodon: mastodon.texts()`.
"""

import itertools
import re
from datetime import UTC, datetime
from html import escape
from typing import Any

from tests.fakes.serving import Api, Asked, Said

USERNAME = "dept_example"
USER_ID = "109876543210"
ACCESS_TOKEN = "fakeMastodonAccessToken0123456789abcdef"

_LINK = re.compile(r"(https?://(?:www\.)?)(\S*[\w/])")
_MENTION = re.compile(r"@(\w+)@[\w.-]*\w")


class FakeMastodon(Api):
    """The server; `keeps_keys` is off for servers that know nothing of an Idempotency-Key."""

    def __init__(self, *, version: str = "4.4.2", keeps_keys: bool = True) -> None:
        super().__init__()
        self.posts: dict[str, dict[str, Any]] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.version = version
        self.keeps_keys = keeps_keys
        self.configuration: dict[str, Any] = {
            "statuses": {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23},
            "media_attachments": {"image_size_limit": 16_777_216, "description_limit": 1_500},
        }
        self.looks_until_ready = 0
        self._keys: dict[str, str] = {}
        self._numbers = itertools.count(113_000_000_000_000_001)

    def texts(self) -> list[str]:
        """The texts of all posts, oldest first."""
        with self._lock:
            return [post["text"] for _, post in sorted(self.posts.items())]

    def record(self, text: str, *, at: datetime | None = None, **more: Any) -> dict[str, Any]:
        """Add a post, as a request would or to stand for one made elsewhere."""
        number = str(next(self._numbers))
        moment = (at or datetime.now(UTC)).astimezone(UTC)
        post = {
            "id": number,
            "text": text,
            "created_at": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "spoiler_text": "",
            "visibility": "public",
            "language": "en",
            "in_reply_to_id": None,
            "reblog": None,
            "media": [],
            **more,
        }
        self.posts[number] = post
        return post

    def answer(self, asked: Asked) -> Said:
        """What the server would say."""
        if asked.line == "GET /api/v2/instance":
            return Said(body={"domain": "social.example.test", "version": self.version, "configuration": self.configuration})
        if asked.headers.get("authorization") != f"Bearer {ACCESS_TOKEN}":
            return Said(status=401, body={"error": "The access token is invalid"})
        one = re.fullmatch(r"(GET|DELETE) /api/v1/(media|statuses)/(\w+)", asked.line)
        if one:
            return self._one(one[1], one[2], one[3])
        match asked.line:
            case "GET /api/v1/accounts/verify_credentials":
                return Said(body={"id": USER_ID, "username": USERNAME, "acct": USERNAME})
            case "POST /api/v2/media":
                return self._upload(asked)
            case "POST /api/v1/statuses":
                return self._create(asked)
            case line if line == f"GET /api/v1/accounts/{USER_ID}/statuses":
                newest = [post for _, post in sorted(self.posts.items(), reverse=True)]
                before = asked.query.get("max_id", "9" * 30)
                older = [post for post in newest if int(post["id"]) < int(before)]
                return Said(body=[_shown(post) for post in older[: int(asked.query.get("limit", "20"))]])
        return Said(status=404, body={"error": "Record not found"})

    def _one(self, method: str, what: str, number: str) -> Said:
        if what == "media" and number in self.media:
            self.looks_until_ready -= 1
            return Said(status=206 if self.looks_until_ready > 0 else 200, body={"id": number, "url": None})
        if method == "DELETE" and number in self.posts:
            return Said(body=_shown(self.posts.pop(number)))
        return Said(status=404, body={"error": "Record not found"})

    def _upload(self, asked: Asked) -> Said:
        form = asked.form()
        number = str(next(self._numbers))
        focus = form["focus"].decode() if "focus" in form else None
        self.media[number] = {"data": form["file"], "description": form["description"].decode(), "focus": focus}
        return Said(status=202 if self.looks_until_ready else 200, body={"id": number, "url": None})

    def _create(self, asked: Asked) -> Said:
        document, key = asked.json(), asked.headers.get("idempotency-key", "")
        if self.keeps_keys and key in self._keys:
            return Said(body=_shown(self.posts[self._keys[key]]))
        text, pictures = document["status"], document.get("media_ids", [])
        if not text.strip() and not pictures:
            return Said(status=422, body={"error": "Validation failed: Text can't be blank"})
        counted = _MENTION.sub(r"@\1", _LINK.sub("x" * 23, text)) + document.get("spoiler_text", "")
        if len(counted) > self.configuration["statuses"]["max_characters"]:
            return Said(status=422, body={"error": "Validation failed: Text character limit of 500 exceeded"})
        if any(number not in self.media for number in pictures):
            return Said(status=404, body={"error": "Record not found"})
        names = ("spoiler_text", "visibility", "language", "in_reply_to_id")
        known = {name: document[name] for name in names if name in document}
        post = self.record(text, media=pictures, **known)
        self._keys[key] = post["id"]
        return Said(body=_shown(post))


def _shown(post: dict[str, Any]) -> dict[str, Any]:
    """A post as the server shows it: paragraphs, links cut in the middle, mentions as cards."""
    marked = escape(post["text"], quote=True)
    marked = _LINK.sub(
        r'<a href="\1\2" rel="nofollow"><span class="invisible">\1</span><span class="ellipsis">\2</span></a>', marked
    )
    card = r'<span class="h-card"><a href="https://x.test/@\1" class="u-url mention">@<span>\1</span></a></span>'
    marked = _MENTION.sub(card, marked)
    content = "".join(f"<p>{piece}</p>" for piece in marked.replace("\n\n", "\0").replace("\n", "<br />").split("\0"))
    hidden = ("text", "media")
    return {
        **{name: value for name, value in post.items() if name not in hidden},
        "content": content,
        "url": f"https://social.example.test/@{USERNAME}/{post['id']}",
        "uri": f"https://social.example.test/users/{USERNAME}/statuses/{post['id']}",
    }
