"""Publishing one delivery: claim, stage, ask the gate and record the intent, send once, record what came of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from purdah_scheduler.application.gate import ask
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import (
    AlreadyPublished,
    Channel,
    ChannelError,
    NeedsLogin,
    OutcomeUnknown,
    Receipt,
    Rejected,
    RetryLater,
    Writer,
)
from purdah_scheduler.application.retrying import GiveUp, RetryRules, decide
from purdah_scheduler.domain.audit import NewEntry, Plain
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import (
    Attempt,
    Delivery,
    DeliveryState,
    HoldReason,
    Pause,
    check_delivery_move,
)
from purdah_scheduler.errors import BadSetup, ProductError, TryAgain

_FUSE_SECONDS = 1.0
"""More boot time than this between recording the intent and sending means that the machine slept: do not send."""

_DIED = "The daemon stopped between the request and its answer: the post may be public. It is not sent again by itself."


def _grace(entry: Delivery) -> timedelta:
    """A claim ends with its lease; a send is given up a minute after that, longer than one request can last."""
    return timedelta(seconds=60) if entry.state is DeliveryState.SENDING else timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The daemon that publishes: a name that no other has, and for how long a claim is its own."""

    name: str
    lease: timedelta = timedelta(seconds=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one try: the next state, its reason, and a receipt where there is one."""

    state: DeliveryState
    detail: str
    code: str = ""
    receipt: Receipt | None = None
    retry_at: datetime | None = None
    login_needed: bool = False


class Publisher:
    """Carries claimed deliveries out. Safe to call from several threads, one delivery each.

    `open_channel` gives the channel of an account; it alone may load tokens. `clock_doubt` returns a sentence while the
    clock cannot be trusted, else an empty text. `wait` sleeps between tries to record an outcome.
    """

    def __init__(
        self,
        office: Office,
        *,
        owner: Owner,
        open_channel: Callable[[Account], Channel],
        retries: RetryRules | None = None,
        clock_doubt: Callable[[], str] = str,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._office = office
        self._owner = owner
        self._open = open_channel
        self._retries = retries or RetryRules()
        self._doubt = clock_doubt
        self._wait = wait

    def recover(self) -> tuple[Delivery, ...]:
        """Put right what a dead daemon left: claimed goes back (nothing had left), sending becomes unknown.

        Call it once, before the first claim, and only while it is certain that no other daemon lives on this store.
        Returns what became unknown.
        """
        now = self._office.now()
        with self._office.store.write() as tx:
            for entry in tx.in_state((DeliveryState.CLAIMED,)):
                back = replace(entry, state=DeliveryState.SCHEDULED, owner="", lease_until=None)
                if self._save(tx, back, was=entry):
                    self._record(tx, "delivery.unclaimed", entry, now, {"state": str(back.state)})
            unknown = [self._lose(tx, entry, now, _DIED) for entry in tx.in_state((DeliveryState.SENDING,))]
        return tuple(unknown)

    def tidy(self) -> tuple[Delivery, ...]:
        """Take back what this daemon's own threads left behind: claims whose lease ran out, and sends without any answer.

        A send is given up as unknown only after its lease and a grace longer than a request can last. Returns what changed.
        """
        now = self._office.now()
        with self._office.store.read() as reader:
            stale = [
                entry
                for entry in reader.in_state((DeliveryState.CLAIMED, DeliveryState.SENDING))
                if entry.lease_until is not None and now >= entry.lease_until + _grace(entry)
            ]
        if not stale:
            return ()
        changed = []
        with self._office.store.write() as tx:
            for seen in stale:
                entry = tx.delivery(seen.id)
                if entry.state is not seen.state or entry.fence != seen.fence:
                    continue
                if entry.state is DeliveryState.CLAIMED:
                    changed.append(self._release(tx, entry, now))
                else:
                    changed.append(
                        self._lose(
                            tx, entry, now, "No answer came in time: the post may be public. It is not sent again by itself."
                        )
                    )
        return tuple(changed)

    def claim(self, limit: int) -> tuple[Delivery, ...]:
        """Claim up to `limit` deliveries whose time has come. Nothing is claimed early."""
        now = self._office.now()
        with self._office.store.write() as tx:
            claimed = tx.claim_due(now=now, owner=self._owner.name, lease_until=now + self._owner.lease, limit=limit)
            for entry in claimed:
                self._record(tx, "delivery.claimed", entry, now, {"fence": entry.fence})
        return claimed

    def deliver(self, claimed: Delivery) -> Delivery:
        """Carry one claimed delivery to its next state and return it as it stands then."""
        try:
            account = self._office.house.account(claimed.account)
            outgoing = self._outgoing(claimed, account)
            channel = self._open(account)
            problems = [problem.message for problem in channel.validate(outgoing) if problem.blocking]
            if problems:
                return self._put_back(claimed, DeliveryState.FAILED, " ".join(problems), "rejected")
            staged = channel.stage(outgoing, claimed.staged or {})
        except ChannelError as fault:
            return self._before_intent(claimed, fault)
        except BadSetup as fault:
            return self._put_back(claimed, DeliveryState.HELD, str(fault), HoldReason.NEEDS_LOGIN)
        except TryAgain:
            raise
        except ProductError as fault:
            return self._put_back(claimed, DeliveryState.HELD, str(fault), HoldReason.ACCOUNT)
        sending, committed_at = self._intend(claimed, staged)
        if sending.state is not DeliveryState.SENDING:
            return sending
        if self._office.clock.boot_seconds() - committed_at > _FUSE_SECONDS:
            now = self._office.now()
            late = Outcome(
                state=DeliveryState.SCHEDULED, detail="The machine slept before the request: nothing was sent.", retry_at=now
            )
            return self._conclude(sending, late)
        return self._conclude(sending, self._send(channel, outgoing, staged, sending, account))

    def _outgoing(self, claimed: Delivery, account: Account) -> Outgoing:
        with self._office.store.read() as reader:
            revision = reader.revision(claimed.post, claimed.revision)
        content = revision.content
        entry = next((known for known in content.accounts if known.account == account.id), None)
        if entry is None:
            raise BadSetup(f"Post {claimed.post} is not for {account.id}, so it was not sent.")
        return Outgoing(
            key=f"{claimed.post}-{account.id}-r{claimed.revision}-{claimed.digest[:8]}",
            account=account.id,
            text="\n\n".join(entry.parts),
            lang=entry.lang,
            visibility=entry.visibility,
            content_warning=entry.content_warning,
            reply_to=entry.reply_to,
            media=content.media,
            blobs={medium.sha256: self._office.shelf.get(medium.sha256) for medium in content.media},
            not_before=claimed.due_at,
        )

    def _intend(self, claimed: Delivery, staged: Mapping[str, str]) -> tuple[Delivery, float]:
        """The intent transaction: the gate is asked anew; only its yes lets the attempt and `sending` be written."""
        office = self._office
        with office.store.write() as tx:
            now = office.now()
            entry = tx.delivery(claimed.id)
            if entry.state is not DeliveryState.CLAIMED or entry.fence != claimed.fence or entry.owner != self._owner.name:
                return entry, 0.0
            if entry.lease_until is not None and now >= entry.lease_until:
                return self._release(tx, entry, now), 0.0
            answer = ask(
                tx,
                house=office.house,
                shelf=office.shelf,
                post=entry.post,
                account=entry.account,
                at=now,
                delivery=entry,
                clock_doubt=self._doubt(),
                stopped=office.stop.reason(),
            )
            if answer.missed:
                moved = replace(entry, state=DeliveryState.MISSED, reason_code="too-late", reason=answer.missed)
            elif answer.holds:
                moved = replace(entry, state=DeliveryState.HELD, reason_code=answer.first.code, reason=answer.first.reason)
            else:
                moved = replace(
                    entry,
                    state=DeliveryState.SENDING,
                    attempts=entry.attempts + 1,
                    staged=dict(staged),
                    reason_code="",
                    reason="",
                )
                tx.add_attempt(Attempt(delivery=entry.id, number=moved.attempts, intent_at=now, owner=self._owner.name))
            if not self._save(tx, moved, was=entry):
                return tx.delivery(claimed.id), 0.0
            facts: dict[str, Plain] = {
                "state": str(moved.state),
                "code": moved.reason_code,
                "digest": answer.digest,
                "verdict": str(answer.judgement.verdict),
                "periods": list(answer.judgement.periods),
                "fence": moved.fence,
                "clearances": [f"{decision.stage}@{decision.revision}" for decision in answer.standing.counting],
            }
            self._record(tx, f"delivery.{moved.state}", moved, now, facts, reason=moved.reason)
        return moved, office.clock.boot_seconds()

    def _lose(self, tx: Writer, entry: Delivery, now: datetime, reason: str) -> Delivery:
        lost = replace(
            entry, state=DeliveryState.UNKNOWN, owner="", lease_until=None, reason_code="outcome-unknown", reason=reason
        )
        self._save(tx, lost, was=entry)
        self._record(tx, "delivery.unknown", entry, now, {"state": str(lost.state), "code": lost.reason_code}, reason=reason)
        return lost

    def _release(self, tx: Writer, entry: Delivery, now: datetime) -> Delivery:
        back = replace(entry, state=DeliveryState.SCHEDULED, owner="", lease_until=None)
        self._save(tx, back, was=entry)
        self._record(tx, "delivery.unclaimed", entry, now, {"state": str(back.state), "code": "lease-ran-out"})
        return back

    def _send(
        self, channel: Channel, outgoing: Outgoing, staged: Mapping[str, str], sending: Delivery, account: Account
    ) -> Outcome:
        """Exactly one request. Whatever is not a clear answer is unknown."""
        try:
            receipt = channel.commit(outgoing, staged)
        except RetryLater as fault:
            return self._retry(sending, account, str(fault), fault.after)
        except NeedsLogin as fault:
            return Outcome(state=DeliveryState.HELD, detail=str(fault), code=HoldReason.NEEDS_LOGIN, login_needed=True)
        except Rejected as fault:
            return Outcome(state=DeliveryState.FAILED, detail=str(fault), code="rejected")
        except AlreadyPublished as fault:
            return self._already(channel, outgoing, staged, fault)
        except OutcomeUnknown as fault:
            return Outcome(state=DeliveryState.UNKNOWN, detail=str(fault), code="outcome-unknown")
        except Exception as fault:  # noqa: BLE001  after the request left, anything unforeseen may mean that the post is public
            return Outcome(
                state=DeliveryState.UNKNOWN, detail=f"Unforeseen answer ({type(fault).__name__}).", code="outcome-unknown"
            )
        return Outcome(state=DeliveryState.PUBLISHED, detail="Published.", receipt=receipt)

    def _already(self, channel: Channel, outgoing: Outgoing, staged: Mapping[str, str], fault: AlreadyPublished) -> Outcome:
        receipt = fault.receipt
        if receipt is None:
            try:
                receipt = channel.find_published(outgoing, staged)
            except ChannelError:
                receipt = None
        if receipt is None:
            return Outcome(state=DeliveryState.UNKNOWN, detail=str(fault), code="platform-says-duplicate")
        return Outcome(state=DeliveryState.PUBLISHED, detail="The platform had it already.", receipt=receipt)

    def _retry(self, entry: Delivery, account: Account, detail: str, after: timedelta | None) -> Outcome:
        with self._office.store.read() as reader:
            content = reader.revision(entry.post, entry.revision).content
        choice = decide(
            attempts=max(entry.attempts, 1),
            now=self._office.now(),
            due_at=entry.due_at,
            max_lateness=account.max_lateness,
            not_after=content.not_after,
            after=after,
            rules=self._retries,
        )
        if isinstance(choice, GiveUp):
            return Outcome(state=DeliveryState.MISSED, detail=f"{choice.reason} ({detail})", code="too-late")
        return Outcome(state=DeliveryState.SCHEDULED, detail=detail, code="will-retry", retry_at=choice.at)

    def _conclude(self, sending: Delivery, outcome: Outcome) -> Delivery:
        """Record the outcome before anything else happens, for as long as the store needs to take it."""
        pause = 0.05
        while True:
            try:
                return self._write_outcome(sending, outcome)
            except TryAgain:
                self._wait(pause)
                pause = min(pause * 2, 5.0)

    def _write_outcome(self, sending: Delivery, outcome: Outcome) -> Delivery:
        with self._office.store.write() as tx:
            now = self._office.now()
            entry = tx.delivery(sending.id)
            proof = outcome.receipt is not None and entry.state is DeliveryState.UNKNOWN
            if not proof and (entry.state is not DeliveryState.SENDING or entry.fence != sending.fence):
                return entry
            receipt = outcome.receipt
            attempts = tx.attempts(entry.id)
            if attempts:
                tx.end_attempt(replace(attempts[-1], outcome=str(outcome.state), detail=outcome.detail, ended_at=now))
            settled = replace(
                entry,
                state=outcome.state,
                reason_code=outcome.code,
                reason="" if outcome.state is DeliveryState.PUBLISHED else outcome.detail,
                owner="",
                lease_until=None,
                not_again_before=outcome.retry_at,
                remote_id=receipt.remote_id if receipt else "",
                remote_url=receipt.url if receipt else "",
                published_at=now if receipt else None,
            )
            if outcome.state is DeliveryState.MISSED:
                waiting = replace(settled, state=DeliveryState.SCHEDULED)
                self._save(tx, waiting, was=entry)
                entry = waiting
            self._save(tx, settled, was=entry)
            if outcome.login_needed:
                words = "The platform refuses the credentials of this account."
                tx.set_pause(Pause(account=entry.account, person="the daemon", reason=words, at=now))
            facts: dict[str, Plain] = {"state": str(settled.state), "code": settled.reason_code}
            if receipt:
                facts |= {"remote_id": receipt.remote_id, "url": receipt.url}
            self._record(tx, f"delivery.{settled.state}", settled, now, facts, reason=settled.reason)
        return settled

    def _before_intent(self, claimed: Delivery, fault: ChannelError) -> Delivery:
        """Staging failed: nothing public can have come of it, whatever the channel calls it."""
        account = self._office.house.account(claimed.account)
        if isinstance(fault, NeedsLogin):
            return self._put_back(claimed, DeliveryState.HELD, str(fault), HoldReason.NEEDS_LOGIN)
        if isinstance(fault, Rejected):
            return self._put_back(claimed, DeliveryState.FAILED, str(fault), "rejected")
        after = fault.after if isinstance(fault, RetryLater) else None
        outcome = self._retry(replace(claimed, attempts=claimed.attempts + 1), account, str(fault), after)
        return self._put_back(claimed, outcome.state, outcome.detail, outcome.code, retry_at=outcome.retry_at)

    def _put_back(
        self, claimed: Delivery, state: DeliveryState, reason: str, code: str, *, retry_at: datetime | None = None
    ) -> Delivery:
        """Leave `claimed` without an intent; a delivery that is no longer ours is left alone."""
        with self._office.store.write() as tx:
            now = self._office.now()
            entry = tx.delivery(claimed.id)
            if entry.state is not DeliveryState.CLAIMED or entry.fence != claimed.fence:
                return entry
            moved = replace(
                entry, state=state, reason_code=code, reason=reason, owner="", lease_until=None, not_again_before=retry_at
            )
            self._save(tx, moved, was=entry)
            self._record(tx, f"delivery.{state}", moved, now, {"state": str(state), "code": code}, reason=reason)
        return moved

    def _save(self, tx: Writer, entry: Delivery, *, was: Delivery) -> bool:
        check_delivery_move(was.state, entry.state)
        return tx.save_delivery(entry, was=was.state, fence=was.fence)

    def _record(
        self, tx: Writer, action: str, entry: Delivery, now: datetime, facts: Mapping[str, Plain], *, reason: str = ""
    ) -> None:
        tx.record(
            NewEntry(
                action=action,
                at=now,
                post=entry.post,
                delivery=entry.id,
                public={"face": "daemon", "owner": self._owner.name, "account": entry.account, **facts},
                private={"person": "the daemon", "reason": reason},
            )
        )
