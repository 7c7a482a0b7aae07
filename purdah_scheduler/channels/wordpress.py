"""A blog on WordPress by its REST interface: a draft first, which is then published by its number."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
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
from purdah_scheduler.channels import wordpress_text
from purdah_scheduler.channels.addresses import checked_base_url
from purdah_scheduler.channels.answering import Answer, deleting_error, hidden, moment, public_address, publishing_error
from purdah_scheduler.channels.comparing import comparable_html
from purdah_scheduler.channels.credentials import Credentials
from purdah_scheduler.channels.pictures import ENDINGS, cleared_bytes
from purdah_scheduler.channels.platform import Options, Platform
from purdah_scheduler.channels.wordpress_categories import Categories, UnknownCategory
from purdah_scheduler.channels.wordpress_text import article_of, described, slug_of
from purdah_scheduler.domain.content import Outgoing, Problem
from purdah_scheduler.domain.people import Account
from purdah_scheduler.web import TimeLimits

_PAGE = 100
_MAX_PAGES = 10
_API = "/wp-json/wp/v2"
_REFUSALS = frozenset({400, 403, 413})


class WordPressChannel:
    """One user of one blog; `handle` of the account is the user's login name.

    `base_url` is the blog's address (https; http on loopback alone). `limits` are in seconds. Raises BadSetup for an address
    that must not be used.
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
    ) -> None:
        self._handle = account.handle
        self._wanted = account.categories
        self._now = now
        self._password, self.ends_at = credentials["application_password"], credentials.ends_at
        self._address = checked_base_url(base_url, account=account.id)
        self._platform = Platform("WordPress", self._address, limits=limits, now=now, hear=hear, hide=self._hidden)
        self._categories = Categories(
            lambda path, asked: self._platform.read(_API + path, self._with(params=asked), listing=True)
        )

    @property
    def limits(self) -> Limits:
        return wordpress_text.LIMITS

    @property
    def proof(self) -> Proof:
        """The post is found by the number of its draft, and the blog says whether it is public."""
        return Proof(presence=True, absence=True)

    def validate(self, outgoing: Outgoing) -> tuple[Problem, ...]:
        """Every problem at once: those of text and picture, and what a blog does not have."""
        return wordpress_text.problems_of(outgoing)

    def check_account(self) -> AccountCheck:
        """Whose the password is, whether that user may publish, and whether the blog has the account's categories.

        Raises NeedsLogin and RetryLater.
        """
        answer = self._platform.read(f"{_API}/users/me", self._with(params={"context": "edit"}))
        name, may = answer.name("username"), (answer.document or {}).get("capabilities")
        if not name or not isinstance(may, dict):
            raise RetryLater("WordPress could not be asked: its answer does not say whose password this is.")
        if name.casefold() != self._handle.casefold():
            return AccountCheck(ok=False, handle=name, detail=f"The password belongs to {name}, not to {self._handle}.")
        lacking = [
            words
            for capability, words in (("publish_posts", "publish posts"), ("upload_files", "upload pictures"))
            if may.get(capability) is not True
        ]
        if lacking:
            return AccountCheck(ok=False, handle=name, detail=f"{name} may not {' or '.join(lacking)} on this blog.")
        try:
            self._categories.numbers(self._wanted)
        except UnknownCategory as unknown:
            return AccountCheck(ok=False, handle=name, detail=str(unknown))
        within = f" Posts go into: {', '.join(self._wanted)}." if self._wanted else ""
        detail = f"{name} may publish posts and upload pictures.{within}"
        return AccountCheck(ok=True, handle=name, detail=detail, expires_at=self.ends_at)

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:
        """Find the post's draft or make it, upload the picture into it, and find the numbers of the account's categories.

        The picture belongs to the draft, so that it is public no sooner than the post. Raises NeedsLogin, RetryLater, Rejected.
        """
        blobs = cleared_bytes(outgoing)
        categories = self._numbered()
        number = self._number(outgoing, staged) or self._draft(outgoing)
        prepared = {**staged, "key": outgoing.key, "post": number}
        if categories:
            prepared["categories"] = ",".join(map(str, categories))
        if blobs:
            prepared["picture"] = self._picture(outgoing, blobs[0], number)
        return prepared

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        """Publish the draft by its number, with the cleared words once more: what was changed in WordPress does not go out.

        The same request again changes nothing. Raises Rejected, without a request, for what `validate` blocks; RetryLater
        without one where there is no draft; and what `publishing_error` says.
        """
        blocking = [problem.message for problem in self.validate(outgoing) if problem.blocking]
        if blocking:
            raise Rejected(f"Not sent to WordPress: {' '.join(blocking)}")
        if staged.get("key") != outgoing.key or not staged.get("post", "").isdecimal():
            raise RetryLater("The post has no draft on the blog. Nothing was sent.")
        asked = {
            **asdict(article_of(outgoing.text)),
            "slug": slug_of(outgoing),
            "featured_media": int(staged.get("picture", "0")),
            "status": "publish",
        }
        if categories := staged.get("categories"):
            asked["categories"] = [int(number) for number in categories.split(",")]
        number = staged["post"]
        answer = self._platform.send("POST", f"{_API}/posts/{number}", self._with(json=asked), writes=True)
        refusals = _REFUSALS | {404} if answer.text("code").startswith("rest_") else _REFUSALS
        error = publishing_error(
            answer, platform="WordPress", refusals=refusals, hide=self._hidden(outgoing.text), now=self._now()
        )
        if error is not None:
            raise error
        if answer.status != 200 or _number_of(answer.document) != number or answer.text("status") != "publish":
            state = answer.text("status")[:20] or "no state"
            raise OutcomeUnknown(f"WordPress answered {answer.status} with {state!a}, so the post may have been published.")
        return self._receipt(answer.document or {}, number)

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:
        """Ask for the post by its number, else by its address; only reads.

        Raises NeedsLogin and RetryLater about the look-up itself, and RetryLater where WordPress is to publish it later.
        """
        post = self._known(outgoing, staged)
        if post is None or post.get("status") in ("draft", "auto-draft", "pending", "private", "trash"):
            return None
        if post.get("status") != "publish":
            raise RetryLater("Somebody has made WordPress publish the post by itself at a later time: look at the blog.")
        return self._receipt(post, _number_of(post))

    def recent(self, since: datetime, *, limit: int) -> Recent:
        """The public posts of this user since then; what others publish on the blog is theirs. Raises NeedsLogin, RetryLater."""
        me = self._platform.read(f"{_API}/users/me", self._with(params={"context": "edit"}))
        author = _number_of(me.document)
        if not author:
            raise RetryLater("WordPress could not be asked: its answer does not say whose password this is.")
        found: list[RemotePost] = []
        for number in range(1, _MAX_PAGES + 1):
            asked = {"author": author, "status": "publish", "context": "edit", "per_page": str(_PAGE), "page": str(number)}
            # A day more than asked for: the blog compares by its own zone.
            after = (since - timedelta(days=1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            page = self._platform.read(f"{_API}/posts", self._with(params={**asked, "after": after}), listing=True).listing or ()
            listed = [self._listed(post) for post in page if _number_of(post) and post.get("status") == "publish"]
            found += [post for post in listed if post.at is None or post.at >= since]
            if len(found) > limit:
                break
            if len(page) < _PAGE:
                return Recent(posts=tuple(found), whole=True)
        return Recent(posts=tuple(found[:limit]), whole=False)

    def delete(self, remote_id: str) -> None:
        """Put a post into WordPress's bin; one that is gone already counts as done.

        Raises Rejected for what is no number of a post, and OutcomeUnknown where no clear answer came.
        """
        if not (remote_id.isascii() and remote_id.isdecimal() and len(remote_id) <= 20):
            raise Rejected("Nothing was deleted: that is not the number of a post in WordPress.")
        answer = self._platform.send("DELETE", f"{_API}/posts/{remote_id}", self._with(), writes=True)
        if answer.status == 200 or answer.text("code") in ("rest_post_invalid_id", "rest_already_trashed"):
            return
        raise deleting_error(answer, platform="WordPress", refusals=_REFUSALS, hide=self._hidden(), now=self._now())

    def _known(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Mapping[str, Any] | None:
        """The post as WordPress has it, in whatever state; None where it has none."""
        number = staged.get("post", "") if staged.get("key") == outgoing.key else ""
        if number.isdecimal():
            answer = self._platform.send("GET", f"{_API}/posts/{number}", self._with(params={"context": "edit"}), writes=False)
            if answer.status != 404 or answer.text("code") != "rest_post_invalid_id":
                return _checked(self._platform.judged(answer).document)
        asked = {"slug": slug_of(outgoing), "status": "any", "context": "edit"}
        found = self._platform.read(f"{_API}/posts", self._with(params=asked), listing=True).listing or ()
        return _checked(found[0]) if found else None

    def _number(self, outgoing: Outgoing, staged: Mapping[str, str]) -> str:
        """The number of the draft that there is already, or an empty text."""
        post = self._known(outgoing, staged)
        return "" if post is None or post.get("status") == "trash" else _number_of(post)

    def _numbered(self) -> tuple[int, ...]:
        """The numbers of the account's categories. Raises Rejected where the blog does not have one."""
        try:
            return self._categories.numbers(self._wanted)
        except UnknownCategory as unknown:
            raise Rejected(f"Not sent to WordPress: {unknown}") from None

    def _draft(self, outgoing: Outgoing) -> str:
        asked = {**asdict(article_of(outgoing.text)), "slug": slug_of(outgoing), "status": "draft"}
        return self._made(self._platform.prepare(f"{_API}/posts", self._with(json=asked), refusals=_REFUSALS))

    def _picture(self, outgoing: Outgoing, data: bytes, post: str) -> str:
        """The number of the uploaded picture; one that was uploaded for this post before is used again."""
        medium = outgoing.media[0]
        alt, slug = described(medium.alt), f"{slug_of(outgoing)}-{medium.sha256[:16]}"
        asked = {"slug": slug, "context": "edit", "parent": post}
        found = self._platform.read(f"{_API}/media", self._with(params=asked), listing=True).listing or ()
        if found and found[0].get("alt_text") == alt and _number_of(found[0]):
            return _number_of(found[0])
        name = f"{slug}.{ENDINGS.get(medium.type, 'bin')}"
        form = {"alt_text": alt, "slug": slug, "post": post}
        upload = self._with(files={"file": (name, data, medium.type)}, data=form)
        answer = self._platform.send("POST", f"{_API}/media", upload, writes=False)
        if answer.text("code") == "rest_upload_sideload_error":
            # The blog does not take files of this type; it says so with a 500, and will never take it.
            raise Rejected(f"WordPress refused the picture: {answer.words(self._hidden())}")
        return self._made(self._platform.judged(answer, refusals=_REFUSALS))

    def _made(self, answer: Answer) -> str:
        number = _number_of(answer.document)
        if not number:
            raise RetryLater("WordPress could not be asked: its answer does not say what it made.")
        return number

    def _with(self, **options: Any) -> Options:
        """What a request is given, with the password added at the last moment."""

        def made() -> dict[str, Any]:
            login = f"{self._handle}:{self._password.reveal()}".encode()
            return {**options, "headers": {"Authorization": f"Basic {base64.b64encode(login).decode('ascii')}"}}

        return made

    def _hidden(self, text: str = "") -> tuple[str, ...]:
        return hidden((self._password.reveal(), self._password.reveal().replace(" ", "")), text)

    def _listed(self, post: Mapping[str, Any]) -> RemotePost:
        receipt = self._receipt(post, _number_of(post))
        words = [comparable_html(_raw(post.get(name))) for name in ("title", "content")]
        at = moment(post.get("date_gmt"))
        return RemotePost(remote_id=receipt.remote_id, url=receipt.url, at=at, text=" ".join(word for word in words if word))

    def _receipt(self, post: Mapping[str, Any], number: str) -> Receipt:
        return Receipt(remote_id=number, url=public_address(post.get("link")) or f"{self._address}/?p={number}")


def _number_of(document: Mapping[str, Any] | None) -> str:
    """The number of what WordPress describes, or an empty text."""
    value = document.get("id") if document is not None else None
    return str(value) if isinstance(value, int) and 0 < value < 10**18 else ""


def _raw(value: object) -> str:
    """A field as it is kept, where it may be read so, or as it is shown."""
    if not isinstance(value, dict):
        return ""
    found = value.get("raw") or value.get("rendered")
    return found if isinstance(found, str) else ""


def _checked(post: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if not _number_of(post) or post is None or not isinstance(post.get("status"), str):
        raise RetryLater("WordPress could not be asked: its answer is no post.")
    return post
