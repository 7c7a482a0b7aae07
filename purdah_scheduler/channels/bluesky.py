"""Bluesky by its own HTTP interface: each post under a key that this product chose, so that it can only be made once."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from purdah_scheduler.application.answers import (
    AccountCheck,
    AlreadyPublished,
    ChannelError,
    Limits,
    NeedsLogin,
    OutcomeUnknown,
    Proof,
    Receipt,
    Recent,
    Rejected,
    RemotePost,
    RetryLater,
)
from purdah_scheduler.application.timekeeping import Hear, hear_nothing
from purdah_scheduler.channels import bluesky_text
from purdah_scheduler.channels.addresses import checked_base_url
from purdah_scheduler.channels.answering import Answer, deleting_error, hidden, moment, publishing_error
from purdah_scheduler.channels.bluesky_login import CLOSED_ACCOUNTS, REFUSED_TOKENS, Login, Session
from purdah_scheduler.channels.bluesky_record import (
    COLLECTION,
    is_record_key,
    problems_of,
    record_key,
    record_of,
    reply_target,
    shape_of,
    strong_reference,
    written_at,
)
from purdah_scheduler.channels.comparing import comparable
from purdah_scheduler.channels.credentials import Credentials
from purdah_scheduler.channels.pictures import cleared_bytes
from purdah_scheduler.channels.platform import Options, Platform
from purdah_scheduler.domain.content import Outgoing, Problem
from purdah_scheduler.domain.people import Account
from purdah_scheduler.web import TimeLimits

DEFAULT_BASE_URL = "https://bsky.social"
"""The server that most accounts log in to; an account on a server of its own names it as base_url."""

_PAGE = 100
_MAX_PAGES = 20
_REFUSALS = frozenset({400, 403, 413})


class BlueskyChannel:
    """One account on Bluesky.

    `base_url` is the server that keeps the account (https; http on loopback alone). `session_file` keeps the login between two
    starts. `limits` are in seconds. Raises BadSetup for an address that must not be used.
    """

    def __init__(
        self,
        account: Account,
        credentials: Credentials,
        *,
        session_file: Path,
        now: Callable[[], datetime],
        base_url: str = "",
        limits: TimeLimits | None = None,
        hear: Hear = hear_nothing,
    ) -> None:
        self._handle = account.handle.lstrip("@")
        self.ends_at = credentials.ends_at
        self._now = now
        address = checked_base_url(base_url, account=account.id) if base_url else DEFAULT_BASE_URL
        self._platform = Platform("Bluesky", address, limits=limits, now=now, hear=hear, hide=self._hidden)
        self._login = Login(
            self._platform,
            address=address,
            handle=self._handle,
            password=credentials["app_password"],
            file=session_file,
            now=now,
        )

    @property
    def limits(self) -> Limits:
        return bluesky_text.LIMITS

    @property
    def proof(self) -> Proof:
        """The server keeps the post under our key or has none there, and says which."""
        return Proof(presence=True, absence=True)

    def validate(self, outgoing: Outgoing) -> tuple[Problem, ...]:
        """Every problem at once: those of text, pictures and card, and what Bluesky does not have."""
        return problems_of(outgoing)

    def check_account(self) -> AccountCheck:
        """Whether the login works and belongs to the account's handle. Raises NeedsLogin and RetryLater."""
        answer = self._authorised("GET", "/xrpc/com.atproto.server.getSession", dict)
        handle = answer.name("handle")
        if answer.text("did") != self._login.session().did or not handle:
            raise RetryLater("Bluesky could not be asked: its answer does not say whose login this is.")
        if handle.casefold() != self._handle.casefold():
            return AccountCheck(ok=False, handle=handle, detail=f"The login belongs to @{handle}, not to @{self._handle}.")
        return AccountCheck(ok=True, handle=handle, detail=f"The login of @{handle} works.", expires_at=self.ends_at)

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:
        """Log in where that is due, upload the pictures or the card's, look up what is replied to, and fix the post's key.

        The key stays for as long as the delivery sends the same content. The same picture uploaded again is the same upload.
        Raises NeedsLogin, RetryLater, Rejected.
        """
        session = self._login.session()
        blobs = cleared_bytes(outgoing, with_card=True)
        pictures = [self._upload(blob, medium.type) for blob, medium in zip(blobs, outgoing.files, strict=True)]
        prepared = {
            **staged,
            "key": outgoing.key,
            "did": session.did,
            "record_key": self._record_key(outgoing, staged),
            "created_at": written_at(outgoing.not_before or self._now()),
            "pictures": json.dumps(pictures, sort_keys=True),
            "shapes": json.dumps([shape_of(blob) for blob in blobs], sort_keys=True),
        }
        if outgoing.reply_to:
            prepared["reply"] = json.dumps(self._reply(outgoing.reply_to, session), sort_keys=True)
        return prepared

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        """Put the record under its key, if nothing is there yet.

        Raises Rejected, without a request, for what `validate` blocks; RetryLater without one where it is not staged or not
        logged in; AlreadyPublished where another record has the key; and what `publishing_error` says.
        """
        blocking = [problem.message for problem in self.validate(outgoing) if problem.blocking]
        if blocking:
            raise Rejected(f"Not sent to Bluesky: {' '.join(blocking)}")
        session = self._login.held()
        if session is None or staged.get("key") != outgoing.key or staged.get("did") != session.did:
            raise RetryLater("The post is not prepared for Bluesky. Nothing was sent.")
        record = record_of(
            outgoing,
            created_at=staged["created_at"],
            pictures=json.loads(staged["pictures"]),
            shapes=json.loads(staged.get("shapes", "[]")),
            reply=json.loads(staged["reply"]) if "reply" in staged else None,
            dids={session.handle.lower(): session.did},
        )
        key = staged["record_key"]
        asked = {"repo": session.did, "collection": COLLECTION, "rkey": key, "record": record, "swapRecord": None}
        answer = self._platform.send(
            "POST",
            "/xrpc/com.atproto.repo.putRecord",
            lambda: {"json": asked, "headers": _bearer(session)},
            writes=True,
        )
        error = self._refusal(answer, outgoing)
        if error is not None:
            raise error
        put = strong_reference(answer.document) if answer.status == 200 else None
        if put is None or put["uri"] != _uri(session.did, key):
            raise OutcomeUnknown(f"Bluesky answered {answer.status} without the post's address, so it may have been published.")
        return self._receipt(session.did, key)

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:
        """Ask for the record under the post's key; only reads.

        Raises NeedsLogin and RetryLater about the look-up itself, and RetryLater where another text is under the key, or where
        the key of what was sent is not known and nothing is under the one that is likely.
        """
        did = staged.get("did") or self._login.session().did
        key = self._record_key(outgoing, staged)
        answer = self._platform.send("GET", "/xrpc/com.atproto.repo.getRecord", _one(did, key), writes=False)
        if answer.status == 400 and answer.text("error") == "RecordNotFound":
            if staged.get("key") == outgoing.key:
                return None
            raise RetryLater("It is not on Bluesky under its likely key, and the one that it was sent with is not on record.")
        document = self._read(answer).document or {}
        value = document.get("value")
        text = value.get("text") if isinstance(value, dict) else None
        if document.get("uri") != _uri(did, key) or not isinstance(text, str):
            raise RetryLater("Bluesky could not be asked: its answer is not the post that was asked for.")
        if comparable(text) != comparable(outgoing.text):
            raise RetryLater("There is a post with another text under this one's key on Bluesky: look at the account.")
        return self._receipt(did, key)

    def recent(self, since: datetime, *, limit: int) -> Recent:
        """The records of posts and replies since then, by the time that each has written on it.

        They are listed by their keys, which whoever writes a record chooses: the list is read until a page has nothing of that
        time. Raises NeedsLogin, RetryLater.
        """
        did, cursor = self._login.session().did, ""
        found: list[RemotePost] = []
        for _page in range(_MAX_PAGES):
            answer = self._read(
                self._platform.send("GET", "/xrpc/com.atproto.repo.listRecords", _page_of(did, cursor), writes=False)
            )
            records = (answer.document or {}).get("records")
            page = [listed for listed in (self._listed(did, record) for record in _objects(records)) if listed is not None]
            young = [post for post in page if post.at is None or post.at >= since]
            found += young
            cursor = answer.text("cursor")
            if len(found) > limit:
                break
            if not cursor or not young:
                return Recent(posts=_newest_first(found), whole=True)
        return Recent(posts=_newest_first(found)[:limit], whole=False)

    def delete(self, remote_id: str) -> None:
        """Take a post down; one that is gone already counts as done.

        Raises Rejected for what is no post of this account, and OutcomeUnknown where no clear answer came.
        """
        session = self._login.session()
        target = reply_target(remote_id)
        if target is None or target[0] != session.did or not is_record_key(target[1]):
            raise Rejected("Nothing was deleted: that is not a post of this account on Bluesky.")
        asked = {"repo": session.did, "collection": COLLECTION, "rkey": target[1]}
        answer = self._platform.send(
            "POST",
            "/xrpc/com.atproto.repo.deleteRecord",
            lambda: {"json": asked, "headers": _bearer(session)},
            writes=True,
        )
        if answer.status == 200:
            return
        if answer.status == 400 and answer.text("error") in REFUSED_TOKENS:
            self._login.doubt()
            raise RetryLater("Bluesky wants a new login first. Nothing was deleted.")
        raise deleting_error(answer, platform="Bluesky", refusals=_REFUSALS, hide=self._hidden(), now=self._now())

    def _record_key(self, outgoing: Outgoing, staged: Mapping[str, str]) -> str:
        if staged.get("key") == outgoing.key and is_record_key(staged.get("record_key", "")):
            return staged["record_key"]
        return record_key(outgoing.not_before or self._now(), outgoing.key)

    def _upload(self, data: bytes, kind: str) -> dict[str, Any]:
        answer = self._authorised(
            "POST",
            "/xrpc/com.atproto.repo.uploadBlob",
            lambda: {"data": data, "headers": {"Content-Type": kind}},
            refusals=_REFUSALS,
        )
        blob = answer.document.get("blob") if answer.document is not None else None
        if not isinstance(blob, dict) or blob.get("$type") != "blob":
            raise RetryLater("Bluesky could not be asked: its answer to an upload does not name it.")
        return blob

    def _reply(self, target: str, session: Session) -> dict[str, Any]:
        """The references to the post that is replied to and to the first of its thread."""
        repo, key = reply_target(target) or (session.did, "")
        answer = self._platform.send("GET", "/xrpc/com.atproto.repo.getRecord", _one(repo, key), writes=False)
        if answer.status == 400 and answer.text("error") == "RecordNotFound":
            raise Rejected("Not sent to Bluesky: the post that it replies to is not there.")
        document = self._read(answer).document or {}
        parent, value = strong_reference(document), document.get("value")
        if parent is None:
            raise RetryLater("Bluesky could not be asked: its answer does not name the post that is replied to.")
        above = value.get("reply") if isinstance(value, dict) else None
        root = strong_reference(above.get("root")) if isinstance(above, dict) else None
        return {"root": root or parent, "parent": parent}

    def _authorised(self, method: str, path: str, options: Options, *, refusals: frozenset[int] = frozenset()) -> Answer:
        """A request that can be repeated, with the login; made once more with a new one where the old is refused."""
        answer = self._with_login(method, path, options)
        if answer.status == 400 and answer.text("error") in REFUSED_TOKENS:
            self._login.doubt()
            answer = self._with_login(method, path, options)
        return self._read(answer, refusals=refusals)

    def _with_login(self, method: str, path: str, options: Options) -> Answer:
        session = self._login.session()

        def with_login() -> dict[str, Any]:
            asked = options()
            return {**asked, "headers": {**asked.get("headers", {}), **_bearer(session)}}

        return self._platform.send(method, path, with_login, writes=False)

    def _read(self, answer: Answer, *, refusals: frozenset[int] = frozenset()) -> Answer:
        """The answer, where it says nothing against the request. Raises NeedsLogin, RetryLater, Rejected."""
        if answer.text("error") in CLOSED_ACCOUNTS:
            raise NeedsLogin(f"Bluesky has closed the account: {answer.words(self._hidden())}")
        refused = frozenset[int]() if answer.text("error") in REFUSED_TOKENS else refusals
        return self._platform.judged(answer, refusals=refused)

    def _refusal(self, answer: Answer, outgoing: Outgoing) -> ChannelError | None:
        """What the answer to the publishing request says against it."""
        hide, said = hidden(self._login.secrets(), outgoing.text), answer.text("error")
        if answer.status == 400 and said in REFUSED_TOKENS:
            self._login.doubt()
            return RetryLater("Bluesky wants a new login first. Nothing was published.")
        if answer.status in (400, 401, 403) and said in CLOSED_ACCOUNTS:
            return NeedsLogin(f"Bluesky has closed the account: {answer.words(hide)}")
        if answer.status == 400 and said == "InvalidSwap":
            return AlreadyPublished("Bluesky has a post under this one's key already.")
        return publishing_error(answer, platform="Bluesky", refusals=_REFUSALS, hide=hide, now=self._now())

    def _hidden(self) -> tuple[str, ...]:
        return hidden(self._login.secrets())

    def _listed(self, did: str, record: Mapping[str, Any]) -> RemotePost | None:
        target, value = reply_target(str(record.get("uri", ""))), record.get("value")
        if target is None or target[0] != did or not is_record_key(target[1]) or not isinstance(value, dict):
            return None
        receipt = self._receipt(did, target[1])
        at, text = moment(value.get("createdAt")), value.get("text")
        return RemotePost(remote_id=receipt.remote_id, url=receipt.url, at=at, text=text if isinstance(text, str) else "")

    def _receipt(self, did: str, key: str) -> Receipt:
        return Receipt(remote_id=_uri(did, key), url=f"https://bsky.app/profile/{self._handle}/post/{key}")


def _bearer(session: Session) -> dict[str, str]:
    return {"Authorization": f"Bearer {session.access.reveal()}"}


def _one(repo: str, key: str) -> Options:
    return lambda: {"params": {"repo": repo, "collection": COLLECTION, "rkey": key}}


def _page_of(repo: str, cursor: str) -> Options:
    more = {"cursor": cursor} if cursor else {}
    return lambda: {"params": {"repo": repo, "collection": COLLECTION, "limit": str(_PAGE), **more}}


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _newest_first(posts: list[RemotePost]) -> tuple[RemotePost, ...]:
    return tuple(sorted(posts, key=lambda post: post.at or datetime.max.replace(tzinfo=UTC), reverse=True))


def _uri(did: str, key: str) -> str:
    return f"at://{did}/{COLLECTION}/{key}"
