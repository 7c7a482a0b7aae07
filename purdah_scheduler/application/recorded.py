"""Whether what counts is also on the record: a clearance or an author that somebody wrote straight into the store is not."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.audit import Entry, Plain
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.clearance import Decision
from purdah_scheduler.domain.posts import Post, Revision

_WRITTEN = frozenset({"post.created", "post.edited"})
_DECIDED = "decision."

_CHUNK = 500
Key = tuple[Plain, ...]
Facts = dict[str, Plain]


class OnRecord:
    """What the record says of revisions and decisions, from the entries that are given."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._written: dict[Key, Facts | None] = {}
        self._decided: dict[Key, list[tuple[Facts, Facts | None]]] = {}
        self._written_of: dict[int | None, list[Key]] = {}
        self._decided_of: dict[int | None, list[Key]] = {}
        self._unreadable: dict[int | None, list[int]] = {}
        for entry in entries:
            if entry.action not in _WRITTEN and not entry.action.startswith(_DECIDED):
                continue
            try:
                public = _facts(entry.public)
                private = None if entry.private is None else _facts(entry.private)
            except ValueError:
                self._unreadable.setdefault(entry.post, []).append(entry.seq)
                continue
            where = (entry.post, public.get("revision"), public.get("digest"))
            if entry.action in _WRITTEN:
                written = (*where, entry.at.isoformat())
                self._written[written] = private
                self._written_of.setdefault(entry.post, []).append(written)
            else:
                decided = (*where, public.get("stage"), entry.action.removeprefix(_DECIDED))
                self._decided_of.setdefault(entry.post, []).append(decided[1:])
                self._decided.setdefault(decided, []).append((public, private))

    def strangers(self, post: Post, revisions: Sequence[Revision], decisions: Sequence[Decision]) -> Iterator[str]:
        """One sentence for each way in which a post, its revisions and the decisions on it are not what is on record.

        What stands there and is gone from the store counts as much: words that were replaced, or a no, would be undone by it.
        Words that were erased there are not compared.
        """
        for revision in revisions:
            where = (revision.post, revision.number, revision.digest, revision.at.isoformat())
            said = self._written.get(where, {})
            if said is not None and said.get("person") != revision.author:
                yield f"Revision {revision.number} of post {revision.post} is not on record as {revision.author}'s."
        for decision in decisions:
            if not self._has(post.id, decision):
                yield f"A decision of {decision.person} on post {post.id} (“{decision.stage}”) is not on record as it is."
        yield from self._gone(post, revisions, decisions)

    def _gone(self, post: Post, revisions: Sequence[Revision], decisions: Sequence[Decision]) -> Iterator[str]:
        for seq in self._unreadable.get(post.id, ()):
            yield f"Entry {seq} of the record, about post {post.id}, cannot be read."
        there = {(revision.number, revision.digest) for revision in revisions}
        newest = 0
        for _, number, digest, _ in self._written_of.get(post.id, ()):
            newest = max(newest, number) if isinstance(number, int) else newest
            if (number, digest) not in there:
                yield f"Revision {number} of post {post.id} is on record, and not in the store."
        if newest > post.revision:
            yield f"Revision {newest} of post {post.id} is on record, and the post says revision {post.revision}."
        kept = [(one.revision, one.digest, one.stage, str(one.choice)) for one in decisions]
        recorded = self._decided_of.get(post.id, [])
        for _, _, stage, choice in (Counter(recorded) - Counter(kept)).elements():
            yield f"A decision on post {post.id} (“{stage}”, {choice}) is on record, and not in the store."
        if kept != recorded and Counter(kept) == Counter(recorded):
            yield f"The decisions on post {post.id} are not in the order of the record."

    def _has(self, post: int, decision: Decision) -> bool:
        where = (post, decision.revision, decision.digest, decision.stage, str(decision.choice))
        return any(_is_that(public, private, decision) for public, private in self._decided.get(where, ()))


def _facts(text: str) -> Facts:
    """Raises ValueError for what is not an object of JSON."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - as what is no JSON at all
    return found


def _is_that(public: Facts, private: Facts | None, decision: Decision) -> bool:
    given_at = decision.at.isoformat()  # entries of earlier versions do not say it
    if public.get("assurance") != decision.assurance or public.get("answers", []) != list(decision.answers):
        return False
    if public.get("given_at", given_at) != given_at:
        return False
    said = {} if private is None else private
    return private is None or (said.get("person"), said.get("reason"), said.get("proof", "")) == (
        decision.person,
        decision.reason,
        decision.proof,
    )


def is_granted(entries: Iterable[Entry], glass: BreakGlass) -> bool:
    """Whether a break-glass is on record as it is; a person that was erased there is not compared."""
    wanted = (glass.id, glass.digest, glass.revision, list(glass.stages))
    return any(
        entry.action == "break_glass.granted"
        and tuple(map(entry.facts.get, ("break_glass", "digest", "revision", "stages"))) == wanted
        and entry.facts.get("person", glass.person) == glass.person
        and entry.at == glass.at
        for entry in entries
    )


def strangers_in(reader: Reader) -> Iterator[str]:
    """One sentence for each revision and decision of any post that is not on record as it is."""
    known = OnRecord(reader.entries())
    posts = reader.row_ids(QueueFilter())
    for start in range(0, len(posts), _CHUNK):
        for dossier in reader.dossiers(posts[start : start + _CHUNK]):
            yield from known.strangers(dossier.post, dossier.revisions, dossier.decisions)
