"""What the welcome finds out and does: where a queue would be, whether one is missing, and the run of `init`."""

import json
import subprocess
import sys
from pathlib import Path

from purdah_scheduler import bootstrap
from purdah_scheduler.config import Config, acting_person
from purdah_scheduler.errors import BadSetup, ProductError, WhoAreYou
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.plain_file import at_home, is_missing

_PATIENCE = 120.0
"""Seconds for which a new queue may take to be created."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What `init` made: the configuration, which may have been there, and the queue in words."""

    config: Path
    store: str
    written: bool


def places_of_init(path: Path, config: Config | None) -> tuple[Path, ...]:
    """Every path that `init` would create for a configuration at `path`; `config` is the one that is there, if one is."""
    if config is not None:
        wanted = [path.parent / "calendar.d", config.data_folder, config.store_path]
    else:
        wanted = [path.parent, path, path.parent / "calendar.d", path.parent / "purdah.db"]
    return tuple(dict.fromkeys(place for place in wanted if is_missing(place)))


def queue_is_missing(config: Config) -> bool:
    """Whether the configuration names a file that is not there; of a database on a server nothing is said here."""
    return not config.store_url and is_missing(config.store_path)


def made_by_init(path: Path) -> Made:
    """Run `init` for the configuration at `path`, as a process of its own. Raises ProductError with its refusal."""
    command = [sys.executable, "-m", "purdah_scheduler", "--config", str(path), "init", "--json"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise BadSetup(f"init could not be run ({fault}).", next_step="Run it yourself: purdah-scheduler init") from fault
    told = _object(done.stdout if done.returncode == 0 else done.stderr)
    if done.returncode:
        raise ProductError(told.get("error", "init ended without a word."), next_step=told.get("next", "purdah-scheduler init"))
    return Made(config=Path(told["config"]), store=told["store"], written=bool(told["config_written"]))


def read_team(typed: str) -> Config:
    """The configuration that somebody typed the path of, or of its folder. Raises BadSetup, ConfigFaults."""
    if not typed.strip():
        raise BadSetup("No path was typed, so nothing was opened.", next_step="Type one; tab completes it.")
    path = at_home(typed.strip()).absolute()
    try:
        folder = path.is_dir()
    except OSError:
        folder = False  # no file can have that name, and reading it says so
    return bootstrap.read_config(path / "config.toml" if folder else path)


def people_to_be(path: Path) -> tuple[tuple[str, str], ...]:
    """Whom this login can act as, by id and name, where it has to be asked; nobody where the login itself tells.

    Raises nothing: what is wrong with the configuration is said when it is opened.
    """
    try:
        config = bootstrap.read_config(path)
        acting_person(config, None, bootstrap.login_name())
    except WhoAreYou:
        return tuple((person.id, person.name) for person in config.people if not person.os_users)
    except ProductError:
        return ()
    return ()


def _object(raw: bytes) -> dict[str, str]:
    """The last line as the object that it is."""
    lines = raw.decode("utf-8", "replace").strip().splitlines()
    try:
        told = json.loads(lines[-1]) if lines else {}
    except ValueError:
        told = {"error": lines[-1]}
    return told if isinstance(told, dict) else {}
