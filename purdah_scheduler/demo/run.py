"""One demonstration from its folder to its end: prepared, then opened on a terminal, or played headless and told in words."""

import os
import shlex
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from purdah_scheduler import bootstrap
from purdah_scheduler.application.office import Office
from purdah_scheduler.demo.department import OFFICER
from purdah_scheduler.demo.folder import make_folder
from purdah_scheduler.demo.script import LAST_SOON, STORIES
from purdah_scheduler.demo.seeding import Seeded, Seeding
from purdah_scheduler.demo.telling import calling, report
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.errors import NeedsAttention, TryAgain

_PATIENCE = timedelta(seconds=30)
"""How long after its time the daemon may take to send the first wave before the demonstration gives up on it."""

_LAST_WAIT = 20.0


def run_demo(folder: Path | None, headless: bool, *, tour: bool = False) -> int:
    """Prepare an invented department in `folder` (a fresh one where None) and open it; returns the exit code.

    `headless`, or without a terminal, it lets the real daemon publish what is due in the next seconds and tells what went out,
    what was held and why. `tour` begins the guided tour, which is offered otherwise. Raises BadInput for a folder that is in
    use, BadSetup, TryAgain, and NeedsAttention where the daemon did not do its part.
    """
    config_path = make_folder(folder)
    _tell(f"Preparing an invented department in {config_path.parent}")
    began, _ = prepare(config_path)
    if headless or not _on_terminal():
        _play(config_path, began)
        return 0
    from purdah_scheduler.tui.run import run_tui
    from purdah_scheduler.tui.wishes import TourWish

    code = run_tui(config_path, OFFICER, own_daemon=True, tour=TourWish.BEGIN if tour else TourWish.OFFER)
    _tell(f"To look at it again: {calling(config_path)} --as {OFFICER}")
    _tell(f"To remove it: rm -r -- {shlex.quote(str(config_path.parent))}")
    return code


def prepare(config_path: Path) -> tuple[datetime, Seeded]:
    """Create the queue that the configuration names and play the stories on it. Returns when that began, and what it made."""
    config = bootstrap.read_config(config_path)
    bootstrap.create_queue(config)
    office = bootstrap.open_office(config)
    try:
        began = office.now()
        seeding = Seeding(office, STORIES, now=began, open_channel=lambda clock: bootstrap.channel_opener(config, clock))
        return began, seeding.play()
    finally:
        office.store.close()


def _play(config_path: Path, began: datetime) -> None:
    office = bootstrap.open_office(bootstrap.read_config(config_path))
    try:
        _tell("The daemon now publishes what is due in the next seconds.")
        _let_daemon_work(office, config_path, until=began + timedelta(seconds=LAST_SOON))
        sys.stdout.write(reveal(report(office, config_path, began=began)) + "\n")
        sys.stdout.flush()
    finally:
        office.store.close()


def _let_daemon_work(office: Office, config_path: Path, *, until: datetime) -> None:
    """Run the real daemon as a process of its own until nothing is left that was due by `until`, then stop it.

    It also ends by itself with our end of its standard input, should this process die.
    """
    log = config_path.parent / "daemon.log"
    command = [sys.executable, "-m", "purdah_scheduler", "--config", str(config_path), "daemon", "--until-stdin-closes"]
    with (
        os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=to) as daemon,
    ):
        try:
            while _left(office, until):
                if daemon.poll() is not None:
                    raise TryAgain(
                        f"The daemon of the demonstration ended too early (code {daemon.returncode}), so not all that is due "
                        "was published.",
                        next_step=f"Its own words are in {log}",
                    )
                if office.now() > until + _PATIENCE:
                    raise NeedsAttention(
                        "The daemon of the demonstration did not publish all that is due in time.",
                        next_step=f"Its own words are in {log}",
                    )
                time.sleep(0.2)
        finally:
            _stop(daemon)


def _left(office: Office, until: datetime) -> bool:
    """Whether the daemon still has something to do that was due by then."""
    with office.store.read() as reader:
        waiting = reader.in_state((DeliveryState.SCHEDULED, DeliveryState.CLAIMED, DeliveryState.SENDING))
    return any(entry.due_at <= until or entry.state is not DeliveryState.SCHEDULED for entry in waiting)


def _stop(daemon: "subprocess.Popen[bytes]") -> None:
    """Ask the daemon to end in order; whatever does not is ended."""
    daemon.terminate()
    try:
        daemon.wait(_LAST_WAIT)
    except subprocess.TimeoutExpired:
        daemon.kill()


def _on_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _tell(words: str) -> None:
    sys.stderr.write(reveal(words) + "\n")
    sys.stderr.flush()
