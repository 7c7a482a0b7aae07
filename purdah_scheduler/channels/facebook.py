"""A Facebook Page by the Graph API: an unpublished post first, which is then published by its id. Experimental."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from purdah_scheduler.application.answers import (
    AccountCheck,
    Limits,
    OutcomeUnknown,
    Proof,
    Receipt,
    Recent,
    Rejected,
    RemotePost,
    RetryLater,
)
from purdah_scheduler.application.timekeeping import Hear, hear_nothing
from purdah_scheduler.channels import facebook_text
from purdah_scheduler.channels.addresses import checked_base_url
from purdah_scheduler.channels.answering import Answer, deleting_error, hidden, moment
from purdah_scheduler.channels.comparing import comparable
from purdah_scheduler.channels.credentials import Credentials
from purdah_scheduler.channels.facebook_answers import graph_error, refused_preparing, refused_publishing
from purdah_scheduler.channels.links import links
from purdah_scheduler.channels.pictures import ENDINGS, cleared_bytes
from purdah_scheduler.channels.platform import Options, Platform
from purdah_scheduler.domain.content import Outgoing, Problem
from purdah_scheduler.domain.people import Account
from purdah_scheduler.web import TimeLimits

DEFAULT_BASE_URL = "https://graph.facebook.com"

_API = "/v26.0"
_POST_ID = re.compile(r"[0-9]{1,30}_[0-9]{1,30}")
_NUMBER = re.compile(r"[0-9]{1,30}")
_PAGE = 50
_MAX_PAGES = 20


class FacebookChannel:
    """One Page; `handle` of the account is its number, and the token is a Page's token.

    `base_url` stands in for Facebook's own address (https; http on loopback alone). `limits` are in seconds. Raises BadSetup for
    an address that must not be used.
    """

    def __init__(
        self,
        account: Account,
        credentials: Credentials,
        *,
        now: Callable[[], datetime],
        base_url: str = "",
        limits: TimeLimits | None = None,
        hear: Hear = hear_nothing,
    ) -> None:
        self._page = account.handle
        self._now = now
        self._token, self.ends_at = credentials["page_token"], credentials.ends_at
        address = checked_base_url(base_url, account=account.id) if base_url else DEFAULT_BASE_URL
        self._platform = Platform("Facebook", address, limits=limits, now=now, hear=hear, hide=self._hidden)

    @property
    def limits(self) -> Limits:
        return facebook_text.LIMITS

    @property
    def proof(self) -> Proof:
        """The post is found by the id that it had before it was public, and Facebook says whether it is."""
        return Proof(presence=True, absence=True)

    def validate(self, outgoing: Outgoing) -> tuple[Problem, ...]:
        """Every problem at once: those of text and pictures, and what a Page does not have."""
        return facebook_text.problems_of(outgoing)

    def check_account(self) -> AccountCheck:
        """Whose the token is. Raises NeedsLogin and RetryLater."""
        answer = self._asked(f"{_API}/me", {"fields": "id,name"})
        number, name = answer.text("id"), answer.name("name")
        if not _NUMBER.fullmatch(number) or not name:
            raise RetryLater("Facebook could not be asked: its answer does not say whose token this is.")
        if number != self._page:
            return AccountCheck(ok=False, handle=number, detail=f"The token belongs to {name} ({number}), not to {self._page}.")
        detail = f"The token of {name} works. {facebook_text.EXPERIMENTAL}"
        return AccountCheck(ok=True, handle=number, detail=detail, expires_at=self.ends_at)

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:
        """Upload the pictures and make the post, both unpublished; what is there already is used again.

        One whose answer was lost stays behind unpublished. Raises NeedsLogin, RetryLater, Rejected.
        """
        blobs = cleared_bytes(outgoing)
        if self._staged(outgoing, staged) and self._seen(staged["post"]) is not None:
            return dict(staged)
        photos = [self._photo(outgoing, number, data) for number, data in enumerate(blobs)]
        form = {"message": outgoing.text, "published": "false"}
        form |= {f"attached_media[{number}]": json.dumps({"media_fbid": photo}) for number, photo in enumerate(photos)}
        linked = links(outgoing.text)
        if linked and not photos:
            form["link"] = linked[0].address
        made = self._prepared(f"{_API}/{self._page}/feed", {"data": form}).text("id")
        if not _POST_ID.fullmatch(made):
            raise RetryLater("Facebook could not be asked: its answer does not name the post that it made.")
        return {**staged, "key": outgoing.key, "post": made}

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        """Publish the post by its id, with the cleared words once more: what was changed on Facebook does not go out.

        The same request again changes nothing. Raises Rejected, without a request, for what `validate` blocks; RetryLater
        without one where there is no unpublished post; and what `refused_publishing` says.
        """
        blocking = [problem.message for problem in self.validate(outgoing) if problem.blocking]
        if blocking:
            raise Rejected(f"Not sent to Facebook: {' '.join(blocking)}")
        if not self._staged(outgoing, staged):
            raise RetryLater("The post is not prepared on Facebook. Nothing was sent.")
        form = {"is_published": "true", "message": outgoing.text}
        answer = self._platform.send("POST", f"{_API}/{staged['post']}", self._with(data=form), writes=True)
        error = refused_publishing(answer, hide=self._hidden(outgoing.text), now=self._now())
        if error is not None:
            raise error
        if answer.status != 200 or (answer.document or {}).get("success") is not True:
            raise OutcomeUnknown(f"Facebook answered {answer.status} without saying so, so the post may have been published.")
        return _receipt(staged["post"])

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:
        """Ask for the post by its id; where none is on record, for its words among the Page's latest. Only reads.

        Raises NeedsLogin and RetryLater about the look-up itself, and RetryLater where no id is on record and the words are not
        found.
        """
        if self._staged(outgoing, staged):
            seen = self._seen(staged["post"])
            if seen is None:
                return None
            if not isinstance(seen.get("is_published"), bool):
                raise RetryLater("Facebook could not be asked: its answer does not say whether the post is public.")
            return _receipt(staged["post"]) if seen["is_published"] else None
        wanted = {"fields": "id,message,is_published", "limit": str(_PAGE)}
        found = self._asked(f"{_API}/{self._page}/feed", wanted).document or {}
        listed = found.get("data")
        for post in listed if isinstance(listed, list) else []:
            if _is_it(post, outgoing):
                return _receipt(post["id"])
        raise RetryLater("It is not among the Page's latest posts, and the one that was prepared is not on record: look there.")

    def recent(self, since: datetime, *, limit: int) -> Recent:
        """What the Page itself has published since then. Raises NeedsLogin, RetryLater."""
        found: list[RemotePost] = []
        after = ""
        for _page in range(_MAX_PAGES):
            wanted = {"fields": "id,message,created_time", "since": str(int(since.timestamp())), "limit": str(_PAGE)}
            answer = self._asked(f"{_API}/{self._page}/published_posts", wanted | ({"after": after} if after else {}))
            listed = (answer.document or {}).get("data")
            found += [post for each in (listed if isinstance(listed, list) else []) if (post := _listed(each)) is not None]
            after = _cursor_after((answer.document or {}).get("paging"))
            if len(found) > limit:
                break
            if not after:
                return Recent(posts=tuple(found), whole=True)
        return Recent(posts=tuple(found[:limit]), whole=False)

    def delete(self, remote_id: str) -> None:
        """Take a post down; one that is gone already counts as done.

        Raises Rejected for what is no post of this Page, and OutcomeUnknown where no clear answer came.
        """
        if not _POST_ID.fullmatch(remote_id) or remote_id.partition("_")[0] != self._page:
            raise Rejected("Nothing was deleted: that is not a post of this Page on Facebook.")
        answer = self._platform.send("DELETE", f"{_API}/{remote_id}", self._with(), writes=True)
        error = graph_error(answer)
        if (error is not None and error.is_gone) or (answer.document or {}).get("success") is True:
            return
        plain = refused_preparing(answer, hide=self._hidden(), now=self._now())
        if error is not None and plain is not None:
            raise plain
        raise deleting_error(answer, platform="Facebook", refusals=(), hide=self._hidden(), now=self._now())

    def _staged(self, outgoing: Outgoing, staged: Mapping[str, str]) -> bool:
        return staged.get("key") == outgoing.key and _POST_ID.fullmatch(staged.get("post", "")) is not None

    def _seen(self, post: str) -> Mapping[str, Any] | None:
        """The post as Facebook has it, public or not; None where it has none."""
        wanted = {"fields": "id,is_published"}
        answer = self._platform.send("GET", f"{_API}/{post}", self._with(params=wanted), writes=False)
        error = graph_error(answer)
        if error is not None and error.is_gone:
            return None
        found = self._judged(answer).document or {}
        if found.get("id") != post:
            raise RetryLater("Facebook could not be asked: its answer is not the post that was asked for.")
        return found

    def _photo(self, outgoing: Outgoing, number: int, data: bytes) -> str:
        """The number of the uploaded picture, which nobody sees before the post is public."""
        medium = outgoing.media[number]
        name = f"{medium.sha256[:16]}.{ENDINGS.get(medium.type, 'bin')}"
        form = {"published": "false", "alt_text_custom": medium.alt}
        asked = {"files": {"source": (name, data, medium.type)}, "data": form}
        photo = self._prepared(f"{_API}/{self._page}/photos", asked).text("id")
        if not _NUMBER.fullmatch(photo):
            raise RetryLater("Facebook could not be asked: its answer to an upload does not name it.")
        return photo

    def _asked(self, path: str, wanted: Mapping[str, str]) -> Answer:
        return self._judged(self._platform.send("GET", path, self._with(params=dict(wanted)), writes=False))

    def _prepared(self, path: str, options: Mapping[str, Any]) -> Answer:
        return self._judged(self._platform.send("POST", path, self._with(**options), writes=False))

    def _judged(self, answer: Answer) -> Answer:
        error = refused_preparing(answer, hide=self._hidden(), now=self._now())
        if error is not None:
            raise error
        return answer

    def _with(self, **options: Any) -> Options:
        """What a request is given, with the token added at the last moment."""
        return lambda: {**options, "headers": {"Authorization": f"Bearer {self._token.reveal()}"}}

    def _hidden(self, text: str = "") -> tuple[str, ...]:
        return hidden((self._token.reveal(),), text)


def _is_it(post: object, outgoing: Outgoing) -> bool:
    """Whether a post of the Page is public and says the same."""
    if not isinstance(post, Mapping) or post.get("is_published") is not True:
        return False
    number, words = post.get("id"), post.get("message")
    named = isinstance(number, str) and _POST_ID.fullmatch(number) is not None
    return named and isinstance(words, str) and comparable(words) == comparable(outgoing.text)


def _listed(post: object) -> RemotePost | None:
    """A post of the Page as it is listed; None for what is none."""
    number = post.get("id") if isinstance(post, Mapping) else None
    if not isinstance(post, Mapping) or not isinstance(number, str) or not _POST_ID.fullmatch(number):
        return None
    words = post.get("message")
    text = words if isinstance(words, str) else ""
    return RemotePost(remote_id=number, url=_receipt(number).url, at=moment(post.get("created_time")), text=text)


def _cursor_after(paging: object) -> str:
    """Where the next page begins; empty on the last, which names none."""
    cursors = paging.get("cursors") if isinstance(paging, Mapping) and paging.get("next") else None
    after = cursors.get("after") if isinstance(cursors, Mapping) else None
    return after if isinstance(after, str) else ""


def _receipt(post: str) -> Receipt:
    return Receipt(remote_id=post, url=f"https://www.facebook.com/{post}")
