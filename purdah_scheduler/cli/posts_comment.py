"""`post comment` and `post comments`: what people who work on a post say about it, and what of that is new to you."""

from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.grammar import post_argument, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.shapes import comment_facts
from purdah_scheduler.cli.speaking import emit, inline, say, wrapped

if TYPE_CHECKING:
    from purdah_scheduler.application.commenting import Comment


@verb("comment", example='purdah-scheduler --as asha post comment 12 --to bede --text "Is the second date right?"')
@post_argument
@click.option("--text", required=True, help="What you say; at most 2,000 characters.")
@click.option("--to", "to", multiple=True, metavar="PERSON", help="Whom it is for; can be repeated.")
@click.pass_obj
def comment(call: Invocation, *, post_id: int, text: str, to: tuple[str, ...]) -> None:
    """Say something about a post, on the record. It changes neither the post nor any clearance of it."""
    from purdah_scheduler.application import commenting

    commenting.comment(call.office, call.actor, post_id, words=text, to=to)
    if call.as_json:
        emit({"post": post_id, "to": list(to)})
    else:
        say(f"Your comment on post {post_id} is on the record.")
    call.tell(commenting.REMINDER)


@verb(
    "comments", example="purdah-scheduler --as bede post comments 12\npurdah-scheduler --as bede post comments 12 --keep-unread"
)
@post_argument
@click.option("--keep-unread", is_flag=True, help="Look without having read them.")
@click.pass_obj
def comments(call: Invocation, *, post_id: int, keep_unread: bool) -> None:
    """What was said about a post, oldest first; what is for you and new to you is marked, and counts as read from now on."""
    from purdah_scheduler.application import reading
    from purdah_scheduler.application.commenting import comments_in

    actor = call.actor
    with call.office.store.read() as reader:
        reader.post(post_id)
        found = comments_in(reader.entries(post=post_id))
        new = {one.number for one in reading.unread_in(reader, actor.person.id).get(post_id, ())}
    for one in found:
        if call.as_json:
            emit({**comment_facts(call, one), "unread": one.number in new})
        else:
            say("\n".join(comment_lines(call, one, mark="new  " if one.number in new else "")))
    if not found:
        call.tell(f"Nobody has said anything about post {post_id}.")
    elif not keep_unread and not reading.has_seen_comments(call.office, actor, post_id, reading.newest(found)):
        call.tell(f"{actor.person.name} may not write to this queue, so they still count as new.")


def comment_lines(call: Invocation, one: "Comment", *, mark: str = "") -> list[str]:
    """One comment as a person reads it: who said it to whom and when, then the words."""
    to = f" to {', '.join(one.to)}" if one.to else ""
    return [
        f"  {mark}{inline(one.person)}{inline(to)}, {call.shown(one.at)}, on revision {one.revision}:",
        *(f"    {line}" for line in wrapped(inline(one.words or "(erased)"), call.width - 4)),
    ]
