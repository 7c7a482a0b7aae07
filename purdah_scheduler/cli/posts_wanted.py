"""Which posts a command is about: by state, account, author, words and time."""

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, TypedDict, TypeVar

import click

from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.posts import STATE, own_accounts

if TYPE_CHECKING:
    from purdah_scheduler.application.lists import QueueFilter

_Body = TypeVar("_Body", bound=Callable[..., object])


class Typed(TypedDict):
    """What was typed of it."""

    states: tuple[str, ...]
    account: str | None
    author: str | None
    words: str
    since: str | None
    until: str | None


_OPTIONS = (
    click.option("--state", "states", multiple=True, type=STATE, metavar="STATE", help="Only in this state; can be repeated."),
    click.option("--account", metavar="ID", help="Only those for this account."),
    click.option("--author", metavar="PERSON", help="Only those that this person began."),
    click.option("--words", default="", metavar="TEXT", help="Only those that have these words in title or text."),
    click.option("--from", "since", metavar="TIME", help="Only from this time or day on."),
    click.option("--to", "until", metavar="TIME", help="Only before this time, or up to the end of this day."),
)


def choosing_posts(body: _Body) -> _Body:
    """The options that choose posts, as `Typed`."""
    return reduce(lambda chosen, option: option(chosen), reversed(_OPTIONS), body)


def posts_wanted(call: Invocation, typed: Typed) -> "QueueFilter":
    """What the options mean. Raises NotFound for an account or a person that is not known, BadInput for a time."""
    from purdah_scheduler.application.lists import QueueFilter

    account, author = typed["account"], typed["author"]
    return QueueFilter(
        states=frozenset(typed["states"]),
        account=own_accounts(call, (account,))[0] if account else "",
        author=call.office.house.person(author).id if author else "",
        words=typed["words"],
        since=call.since(typed["since"]),
        until=call.until(typed["until"]),
    )
