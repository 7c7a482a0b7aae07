"""The way in and out: parse, run one command, and turn whatever went wrong into a sentence and an exit code."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from purdah_scheduler import __version__, garbage
from purdah_scheduler.errors import BadInput, ProductError

if TYPE_CHECKING:
    import click

PROGRAM = "purdah-scheduler"
STOPPED_BY_PERSON = 130
NOBODY_READS = 141
"""128 and the number of SIGPIPE: what a shell reports of a program whose reader has gone."""
OUR_FAULT = 70


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command line (the process's own by default) and leave with its exit code."""
    garbage.look_seldom()
    _open_what_was_closed()
    code = run(list(sys.argv[1:] if argv is None else argv))
    garbage.look_no_more()
    sys.exit(code)


def run(argv: list[str]) -> int:
    """Run one command line. Returns its exit code (cli.md: 0, 1, 2, 64, 69, 70, 75, 78, 130)."""
    as_json = "--json" in argv
    try:
        _show_what_cannot_be_encoded()
        return _version() if argv == ["--version"] else _command(argv)
    except KeyboardInterrupt:
        return _explain(ProductError("Stopped."), as_json=as_json, code=STOPPED_BY_PERSON)
    except BrokenPipeError:
        _forget_output()
        return NOBODY_READS
    except ProductError as fault:
        return _explain(fault, as_json=as_json, code=fault.exit_code)
    except Exception as fault:  # noqa: BLE001 -- the last resort: it is logged whole, told in a sentence and has its own exit code
        return _explain(_log_crash(fault), as_json=as_json, code=OUR_FAULT)


def _version() -> int:
    """Nothing but the version: a script that asks for it need not wait for the rest of the product."""
    from purdah_scheduler.cli.speaking import hand_over, say

    say(f"{PROGRAM} {__version__}")
    hand_over()
    return 0


def _command(argv: list[str]) -> int:
    from purdah_scheduler.cli.opening import open_interface, without_command

    opens = without_command(argv)
    if opens is None:
        return _parsed(argv)
    code = open_interface(*opens)
    from purdah_scheduler.cli.speaking import hand_over

    hand_over()
    return code


def _parsed(argv: list[str]) -> int:
    import click

    from purdah_scheduler.cli.invocation import Invocation
    from purdah_scheduler.cli.root import root
    from purdah_scheduler.cli.speaking import hand_over

    call = Invocation()
    try:
        with root.make_context(PROGRAM, argv, obj=call) as context:
            code = root.invoke(context)
        hand_over()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as left:
        hand_over()
        return left.exit_code
    except click.Abort as fault:
        raise KeyboardInterrupt from fault
    except click.ClickException as fault:
        raise _usage(fault) from fault
    finally:
        call.close()


def _usage(fault: "click.ClickException") -> ProductError:
    """What is wrong with the command line as one sentence, with the nearest thing that exists."""
    import click

    context = fault.ctx if isinstance(fault, click.UsageError) else None
    path = context.command_path if context else PROGRAM
    help_step = f"{path} --help"
    match fault:
        case click.exceptions.NoArgsIsHelpError() if context and isinstance(context.command, click.Group):
            verbs = ", ".join(context.command.list_commands(context))
            return BadInput(f"“{path}” does not say what to do, so nothing was done.", next_step=f"It can: {verbs}.")
        case click.exceptions.NoSuchCommand():
            message, near = f"There is no command “{path} {fault.command_name}”", fault.possibilities
            near = [f"{path} {name}" for name in near or ()]
        case click.NoSuchOption():
            message, near = f"“{path}” has no option “{fault.option_name}”", fault.possibilities
        case _:
            message, near = fault.format_message().strip().rstrip("."), None
    hint = f"Did you mean {near[0]}? See {help_step}" if near else f"See {help_step}"
    return BadInput(f"{message}, so nothing was done.", next_step=hint)


def _explain(fault: ProductError, *, as_json: bool, code: int) -> int:
    """Say on stderr what happened and what to type next. Returns the exit code."""
    from purdah_scheduler.cli.speaking import OutputLost, explain, hand_over

    try:
        hand_over()
    except (OutputLost, BrokenPipeError):
        _forget_output()
    with suppress(BrokenPipeError):
        explain(fault, as_json=as_json, code=code)
        sys.stderr.flush()
    return code


def _log_crash(fault: Exception) -> ProductError:
    """Keep the traceback in a file that only this user reads, and say where it is."""
    import traceback
    from datetime import UTC, datetime

    trace = "".join(traceback.format_exception(fault))
    if os.environ.get("PURDAH_DEBUG"):
        from purdah_scheduler.cli.speaking import tell

        tell(trace)
    what = f"Something went wrong that should not have ({type(fault).__name__})"
    try:
        from platformdirs import user_log_path

        path = user_log_path(PROGRAM, appauthor=False) / "crash.log"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {PROGRAM} {__version__}\n{trace}\n")
    except (OSError, ImportError) as problem:
        return ProductError(
            f"{what}, and it could not be written down ({problem}).",
            next_step="Set PURDAH_DEBUG=1 and run it again to see what happened.",
        )
    return ProductError(f"{what}.", next_step=f"What happened is in {path}; please pass it on to whoever looks after this.")


def _open_what_was_closed() -> None:
    """Lead the standard streams that the caller had closed (`>&-`) nowhere, before a file of ours gets their numbers."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - for the rest of the process


def _show_what_cannot_be_encoded() -> None:
    """A terminal that has no sign for a character gets its number: output never fails on somebody's letters."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _forget_output() -> None:
    """Point stdout at nothing, so that Python does not complain once more on its way out."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
