"""Publishing one delivery: claim, ask the gate, stage, ask it again and record the intent, send once, record what came of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from purdah_scheduler.application import by_hand, catching_up, looking_up, outcomes, recovering
from purdah_scheduler.application.answers import (
    AlreadyPublished,
    ByHand,
    ChannelError,
    NeedsLogin,
    OutcomeUnknown,
    Rejected,
    RetryLater,
)
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.gate import Answer, ask
from purdah_scheduler.application.in_hand import InHand
from purdah_scheduler.application.look_plan import LookRules
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.outcomes import Outcome, Owner
from purdah_scheduler.application.outgoing import outgoing_of
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.retrying import GiveUp, RetryRules, decide
from purdah_scheduler.application.timekeeping import clock_facts
from purdah_scheduler.domain.audit import Plain
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import Attempt, Delivery, DeliveryState, HoldReason, RateLimit
from purdah_scheduler.errors import BadMedia, BadSetup, ProductError, StoreUnusable, TryAgain

__all__ = ["Outcome", "Owner", "Publisher"]

_FUSE_SECONDS = 1.0
"""More boot time than this between the gate's yes and the request means that the machine slept or stalled: do not send."""

_LONGEST_LIMIT = timedelta(days=1)
"""A platform that asks for more is asked again after this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A delivery that is prepared: what goes out, through which channel, and until when."""

    account: Account
    outgoing: Outgoing
    channel: Channel
    not_after: datetime | None
    staged: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Intent:
    """The delivery after the gate was asked; `asked_at` (boot seconds) only where this very call recorded the intent."""

    entry: Delivery
    asked_at: float | None = None


