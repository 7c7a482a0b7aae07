"""Room to record: what could not be written down afterwards must not be sent."""

import shutil
from pathlib import Path

from purdah_scheduler.errors import TryAgain

ROOM = 20_000_000
"""Bytes that must be free beside the queue for anything to be sent."""


def check_room(folder: Path) -> None:
    """Raise TryAgain where too little is free in `folder` to be sure that an outcome can be recorded."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as fault:
        raise TryAgain(
            f"The folder {folder} cannot be looked at ({fault.strerror}), so nothing is sent.", next_step="Check the disk."
        ) from fault
    if free < ROOM:
        raise TryAgain(
            f"Less than {ROOM // 1_000_000} MB are free beside the queue, so nothing is sent.",
            next_step=f"Make room on the disk that holds {folder}.",
        )
