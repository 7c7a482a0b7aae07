"""Signs of life of daemons: a row for each, and the latest time that any of them saw, which never falls by itself."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from purdah_scheduler.domain.posts import Heartbeat
from purdah_scheduler.store import rows, schema
from purdah_scheduler.store.facts import CLOCK_ACCEPTED, HIGH_WATER, accepted_of, high_water_of
from purdah_scheduler.store.instants import kept
from purdah_scheduler.store.schema_daemons import daemons
from purdah_scheduler.store.work import View, Work


class DaemonReader(View):
    """Who publishes, and by which time."""

    def heartbeats(self) -> tuple[Heartbeat, ...]:
        """Of every daemon that is known, the one seen last first."""
        wanted = select(daemons).order_by(daemons.c.seen_at.desc(), daemons.c.owner)
        return tuple(map(rows.heartbeat_of, self._work.rows(wanted)))

    def high_water(self) -> datetime | None:
        """The latest wall time that a daemon has recorded, or a person has accepted since."""
        said = self.fact(HIGH_WATER)
        with self._work.readable("the latest time that was seen"):
            return high_water_of(said)

    def clock_accepted_at(self) -> datetime | None:
        """What the clock said when a person accepted it last."""
        said = self.fact(CLOCK_ACCEPTED)
        with self._work.readable("the time at which the clock was accepted"):
            return accepted_of(said)

    def fact(self, name: str) -> str:
        """What the store knows of itself under that name, or an empty text."""
        return str(self._work.scalar(select(schema.meta.c.value).where(schema.meta.c.name == name)) or "")


def note_sign(work: Work, heartbeat: Heartbeat, *, high_water: datetime, forget: Collection[str]) -> None:
    """Write a sign of life; `forget` names the daemons that are gone.

    With a goodbye, those of others are forgotten: who said it last is enough to know where nobody publishes any more.
    """
    meta, before = schema.meta, DaemonReader(work).high_water()
    if before is None:
        work.quietly(insert(meta), {"name": HIGH_WATER, "value": str(kept(high_water))})
    elif high_water > before:
        work.quietly(update(meta).where(meta.c.name == HIGH_WATER).values(value=str(kept(high_water))))
    if forget:
        work.quietly(delete(daemons).where(daemons.c.owner.in_(sorted(forget))))
    if heartbeat.stopped_at is not None:
        work.quietly(delete(daemons).where(daemons.c.stopped_at.is_not(None)))
    values = rows.record_values(heartbeat)
    if not work.change(update(daemons).where(daemons.c.owner == heartbeat.owner).values(values)):
        work.quietly(insert(daemons), values)
