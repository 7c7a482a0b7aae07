"""Seeded faults: variants of the product that break one promise each, so that the proof shows that it can fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from purdah_scheduler.application import (
    breaking,
    deciding,
    exempting,
    gate,
    looking_up,
    matter,
    outcomes,
    publishing,
    recovering,
)
from purdah_scheduler.application.answers import Receipt
from purdah_scheduler.application.gate import Answer
from purdah_scheduler.application.look_plan import Question
from purdah_scheduler.application.matter import Matter
from purdah_scheduler.application.office import House
from purdah_scheduler.application.outcomes import Outcome
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.domain import clearance, findings, policy
from purdah_scheduler.domain.break_glass import LASTS, BreakGlass
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.posts import DeliveryState, HoldReason, Seen
from purdah_scheduler.store import store, writer
from tests.application.voyages import BREAKING, CALLING, EXEMPTING, GLASS_AND_BLOCK, GLASS_AND_STOP, SIGNING
from tests.application.watching import Promise

Patch = pytest.MonkeyPatch


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault, how it is planted, the promise that it breaks, and the stories in which it matters; none: all of the promise."""

    name: str
    breaks: Promise
    plant: Callable[[Patch], None]
    turns: Sequence[dict[str, Any]] = ()


MUTANTS: list[Mutant] = []


def _mutant(
    breaks: Promise, turns: Sequence[dict[str, Any]] = ()
) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    def add(plant: Callable[[Patch], None]) -> Callable[[Patch], None]:
        MUTANTS.append(Mutant(plant.__name__.strip("_").replace("_", " "), breaks, plant, turns))
        return plant

    return add


def _standing(patch: Patch, variant: Callable[..., clearance.Standing]) -> None:
    patch.setattr(matter, "standing", variant)


def _matter(patch: Patch, **authors: Callable[[Matter], frozenset[str]]) -> None:
    """Whoever is asked who wrote the post hears something else."""
    true_read, of = Matter.read, authors["authors"]

    def read(reader: Any, house: House, post: int) -> Matter:
        matter = true_read(reader, house, post)
        return replace(matter, authors=of(matter))

    patch.setattr(Matter, "read", read)


def _answers(patch: Patch, variant: Callable[[Answer], Answer]) -> None:
    """The daemon hears another answer than people do."""
    true_ask = gate.ask
    patch.setattr(publishing, "ask", lambda reader, **asked: variant(true_ask(reader, **asked)))


def _without(answer: Answer, *codes: HoldReason) -> Answer:
    return replace(answer, holds=tuple(hold for hold in answer.holds if hold.code not in codes))


# --- cleared or not sent --------------------------------------------------------------------------------------------


@_mutant(Promise.CLEARED)
def _a_clearance_outlives_an_edit(patch: Patch) -> None:
    def variant(**asked: Any) -> clearance.Standing:
        current = {"digest": asked["digest"], "revision": asked["revision"]}
        return clearance.standing(**asked | {"decisions": [replace(word, **current) for word in asked["decisions"]]})

    _standing(patch, variant)


@_mutant(Promise.CLEARED)
def _a_clearance_of_words_that_were_never_read_counts(patch: Patch) -> None:
    patch.setattr(deciding, "check_digest", lambda matter, typed: None)


@_mutant(Promise.CLEARED)
def _people_clear_their_own_posts(patch: Patch) -> None:
    _matter(patch, authors=lambda matter: frozenset())


@_mutant(Promise.CLEARED)
def _only_the_first_writer_counts_as_an_author(patch: Patch) -> None:
    _matter(patch, authors=lambda matter: frozenset({matter.post.created_by}))


@_mutant(Promise.CLEARED)
def _one_person_clears_two_stages(patch: Patch) -> None:
    def variant(**asked: Any) -> clearance.Standing:
        each = [clearance.standing(**asked | {"chain": [stage]}) for stage in asked["chain"]]
        return clearance.Standing(
            needed=tuple(stage for one in each for stage in one.needed),
            counting=tuple(word for one in each for word in one.counting),
            missing=tuple(lack for one in each for lack in one.missing),
            rejected_by=clearance.standing(**asked).rejected_by,
        )

    _standing(patch, variant)
    patch.setattr(deciding, "_check_turn", lambda *asked: None)


@_mutant(Promise.CLEARED)
def _a_rejection_is_ignored(patch: Patch) -> None:
    _standing(patch, lambda **asked: replace(clearance.standing(**asked), rejected_by=()))


