"""Whether the clock of this machine may be believed: how far it may be off, in which words it is doubted, and who accepts it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.audit import Plain
from purdah_scheduler.domain.people import Role
from purdah_scheduler.errors import BadInput

TOLERANCE = timedelta(seconds=30)
"""A step of the clock larger than this, either way, puts it in doubt; so does being this far behind the record."""

ADVICE = "Set the clock right; if it is right as it is: purdah-scheduler daemon clock accept --reason …"
"""What a person does about a clock in doubt."""

SET_IT = "Let the machine set its clock by the network: timedatectl set-ntp true"
"""What a person does about a clock that is wrong."""

Hear = Callable[[datetime], None]
"""Told what a platform's clock says as soon as its answer has come: the only witness of the time that is not on this machine.

It must not raise: the answer matters more.
"""


def hear_nothing(_said: datetime) -> None:
    """For who does not care what a platform's clock says."""


def behind_the_record(now: datetime, high_water: datetime | None) -> str:
    """Why a clock that says `now` is in doubt, given the latest time on record; an empty text where it is not."""
    if high_water is None or now >= high_water - TOLERANCE:
        return ""
    return (
        f"The clock of this machine is {span_in_words(high_water - now)} behind the latest time that this queue has seen, "
        "so nothing is sent."
    )


def span_in_words(span: timedelta) -> str:
    """A span of time, rounded: in seconds up to two minutes, minutes up to two hours, hours up to two days, then in days."""
    seconds = round(span.total_seconds())
    if seconds < 120:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    hours = round(seconds / 3600)
    return f"{hours} hours" if hours < 48 else f"{round(seconds / 86400)} days"


def clock_facts(reader: Reader, owner: str, now: datetime, booted: float) -> dict[str, Plain]:
    """What every clock says at `now`, for the record: `booted` is the boot clock's (seconds, kept as milliseconds).

    `platform_ahead_ms`: by how much the clock of the daemon `owner` was ahead of the platform that answered it last, at
    `platform_heard_at`.
    """
    high_water, beat = reader.high_water(), next((beat for beat in reader.heartbeats() if beat.owner == owner), None)
    ahead = beat.platform_ahead if beat is not None else None
    heard = beat.platform_heard_at if beat is not None else None
    return {
        "clock": {
            "wall": now.isoformat(),
            "boot_ms": round(booted * 1000),
            "high_water": high_water.isoformat() if high_water is not None else None,
            "platform_ahead_ms": None if ahead is None else round(ahead * 1000),
            "platform_heard_at": heard.isoformat() if heard is not None else None,
        }
    }


def accept_clock(office: Office, actor: Actor, *, reason: str) -> datetime:
    """Make the clock as it is now the measure of later ones, be it earlier than what is on record; returns what it says.

    A daemon that runs believes it from its next heartbeat on. What it held stays held: each post needs a new time.
    """
    if not reason.strip():
        raise BadInput(
            "Accepting the clock needs a reason, so nothing was changed.",
            next_step='purdah-scheduler daemon clock accept --reason "…"',
        )
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.OPERATOR, to="accept the clock of this machine")
        before = tx.high_water()
        tx.accept_clock(now)
        public = {"latest_before": before.isoformat() if before else ""}
        record(tx, actor, "clock.accepted", at=now, public=public, private={"reason": reason.strip()})
    return now
