"""The folder of a demonstration: fresh, its owner's alone, and never anything that somebody else may want to keep."""

import os
import shlex
import tempfile
from pathlib import Path

from purdah_scheduler.demo.department import CONFIG, FIRST_LINE, OFFICER
from purdah_scheduler.errors import BadInput, BadSetup


def make_folder(wanted: Path | None) -> Path:
    """An empty folder with the configuration in it, at `wanted` or in the temporary directory. Returns the configuration.

    Raises BadInput for a folder that has anything in it, BadSetup where none can be made.
    """
    try:
        folder = _new_folder(wanted)
        path = folder / "config.toml"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(CONFIG)
    except OSError as fault:
        raise BadSetup(
            f"The demonstration could not be put into {wanted or 'the temporary directory'}: {fault.strerror}. "
            "Nothing was started.",
            next_step="Choose a folder of your own with --dir.",
        ) from fault
    return path


def _new_folder(wanted: Path | None) -> Path:
    if wanted is None:
        return Path(tempfile.mkdtemp(prefix="purdah-demo-"))
    folder = wanted.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        return folder
    if _is_ours(folder):
        config = shlex.quote(str(folder / "config.toml"))
        raise BadInput(
            f"{folder} holds an earlier demonstration, so nothing was written.",
            next_step=f"Open that one: purdah-scheduler --config {config} --as {OFFICER}; "
            f"or remove it first: rm -r -- {shlex.quote(str(folder))}",
        )
    raise BadInput(
        f"{folder} is not empty, so nothing was written.", next_step="Choose an empty folder with --dir, or leave --dir out."
    )


def _is_ours(folder: Path) -> bool:
    try:
        with (folder / "config.toml").open(encoding="utf-8", errors="replace") as file:
            return file.readline().rstrip("\n") == FIRST_LINE
    except OSError:
        return False
