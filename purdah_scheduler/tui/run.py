"""From a terminal to the interface and back: what is checked before, who publishes meanwhile, what is left behind."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from purdah_scheduler import bootstrap
from purdah_scheduler.application import views
from purdah_scheduler.config import Config, default_config_path
from purdah_scheduler.errors import NeedsAttention, TryAgain
from purdah_scheduler.tui.daemon_log import log_path

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


def run_tui(config_path: Path | None, as_person: str | None, *, own_daemon: bool = False) -> int:
    """Open the interface until the person leaves. Returns the exit code.

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
    if config_path is None and not path.exists():
        from purdah_scheduler.tui.welcome import WelcomeApp

        WelcomeApp(path, without_colour=without_colour).run()
        return 0
    from purdah_scheduler.tui.app import PurdahApp
    from purdah_scheduler.tui.keys import check_keymap

    config = bootstrap.read_config(path)
    check_keymap(config.keymap, str(config.path))
    office = bootstrap.open_office(config)
    try:
        actor = bootstrap.make_actor(config, office.store, as_person, face="tui")
        wanted = own_daemon and not views.status(office).alive
        with daemon_of_our_own(config, wanted=wanted) as daemon:
            app = PurdahApp(office, config, actor, starting=daemon.starting, without_colour=without_colour)
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
