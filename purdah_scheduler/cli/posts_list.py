"""`post list` and `post history`: the posts account by account, and what was done to one of them."""

from typing import Unpack

import click

from purdah_scheduler.cli.grammar import post_argument, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.posts_wanted import Typed, choosing_posts, posts_wanted
from purdah_scheduler.cli.reading import how_many, new_comments
from purdah_scheduler.cli.record import entry_table
from purdah_scheduler.cli.shapes import entry_facts
from purdah_scheduler.cli.speaking import emit, say, table


@verb("list", example="purdah-scheduler post list --state held --state unknown\npurdah-scheduler post list --to friday")
@choosing_posts
@click.option("--limit", type=click.IntRange(1, 100_000), default=500, show_default=True, help="At most so many lines.")
@click.pass_obj
def list_posts(call: Invocation, *, limit: int, **chosen: Unpack[Typed]) -> None:
    """The posts, one line for each account, in the order of their time."""
    from purdah_scheduler.application.views import lines

    found = lines(call.office, posts_wanted(call, chosen), limit=limit)
    new = new_comments(call)
    if call.as_json:
        for line, verdict in found:
            emit(
                {
                    "post": line.post,
                    "title": line.title,
                    "account": line.account,
                    "state": line.state,
                    "due_at": call.stamp(line.at),
                    "verdict": str(verdict),
                    "reason": line.reason,
                    "remote_url": line.remote_url,
                    "unread_comments": how_many(new, line.post),
                }
            )
        return
    if not found:
        call.tell("There is no such post.")
        return
    with call.office.store.read() as reader:
        unreviewed = {glass.post for glass in reader.unreviewed()}
    rows = [
        (
            str(line.post),
            line.state.replace("_", " "),
            call.shown(line.at) or "no time yet",
            str(verdict),
            line.account,
            f"{'UNREVIEWED ' * (line.post in unreviewed)}{_new_comments(how_many(new, line.post))}{line.title}",
        )
        for line, verdict in found
    ]
    say(table(("Post", "State", "Time", "Verdict", "Account", "Title"), rows, width=call.width))
    if len(found) == limit:
        call.tell(f"These are the first {limit}; there may be more (--limit).")


def _new_comments(many: int | None) -> str:
    return f"({many} new comment{'s' * (many > 1)}) " if many else ""


@verb("history", example="purdah-scheduler post history 12")
@post_argument
@click.pass_obj
def history(call: Invocation, *, post_id: int) -> None:
    """What was done to a post, by whom and when, oldest first."""
    with call.office.store.read() as reader:
        reader.post(post_id)
        entries = tuple(reader.entries(post=post_id))
    if call.as_json:
        for entry in entries:
            emit(entry_facts(call, entry))
    else:
        say(entry_table(call, entries, with_post=False))
