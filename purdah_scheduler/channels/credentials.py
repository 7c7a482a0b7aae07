"""The tokens of an account: found, checked for who else can read them, and wrapped so that they never show."""

import os
import re
import shlex
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import NoReturn

from purdah_scheduler.domain.people import Account
from purdah_scheduler.errors import BadSetup
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.plain_file import read_plain_file
from purdah_scheduler.toml_text import NotToml, parse

_MAX_BYTES = 16_384
NAMES: Mapping[str, tuple[str, ...]] = {
    "bluesky": ("app_password",),
    "facebook": ("page_token",),
    "mastodon": ("access_token",),
    "wordpress": ("application_password",),
    "x": ("consumer_key", "consumer_secret", "access_token", "access_token_secret"),
}
"""Channel -> what its file of credentials holds. X's are the four texts of OAuth 1.0a user access, which do not expire."""
OTHERWISE: Mapping[str, tuple[str, ...]] = {"x": ("client_id", "refresh_token")}
"""Channel -> what it can hold instead, known by the last name: on X the tokens of OAuth 2.0."""
BESIDE: Mapping[str, tuple[str, ...]] = {"x": ("client_secret", "access_token")}
"""Channel -> what may be there with the other ones: the secret of an app that X calls confidential, and a first access token."""
ENDS_ON = "ends_on"
"""What may be in the file of every channel beside the secrets: the day on which they end, where a person knows it."""

# WordPress shows its application passwords in groups with spaces between them.
_SPACED_TOKEN = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?")
_TOKEN = re.compile(r"[\x21-\x7e]{1,512}")
_SPACED = frozenset({"application_password"})


class Secret:
    """A text that shows itself only through `reveal`: not in repr, str, formatting, comparison or pickles."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself; call it where it is used and keep no copy."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not written anywhere")


class Credentials:
    """The secrets of one account by their names, as its channel needs them; `ends_at` is when they end, as a person gave it."""

    __slots__ = ("_secrets", "ends_at")

    def __init__(self, secrets: Mapping[str, Secret], *, ends_at: datetime | None = None) -> None:
        self._secrets = dict(secrets)
        self.ends_at = ends_at

    def __getitem__(self, name: str) -> Secret:
        return self._secrets[name]

    def __contains__(self, name: str) -> bool:
        return name in self._secrets

    def values(self) -> tuple[str, ...]:
        """All of them, revealed, for taking them out of texts that are shown."""
        return tuple(secret.reveal() for secret in self._secrets.values())


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsFile:
    """Where an account's tokens are; `handed_over` when a service manager put the file there."""

    path: Path
    handed_over: bool


def find_credentials(account: Account, credentials_dir: Path | None) -> CredentialsFile:
    """The file that a service manager handed over for the account, else the one that the configuration names.

    Raises BadSetup where there is neither.
    """
    if credentials_dir is not None and re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", account.id):
        handed_over = credentials_dir / account.id
        if handed_over.exists():
            return CredentialsFile(path=handed_over, handed_over=True)
    if account.credentials:
        return CredentialsFile(path=Path(account.credentials), handed_over=False)
    raise BadSetup(
        f"Account {account.id!r} has no credentials, so nothing can be sent from it.",
        next_step='Add credentials = "FILE" to the account in the configuration, or a LoadCredential= line to the service.',
    )


def too_open(mode: int, owner: int, *, handed_over: bool) -> bool:
    """Whether others than the owner can read or change a file of this mode.

    systemd gives a service its credentials as root's file with an access list, whose mask shows as group-readable (0440);
    that one form is right.
    """
    shared = mode & 0o077
    if handed_over and owner == 0:
        return shared & ~0o040 != 0
    return shared != 0


def read_credentials(source: CredentialsFile, *, account: str, channel: str) -> Credentials:
    """The tokens in a TOML file of texts: those that `NAMES` or `OTHERWISE` has for the channel.

    Raises BadSetup where the file is missing, readable by others, somebody else's, too large or incomplete; no message ever
    repeats what is in it.
    """
    path, names = source.path, NAMES[channel]
    text = _read_private(source, account=account)
    document = parse(text)
    if isinstance(document, NotToml):
        # The parser's own words may repeat the line, so only its number is taken over.
        problem = f"is not valid TOML{f' (line {document.line})' if document.column else ''}"
    else:
        beside: tuple[str, ...] = ()
        if OTHERWISE.get(channel, ("",))[-1] in document:
            names, beside = OTHERWISE[channel], tuple(name for name in BESIDE[channel] if name in document)
        texts = {name: value for name in (*names, *beside) if isinstance(value := document.get(name), str)}
        bad = [name for name in (*names, *beside) if not is_usable(name, texts.get(name, ""))]
        ends_on = day_of(document.get(ENDS_ON))
        if ends_on is None and ENDS_ON in document:
            bad.append(ENDS_ON)
        if not bad:
            ends_at = None if ends_on is None else datetime.combine(ends_on, time(), UTC)
            return Credentials({name: Secret(text) for name, text in texts.items()}, ends_at=ends_at)
        problem = f"lacks a usable {' and '.join(bad)}"
    raise BadSetup(
        f"The credentials file {path} of account {account!r} {problem}, so nothing was sent.",
        next_step=f"It needs {_lines(len(names))}: " + ", ".join(f'{name} = "…"' for name in names) + ".",
    )


def day_of(value: object) -> date | None:
    """The day that stands under `ENDS_ON`, as 2027-03-31 with quotes or without; None for what is none of this millennium."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    if not isinstance(day, date) or isinstance(day, datetime):
        return None
    return day if 2000 <= day.year < 3000 else None


def is_usable(name: str, text: str) -> bool:
    """Whether `text` can be the secret of that name: signs without spaces, and of a password in groups with some between."""
    return (_SPACED_TOKEN if name in _SPACED else _TOKEN).fullmatch(text) is not None


def _lines(count: int) -> str:
    return {1: "one line", 4: "four lines"}.get(count, f"{count} lines")


def _read_private(source: CredentialsFile, *, account: str) -> str:
    path = source.path
    try:
        found = read_plain_file(path, limit=_MAX_BYTES)
    except OSError as fault:
        raise BadSetup(
            f"The credentials file {path} of account {account!r} cannot be read ({fault.strerror}), so nothing was sent.",
            next_step="Correct credentials in the configuration, or create the file with mode 0600.",
        ) from None
    if found is None or len(found.data) > _MAX_BYTES:
        raise BadSetup(
            f"The credentials file {path} of account {account!r} is not a small plain file, so it was not used.",
            next_step="Name a TOML file with the account's credentials.",
        )
    if too_open(found.mode, found.owner, handed_over=source.handed_over):
        raise BadSetup(
            f"The credentials file {path} of account {account!r} is open to other users (mode {found.mode:04o}), "
            "so it was not used.",
            next_step=f"Type: chmod 600 {shlex.quote(str(path))}  Then replace the tokens if others use this machine.",
        )
    if found.owner not in (0, os.geteuid()):
        raise BadSetup(
            f"The credentials file {path} of account {account!r} belongs to another user, so it was not used.",
            next_step=f"Type: chown {os.geteuid()} {shlex.quote(str(path))}",
        )
    try:
        return found.data.decode("utf-8")
    except UnicodeDecodeError:
        return "\0"  # no TOML: told as such, without the bytes
