"""How an account proves itself to X: by the keys of OAuth 1.0a, which do not expire, or by tokens of OAuth 2.0, which do."""

import base64
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import tweepy
from requests.auth import AuthBase

from purdah_scheduler.application.answers import NeedsLogin, RetryLater
from purdah_scheduler.channels.answering import Answer, hidden, moment, reading_error
from purdah_scheduler.channels.credentials import Credentials, Secret
from purdah_scheduler.channels.platform import Platform
from purdah_scheduler.channels.session_file import SessionFile
from purdah_scheduler.lean import lean_dataclass

_AHEAD = timedelta(minutes=10)
"""An access token is renewed when it has less than this left."""
_LEAST = timedelta(minutes=2)
"""One with this much left still serves where X cannot be asked for another: a request lasts 45 s at most."""
_TURN = timedelta(minutes=1)
"""When who only looks may look again for the token that the daemon has fetched."""
_USUAL_LIFE = timedelta(hours=2)
_LONGEST_TOKEN = 4_096


class XLogin(Protocol):
    """What signs the requests of an account."""

    def ready(self) -> None:
        """Have what signs a request, by a request of its own where that is due. Raises NeedsLogin, RetryLater."""
        ...

    def is_ready(self) -> bool:
        """Whether a request can be signed now, without another one before it."""
        ...

    def signer(self) -> AuthBase:
        """What signs one request; made at the last moment, so that no frame of a traceback holds a token."""
        ...

    def doubt(self) -> bool:
        """X refused what signed the last request: whether another try with something newer makes sense."""
        ...

    def trust(self) -> None:
        """X took what signed the last request."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """What no message may repeat."""
        ...


class KeyLogin:
    """The four texts of OAuth 1.0a."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def ready(self) -> None:
        """Nothing is to be done."""

    def is_ready(self) -> bool:
        """They do not expire."""
        return True

    def signer(self) -> AuthBase:
        """A signature over the address that is called."""
        keys = self._credentials
        made: AuthBase = tweepy.OAuth1UserHandler(
            keys["consumer_key"].reveal(),
            keys["consumer_secret"].reveal(),
            keys["access_token"].reveal(),
            keys["access_token_secret"].reveal(),
        ).apply_auth()
        return made

    def doubt(self) -> bool:
        """There is nothing newer."""
        return False

    def trust(self) -> None:
        """Nothing changes."""

    def secrets(self) -> tuple[str, ...]:
        return self._credentials.values()


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Tokens:
    """One pair; `ends_at` is the access token's."""

    access: Secret
    refresh: Secret
    ends_at: datetime


