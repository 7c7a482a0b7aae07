"""Putting an account's secrets where the daemon looks for them, and forgetting them; nothing here ever shows one."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from purdah_scheduler.channels.credentials import BESIDE, ENDS_ON, NAMES, OTHERWISE, day_of, is_usable, too_open
from purdah_scheduler.errors import BadInput, BadSetup
from purdah_scheduler.plain_file import read_plain_file, write_plain_file
from purdah_scheduler.toml_text import NotToml, parse

_MOST_BYTES = 16_384
_NONE = "none"


def names_of(channel: str, *, otherwise: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What an account on the channel needs and what may be beside it; `otherwise` for its other form. Raises BadInput."""
    if otherwise and channel not in OTHERWISE:
        raise BadInput(
            f"An account on {channel} has no tokens of OAuth 2.0, so nothing was kept.", next_step="Leave out --oauth2."
        )
    if channel not in NAMES:
        raise BadInput(
            f"An account on {channel} has no secrets, so there is nothing to keep.",
            next_step="It is ready as soon as it is in the configuration.",
        )
    return (OTHERWISE[channel], BESIDE[channel]) if otherwise else (NAMES[channel], ())


def read_secrets(text: str, what: str) -> Mapping[str, str]:
    """The texts in a file of credentials that somebody hands in. Raises BadInput, which repeats none of them."""
    document = parse(text)
    if isinstance(document, NotToml):
        where = f" (line {document.line})" if document.column else ""
        raise BadInput(f"{what} is not TOML{where}, so nothing was kept.", next_step='It needs lines such as: name = "secret"')
    return _texts(document)


def kept_names(path: Path) -> frozenset[str]:
    """The names of the secrets that are kept in a file; none where it is not there or cannot be used."""
    return frozenset(name for name, value in _kept(path).items() if value)


def keep_secrets(path: Path, given: Mapping[str, str], *, channel: str, otherwise: bool = False) -> tuple[str, ...]:
    """Put the secrets into the file (0600, at once and whole), with the day on which they end; the names of what is new.

    An empty one leaves what is kept as it is; the day goes with the secrets that it was given for, and by `none`. Raises
    BadInput, without a change, where one is missing or cannot be one, and BadSetup where the file cannot be written or belongs
    to another user.
    """
    needed, beside = names_of(channel, otherwise=otherwise)
    ends_on = _day_typed(given.get(ENDS_ON, ""))
    given = {name: value for name, value in given.items() if name != ENDS_ON}
    strange = sorted(set(given) - {*needed, *beside})
    if strange:
        raise BadInput(
            f"An account on {channel} has no secret {strange[0]!r}, so nothing was kept.",
            next_step=f"It has: {', '.join((*needed, *beside))}.",
        )
    new = {name: value for name, value in given.items() if value}
    unusable = sorted(name for name, value in new.items() if not is_usable(name, value))
    if unusable:
        raise BadInput(
            f"What was given as {' and '.join(unusable)} cannot be one (it has spaces or odd signs), so nothing was kept.",
            next_step="Copy it again, whole and without anything around it.",
        )
    _refuse_others_file(path)
    before = _kept(path)
    whole = {name: value for name in (*needed, *beside) if (value := new.get(name) or before.get(name, ""))}
    missing = [name for name in needed if name not in whole]
    if missing:
        raise BadInput(
            f"There is no {' and no '.join(missing)}, given or kept, so nothing was kept.",
            next_step=f"Give all of: {', '.join(needed)}.",
        )
    new_day = {ENDS_ON: ends_on} if ends_on not in ("", _NONE) else {}
    old_day = {ENDS_ON: before[ENDS_ON]} if ENDS_ON in before and not new and not ends_on else {}
    text = "".join(f'{name} = "{_escaped(value)}"\n' for name, value in (whole | old_day | new_day).items())
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_plain_file(path, text.encode("ascii"))
    except OSError as fault:
        raise BadSetup(f"{path} cannot be written ({fault.strerror}), so nothing was kept.") from fault
    return tuple(name for name in (*whole, *new_day) if name in new or name in new_day)


def forget_secrets(*paths: Path) -> tuple[Path, ...]:
    """Delete the files of an account that are there; which ones were. Raises BadSetup where one stays."""
    gone = []
    for path in paths:
        _refuse_others_file(path)
        try:
            path.unlink()
        except FileNotFoundError:
            continue
        except OSError as fault:
            raise BadSetup(
                f"{path} cannot be deleted ({fault.strerror}): its secrets are still there.",
                next_step=f"Type: rm {shlex.quote(str(path))}",
            ) from fault
        gone.append(path)
    return tuple(gone)


def _kept(path: Path) -> Mapping[str, str]:
    """What is in the file; nothing of one that is missing, strange or open to others: it is written anew, whole."""
    try:
        found = read_plain_file(path, limit=_MOST_BYTES)
        if found is None or len(found.data) > _MOST_BYTES or too_open(found.mode, found.owner, handed_over=False):
            return {}
        document = parse(found.data.decode("utf-8"))
    except (OSError, ValueError):
        return {}
    return {} if isinstance(document, NotToml) else _texts(document)


def _texts(document: Mapping[str, object]) -> dict[str, str]:
    """The texts of a file of credentials; the day on which they end may stand without quotes."""
    day = day_of(document.get(ENDS_ON))
    texts = {name: text for name, text in document.items() if isinstance(text, str)}
    return texts if day is None else texts | {ENDS_ON: day.isoformat()}


def _day_typed(typed: str) -> str:
    """The day as the file holds it, `none`, or an empty text. Raises BadInput."""
    plain = typed.strip()
    if plain.casefold() in ("", _NONE):
        return plain.casefold()
    day = day_of(plain)
    if day is None:
        raise BadInput(f"“{plain[:40]}” is no day, so nothing was kept.", next_step="Write it as 2027-03-31, or none.")
    return day.isoformat()


def _refuse_others_file(path: Path) -> None:
    """Raise BadSetup for another user's file: replaced by ours, the daemon that runs as that user could not read it."""
    try:
        owner = path.stat().st_uid
    except OSError:
        return
    if owner != os.geteuid():
        raise BadSetup(
            f"{path} belongs to another user, so it was not changed.",
            next_step="Run this as the user that the daemon runs as: sudo -u USER purdah-scheduler account …",
        )


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
