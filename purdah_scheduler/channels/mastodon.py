"""Mastodon by its own HTTP interface."""

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
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
from purdah_scheduler.channels import mastodon_text
from purdah_scheduler.channels.addresses import checked_base_url
from purdah_scheduler.channels.answering import deleting_error, hidden, moment, public_address, publishing_error
from purdah_scheduler.channels.comparing import comparable, comparable_html
from purdah_scheduler.channels.credentials import Credentials
from purdah_scheduler.channels.pictures import cleared_bytes
from purdah_scheduler.channels.platform import Options, Platform
from purdah_scheduler.domain.content import Media, Outgoing, Problem
from purdah_scheduler.domain.people import Account
from purdah_scheduler.web import TimeLimits

_LONGEST = 20_000
"""Characters: whatever a server says, no text is longer."""
_REFUSALS = frozenset({400, 403, 404, 413, 422})
_CLOCK_SLACK = timedelta(minutes=2)
_LAG = timedelta(minutes=1)
_PAGE = 40
_MAX_PAGES = 10
_LONGEST_PROCESSING = 20
"""Seconds in which a server must have taken in a picture."""
# Other servers give a version with a word of explanation behind it, or count from 0.
_MAINLINE = re.compile(r"[3-9]\d*\.\d+\.\d+(?:[-+][\w.+-]*)?")


