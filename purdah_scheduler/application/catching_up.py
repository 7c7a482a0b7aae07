"""Holding what the calendar and the rules block as they are now, when a daemon starts or has read them anew.

Files can have changed while nobody swept the queue. The gate would refuse each of these posts at its time: people know it before.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from purdah_scheduler.application.matter import Matter, judgement_of
from purdah_scheduler.application.office import House, Office
from purdah_scheduler.application.outcomes import DAEMON, Owner
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.sweeping import QUEUED, blocked_posts
from purdah_scheduler.domain.audit import NewEntry
from purdah_scheduler.domain.policy import Finding, Verdict
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason

_PIECE = 200
"""Posts that are held in one transaction: what is due meanwhile waits a fraction of a second for it."""


def catch_up(office: Office, owner: Owner, *, go_on: Callable[[], bool] = lambda: True) -> int:
    """Hold everything queued that is blocked at its due time, each with its reason and an entry; nothing is released.

    Between two pieces it asks whether to `go_on`. Returns how many were held. Raises TryAgain and StoreUnusable; what was held
    before that stays held.
    """
    now, held = office.now(), 0
    with office.store.read() as reader:
        posts = blocked_posts(reader, office.house, office.house.calendar(reader), now)
    for start in range(0, len(posts), _PIECE):
        if not go_on():
            break
        held += _hold(office, owner, posts[start : start + _PIECE], now)
    return held


def _hold(office: Office, owner: Owner, posts: Sequence[int], now: datetime) -> int:
    """Ask about some posts once more, each by itself and with all that is known now, and hold what is still blocked."""
    with office.store.write() as tx:
        found = tuple(_blocked(tx, office.house, posts, now))
        tx.hold_all(
            [delivery for delivery, _ in found],
            reason_code=HoldReason.BLOCKED,
            reasons=[finding.reason for _, finding in found],
        )
        tx.record_all(
            NewEntry(
                action="delivery.held",
                at=now,
                post=delivery.post,
                delivery=delivery.id,
                public={
                    "face": "daemon",
                    "owner": owner.name,
                    "account": delivery.account,
                    "state": str(DeliveryState.HELD),
                    "code": str(HoldReason.BLOCKED),
                    "period": finding.period,
                },
                private={"person": DAEMON, "reason": finding.reason},
            )
            for delivery, finding in found
        )
    return len(found)


def _blocked(reader: Reader, house: House, posts: Sequence[int], now: datetime) -> Iterator[tuple[Delivery, Finding]]:
    calendar, people, campaigns = house.calendar(reader), house.active(reader), reader.campaign_exemptions()
    accounts = {account.id: account for account in house.accounts}
    for dossier in reader.dossiers(posts):
        matter = Matter.of(house, dossier, people, campaigns)
        for delivery in dossier.deliveries:
            account = accounts.get(delivery.account)
            if account is None or delivery.state not in QUEUED or delivery.waits:
                continue
            judged = judgement_of(matter, reader, house, account, max(delivery.due_at, now), calendar=calendar)
            if judged.verdict is Verdict.BLOCK:
                blocks = (finding for finding in judged.findings if finding.counts is Verdict.BLOCK)
                yield delivery, next(blocks)
