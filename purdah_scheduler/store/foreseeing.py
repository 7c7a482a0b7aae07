"""Reading ahead what is about to be asked of many deliveries, with a few statements for all of them."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from sqlalchemy import Row, Select, Table, bindparam, select

from purdah_scheduler.domain.content import Content
from purdah_scheduler.errors import StoreUnusable
from purdah_scheduler.store import decision_rows, rows, schema
from purdah_scheduler.store.house_rows import break_glass_of
from purdah_scheduler.store.schema_break_glass import break_glasses
from purdah_scheduler.store.work import View

_CHUNK = 500
_Of = TypeVar("_Of")


def _belonging(table: Table, column: str, order: str) -> Select[Any]:
    return select(table).where(table.c[column].in_(bindparam("wanted", expanding=True))).order_by(table.c[column], table.c[order])


_DELIVERIES = select(schema.deliveries).where(schema.deliveries.c.id.in_(bindparam("wanted", expanding=True)))
_POSTS = select(schema.posts).where(schema.posts.c.id.in_(bindparam("wanted", expanding=True)))
_REVISIONS = _belonging(schema.revisions, "post", "number")
_DECISIONS = _belonging(schema.decisions, "post", "id")
_EXEMPTIONS = _belonging(schema.exemptions, "post", "id")
_BREAK_GLASSES = _belonging(break_glasses, "post", "id")
_ENTRIES = _belonging(schema.audit, "post", "seq")
_ATTEMPTS = _belonging(schema.attempts, "delivery", "number")


class ForesightReader(View):
    """The same answers as ever, read in the fewest statements."""

    def foresee(self, deliveries: Sequence[int]) -> None:
        """Read these deliveries and their attempts; ids that do not exist are left out.

        What is asked about them afterwards is answered from there, until this transaction changes it.
        """
        for start in range(0, len(deliveries), _CHUNK):
            piece = list(deliveries[start : start + _CHUNK])
            found = [rows.delivery_of(row) for row in self._work.rows(_DELIVERIES, {"wanted": piece})]
            self._work.known.learn("delivery", {entry.id: entry for entry in found})
            self._read("attempts", _ATTEMPTS, "delivery", [entry.id for entry in found], rows.attempt_of)

    def foresee_posts(self, posts: Sequence[int]) -> None:
        """The same for posts: their revisions, decisions, exemptions, break-glasses and entries in the record.

        Raises StoreUnusable where one cannot be read.
        """
        for start in range(0, len(posts), _CHUNK):
            piece = list(posts[start : start + _CHUNK])
            found = [rows.post_of(row) for row in self._work.rows(_POSTS, {"wanted": piece})]
            self._work.known.learn("post", {post.id: post for post in found})
            existing = [post.id for post in found]
            self._read("revisions", _REVISIONS, "post", existing, rows.revision_of)
            self._read("decisions", _DECISIONS, "post", existing, decision_rows.decision_of)
            self._read("exemptions", _EXEMPTIONS, "post", existing, rows.exemption_of)
            self._read("break_glasses", _BREAK_GLASSES, "post", existing, break_glass_of)
            self._read("entries", _ENTRIES, "post", existing, rows.entry_of)

    def contents(self, revisions: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Content]:
        """What these revisions (post and number) say; what does not exist or cannot be read is left out."""
        wanted, found = set(revisions), {}
        for start in range(0, len(revisions), _CHUNK):
            posts = [post for post, _ in revisions[start : start + _CHUNK]]
            for row in self._work.rows(_REVISIONS, {"wanted": posts}):
                key = row.post, row.number
                if key in wanted:
                    with suppress(StoreUnusable), self._work.readable(f"revision {row.number} of post {row.post}"):
                        found[key] = rows.content_of(row.content)
        return found

    def _read(self, kind: str, statement: Select[Any], owner: str, wanted: Iterable[int], of: Callable[[Row[Any]], _Of]) -> None:
        grouped: dict[int, list[_Of]] = {number: [] for number in wanted}
        for row in self._work.rows(statement, {"wanted": list(grouped)}):
            number = getattr(row, owner)
            with self._work.readable(f"one of the {kind} of {owner} {number}"):
                grouped[number].append(of(row))
        self._work.known.learn(kind, {number: tuple(found) for number, found in grouped.items()})
