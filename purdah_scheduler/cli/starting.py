"""`init`, `tui` and `demo`: the ways to begin."""

import os
from pathlib import Path

import click

from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.opening import open_interface
from purdah_scheduler.cli.speaking import emit, inline, say
from purdah_scheduler.domain.people import Role
from purdah_scheduler.errors import BadInput, BadSetup

_FOLDER = click.Path(path_type=Path)


@verb("init", example='purdah-scheduler init --department "Department for Invented Affairs"')
@click.option("--dir", "folder", type=_FOLDER, metavar="DIR", help="Where to put it (default: the user's configuration folder).")
@click.option("--department", default="Your department", metavar="NAME", help="What the department is called.")
@click.pass_obj
def init(call: Invocation, *, folder: Path | None, department: str) -> None:
    """Write a commented configuration and create the queue. Nothing that exists is overwritten."""
    from purdah_scheduler import bootstrap
    from purdah_scheduler.config import example_config

    path = (folder / "config.toml" if folder else call.whereabouts).absolute()
    written = _write_new(path, example_config(department))
    config = bootstrap.read_config(path)
    if not config.store_url and config.store_path.exists():
        raise BadInput(
            f"{path} and {config.store_path} are there already, so nothing was written.",
            next_step="See whether they are sound: purdah-scheduler config check",
        )
    bootstrap.create_queue(config)
    if call.as_json:
        emit({"config": str(path), "store": config.store_name, "config_written": written})
        return
    say(f"{'Wrote' if written else 'Found'} {inline(str(path))}")
    say(f"Created the queue {inline(config.store_name)}")
    option = "" if path == Invocation().whereabouts.absolute() else f"--config {inline(str(path))} "
    author = next(person.id for person in config.people if person.has(Role.AUTHOR))
    call.tell("Next: name your own people and accounts in it, then look it over and write a first post:")
    call.tell(f"  purdah-scheduler {option}config check")
    call.tell(
        f"  purdah-scheduler {option}--as {author} post new --account {config.accounts[0].id} "
        '--category operational-service --text "Our phone lines open at 8am."'
    )


def _write_new(path: Path, text: str) -> bool:
    """Write a configuration where none is; whether it was written. Raises BadSetup."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        (path.parent / "calendar.d").mkdir(exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.is_file():
            return False
        raise BadSetup(f"{path} is in the way, so nothing was written.", next_step="Choose another folder with --dir.") from None
    except OSError as fault:
        raise BadSetup(
            f"{path} could not be written: {fault.strerror}. Nothing was created.",
            next_step="Choose a folder of your own with --dir.",
        ) from fault
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return True


@verb("tui", example="purdah-scheduler --as asha tui --with-daemon")
@click.option("--with-daemon", is_flag=True, help="Publish for as long as it is open, unless a daemon is running already.")
@click.pass_obj
def tui(call: Invocation, *, with_daemon: bool) -> int:
    """Open the interface."""
    return open_interface(call.config_path, call.as_person, own_daemon=with_daemon)


@verb("demo", example="purdah-scheduler demo --headless")
@click.option("--dir", "folder", type=_FOLDER, metavar="DIR", help="Keep it in this folder (default: a fresh one).")
@click.option("--headless", is_flag=True, help="Without the interface: publish what is due and say what was held, and why.")
@click.option("--tour", is_flag=True, help="Begin the guided tour of the interface: ten steps.")
@click.pass_obj
def demo(call: Invocation, *, folder: Path | None, headless: bool, tour: bool) -> int:
    """A complete invented department on which everything can be tried; nothing leaves this machine."""
    from purdah_scheduler.demo import run_demo

    if call.config_path is not None:
        raise BadInput("The demonstration brings its own configuration, so nothing was started.", next_step="Leave out --config.")
    if tour and headless:
        raise BadInput("A tour needs the interface, so nothing was started.", next_step="Leave out --headless, or --tour.")
    return run_demo(folder, headless, tour=tour)