class TokenLogin:
    """Access tokens of OAuth 2.0, each used for two hours; safe to use from several threads and processes of one machine.

    A refresh token can be used once (RFC 6749, section 6): the next one is on the disk before the access token that came with
    it is used, one process at a time asks for it, and where an answer has none the old one stays. `may_refresh` is False
    wherever a person only looks: then X is never asked for a token.
    """

    def __init__(
        self, platform: Platform, credentials: Credentials, *, file: SessionFile, now: Callable[[], datetime], may_refresh: bool
    ) -> None:
        self._platform, self._credentials, self._file, self._now = platform, credentials, file, now
        self._may_refresh = may_refresh
        self._lock = threading.Lock()
        self._tokens: _Tokens | None = None
        self._doubted = False

    def ready(self) -> None:
        """Have an access token with some minutes left. Raises NeedsLogin, RetryLater."""
        with self._lock:
            self._tokens = self._tokens or self._kept()
            if self._tokens is None or not self._lasts(self._tokens, _AHEAD):
                self._tokens = self._renewed()

    def is_ready(self) -> bool:
        """Whether there is an access token that outlives a request."""
        known = self._tokens
        return known is not None and self._lasts(known, timedelta(0))

    def signer(self) -> AuthBase:
        """The access token, as it was found by `ready`."""
        if self._tokens is None:
            raise RuntimeError("there is no access token yet")
        made: AuthBase = tweepy.OAuth2BearerHandler(self._tokens.access.reveal()).apply_auth()
        return made

    def doubt(self) -> bool:
        """X refused the access token: another is fetched before the next use, unless this one was that other already."""
        with self._lock:
            again = self._may_refresh and not self._doubted
            self._doubted = True
            if self._tokens is not None:
                self._tokens = replace(self._tokens, ends_at=datetime.min.replace(tzinfo=UTC))
            return again

    def trust(self) -> None:
        """The token is good."""
        self._doubted = False

    def secrets(self) -> tuple[str, ...]:
        """The texts of the file, and the tokens that came since."""
        known = self._tokens
        return (*self._credentials.values(), *(() if known is None else (known.access.reveal(), known.refresh.reveal())))

    def _lasts(self, tokens: _Tokens, span: timedelta) -> bool:
        return self._now() + span < tokens.ends_at

    def _renewed(self) -> _Tokens:
        """New tokens, or those of another process; the old ones where X cannot be asked and they still serve."""
        known = self._tokens
        if not self._may_refresh:
            if known is not None and self._lasts(known, _LEAST):
                return known
            words = "The access token for X has run out, or there is none yet: the daemon fetches the next one."
            raise RetryLater(words, after=_TURN)
        with self._file.alone():
            kept = self._kept()
            if kept is not None and (known is None or kept.access.reveal() != known.access.reveal()):
                known = kept
                if self._lasts(kept, _AHEAD):
                    return kept
            refresh = known.refresh if known is not None else self._credentials["refresh_token"]
            try:
                made = self._asked(refresh)
            except RetryLater:
                if known is not None and self._lasts(known, _LEAST):
                    return known
                raise
            self._file.write(
                {
                    "access_token": made.access.reveal(),
                    "refresh_token": made.refresh.reveal(),
                    "ends_at": made.ends_at.isoformat(),
                }
            )
            return made

    def _asked(self, refresh: Secret) -> _Tokens:
        """The next pair by one request. Raises NeedsLogin where X refuses the old one, RetryLater for everything else."""
        answer = self._platform.send("POST", "/2/oauth2/token", lambda: self._question(refresh), writes=False)
        hide = hidden((*self.secrets(), refresh.reveal()))
        if answer.status in (400, 401, 403) and answer.text("error"):
            raise NeedsLogin(f"X refuses the account's refresh token: {answer.words(hide)}")
        # Without the words of OAuth a refusal comes from something on the way, and says nothing about the token.
        error = reading_error(answer, platform="X", hide=hide, now=self._now()) if answer.status != 401 else None
        made = _tokens_of(answer, refresh, self._now()) if error is None else None
        if made is None:
            raise error or RetryLater("X could not be asked for an access token: its answer holds none.")
        return made

    def _question(self, refresh: Secret) -> dict[str, Any]:
        keys = self._credentials
        form = {"grant_type": "refresh_token", "refresh_token": refresh.reveal(), "client_id": keys["client_id"].reveal()}
        if "client_secret" not in keys:
            return {"data": form}
        both = f"{keys['client_id'].reveal()}:{keys['client_secret'].reveal()}".encode("ascii")
        return {"data": form, "headers": {"Authorization": f"Basic {base64.b64encode(both).decode('ascii')}"}}

    def _kept(self) -> _Tokens | None:
        """The tokens of the last time; at first, for who only looks, the access token that was given with the credentials."""
        document = self._file.read()
        if document is not None:
            access, refresh = _token(document.get("access_token")), _token(document.get("refresh_token"))
            ends_at = moment(document.get("ends_at"))
            if access and refresh and ends_at is not None:
                return _Tokens(access=Secret(access), refresh=Secret(refresh), ends_at=ends_at)
        elif not self._may_refresh and "access_token" in self._credentials:
            # Nobody knows when it ends; who only looks learns it from X's answer.
            ends_at = self._now() + _USUAL_LIFE
            return _Tokens(access=self._credentials["access_token"], refresh=self._credentials["refresh_token"], ends_at=ends_at)
        return None


def _tokens_of(answer: Answer, before: Secret, now: datetime) -> _Tokens | None:
    """The pair in an answer; None where it has no access token. An answer without a refresh token leaves the old one valid."""
    document = answer.document or {}
    access, refresh, life = (document.get(name) for name in ("access_token", "refresh_token", "expires_in"))
    if not _token(access) or (refresh and not _token(refresh)):
        return None
    known = isinstance(life, int) and not isinstance(life, bool) and 0 < life <= 31_536_000
    ends_at = now + (timedelta(seconds=life) if known and isinstance(life, int) else _USUAL_LIFE)
    return _Tokens(access=Secret(_token(access)), refresh=Secret(_token(refresh)) if refresh else before, ends_at=ends_at)


def _token(value: object) -> str:
    """A token that can be put into a header, or an empty text."""
    usable = isinstance(value, str) and 0 < len(value) <= _LONGEST_TOKEN and value.isascii() and value.isprintable()
    return str(value) if usable and " " not in str(value) else ""


def login_of(
    credentials: Credentials,
    platform: Platform,
    *,
    address: str,
    file: Path | None,
    now: Callable[[], datetime],
    may_refresh: bool,
) -> XLogin:
    """The login by what the credentials hold. Tokens of OAuth 2.0 need a `file`."""
    if "refresh_token" not in credentials:
        return KeyLogin(credentials)
    if file is None:
        raise ValueError("tokens that are renewed need a file")
    made_of = (address, credentials["client_id"].reveal(), credentials["refresh_token"].reveal())
    kept = SessionFile(file, platform="X", made_of=made_of)
    return TokenLogin(platform, credentials, file=kept, now=now, may_refresh=may_refresh)
