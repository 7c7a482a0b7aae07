"""Break-glass: a person on duty lets a text out without named clearances, everybody is told first, somebody else reviews it."""

from dataclasses import replace

from purdah_scheduler.application.deciding import check_digest
from purdah_scheduler.application.matter import Matter, settings_ahead
from purdah_scheduler.application.office import Actor, House, Office, require
from purdah_scheduler.application.recording import record
from purdah_scheduler.application.views import PostView
from purdah_scheduler.domain.break_glass import LASTS, SHORTEST_REASON, BreakGlass
from purdah_scheduler.domain.clearance import SIGN_OFF
from purdah_scheduler.domain.content import clean_text
from purdah_scheduler.domain.people import Person, Role
from purdah_scheduler.domain.posts import PostState, check_post_move
from purdah_scheduler.errors import BadInput, NotAllowed, OwnWork, WrongStage, WrongState

_REVIEWERS = (Role.APPROVER, Role.PROPRIETY, Role.OPERATOR)
_OPEN = (PostState.IN_REVIEW, PostState.CLEARED, PostState.SCHEDULED)


def skippable(view: PostView) -> tuple[str, ...]:
    """The stages that a post lacks and that a break-glass could skip: never a sign-off."""
    return tuple(dict.fromkeys(gap.stage for gap in view.standing.missing if gap.stage != SIGN_OFF))


def why_no_glass(house: House, person: Person, view: PostView) -> str:
    """Why this person cannot break the glass for this post, in a sentence; empty where they can."""
    if not house.break_glass.enabled:
        return "Break-glass is switched off. Whoever keeps the configuration can switch it on: [break_glass] enabled = true"
    if not person.has(Role.DUTY):
        return "Only a person with the role duty breaks the glass."
    if person.id in view.authors:
        return "You wrote a revision of it, and nobody lets out their own words."
    if view.post.state not in _OPEN:
        return f"Post {view.post.id} is {view.post.state.replace('_', ' ')}. Break-glass is for what waits for clearance."
    return "" if skippable(view) else "No stage that could be skipped is missing, so there is no glass to break."


def why_no_review(person: Person, view: PostView) -> str:
    """Why this person cannot review what was let out without a clearance, in a sentence; empty where they can."""
    waiting = [glass for glass in view.break_glasses if glass.reviewed_at is None]
    if not waiting:
        return "No break-glass of this post waits for a review."
    if not person.has(*_REVIEWERS):
        return f"A break-glass is reviewed by somebody with the role {', '.join(sorted(_REVIEWERS))}."
    if person.id in view.authors or any(glass.person == person.id for glass in waiting):
        return "You wrote part of it or broke the glass for it. Somebody else must review it."
    return ""


