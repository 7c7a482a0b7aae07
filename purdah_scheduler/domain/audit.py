"""The record: hash-chained entries whose personal part sits behind a salted commitment, and its verification."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

GENESIS = "0" * 64

CHECKPOINT = "purdah-checkpoint-v1"
"""What a line begins with that says how far the record went, and the hash of its last entry then."""

_MOST_WRITTEN = 1000

Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
        """Public and private parts as one mapping, for people."""
        merged: dict[str, Plain] = json.loads(self.public)
        if self.private is not None:
            merged.update(json.loads(self.private))
        return merged


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What verifying the chain found: `first_bad` is the first entry that does not fit, with the reason in `problem`."""

    entries: int
    ok: bool
    head: str
    first_bad: int | None = None
    problem: str = ""
    redacted: int = 0


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


def chained(entries: Iterable[NewEntry], *, after: int, prev: str, new_salt: Callable[[], str]) -> Iterator[Entry]:
    """The stored form of many entries, the first of which follows entry `after` with the hash `prev`.

    Each takes a salt of its own. A part that many entries share (the same mapping, not an equal one) is written out once.
    """
    written: dict[int, tuple[Mapping[str, Plain], str]] = {}

    def text_of(facts: Mapping[str, Plain]) -> str:
        known = written.get(id(facts))
        if known is None:
            if len(written) >= _MOST_WRITTEN:
                written.clear()
            known = written[id(facts)] = (facts, canonical_json(facts))  # kept, so that its id stays its own
        return known[1]

    at, stamped = None, ""
    for seq, entry in enumerate(entries, start=after + 1):
        if entry.at is not at:
            at, stamped = entry.at, stamp(entry.at)
        public, private, salt = text_of(entry.public), text_of(entry.private), new_salt()
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


def checkpoint_line(seq: int, head: str) -> str:
    """The line that, kept elsewhere, shows a record that was rewritten or cut short."""
    return f"{CHECKPOINT} {seq} {head}"


def verify(entries: Iterable[Entry]) -> Verification:
    """Walk the chain from its start. Finds a changed, missing, added or reordered entry.

    Alone it cannot see a chain that was rewritten whole or cut at its end: that needs a checkpoint kept elsewhere.
    """
    prev, count, redacted = GENESIS, 0, 0
    for expected, entry in enumerate(entries, start=1):
        count = expected
        problem = _fault(entry, expected=expected, prev=prev)
        if problem:
            return Verification(entries=count, ok=False, head=prev, first_bad=expected, problem=problem, redacted=redacted)
        redacted += entry.private is None
        prev = entry.hash
    return Verification(entries=count, ok=True, head=prev, redacted=redacted)


def _fault(entry: Entry, *, expected: int, prev: str) -> str:
    if entry.seq != expected:
        return f"entry {expected} is missing"
    if entry.prev != prev:
        return f"entry {expected} does not follow the one before it"
    if (entry.private is None) != (entry.salt is None):
        return f"entry {expected} is half erased"
    if entry.private is not None and entry.salt is not None and commit_to(entry.private, entry.salt) != entry.commitment:
        return f"entry {expected} has an altered personal part"
    link = _link(entry.seq, stamp(entry.at), entry.action, entry.post, entry.delivery, entry.public, entry.commitment, entry.prev)
    return "" if link == entry.hash else f"entry {expected} was altered"
