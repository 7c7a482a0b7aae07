"""Attached files in the database: a team's hosts have no folder in common."""

import hashlib
import re

from sqlalchemy import CheckConstraint, Column, Engine, LargeBinary, MetaData, Table, Text, select
from sqlalchemy.dialects.postgresql import insert

from purdah_scheduler.errors import BadMedia
from purdah_scheduler.store.columns import metadata
from purdah_scheduler.store.faults import Faults
from purdah_scheduler.store.translating import translated

_HASH = re.compile(r"[0-9a-f]{64}")

attachments = Table(
    "attachments",
    MetaData(naming_convention=metadata.naming_convention),
    Column("sha256", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    CheckConstraint("encode(sha256(data), 'hex') = sha256", name="sha256"),
)
"""Only on PostgreSQL, so not among the tables that every store has."""


class AttachmentTable:
    """Files by their SHA-256; the database itself keeps none under a hash that is not its own."""

    def __init__(self, *, writing: Engine, reading: Engine, faults: Faults) -> None:
        self._writing, self._reading, self._faults = writing, reading, faults

    def put(self, data: bytes) -> str:
        """Keep the bytes; returns the SHA-256 in hex. Putting the same bytes twice is harmless. Raises TryAgain."""
        sha256 = hashlib.sha256(data).hexdigest()
        statement = insert(attachments).values(sha256=sha256, data=data).on_conflict_do_nothing()
        with translated(self._faults), self._writing.begin() as connection:
            connection.execute(statement)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes. Raises BadMedia where they are missing or no longer match their hash."""
        if not _HASH.fullmatch(sha256):
            raise BadMedia(
                "An attachment is named by something that is not a SHA-256, so it was not used.", next_step="Attach it again."
            )
        wanted = select(attachments.c.data).where(attachments.c.sha256 == sha256)
        with translated(self._faults), self._reading.connect() as connection:
            found = connection.execute(wanted).scalar()
        if found is None:
            raise BadMedia(
                f"The attachment {sha256[:8]} is not in the database, so it was not used.", next_step="Attach it again."
            )
        data = bytes(found)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise BadMedia(
                f"The attachment {sha256[:8]} was changed after it was attached (its hash differs), so it was not used.",
                next_step="Attach it again.",
            )
        return data
