"""The unit file for systemd: a hardened service, filled in with this configuration's places and accounts."""

import sys
from importlib.resources import files
from pathlib import Path

from purdah_scheduler.config import Config
from purdah_scheduler.errors import BadInput

_HOMES = frozenset({"home", "root"})
"""Folders at the top that `ProtectHome=` hides."""


def unit_file(config: Config, *, user: str) -> str:
    """The unit for the daemon of this configuration, run by `user`. Raises BadInput for a name that no unit can hold."""
    program, folder = _program(), config.data_folder
    needed = [*program, str(config.path), str(folder)]
    needing = [account for account in config.accounts if account.credentials]
    tokens = [f"LoadCredential={account.id}:{_word(account.credentials, last=True)}" for account in needing]
    if config.notice_credentials:
        tokens.append(f"LoadCredential=_notify:{_word(config.notice_credentials, last=True)}")
    filled = {
        "@USER@": _word(user),
        "@PROGRAM@": " ".join(map(_word, program)),
        "@CONFIG@": _word(str(config.path)),
        "@FOLDER@": _word(str(folder)),
        "@CREDENTIALS@": "\n".join(tokens) or "# (no account of this configuration has any)",
        # What lies in a home cannot be hidden; it is then readable, and nothing but the folder above can be written.
        "@HOME@": "read-only" if any(Path(place).parts[1] in _HOMES for place in needed) else "yes",
    }
    text = files("purdah_scheduler.data").joinpath("purdah-scheduler.service").read_text("utf-8")
    for name, value in filled.items():
        text = text.replace(name, value)
    return text


def _program() -> list[str]:
    """How this program was called, as a service can call it."""
    script = Path(sys.executable).with_name("purdah-scheduler")
    return [str(script)] if script.exists() else [sys.executable, "-m", "purdah_scheduler"]


def _word(text: str, *, last: bool = False) -> str:
    """One word of a unit: a percent sign stands for itself, and spaces are within quotation marks, or in the `last` word."""
    if not text or not text.isprintable() or any(char in text for char in "\"'\\$"):
        raise BadInput(
            f"“{text!r}” cannot stand in a unit of systemd, so none was written.", next_step="Choose a place with a plain name."
        )
    text = text.replace("%", "%%")
    return f'"{text}"' if " " in text and not last else text
