"""What every store promises of changes of periods and of proposals: kept in order, answered once, on the calendar's revision."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.period_changes import Action, Answer, PeriodChange, Proposal
from purdah_scheduler.errors import NotFound, WrongState
from tests.store import builders as make

CHANGE = PeriodChange(
    id=0,
    period="by-election-2026",
    action=Action.SHORTEN,
    reason="Notice withdrawn £",
    person="ada",
    second="bob",
    at=make.NOON,
    instant=make.NOON + timedelta(days=2),
    shape="a" * 32,
)
PROPOSAL = Proposal(
    id=0, period="by-election-2026", action=Action.LIFT, reason="It is over", person="ada", at=make.NOON, shape="a" * 32, seen=3
)


def test_changes_come_back_in_the_order_in_which_they_were_made_and_raise_the_calendars_revision(store: Store) -> None:
    with store.write() as tx:
        tx.declare_period(make.period())
        first = tx.add_period_change(CHANGE)
        second = tx.add_period_change(replace(CHANGE, id=99, action=Action.CANCEL, instant=None, second="", reason=""))
        assert tx.calendar_revision() == 3
        tx.record(make.entry())
    with store.read() as reader:
        found = reader.period_changes()
    assert [change.id for change in found] == [first, second]
    assert found[0] == replace(CHANGE, id=first)
    assert (found[1].action, found[1].instant, found[1].second) == (Action.CANCEL, None, "")


def test_a_change_of_a_period_that_the_store_does_not_have_is_kept_too(store: Store) -> None:
    with store.write() as tx:
        tx.add_period_change(replace(CHANGE, period="ge-2024-uk"))
        assert tx.calendar_revision() == 1
        tx.record(make.entry())


def test_a_change_without_an_entry_in_the_record_is_refused(store: Store) -> None:
    with pytest.raises(RuntimeError, match="recorded nothing"), store.write() as tx:
        tx.add_period_change(CHANGE)
    with store.read() as reader:
        assert reader.period_changes() == ()
        assert reader.calendar_revision() == 0


def test_a_proposal_is_kept_and_answered_once(store: Store) -> None:
    with store.write() as tx:
        number = tx.add_proposal(PROPOSAL)
        stored = replace(PROPOSAL, id=number)
        assert tx.proposals() == (stored,)
        assert tx.calendar_revision() == 0
        answered = replace(
            stored, answer=Answer.REFUSED, answered_by="bob", answered_at=make.NOON + make.MINUTE, answer_reason="Not yet"
        )
        tx.answer_proposal(answered)
        with pytest.raises(WrongState, match="refused before"):
            tx.answer_proposal(replace(answered, answer=Answer.ACCEPTED))
        with pytest.raises(NotFound, match="no proposal 77"):
            tx.answer_proposal(replace(answered, id=77))
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.proposals() == (answered,)


def test_a_proposal_is_made_without_an_answer_and_an_answer_says_something(store: Store) -> None:
    with store.write() as tx:
        with pytest.raises(ValueError, match="without an answer"):
            tx.add_proposal(replace(PROPOSAL, answer=Answer.ACCEPTED))
        with pytest.raises(ValueError, match="yes or no"):
            tx.answer_proposal(PROPOSAL)


def test_a_naive_instant_is_refused() -> None:
    naive = make.NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        replace(CHANGE, instant=naive)
    with pytest.raises(ValueError, match="time zone"):
        replace(PROPOSAL, at=naive)
