"""The revisions of the schema: which ones this version knows, and how a store is brought to the newest."""

import secrets
import threading
from pathlib import Path

from sqlalchemy import Connection, insert, select

from purdah_scheduler.store.schema import meta

HEAD = "0004"
"""The newest schema revision that this version knows."""

OLDER: frozenset[str] = frozenset({"0001", "0002", "0003"})
"""Schema revisions that can be brought forward."""

_ONE_AT_A_TIME = threading.Lock()
"""Alembic hands the connection to the revisions through module globals: one migration at a time in a process."""


def migrate(connection: Connection) -> None:
    """Run the missing revisions in the transaction of `connection`, and give a new store its id.

    Alembic is imported here alone: it takes a third of a second.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with _ONE_AT_A_TIME:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    if connection.execute(select(meta.c.value).where(meta.c.name == "instance")).first() is None:
        connection.execute(insert(meta).values(name="instance", value=secrets.token_hex(16)))
