"""`post submit`, `decide`, `schedule`, `move`, `cancel`, `hold`, `release` and `resolve`: a post on its way."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.beside import warn_beside, warning_facts
from purdah_scheduler.cli.grammar import post_argument, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.posts import view_of
from purdah_scheduler.cli.posts_show import expiry_words
from purdah_scheduler.cli.several import each, posts_argument
from purdah_scheduler.cli.shapes import queued_facts
from purdah_scheduler.cli.signing import Signing, print_request, signing_options
from purdah_scheduler.cli.speaking import emit, inline, say
from purdah_scheduler.cli.status import tell_if_nobody_publishes
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.domain.shifts import Shift, read_shift
from purdah_scheduler.errors import BadInput, BadTime, NeedsAttention

if TYPE_CHECKING:
    from purdah_scheduler.application.nearby import Warned
    from purdah_scheduler.application.scheduling import Queued
    from purdah_scheduler.application.views import PostView
    from purdah_scheduler.domain.statements import Request

_NEXT_SLOT = click.option(
    "--next-slot", "to_slot", is_flag=True, help="At the next slot of its accounts that is free and not inside a block."
)
_SCHEDULE = """\
purdah-scheduler --as asha post schedule 12 --at "tomorrow half past nine"
purdah-scheduler --as asha post schedule 12 --next-slot"""
_MOVE = """\
purdah-scheduler --as asha post move 12 --at "next tuesday 9am"
purdah-scheduler --as asha post move 12 15 19 --by +1d"""
_ACCOUNT = click.option("--account", "accounts", multiple=True, metavar="ID", help="Only on this account; can be repeated.")


@verb("submit", example="purdah-scheduler --as asha post submit 12 15")
@posts_argument
@click.pass_obj
def submit(call: Invocation, *, posts: tuple[int, ...]) -> int:
    """Ask those who must clear a post to do so. With several posts each is submitted by itself."""
    from purdah_scheduler.application import writing

    def one(post_id: int) -> None:
        writing.submit(call.office, call.actor, post_id)
        view = view_of(call, post_id)
        if call.as_json:
            emit({"post": post_id, "state": str(view.post.state), "digest": view.code})
            return
        say(f"Post {post_id} is {view.post.state.replace('_', ' ')}, {view.code}.")
        _tell_missing(call, post_id)

    return each(call, posts, one)


@verb("decide", example="purdah-scheduler --as bede post decide 12 --stage approval --approve --digest 7f3a-91c2")
@post_argument
@click.option("--stage", required=True, metavar="STAGE", help="The stage of the chain, or sign-off for a flag.")
@click.option("--approve", is_flag=True, help="Say yes.")
@click.option("--reject", is_flag=True, help="Say no; needs a reason.")
@click.option("--withdraw", is_flag=True, help="Take your own word back, or others' no of your stage.")
@click.option("--digest", default="", metavar="DIGEST", help="The digest of what you have read, such as 7f3a-91c2.")
@click.option("--reason", default="", help="Why; needed for a rejection and for a sign-off.")
@signing_options
@click.pass_obj
def decide(
    call: Invocation,
    *,
    post_id: int,
    stage: str,
    approve: bool,
    reject: bool,
    withdraw: bool,
    digest: str,
    reason: str,
    signing: Signing,
) -> None:
    """Approve, reject or sign off exactly the text that you have read; its digest says which that is.

    A stage can ask for a signature: --sign makes it here. On another machine: --print-signing-request, then --signature.
    """
    from purdah_scheduler.application import deciding

    given = [c for c, said in ((Choice.APPROVE, approve), (Choice.REJECT, reject), (Choice.WITHDRAW, withdraw)) if said]
    if len(given) != 1:
        raise BadInput(
            "A decision is one of --approve, --reject and --withdraw, so nothing was decided.", next_step="Give one of them."
        )
    choice = given[0]
    brought = signing.brought(call)
    said = reason or (brought.request.decision.reason if brought else "")

    def request() -> "Request":
        return deciding.request(call.office, call.actor, post_id, stage=stage, choice=choice, typed_digest=digest, reason=said)

    if signing.printing:
        print_request(call, request())
        return
    signature = brought or signing.made(call, request)
    state = deciding.decide(
        call.office, call.actor, post_id, stage=stage, choice=choice, typed_digest=digest, reason=said, signed=signature
    )
    view = view_of(call, post_id)
    signed = _signed_off(view) if stage == SIGN_OFF and choice is Choice.APPROVE else []
    if call.as_json:
        more = {"signed": signed} if signed else {}
        known = str(view.decisions[-1].decision.assurance)
        emit(
            {
                "post": post_id,
                "state": str(state),
                "stage": stage,
                "decision": str(choice),
                "digest": view.code,
                "assurance": known,
                **more,
            }
        )
        return
    say(f"Post {post_id} is {state.replace('_', ' ')}, {view.code}.")
    call.tell(f"Your decision is {view.decisions[-1].decision.assurance.words}.")
    for about in signed:
        say(f"Signed off for {inline(about)}.")
    _tell_missing(call, post_id)


def _signed_off(view: "PostView") -> list[str]:
    """What the newest decision, a sign-off, answers, each once."""
    answers = view.decisions[-1].decision.answers
    return list(dict.fromkeys(flag.finding.about for flag in view.answerable if flag.finding.key in answers))


@verb("schedule", example=_SCHEDULE)
@posts_argument
@click.option("--at", metavar="TIME", help="When it goes out (default: the time that its author planned).")
@_NEXT_SLOT
@_ACCOUNT
@click.pass_obj
def schedule(call: Invocation, *, posts: tuple[int, ...], at: str | None, to_slot: bool, accounts: tuple[str, ...]) -> int:
    """Give a cleared post its time. Exit code 2 where it is put on hold at once, because a period blocks that time.

    With several posts each is scheduled by itself; --next-slot gives each the slot that is free by then.
    """
    moment = call.when(at)

    def one(post_id: int) -> int:
        return _schedule(call, post_id, _free_slot(call, post_id, at, accounts) if to_slot else moment, accounts)

    return each(call, posts, one)


@verb("move", example=_MOVE)
@posts_argument
@click.option("--at", metavar="TIME", help="When it goes out instead.")
@click.option("--by", "by", metavar="SPAN", help="How much later or earlier than its own time: +1d, -2h, +30m, +1w.")
@_NEXT_SLOT
@_ACCOUNT
@click.pass_obj
def move(
    call: Invocation, *, posts: tuple[int, ...], at: str | None, by: str | None, to_slot: bool, accounts: tuple[str, ...]
) -> int:
    """Choose another time for what is queued, held or missed and has not left. With several posts each is moved by itself."""
    if at is None and by is None and not to_slot:
        raise BadInput("No new time was given, so nothing was moved.", next_step="Give --at TIME, --by SPAN, or --next-slot.")
    if by is not None and (at is not None or to_slot):
        raise BadInput(
            "Either --by says how far or something else says when, so nothing was moved.", next_step="Give one of them."
        )
    shift = _read_shift(by) if by is not None else None
    moment = call.when(at)

    def one(post_id: int) -> int:
        if shift is not None:
            return _schedule(call, post_id, _shifted(call, post_id, shift), accounts)
        return _schedule(call, post_id, _free_slot(call, post_id, at, accounts) if to_slot else moment, accounts)

    return each(call, posts, one)


def _schedule(call: Invocation, post_id: int, at: datetime | None, accounts: tuple[str, ...]) -> int:
    from purdah_scheduler.application import scheduling

    beside = warn_beside(call, post_id, at, accounts)
    return _report(call, post_id, scheduling.schedule(call.office, call.actor, post_id, at=at, accounts=accounts), beside)


def _read_shift(by: str) -> Shift:
    """How far to move. Raises BadTime."""
    shift = read_shift(by)
    if shift is None:
        raise BadTime(f"“{inline(by)}” is no span of time, so nothing was moved.", next_step="Such as +1d, -2h, +30m or +1w.")
    return shift


def _shifted(call: Invocation, post_id: int, shift: Shift) -> datetime:
    """So far from the time of the post: when it is due, or planned. Raises NotFound, BadTime."""
    view = view_of(call, post_id)
    own = next((account.delivery.due_at for account in view.accounts if account.delivery), None) or view.post.planned_at
    if own is None:
        raise BadTime(f"Post {post_id} has no time yet, so it was not moved.", next_step="Give it one with --at TIME.")
    return shift.of(own, call.zone)


def _free_slot(call: Invocation, post_id: int, at: str | None, accounts: tuple[str, ...]) -> datetime:
    """The next free slot of the post, after telling what was passed over. Raises BadInput where there is none."""
    from purdah_scheduler.application.slotting import next_slot

    if at is not None:
        raise BadInput(
            "Either --at names the time or --next-slot finds it, so nothing was scheduled.", next_step="Give one of them."
        )
    found = next_slot(call.office, post_id, accounts=accounts)
    if words := found.words(call.office):
        call.tell(inline(words))
    if found.at is None:
        raise BadInput(
            f"No slot in the coming year is free for post {post_id}, so it was not scheduled.", next_step="Give --at TIME."
        )
    return found.at


@verb("cancel", example='purdah-scheduler --as asha post cancel 12 15 --reason "The event is off."')
@posts_argument
@click.option("--reason", default="", help="Why.")
@click.pass_obj
def cancel(call: Invocation, *, posts: tuple[int, ...], reason: str) -> int:
    """Take a post back on every account where certainly nothing has left. With several posts each is taken back by itself."""
    from purdah_scheduler.application import writing

    def one(post_id: int) -> None:
        writing.cancel(call.office, call.actor, post_id, reason=reason)
        _say_state(call, post_id)

    return each(call, posts, one)


@verb("hold", example='purdah-scheduler --as asha post hold 12 15 --reason "Waiting for the figures."')
@posts_argument
@click.option("--reason", required=True, help="Why.")
@click.pass_obj
def hold(call: Invocation, *, posts: tuple[int, ...], reason: str) -> int:
    """Keep everything of a post that is queued from going out, until somebody releases it. Several are held one by one."""
    from purdah_scheduler.application import scheduling

    def one(post_id: int) -> None:
        scheduling.hold(call.office, call.actor, post_id, reason=reason)
        _say_state(call, post_id)

    return each(call, posts, one)


@verb("release", example='purdah-scheduler --as asha post release 12 --at "tomorrow 09:30"')
@posts_argument
@click.option("--at", metavar="TIME", help="A new time (default: its own, if that has not passed).")
@click.pass_obj
def release(call: Invocation, *, posts: tuple[int, ...], at: str | None) -> int:
    """Put what is on hold back in the queue, if nothing speaks against its time. It is never sent late.

    With several posts each is released by itself.
    """
    from purdah_scheduler.application import scheduling

    moment = call.when(at)

    def one(post_id: int) -> int:
        beside = warn_beside(call, post_id, moment)
        return _report(call, post_id, scheduling.release(call.office, call.actor, post_id, at=moment), beside)

    return each(call, posts, one)


@verb(
    "resolve",
    example="purdah-scheduler --as dougal post resolve 12 --published https://x.com/YourDepartment/status/1\n"
    "purdah-scheduler --as dougal post resolve 12 --not-published\n"
    "purdah-scheduler --as dougal post resolve 12 --look",
)
@post_argument
@click.option("--published", "url", default="", metavar="URL", help="It is there: its address.")
@click.option("--not-published", is_flag=True, help="You have looked, and it is not there.")
@click.option("--look", is_flag=True, help="Let the daemon look on the platform now.")
@click.option("--account", default="", metavar="ID", help="On which account, where several are unknown.")
@click.option("--part", type=click.IntRange(1), metavar="N", help="Which part of a thread, where several are unknown.")
@click.pass_obj
def resolve(call: Invocation, *, post_id: int, url: str, not_published: bool, look: bool, account: str, part: int | None) -> None:
    """Say what became of a post whose outcome is unknown, after looking at the account; or let the daemon look."""
    from purdah_scheduler.application import scheduling

    if look and not url and not not_published:
        _let_look(call, post_id, account, part or 0)
        return
    if look:
        raise BadInput("Either the daemon looks or you say what you saw, so nothing was changed.")
    settled = scheduling.resolve(
        call.office, call.actor, post_id, published_url=url, not_published=not_published, account=account, part=part or 0
    )
    if call.as_json:
        emit(
            {
                "post": post_id,
                "account": settled.account,
                "part": settled.part,
                "state": str(settled.state),
                "reason": settled.reason,
                "remote_url": settled.remote_url,
            }
        )
    else:
        which = f"Part {settled.part} of post" if settled.parts > 1 else "Post"
        say(f"{which} {post_id} is {settled.state} on {settled.account}.")


def _let_look(call: Invocation, post_id: int, account: str, part: int) -> None:
    from purdah_scheduler.application import looking_up, views

    entry = looking_up.ask_for_look(call.office, call.actor, post_id, account=account, part=part)
    if call.as_json:
        emit({"post": post_id, "account": entry.account, "state": str(entry.state), "look_asked": True})
    else:
        what = f"part {entry.part} of post {post_id}" if entry.parts > 1 else f"post {post_id}"
        say(f"The daemon looks for {what} on {entry.account}; what it sees is in: purdah-scheduler post show {post_id}")
    if not views.status(call.office).alive:
        call.tell("No daemon is running, so nobody looks yet: it alone holds the credentials. Next: purdah-scheduler daemon")


def _report(call: Invocation, post_id: int, queued: "tuple[Queued, ...]", beside: "tuple[Warned, ...]") -> int:
    """Say what was queued and what speaks against it; `beside` was told before. Returns 2 where anything is on hold."""
    held = any(entry.state is DeliveryState.HELD for entry in queued)
    if call.as_json:
        emit(
            {
                "post": post_id,
                "state": str(DeliveryState.HELD if held else DeliveryState.SCHEDULED),
                "due_at": call.stamp(queued[0].due_at),
                "accounts": [queued_facts(call, entry) for entry in queued],
                "warnings": [warning_facts(warned) for warned in beside],
            }
        )
    for entry in queued:
        if not call.as_json:
            which = f", part {entry.part} of {entry.parts}" if entry.parts > 1 else ""
            say(f"Post {post_id} on {entry.account}{which}: {entry.state} for {format_local(entry.due_at, call.zone)}.")
        if entry.answer.missed:
            call.tell(inline(entry.answer.missed))
        for hold in entry.answer.holds:
            call.tell(f"{inline(hold.reason)}\nNext: {inline(hold.next_step)}")
    if not held and not call.as_json:
        tell_if_nobody_publishes(call)
    return NeedsAttention.exit_code if held else 0


def _say_state(call: Invocation, post_id: int) -> None:
    view = view_of(call, post_id)
    accounts = {account.account: account.state for account in view.accounts}
    if call.as_json:
        emit({"post": post_id, "state": str(view.post.state), "accounts": accounts})
        return
    say(f"Post {post_id} is {view.post.state.replace('_', ' ')}.")
    for account, state in accounts.items():
        say(f"On {account}: {state.replace('_', ' ')}.")


def _tell_missing(call: Invocation, post_id: int) -> None:
    view = view_of(call, post_id)
    for gap in view.missing:
        call.tell(f"Missing: {inline(gap.words)}.")
    for last in view.expiring:
        call.tell(f"{inline(last.label)}: {inline(expiry_words(call, last))}.")
    for step in dict.fromkeys(account.next_step for account in view.accounts if account.next_step):
        call.tell(f"Next: {inline(step)}")
