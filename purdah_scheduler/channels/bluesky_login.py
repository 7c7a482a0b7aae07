"""The login of an account on Bluesky: one session, kept beside the queue, refreshed before it runs out.

Bluesky counts logins (30 in five minutes), so none is made for a post.
"""

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from purdah_scheduler.application.answers import NeedsLogin, RetryLater
from purdah_scheduler.channels.answering import Answer, hidden, moment, reading_error
from purdah_scheduler.channels.credentials import Secret
from purdah_scheduler.channels.platform import Platform
from purdah_scheduler.channels.session_file import SessionFile
from purdah_scheduler.lean import lean_dataclass

_AHEAD = timedelta(minutes=5)
_UNSTATED = timedelta(minutes=30)
"""How long an access token is used that does not say when it ends; Bluesky's say two hours."""
REFUSED_TOKENS = frozenset({"ExpiredToken", "InvalidToken"})
"""What Bluesky calls an access token that it no longer takes (400)."""
CLOSED_ACCOUNTS = frozenset({"AccountTakedown", "AccountSuspended", "AccountDeactivated", "AuthMissing"})
"""Why it refuses an account whose password is right."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One login: whose it is, and its two tokens; `ends_at` is the access token's."""

    did: str
    handle: str
    access: Secret
    refresh: Secret
    ends_at: datetime


class Login:
    """Gives the account's session, by as few requests as will do; safe to use from several threads.

    `file` holds the session between two starts (0600), and is ignored where the password, the handle or the address has
    changed since.
    """

    def __init__(
        self, platform: Platform, *, address: str, handle: str, password: Secret, file: Path, now: Callable[[], datetime]
    ) -> None:
        self._platform, self._handle, self._password, self._now = platform, handle, password, now
        self._file = SessionFile(file, platform="Bluesky", made_of=(address, handle, password.reveal()))
        self._lock = threading.Lock()
        self._session: Session | None = None

    def held(self) -> Session | None:
        """The session as it is in memory, without a request."""
        return self._session

    def session(self) -> Session:
        """A session whose access token has some minutes left. Raises NeedsLogin, RetryLater."""
        with self._lock:
            known = self._session or self._kept()
            if known is None or self._now() + _AHEAD >= known.ends_at:
                known = (self._refreshed(known) if known is not None else None) or self._logged_in()
                self._keep(known)
            self._session = known
            return known

    def doubt(self) -> None:
        """The platform refused the access token: another one is fetched before the next use."""
        with self._lock:
            known = self._session or self._kept()
            if known is not None:
                self._session = replace(known, ends_at=datetime.min.replace(tzinfo=UTC))

    def secrets(self) -> tuple[str, ...]:
        """The password and the tokens, for taking them out of texts that are shown."""
        known = self._session
        tokens = () if known is None else (known.access.reveal(), known.refresh.reveal())
        return (self._password.reveal(), *tokens)

    def _refreshed(self, known: Session) -> Session | None:
        """The session with new tokens, or None where the old ones are no longer taken."""
        answer = self._platform.send(
            "POST",
            "/xrpc/com.atproto.server.refreshSession",
            lambda: {"headers": {"Authorization": f"Bearer {known.refresh.reveal()}"}},
            writes=False,
        )
        if answer.status in (400, 401) and answer.text("error") not in CLOSED_ACCOUNTS:
            return None
        return self._read(answer)

    def _logged_in(self) -> Session:
        answer = self._platform.send(
            "POST",
            "/xrpc/com.atproto.server.createSession",
            lambda: {"json": {"identifier": self._handle, "password": self._password.reveal()}},
            writes=False,
        )
        return self._read(answer)

    def _read(self, answer: Answer) -> Session:
        hide = hidden(self.secrets())
        if answer.status == 400 and answer.text("error") in CLOSED_ACCOUNTS | {"InvalidRequest"}:
            raise NeedsLogin(f"Bluesky refuses the login of {self._handle}: {answer.words(hide)}")
        error = reading_error(answer, platform="Bluesky", hide=hide, now=self._now())
        if error is not None:
            raise error
        session = _session_of(answer.document or {}, self._now())
        if session is None:
            raise RetryLater("Bluesky could not be asked: its answer to the login holds no session.")
        if answer.document and answer.document.get("active") is False:
            raise NeedsLogin(f"Bluesky has closed the account {session.handle} ({answer.text('status') or 'no reason given'}).")
        return session

    def _kept(self) -> Session | None:
        """The session in the file, if it is this account's and nobody else can have read or written it."""
        document = self._file.read()
        return None if document is None else _session_of(document, self._now())

    def _keep(self, session: Session) -> None:
        self._file.write(
            {
                "did": session.did,
                "handle": session.handle,
                "accessJwt": session.access.reveal(),
                "refreshJwt": session.refresh.reveal(),
                "endsAt": session.ends_at.isoformat(),
            }
        )


def _session_of(document: Any, now: datetime) -> Session | None:
    """The session in an answer or in our own file; None where it is not whole."""
    texts = [document.get(name) for name in ("did", "handle", "accessJwt", "refreshJwt")]
    did, handle, access, refresh = (text if isinstance(text, str) and 0 < len(text) < 4_096 else "" for text in texts)
    usable = all(text.isascii() and text.isprintable() for text in (did, handle, access, refresh))
    if not usable or not did.startswith("did:") or not (handle and access and refresh):
        return None
    ends_at = moment(document.get("endsAt")) or _end_of(access) or now + _UNSTATED
    return Session(did=did, handle=handle, access=Secret(access), refresh=Secret(refresh), ends_at=ends_at)


def _end_of(token: str) -> datetime | None:
    """When a token ends by its own words, which are not verified: a wrong end costs one request."""
    payload = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return datetime.fromtimestamp(claims["exp"], UTC)
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        return None
