"""A command on one post or on several: each is done by itself, and the refusal of one stops no other."""

from collections.abc import Callable

import click

from purdah_scheduler.cli.grammar import POST, Body
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import OutputLost, emit, inline
from purdah_scheduler.errors import NeedsAttention, ProductError


def posts_argument(body: Body) -> Body:
    """The argument POST...: the numbers of one or more posts."""
    return click.argument("posts", type=POST, metavar="POST...", nargs=-1, required=True)(body)


def each(call: Invocation, posts: tuple[int, ...], act: Callable[[int], int | None]) -> int:
    """Do it to every post in turn, each once. Returns the exit code.

    With one post a refusal is raised, as by any command. With several it is told, or printed as an object with `post`, `error`,
    and the next has its turn; the code is that of the first refusal, else 2 where anything is on hold, else 0.
    """
    numbers = tuple(dict.fromkeys(posts))
    if len(numbers) == 1:
        return act(numbers[0]) or 0
    refused: dict[int, int] = {}
    held = False
    for post in numbers:
        try:
            held = bool(act(post)) or held
        except OutputLost:
            raise
        except ProductError as fault:
            refused[post] = fault.exit_code
            _tell(call, post, fault)
    call.tell(f"{len(numbers) - len(refused)} of {len(numbers)} done.{_not_done(refused)}")
    return next(iter(refused.values()), NeedsAttention.exit_code if held else 0)


def _tell(call: Invocation, post: int, fault: ProductError) -> None:
    if call.as_json:
        emit({"post": post, "error": fault.message, "next": fault.next_step, "exit_code": fault.exit_code})
        return
    call.tell(f"NOT DONE, post {post}: {inline(fault.message)}")
    if fault.next_step:
        call.tell(f"Next: {inline(fault.next_step)}")


def _not_done(refused: dict[int, int]) -> str:
    return f" Not done: {', '.join(map(str, refused))}." if refused else ""