@_mutant(Promise.CLEARED)
def _the_clearance_of_a_suspended_person_counts(patch: Patch) -> None:
    patch.setattr(House, "active", lambda house, reader: house.people)


@_mutant(Promise.CLEARED)
def _the_status_column_is_believed(patch: Patch) -> None:
    _answers(patch, lambda answer: _without(answer, HoldReason.CLEARANCE))


# --- never inside a block -------------------------------------------------------------------------------------------


@_mutant(Promise.BLOCK)
def _the_calendar_is_asked_for_the_time_at_which_it_was_due(patch: Patch) -> None:
    true_ask = gate.ask

    def ask(reader: Any, **asked: Any) -> Answer:
        then = true_ask(reader, **asked | {"at": asked["delivery"].due_at})
        return replace(then, missed=true_ask(reader, **asked).missed)

    patch.setattr(publishing, "ask", ask)


@_mutant(Promise.BLOCK)
def _the_calendar_is_asked_only_when_scheduling(patch: Patch) -> None:
    _answers(patch, lambda answer: _without(answer, HoldReason.BLOCKED, HoldReason.SIGN_OFF))


@_mutant(Promise.BLOCK)
def _the_gate_is_not_asked_again_for_the_intent(patch: Patch) -> None:
    heard: dict[tuple[int, int, int], Answer] = {}
    true_ask = Publisher._ask

    def ask(publisher: Publisher, reader: Any, entry: Any, now: Any) -> Answer:
        return heard.setdefault((id(publisher), entry.id, entry.fence), true_ask(publisher, reader, entry, now))

    patch.setattr(Publisher, "_ask", ask)


@_mutant(Promise.BLOCK, CALLING)
def _a_request_leaves_after_the_machine_has_slept(patch: Patch) -> None:
    patch.setattr(publishing, "_FUSE_SECONDS", float("inf"))


@_mutant(Promise.BLOCK, EXEMPTING)
def _an_exemption_outlives_an_edit(patch: Patch) -> None:
    _exemptions(patch, lambda matter, lift: replace(lift, digest=matter.digest))


@_mutant(Promise.BLOCK, EXEMPTING)
def _an_exemption_never_expires(patch: Patch) -> None:
    _exemptions(patch, lambda matter, lift: replace(lift, expires_at=lift.expires_at + timedelta(days=365)))


@_mutant(Promise.BLOCK, EXEMPTING)
def _an_exemption_cannot_be_revoked(patch: Patch) -> None:
    _exemptions(patch, lambda matter, lift: replace(lift, revoked_at=None))


@_mutant(Promise.BLOCK, EXEMPTING)
def _an_exemption_by_somebody_who_wrote_the_post_counts(patch: Patch) -> None:
    true_exemptions = Matter.exemptions_at
    patch.setattr(
        Matter,
        "exemptions_at",
        lambda matter, house, account, at: true_exemptions(replace(matter, authors=frozenset()), house, account, at),
    )


@_mutant(Promise.BLOCK, SIGNING)
def _a_sign_off_from_before_the_period_counts(patch: Patch) -> None:
    patch.setattr(matter, "signed_off", lambda **asked: clearance.signed_off(**asked | {"since": None}))


@_mutant(Promise.BLOCK, SIGNING)
def _a_sign_off_covers_another_period(patch: Patch) -> None:
    def variant(**asked: Any) -> Any:
        words = [replace(word, answers=(*word.answers, asked["key"])) for word in asked["decisions"]]
        return clearance.signed_off(**asked | {"decisions": words})

    patch.setattr(matter, "signed_off", variant)


@_mutant(Promise.BLOCK, SIGNING)
def _one_role_signs_off_for_every_body(patch: Patch) -> None:
    patch.setattr(House, "sign_off_role_for", lambda house, body: Role.APPROVER)


@_mutant(Promise.BLOCK, SIGNING)
def _a_sign_off_survives_an_extension(patch: Patch) -> None:
    patch.setattr(findings, "shape", lambda period: period.id)


@_mutant(Promise.BLOCK, EXEMPTING)
def _an_exemption_survives_an_extension(patch: Patch) -> None:
    patch.setattr(findings, "shape", lambda period: period.id)


@_mutant(Promise.BLOCK, EXEMPTING)
def _an_exemption_lifts_every_period(patch: Patch) -> None:
    true_case = matter.completed

    def completed(*asked: Any) -> Any:
        case = true_case(*asked)
        return replace(case, exemption="granted once") if case.lifts else case

    for module in (matter, gate):
        patch.setattr(module, "completed", completed)


