"""The filter line of the record: `person:bede action:decision post:12 from:14/4 words`, read into what the store is asked."""

from dataclasses import field
from datetime import datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.application.lists import EntryFilter
from purdah_scheduler.application.record_words import doer
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.filters import bounds_of, terms_of

EXAMPLE = "person:name action:decision post:12 from:14/4 to:fri words"
_WORDS = ("person", "action", "post", "from", "to")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class WantedEntries:
    """What the list asks the store for, as it was typed and as it was read."""

    asked: EntryFilter = field(default_factory=EntryFilter)
    text: str = ""


def read_entry_filter(text: str, *, now: datetime, zone: ZoneInfo) -> WantedEntries:
    """What a filter line asks for; an empty one asks for every entry.

    A person need not be in the configuration any more, and `daemon` is what a daemon did. Raises BadInput and BadTime.
    """
    terms, words = terms_of(text, _WORDS)
    known = dict(terms)
    post = known.get("post", "")
    if post and not (post.isascii() and post.isdigit() and int(post) < 2**63):
        raise BadInput(f"“{post}” is not the number of a post, so the filter was not changed.", next_step="For example: post:12")
    asked = EntryFilter(
        person=doer(known.get("person", "")),
        action=known.get("action", "").casefold(),
        post=int(post) if post else None,
        words=words,
        since=bounds_of(known["from"], now=now, zone=zone)[0] if "from" in known else None,
        until=bounds_of(known["to"], now=now, zone=zone)[1] if "to" in known else None,
    )
    return WantedEntries(asked=asked, text=text.strip())
