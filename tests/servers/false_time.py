"""libfaketime: another wall clock for a program, unpacked once."""

from pathlib import Path

from tests.servers.debian import Debian
from tests.servers.hosting import NotHere

NAME = "libfaketime"
_PACKAGE = "libfaketime=0.9.*"


def library(cache: Path) -> Path:
    """What is preloaded, unpacked into `cache` where it is not there yet. Raises NotHere."""
    folder = cache / NAME
    done = folder / "installed"
    if not done.exists() or done.read_text("utf-8") != _PACKAGE:
        folder.mkdir(parents=True, exist_ok=True)
        Debian(folder, server=NAME).unpack([_PACKAGE])
        done.write_text(_PACKAGE, "utf-8")
    found = next(folder.rglob("libfaketime.so.1"), None)
    if found is None:
        raise NotHere(f"{NAME} cannot be installed here (its package holds no library)")
    return found
