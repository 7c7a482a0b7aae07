"""Deciding: a person clears, rejects, signs off or exempts exactly the content that the person has read."""

from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.matter import Matter
from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.ports import Writer
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Decision, Stage, Standing, latest
from purdah_scheduler.domain.content import digest_matches, short
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.posts import DeliveryState, Exemption, HoldReason, PostState, check_delivery_move, check_post_move
from purdah_scheduler.errors import BadInput, NotFound, OwnWork, StaleDigest, WrongStage, WrongState

_OUT = (DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.PUBLISHED)
_OPEN = (PostState.IN_REVIEW, PostState.CLEARED, PostState.SCHEDULED, PostState.REJECTED)


def decide(
    office: Office, actor: Actor, post_id: int, *, stage: str, choice: Choice, typed_digest: str, reason: str = ""
) -> PostState:
    """Record a decision on a stage (or `sign-off`) for the digest that the person read. Returns the post's state after it.

    Raises StaleDigest if the post changed since, OwnWork for a writer of any revision, NotAllowed without the role,
    WrongStage out of turn, WrongState where nothing is to decide, BadInput where a reason is needed.
    """
    now = office.now()
    house = office.house
    with office.store.write() as tx:
        matter = Matter.read(tx, house, post_id)
        step = _step(office, actor, tx, matter, stage)
        _check_digest(matter, typed_digest)
        if matter.post.state not in _OPEN:
            raise WrongState(
                f"Post {post_id} is {matter.post.state.replace('_', ' ')}, so there is nothing to decide.",
                next_step=f"Its author submits it first: purdah-scheduler post submit {post_id}",
            )
        if actor.person.id in matter.authors:
            raise OwnWork(
                f"{actor.person.name} wrote a revision of post {post_id} and cannot clear it, so nothing was decided.",
                next_step="Somebody who wrote none of it must decide.",
            )
        _check_word(matter, actor, stage, choice, reason)
        if step is not None and choice is Choice.APPROVE:
            _check_turn(office, matter, step, actor)
        decision = Decision(
            person=actor.person.id,
            stage=stage,
            choice=choice,
            digest=matter.digest,
            revision=matter.revision.number,
            at=now,
            assurance=actor.assurance,
            reason=reason,
        )
        tx.add_decision(post_id, decision)
        stands = Matter.read(tx, house, post_id).standing(house)
        state = _state_after(tx, post_id, stands, matter.post.state)
        if state is not matter.post.state:
            check_post_move(matter.post.state, state)
            tx.save_post(replace(matter.post, state=state))
        if matter.post.state is PostState.SCHEDULED and not stands.complete:
            _hold_queued(tx, post_id, f"Its clearance no longer stands: {actor.person.id} chose {choice} on {stage}.")
        record(
            tx,
            actor,
            f"decision.{choice}",
            at=now,
            post=post_id,
            public={"digest": matter.digest, "revision": matter.revision.number, "stage": stage, "state": str(state)},
            private={"reason": reason},
        )
    return state


def grant_exemption(office: Office, actor: Actor, post_id: int, *, until: datetime, reason: str, typed_digest: str = "") -> int:
    """Lift a block (or flag) from one post until `until`, for this digest only. Returns the exemption's id.

    It never lifts partisan content or the referendum regime (domain.md section 3, modifier 8). Raises NotAllowed, OwnWork,
    StaleDigest, BadInput.
    """
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, office.house.exemption_role, to="grant exemptions")
        matter = Matter.read(tx, office.house, post_id)
        if typed_digest:
            _check_digest(matter, typed_digest)
        if actor.person.id in matter.authors:
            raise OwnWork(f"{actor.person.name} wrote a revision of post {post_id} and cannot exempt it, so nothing was granted.")
        if len(reason.strip()) < 10:
            raise BadInput(
                "An exemption needs a reason of at least 10 characters, so none was granted.", next_step="Give --reason."
            )
        if until <= now:
            raise BadInput("The exemption would end in the past, so none was granted.", next_step="Give a later --until.")
        exemption = Exemption(
            id=0, post=post_id, digest=matter.digest, person=actor.person.id, reason=reason.strip(), at=now, expires_at=until
        )
        new_id = tx.add_exemption(exemption)
        record(
            tx,
            actor,
            "exemption.granted",
            at=now,
            post=post_id,
            public={"digest": matter.digest, "exemption": new_id, "until": until.isoformat()},
            private={"reason": exemption.reason},
        )
    return new_id


def revoke_exemption(office: Office, actor: Actor, post_id: int, exemption_id: int) -> None:
    """End an exemption now. Raises NotFound, NotAllowed, WrongState if it was revoked before."""
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, office.house.exemption_role, Role.PUBLISHER, to="revoke exemptions")
        exemption = next((known for known in tx.exemptions(post_id) if known.id == exemption_id), None)
        if exemption is None:
            raise NotFound(
                f"Post {post_id} has no exemption {exemption_id}, so nothing was revoked.",
                next_step="purdah-scheduler exemption list",
            )
        if exemption.revoked_at is not None:
            raise WrongState(f"Exemption {exemption_id} was revoked before, so nothing was changed.")
        tx.revoke_exemption(exemption_id, now)
        record(tx, actor, "exemption.revoked", at=now, post=post_id, public={"exemption": exemption_id})


def _step(office: Office, actor: Actor, tx: Writer, matter: Matter, stage: str) -> Stage | None:
    """The stage of that name (None for the sign-off), once the actor has its role."""
    if stage == SIGN_OFF:
        require(actor, tx, office.house.sign_off_role, to="sign off flagged posts")
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


def _check_digest(matter: Matter, typed: str) -> None:
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


def _check_word(matter: Matter, actor: Actor, stage: str, choice: Choice, reason: str) -> None:
    if choice is Choice.REJECT and not reason.strip():
        raise BadInput("A rejection needs a reason, so nothing was decided.", next_step="Give it with --reason.")
    if stage == SIGN_OFF and choice is Choice.APPROVE and not reason.strip():
        raise BadInput("A sign-off needs a reason, so nothing was decided.", next_step="Give it with --reason.")
    before = latest(matter.decisions).get((stage, actor.person.id))
    stands = before is not None and before.revision == matter.revision.number and before.choice is not Choice.WITHDRAW
    if choice is Choice.WITHDRAW and not stands:
        raise WrongState(f"{actor.person.name} has no standing decision on {stage}, so there is nothing to withdraw.")


def _check_turn(office: Office, matter: Matter, step: Stage, actor: Actor) -> None:
    """Stages come in order, and one person clears one stage."""
    house = office.house
    before = [stage for stage in house.chain[: house.chain.index(step)] if stage.concerns(matter.content)]
    earlier = matter.standing_on(before)
    if earlier.missing:
        raise WrongStage(
            f"The stage “{earlier.missing[0].label}” comes first and is still missing, so nothing was decided.",
            next_step=f"It can be given by: {', '.join(earlier.missing[0].people) or 'nobody in the configuration'}.",
        )
    if any(decision.person == actor.person.id for decision in matter.standing(house).counting if decision.stage != step.id):
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
