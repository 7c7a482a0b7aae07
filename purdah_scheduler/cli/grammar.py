"""How commands are made: global options before and after them, examples in their help, parts loaded when they are used."""

# ruff: noqa: ARG002 -- click decides the signatures of what is overridden here

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from purdah_scheduler import __version__
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import say
from purdah_scheduler.errors import BadInput, NotFound

Body = Callable[..., int | None]

_LARGEST_NUMBER = 18
"""Digits: what the store can hold as a number."""


class Verb(click.Command):
    """A command that takes the global options too, and shows an example in its help."""

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example
        self.params.extend(global_options())

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option --help, which speaks as every command does."""
        return _speaking(super().get_help_option(ctx))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The example as it is typed, not wrapped."""
        _write_example(formatter, self.example)


class Noun(click.Group):
    """A group whose commands are named with their module and imported when they are used."""

    def __init__(self, *args: Any, verbs: Mapping[str, tuple[str, str]], example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verbs = verbs
        self.example = example
        self.params.extend(global_options())

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they are of use."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name, or None."""
        if cmd_name not in self.verbs:
            return None
        module, _, attribute = self.verbs[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"purdah_scheduler.cli.{module}"), attribute)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but the nearest name is sought among commands that are not imported yet."""
        if args[0] not in self.verbs and not args[0].startswith("-"):
            raise click.exceptions.NoSuchCommand(args[0], possibilities=self.verbs, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, what) in self.verbs.items()])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option --help, which speaks as every command does."""
        return _speaking(super().get_help_option(ctx))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The example as it is typed, not wrapped."""
        _write_example(formatter, self.example)


def _speaking(option: click.Option | None) -> click.Option | None:
    """click writes its help by itself, and a disk that is full would look like a fault of ours."""
    if option is not None:
        option.callback = _show_help
    return option


def _show_help(ctx: click.Context, _param: click.Parameter, value: object) -> None:
    if value and not ctx.resilient_parsing:
        say(ctx.get_help())
        ctx.exit()


def show_version(ctx: click.Context, _param: click.Parameter, value: object) -> None:
    """What --version does. Raises OutputLost."""
    if value and not ctx.resilient_parsing:
        say(f"{ctx.find_root().info_name} {__version__}")
        ctx.exit()


def _write_example(formatter: click.HelpFormatter, example: str) -> None:
    if example:
        with formatter.section("Example"):
            for line in example.splitlines():
                formatter.write(" " * formatter.current_indent + line + "\n")


def verb(name: str, *, example: str) -> Callable[[Body], click.Command]:
    """Make a command of a function; its docstring is its help. The function returns its exit code, None for 0."""

    def wrap(body: Body) -> click.Command:
        return click.command(name, cls=Verb, example=example)(body)

    return wrap


def global_options() -> list[click.Parameter]:
    """--config, --as and --json, remembered wherever in the line they stand; of two the later one counts."""
    return [
        click.Option(
            ["--config", "config_path"],
            type=click.Path(path_type=Path),
            metavar="FILE",
            expose_value=False,
            is_eager=True,
            callback=_remember,
            help="The configuration (default: PURDAH_CONFIG, else the user's folder).",
        ),
        click.Option(
            ["--as", "as_person"],
            metavar="PERSON",
            expose_value=False,
            is_eager=True,
            callback=_remember,
            help="Who acts: the id of a person in the configuration.",
        ),
        click.Option(
            ["--json", "as_json"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_remember,
            help="For scripts: one JSON object, or one a line.",
        ),
    ]


def _remember(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if value and param.name:
        setattr(ctx.ensure_object(Invocation), param.name, value)


class OneOf(click.ParamType[str]):
    """A word that must be known, in any case of letters; an unknown one is refused with the nearest."""

    name = "word"

    def __init__(self, what: str, known: Callable[[], Iterable[str]]) -> None:
        self.what = what
        self.known = known

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word as it is known. Raises BadInput."""
        words = {_folded(str(word)): str(word) for word in self.known()}
        found = words.get(_folded(str(value)))
        if found is not None:
            return found
        raise unknown(self.what, str(value), words.values())


def _folded(word: str) -> str:
    """People type `in review` where a script types `in_review`."""
    return "-".join(word.casefold().replace("_", " ").replace("-", " ").split())


def unknown(what: str, given: str, known: Iterable[str]) -> NotFound:
    """The refusal of a word that is not known, with the nearest one and all of them."""
    from purdah_scheduler.mistyped import meant

    words = list(known)
    hint = meant(given, words)
    return NotFound(f"There is no {what} “{given}”, so nothing was done.", next_step=f"{hint}Known: {', '.join(words)}.")


class Number(click.ParamType[int]):
    """The number of a post or of something of a post; `#12` is understood too."""

    def __init__(self, what: str, where: str) -> None:
        self.name = what
        self.what = what
        self.where = where

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number. Raises BadInput for anything else, NotFound for one that cannot exist."""
        if isinstance(value, int):
            return value
        digits = str(value).strip().removeprefix("#")
        if not (digits.isascii() and digits.isdigit()):
            raise BadInput(f"“{value}” is not the number of {self.what}, so nothing was done.", next_step=self.where)
        if len(digits) > _LARGEST_NUMBER:
            raise NotFound(f"There is no {self.what.split()[-1]} {digits}, so nothing was done.", next_step=self.where)
        return int(digits)


POST = Number("a post", "See purdah-scheduler post list")


def post_argument(body: Body) -> Body:
    """The argument POST: the number of a post."""
    return click.argument("post_id", type=POST, metavar="POST")(body)
