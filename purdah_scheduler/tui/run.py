"""From a terminal to the interface and back: what is checked before, who publishes meanwhile, what is left behind."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from purdah_scheduler import bootstrap
from purdah_scheduler.application import views
from purdah_scheduler.config import Config, default_config_path
from purdah_scheduler.errors import NeedsAttention, TryAgain
from purdah_scheduler.tui.daemon_log import log_path
from purdah_scheduler.tui.welcome_queue import queue_is_missing
from purdah_scheduler.tui.wishes import TourWish, wants_accessible

_PATIENCE = 15.0
"""Seconds for which a daemon that was just started is not missed."""

_LAST_SEND = 60.0
"""Seconds that a daemon is waited for: it finishes the send in hand."""


class OwnDaemon:
    """A daemon that lives as long as the interface: it is told to stop when that ends, and ends itself should that crash."""

    def __init__(self, process: "subprocess.Popen[bytes] | None" = None) -> None:
        self.process = process
        self._since = time.monotonic()

    def starting(self) -> bool:
        """Whether it runs and is too young to have been seen."""
        return self.process is not None and self.process.poll() is None and time.monotonic() - self._since < _PATIENCE

    def stop(self) -> None:
        """Ask it to stop and wait for the send in hand; one that takes longer is left to finish, for it is nobody's any more."""
        process = self.process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(_LAST_SEND)
        except subprocess.TimeoutExpired:
            process.returncode = 0  # it is alive and will end by itself: no warning about a child that was left


def run_tui(
    config_path: Path | None,
    as_person: str | None,
    *,
    own_daemon: bool = False,
    demo: Callable[[], int] | None = None,
    tour: TourWish = TourWish.NONE,
) -> int:
    """Open the interface until the person leaves. Returns the exit code.

    Where there is no queue yet it opens the welcome, and then what was chosen there; `demo` opens a demonstration.
    `own_daemon`: start a daemon for as long as the interface runs, unless one is alive. Raises NeedsAttention without a
    terminal, and whatever keeps the queue from being opened; a fault of the interface is raised when the terminal is whole again.
    """
    if not on_terminal():
        raise NeedsAttention(
            "There is no terminal here, so the interface was not opened.",
            next_step="For commands and scripts: purdah-scheduler --help",
        )
    without_colour = settle_environment()
    path = config_path or default_config_path(os.environ)
    config = None if config_path is None and not path.exists() else bootstrap.read_config(path)
    if config is None or queue_is_missing(config):
        from purdah_scheduler.tui.welcome import WelcomeApp

        accessible = wants_accessible(os.environ) or (config is not None and config.interface.accessible)
        chosen = WelcomeApp(path, config=config, person=as_person, accessible=accessible, without_colour=without_colour).run()
        if chosen is None:
            return 0
        if chosen.config is None:
            return demo() if demo is not None else 0
        config, as_person = bootstrap.read_config(chosen.config), chosen.person
    return _open(config, as_person, own_daemon=own_daemon, tour=tour, without_colour=without_colour)


def _open(config: Config, as_person: str | None, *, own_daemon: bool, tour: TourWish, without_colour: bool) -> int:
    """Open the interface on the queue of this configuration."""
    from purdah_scheduler.tui.app import PurdahApp
    from purdah_scheduler.tui.keys import check_keymap

    if wants_accessible(os.environ):
        config = replace(config, interface=replace(config.interface, accessible=True))
    check_keymap(config.keymap, str(config.path))
    office = bootstrap.open_office(config)
    try:
        actor = bootstrap.make_actor(config, office.store, as_person, face="tui")
        wanted = own_daemon and not views.status(office).alive
        with daemon_of_our_own(config, wanted=wanted) as daemon:
            app = PurdahApp(office, config, actor, starting=daemon.starting, without_colour=without_colour, tour=tour)
            app.run(mouse=config.interface.mouse)
    finally:
        office.store.close()
    if app.crash is not None:
        raise app.crash
    return app.return_code or 0


def on_terminal() -> bool:
    """Whether somebody types here and sees what is shown."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def settle_environment() -> bool:
    """Take away the settings of Textual that anybody could have left in the environment; whether colour is unwanted.

    Some of them write the screen to a file, press keys or load code (security.md, row 26).
    """
    for name in [name for name in os.environ if name.startswith("TEXTUAL")]:
        del os.environ[name]
    if not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)
    return "NO_COLOR" in os.environ


@contextmanager
def daemon_of_our_own(config: Config, *, wanted: bool) -> Iterator[OwnDaemon]:
    """Run a daemon beside the interface, if one is wanted; it writes its log beside the queue."""
    daemon = OwnDaemon(_start(config) if wanted else None)
    try:
        yield daemon
    finally:
        daemon.stop()


def _start(config: Config) -> "subprocess.Popen[bytes]":
    log = log_path(config)
    try:
        handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as fault:
        raise TryAgain(f"{log} cannot be written ({fault.strerror}), so no daemon was started.") from fault
    with os.fdopen(handle, "wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "purdah_scheduler", "--config", str(config.path), "daemon", "--until-stdin-closes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