@_mutant(Promise.BLOCK, EXEMPTING)
def _an_exemption_of_a_campaign_lifts_a_referendum(patch: Patch) -> None:
    true_lifted = policy._lifted
    patch.setattr(policy, "_lifted", lambda finding, case: true_lifted(replace(finding, exemptible=True), case))
    patch.setattr(exempting, "REFERENDUM", "")


@_mutant(Promise.BLOCK, EXEMPTING)
def _an_exemption_of_a_campaign_by_somebody_who_wrote_the_post_counts(patch: Patch) -> None:
    true_exemptions = Matter.exemptions_at

    def variant(known: Matter, house: House, account: Any, at: Any) -> Any:
        own = replace(known, exemptions=tuple(lift for lift in known.exemptions if lift.post is None), authors=frozenset())
        return true_exemptions(known, house, account, at) or true_exemptions(own, house, account, at)

    patch.setattr(Matter, "exemptions_at", variant)


def _exemptions(patch: Patch, variant: Callable[[Matter, Any], Any]) -> None:
    true_exemptions = Matter.exemptions_at

    def exemptions_at(known: Matter, house: House, account: Any, at: Any) -> Any:
        altered = tuple(variant(known, lift) for lift in known.exemptions)
        return true_exemptions(replace(known, exemptions=altered), house, account, at)

    patch.setattr(Matter, "exemptions_at", exemptions_at)


# --- never twice ----------------------------------------------------------------------------------------------------


@_mutant(Promise.ONCE)
def _an_unknown_outcome_is_tried_again(patch: Patch) -> None:
    true_send = Publisher._send

    def send(publisher: Publisher, ready: Any, sending: Any) -> Outcome:
        outcome = true_send(publisher, ready, sending)
        if outcome.state is not DeliveryState.UNKNOWN:
            return outcome
        return replace(outcome, state=DeliveryState.SCHEDULED, retry_at=publisher._office.now())

    patch.setattr(Publisher, "_send", send)


@_mutant(Promise.ONCE)
def _recovery_sends_again(patch: Patch) -> None:
    def give_up(tx: Any, owner: Any, entry: Any, now: Any, reason: str) -> Any:
        again = outcomes.let_go(entry, DeliveryState.SCHEDULED)
        outcomes.move(tx, owner, entry, again, now)
        return again

    patch.setattr(recovering, "_give_up", give_up)


@_mutant(Promise.ONCE)
def _the_request_leaves_before_the_intent_is_on_record(patch: Patch) -> None:
    true_prepare = Publisher._prepare
    receipts: dict[str, Receipt] = {}

    def prepare(publisher: Publisher, claimed: Any) -> Any:
        ready = true_prepare(publisher, claimed)
        receipts[ready.outgoing.key] = ready.channel.commit(ready.outgoing, ready.staged)
        return ready

    def send(publisher: Publisher, ready: Any, sending: Any) -> Outcome:
        receipt = receipts[ready.outgoing.key]
        return Outcome(state=DeliveryState.PUBLISHED, detail="Published.", receipt=receipt)

    patch.setattr(Publisher, "_prepare", prepare)
    patch.setattr(Publisher, "_send", send)


@_mutant(Promise.ONCE)
def _a_request_that_is_on_its_way_can_be_absent(patch: Patch) -> None:
    true_about = Question.about
    patch.setattr(Question, "about", lambda attempt, **asked: replace(true_about(attempt, **asked), can_be_absent=True))


@_mutant(Promise.ONCE)
def _what_is_not_in_sight_at_once_was_never_sent(patch: Patch) -> None:
    patch.setattr(looking_up, "is_absent", lambda question, looks, rules: looks[-1].outcome is Seen.ABSENT)


@_mutant(Promise.ONCE)
def _proof_that_comes_late_is_ignored(patch: Patch) -> None:
    patch.setattr(outcomes, "_late_proof", lambda tx, owner, entry, sending, outcome, now: entry)


@_mutant(Promise.ONCE)
def _proof_that_comes_late_is_noted_and_moves_nothing(patch: Patch) -> None:
    def proven(tx: Any, owner: Any, entry: Any, outcome: Any, now: Any, facts: Any) -> Any:
        outcomes.note(tx, owner, entry, now, "delivery.late-proof", facts)
        return entry

    patch.setattr(outcomes, "_proven", proven)


# --- never lost, never silent, never late; never while it is stopped ------------------------------------------------


