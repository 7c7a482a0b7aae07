"""The limits of an account's own server: learnt by the daemon, kept for every face, and used wherever words are counted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.application.limit_ports import LimitReader
from purdah_scheduler.application.outcomes import DAEMON
from purdah_scheduler.application.ports import Writer
from purdah_scheduler.domain.audit import NewEntry, Plain
from purdah_scheduler.domain.server_limits import ServerLimits


def known_limits(reader: LimitReader) -> Mapping[str, ServerLimits]:
    """What is known of each account's server, by account; of one that was never asked nothing is."""
    return {limits.account: limits for limits in reader.server_limits()}


def learn(tx: Writer, account: str, limits: Limits, now: datetime) -> None:
    """Keep what the account's server takes, with an entry in the record where that is news."""
    numbers = {
        "max_length": limits.max_length,
        "max_images": limits.max_images,
        "max_image_bytes": limits.max_image_bytes,
        "max_alt": limits.max_alt,
    }
    told, known = ServerLimits(account=account, at=now, **numbers), known_limits(tx).get(account)
    if known is not None and replace(known, at=now) == told:
        return
    tx.set_server_limits(told)
    public: dict[str, Plain] = {"face": "daemon", "account": account, **numbers}
    tx.record(NewEntry(action="account.limits-learnt", at=now, public=public, private={"person": DAEMON}))
