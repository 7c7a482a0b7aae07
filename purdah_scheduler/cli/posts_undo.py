"""`post undo`: the last thing that a person did, taken back by an ordinary action."""

import click

from purdah_scheduler.cli.grammar import POST, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.several import each
from purdah_scheduler.cli.speaking import emit, inline, say
from purdah_scheduler.errors import BadInput


@verb("undo", example="purdah-scheduler --as asha post undo\npurdah-scheduler --as asha post undo 12 15")
@click.argument("posts", type=POST, metavar="[POST]...", nargs=-1)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def undo(call: Invocation, *, posts: tuple[int, ...], yes: bool) -> int:
    """Take back the last thing that you did to a post, or to each named, if nobody has acted on it since and nothing has left.

    A move goes back to the former time, a first scheduling is held, a hold is released, an edit gets the former words, what was
    cancelled is a draft again, a decision is withdrawn. Each goes through the gate and on record as anything else does.
    """
    if posts:
        return each(call, posts, lambda post: _undo(call, post, yes=yes))
    _undo(call, None, yes=yes)
    return 0


def _undo(call: Invocation, post: int | None, *, yes: bool) -> None:
    from purdah_scheduler.application.undoing import last_act
    from purdah_scheduler.application.undoing import undo as take_back

    shown = last_act(call.office, call.actor, on=post)
    call.tell(inline(f"You {shown.did}. Undone: {shown.then}"))
    if call.on_terminal and not call.confirmed("Undo it?", yes=yes):
        raise BadInput("Nobody said yes, so nothing was undone.")
    words = take_back(call.office, call.actor, shown, on=post)
    if call.as_json:
        emit({"post": shown.post, "undone": shown.did, "now": words})
    else:
        say(inline(words))
