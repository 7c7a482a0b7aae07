"""How a store is brought to the newest revision of the schema."""

import secrets
import threading
from pathlib import Path

from sqlalchemy import Connection, insert, select

from purdah_scheduler.store.schema import meta

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
