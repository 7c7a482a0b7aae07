"""One platform at one address, as the channels that speak plain HTTP ask it."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from purdah_scheduler import __version__
from purdah_scheduler.application.timekeeping import Hear
from purdah_scheduler.channels.answering import Answer, ask, preparing_error, reading_error
from purdah_scheduler.web import OneShotSession, TimeLimits, hush_libraries

Options = Callable[[], dict[str, Any]]
"""Makes what `requests` is given beside method and address. Made at the last moment, so that no frame of a traceback holds a
secret or a text."""


class Platform:
    """Requests to one platform, each on a connection of its own.

    `hide` gives what no message may repeat; `now` measures rate limits where an answer has no Date; `hear` is told that Date.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        limits: TimeLimits | None,
        now: Callable[[], datetime],
        hear: Hear,
        hide: Callable[[], Sequence[str]],
    ) -> None:
        hush_libraries()
        self.name = name
        self._base_url = base_url
        self._session = OneShotSession(limits or TimeLimits())
        self._session.headers["User-Agent"] = f"purdah-scheduler/{__version__}"
        self._now, self._hear, self._hide = now, hear, hide

    def send(self, method: str, path: str, options: Options = dict, *, writes: bool) -> Answer:
        """One request and its whole answer, whatever its status. Raises RetryLater and, where it `writes`, OutcomeUnknown."""
        return ask(
            lambda: self._session.request(method, self._base_url + path, allow_redirects=False, **options()),
            platform=self.name,
            writes=writes,
            hear=self._hear,
        )

    def read(self, path: str, options: Options = dict, *, listing: bool = False) -> Answer:
        """The answer to a question: an object or, with `listing`, a list. Raises NeedsLogin and RetryLater."""
        answer = self.send("GET", path, options, writes=False)
        error = reading_error(answer, platform=self.name, hide=self._hide(), now=self._now(), listing=listing)
        if error is not None:
            raise error
        return answer

    def prepare(self, path: str, options: Options, *, refusals: Collection[int]) -> Answer:
        """The answer to an upload or a draft, which can be repeated. Raises NeedsLogin, RetryLater, Rejected."""
        return self.judged(self.send("POST", path, options, writes=False), refusals=refusals)

    def judged(self, answer: Answer, *, refusals: Collection[int] = ()) -> Answer:
        """`answer`, where it says nothing against a request that can be repeated. Raises NeedsLogin, RetryLater, Rejected."""
        error = preparing_error(answer, platform=self.name, refusals=refusals, hide=self._hide(), now=self._now())
        if error is not None:
            raise error
        return answer
