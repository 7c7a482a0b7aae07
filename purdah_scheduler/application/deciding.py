"""Deciding: a person clears, rejects or signs off exactly the content that the person has read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.matter import Matter, moments, settings_ahead
from purdah_scheduler.application.office import Actor, House, Office, require
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.application.proving import Signed, check_known, verified
from purdah_scheduler.application.recording import record
from purdah_scheduler.application.signing import all_flags
from purdah_scheduler.domain.audit import Plain
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Decision, Setting, Stage, Standing, latest
from purdah_scheduler.domain.content import digest_matches, short
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.posts import DeliveryState, HoldReason, PostState, check_delivery_move, check_post_move
from purdah_scheduler.domain.readings import Reading
from purdah_scheduler.domain.statements import Request
from purdah_scheduler.errors import BadInput, OwnWork, StaleDigest, WrongStage, WrongState

_OUT = (DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.PUBLISHED)
_OPEN = (PostState.IN_REVIEW, PostState.CLEARED, PostState.SCHEDULED, PostState.REJECTED)


def request(
    office: Office, actor: Actor, post_id: int, *, stage: str, choice: Choice, typed_digest: str, reason: str = ""
) -> Request:
    """What the person has to sign for this decision, of this moment; nothing is recorded. Raises what `decide` raises."""
    with office.store.read() as reader:
        matter = Matter.read(reader, office.house, post_id)
        decision, _, _ = _decision(office, actor, reader, matter, stage, choice, typed_digest, reason)
        return Request(instance=reader.instance(), post=post_id, decision=decision)


def decide(
    office: Office,
    actor: Actor,
    post_id: int,
    *,
    stage: str,
    choice: Choice,
    typed_digest: str,
    reason: str = "",
    signed: Signed | None = None,
) -> PostState:
    """Record a decision on a stage (or `sign-off`) for the digest that the person read. Returns the post's state after it.

    A sign-off answers the flags that stand now and at the times at which the post may go out, on accounts of bodies whose role
    the person has, and nothing else. A withdrawal takes back one's own decision; from a person who has none on the stage, the
    rejections of others on it. A `signed` one is of the time of its request. Raises StaleDigest if the post changed since,
    OwnWork for a writer of any revision, NotAllowed without the role, WrongStage out of turn, WrongState where nothing is to
    decide, BadInput where a reason is needed, NotProven where the person is not known surely enough or a signature does not hold.
    """
    now = office.now()
    house = office.house
    with office.store.write() as tx:
        matter = Matter.read(tx, house, post_id)
        decision, ahead, lifted = _decision(office, actor, tx, matter, stage, choice, typed_digest, reason)
        if signed is not None:
            decision = verified(office, tx.instance(), post_id, decision, signed)
            actor = replace(actor, assurance=decision.assurance)
        check_known(house, matter, decision, lifted)
        tx.add_decision(post_id, decision)
        tx.note_reading(Reading(post=post_id, person=actor.person.id, at=now, revision=matter.revision.number))
        stands = Matter.read(tx, house, post_id).standing(house, ahead)
        state = _state_after(tx, post_id, stands, matter.post.state)
        if state is not matter.post.state:
            check_post_move(matter.post.state, state)
            tx.save_post(replace(matter.post, state=state))
        if matter.post.state is PostState.SCHEDULED and not stands.complete:
            _hold_queued(tx, post_id, f"Its clearance no longer stands: {actor.person.id} chose {choice} on {stage}.")
        others: list[Plain] = [*sorted({taken.person for taken in lifted} - {actor.person.id})]
        record(
            tx,
            actor,
            f"decision.{choice}",
            at=now,
            post=post_id,
            public={
                "digest": matter.digest,
                "revision": matter.revision.number,
                "stage": stage,
                "state": str(state),
                "given_at": decision.at.isoformat(),
                **({"answers": list(decision.answers)} if decision.answers else {}),
            },
            private={
                "reason": decision.reason,
                **({"of": others} if others else {}),
                **({"proof": decision.proof} if decision.proof else {}),
            },
        )
    return state


def _decision(
    office: Office, actor: Actor, reader: Reader, matter: Matter, stage: str, choice: Choice, typed_digest: str, reason: str
) -> tuple[Decision, tuple[Setting, ...], tuple[Decision, ...]]:
    """The decision as it would be recorded now, the settings that it was weighed in, and the decisions that it takes back.

    Everything has been looked at but how surely the person is known.
    """
    now, house, post = office.now(), office.house, matter.post
    ahead = settings_ahead(matter, house, house.calendar(reader), reader.deliveries(post.id), now)
    step = _step(office, actor, reader, matter, stage)
    check_digest(matter, typed_digest)
    if post.state not in _OPEN:
        raise WrongState(
            f"Post {post.id} is {post.state.replace('_', ' ')}, so there is nothing to decide.",
            next_step=f"Its author submits it first: purdah-scheduler post submit {post.id}",
        )
    if actor.person.id in matter.authors:
        raise OwnWork(
            f"{actor.person.name} wrote a revision of post {post.id} and cannot clear it, so nothing was decided.",
            next_step="Somebody who wrote none of it must decide.",
        )
    rejected = matter.standing(house, ahead).rejected_by
    _check_word(matter, actor, stage, choice, reason, rejected)
    lifted = withdraws(matter, actor.person.id, stage, rejected) if choice is Choice.WITHDRAW else ()
    if step is not None and choice is Choice.APPROVE:
        _check_turn(office, matter, step, actor, ahead)
    decision = Decision(
        person=actor.person.id,
        stage=stage,
        choice=choice,
        digest=matter.digest,
        revision=matter.revision.number,
        at=now,
        assurance=actor.assurance,
        reason=reason,
        answers=_signed(reader, office, actor, matter, now) if stage == SIGN_OFF and choice is Choice.APPROVE else (),
    )
    return decision, ahead, lifted


def _roles(house: House, matter: Matter) -> tuple[Role, ...]:
    """The roles of which one is needed to sign off this post's flags on any of its accounts."""
    mine = {entry.account for entry in matter.content.accounts}
    roles = {house.sign_off_role_for(account.body) for account in house.accounts if account.id in mine}
    return tuple(sorted(roles or {house.sign_off_role}))


