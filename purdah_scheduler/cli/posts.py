"""`post`: the commands of a post's life, and the words and options that several of them share."""

from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.grammar import Noun, OneOf, unknown
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.domain.posts import DeliveryState, PostState, ThreadState

if TYPE_CHECKING:
    from purdah_scheduler.application.views import PostView

_EXAMPLE = """\
purdah-scheduler --as asha post new --account outbox --category operational-service --text "Our phone lines open at 8am."
purdah-scheduler --as asha post submit 1
purdah-scheduler --as bede post decide 1 --stage approval --approve --digest 7f3a-91c2
purdah-scheduler --as asha post schedule 1 --at "tomorrow 09:30\""""

_VERBS = {
    "new": ("posts_new:new", "write a post"),
    "list": ("posts_list:list_posts", "the posts, account by account"),
    "show": ("posts_show:show", "everything about one post"),
    "preview": ("posts_preview:preview", "a post as its readers will see it"),
    "duplicate": ("posts_duplicate:duplicate", "a new draft that says the same"),
    "edit": ("posts_edit:edit", "change what is said; it must then be cleared again"),
    "submit": ("posts_move:submit", "ask for clearance"),
    "decide": ("posts_move:decide", "approve, reject or sign off what you have read"),
    "comment": ("posts_comment:comment", "say something about a post to the people who work on it"),
    "comments": ("posts_comment:comments", "what was said about it, and what of that is new to you"),
    "break-glass": ("posts_break_glass:break_glass", "let a post out without a clearance, in an emergency"),
    "review-break-glass": ("posts_break_glass:review_break_glass", "say what you found of that"),
    "schedule": ("posts_move:schedule", "give a cleared post its time"),
    "move": ("posts_move:move", "choose another time"),
    "undo": ("posts_undo:undo", "take back the last thing that you did"),
    "repeat": ("posts_repeat:repeat", "a draft of its own for each time of a rule"),
    "series": ("posts_repeat:series", "the posts that were made together, and taking back the rest"),
    "cancel": ("posts_move:cancel", "take a post back"),
    "hold": ("posts_move:hold", "keep a queued post from going out"),
    "release": ("posts_move:release", "put a held post back in the queue"),
    "by-hand": ("posts_hand:by_hand", "take the words that a person posts by hand now"),
    "resolve": ("posts_move:resolve", "say what became of a post whose outcome is unknown"),
    "history": ("posts_list:history", "what was done to a post, by whom"),
    "diff": ("posts_diff:diff", "what changed since you last read it, or between two revisions"),
}

STATE = OneOf("state", lambda: dict.fromkeys(map(str, (*PostState, *DeliveryState, *ThreadState))))


@click.group("post", cls=Noun, verbs=_VERBS, example=_EXAMPLE)
def post() -> None:
    """Write, clear, schedule and follow posts."""


def view_of(call: Invocation, post_id: int) -> "PostView":
    """Everything about one post. Raises NotFound."""
    from purdah_scheduler.application.views import post_view

    return post_view(call.office, post_id)


def own_accounts(call: Invocation, names: tuple[str, ...]) -> tuple[str, ...]:
    """The accounts that were named, each once. Raises NotFound with the nearest."""
    known = [account.id for account in call.office.house.accounts]
    for name in names:
        if name not in known:
            raise unknown("account", name, known)
    return tuple(dict.fromkeys(names))


def title_of(view: "PostView") -> str:
    """The post as people call it: its number, and its title where it has one."""
    return f"Post {view.post.id}, {view.post.title}" if view.post.title else f"Post {view.post.id}"
