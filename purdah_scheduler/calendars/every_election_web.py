"""The live address of Every Election, asked page by page; what comes is one answer, to be saved and read like any other."""

import json
import re
import time
from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import urlencode, urlsplit

from purdah_scheduler import __version__
from purdah_scheduler.calendars.every_election import MAX_RESULTS, PATH, Answer, Import, read_answers
from purdah_scheduler.calendars.json_text import MAX_BYTES, NotJson, parse_json
from purdah_scheduler.domain.addresses import EVERY_ELECTION
from purdah_scheduler.domain.reveal import one_line
from purdah_scheduler.errors import BadInput, PlatformUnavailable, ProductError, TryAgain
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.web import OneShotSession, RequestFailed, TimeLimits

MAX_PAGES = 150
MAX_PAGE_BYTES = 4_000_000

_PAGE = 100
_LONGEST_NEXT = 2_000
_LEAST = 0.2
"""Seconds: with less of the time left no page is asked for, and what failed then failed for want of time."""
_LATER = (429, 503)
_TOLD_EVERY = 10
_NARROWER = "Ask for less, with --since and --until or with --organisation."
_BY_HAND = "Try again later, or save the answer with a browser and import the file."


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which ballots are asked for: polling days from `since` to `until`, both included, and the code of one organisation."""

    since: date | None = None
    until: date | None = None
    organisation: str = ""

    def parameters(self) -> dict[str, str]:
        """The question as Every Election's filters put it."""
        asked = {
            "identifier_type": "ballot",
            "poll_open_date__gte": self.since.isoformat() if self.since else "",
            "poll_open_date__lte": self.until.isoformat() if self.until else "",
            "organisation_identifier": self.organisation,
            "limit": str(_PAGE),
        }
        return {name: value for name, value in asked.items() if value}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """All pages of an answer as one document: what a file of it holds, and what is read."""

    address: str
    data: bytes
    results: int
    pages: int


def fetch(
    question: Question,
    *,
    origin: str = EVERY_ELECTION,
    limits: TimeLimits | None = None,
    told: Callable[[str], None] = lambda _words: None,
) -> Fetched:
    """Ask for every page of the answer, one after the other; only a person's command does this.

    `origin` is a checked address (`checked_address`). `limits.total` holds for all pages together. `told` is given a sentence
    now and then while they come. Raises PlatformUnavailable, TryAgain where Every Election asks for patience, and BadInput
    where the question finds more than is taken; then nothing is kept.
    """
    asking = _Asking(origin, limits or TimeLimits())
    results: list[object] = []
    size = 0
    address = first = f"{origin}{PATH}?{urlencode(question.parameters())}"
    asked = {first}
    count: int | None = None
    while True:
        page = asking.page(address)
        results += page.results
        size += page.size
        if max(len(results), page.count) > MAX_RESULTS or size > MAX_BYTES:
            raise _too_much(f"{max(len(results), page.count)} ballots", f"at most {MAX_RESULTS} are taken at once")
        if count not in (None, page.count):
            raise _changed()
        count = page.count
        if not page.next:
            break
        address = asking.checked_next(page.next)
        if address in asked or not page.results:
            raise asking.odd("its pages lead in a circle")
        if len(asked) >= MAX_PAGES:
            raise asking.odd(f"it has more than {MAX_PAGES} pages")
        asked.add(address)
        if len(asked) % _TOLD_EVERY == 0:
            told(f"{len(results)} of {count} ballots have come.")
    names = [str(result.get("election_id")) for result in results if isinstance(result, dict)]
    if len(results) != count or len(set(names)) != len(names):
        raise _changed()
    whole = {"count": count, "next": None, "previous": None, "results": results}
    data = json.dumps(whole, indent=1).encode("ascii") + b"\n"
    if len(data) > MAX_BYTES:
        raise _too_much(f"{len(results)} ballots", f"they have more than {MAX_BYTES // 1_000_000} MB")
    return Fetched(address=first, data=data, results=len(results), pages=len(asked))


def read_fetched(fetched: Fetched) -> Import:
    """The periods of a fetched answer, by the reader of saved ones. Raises PlatformUnavailable with the line of what is wrong."""
    try:
        return read_answers([Answer(name="The answer of Every Election,", data=fetched.data)])
    except BadInput as fault:
        raise PlatformUnavailable(
            fault.message, next_step="Look at that line in the file that --save keeps, or ask for other days or one organisation."
        ) from fault


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """One page, as far as paging needs it; `next` is empty on the last one."""

    results: list[object]
    count: int
    next: str
    size: int


