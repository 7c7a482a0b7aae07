"""Whatever a key does a command does too, and the other way round, or it is written down here why not.

Both sides are read from what they are made of: the table of keys, and the grammar of the commands. Neither grows without a row
in one of these tables.
"""

from collections.abc import Iterator, Mapping

import click
import pytest

from purdah_scheduler.cli.root import root
from purdah_scheduler.tui.key_table import KEYS

DOES: Mapping[str, str] = {
    # posts
    "compose.save": "post new",
    "compose.submit": "post submit",
    "post.submit": "post submit",
    "post.schedule": "post schedule",
    "post.move": "post move",
    "post.hold": "post hold",
    "post.release": "post release",
    "post.withdraw": "post cancel",
    "post.by_hand": "post by-hand",
    "post.resolve": "post resolve",
    "post.revoke": "exemption revoke",
    "post.break_glass": "post break-glass",
    "post.review_glass": "post review-break-glass",
    "post.comment": "post comment",
    "app.undo": "post undo",
    "calendar.carry": "post move",
    "post.series": "post repeat",
    "post.duplicate": "post duplicate",
    # periods and accounts
    "period.declare": "calendar declare",
    "period.import": "calendar import",
    "period.confirm": "calendar confirm",
    "period.dates": "calendar extend",
    "period.lift": "calendar lift",
    "period.cancel": "calendar cancel",
    "period.suppress": "calendar suppress",
    "period.accept": "calendar accept",
    "period.refuse": "calendar refuse",
    "accounts.pause": "pause",
    "people.suspend": "people suspend",
    "people.restore": "people restore",
    # decisions
    "review.approve": "post decide",
    "review.changes": "post decide",
    "review.withdraw": "post decide",
    "review.exempt": "exemption grant",
    # the day of a period
    "checklist.tick": "calendar tick",
    "checklist.note": "calendar tick",
    # the record, and everything at once
    "audit.export": "audit export",
    "post.import": "import",
    "post.export": "export",
    "calendar.export": "calendar export",
    "daemon.stop": "pause",
}
"""Keys that change something, or write a file, with the command that asks the same service."""

SHOWS: Mapping[str, str] = {
    "check": "go.compose",
    "post edit": "post.edit",
    "post list": "go.queue",
    "post show": "post.open",
    "post history": "post.open",
    "post comments": "post.open",
    "post preview": "post.as_read",
    "post diff": "go.review",
    "exemption list": "post.open",
    "calendar list": "calendar.view",
    "calendar show": "calendar.explain",
    "calendar day": "calendar.explain",
    "calendar checklist": "calendar.checklist",
    "audit log": "go.audit",
    "audit verify": "audit.verify",
    "audit checkpoint": "audit.checkpoint",
    "notify log": "daemon.notices",
    "account slots": "compose.slot",
    "resume": "daemon.stop",
    "account list": "go.accounts",
    "people list": "accounts.people",
    "calendar impact": "period.what_if",
    "calendar shorten": "period.dates",
    "calendar derive": "period.what_if",
    "calendar gaps": "calendar.explain",
    "calendar proposals": "go.periods",
    "calendar returned": "go.queue",
    "post series": "post.series",
    "doctor": "daemon.doctor",
    "status": "go.queue",
}
"""Commands whose answer a key brings on the screen, with that key; `post edit` and `resume` do it after a yes there."""