class Publisher:
    """Carries claimed deliveries out. Safe to call from several threads, one delivery each.

    `open_channel` gives the channel of an account; it alone may load tokens. `clock_doubt` returns a sentence while the
    clock cannot be trusted, else an empty text. `check_room` raises TryAgain where an outcome might not be recorded; it is
    asked before each intent. `wait` sleeps between tries to record an outcome.
    """

    def __init__(
        self,
        office: Office,
        *,
        owner: Owner,
        open_channel: Callable[[Account], Channel],
        retries: RetryRules | None = None,
        looks: LookRules | None = None,
        clock_doubt: Callable[[], str] = str,
        check_room: Callable[[], object] = bool,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._office = office
        self._owner = owner
        self._open = open_channel
        self._retries = retries or RetryRules()
        self._looks = looks or LookRules()
        self._doubt = clock_doubt
        self._check_room = check_room
        self._wait = wait
        self._in_hand = InHand()

    def adopt(self, office: Office, *, retries: RetryRules | None = None, looks: LookRules | None = None) -> None:
        """Work by these rules from now on; what is under way asks its next question there too."""
        self._office = office
        self._retries = retries or self._retries
        self._looks = looks or self._looks

    def recover(self) -> tuple[Delivery, ...]:
        """What `recovering.recover` does, under this owner's name."""
        return recovering.recover(self._office, self._owner)

    def tidy(self) -> tuple[Delivery, ...]:
        """What `recovering.tidy` and `by_hand.give_up_late` do, under this owner's name, after `renew`."""
        self.renew()
        return recovering.tidy(self._office, self._owner) + by_hand.give_up_late(self._office, self._owner)

    def renew(self) -> None:
        """What `recovering.renew` does for the deliveries that are being carried out by workers that live."""
        for entry in recovering.renew(self._office, self._owner, self._in_hand.alive()):
            self._in_hand.learn(entry)

    def catch_up(self, *, go_on: Callable[[], bool]) -> int:
        """What `catching_up.catch_up` does, under this owner's name."""
        return catching_up.catch_up(self._office, self._owner, go_on=go_on)

    def to_look_up(self) -> tuple[tuple[datetime, Delivery], ...]:
        """What `looking_up.wanted` gives."""
        return looking_up.wanted(self._office)

    def look_up(self, entry: Delivery) -> Delivery:
        """What `looking_up.look_up` does, under this owner's name."""
        return looking_up.look_up(self._office, self._owner, entry, open_channel=self._open, rules=self._looks)

    def claim(self, limit: int, *, not_after: datetime | None = None) -> tuple[Delivery, ...]:
        """Claim up to `limit` deliveries whose time has come, by the clock and by `not_after`. Nothing is claimed early."""
        now = self._office.now()
        due = now if not_after is None else min(now, not_after)
        with self._office.store.write() as tx:
            claimed = tx.claim_due(now=due, owner=self._owner.name, lease_until=now + self._owner.lease, limit=limit)
            for entry in claimed:
                outcomes.note(tx, self._owner, entry, now, "delivery.claimed", {"fence": entry.fence})
        return claimed

    def deliver(self, claimed: Delivery) -> Delivery:
        """Carry one claimed delivery to its next state and return it as it stands then.

        Raises TryAgain where the store could not be asked before the intent: the delivery is still claimed and may be given
        to this again. Raises StoreUnusable at any point.
        """
        with self._in_hand.holding(claimed):
            refused = self._refused_now(claimed)
            if refused is not None:
                return refused
            try:
                ready = self._prepare(claimed)
            except ChannelError as fault:
                return self._not_prepared(claimed, fault)
            except (TryAgain, StoreUnusable):
                raise
            except BadSetup as fault:
                return self._put_back(claimed, DeliveryState.HELD, str(fault), HoldReason.NEEDS_LOGIN)
            except BadMedia as fault:
                return self._put_back(claimed, DeliveryState.HELD, str(fault), HoldReason.CONTENT)
            except ProductError as fault:
                return self._put_back(claimed, DeliveryState.HELD, str(fault), HoldReason.ACCOUNT)
            except Exception as fault:  # noqa: BLE001 - named in the reason; without this it would be tried for ever in silence
                reason = f"It could not be prepared: an unforeseen fault ({type(fault).__name__}). Nothing was sent."
                return self._put_back(claimed, DeliveryState.HELD, reason, HoldReason.FAULT)
            intent = self._intend(claimed, ready.staged)
            if intent.asked_at is None:
                return intent.entry
            if self._office.clock.boot_seconds() - intent.asked_at > _FUSE_SECONDS:
                detail = "The machine slept or stalled before the request: nothing was sent."
                return self._conclude(
                    intent.entry,
                    Outcome(state=DeliveryState.SCHEDULED, detail=detail, code="will-retry", retry_at=self._office.now()),
                )
            return self._conclude(intent.entry, self._send(ready, intent.entry))

    def _refused_now(self, claimed: Delivery) -> Delivery | None:
        """Where the gate says no already, act on that: nothing is uploaded for a post that may not go."""
        try:
            with self._office.store.read() as reader:
                entry = reader.delivery(claimed.id)
                if not _is_held_by(self._owner, entry, claimed):
                    return entry
                now = self._office.now()
                go = self._ask(reader, entry, now).go
                limit = outcomes.limited(reader, entry.account, now) if go else None
        except ProductError:
            raise
        except Exception as fault:  # noqa: BLE001 - named in the reason; without this it would be tried for ever in silence
            reason = f"It could not be judged: an unforeseen fault ({type(fault).__name__}). Nothing was sent."
            return self._put_back(claimed, DeliveryState.HELD, reason, HoldReason.FAULT)
        if limit is not None:
            return self._wait_for_platform(entry, limit, now)
        return None if go else self._intend(claimed, None).entry

    def _wait_for_platform(self, claimed: Delivery, limit: RateLimit, now: datetime) -> Delivery:
        """The platform takes nothing of the account yet: put it back until then, or give it up where that is too late."""
        office = self._office
        with office.store.read() as reader:
            not_after = reader.revision(claimed.post, claimed.revision).content.not_after
        until = format_local(limit.until, office.house.zone)
        detail = f"The platform takes nothing from {claimed.account} until {until}: {limit.reason}"
        account = office.house.account(claimed.account)
        outcome = self._retry(claimed, account, not_after, detail, limit.until - now)
        code = "rate-limited" if outcome.retry_at else outcome.code
        return self._put_back(claimed, outcome.state, outcome.detail, code, retry_at=outcome.retry_at, tried=False)

    def _prepare(self, claimed: Delivery) -> _Ready:
        """Everything that can be done before the intent, and repeated."""
        office = self._office
        account = office.house.account(claimed.account)
        with office.store.read() as reader:
            content = reader.revision(claimed.post, claimed.revision).content
            said = outgoing_of(content, account, claimed)
        outgoing = replace(said, blobs={medium.sha256: office.shelf.get(medium.sha256) for medium in said.media})
        channel = self._open(account)
        problems = [problem.message for problem in channel.validate(outgoing) if problem.blocking]
        if problems:
            raise Rejected(" ".join(problems))
        staged = channel.stage(outgoing, claimed.staged or {})
        return _Ready(account=account, outgoing=outgoing, channel=channel, not_after=content.not_after, staged=staged)

    def _ask(self, reader: Reader, entry: Delivery, now: datetime) -> Answer:
        office = self._office
        return ask(
            reader,
            house=office.house,
            shelf=office.shelf,
            post=entry.post,
            account=entry.account,
            at=now,
            delivery=entry,
            clock_doubt=self._doubt(),
            stopped=office.stop.reason(),
        )

    def _intend(self, claimed: Delivery, staged: Mapping[str, str] | None) -> _Intent:
        """The intent transaction: the gate is asked anew; only its yes lets the attempt and `sending` be written.

        Without `staged` a yes gives the delivery back instead: it was refused a moment ago and is not prepared.
        """
        office = self._office
        if staged is not None:
            self._check_room()
        with office.store.write() as tx:
            asked_at, now = office.clock.boot_seconds(), office.now()
            entry = tx.delivery(claimed.id)
            if not _is_held_by(self._owner, entry, claimed):
                return _Intent(entry=entry)
            answer = self._ask(tx, entry, now)
            late = bool(answer.missed) and all(hold.code is not HoldReason.CLOCK for hold in answer.holds)
            if entry.lease_until is not None and now >= entry.lease_until:
                moved = outcomes.let_go(entry, DeliveryState.SCHEDULED)
            elif late:  # by a clock in doubt nobody can say that anything is late: it is held instead
                moved = outcomes.let_go(entry, DeliveryState.MISSED, code="too-late", reason=answer.missed)
            elif answer.holds:
                moved = outcomes.let_go(entry, DeliveryState.HELD, code=answer.first.code, reason=answer.first.reason)
            elif answer.wait_until is not None or staged is None:
                moved = outcomes.put_off(entry, answer.wait_until)
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
            action = "delivery.unclaimed" if moved.state is DeliveryState.SCHEDULED else ""
            clocks = clock_facts(tx, self._owner.name, now, asked_at) if moved.state is DeliveryState.SENDING else {}
            if not outcomes.move(tx, self._owner, entry, moved, now, action=action, facts=_facts(answer, entry) | clocks):
                raise TryAgain(f"Delivery {entry.id} was changed by somebody else meanwhile, so nothing was sent.")
        return _Intent(entry=moved, asked_at=asked_at if moved.state is DeliveryState.SENDING else None)

    def _send(self, ready: _Ready, sending: Delivery) -> Outcome:
        """Exactly one request. Whatever is not a clear answer is unknown."""
        try:
            receipt = ready.channel.commit(ready.outgoing, ready.staged)
        except RetryLater as fault:
            outcome = self._retry(sending, ready.account, ready.not_after, str(fault), fault.after)
            return replace(outcome, limit=_limit(sending.account, fault, self._office.now()))
        except NeedsLogin as fault:
            return Outcome(state=DeliveryState.HELD, detail=str(fault), code=HoldReason.NEEDS_LOGIN, login_needed=True)
        except Rejected as fault:
            return Outcome(state=DeliveryState.FAILED, detail=str(fault), code="rejected")
        except AlreadyPublished as fault:
            return _already(ready, fault)
        except OutcomeUnknown as fault:
            return Outcome(state=DeliveryState.UNKNOWN, detail=str(fault), code="outcome-unknown")
        except Exception as fault:  # noqa: BLE001 - not hidden: after the request left, anything may mean that the post is public
            detail = f"An unforeseen answer ({type(fault).__name__}): the post may be public."
            return Outcome(state=DeliveryState.UNKNOWN, detail=detail, code="outcome-unknown")
        return Outcome(state=DeliveryState.PUBLISHED, detail="Published.", receipt=receipt)

    def _retry(
        self, entry: Delivery, account: Account, not_after: datetime | None, detail: str, after: timedelta | None
    ) -> Outcome:
        now = self._office.now()
        choice = decide(
            attempts=max(entry.attempts, 1),
            now=now,
            due_at=entry.due_at,
            max_lateness=account.max_lateness,
            not_after=not_after,
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
                return outcomes.settle(self._office, self._owner, sending, outcome)
            except TryAgain:
                self._wait(pause)
                pause = min(pause * 2, 5.0)

    def _not_prepared(self, claimed: Delivery, fault: ChannelError) -> Delivery:
        """Preparing failed: nothing public can have come of it, whatever the channel calls it."""
        if isinstance(fault, NeedsLogin):
            return self._put_back(claimed, DeliveryState.HELD, str(fault), HoldReason.NEEDS_LOGIN, login_needed=True)
        if isinstance(fault, ByHand):
            return self._put_back(claimed, DeliveryState.HELD, str(fault), HoldReason.BY_HAND)
        if isinstance(fault, Rejected):
            return self._put_back(claimed, DeliveryState.FAILED, str(fault), "rejected")
        account = self._office.house.account(claimed.account)
        with self._office.store.read() as reader:
            not_after = reader.revision(claimed.post, claimed.revision).content.not_after
        after = fault.after if isinstance(fault, RetryLater) else None
        limit = _limit(claimed.account, fault, self._office.now()) if isinstance(fault, RetryLater) else None
        outcome = self._retry(replace(claimed, attempts=claimed.attempts + 1), account, not_after, str(fault), after)
        return self._put_back(claimed, outcome.state, outcome.detail, outcome.code, retry_at=outcome.retry_at, limit=limit)

    def _put_back(
        self,
        claimed: Delivery,
        state: DeliveryState,
        reason: str,
        code: str,
        *,
        retry_at: datetime | None = None,
        login_needed: bool = False,
        tried: bool = True,
        limit: RateLimit | None = None,
    ) -> Delivery:
        """Leave `claimed` without an intent; a delivery that is no longer ours is left alone.

        A try that is to be repeated counts as one where it was `tried`, so that the pauses grow.
        """
        with self._office.store.write() as tx:
            now = self._office.now()
            entry = tx.delivery(claimed.id)
            if not _is_held_by(self._owner, entry, claimed):
                return entry
            moved = replace(
                outcomes.let_go(entry, state, code=code, reason=reason),
                not_again_before=retry_at,
                attempts=entry.attempts + (tried and retry_at is not None),
            )
            outcomes.move(tx, self._owner, entry, moved, now)
            if login_needed:
                outcomes.need_login(tx, entry.account, now)
            outcomes.limit_account(tx, self._owner, limit)
        return moved


def _is_held_by(owner: Owner, entry: Delivery, claimed: Delivery) -> bool:
    """Whether the claim is still the one that this owner was given."""
    return entry.state is DeliveryState.CLAIMED and entry.fence == claimed.fence and entry.owner == owner.name


def _limit(account: str, fault: RetryLater, now: datetime) -> RateLimit | None:
    """What a platform that says how long to wait has said of the account; a refusal without that is of one post."""
    if fault.after is None:
        return None
    # A span can lie beyond the last date that there is.
    return RateLimit(account=account, until=now + min(fault.after, _LONGEST_LIMIT), reason=str(fault), at=now)


def _facts(answer: Answer, entry: Delivery) -> dict[str, Plain]:
    """What the gate found, for the record."""
    return {
        "digest": answer.digest,
        "verdict": str(answer.judgement.verdict),
        "periods": list(answer.judgement.periods),
        "fence": entry.fence,
        "clearances": [*answer.standing.in_short],
    }


def _already(ready: _Ready, fault: AlreadyPublished) -> Outcome:
    """The platform has the post: published where it can be found, else a person looks."""
    receipt, detail = fault.receipt, str(fault)
    if receipt is None:
        try:
            receipt = ready.channel.find_published(ready.outgoing, ready.staged)
        except Exception as lost:  # noqa: BLE001 - named in the detail; a failed look-up must not lose what the platform said
            detail = f"{detail} (It could not be looked up: {lost if isinstance(lost, ChannelError) else type(lost).__name__})"
    if receipt is None:
        return Outcome(state=DeliveryState.UNKNOWN, detail=detail, code="platform-says-duplicate")
    return Outcome(state=DeliveryState.PUBLISHED, detail="The platform had it already.", receipt=receipt)
