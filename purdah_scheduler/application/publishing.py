"""Publishing one delivery: claim, ask the gate, stage, ask it again and record the intent, send once, record what came of it."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from purdah_scheduler.application import by_hand, catching_up, looking_up, outcomes, recovering
from purdah_scheduler.application.answers import (
    AlreadyPublished,
    ChannelError,
    NeedsLogin,
    OutcomeUnknown,
    Rejected,
    RetryLater,
)
from purdah_scheduler.application.awaiting import LEAD, Awaiting, Starting
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.gate import Answer, ask
from purdah_scheduler.application.giving_back import GivingBack, limit_by
from purdah_scheduler.application.in_hand import InHand
from purdah_scheduler.application.in_time import InTime
from purdah_scheduler.application.intents import Intent, Wish, is_held_by
from purdah_scheduler.application.kept_calendar import KeptCalendar
from purdah_scheduler.application.look_plan import LookRules
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.outcomes import Outcome, Owner
from purdah_scheduler.application.outgoing import outgoing_of
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.retrying import RetryRules
from purdah_scheduler.application.together import Together
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason
from purdah_scheduler.errors import ProductError, TryAgain
from purdah_scheduler.lean import lean_dataclass

__all__ = ["Outcome", "Owner", "Publisher"]

_FUSE_SECONDS = 1.0
"""More boot time than this between the gate's yes and the request means that the machine slept or stalled: do not send."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A delivery that is prepared: what goes out, through which channel, and until when."""

    account: Account
    outgoing: Outgoing
    channel: Channel
    not_after: datetime | None
    staged: Mapping[str, str]


