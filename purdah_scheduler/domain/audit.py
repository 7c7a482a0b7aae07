"""The record: hash-chained entries whose personal part sits behind a salted commitment, and its verification."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

GENESIS = "0" * 64

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


def canonical_json(facts: Mapping[str, Plain]) -> str:
    """JSON with sorted keys, ASCII only, no floats."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def stamp(at: datetime) -> str:
    """The instant as it is chained: UTC, microseconds, always 27 characters."""
    if at.tzinfo is None:
        raise ValueError("an audit entry needs an aware instant")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def commit_to(private: str, salt: str) -> str:
    """SHA-256 over salt (32 hex digits) and private part."""
    return hashlib.sha256(bytes.fromhex(salt) + private.encode("ascii")).hexdigest()


def _link(entry: Entry) -> str:
    """The hash of one entry: SHA-256 over length-prefixed fields, so that no two splits of the same bytes agree."""
    fields = (
        "purdah-audit-v1",
        str(entry.seq),
        stamp(entry.at),
        entry.action,
        "" if entry.post is None else str(entry.post),
        "" if entry.delivery is None else str(entry.delivery),
        entry.public,
        entry.commitment,
        entry.prev,
    )
    body = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (field.encode("utf-8") for field in fields))
    return hashlib.sha256(body).hexdigest()


def chain(entry: NewEntry, *, seq: int, prev: str, salt: str) -> Entry:
    """The stored form of `entry` as the link after `prev`. `salt` is 16 random bytes in hex."""
    public, private = canonical_json(entry.public), canonical_json(entry.private)
    commitment = commit_to(private, salt)
    unsealed = Entry(
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
        hash="",
    )
    return replace(unsealed, hash=_link(unsealed))


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
    return "" if _link(entry) == entry.hash else f"entry {expected} was altered"
