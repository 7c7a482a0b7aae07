"""A loopback stand-in for a Facebook Page by the Graph API: pictures and posts, unpublished and public, as Meta's documents say.

Nobody has compared it with Facebook itself. In a test: `with FakeFacebook() as page: page.texts()`.
"""

import itertools
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.serving import Api, Asked, Said

PAGE = "104729104729104"
PAGE_TOKEN = "EAAG-page-token-of-the-rivers-0123456789"


def refusal(status: int, code: int, message: str, *, subcode: int = 0, transient: bool = False) -> Said:
    """A refusal in the form of the Graph API."""
    error = {"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode, "fbtrace_id": "A0b1"}
    return Said(status=status, body={"error": {**error, "is_transient": transient}})


GONE = refusal(400, 100, "Unsupported request. Object with ID does not exist", subcode=33)


class FakeFacebook(Api):
    """The Page, its photos, and its posts by id."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: dict[str, dict[str, Any]] = {}
        self.photos: dict[str, dict[str, str]] = {}
        self._numbers = itertools.count(7001)

    def texts(self) -> list[str]:
        """The words of all public posts, oldest first."""
        with self._lock:
            return [post["message"] for post in self.posts.values() if post["is_published"]]

    def answer(self, asked: Asked) -> Said:
        """What Facebook would say."""
        if asked.headers.get("authorization") != f"Bearer {PAGE_TOKEN}":
            return refusal(401, 190, "Invalid OAuth access token - Cannot parse access token")
        path = asked.path.removeprefix("/v26.0/")
        match asked.method, path:
            case "GET", "me":
                return Said(body={"id": PAGE, "name": "Rivers and Bridges"})
            case "POST", path if path == f"{PAGE}/photos":
                return self._upload(asked)
            case "POST", path if path == f"{PAGE}/feed":
                return self._post(_fields(asked))
            case "GET", path if path == f"{PAGE}/feed":
                return Said(body={"data": [_shown(post) for post in reversed(self.posts.values()) if post["is_published"]]})
            case "GET", path if path == f"{PAGE}/published_posts":
                return self._published(asked.query)
        return self._one(asked, path)

    def _published(self, query: Mapping[str, str]) -> Said:
        """The Page's own public posts, a page at a time, the newest first."""
        size, begin = int(query.get("limit", "25")), int(query.get("after", "0"))
        since = datetime.fromtimestamp(int(query.get("since", "0")), UTC)
        public = [post for post in reversed(self.posts.values()) if post["is_published"]]
        found = [post for post in public if datetime.fromisoformat(post["created_time"]) >= since]
        listed = [{name: post[name] for name in ("id", "message", "created_time")} for post in found[begin : begin + size]]
        paging = {"cursors": {"before": str(begin), "after": str(begin + size)}}
        more = {"next": "https://graph.facebook.com/"} if begin + size < len(found) else {}
        return Said(body={"data": listed, "paging": {**paging, **more}})

    def _upload(self, asked: Asked) -> Said:
        form = asked.form()
        number = str(next(self._numbers))
        self.photos[number] = {"alt": form["alt_text_custom"].decode(), "published": form["published"].decode()}
        return Said(body={"id": number})

    def _post(self, form: dict[str, str]) -> Said:
        named = [json.loads(value)["media_fbid"] for name, value in form.items() if name.startswith("attached_media[")]
        if not set(named) <= set(self.photos):
            return refusal(400, 100, "Invalid parameter")
        number = f"{PAGE}_{next(self._numbers)}"
        self.posts[number] = {
            "id": number,
            "message": form["message"],
            "is_published": form.get("published") != "false",
            "photos": named,
            "link": form.get("link", ""),
            "created_time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
        }
        return Said(body={"id": number})

    def _one(self, asked: Asked, number: str) -> Said:
        post = self.posts.get(number)
        if post is None:
            return GONE if re.fullmatch(r"\d+_\d+", number) else refusal(404, 2500, "Unknown path components")
        if asked.method == "DELETE":
            del self.posts[number]
            return Said(body={"success": True})
        if asked.method == "POST":
            form = _fields(asked)
            post["message"] = form.get("message", post["message"])
            post["is_published"] = post["is_published"] or form.get("is_published") == "true"
            return Said(body={"success": True})
        return Said(body=_shown(post))


def _fields(asked: Asked) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(asked.body.decode(), keep_blank_values=True).items()}


def _shown(post: dict[str, Any]) -> dict[str, Any]:
    return {name: post[name] for name in ("id", "message", "is_published")}
