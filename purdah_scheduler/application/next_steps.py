"""What a person does next about a post on an account, by where it stands there."""

from purdah_scheduler.application.gate import Answer
from purdah_scheduler.application.matter import Matter
from purdah_scheduler.domain import threads
from purdah_scheduler.domain.posts import IN_HAND, Delivery, DeliveryState, HoldReason, PostState, ThreadState


def next_step(matter: Matter, deliveries: tuple[Delivery, ...], answer: Answer) -> str:
    """What a person does next about the deliveries of an account, as something to type; empty where nothing is to be done."""
    post = matter.post.id
    delivery = threads.leading(deliveries) if deliveries else None
    if delivery is None or delivery.state is DeliveryState.CANCELLED:
        return _next_for_post(matter, answer)
    match threads.state_of(deliveries):
        case ThreadState.PARTIAL if delivery.state in (DeliveryState.MISSED, DeliveryState.FAILED) or (
            delivery.state is DeliveryState.HELD and not answer.holds
        ):
            return (
                f"Give the rest a new time: purdah-scheduler post schedule {post} --at …, or cancel the rest: purdah-scheduler "
                f"post cancel {post}. What is public stays public until somebody deletes it on the platform."
            )
        case ThreadState.SHORTENED:
            return ""
        case _:
            pass
    match delivery.state:
        case DeliveryState.UNKNOWN if delivery.reason_code == IN_HAND:
            settle = f"purdah-scheduler post resolve {post} --account {delivery.account}"
            again = f"purdah-scheduler post by-hand {post} --account {delivery.account}"
            return f"When it is public: {settle} --published URL. If not: {settle} --not-published. The words again: {again}"
        case DeliveryState.UNKNOWN:
            return (
                f"Look at the account (or let the daemon look: purdah-scheduler post resolve {post} --look), then: "
                f"purdah-scheduler post resolve {post} --published URL, or purdah-scheduler post resolve {post} --not-published"
            )
        case DeliveryState.HELD if answer.holds:
            return answer.first.next_step
        case DeliveryState.HELD if delivery.reason_code == HoldReason.BY_HAND:
            return f"Take the words and post them: purdah-scheduler post by-hand {post} --account {delivery.account}"
        case DeliveryState.HELD | DeliveryState.MISSED:
            return f"Choose a new time: purdah-scheduler post schedule {post} --at …, or purdah-scheduler post cancel {post}"
        case DeliveryState.FAILED:
            return f"Edit it: purdah-scheduler post edit {post}, or purdah-scheduler post cancel {post}"
        case DeliveryState.SCHEDULED if not answer.go:
            return answer.missed or answer.first.next_step
        case _:
            return ""


def _next_for_post(matter: Matter, answer: Answer) -> str:
    post = matter.post.id
    match matter.post.state:
        case PostState.DRAFT:
            return f"When it is ready: purdah-scheduler post submit {post}"
        case PostState.IN_REVIEW:
            return next((hold.next_step for hold in answer.holds if hold.code is HoldReason.CLEARANCE), "")
        case PostState.CLEARED | PostState.SCHEDULED:
            return f"Give it a time: purdah-scheduler post schedule {post} --at …"
        case PostState.REJECTED:
            return f"Edit it: purdah-scheduler post edit {post}"
        case PostState.WITHDRAWN:
            return ""