class MastodonChannel:
    """One account on one server.

    `base_url` is the server's address (https; http on loopback alone). `limits` are in seconds. `wait` sleeps while the server
    takes in a picture. Raises BadSetup for an address that must not be used.
    """

    def __init__(
        self,
        account: Account,
        credentials: Credentials,
        *,
        base_url: str,
        now: Callable[[], datetime],
        limits: TimeLimits | None = None,
        hear: Hear = hear_nothing,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._handle = account.handle.removeprefix("@").partition("@")[0]
        self._token, self.ends_at = credentials["access_token"], credentials.ends_at
        self._now, self._wait = now, wait
        self._platform = Platform(
            "Mastodon",
            checked_base_url(base_url, account=account.id),
            limits=limits,
            now=now,
            hear=hear,
            hide=self._hidden,
        )
        self._limits = mastodon_text.LIMITS
        self._mainline: bool | None = None
        self._user_id = ""

    @property
    def limits(self) -> Limits:
        """The usual ones, or the server's own where those are known."""
        return self._limits

    @property
    def proof(self) -> Proof:
        """A look reads every post since the time of this one.

        Absence is only believed of Mastodon itself, which keeps the key of a post: what else speaks its language may show a
        post whenever it likes.
        """
        return Proof(presence=True, absence=self._mainline is True, lag=_LAG)

    def validate(self, outgoing: Outgoing) -> tuple[Problem, ...]:
        """Every problem at once."""
        return mastodon_text.problems_of(outgoing, self._limits)

    def check_account(self) -> AccountCheck:
        """Whose the token is, and what the server takes. Raises NeedsLogin and RetryLater."""
        name = self._who()
        self._learn()
        if name.casefold() != self._handle.casefold():
            return AccountCheck(ok=False, handle=name, detail=f"The token belongs to @{name}, not to @{self._handle}.")
        takes = f"{self._limits.max_length:,} characters and {self._limits.max_images} pictures"
        only = "" if self._mainline else " It is not Mastodon's own software: what may have been sent is for people to look up."
        detail = f"The token of @{name} works; posts have up to {takes}.{only}"
        return AccountCheck(ok=True, handle=name, detail=detail, expires_at=self.ends_at)

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:
        """Learn what the server takes, and upload the pictures. Raises NeedsLogin, RetryLater, Rejected.

        A picture that is uploaded again is another upload, and no post has the first: nobody sees it.
        """
        if self._mainline is None:
            self._learn()
        self._refuse_blocked(outgoing)
        pictures = [self._upload(blob, medium) for blob, medium in zip(cleared_bytes(outgoing), outgoing.media, strict=True)]
        return {**staged, "key": outgoing.key, "pictures": json.dumps(pictures)}

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        """Publish by one request, under a key by which Mastodon itself knows a second one for an hour.

        Raises Rejected, without a request, for what `validate` blocks; RetryLater without one where it is not staged; and what
        `publishing_error` says.
        """
        self._refuse_blocked(outgoing)
        if staged.get("key") != outgoing.key:
            raise RetryLater("The post is not prepared for Mastodon. Nothing was sent.")
        asked: dict[str, Any] = {
            "status": outgoing.text,
            "visibility": outgoing.visibility,
            "language": outgoing.lang,
            "media_ids": json.loads(staged["pictures"]),
        }
        if outgoing.content_warning:
            asked |= {"spoiler_text": outgoing.content_warning, "sensitive": True}
        if outgoing.reply_to:
            asked["in_reply_to_id"] = outgoing.reply_to
        key = hashlib.sha256(outgoing.key.encode("utf-8")).hexdigest()
        # As plain UTF-8: what else speaks Mastodon's language may misread an escaped character beyond the first 65,536.
        body = json.dumps(asked, ensure_ascii=False).encode("utf-8")
        options = self._with({"Idempotency-Key": key, "Content-Type": "application/json"}, data=body)
        answer = self._platform.send("POST", "/api/v1/statuses", options, writes=True)
        error = publishing_error(
            answer, platform="Mastodon", refusals=_REFUSALS, hide=self._hidden(outgoing.text), now=self._now()
        )
        if error is not None:
            raise error
        receipt = _receipt(answer.document) if answer.status == 200 else None
        if receipt is None:
            raise OutcomeUnknown(f"Mastodon answered {answer.status} without the id of the post, so it may have been published.")
        return receipt

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:  # noqa: ARG002 - the port gives it
        """Look for the same words among the account's own posts since two minutes before `outgoing.not_before`.

        Only reads. Raises NeedsLogin and RetryLater about the look-up itself, and RetryLater where there are too many posts to
        be sure.
        """
        if self._mainline is None:
            self._learn()
        if not self._user_id:
            self._who()
        since = None if outgoing.not_before is None else outgoing.not_before - _CLOCK_SLACK
        before = ""
        for _page in range(_MAX_PAGES):
            page = self._page(before)
            for post in page:
                made_at = moment(post.get("created_at"))
                if since is not None and made_at is not None and made_at < since:
                    return None
                receipt = _receipt(post)
                if receipt is not None and _is_same(post, outgoing):
                    return receipt
            if not page:
                return None
            last = _id_of(page[-1])
            if not last or last == before:
                raise RetryLater("Mastodon could not be asked: its list of posts cannot be read to its end.")
            before = last
        raise RetryLater(
            f"The post was not among the account's {_PAGE * _MAX_PAGES} newest, and there are more: look on Mastodon."
        )

    def recent(self, since: datetime, *, limit: int) -> Recent:
        """The account's own posts, replies and boosts since then. Raises NeedsLogin, RetryLater."""
        if not self._user_id:
            self._who()
        found: list[RemotePost] = []
        before = ""
        for _page in range(_MAX_PAGES):
            page = self._page(before, boosts=True)
            listed = [_listed(post) for post in page]
            young = [post for post in listed if post is not None and (post.at is None or post.at >= since)]
            found += young
            last = _id_of(page[-1]) if page else ""
            if len(found) > limit:
                break
            if not young or not last or last == before:
                return Recent(posts=tuple(found), whole=True)
            before = last
        return Recent(posts=tuple(found[:limit]), whole=False)

    def delete(self, remote_id: str) -> None:
        """Take a post down; one that is gone already counts as done.

        Raises Rejected for what is no id, and OutcomeUnknown where no clear answer came.
        """
        if not mastodon_text.is_id(remote_id):
            raise Rejected("Nothing was deleted: that is not the id of a post on Mastodon.")
        answer = self._platform.send("DELETE", f"/api/v1/statuses/{remote_id}", self._with(), writes=True)
        if answer.status in (200, 404):
            return
        raise deleting_error(answer, platform="Mastodon", refusals=_REFUSALS, hide=self._hidden(), now=self._now())

    def _refuse_blocked(self, outgoing: Outgoing) -> None:
        blocking = [problem.message for problem in self.validate(outgoing) if problem.blocking]
        if blocking:
            raise Rejected(f"Not sent to Mastodon: {' '.join(blocking)}")

    def _who(self) -> str:
        """The name of the token's owner, whose id is kept."""
        answer = self._platform.read("/api/v1/accounts/verify_credentials", self._with())
        name, user_id = answer.name("username"), _id_of(answer.document)
        if not name or not user_id:
            raise RetryLater("Mastodon could not be asked: its answer does not say whose token this is.")
        self._user_id = user_id
        return name

    def _learn(self) -> None:
        """What the server is, and what it takes; one that does not know the newer question is not Mastodon's own software."""
        answer = self._platform.send("GET", "/api/v2/instance", self._with(), writes=False)
        mainline = answer.status != 404
        if not mainline:
            answer = self._platform.send("GET", "/api/v1/instance", self._with(), writes=False)
        if mainline or answer.status != 404:
            answer = self._platform.judged(answer)
        self._mainline = mainline and _MAINLINE.fullmatch(answer.text("version")) is not None
        self._limits = of_server(mastodon_text.LIMITS, (answer.document or {}).get("configuration"))

    def _upload(self, data: bytes, medium: Media) -> str:
        """The id of an uploaded picture that the server has taken in."""
        told = {"description": medium.alt} | ({} if medium.focus is None else {"focus": str(medium.focus)})
        upload = self._with(files={"file": ("picture", data, medium.type)}, data=told)
        answer = self._platform.prepare("/api/v2/media", upload, refusals=_REFUSALS)
        number = _id_of(answer.document)
        if not number:
            raise RetryLater("Mastodon could not be asked: its answer to an upload does not name it.")
        for _second in range(_LONGEST_PROCESSING):
            if answer.status not in (202, 206):
                return number
            self._wait(1.0)
            answer = self._platform.read(f"/api/v1/media/{number}", self._with())
        raise RetryLater("Mastodon has not taken in a picture yet. Nothing was sent.")

    def _page(self, before: str, *, boosts: bool = False) -> tuple[Mapping[str, Any], ...]:
        asked = {"limit": str(_PAGE)} | ({} if boosts else {"exclude_reblogs": "true"}) | ({"max_id": before} if before else {})
        path = f"/api/v1/accounts/{self._user_id}/statuses"
        return self._platform.read(path, self._with(params=asked), listing=True).listing or ()

    def _with(self, headers: Mapping[str, str] | None = None, **options: Any) -> Options:
        """What a request is given, with the token added at the last moment."""
        return lambda: {**options, "headers": {**(headers or {}), "Authorization": f"Bearer {self._token.reveal()}"}}

    def _hidden(self, text: str = "") -> tuple[str, ...]:
        return hidden((self._token.reveal(),), text)


def of_server(usual: Limits, configuration: object) -> Limits:
    """The usual limits, or the server's own where they make sense: texts as long as it says.

    Pictures are no more and no larger than usual: what was attached for every account stays small enough for each.
    """
    statuses = _under(configuration, "statuses")
    media = _under(configuration, "media_attachments")

    def told(value: object, known: int, *, most: int) -> int:
        return min(value, most) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else known

    return replace(
        usual,
        max_length=told(statuses.get("max_characters"), usual.max_length, most=_LONGEST),
        max_images=told(statuses.get("max_media_attachments"), usual.max_images, most=usual.max_images),
        max_image_bytes=told(media.get("image_size_limit"), usual.max_image_bytes, most=usual.max_image_bytes),
        max_alt=told(media.get("description_limit"), usual.max_alt, most=_LONGEST),
    )


def _under(value: object, name: str) -> Mapping[str, Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _id_of(document: Mapping[str, Any] | None) -> str:
    """The id of what the server describes, or an empty text."""
    value = document.get("id") if document is not None else None
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if mastodon_text.is_id(text) else ""


def _receipt(post: Mapping[str, Any] | None) -> Receipt | None:
    """The receipt of what the server describes; None where that is no post that is public now."""
    number = _id_of(post)
    if post is None or not number or not isinstance(post.get("content"), str):
        return None
    return Receipt(remote_id=number, url=public_address(post.get("url")) or public_address(post.get("uri")))


def _listed(post: Mapping[str, Any]) -> RemotePost | None:
    """A post of the account as it is listed; a boost has the words of what it shows."""
    receipt = _receipt(post)
    if receipt is None:
        return None
    text = comparable_html(post["content"])
    boost = "boost: " if post.get("reblog") is not None else ""
    return RemotePost(remote_id=receipt.remote_id, url=receipt.url, at=moment(post.get("created_at")), text=f"{boost}{text}")


def _is_same(post: Mapping[str, Any], outgoing: Outgoing) -> bool:
    """Whether a post of the account is the one that was sent: the same words, warning and place in a thread."""
    parent = post.get("in_reply_to_id")
    return (
        post.get("reblog") is None
        and comparable_html(post["content"]) == comparable(outgoing.text)
        and comparable(str(post.get("spoiler_text") or "")) == comparable(outgoing.content_warning)
        and (str(parent or "") == outgoing.reply_to or (parent is None and outgoing.part == 1))
    )