class _Asking:
    """One conversation with one address, within one limit of time."""

    def __init__(self, origin: str, limits: TimeLimits) -> None:
        self._origin = origin
        self._limits = limits
        self._until = time.monotonic() + limits.total
        self._pages = 0

    def page(self, address: str) -> _Page:
        """Ask for one page. Raises ProductError."""
        self._pages += 1
        left = self._left()
        if left < _LEAST:
            raise self._too_slow()
        limits = TimeLimits(connect=min(self._limits.connect, left), read=min(self._limits.read, left), total=left)
        headers = {"User-Agent": f"purdah-scheduler/{__version__}", "Accept": "application/json", "Accept-Encoding": "gzip"}
        failure: ProductError
        try:
            with OneShotSession(limits, most=MAX_PAGE_BYTES) as session:
                response = session.get(address, headers=headers)
        except RequestFailed as broken:
            failure = self._too_slow() if self._left() < _LEAST else self._silent(str(broken))
        else:
            if response.status_code == 200:
                return self._read(response.content)
            failure = self._refused(response.status_code, response.headers)
        raise failure

    def _left(self) -> float:
        """Seconds, to a tenth."""
        return round(self._until - time.monotonic(), 1)

    def checked_next(self, address: str) -> str:
        """The address of the next page, which must be another question to the very same place. Raises PlatformUnavailable."""
        try:
            parts = urlsplit(address)
        except ValueError:
            parts = urlsplit("")
        plain = len(address) <= _LONGEST_NEXT and address.isascii() and address.isprintable() and " " not in address
        if not plain or f"{parts.scheme}://{parts.netloc}{parts.path}" != f"{self._origin}{PATH}" or parts.fragment:
            raise self.odd(f"its next page is elsewhere ({one_line(address[:200], 80)}), where nothing is asked")
        return address

    def odd(self, what: str) -> PlatformUnavailable:
        """An answer that cannot be followed."""
        return PlatformUnavailable(f"{self._who} cannot be read: {what}. Nothing was imported.", next_step=_BY_HAND)

    @property
    def _who(self) -> str:
        return f"The answer of Every Election at {self._origin} (page {self._pages})"

    def _read(self, body: bytes) -> _Page:
        try:
            document, _text = parse_json(body)
        except NotJson as fault:
            raise self.odd(f"line {fault.line} {fault.reason}") from None
        if not isinstance(document, dict):
            raise self.odd("it is no page of a list")
        results, count, following = document.get("results"), document.get("count"), document.get("next")
        if not isinstance(results, list) or not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise self.odd("it has no list of results with their count")
        if not isinstance(following, str | None):
            raise self.odd("its next page has no address")
        return _Page(results=results, count=count, next=following or "", size=len(body))

    def _refused(self, status: int, headers: Mapping[str, str]) -> ProductError:
        if status in _LATER:
            return TryAgain(
                f"Every Election at {self._origin} takes no more questions for now (status {status}), so nothing was imported.",
                next_step=f"Try again {_wait(headers)}.",
            )
        if 300 <= status < 400:
            return PlatformUnavailable(
                f"Every Election at {self._origin} answered with a redirect (status {status}), which is not followed. "
                "Nothing was imported.",
                next_step="See whether [calendar] every_election_url names the right address.",
            )
        return PlatformUnavailable(
            f"Every Election at {self._origin} answered with status {status}, so nothing was imported.", next_step=_BY_HAND
        )

    def _silent(self, reason: str) -> PlatformUnavailable:
        return PlatformUnavailable(
            f"Every Election at {self._origin} could not be asked ({reason}), so nothing was imported.", next_step=_BY_HAND
        )

    def _too_slow(self) -> PlatformUnavailable:
        return PlatformUnavailable(
            f"Not all of the answer of Every Election came within {self._limits.total:g} s (page {self._pages}), "
            "so nothing was imported.",
            next_step=f"{_NARROWER} Or wait longer, with --wait SECONDS.",
        )


def _wait(headers: Mapping[str, str]) -> str:
    """When to try again: as the answer asks for, where it says so in seconds."""
    asked = headers.get("Retry-After", "").strip()
    if not re.fullmatch(r"[0-9]{1,5}", asked):
        return "later"
    minutes = -(-int(asked) // 60)
    return f"in {minutes} minutes" if minutes > 1 else "in a minute"


def _too_much(found: str, why: str) -> BadInput:
    return BadInput(f"Every Election has {found} for that and {why}, so nothing was imported.", next_step=_NARROWER)


def _changed() -> TryAgain:
    return TryAgain("The list of Every Election changed while it was read, so nothing was imported.", next_step="Ask again.")
