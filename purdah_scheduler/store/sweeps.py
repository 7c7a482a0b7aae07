"""Reading the whole queue at once: how each waiting post is classified, and posts with all that hangs on them."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row, Table, func, select

from purdah_scheduler.application.lists import Classed, Dossier, Waiting
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.store import rows, schema
from purdah_scheduler.store.queue import in_states
from purdah_scheduler.store.work import View

_CHUNK = 500
_AFTER_ACCOUNTS = '],"area":'
"""Where the words of the accounts end in the canonical text. Inside a string of JSON a quotation mark has a backslash before it,
so that no text of a person can hold this."""

_MOST_KNOWN = 10_000
_Of = TypeVar("_Of")


class SweepReader(View):
    """What a change of the calendar asks of the queue."""

    def waiting(self, states: Sequence[DeliveryState]) -> Iterator[Waiting]:
        """The deliveries in one of `states`, in no order, each with the classification of its post's current revision."""
        exempted = set(self._work.scalars(select(schema.exemptions.c.post)))
        known: dict[str, Classed] = {}
        posts, revisions = schema.posts, schema.revisions
        for query in in_states(states):
            found = query.subquery()
            # In the order of their ids the posts lie one behind the other: five times as fast as in that of any index.
            wanted = (
                select(found.c.id, found.c.post, found.c.account, found.c.due_at, found.c.reason_code, revisions.c.content)
                .join(posts, posts.c.id == found.c.post)
                .join(revisions, (revisions.c.post == posts.c.id) & (revisions.c.number == posts.c.revision))
                .order_by(found.c.id)
            )
            for delivery, post, account, due_at, code, content in map(tuple, self._work.each(wanted)):
                with_what = content[content.rfind(_AFTER_ACCOUNTS) + 2 :]
                classed = known.get(with_what)
                if classed is None:
                    if len(known) >= _MOST_KNOWN:
                        known.clear()
                    with self._work.readable(f"the newest revision of post {post}"):
                        classed = known[with_what] = _classed(content)
                yield Waiting(
                    delivery=delivery,
                    post=post,
                    account=account,
                    due_at=due_at,
                    reason_code=code,
                    classed=classed,
                    exempted=post in exempted,
                )

    def how_many(self, states: Sequence[DeliveryState]) -> int:
        """How many deliveries are in one of `states`."""
        found = (self._work.scalar(select(func.count()).select_from(query.subquery())) for query in in_states(states))
        return sum(int(number or 0) for number in found)

    def dossiers(self, posts: Sequence[int]) -> Iterator[Dossier]:
        """Posts with all that hangs on them, in the order of `posts`; five statements for each five hundred."""
        for start in range(0, len(posts), _CHUNK):
            piece = list(posts[start : start + _CHUNK])
            found = {
                row.id: rows.post_of(row) for row in self._work.rows(select(schema.posts).where(schema.posts.c.id.in_(piece)))
            }
            revisions = self._by_post(schema.revisions, "number", piece, rows.revision_of)
            decisions = self._by_post(schema.decisions, "id", piece, rows.decision_of)
            exemptions = self._by_post(schema.exemptions, "id", piece, rows.exemption_of)
            deliveries = self._by_post(schema.deliveries, "id", piece, rows.delivery_of)
            for post in piece:
                if post in found:
                    yield Dossier(
                        post=found[post],
                        revisions=tuple(revisions.get(post, ())),
                        decisions=tuple(decisions.get(post, ())),
                        exemptions=tuple(exemptions.get(post, ())),
                        deliveries=tuple(deliveries.get(post, ())),
                    )

    def _by_post(self, table: Table, order: str, piece: Sequence[int], of: Callable[[Row[Any]], _Of]) -> dict[int, list[_Of]]:
        grouped: dict[int, list[_Of]] = {}
        for row in self._work.rows(select(table).where(table.c.post.in_(piece)).order_by(table.c.post, table.c[order])):
            with self._work.readable(f"a row of {table.name} of post {row.post}"):
                grouped.setdefault(row.post, []).append(of(row))
        return grouped


def _classed(content: str) -> Classed:
    """Raises ValueError, KeyError or TypeError for a text that is not the canonical one of a content."""
    document = json.loads(content)
    return Classed(
        category=document["category"], nation=document["nation"], area=document["area"], marks=Marks(**document["marks"])
    )
