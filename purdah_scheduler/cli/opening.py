"""The interface, and the line that opens it: people wait for it, so one without a command is read without a parser's help."""

from collections.abc import Sequence
from pathlib import Path

_OPTIONS = ("--config", "--as")


def without_command(line: Sequence[str]) -> tuple[Path | None, str | None] | None:
    """The configuration and the person of a line that has nothing but these, each after its option; None for any other line.

    What it takes means the same to the parser of commands; whatever has another form, or a fault, is the parser's.
    """
    given: dict[str, str] = {}
    for option, value in zip(line[::2], line[1::2], strict=False):
        if option not in _OPTIONS or not value or value.startswith("-"):
            return None
        given[option] = value
    if len(line) % 2:
        return None
    config = given.get("--config")
    return Path(config) if config is not None else None, given.get("--as")


def open_interface(config: Path | None, person: str | None, *, own_daemon: bool = False) -> int:
    """Open the interface and return its exit code. Raises NeedsAttention where there is no terminal to open it on.

    `own_daemon`: publish for as long as it is open, unless a daemon is alive already.
    """
    from purdah_scheduler.tui.run import run_tui

    return run_tui(config, person, own_daemon=own_daemon, demo=_demo)


def _demo() -> int:
    """The demonstration, for somebody who has chosen it on the first page."""
    from purdah_scheduler.demo import run_demo

    return run_demo(None, headless=False)
