"""The keys by which a person's signatures are known: `[[person.key]]`, each with the days on which it counts."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from purdah_scheduler.config.reader import Table
from purdah_scheduler.config.schema import SECTIONS
from purdah_scheduler.domain.ssh_keys import SigningKey, read_public_key
from purdah_scheduler.domain.ssh_wire import NotSsh

_LONGEST = 3_500
"""Characters of a line of a `.pub` file: the longest RSA key that is taken, with a comment."""


def read_keys(person: Table, person_id: str, zone: str, taken: dict[bytes, str]) -> tuple[SigningKey, ...]:
    """The person's keys; `taken` has the keys of everybody before, with whose they are, and is added to.

    A day is one of `zone`, from its first moment to its last.
    """
    found = []
    for table in person.tables("key"):
        table.refuse_unknown(SECTIONS["person.key"])
        line = table.text("key", limit=_LONGEST)
        first, last, revoked = table.day("valid_from"), table.day("valid_to"), table.flag("revoked", default=False)
        if first is not None and last is not None and last < first:
            table.fault("valid_to", "valid_to is before valid_from, so the key would never count.")
        if not line:
            continue
        try:
            key = read_public_key(line)
        except NotSsh as fault:
            table.fault("key", f"this is no public key that can be used: {fault}; copy the line of its .pub file.")
            continue
        if key.blob in taken:
            whose = "is listed twice" if taken[key.blob] == person_id else f"is that of {taken[key.blob]} as well"
            table.fault("key", f"the key {key.fingerprint} {whose}; a key proves one person.")
            continue
        taken[key.blob] = person_id
        here = ZoneInfo(zone)
        found.append(
            SigningKey(
                key=key,
                valid_from=None if first is None else datetime.combine(first, time(), here),
                valid_to=None if last is None else datetime.combine(last + timedelta(days=1), time(), here),
                revoked=revoked,
            )
        )
    return tuple(found)