def _signed(tx: Reader, office: Office, actor: Actor, matter: Matter, now: datetime) -> tuple[str, ...]:
    """The keys of the flags that this person's yes answers. Raises WrongState where there is none: it would say nothing."""
    house, post = office.house, matter.post
    flags = all_flags(matter, house, house.calendar(tx), moments(post, tx.deliveries(post.id), now))
    mine = {flag.finding.key for flag in flags if actor.person.has(flag.role)}
    if not mine:
        others = sorted({flag.role for flag in flags})
        raise WrongState(
            f"Post {post.id} has no flag, now or at its time, that {actor.person.name} could sign off, so nothing was decided.",
            next_step=f"Its flags take the role {' or '.join(others)}."
            if others
            else f"A sign-off is for the time at which a post goes out: purdah-scheduler post schedule {post.id} --at …",
        )
    return tuple(sorted(mine))


def _step(office: Office, actor: Actor, tx: Reader, matter: Matter, stage: str) -> Stage | None:
    """The stage of that name (None for the sign-off), once the actor has its role."""
    if stage == SIGN_OFF:
        require(actor, tx, *_roles(office.house, matter), to="sign off flagged posts")
        return None
    step = office.house.stage(stage)
    if step is None or not step.concerns(matter.content):
        names = [known.id for known in office.house.chain if known.concerns(matter.content)]
        raise WrongStage(
            f"Post {matter.post.id} has no stage “{stage}”, so nothing was decided.",
            next_step=f"Its stages are: {', '.join([*names, SIGN_OFF])}.",
        )
    require(actor, tx, step.role, to=f"decide on the stage “{step.label}”")
    return step


