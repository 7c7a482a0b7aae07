"""tweepy's client on our session: each request signed for the address that is really called, each answer as it came."""

from collections.abc import Callable, Mapping
from typing import Any

import requests
import tweepy
from requests.auth import AuthBase

from purdah_scheduler.web import OneShotSession

Authorise = Callable[[], AuthBase]
"""Makes what signs one request, at the last moment."""


class SignedClient(tweepy.Client):  # type: ignore[misc]  # its base ships no type information
    """tweepy's client at the account's address.

    tweepy's own `request` has no timeout, follows redirects, logs tokens, and signs for a host that cannot be chosen.
    """

    def __init__(self, authorise: Authorise, base_url: str, session: OneShotSession) -> None:
        super().__init__(return_type=requests.Response, wait_on_rate_limit=False)
        self.session = session
        self._authorise = authorise
        self._base_url = base_url

    def request(
        self,
        method: str,
        route: str,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        user_auth: bool = False,  # noqa: ARG002 - tweepy gives it; every request here is the user's
    ) -> requests.Response:
        """One signed request, whatever `user_auth` says; statuses are judged by the caller. Raises RequestFailed."""
        return self._signed(method, route, params=params, json=json)

    def upload(self, data: bytes, kind: str) -> requests.Response:
        """One picture of the MIME type `kind`, in one request; tweepy has no way to X's second interface for it."""
        form = {"media_category": "tweet_image", "media_type": kind}
        return self._signed("POST", "/2/media/upload", files={"media": ("picture", data, kind)}, data=form)

    def upload_state(self, media_id: str) -> requests.Response:
        """What has become of an upload."""
        return self._signed("GET", "/2/media/upload", params={"media_id": media_id, "command": "STATUS"})

    def describe(self, media_id: str, alt: str) -> requests.Response:
        """Put the description to an uploaded picture."""
        return self._signed("POST", "/2/media/metadata", json={"id": media_id, "metadata": {"alt_text": {"text": alt}}})

    def _signed(self, method: str, route: str, **options: Any) -> requests.Response:
        response: requests.Response = self.session.request(
            method,
            self._base_url + route,
            headers={"User-Agent": self.user_agent},
            auth=self._authorise(),
            allow_redirects=False,
            **options,
        )
        return response
