"""The record: hash-chained entries whose personal part sits behind a salted commitment, and its verification."""

import hashlib
import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta

from purdah_scheduler.lean import lean_dataclass

GENESIS = "0" * 64

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000
_MOST_WRITTEN = 1000

Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What happened, to be written in the transaction that does it.

    `public` holds identifiers, states and digests and is chained as it is; `private` holds names, reasons and words and
    is chained by a salted commitment, so that it can be erased one day while the chain still verifies.
    """

    action: str
    at: datetime
    post: int | None = None
    delivery: int | None = None
    public: Mapping[str, Plain]
    private: Mapping[str, Plain]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link of the chain as it is stored; `private` and `salt` are None once erased."""

    seq: int
    at: datetime
    action: str
    post: int | None
    delivery: int | None
    public: str
    private: str | None
    salt: str | None
    commitment: str
    prev: str
    hash: str

    @property
    def facts(self) -> dict[str, Plain]:
        """Public and private parts as one mapping, for people; a part that was damaged is said to be."""
        merged: dict[str, Plain] = {}
        for part in (self.public, self.private):
            try:
                merged.update({} if part is None else json.loads(part))
            except (ValueError, TypeError):
                merged["damaged"] = "a part of this entry cannot be read"
        return merged


Link = tuple[int, int, str, int | None, int | None, str, str | None, str | None, str, str, str]
"""The fields of an entry, in their order, its instant as whole microseconds of UTC since 1970: what verifying a long record costs
least to read."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What verifying the chain found: `first_bad` is the first entry that does not fit, with the reason in `problem`.

    `heads` are the hashes of the entries that were to be remembered, as far as the chain was walked.
    """

    entries: int
    ok: bool
    head: str
    first_bad: int | None = None
    problem: str = ""
    redacted: int = 0
    heads: Mapping[int, str] = field(default_factory=dict)


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def canonical_json(facts: Mapping[str, Plain]) -> str:
    """JSON with sorted keys, ASCII only, no floats."""
    return _CANONICAL.encode(facts)


def stamp(at: datetime) -> str:
    """The instant as it is chained: UTC, microseconds, always 27 characters."""
    if at.tzinfo is None:
        raise ValueError("an audit entry needs an aware instant")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def commit_to(private: str, salt: str) -> str:
    """SHA-256 over salt (32 hex digits) and private part."""
    return hashlib.sha256(bytes.fromhex(salt) + private.encode("ascii")).hexdigest()


def _link(
    seq: int, stamped: str, action: str, post: int | None, delivery: int | None, public: str, commitment: str, prev: str
) -> str:
    """The hash of one entry: SHA-256 over length-prefixed fields, so that no two splits of the same bytes agree."""
    fields = (
        "purdah-audit-v1",
        str(seq),
        stamped,
        action,
        "" if post is None else str(post),
        "" if delivery is None else str(delivery),
        public,
        commitment,
        prev,
    )
    body = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (field.encode("utf-8") for field in fields))
    return hashlib.sha256(body).hexdigest()


def chain(entry: NewEntry, *, seq: int, prev: str, salt: str) -> Entry:
    """The stored form of `entry` as the link after `prev`. `salt` is 16 random bytes in hex."""
    return next(chained((entry,), after=seq - 1, prev=prev, new_salt=lambda: salt))


