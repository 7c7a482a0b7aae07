"""The tokens of OAuth 2.0 that the stand-in for X gives out: each refresh token can be used once, as X's can."""

import base64
import itertools
import threading
import time
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.serving import Asked
from tests.fakes.x_rules import problem

CLIENT_ID = "fakeClientId0123456789"
_REFUSED = 400, {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}


class XTokens:
    """One app and one account. `life` is that of an access token in seconds; `without_next` gives no next refresh token."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self.refresh = "fakeRefreshToken-0-0123456789"
        self.secret = ""
        self.life = 7_200
        self.without_next: str | None = None
        self.refreshed = 0
        self._access: dict[str, float] = {}

    def credentials(self) -> dict[str, str]:
        """What a file of credentials holds for it."""
        return {"client_id": CLIENT_ID, "refresh_token": self.refresh, **({"client_secret": self.secret} if self.secret else {})}

    def is_good(self, access: str) -> bool:
        """Whether requests may carry it."""
        return time.time() < self._access.get(access, 0.0)

    def revoke(self) -> None:
        """No access token is good any more; the refresh token is."""
        self._access.clear()

    def give(self) -> str:
        """An access token, as the first login gives one."""
        access = f"fakeAccess-{next(self._numbers)}-0123456789"
        self._access[access] = time.time() + self.life
        return access

    def answer(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        """The answer to a request for the next pair."""
        form = {name: values[-1] for name, values in parse_qs(asked.body.decode("ascii")).items()}
        with self._lock:
            if self.secret:
                both = base64.b64encode(f"{CLIENT_ID}:{self.secret}".encode()).decode("ascii")
                if asked.headers.get("authorization") != f"Basic {both}":
                    return 401, {"error": "unauthorized_client", "error_description": "Missing valid authorization header"}
            if form.get("grant_type") != "refresh_token" or form.get("client_id") != CLIENT_ID:
                return 400, problem(400, "Invalid Request", "One or more parameters to your request was invalid.")
            if form.get("refresh_token") != self.refresh:
                return _REFUSED
            self.refreshed += 1
            given: dict[str, Any] = {"token_type": "bearer", "expires_in": self.life, "access_token": self.give()}
            given["scope"] = "tweet.read tweet.write users.read media.write offline.access"
            if self.without_next is None:
                self.refresh = f"fakeRefreshToken-{self.refreshed}-0123456789"
                given["refresh_token"] = self.refresh
            elif self.without_next != "absent":
                given["refresh_token"] = self.without_next
            return 200, given
