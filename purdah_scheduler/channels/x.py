"""X through tweepy: posts of text and up to four pictures, and threads of them."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from purdah_scheduler.application.answers import (
    AccountCheck,
    ChannelError,
    Limits,
    NeedsLogin,
    Proof,
    Receipt,
    Recent,
    Rejected,
    RemotePost,
    RetryLater,
)
from purdah_scheduler.application.timekeeping import Hear, hear_nothing
from purdah_scheduler.channels import x_text
from purdah_scheduler.channels.addresses import checked_base_url
from purdah_scheduler.channels.answering import (
    Answer,
    ask,
    deleting_error,
    hidden,
    moment,
    preparing_error,
    reading_error,
    shown_name,
)
from purdah_scheduler.channels.comparing import comparable
from purdah_scheduler.channels.credentials import Credentials
from purdah_scheduler.channels.platform import Platform
from purdah_scheduler.channels.x_answers import (
    PLATFORM,
    REPLY_SETTINGS,
    data_of,
    items_of,
    lost_pictures,
    next_page,
    publishing_error,
    remote_id,
)
from purdah_scheduler.channels.x_client import SignedClient
from purdah_scheduler.channels.x_login import login_of
from purdah_scheduler.channels.x_lookup import answered_by, comparable_remote, words_of
from purdah_scheduler.channels.x_media import Uploads
from purdah_scheduler.channels.x_text import is_remote_id
from purdah_scheduler.domain.content import Outgoing, Problem
from purdah_scheduler.domain.people import Account, Replies
from purdah_scheduler.web import OneShotSession, TimeLimits, hush_libraries

DEFAULT_BASE_URL = "https://api.x.com"
"""The host that X's OpenAPI document names. tweepy 4.17 still writes api.twitter.com; the account's base_url can say so too."""

_CLOCK_SLACK = timedelta(minutes=2)
_LAG = timedelta(minutes=5)
"""X publishes nothing about how soon a post is in its author's timeline: five minutes is the last look for one that is slow."""
_PAGE, _LEAST_PAGE = 100, 5
_MAX_PAGES = 5


def _utc_now() -> datetime:
    return datetime.now(UTC)