def chained(
    entries: Iterable[NewEntry], *, after: int, prev: str, new_salt: Callable[[], str], login: str = ""
) -> Iterator[Entry]:
    """The stored form of many entries, the first of which follows entry `after` with the hash `prev`.

    Each takes a salt of its own, and in its personal part the `login` that the database saw, where there is one. A part that many
    entries share (the same mapping, not an equal one) is written out once.
    """
    written: dict[int, tuple[Mapping[str, Plain], str]] = {}

    seen: Mapping[str, Plain] = {"login": login} if login else {}

    def text_of(facts: Mapping[str, Plain], more: Mapping[str, Plain]) -> str:
        known = written.get(id(facts))
        if known is None:
            if len(written) >= _MOST_WRITTEN:
                written.clear()
            known = written[id(facts)] = (facts, canonical_json({**facts, **more}))  # kept, so that its id stays its own
        return known[1]

    at, stamped = None, ""
    for seq, entry in enumerate(entries, start=after + 1):
        if entry.at is not at:
            at, stamped = entry.at, stamp(entry.at)
        public, private, salt = text_of(entry.public, {}), text_of(entry.private, seen), new_salt()
        commitment = commit_to(private, salt)
        link = _link(seq, stamped, entry.action, entry.post, entry.delivery, public, commitment, prev)
        yield Entry(
            seq=seq,
            at=entry.at,
            action=entry.action,
            post=entry.post,
            delivery=entry.delivery,
            public=public,
            private=private,
            salt=salt,
            commitment=commitment,
            prev=prev,
            hash=link,
        )
        prev = link


def verify(entries: Iterable[Entry]) -> Verification:
    """What `verify_links` does, for entries that are at hand."""
    return verify_links(map(_as_link, entries))


def verify_links(links: Iterable[Link], *, remember: Container[int] = ()) -> Verification:
    """Walk the chain from its start. Finds a changed, missing, added or reordered entry.

    Alone it cannot see a chain that was rewritten whole or cut at its end: that needs a checkpoint kept elsewhere. 100,000
    links take about a second of CPU time; `remember` are the entries whose hashes a checkpoint is to be compared with.
    """
    prev, count, redacted = GENESIS, 0, 0
    heads: dict[int, str] = {}
    day = ""
    midnight: int | None = None
    for expected, (seq, at, action, post, delivery, public, private, salt, commitment, before, hashed) in enumerate(links, 1):
        count = expected
        days, within = divmod(at, _DAY)
        if days != midnight:
            day, midnight = _day(days), days
        problem = ""
        if seq != expected:
            problem = f"entry {expected} is missing"
        elif before != prev:
            problem = f"entry {expected} does not follow the one before it"
        elif (private is None) != (salt is None):
            problem = f"entry {expected} is half erased"
        elif private is not None and salt is not None and not _commits(commitment, private, salt):
            problem = f"entry {expected} has an altered personal part"
        elif _link(seq, f"{day}{_clock(within)}", action, post, delivery, public, commitment, prev) != hashed:
            problem = f"entry {expected} was altered"
        if problem:
            return Verification(
                entries=count, ok=False, head=prev, first_bad=expected, problem=problem, redacted=redacted, heads=heads
            )
        redacted += private is None
        prev = hashed
        if seq in remember:
            heads[seq] = hashed
    return Verification(entries=count, ok=True, head=prev, redacted=redacted, heads=heads)


def _commits(commitment: str, private: str, salt: str) -> bool:
    """Whether the commitment is that of this personal part; what is no text of ours is not, nor a salt in other letters."""
    try:
        return bytes.fromhex(salt).hex() == salt and commit_to(private, salt) == commitment
    except ValueError:
        return False


def _day(days: int) -> str:
    """The date of a day since 1970 as it is chained; an instant that no calendar has is none of ours."""
    try:
        return (_EPOCH + timedelta(days=days)).strftime("%Y-%m-%dT")
    except OverflowError:
        return ""


def _clock(within: int) -> str:
    """A time of day, in microseconds since midnight, as it is chained."""
    seconds, microseconds = divmod(within, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}.{microseconds:06}Z"


def _as_link(entry: Entry) -> Link:
    return (
        entry.seq,
        (entry.at - _EPOCH) // _MICROSECOND,
        entry.action,
        entry.post,
        entry.delivery,
        entry.public,
        entry.private,
        entry.salt,
        entry.commitment,
        entry.prev,
        entry.hash,
    )