@_mutant(Promise.SILENT)
def _the_outcome_is_recorded_before_the_request(patch: Patch) -> None:
    true_send = Publisher._send

    def send(publisher: Publisher, ready: Any, sending: Any) -> Outcome:
        hoped = Outcome(state=DeliveryState.PUBLISHED, detail="Published.", receipt=Receipt(remote_id="1"))
        outcomes.settle(publisher._office, publisher._owner, sending, hoped)
        return true_send(publisher, ready, sending)

    patch.setattr(Publisher, "_send", send)


@_mutant(Promise.SILENT)
def _lateness_is_ignored(patch: Patch) -> None:
    _answers(patch, lambda answer: replace(answer, missed=""))


@_mutant(Promise.SILENT)
def _what_is_due_in_an_hour_is_claimed_now(patch: Patch) -> None:
    true_claim = writer.SqlWriter.claim_due
    patch.setattr(
        writer.SqlWriter,
        "claim_due",
        lambda tx, *, now, **asked: true_claim(tx, now=now + timedelta(hours=1), **asked),
    )


@_mutant(Promise.SILENT)
def _a_hold_has_no_reason(patch: Patch) -> None:
    true_let_go = outcomes.let_go
    patch.setattr(outcomes, "let_go", lambda entry, state, **said: true_let_go(entry, state))


@_mutant(Promise.STOP)
def _a_stop_is_ignored(patch: Patch) -> None:
    _answers(patch, lambda answer: _without(answer, HoldReason.PAUSED))


# --- on the record --------------------------------------------------------------------------------------------------


@_mutant(Promise.RECORD)
def _a_decision_is_not_on_the_record(patch: Patch) -> None:
    patch.setattr(deciding, "record", lambda *said, **more: None)
    patch.setattr(writer.SqlWriter, "finish", lambda tx: None)


@_mutant(Promise.UNCHANGED)
def _what_was_done_before_a_refusal_stays(patch: Patch) -> None:
    patch.setattr(store, "_roll_back", lambda connection: connection.commit())


# --- every door -----------------------------------------------------------------------------------------------------


@_mutant(Promise.DOOR)
def _the_door_asks_for_no_role(patch: Patch) -> None:
    patch.setattr(deciding, "require", lambda *asked, **more: None)


@_mutant(Promise.DOOR)
def _stages_come_in_any_order(patch: Patch) -> None:
    patch.setattr(deciding, "_check_turn", lambda *asked: None)


@_mutant(Promise.STATE)
def _a_claim_is_never_given_back(patch: Patch) -> None:
    patch.setattr(recovering, "_give_back", lambda tx, owner, entry, now, why: entry)


# --- break-glass ----------------------------------------------------------------------------------------------------


@_mutant(Promise.CLEARED, BREAKING)
def _a_break_glass_outlives_an_edit(patch: Patch) -> None:
    patch.setattr(BreakGlass, "covers", lambda glass, digest, revision, at: glass.at <= at < glass.at + LASTS)


@_mutant(Promise.CLEARED, BREAKING)
def _a_break_glass_of_words_that_were_never_read_counts(patch: Patch) -> None:
    patch.setattr(breaking, "check_digest", lambda matter, typed: None)
    patch.setattr(BreakGlass, "covers", lambda glass, digest, revision, at: glass.revision <= revision)


@_mutant(Promise.CLEARED, BREAKING)
def _a_break_glass_skips_a_no(patch: Patch) -> None:
    def variant(**asked: Any) -> clearance.Standing:
        stands = clearance.standing(**asked)
        return replace(stands, rejected_by=()) if stands.skipped else stands

    _standing(patch, variant)


@_mutant(Promise.BLOCK, GLASS_AND_BLOCK)
def _a_break_glass_lifts_a_block(patch: Patch) -> None:
    _answers(patch, lambda answer: _without(answer, HoldReason.BLOCKED) if answer.standing.skipped else answer)


@_mutant(Promise.STOP, GLASS_AND_STOP)
def _a_break_glass_skips_the_stop(patch: Patch) -> None:
    _answers(patch, lambda answer: _without(answer, HoldReason.PAUSED) if answer.standing.skipped else answer)


@_mutant(Promise.DOOR, BREAKING)
def _a_break_glass_is_reviewed_by_who_wrote_the_post(patch: Patch) -> None:
    true_read, true_review = Matter.read, breaking.review

    class Blind:
        """Nobody wrote anything."""

        @staticmethod
        def read(reader: Any, house: House, post: int) -> Matter:
            return replace(true_read(reader, house, post), authors=frozenset())

    def review(*asked: Any, **more: Any) -> Any:
        with patch.context() as meanwhile:
            meanwhile.setattr(breaking, "Matter", Blind)
            return true_review(*asked, **more)

    patch.setattr(breaking, "review", review)
