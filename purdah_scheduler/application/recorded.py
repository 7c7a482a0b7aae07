"""Whether what counts is also on the record: a clearance or an author that somebody wrote straight into the store is not."""

import json
from collections.abc import Iterable, Iterator, Sequence

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.audit import Entry, Plain
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.clearance import Decision
from purdah_scheduler.domain.posts import Revision

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
        for entry in entries:
            if entry.action not in _WRITTEN and not entry.action.startswith(_DECIDED):
                continue
            public = json.loads(entry.public)
            private = None if entry.private is None else json.loads(entry.private)
            where = (entry.post, public.get("revision"), public.get("digest"))
            if entry.action in _WRITTEN:
                self._written[*where, entry.at.isoformat()] = private
            else:
                decided = (*where, public.get("stage"), entry.action.removeprefix(_DECIDED))
                self._decided.setdefault(decided, []).append((public, private))

    def strangers(self, revisions: Sequence[Revision], decisions: Sequence[tuple[int, Decision]]) -> Iterator[str]:
        """One sentence for each revision, and each decision on a post, that is not on record as it is.

        Words that were erased there are not compared.
        """
        for revision in revisions:
            where = (revision.post, revision.number, revision.digest, revision.at.isoformat())
            said = self._written.get(where, {})
            if said is not None and said.get("person") != revision.author:
                yield f"Revision {revision.number} of post {revision.post} is not on record as {revision.author}'s."
        for post, decision in decisions:
            if not self._has(post, decision):
                yield f"A decision of {decision.person} on post {post} (“{decision.stage}”) is not on record as it is."

    def _has(self, post: int, decision: Decision) -> bool:
        where = (post, decision.revision, decision.digest, decision.stage, str(decision.choice))
        return any(_is_that(public, private, decision) for public, private in self._decided.get(where, ()))


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
            yield from known.strangers(dossier.revisions, [(dossier.post.id, decision) for decision in dossier.decisions])
