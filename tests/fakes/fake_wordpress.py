"""A loopback stand-in for a WordPress blog: posts, pictures and users by its REST interface, as WordPress 6 answers.

In a test: `with FakeWordPress() as blog: blog.texts()`.
"""

import base64
import html
import itertools
import re
from datetime import UTC, datetime
from typing import Any

from tests.fakes.serving import Api, Asked, Said

USER = "press.office"
USER_ID = 2
APPLICATION_PASSWORD = "abcd EFGH 1234 ijkl MNOP 6789"


def refusal(status: int, code: str, message: str) -> Said:
    """A refusal in the form of WordPress."""
    return Said(status=status, body={"code": code, "message": message, "data": {"status": status}})


class FakeWordPress(Api):
    """The blog, its one user, and what it has; `may` are the user's capabilities."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: dict[int, dict[str, Any]] = {}
        self.media: dict[int, dict[str, Any]] = {}
        self.may = {"edit_posts": True, "publish_posts": True, "upload_files": True}
        self.categories = {1: ("Uncategorised", "uncategorised"), 4: ("News &amp; updates", "news"), 5: ("Speeches", "speeches")}
        self._numbers = itertools.count(11)

    def texts(self) -> list[str]:
        """The words of all public posts, oldest first."""
        with self._lock:
            return [
                words_of(post["title"], post["content"]) for _, post in sorted(self.posts.items()) if post["status"] == "publish"
            ]

    def answer(self, asked: Asked) -> Said:
        """What WordPress would say."""
        if not self._is_user(asked):
            return refusal(401, "rest_cannot_create", "Sorry, you are not allowed to create posts as this user.")
        path = asked.path.removeprefix("/wp-json/wp/v2")
        one = re.fullmatch(r"/posts/(\d+)", path)
        if one:
            return self._one(asked, int(one[1]))
        match asked.method, path:
            case "GET", "/users/me":
                return Said(body={"id": USER_ID, "username": USER, "slug": "press-office", "capabilities": self.may})
            case "GET", "/posts":
                size, page = int(asked.query.get("per_page", "10")), int(asked.query.get("page", "1"))
                newest = [_shown(post) for _, post in sorted(self.posts.items(), reverse=True) if _fits(post, asked)]
                if page > 1 and len(newest) <= size * (page - 1):
                    return refusal(400, "rest_post_invalid_page_number", "The page number requested is larger than there are.")
                return Said(body=newest[size * (page - 1) : size * page])
            case "POST", "/posts":
                return self._save(asked.json(), None)
            case "GET", "/categories":
                if asked.query.get("context") == "edit":
                    return refusal(403, "rest_forbidden_context", "Sorry, you are not allowed to edit terms in this taxonomy.")
                return Said(body=self._categories(asked))
            case "GET", "/media":
                return Said(body=[medium for medium in self.media.values() if medium["slug"] == asked.query.get("slug")])
            case "POST", "/media":
                return self._upload(asked)
        return refusal(404, "rest_no_route", "No route was found matching the URL and request method.")

    def _categories(self, asked: Asked) -> list[dict[str, Any]]:
        """One page of them, their names as HTML."""
        listed = [{"id": number, "name": name, "slug": slug} for number, (name, slug) in self.categories.items()]
        size, page = int(asked.query["per_page"]), int(asked.query.get("page", "1"))
        return listed[size * (page - 1) : size * page]

    def _is_user(self, asked: Asked) -> bool:
        try:
            name, _, password = (
                base64.b64decode(asked.headers.get("authorization", "").removeprefix("Basic ")).decode().partition(":")
            )
        except ValueError:
            return False
        return name == USER and re.sub(r"[^A-Za-z0-9]", "", password) == APPLICATION_PASSWORD.replace(" ", "")

    def _one(self, asked: Asked, number: int) -> Said:
        post = self.posts.get(number)
        if post is None:
            return refusal(404, "rest_post_invalid_id", "Invalid post ID.")
        if asked.method == "POST":
            return self._save(asked.json(), post)
        if asked.method == "DELETE":
            if post["status"] == "trash":
                return refusal(410, "rest_already_trashed", "The post has already been deleted.")
            post.update(status="trash", slug=f"{post['slug']}__trashed")
        return Said(body=_shown(post))

    def _save(self, document: dict[str, Any], known: dict[str, Any] | None) -> Said:
        if document.get("status") == "publish" and not self.may["publish_posts"]:
            return refusal(403, "rest_cannot_publish", "Sorry, you are not allowed to publish posts in this post type.")
        number: int = next(self._numbers) if known is None else known["id"]
        post = self.posts.setdefault(number, {"id": number, "slug": "", "featured_media": 0, "categories": [1]})
        post.setdefault("date_gmt", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"))
        post.update({name: value for name, value in document.items() if name != "slug"})
        if known is None or post["slug"] != document.get("slug", post["slug"]):
            post["slug"] = self._free_slug(str(document.get("slug", "")))
        return Said(status=201 if known is None else 200, body=_shown(post))

    def _free_slug(self, wanted: str) -> str:
        taken = {str(post["slug"]) for post in self.posts.values()}
        others = (f"{wanted}-{number}" for number in itertools.count(2))
        return next(slug for slug in itertools.chain([wanted], others) if slug not in taken)

    def _upload(self, asked: Asked) -> Said:
        form = asked.form()
        if b"GIF" in form["file"][:4]:
            return refusal(500, "rest_upload_sideload_error", "Sorry, you are not allowed to upload this file type.")
        number = next(self._numbers)
        medium: dict[str, Any] = {
            "id": number,
            "slug": form["slug"].decode(),
            "alt_text": _plain(form["alt_text"].decode()),
            "post": int(form["post"]),
        }
        self.media[number] = {**medium, "data": len(form["file"])}
        return Said(status=201, body=medium)


def _fits(post: dict[str, Any], asked: Asked) -> bool:
    seen = post["status"] != "trash" if asked.query.get("status") == "any" else post["status"] == "publish"
    after = asked.query.get("after", "")
    young = not after or datetime.fromisoformat(post["date_gmt"]).replace(tzinfo=UTC) > datetime.fromisoformat(after)
    own = asked.query.get("author") in (None, str(post.get("author", USER_ID)))
    return bool(seen and young and own and asked.query.get("slug") in (None, post["slug"]))


def _shown(post: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": post["id"],
        "status": post["status"],
        "slug": post["slug"],
        "date_gmt": post["date_gmt"],
        "link": f"https://blog.example.test/{post['slug']}/",
        "featured_media": post["featured_media"],
        "title": {"raw": post["title"], "rendered": post["title"]},
        "content": {"raw": post["content"], "rendered": post["content"]},
    }


def _plain(words: str) -> str:
    """What WordPress leaves of a text that may have no markup."""
    return " ".join(re.sub(r"<[^>]*>|%[0-9a-fA-F]{2}", "", words).split())


def words_of(title: str, content: str) -> str:
    """A post as its readers see it, from the markup that WordPress keeps."""
    body = re.sub(r"<br>\n", "\n", content).replace("</p>\n\n<p>", "\n\n")
    return html.unescape(f"{title}\n\n{re.sub(r'<[^>]*>', '', body)}")
