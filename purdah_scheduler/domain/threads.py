"""Threads: a post of several parts on one account, which of its deliveries count, and what people see of it as a whole."""

from collections.abc import Iterable, Sequence

from purdah_scheduler.domain.posts import TROUBLE, AccountState, Delivery, DeliveryState, ThreadState

_D = DeliveryState
_IN_WORDS = {
    _D.UNKNOWN: "may be public",
    _D.FAILED: "was refused",
    _D.HELD: "is held",
    _D.MISSED: "was too late",
    _D.SENDING: "is being sent",
    _D.CLAIMED: "is being prepared",
    _D.SCHEDULED: "is next",
}


def current(deliveries: Iterable[Delivery], account: str) -> tuple[Delivery, ...]:
    """The deliveries of one post that stand for an account now, by part: those of its newest revision that was queued there.

    A part that was cancelled and queued again counts once.
    """
    known = [entry for entry in deliveries if entry.account == account]
    if not known:
        return ()
    newest = max(known, key=lambda entry: entry.id).revision
    parts: dict[int, Delivery] = {}
    for entry in sorted(known, key=lambda entry: (entry.state is not _D.CANCELLED, entry.id)):
        if entry.revision == newest:
            parts[entry.part] = entry
    return tuple(parts[number] for number in sorted(parts))


def leading(parts: Sequence[Delivery]) -> Delivery:
    """The part that says how the whole stands: the one that needs a person most, and of equal ones the first."""
    return min(parts, key=lambda entry: (TROUBLE.index(entry.state), entry.part))


def state_of(parts: Sequence[Delivery]) -> AccountState:
    """Where the post is on that account: `partial` while some parts are public and others are not, else as its leading part."""
    states = {entry.state for entry in parts}
    if _D.PUBLISHED not in states or states == {_D.PUBLISHED}:
        return leading(parts).state
    return ThreadState.SHORTENED if states == {_D.PUBLISHED, _D.CANCELLED} else ThreadState.PARTIAL


def can_go_on(parts: Sequence[Delivery]) -> bool:
    """Whether a person may queue what is not public yet: nothing is under way or in doubt, and no later part is public already.

    It goes on at the next part, and never at an earlier one.
    """
    public = [entry.state is _D.PUBLISHED for entry in parts]
    is_in_doubt = any(entry.state in (_D.SENDING, _D.UNKNOWN) for entry in parts)
    return not is_in_doubt and not all(public) and public == sorted(public, reverse=True)


def reason_of(parts: Sequence[Delivery]) -> str:
    """Why it stands so, in words: how many parts are public, and what stops the next one."""
    first, public = leading(parts), sum(entry.state is _D.PUBLISHED for entry in parts)
    match state_of(parts):
        case ThreadState.SHORTENED:
            return f"{_so_far(public, len(parts))}; the rest was cancelled."
        case ThreadState.PARTIAL:
            said = f"{_so_far(public, len(parts))}; part {first.part} {_IN_WORDS[first.state]}"
            return f"{said}: {first.reason}" if first.reason else f"{said}."
        case _:
            return first.reason


def _so_far(public: int, parts: int) -> str:
    return f"{public} of {parts} parts {'is' if public == 1 else 'are'} public"
