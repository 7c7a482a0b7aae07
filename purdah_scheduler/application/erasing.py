"""Erasing words about people from the record: what is asked for, what a request holds, and what is still in hand."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.audit import Entry, Plain
from purdah_scheduler.domain.clearance import Decision
from purdah_scheduler.domain.holds import SECTION_77, Hold, Retention
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.posts import OVER, DeliveryState, PostState
from purdah_scheduler.domain.readings import Reading
from purdah_scheduler.errors import BadInput, HeldByRequest, NotFound, WrongState
from purdah_scheduler.lean import lean_dataclass

_CHUNK = 500
Place = tuple[int | None, datetime]
"""What a hold is asked about: the post (None: of none) and the moment."""

_NOTHING_PUBLIC = frozenset({PostState.DRAFT, PostState.WITHDRAWN, PostState.REJECTED})


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose or which words are to go: of one post, of one person, or of everything before a moment; exactly one is given."""

    post: int | None = None
    person: str = ""
    before: datetime | None = None

    def __post_init__(self) -> None:
        if sum((self.post is not None, bool(self.person), self.before is not None)) != 1:
            raise ValueError("one of post, person and before is needed")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be erased: entries of the record, words of posts, and what people have read of them.

    What stays is `in_hand`, or held by `holds`. `signed` are the decisions whose signature holds no more when their reason is
    gone, each with its post. `name` is that of `person`.
    """

    entries: tuple[int, ...]
    posts: tuple[int, ...]
    in_hand: tuple[int, ...] = ()
    holds: tuple[Hold, ...] = ()
    readings: tuple[Reading, ...] = ()
    signed: tuple[tuple[int, Decision], ...] = ()
    person: str = ""
    name: str = ""
    before: datetime | None = None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How many entries lost their personal part, and how many reasons, notes and readings were erased."""

    entries: int
    reasons: int
    notes: int
    readings: int


def plan(reader: Reader, office: Office, scope: Scope) -> Plan:
    """What erasing `scope` would do. Raises NotFound, and WrongState for a single post that is still in hand."""
    if scope.post is not None:
        reader.post(scope.post)
    name = next((known.name for known in office.house.people if known.id == scope.person), "")
    wanted: list[Entry] = []
    places: list[Place] = []
    for entry in reader.entries(post=scope.post):
        if scope.before is not None and entry.at >= scope.before:
            break
        if not scope.person:
            places.append((entry.post, entry.at))
        if entry.private is not None and (not scope.person or _names(entry.private, scope.person, name)):
            wanted.append(entry)
    posts = {entry.post for entry in wanted if entry.post is not None} | ({scope.post} if scope.post is not None else set())
    settled = {post for post, _ in _settled(reader, sorted(posts))}
    in_hand = tuple(sorted(posts - settled))
    if scope.post is not None and in_hand:
        raise WrongState(
            f"Post {scope.post} is still in hand, so nothing was erased.",
            next_step=f"Publish it, or take it back: purdah-scheduler post cancel {scope.post}",
        )
    wanted = [entry for entry in wanted if entry.post is None or entry.post in settled]
    readings = () if scope.before is not None else reader.readings(posts=_only(scope.post), person=scope.person)
    touched = [
        *((entry.post, entry.at) for entry in wanted),
        *((post, at) for post, at in places if post in settled),  # notes and reasons go too, where no entry has words left
        *((one.post, one.at) for one in readings),
    ]
    return Plan(
        entries=tuple(entry.seq for entry in wanted),
        posts=tuple(sorted(settled)),
        in_hand=in_hand,
        holds=_holding(reader, touched),
        readings=readings,
        signed=tuple(_voided(reader, sorted(settled), scope.person, name, scope.before)),
        person=scope.person,
        name=name,
        before=scope.before,
    )