def break_glass(
    office: Office, actor: Actor, post_id: int, *, stages: tuple[str, ...], reason: str, incident: str, typed_digest: str = ""
) -> BreakGlass:
    """Let exactly what the post says now out without the clearances of `stages`, for 24 hours. Nothing is sent by it.

    It skips what is missing of those stages and nothing else: no rejection, no sign-off, no block, no stop. Raises NotAllowed
    where it is switched off, used up or without the role `duty`, OwnWork, StaleDigest, BadInput, WrongStage and WrongState.
    """
    now, house = office.now(), office.house
    with office.store.write() as tx:
        require(actor, tx, Role.DUTY, to="break the glass")
        if not house.break_glass.enabled:
            raise NotAllowed(
                "Break-glass is switched off, so nothing was changed.",
                next_step="Whoever keeps the configuration can switch it on: [break_glass] enabled = true",
            )
        matter = Matter.read(tx, house, post_id)
        if typed_digest:
            check_digest(matter, typed_digest)
        if actor.person.id in matter.authors:
            raise OwnWork(f"{actor.person.name} wrote part of post {post_id} and cannot let it out, so nothing was changed.")
        if matter.post.state not in _OPEN:
            raise WrongState(
                f"Post {post_id} is {matter.post.state.replace('_', ' ')}, so the glass was not broken for it.",
                next_step=f"See what it needs: purdah-scheduler post show {post_id}",
            )
        words, number = clean_text(reason).strip(), clean_text(incident).strip()
        if len(words) < SHORTEST_REASON or not number:
            raise BadInput(
                f"Break-glass needs a reason of at least {SHORTEST_REASON} characters and the reference of an incident, so "
                "nothing was changed.",
                next_step="Give them with --reason and --incident.",
            )
        ahead = settings_ahead(matter, house, house.calendar(tx), tx.deliveries(post_id), now)
        lacking = [gap.stage for gap in matter.standing(house, ahead).missing]
        for stage in stages:
            if stage == SIGN_OFF or stage not in lacking:
                raise WrongStage(
                    f"The stage “{stage}” is not one that post {post_id} lacks and could skip, so nothing was changed.",
                    next_step=f"It lacks: {', '.join(lacking) or 'none'}. A sign-off is never skipped.",
                )
        if not stages:
            names = ", ".join(lacking) or "none is missing"
            raise BadInput("No stage was named, so nothing was skipped.", next_step=f"Name each with --skip: {names}.")
        if len(tx.broken_since(now - LASTS)) >= house.break_glass.most:
            raise NotAllowed(
                f"The glass was broken {house.break_glass.most} times in 24 hours, which is the most that is allowed, so nothing "
                "was changed.",
                next_step="Have the post cleared as usual, or ask whoever keeps the configuration.",
            )
        glass = BreakGlass(
            id=0,
            post=post_id,
            digest=matter.digest,
            revision=matter.revision.number,
            person=actor.person.id,
            stages=tuple(dict.fromkeys(stages)),
            reason=words,
            incident=number,
            at=now,
        )
        glass = replace(glass, id=tx.add_break_glass(glass))
        stands = Matter.read(tx, house, post_id).standing(house, ahead)
        if stands.complete and matter.post.state is PostState.IN_REVIEW:
            check_post_move(matter.post.state, PostState.CLEARED)
            tx.save_post(replace(matter.post, state=PostState.CLEARED))
        record(
            tx,
            actor,
            "break_glass.granted",
            at=now,
            post=post_id,
            public={
                "break_glass": glass.id,
                "digest": glass.digest,
                "revision": glass.revision,
                "stages": list(glass.stages),
                "incident": glass.incident,
            },
            private={"reason": glass.reason},
        )
    return glass


def review(office: Office, actor: Actor, post_id: int, *, words: str) -> tuple[BreakGlass, ...]:
    """Say what is to be said of every break-glass of a post that nobody has reviewed. Returns them.

    By somebody who cleared, checks or operates, wrote none of the post and broke none of it. Raises NotAllowed, OwnWork, BadInput
    without words, and WrongState where there is nothing to review.
    """
    now, house = office.now(), office.house
    with office.store.write() as tx:
        require(actor, tx, *_REVIEWERS, to="review a break-glass")
        matter = Matter.read(tx, house, post_id)
        waiting = tuple(glass for glass in tx.break_glasses(post_id) if glass.reviewed_at is None)
        if not waiting:
            raise WrongState(f"Post {post_id} has no break-glass that waits for a review, so nothing was changed.")
        if actor.person.id in matter.authors or any(glass.person == actor.person.id for glass in waiting):
            raise OwnWork(
                f"{actor.person.name} wrote part of post {post_id} or broke the glass for it, so nothing was reviewed.",
                next_step="Somebody else must review it.",
            )
        said = clean_text(words).strip()
        if not said:
            raise BadInput("A review says what was found, so nothing was changed.", next_step="Give it with --note.")
        for glass in waiting:
            tx.review_break_glass(glass.id, by=actor.person.id, at=now, words=said)
            record(
                tx,
                actor,
                "break_glass.reviewed",
                at=now,
                post=post_id,
                public={"break_glass": glass.id, "digest": glass.digest},
                private={"note": said},
            )
    return waiting