MOVES = (
    *("go.", "move.", "field.", "agenda.", "listed.", "explained.", "list."),
    *("post.open", "post.new", "post.edit", "post.review", "post.as_read"),
    *("compose.editor", "compose.past", "compose.slot", "compose.common", "compose.checks"),
    *("review.next", "review.previous", "review.up", "review.down"),
    *("calendar.left", "calendar.right", "calendar.up", "calendar.down", "calendar.next", "calendar.previous"),
    *("calendar.next_year", "calendar.previous_year", "calendar.boundary", "calendar.boundary_back"),
    *("calendar.poll", "calendar.poll_back", "calendar.explain", "calendar.view", "calendar.let_go"),
    *("calendar.monday", "calendar.sunday", "calendar.checklist"),
    *("checklist.day", "checklist.next", "checklist.previous", "checklist.detail_down", "checklist.detail_up"),
    *("audit.verify", "app.copy", "app.copy_report", "app.jump", "app.tour", "steps.away", "compose.categories", "picture."),
    *("review.view", "review.older", "review.newer", "calendar.what_if", "period.open", "period.month", "period.what_if"),
    *("accounts.posts", "accounts.check", "accounts.sign_in", "accounts.reconcile", "accounts.people", "people.test"),
    *("daemon.doctor", "daemon.follow", "daemon.copy", "daemon.notices", "audit.checkpoint"),
    *("app.back", "app.palette", "app.help", "app.help_field", "app.leave", "app.quit"),
)
"""Keys that change nothing: they move, open, fill in or show; one that ends in a dot stands for all that begin so."""

_SETUP = "it sets up or looks after the installation, which is an operator's work in a shell"
_SECRETS = "it reads secrets, which the process of the interface never loads"

WITHOUT_KEY: Mapping[str, str] = {
    "init": "the first page, where there is no queue yet, names it",
    "demo": "the first page, where there is no queue yet, names it",
    "tui": "it is what opens the interface",
    "daemon": "the publisher has to go on when the interface is closed; `demo` alone starts one with it",
    "daemon adopt": _SETUP,
    "daemon unit": _SETUP,
    "daemon clock accept": "it vouches for the clock of the daemon's machine, which is seen there and not from here",
    "db migrate": _SETUP,
    "db create-roles": _SETUP,
    "db link": _SETUP,
    "db unlink": _SETUP,
    "db logins": _SETUP,
    "db copy": _SETUP,
    "backup": "a timer makes it, so that nobody has to remember it, and puts it where only a shell reaches",
    "restore": "there is no queue to open the interface on while it is needed",
    "config check": _SETUP,
    "config show": _SETUP,
    "config path": _SETUP,
    "calendar holidays": "it compares the shipped dates with a file that an operator has fetched, once a year",
    "account add": "it takes secrets, which the interface never loads; `S` on the accounts shows and copies it",
    "account remove": _SECRETS,
    "account check": "it needs secrets, which the interface never loads; `T` on the accounts shows and copies it",
    "reconcile": "it asks platforms with secrets, which the interface never does; `R` on the accounts shows and copies it",
    "notify test": "it reads addresses, which the interface never loads; `T` on the people shows and copies it",
    "audit erase": "it destroys words for good, which no key may; a person with the reference of the request types it out",
    "audit hold add": "it has the reference of a request for information, and decides what `audit erase` may destroy",
    "audit hold list": "it is read to decide what `audit erase` may destroy, by whoever types that out",
    "audit hold release": "what it gives up can be erased from then on, which no key may bring about",
}
"""Commands that no key does, with the reason."""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command that does something by itself."""
    context = click.Context(group)
    if path and group.invoke_without_command:
        yield " ".join(path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        elif not command.hidden:
            yield " ".join((*path, name))


COMMANDS = frozenset(commands(root))
IDS = tuple(key.id for key in KEYS)


def only_moves(binding: str) -> bool:
    """Whether a key is in the table of those that change nothing."""
    return any(binding == entry or (entry.endswith(".") and binding.startswith(entry)) for entry in MOVES)


@pytest.mark.parametrize("binding", IDS)
def test_a_key_changes_nothing_or_names_the_command_that_does_the_same(binding: str) -> None:
    assert only_moves(binding) is not (binding in DOES)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_command_has_a_key_or_a_reason_why_it_has_none(command: str) -> None:
    assert (command in {*DOES.values(), *SHOWS}) is not (command in WITHOUT_KEY)


def test_the_tables_name_nothing_that_is_gone() -> None:
    assert {*DOES.values(), *SHOWS, *WITHOUT_KEY} <= COMMANDS
    assert {*DOES, *SHOWS.values()} <= set(IDS)
    assert [entry for entry in MOVES if not any(name.startswith(entry) for name in IDS)] == []


def test_every_reason_is_a_sentence() -> None:
    assert [command for command, reason in WITHOUT_KEY.items() if len(reason.split()) < 5] == []
