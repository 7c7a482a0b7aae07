"""The period that options describe, for `calendar declare` and `calendar impact`."""

from collections.abc import Mapping
from dataclasses import fields
from functools import wraps
from typing import Any

import click

from purdah_scheduler.calendars.described import Described
from purdah_scheduler.cli.checking import BODY, NATION
from purdah_scheduler.cli.grammar import Body as Command
from purdah_scheduler.cli.grammar import OneOf
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.domain.periods import Kind, Period
from purdah_scheduler.errors import BadInput

_KIND = OneOf("kind of period", lambda: Kind)
_OPTIONS = (
    click.option(
        "--kind",
        type=_KIND,
        metavar="KIND",
        help="The kind of election, or freeze, or departmental; it selects the rules.",
    ),
    click.option(
        "--body",
        "bodies",
        type=BODY,
        multiple=True,
        metavar="BODY",
        help="Whom it binds; can be repeated. A freeze that names nothing binds all.",
    ),
    click.option("--nation", "nations", type=NATION, multiple=True, metavar="NATION", help="Of the audience; can be repeated."),
    click.option("--area", default="", help="The council, force or constituency, if it holds in one place."),
    click.option("--account", "accounts", multiple=True, metavar="ID", help="Only posts on this account; can be repeated."),
    click.option("--channel", "channels", multiple=True, metavar="NAME", help="Only posts on this channel; can be repeated."),
    click.option("--campaign", default="", help="Only posts that carry this campaign."),
    click.option("--regime", default="", metavar="RULES", help="Departmental only: rules of its own, such as strict."),
    click.option("--starts", metavar="TIME", help="UK time, whatever zone the configuration has; a day alone is from 00:00 on."),
    click.option(
        "--ends",
        metavar="TIME",
        help="UK time; the period ends just before it. A day alone is in it to its end. A freeze needs none.",
    ),
)


_NAMES = tuple(field.name for field in fields(Described))


def said_nothing(described: Described) -> bool:
    """Whether no option was given."""
    return not any(getattr(described, name) for name in _NAMES)


def check_described(described: Described, *, undone: str, see: str) -> None:
    """Raise BadInput with every option that is missing; `undone` completes "so nothing was …"."""
    if described.missing:
        options = ", ".join(f"--{word}" for word in described.missing)
        raise BadInput(f"The period needs {options} too, so nothing was {undone}.", next_step=see)


def described_period(call: Invocation, described: Described, more: Mapping[str, object], *, undone: str, see: str) -> Period:
    """The period that the options describe, with `more` keys of it. Raises BadInput with every fault, BadTime."""
    from purdah_scheduler import bootstrap

    check_described(described, undone=undone, see=see)
    return described.period(call.now, bootstrap.names_for(call.config), more, undone=undone, see=see)


def described_options(body: Command) -> Command:
    """Add the options that describe a period; the command receives them as `described`."""

    @wraps(body)
    def gathered(*args: Any, **typed: Any) -> int | None:
        described = Described(**{name: typed.pop(name) for name in _NAMES})
        return body(*args, described=described, **typed)

    command: Command = gathered
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
