"""`post comment`: say something about a post to the people who work on it."""

import click

from purdah_scheduler.cli.grammar import post_argument, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, say


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