def plan_due(reader: Reader, retention: Retention, now: datetime) -> Plan:
    """What the configured retention has come to: held entries and everything of a post with one are left out.

    The time of a post runs from its last entry. Raises BadInput where nothing is configured.
    """
    if retention.personal is None and retention.unsent is None:
        raise BadInput(
            "No retention is configured, so nothing is ever due.",
            next_step="Set it in [retention], or name what is to be erased.",
        )
    last: dict[int, datetime] = {}
    wanted: list[Entry] = []
    places: list[Place] = []
    for entry in reader.entries():
        places.append((entry.post, entry.at))
        if entry.post is not None:
            last[entry.post] = entry.at
        if entry.private is not None:
            wanted.append(entry)
    of_posts = {entry.post for entry in wanted if entry.post is not None}
    due = set()
    for post, public in _settled(reader, sorted(of_posts), drafts=True):
        span = retention.personal if public else retention.unsent or retention.personal
        if span is not None and last[post] + span <= now:
            due.add(post)
    old = None if retention.personal is None else now - retention.personal
    wanted = [entry for entry in wanted if (entry.post in due if entry.post is not None else old is not None and entry.at <= old)]
    touched = [*((entry.post, entry.at) for entry in wanted), *((post, at) for post, at in places if post in due)]
    holds = _holding(reader, touched)
    held_posts = {post for post, at in touched if post is not None and any(hold.covers(post, at) for hold in holds)}
    free = [
        entry for entry in wanted if entry.post not in held_posts and not any(hold.covers(entry.post, entry.at) for hold in holds)
    ]
    posts = sorted(due - held_posts)
    return Plan(
        entries=tuple(entry.seq for entry in free),
        posts=tuple(posts),
        holds=holds,
        readings=reader.readings(posts=posts),
        signed=tuple(_voided(reader, posts, "", "", None)),
    )


def erase(office: Office, actor: Actor, scope: Scope, *, reason: str) -> Erased:
    """Erase the words of `scope`, in one transaction with an entry of its own; no row is deleted and the chain still verifies.

    Raises NotAllowed, BadInput, NotFound, WrongState, and HeldByRequest where any of it is held for a request.
    """
    _need_reason(reason, "Erasing")
    with office.store.write() as tx:
        require(actor, tx, Role.OPERATOR, to="erase personal words")
        found = plan(tx, office, scope)
        if found.holds:
            raise _held_back(found.holds)
        public: dict[str, Plain] = {"scope": "post" if scope.post else "person" if scope.person else "before"}
        if scope.before is not None:
            public["before"] = scope.before.isoformat()
        private: dict[str, Plain] = {"who": scope.person} if scope.person else {}
        return _carry_out(tx, office, actor, found, reason, public, private, post=scope.post)


def erase_due(office: Office, actor: Actor, retention: Retention, *, reason: str) -> Erased:
    """Erase what the configured retention has come to; what is held for a request stays. Raises NotAllowed, BadInput."""
    _need_reason(reason, "Erasing")
    with office.store.write() as tx:
        require(actor, tx, Role.OPERATOR, to="erase personal words")
        found = plan_due(tx, retention, office.now())
        return _carry_out(tx, office, actor, found, reason, {"scope": "due", "held": len(found.holds)}, {}, post=None)


def hold(office: Office, actor: Actor, made: Sequence[Hold]) -> None:
    """Add the holds of one request. Raises NotAllowed, NotFound, and BadInput for a reference that holds already."""
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.OPERATOR, Role.PROPRIETY, Role.PUBLISHER, to="hold words for a request")
        for one in made:
            if one.post is not None:
                tx.post(one.post)
            if any(known.released_at is None and _same(known, one) for known in tx.holds()):
                raise BadInput(f"The request {one.reference} holds that already, so nothing was changed.")
            tx.add_hold(one)
            public: dict[str, Plain] = {"reference": one.reference, "since": _iso(one.since), "until": _iso(one.until)}
            record(tx, actor, "hold.added", at=now, post=one.post, public=public, private={"reason": one.reason})


def release(office: Office, actor: Actor, reference: str, *, reason: str) -> int:
    """End every hold of a request, with a reason; returns how many. Raises NotAllowed, BadInput, NotFound."""
    _need_reason(reason, "Releasing a hold")
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.OPERATOR, to="release a hold")
        open_ones = [known for known in tx.holds() if known.reference == reference and known.released_at is None]
        if not open_ones:
            raise NotFound(f"No hold has the reference {reference}.", next_step="purdah-scheduler audit hold list")
        for known in open_ones:
            tx.release_hold(replace(known, released_at=now, released_by=actor.person.id, release_reason=reason.strip()))
            record(
                tx, actor, "hold.released", at=now, post=known.post, public={"reference": reference}, private={"reason": reason}
            )
        return len(open_ones)


