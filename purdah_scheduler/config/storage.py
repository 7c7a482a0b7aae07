"""Where the queue is: a file of this machine, or a database on a PostgreSQL server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from purdah_scheduler.config.reader import Table, shown
from purdah_scheduler.config.source import resolve
from purdah_scheduler.errors import BadInput
from purdah_scheduler.plain_file import read_plain_file
from purdah_scheduler.toml_text import MAX_BYTES, decode, parse

_QUEUE: Final = "purdah.db"
_EXAMPLE: Final = "postgresql://asha@db.example/purdah?sslmode=verify-full"
_SETTINGS: Final = (
    *("host", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslnegotiation", "channel_binding"),
    *("gssencmode", "krbsrvname", "passfile", "target_session_attrs"),
)
"""What may follow the question mark: how the server is reached and known. What the store itself sets is not among it."""

_PROTECTED: Final = ("require", "verify-ca", "verify-full")
_HERE: Final = ("localhost", "127.0.0.1", "::1")
_KEPT_ELSEWHERE: Final = (
    "a password in this file would be known to everybody who can read it; take it out, and keep it in ~/.pgpass (chmod 600) "
    "or in the file that PGPASSFILE names, or use a certificate"
)


def read_store(table: Table, folder: Path) -> tuple[Path, str]:
    """The file of the queue, and the address of the database: an empty text where the file is used.

    With an address the file is not made; its folder holds what belongs to this machine alone.
    """
    url = table.text("url", default="", limit=1000) if "url" in table else ""
    if url and "path" in table:
        table.fault("path", "path and url name two places for one queue; take one of them out.")
    for fault in _faults(url) if url else ():
        table.fault("url", f"{fault}.")
    name = table.text("path", default=_QUEUE)
    if name.endswith(("/", "\\")):
        table.fault("path", f"{shown(name)} is a folder; name the file in it, such as {name}purdah.db.")
    return resolve(folder, name), url


def named_store(path: Path) -> Path | None:
    """The file of the queue that a faulty configuration at `path` names, or None where that cannot be known.

    What is no TOML names nothing: then it is the queue beside it, if there is one.
    """
    try:
        found = read_plain_file(path, limit=MAX_BYTES)
        document = parse(decode(found.data)) if found is not None and len(found.data) <= MAX_BYTES else None
    except (OSError, ValueError):
        return None
    folder = path.absolute().parent
    if isinstance(document, dict):
        section = document.get("store")
        name = section.get("path", _QUEUE) if isinstance(section, dict) else _QUEUE
        return resolve(folder, name) if isinstance(name, str) else None
    beside = folder / _QUEUE
    return beside if beside.exists() else None


def check_store_url(url: str) -> None:
    """Raise BadInput unless `url` could stand under [store]."""
    for fault in _faults(url):
        raise BadInput(f"Nothing was done: {fault}.", next_step=f'An address is written as "{_EXAMPLE}".')


def _faults(url: str) -> Iterator[str]:
    """What is wrong with an address; a password in it is never shown again."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        yield f'url cannot be read as an address; write it as "{_EXAMPLE}"'
        return
    asked = parse_qs(parts.query, keep_blank_values=True)
    if parts.password is not None or "password" in asked:
        yield _KEPT_ELSEWHERE
        return
    database = parts.path.removeprefix("/")
    if parts.scheme != "postgresql" or not database or "/" in database or parts.fragment or port == 0:
        yield f'{shown(url)} is not the address of a database; write it as "{_EXAMPLE}"'
        return
    for name, values in asked.items():
        if name not in _SETTINGS:
            yield f"{shown(name)} cannot be set in an address; known are: {', '.join(sorted(_SETTINGS))}"
        elif len(values) != 1 or not values[0]:
            yield f"{name} needs one value"
    mode, host = asked.get("sslmode", [""])[0], parts.hostname or asked.get("host", [""])[0]
    if host and not host.startswith("/") and host not in _HERE and mode not in _PROTECTED:
        yield (
            f"nothing would protect the way to {shown(host)}: add sslmode=verify-full (or require, where the certificate of "
            "the server cannot be checked)"
        )