class Publisher:
    """Carries claimed deliveries out. Safe to call from several threads, one delivery each.

    `open_channel` gives the channel of an account; it alone may load tokens. `clock_doubt` returns a sentence while the
    clock cannot be trusted, else an empty text. `check_room` raises TryAgain where an outcome might not be recorded; it is
    asked before each intent. `prepares` says whether an account's channel may have anything to do before the request; for one
    that has not, the gate is asked by the intent alone. `wait` sleeps: until a time has come, and between tries to record an
    outcome.
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
        prepares: Callable[[Account], bool] = lambda _account: True,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._office = office
        self._owner = owner
        self._open = open_channel
        self._retries = retries or RetryRules()
        self._looks = looks or LookRules()
        self._doubt = clock_doubt
        self._check_room = check_room
        self._prepares = prepares
        self._wait = wait
        self._in_hand = InHand()
        self._calendar = KeptCalendar()
        self._await = Awaiting(lambda: self._office.clock, wait)
        self._starting = Starting()
        self._record_intents = InTime(
            lambda: self._office,
            owner,
            ask=self._ask,
            outside=lambda: (self._office.stop.reason(), self._doubt()),
            awaiting=self._await,
            recorded=self._starting.expect,
        )
        in_time = self._record_intents
        self._intents = Together(in_time, coming=self._await.coming, hold_off=in_time.hold_off, fits=in_time.fits)
        self._outcomes = Together(self._record_outcomes, coming=self._starting.coming)

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

    def claim(self, limit: int, *, not_after: datetime | None = None, ahead: timedelta = timedelta(0)) -> tuple[Delivery, ...]:
        """Claim up to `limit` deliveries whose time has come, by the clock and by `not_after`, or comes within `ahead`."""
        now = self._office.now()
        due = (now if not_after is None else min(now, not_after)) + ahead
        with self._office.store.write() as tx:
            claimed = tx.claim_due(now=due, owner=self._owner.name, lease_until=now + self._owner.lease, limit=limit)
            for entry in claimed:
                outcomes.note(tx, self._owner, entry, now, "delivery.claimed", {"fence": entry.fence})
        # What cannot be read has its trouble alone, when it is prepared.
        with suppress(ProductError), self._office.store.read() as reader:
            self._in_hand.learn_words(claimed, reader.contents([(entry.post, entry.revision) for entry in claimed]))
        return claimed

    def deliver(self, claimed: Delivery, *, begins: float | None = None) -> Delivery:
        """Carry one claimed delivery to its next state and return it as it stands then.

        The gate is asked for its time and not for an earlier one, the intent counts, and the platform is asked, when that time
        has come by the clock and, where it is given, by `begins` (boot seconds). Threads that call this at the same time share
        the transactions in which intents and outcomes are recorded.
        Raises TryAgain where the store could not be asked before the intent: the delivery is still claimed and may be given to
        this again. Raises StoreUnusable at any point.
        """
        with self._in_hand.holding(claimed):
            ready = self._ready(claimed, begins)
            if isinstance(ready, Delivery):
                return ready
            self._await(claimed, begins, lead=LEAD)
            intent = self._intend(claimed, ready.staged, begins)
            if intent.limit is not None:
                return self._back().wait_for_platform(intent.entry, intent.limit, self._office.now())
            if intent.asked_at is None:
                return intent.entry
            stalled = self._office.clock.boot_seconds() - intent.asked_at > _FUSE_SECONDS
            self._starting.one_begins()
            self._intents.tune(was_late=stalled)  # on a slow machine it may have been the others of its commit
            if stalled:
                detail = "The machine slept or stalled before the request: nothing was sent."
                return self._conclude(
                    intent.entry,
                    Outcome(state=DeliveryState.SCHEDULED, detail=detail, code="will-retry", retry_at=self._office.now()),
                )
            return self._conclude(intent.entry, self._send(ready, intent.entry))

    def _ready(self, claimed: Delivery, begins: float | None) -> _Ready | Delivery:
        """What is prepared, or the delivery as it stands where that cannot be, or need not.

        The gate is asked first, so that nothing is uploaded for a post that may not go. Where nothing would be uploaded the
        intent asks it soon enough; but the gate's reason counts before any trouble with preparing.
        """
        content = self._in_hand.words(claimed)
        account = next((each for each in self._office.house.accounts if each.id == claimed.account), None)
        asked = content is None or account is None or bool(content.files) or self._prepares(account)
        if asked and (refused := self._refused_in_time(claimed, begins)) is not None:
            return refused
        try:
            return self._prepare(claimed)
        except Exception as fault:  # noqa: BLE001 - sorted out, and raised where it is the store's
            refused = None if asked else self._refused_in_time(claimed, begins)
            return self._back().not_prepared(claimed, fault) if refused is None else refused

    def _refused_in_time(self, claimed: Delivery, begins: float | None) -> Delivery | None:
        """Once its time has come: where the gate says no already, act on that."""
        self._await(claimed, begins)
        with self._office.store.read() as reader:
            entry = reader.delivery(claimed.id)
            if not is_held_by(self._owner, entry, claimed):
                return entry
            now = self._office.now()
            try:
                go = self._ask(reader, entry, now).go
            except ProductError:
                raise
            except Exception:  # noqa: BLE001 - the intent is asked for without being prepared, and there it is named in the reason
                go = False
            limit = outcomes.limited(reader, entry.account, now) if go else None
        if limit is not None:
            return self._back().wait_for_platform(entry, limit, now)
        return None if go else self._intend(claimed, None, begins).entry

    def _prepare(self, claimed: Delivery) -> _Ready:
        """Everything that can be done before the intent, and repeated."""
        office = self._office
        account = office.house.account(claimed.account)
        content = self._in_hand.words(claimed)
        if content is None:
            with office.store.read() as reader:
                content = reader.revision(claimed.post, claimed.revision).content
        said = outgoing_of(content, account, claimed)
        outgoing = replace(said, blobs={medium.sha256: office.shelf.get(medium.sha256) for medium in said.files})
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
            calendar=self._calendar(office.house, reader),
            clock_doubt=self._doubt(),
            stopped=office.stop.reason(),
        )

    def _back(self) -> GivingBack:
        return GivingBack(office=self._office, owner=self._owner, rules=self._retries)

    def _intend(self, claimed: Delivery, staged: Mapping[str, str] | None, begins: float | None = None) -> Intent:
        """Record the intent, or what the gate says instead; without `staged` the delivery is not prepared and is given up."""
        if staged is not None:
            self._check_room()
        return self._intents(Wish(claimed=claimed, staged=staged, begins=begins))

    def _record_outcomes(self, settled: Sequence[tuple[Delivery, Outcome]]) -> tuple[Delivery, ...]:
        return outcomes.settle_all(self._office, self._owner, settled)

    def _send(self, ready: _Ready, sending: Delivery) -> Outcome:
        """Exactly one request. Whatever is not a clear answer is unknown."""
        try:
            receipt = ready.channel.commit(ready.outgoing, ready.staged)
        except RetryLater as fault:
            outcome = self._back().retry(sending, ready.account, ready.not_after, str(fault), fault.after)
            return replace(outcome, limit=limit_by(sending.account, fault, self._office.now()))
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

    def _conclude(self, sending: Delivery, outcome: Outcome) -> Delivery:
        """Record the outcome before anything else happens, for as long as the store needs to take it."""
        pause = 0.05
        while True:
            try:
                return self._outcomes((sending, outcome))
            except TryAgain:
                self._wait(pause)
                pause = min(pause * 2, 5.0)


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
