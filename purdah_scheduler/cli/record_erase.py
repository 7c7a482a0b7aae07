"""`audit erase` and `audit hold`: words about people are erased while the record verifies, unless a request holds them."""

from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.grammar import POST, Noun, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, say, table
from purdah_scheduler.domain.holds import SECTION_77, Hold
from purdah_scheduler.errors import BadInput

if TYPE_CHECKING:
    from purdah_scheduler.application.erasing import Plan, Scope

_VERBS = {
    "add": ("record_erase:add", "nothing of it is erased until it is released"),
    "list": ("record_erase:list_holds", "the holds, and who released which"),
    "release": ("record_erase:release", "the request is closed"),
}


_SOME = 20
"""Posts that are named one by one; of more, these."""


@verb("erase", example='purdah-scheduler --as dougal audit erase --post 12 --reason "Request of 3 May, case 117"')
@click.option("--post", "post_id", type=POST, metavar="POST", help="What was said about this post.")
@click.option("--person", default="", metavar="ID", help="What was said by this person, or names this person.")
@click.option("--before", metavar="LOCAL", help="What was said before this time.")
@click.option("--due", is_flag=True, help="What the configured retention has come to.")
@click.option("--reason", required=True, help="Why.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase(call: Invocation, *, post_id: int | None, person: str, before: str | None, due: bool, reason: str, yes: bool) -> None:
    """Erase names, reasons, comments and words from the record, and reasons and notes from posts that are settled.

    It cannot be undone. No entry is deleted, what was decided and published stays, and the chain verifies as before. What a
    request under the Freedom of Information Act holds is never erased.
    """
    from purdah_scheduler.application import erasing

    if sum((post_id is not None, bool(person), before is not None, due)) != 1:
        raise BadInput(
            "Erasing needs one of --post, --person, --before and --due, so nothing was erased.", next_step="Name one of them."
        )
    scope = None if due else erasing.Scope(post=post_id, person=person, before=call.when(before))
    office, actor = call.office, call.actor
    with office.store.read() as reader:
        found = erasing.plan(reader, office, scope) if scope else erasing.plan_due(reader, call.config.retention, call.now)
    _tell_plan(call, found, scope)
    if (not found.holds or due) and not call.confirmed("Erase it? This cannot be undone.", yes=yes):
        raise BadInput("Erasing needs a yes, so nothing was erased.", next_step="In a script, add --yes.")
    done = (
        erasing.erase(office, actor, scope, reason=reason)
        if scope
        else erasing.erase_due(office, actor, call.config.retention, reason=reason)
    )
    if call.as_json:
        emit(
            {
                "entries": done.entries,
                "reasons": done.reasons,
                "notes": done.notes,
                "readings": done.readings,
                "signatures_void": [
                    {"post": post, "stage": one.stage, "person": one.person, "at": call.stamp(one.at)}
                    for post, one in found.signed
                ],
                "in_hand": list(found.in_hand),
            }
        )
        return
    say(
        f"Erased: the personal part of {done.entries} entries, {done.reasons} reasons, {done.notes} notes, and what was read "
        f"of {done.readings} posts."
    )
    call.tell("Backups made before this still hold them. Next: purdah-scheduler audit verify")


def _tell_plan(call: Invocation, found: "Plan", scope: "Scope | None") -> None:
    call.tell(f"This concerns the personal part of {len(found.entries)} entries, and {len(found.posts)} settled posts.")
    if found.signed:
        whose = [f"{inline(one.person)} on {inline(one.stage)} of post {post}" for post, one in found.signed[:_SOME]]
        more = " and more" if len(found.signed) > _SOME else ""
        call.tell(
            f"These signatures hold no more afterwards, as each is over its reason too: {', '.join(whose)}{more}. "
            "The decisions stay on record; a post that is taken up again has to be cleared again."
        )
    if found.in_hand:
        named = ", ".join(map(str, found.in_hand[:_SOME])) + (" and more" if len(found.in_hand) > _SOME else "")
        call.tell(f"Left as they are, because they are still in hand: posts {named}.")
    if found.holds and scope is None:
        names = ", ".join(sorted({inline(known.reference) for known in found.holds}))
        call.tell(f"Left as it is, because a request holds it: {names}. {SECTION_77}")


@click.group("hold", cls=Noun, verbs=_VERBS, example="purdah-scheduler audit hold add FOI-2026-17 --post 12")
def hold() -> None:
    """Holds: what was asked for under the Freedom of Information Act, and is not erased until the request is closed."""


@verb("add", example='purdah-scheduler --as carys audit hold add FOI-2026-17 --post 12 --post 14 --reason "Asked for on 3 May"')
@click.argument("reference", metavar="REF")
@click.option("--post", "posts", type=POST, multiple=True, metavar="POST", help="This post; none named: every entry.")
@click.option("--from", "since", metavar="LOCAL", help="Only what was said from then on.")
@click.option("--to", "until", metavar="LOCAL", help="Only what was said before then.")
@click.option("--reason", default="", help="What was asked for.")
@click.pass_obj
def add(call: Invocation, *, reference: str, posts: tuple[int, ...], since: str | None, until: str | None, reason: str) -> None:
    """Hold what a request asks for: nothing of it is erased until it is released."""
    from purdah_scheduler.application import erasing

    if not reference.strip():
        raise BadInput("A hold needs the reference of its request, so nothing was held.", next_step="audit hold add REF")
    begins, ends = call.when(since), call.when(until)
    if begins is not None and ends is not None and ends <= begins:
        raise BadInput("--to is not after --from, so nothing was held.", next_step="Give the first moment that is not held.")
    made = [
        Hold(
            id=0,
            reference=reference.strip(),
            post=post,
            since=begins,
            until=ends,
            reason=reason.strip(),
            person=call.actor.person.id,
            at=call.now,
        )
        for post in (posts or (None,))
    ]
    erasing.hold(call.office, call.actor, made)
    if call.as_json:
        emit({"reference": reference.strip(), "posts": list(posts)})
        return
    say(f"Held for {inline(reference.strip())}: {_what(call, made)}.")
    call.tell(f"{SECTION_77} When the request is closed: purdah-scheduler audit hold release {reference.strip()} --reason …")


@verb("list", example="purdah-scheduler audit hold list")
@click.pass_obj
def list_holds(call: Invocation) -> None:
    """Every hold, with what it keeps; released ones say by whom and why."""
    with call.office.store.read() as reader:
        holds = reader.holds()
    if call.as_json:
        for known in holds:
            emit(
                {
                    "reference": known.reference,
                    "post": known.post,
                    "since": call.stamp(known.since),
                    "until": call.stamp(known.until),
                    "reason": known.reason,
                    "person": known.person,
                    "at": call.stamp(known.at),
                    "released_at": call.stamp(known.released_at),
                    "released_by": known.released_by,
                    "release_reason": known.release_reason,
                }
            )
    elif holds:
        rows = [
            (
                known.reference,
                _what(call, [known]),
                f"{known.person}, {call.shown(known.at)}",
                f"{known.released_by}, {call.shown(known.released_at)}: {known.release_reason}" if known.released_at else "",
            )
            for known in holds
        ]
        say(table(("Request", "Holds", "By", "Released"), rows, width=call.width))
    else:
        call.tell("Nothing is held.")


@verb("release", example='purdah-scheduler --as dougal audit hold release FOI-2026-17 --reason "Answered on 20 May, no appeal"')
@click.argument("reference", metavar="REF")
@click.option("--reason", required=True, help="Why it may be erased again.")
@click.pass_obj
def release(call: Invocation, *, reference: str, reason: str) -> None:
    """The request is closed, with the time for a complaint: what it held may be erased again."""
    from purdah_scheduler.application import erasing

    many = erasing.release(call.office, call.actor, reference.strip(), reason=reason)
    if call.as_json:
        emit({"reference": reference.strip(), "released": many})
        return
    say(f"Released: {inline(reference.strip())}.")


def _what(call: Invocation, holds: "list[Hold]") -> str:
    posts = [str(known.post) for known in holds if known.post is not None]
    what = f"post {', '.join(posts)}" if posts else "everything"
    since, until = holds[0].since, holds[0].until
    return f"{what}{f' from {call.shown(since)}' if since else ''}{f' to {call.shown(until)}' if until else ''}"