class XChannel:
    """One account on X.

    `base_url` stands in for X's address (https; http on loopback alone). `limits` are in seconds. `now` is only used to
    measure X's rate limits where an answer has no Date, and how long it keeps a picture. `hear` is told the Date of each answer,
    `wait` sleeps while X takes a picture in. `session_file` keeps tokens of OAuth 2.0, which only one that `may_refresh` renews.
    Raises BadSetup for an address that must not be used.
    """

    def __init__(
        self,
        account: Account,
        credentials: Credentials,
        *,
        base_url: str = "",
        limits: TimeLimits | None = None,
        now: Callable[[], datetime] = _utc_now,
        hear: Hear = hear_nothing,
        session_file: Path | None = None,
        may_refresh: bool = True,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        hush_libraries()
        self._handle = account.handle.lstrip("@")
        self._threads = account.threads
        self._replies = account.replies
        self.ends_at = credentials.ends_at
        address = checked_base_url(base_url, account=account.id) if base_url else DEFAULT_BASE_URL
        platform = Platform(PLATFORM, address, limits=limits, now=now, hear=hear, hide=self._hidden)
        self._login = login_of(
            credentials,
            platform,
            address=address,
            file=session_file,
            now=now,
            may_refresh=may_refresh,
        )
        self._client = SignedClient(self._login.signer, address, OneShotSession(limits or TimeLimits()))
        self._now, self._hear = now, hear
        self._uploads = Uploads(self._prepare, now=now, wait=wait)
        self._user_id = ""

    @property
    def limits(self) -> Limits:
        return x_text.LIMITS

    @property
    def proof(self) -> Proof:
        """A look reads every post since the time of this one, or says that it could not; X may be some minutes behind."""
        return Proof(presence=True, absence=True, lag=_LAG)

    def validate(self, outgoing: Outgoing) -> tuple[Problem, ...]:
        """Every problem at once: those that a draft can have, and those of a thread that is under way."""
        found = list(x_text.problems_of(outgoing))
        if outgoing.parts > 1 and not self._threads:
            message = "This account sends no threads: set threads = true for it, where each part may cost a write."
            found.append(Problem(code="threads-off", message=message))
        if outgoing.part > 1 and not is_remote_id(outgoing.reply_to):
            message = "The part before it has no id of X on record, so there is nothing to answer."
            found.append(Problem(code="nothing-to-answer", message=message))
        return tuple(found)

    def check_account(self) -> AccountCheck:
        """Who the tokens belong to, and whether that is the account's handle. Raises NeedsLogin and RetryLater."""
        me = data_of(self._read(lambda client: client.get_me(user_auth=True)))
        handle = shown_name(me.get("username"))
        if not handle or not is_remote_id(str(me.get("id", ""))):
            raise RetryLater("X could not be asked: its answer does not say whose tokens these are.")
        self._user_id = str(me["id"])
        if handle.casefold() != self._handle.casefold():
            return AccountCheck(ok=False, handle=handle, detail=f"The tokens belong to @{handle}, not to @{self._handle}.")
        more = " Threads are on: each part is a post of its own, and is counted and charged as one." if self._threads else ""
        detail = f"The tokens of @{handle} work.{more}"
        return AccountCheck(ok=True, handle=handle, detail=detail, expires_at=self.ends_at, cost=x_text.COST)

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:
        """Renew the access token where that is due; upload the pictures with their descriptions.

        Raises NeedsLogin, RetryLater, Rejected.
        """
        self._login.ready()
        if not outgoing.media:
            return dict(staged)
        self._refuse_blocked(outgoing)
        return {**staged, "pictures": self._uploads.staged(outgoing, staged)}

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        """Publish by one request.

        Raises Rejected, without a request, for what `validate` blocks, and RetryLater without one where its pictures are not
        on X or its access token has run out; RetryLater where no byte left, for 429, or where X wants another token or has
        lost a picture; NeedsLogin for 401; Rejected for 400 and 403; AlreadyPublished, without a receipt, for the duplicate
        that X refuses; and OutcomeUnknown for everything else.
        """
        self._refuse_blocked(outgoing)
        asked = self._asked(outgoing, staged)
        if not self._login.is_ready():
            raise RetryLater("The post is not prepared for X: there is no access token. Nothing was sent.")
        answer = self._ask(lambda client: client.create_tweet(**asked, user_auth=True), writes=True)
        if outgoing.media and lost_pictures(answer):
            self._uploads.forget(staged)
            raise RetryLater("X no longer has a picture of the post. Nothing was sent; it is uploaded anew.")
        error = publishing_error(answer, hide=self._hidden(outgoing.text), now=self._now())
        if isinstance(error, NeedsLogin) and self._login.doubt():
            raise RetryLater("X wants another access token first. Nothing was sent.")
        if error is not None:
            raise error
        self._login.trust()
        return self._receipt(remote_id(answer))

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:  # noqa: ARG002 - the port gives it
        """Look for the same text among the account's own posts since two minutes before `outgoing.not_before`.

        A later part of a thread is only what answers the part before it.
        Only reads; each post that X returns may be charged for. Raises NeedsLogin and RetryLater about the look-up itself,
        and RetryLater where there are too many posts to be sure.
        """
        wanted = comparable(outgoing.text)
        since = None if outgoing.not_before is None else (outgoing.not_before - _CLOCK_SLACK).astimezone(UTC)
        if not self._user_id:
            self.check_account()
        token: str | None = None
        for _page in range(_MAX_PAGES):
            answer = self._page(since, token)
            for post in items_of(answer):
                made_at = moment(post.get("created_at"))
                early = since is not None and (made_at is None or made_at < since.replace(microsecond=0))
                same = comparable_remote(post) == wanted and outgoing.reply_to in ("", answered_by(post))
                if not early and same and is_remote_id(str(post.get("id", ""))):
                    return self._receipt(str(post["id"]))
            token = next_page(answer)
            if not token:
                return None
        raise RetryLater(f"The post was not among the account's {_PAGE * _MAX_PAGES} newest, and there are more: look on X.")

    def recent(self, since: datetime, *, limit: int) -> Recent:
        """The account's own posts, replies and reposts since then; each that X returns may be charged for.

        Raises NeedsLogin, RetryLater.
        """
        if not self._user_id:
            self.check_account()
        found: list[RemotePost] = []
        token: str | None = None
        for _page in range(1 + limit // _LEAST_PAGE):  # a page may have less than was asked for
            size = min(_PAGE, max(_LEAST_PAGE, limit - len(found)))
            answer = self._page(since.astimezone(UTC), token, size=size, all_kinds=True)
            found += [
                _listed(post, self._receipt(str(post["id"])))
                for post in items_of(answer)
                if is_remote_id(str(post.get("id", "")))
            ]
            token = next_page(answer)
            if not token:
                return Recent(posts=tuple(found[:limit]), whole=len(found) <= limit)
            if len(found) >= limit:
                break
        return Recent(posts=tuple(found[:limit]), whole=False)

    def delete(self, remote_id: str) -> None:
        """Take a post down; one that is gone already (404) counts as done.

        Raises Rejected for an id that is none of X's or that X keeps, and OutcomeUnknown where no clear answer came.
        """
        if not is_remote_id(remote_id):
            raise Rejected("Nothing was deleted: that is not the id of a post on X.")
        self._login.ready()
        answer = self._ask(lambda client: client.delete_tweet(remote_id, user_auth=True), writes=True)
        if answer.status == 404 or (answer.status == 200 and data_of(answer).get("deleted") is True):
            return
        raise deleting_error(answer, platform=PLATFORM, refusals=(400, 403), hide=self._hidden(), now=self._now())

    def _refuse_blocked(self, outgoing: Outgoing) -> None:
        blocking = [problem.message for problem in self.validate(outgoing) if problem.blocking]
        if blocking:
            raise Rejected(f"Not sent to X: {' '.join(blocking)}")

    def _asked(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, Any]:
        """What the publishing request says. Who may reply is a matter of the first post of a thread alone."""
        asked: dict[str, Any] = {"text": outgoing.text}
        if outgoing.media:
            asked["media_ids"] = self._uploads.ids(outgoing, staged)
        if outgoing.reply_to:
            asked["in_reply_to_tweet_id"] = outgoing.reply_to
        elif self._replies is not Replies.EVERYONE:
            asked["reply_settings"] = REPLY_SETTINGS[self._replies]
        return asked

    def _page(self, since: datetime | None, token: str | None, *, size: int = _PAGE, all_kinds: bool = False) -> Answer:
        return self._read(
            lambda client: client.get_users_tweets(
                self._user_id,
                user_auth=True,
                exclude=None if all_kinds else ["retweets"],
                max_results=size,
                start_time=since,
                pagination_token=token,
                tweet_fields=["created_at", "entities", "referenced_tweets"],
            )
        )

    def _read(self, call: Callable[[Any], Any]) -> Answer:
        answer = self._asked_again(call)
        return self._checked(answer, reading_error(answer, platform=PLATFORM, hide=self._hidden(), now=self._now()))

    def _prepare(self, call: Callable[[Any], Any]) -> Answer:
        """The answer to a part of an upload, which can be repeated."""
        answer = self._asked_again(call)
        hide, now = self._hidden(), self._now()
        return self._checked(answer, preparing_error(answer, platform=PLATFORM, refusals=(400, 403, 413), hide=hide, now=now))

    def _asked_again(self, call: Callable[[Any], Any]) -> Answer:
        """The answer to a request that can be repeated; once more with another access token where the first is refused."""
        self._login.ready()
        answer = self._ask(call, writes=False)
        if answer.status == 401 and self._login.doubt():
            self._login.ready()
            answer = self._ask(call, writes=False)
        return answer

    def _checked(self, answer: Answer, error: ChannelError | None) -> Answer:
        if error is not None:
            raise error
        self._login.trust()
        return answer

    def _ask(self, call: Callable[[Any], Any], *, writes: bool) -> Answer:
        return ask(lambda: call(self._client), platform=PLATFORM, writes=writes, hear=self._hear)

    def _hidden(self, text: str = "") -> tuple[str, ...]:
        return hidden(self._login.secrets(), text)

    def _receipt(self, remote: str) -> Receipt:
        return Receipt(remote_id=remote, url=f"https://x.com/{self._handle}/status/{remote}")


def _listed(post: Mapping[str, Any], receipt: Receipt) -> RemotePost:
    """A post of the account as X lists it."""
    at, text = moment(post.get("created_at")), words_of(post).strip()
    return RemotePost(remote_id=receipt.remote_id, url=receipt.url, at=at, text=text)