def check_digest(matter: Matter, typed: str) -> None:
    """Raise BadInput without a digest, and StaleDigest where it is not that of what the post says now."""
    if not typed.strip():
        raise BadInput(
            "A decision needs the digest of the text that you read, so nothing was decided.",
            next_step=f"Read it (purdah-scheduler post show {matter.post.id}) and give the digest it shows with --digest.",
        )
    if not digest_matches(typed, matter.digest):
        raise StaleDigest(
            f"You read {typed.strip()}, but post {matter.post.id} is now {short(matter.digest)} (revision "
            f"{matter.revision.number} by {matter.revision.author}), so nothing was decided.",
            next_step=f"Read it again: purdah-scheduler post show {matter.post.id}",
        )


def _check_word(matter: Matter, actor: Actor, stage: str, choice: Choice, reason: str, rejected: Sequence[Decision]) -> None:
    if choice is Choice.REJECT and not reason.strip():
        raise BadInput("A rejection needs a reason, so nothing was decided.", next_step="Give it with --reason.")
    if stage == SIGN_OFF and choice is Choice.APPROVE and not reason.strip():
        raise BadInput("A sign-off needs a reason, so nothing was decided.", next_step="Give it with --reason.")
    if choice is Choice.WITHDRAW and not withdraws(matter, actor.person.id, stage, rejected):
        raise WrongState(
            f"{actor.person.name} has no standing decision on {stage}, and nobody's rejection stands there, so there is nothing "
            "to withdraw."
        )


def withdraws(matter: Matter, person: str, stage: str, rejected: Sequence[Decision]) -> tuple[Decision, ...]:
    """The decisions that this person's withdrawal on a stage takes back: the own one or, where there is none, every rejection."""
    own = latest(matter.decisions).get((stage, person))
    if own is not None and own.revision == matter.revision.number and own.choice is not Choice.WITHDRAW:
        return (own,)
    return tuple(decision for decision in rejected if decision.stage == stage)


def _check_turn(office: Office, matter: Matter, step: Stage, actor: Actor, ahead: Sequence[Setting]) -> None:
    """Stages come in order, and one person clears one stage."""
    house = office.house
    earlier = matter.standing(house, ahead, stages=house.chain[: house.chain.index(step)])
    if earlier.missing:
        raise WrongStage(
            f"The stage “{earlier.missing[0].label}” comes first and is still missing, so nothing was decided.",
            next_step=f"It can be given by: {', '.join(earlier.missing[0].people) or 'nobody in the configuration'}.",
        )
    if any(
        decision.person == actor.person.id for decision in matter.standing(house, ahead).counting if decision.stage != step.id
    ):
        raise OwnWork(
            f"{actor.person.name} has cleared another stage of post {matter.post.id}; each stage needs a person of its own, "
            "so nothing was decided."
        )


def _state_after(tx: Writer, post_id: int, stands: Standing, before: PostState) -> PostState:
    """What the post is called now; one of which a part is out, or may be, stays scheduled: its words can no longer change."""
    if before is PostState.SCHEDULED and any(entry.state in _OUT for entry in tx.deliveries(post_id)):
        return before
    if stands.rejected_by:
        return PostState.REJECTED
    if not stands.complete:
        return PostState.IN_REVIEW
    return before if before is PostState.SCHEDULED else PostState.CLEARED


def _hold_queued(tx: Writer, post_id: int, reason: str) -> None:
    for entry in tx.deliveries(post_id):
        if entry.state in (DeliveryState.SCHEDULED, DeliveryState.CLAIMED):
            check_delivery_move(entry.state, DeliveryState.HELD)
            held = replace(entry, state=DeliveryState.HELD, reason_code=HoldReason.CLEARANCE, reason=reason)
            tx.save_delivery(held, was=entry.state)