def _carry_out(
    tx: Writer,
    office: Office,
    actor: Actor,
    found: Plan,
    reason: str,
    public: Mapping[str, Plain],
    private: Mapping[str, Plain],
    *,
    post: int | None,
) -> Erased:
    if not found.entries and not found.posts and not found.readings:
        raise BadInput("There is nothing there to erase, so nothing was changed.")
    whole = not found.person and found.before is None
    done = Erased(
        entries=tx.erase_entries(found.entries),
        reasons=tx.erase_reasons(found.posts, person=found.person, name=found.name, before=found.before),
        notes=tx.erase_notes(found.posts) if whole else 0,
        readings=tx.forget_readings(found.readings),
    )
    counts: dict[str, Plain] = {
        "entries": done.entries,
        "reasons": done.reasons,
        "notes": done.notes,
        "readings": done.readings,
        "signatures": len(found.signed),
    }
    record(
        tx,
        actor,
        "record.erased",
        at=office.now(),
        post=post,
        public={**public, **counts},
        private={"reason": reason.strip(), **private},
    )
    return done


def _settled(reader: Reader, posts: Sequence[int], *, drafts: bool = False) -> Iterator[tuple[int, bool]]:
    """Of these posts, the ones that nobody works on any more, each with whether anything of it became public.

    With `drafts`, a draft that was never queued is one: it is in nobody's way.
    """
    for start in range(0, len(posts), _CHUNK):
        for dossier in reader.dossiers(posts[start : start + _CHUNK]):
            states = {delivery.state for delivery in dossier.deliveries}
            public = DeliveryState.PUBLISHED in states
            ended = _NOTHING_PUBLIC if drafts and not states else _NOTHING_PUBLIC - {PostState.DRAFT}
            if states <= OVER and (dossier.post.state in ended or (public and dossier.post.state is PostState.SCHEDULED)):
                yield dossier.post.id, public


def _holding(reader: Reader, places: Sequence[Place]) -> tuple[Hold, ...]:
    active = [known for known in reader.holds() if known.released_at is None]
    return tuple(known for known in active if any(known.covers(post, at) for post, at in places))


def _voided(
    reader: Reader, posts: Sequence[int], person: str, name: str, before: datetime | None
) -> Iterator[tuple[int, Decision]]:
    """The signed decisions whose reason would go, each with its post: a signature is over the reason too."""
    for start in range(0, len(posts), _CHUNK):
        for dossier in reader.dossiers(posts[start : start + _CHUNK]):
            for one in dossier.decisions:
                is_meant = not person or one.person == person or (name != "" and name in one.reason)
                if one.proof and one.reason and is_meant and (before is None or one.at < before):
                    yield dossier.post.id, one


def _only(post: int | None) -> Sequence[int] | None:
    return None if post is None else [post]


def _names(private: str, person: str, name: str) -> bool:
    """Whether a personal part is by, for or about somebody: the id as a value or in a list, or the full name in its words."""
    words: list[Plain] = []
    for value in json.loads(private).values():
        words += value if isinstance(value, list) else [value]
    return any(isinstance(value, str) and (value == person or (name and name in value)) for value in words)


def _held_back(holds: Sequence[Hold]) -> HeldByRequest:
    names = ", ".join(sorted({known.reference for known in holds}))
    return HeldByRequest(
        f"The request {names} holds some of it, so nothing was erased. {SECTION_77}",
        next_step=f"When the request is closed: purdah-scheduler audit hold release {holds[0].reference} --reason …",
    )


def _need_reason(reason: str, what: str) -> None:
    if not reason.strip():
        raise BadInput(f"{what} needs a reason, so nothing was changed.", next_step="Add --reason …")


def _same(known: Hold, other: Hold) -> bool:
    return (known.reference, known.post, known.since, known.until) == (other.reference, other.post, other.since, other.until)


def _iso(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()
