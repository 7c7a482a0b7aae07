"""Changes of periods and the proposals that wait for a second person: added and answered, never altered."""

from sqlalchemy import insert, select, update

from purdah_scheduler.domain.period_changes import PeriodChange, Proposal
from purdah_scheduler.errors import NotFound, WrongState
from purdah_scheduler.store import rows, schema
from purdah_scheduler.store.work import View, Work


class ChangeReader(View):
    """Changes and proposals, in the order in which they were made."""

    def period_changes(self) -> tuple[PeriodChange, ...]:
        """Changes of periods of any source."""
        return self._work.known.remember("period changes", self._period_changes)

    def _period_changes(self) -> tuple[PeriodChange, ...]:
        table, found = schema.period_changes, []
        for row in self._work.rows(select(table).order_by(table.c.id)):
            with self._work.readable(f"change {row.id} of the period {row.period}"):
                found.append(rows.change_of(row))
        return tuple(found)

    def proposals(self) -> tuple[Proposal, ...]:
        """Answered ones included."""
        table, found = schema.period_proposals, []
        for row in self._work.rows(select(table).order_by(table.c.id)):
            with self._work.readable(f"proposal {row.id}"):
                found.append(rows.proposal_of(row))
        return tuple(found)


class ChangeWriter(ChangeReader):
    """The same, with the two additions and the one answer that are allowed."""

    def add_period_change(self, change: PeriodChange) -> int:
        """Store a change (its id is ignored) and raise the calendar's revision. Returns its id."""
        new_id = self._work.insert(insert(schema.period_changes), rows.change_values(change))
        raise_calendar_revision(self._work)
        return new_id

    def add_proposal(self, proposal: Proposal) -> int:
        """Store a proposal (its id is ignored) that nobody has answered. Returns its id."""
        if not proposal.is_open:
            raise ValueError("a proposal is made without an answer")
        return self._work.insert(insert(schema.period_proposals), rows.proposal_values(proposal))

    def answer_proposal(self, proposal: Proposal) -> None:
        """Fill in the answer of a stored proposal. Raises NotFound; WrongState where it was answered before."""
        if proposal.answer is None:
            raise ValueError("an answer says yes or no")
        table = schema.period_proposals
        stored = next((known for known in self.proposals() if known.id == proposal.id), None)
        if stored is None:
            raise NotFound(f"There is no proposal {proposal.id}.", next_step="purdah-scheduler calendar proposals")
        if not stored.is_open:
            raise WrongState(f"Proposal {proposal.id} was {stored.answer} before, so nothing was changed.")
        self._work.change(
            update(table)
            .where(table.c.id == proposal.id)
            .values(
                answer=str(proposal.answer),
                answered_by=proposal.answered_by,
                answered_at=proposal.answered_at,
                answer_reason=proposal.answer_reason,
            )
        )


def raise_calendar_revision(work: Work) -> None:
    """One more change of the calendar; the first one makes the row."""
    table = schema.calendar_revision
    if not work.change(update(table).values(number=table.c.number + 1)):
        work.change(insert(table), {"id": 1, "number": 1})
