"""Reading the whole queue at once: how each waiting post is classified, and posts with all that hangs on them."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, Select, Table, func, select, type_coerce

from purdah_scheduler.application.lists import Classed, Dossier, Papers, Waiting
from purdah_scheduler.domain.clearance import Decision
from purdah_scheduler.domain.content import Marks, digest_of
from purdah_scheduler.domain.periods import name_key
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.store import decision_rows, rows, schema
from purdah_scheduler.store.columns import Number
from purdah_scheduler.store.house_rows import break_glass_of
from purdah_scheduler.store.instants import NEVER, kept
from purdah_scheduler.store.queue import in_states
from purdah_scheduler.store.schema_break_glass import break_glasses
from purdah_scheduler.store.work import View

_CHUNK = 1_000
_AFTER_ACCOUNTS = '],"area":'
"""Where the words of the accounts end in the canonical text. Inside a string of JSON a quotation mark has a backslash before it,
so that no text of a person can hold this."""

_MOST_KNOWN = 10_000
_STATES = {str(state): state for state in DeliveryState}
_Of = TypeVar("_Of")


class SweepReader(View):
    """What a change of the calendar asks of the queue."""

    def waiting(
        self, states: Sequence[DeliveryState], *, accounts: Collection[str] | None = None, since: datetime | None = None
    ) -> Iterator[Waiting]:
        """The deliveries in one of `states`, in no order, each with the classification of its post's current revision.

        Only those on `accounts` and due at `since` or later, where they are given. Of a thread, the part that is next stands for
        those behind it.
        """
        exempted = set(self._work.scalars(select(schema.exemptions.c.post)))
        lifted = {name_key(name) for name in self._work.scalars(select(schema.exemptions.c.campaign)) if name}
        known: dict[str, Classed] = {}
        posts, revisions = schema.posts, schema.revisions
        for query in in_states(states):
            columns = query.subquery().c
            # In the order of their ids the posts lie one behind the other: five times as fast as in that of any index.
            wanted = (
                select(
                    *(columns.id, columns.post, columns.account, columns.state, columns.due_at, columns.fence),
                    *(columns.reason_code, columns.reason, posts.c.title, revisions.c.content, columns.part, columns.follows),
                )
                .join(posts, posts.c.id == columns.post)
                .join(revisions, (revisions.c.post == posts.c.id) & (revisions.c.number == posts.c.revision))
                .order_by(columns.id)
            )
            # What is compared is made of the column: by the column itself the database would read another index, and sort it all.
            if accounts is not None:
                wanted = wanted.where(columns.account.concat("").in_(sorted(accounts)))
            if since is not None:
                wanted = wanted.where(type_coerce(columns.due_at, Number) + 0 >= kept(since))
            for row in self._work.each(wanted):
                number, post, account, state, due_at, fence, code, reason, title, content, part, follows = tuple(row)
                if part > 1 and not follows:
                    continue
                with_what = content[content.rfind(_AFTER_ACCOUNTS) + 2 :]
                classed = known.get(with_what)
                if classed is None:
                    if len(known) >= _MOST_KNOWN:
                        known.clear()
                    with self._work.readable(f"the newest revision of post {post}"):
                        classed = known[with_what] = _classed(content)
                yield Waiting(
                    id=number,
                    post=post,
                    account=account,
                    state=_STATES[state],
                    due_at=due_at,
                    fence=fence,
                    reason_code=code,
                    reason=reason,
                    title=title,
                    classed=classed,
                    exempted=post in exempted or (bool(lifted) and name_key(classed.marks.campaign) in lifted),
                    part=part,
                )

    def how_many(self, states: Sequence[DeliveryState]) -> int:
        """How many deliveries are in one of `states`; of a thread, the part that is next stands for those behind it."""
        counting = ((query.subquery(), select(func.count())) for query in in_states(states))
        found = (self._work.scalar(count.select_from(of).where(of.c.ready_at < NEVER)) for of, count in counting)
        return sum(int(number or 0) for number in found)

    def dossiers(self, posts: Sequence[int]) -> Iterator[Dossier]:
        """Posts with all that hangs on them, in the order of `posts`; six statements for each thousand."""
        for start in range(0, len(posts), _CHUNK):
            piece = list(posts[start : start + _CHUNK])
            found = {
                row.id: rows.post_of(row) for row in self._work.rows(select(schema.posts).where(schema.posts.c.id.in_(piece)))
            }
            revisions = self._by_post(schema.revisions, "number", piece, rows.revision_of)
            decisions = self._by_post(schema.decisions, "id", piece, decision_rows.decision_of)
            exemptions = self._by_post(schema.exemptions, "id", piece, rows.exemption_of)
            glasses = self._by_post(break_glasses, "id", piece, break_glass_of)
            deliveries = self._by_post(schema.deliveries, "id", piece, rows.delivery_of)
            for post in piece:
                if post in found:
                    yield Dossier(
                        post=found[post],
                        revisions=tuple(revisions.get(post, ())),
                        decisions=tuple(decisions.get(post, ())),
                        exemptions=tuple(exemptions.get(post, ())),
                        break_glasses=tuple(glasses.get(post, ())),
                        deliveries=tuple(deliveries.get(post, ())),
                    )

    def papers(self, posts: Sequence[int]) -> Iterator[Papers]:
        """What says whether and when posts were cleared, in the order of `posts`; three statements for each thousand."""
        table, revisions, targets = schema.posts, schema.revisions, schema.targets
        current = (revisions.c.post == table.c.id) & (revisions.c.number == table.c.revision)
        aimed = (targets.c.post == table.c.id) & (targets.c.is_current == 1)
        for start in range(0, len(posts), _CHUNK):
            piece = list(posts[start : start + _CHUNK])
            newest = (table.c.id, table.c.revision, revisions.c.author, revisions.c.content, targets.c.account)
            found = select(*newest).join(revisions, current).outerjoin(targets, aimed).where(table.c.id.in_(piece))
            words: dict[int, tuple[int, str]] = {}
            authors: dict[int, set[str]] = {}
            accounts: dict[int, list[str]] = {}
            edited: list[int] = []
            for post, number, author, content, account in map(tuple, self._work.rows(found)):
                if post not in words:
                    words[post], authors[post], accounts[post] = (number, content), {author}, []
                    if number > 1:
                        edited.append(post)
                if account is not None:
                    accounts[post].append(account)
            for post, author in map(tuple, self._work.rows(_authors_of(edited))) if edited else ():
                authors[post].add(author)
            decisions = self._decisions_by_post(piece)
            for post in piece:
                if post in words:
                    number, content = words[post]
                    yield Papers(
                        post=post,
                        revision=number,
                        digest=digest_of(content.encode()),
                        accounts=tuple(accounts[post]),
                        authors=frozenset(authors[post]),
                        decisions=tuple(decisions.get(post, ())),
                    )

    def _decisions_by_post(self, piece: Sequence[int]) -> dict[int, list[Decision]]:
        """As `_by_post` has them, past the names of the columns: of these there are very many."""
        table, grouped = schema.decisions, defaultdict[int, list[Decision]](list)
        post: int | None = None
        wanted = select(table.c.post, *(table.c[name] for name in decision_rows.DECISION))
        found = self._work.rows(wanted.where(table.c.post.in_(piece)).order_by(table.c.post, table.c.id))
        with self._work.readable(lambda: f"a row of {table.name} of post {post}"):
            for row in found:
                post, *columns = tuple(row)
                grouped[post].append(decision_rows.decision(*columns))
        return grouped

    def _by_post(self, table: Table, order: str, piece: Sequence[int], of: Callable[[Row[Any]], _Of]) -> dict[int, list[_Of]]:
        grouped: dict[int, list[_Of]] = {}
        post: int | None = None
        found = self._work.rows(select(table).where(table.c.post.in_(piece)).order_by(table.c.post, table.c[order]))
        with self._work.readable(lambda: f"a row of {table.name} of post {post}"):
            for row in found:
                post = row.post
                grouped.setdefault(post, []).append(of(row))
        return grouped


def _authors_of(posts: Sequence[int]) -> Select[Any]:
    return select(schema.revisions.c.post, schema.revisions.c.author).where(schema.revisions.c.post.in_(posts))


def _classed(content: str) -> Classed:
    """Raises ValueError, KeyError or TypeError for a text that is not the canonical one of a content."""
    document = json.loads(content)
    return Classed(
        category=document["category"], nation=document["nation"], area=document["area"], marks=Marks(**document["marks"])
    )
