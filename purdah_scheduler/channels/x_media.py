"""Pictures on X: uploaded and described before the post, and once more when X no longer has them."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import requests

from purdah_scheduler.application.answers import Rejected, RetryLater
from purdah_scheduler.channels.answering import Answer, moment
from purdah_scheduler.channels.pictures import cleared_bytes
from purdah_scheduler.channels.x_answers import data_of
from purdah_scheduler.channels.x_client import SignedClient
from purdah_scheduler.channels.x_text import is_remote_id
from purdah_scheduler.domain.content import Media, Outgoing
from purdah_scheduler.lean import lean_dataclass

Prepare = Callable[[Callable[[SignedClient], requests.Response]], Answer]
"""Carries out a request that can be repeated and judges its answer. Raises NeedsLogin, RetryLater, Rejected."""

_USUAL_LIFE = timedelta(hours=24)
"""How long X keeps an upload that no post has, where its answer does not say (docs.x.com, "Media upload")."""
_LEFT_OVER = timedelta(minutes=15)
"""An upload with less time than this is made anew: nobody knows how long the post will wait for its turn."""
_LONGEST_PROCESSING = 30
"""Seconds in which X must have taken in a picture."""
_LONGEST_PAUSE = 5


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Upload:
    """One picture that X has: whose bytes and words it carries, its id there, and until when it is kept."""

    sha256: str
    alt: str
    id: str
    until: datetime


class Uploads:
    """The pictures of posts. `staged` carries them from one try to the next; `wait` sleeps while X takes a picture in."""

    def __init__(self, prepare: Prepare, *, now: Callable[[], datetime], wait: Callable[[float], None] = time.sleep) -> None:
        self._prepare, self._now, self._wait = prepare, now, wait
        self._gone: set[str] = set()

    def staged(self, outgoing: Outgoing, staged: Mapping[str, str]) -> str:
        """Every picture on X, as a text for `staged`. Raises NeedsLogin, RetryLater, Rejected.

        What an earlier try has uploaded is used again while X keeps it. A picture that is uploaded again is another upload
        that no post has: nobody sees it.
        """
        known = {(kept.sha256, kept.alt): kept for kept in _kept(staged)}
        made = []
        for blob, medium in zip(cleared_bytes(outgoing), outgoing.media, strict=True):
            kept = known.get((medium.sha256, medium.alt))
            usable = kept is not None and kept.id not in self._gone and self._now() + _LEFT_OVER < kept.until
            made.append(kept if kept is not None and usable else self._uploaded(blob, medium))
        return json.dumps([{"sha256": m.sha256, "alt": m.alt, "id": m.id, "until": m.until.isoformat()} for m in made])

    def ids(self, outgoing: Outgoing, staged: Mapping[str, str]) -> list[str]:
        """The ids for the post, in the order of its pictures. Raises RetryLater where one is not there, or no longer."""
        kept = _kept(staged)
        whole = [(each.sha256, each.alt) for each in kept] == [(medium.sha256, medium.alt) for medium in outgoing.media]
        if not whole or any(self._now() >= each.until or each.id in self._gone for each in kept):
            raise RetryLater("The pictures are not on X, or not any more. Nothing was sent.")
        return [each.id for each in kept]

    def forget(self, staged: Mapping[str, str]) -> None:
        """X has said that it does not know these: the next try uploads them anew."""
        self._gone.update(each.id for each in _kept(staged))

    def _uploaded(self, data: bytes, medium: Media) -> _Upload:
        answer = self._prepare(lambda client: client.upload(data, medium.type))
        number, asked_at = str(data_of(answer).get("id", "")), self._now()
        if not is_remote_id(number):
            raise RetryLater("X could not be asked: its answer to an upload does not name it.")
        life = data_of(answer).get("expires_after_secs")
        self._wait_for(number, answer)
        if medium.alt:
            self._prepare(lambda client: client.describe(number, medium.alt))
        kept_for = timedelta(seconds=life) if isinstance(life, int) and 0 < life <= _USUAL_LIFE.total_seconds() else _USUAL_LIFE
        return _Upload(sha256=medium.sha256, alt=medium.alt, id=number, until=asked_at + kept_for)

    def _wait_for(self, number: str, answer: Answer) -> None:
        """Return when X has taken the picture in. Raises Rejected where it cannot, RetryLater where that takes too long."""
        waited = 0.0
        while True:
            progress = data_of(answer).get("processing_info")
            state = progress.get("state") if isinstance(progress, dict) else "succeeded"
            if state == "succeeded":
                return
            if state == "failed":
                raise Rejected("X could not read a picture of the post. Nothing was sent.")
            if waited >= _LONGEST_PROCESSING:
                raise RetryLater("X has not taken in a picture yet. Nothing was sent.")
            asked = progress.get("check_after_secs") if isinstance(progress, dict) else None
            pause = min(max(asked, 1), _LONGEST_PAUSE) if isinstance(asked, int) else 1
            self._wait(pause)
            waited += pause
            answer = self._prepare(lambda client: client.upload_state(number))


def _kept(staged: Mapping[str, str]) -> list[_Upload]:
    """What an earlier try has uploaded; nothing where that cannot be read."""
    try:
        listed = json.loads(staged.get("pictures", "[]"))
    except ValueError:
        return []
    found = [_upload_of(each) for each in listed] if isinstance(listed, list) else []
    return [each for each in found if each is not None]


def _upload_of(value: Any) -> _Upload | None:
    if not isinstance(value, dict):
        return None
    sha256, alt, number, until = (value.get(name) for name in ("sha256", "alt", "id", "until"))
    at = moment(until)
    if not (isinstance(sha256, str) and isinstance(alt, str) and isinstance(number, str)) or at is None:
        return None
    return _Upload(sha256=sha256, alt=alt, id=number, until=at) if is_remote_id(number) else None
