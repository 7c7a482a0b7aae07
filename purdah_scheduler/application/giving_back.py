"""Giving a claimed delivery back without an intent, or after a try that sent nothing: until when, in which state, and why."""

from dataclasses import replace
from datetime import datetime, timedelta

from purdah_scheduler.application import outcomes
from purdah_scheduler.application.answers import ByHand, ChannelError, NeedsLogin, Rejected, RetryLater
from purdah_scheduler.application.intents import is_held_by
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.outcomes import Outcome, Owner
from purdah_scheduler.application.retrying import GiveUp, RetryRules, decide
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason, RateLimit
from purdah_scheduler.errors import BadMedia, BadSetup, ProductError, StoreUnusable, TryAgain
from purdah_scheduler.lean import lean_dataclass

_LONGEST_LIMIT = timedelta(days=1)
"""A platform that asks for more is asked again after this."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class GivingBack:
    """How one owner gives back, by the rules for another try."""

    office: Office
    owner: Owner
    rules: RetryRules

    def wait_for_platform(self, claimed: Delivery, limit: RateLimit, now: datetime) -> Delivery:
        """The platform takes nothing of the account yet: put it back until then, or give it up where that is too late."""
        office = self.office
        with office.store.read() as reader:
            not_after = reader.revision(claimed.post, claimed.revision).content.not_after
        until = format_local(limit.until, office.house.zone)
        detail = f"The platform takes nothing from {claimed.account} until {until}: {limit.reason}"
        account = office.house.account(claimed.account)
        outcome = self.retry(claimed, account, not_after, detail, limit.until - now)
        code = "rate-limited" if outcome.retry_at else outcome.code
        return self._put_back(claimed, outcome.state, outcome.detail, code, retry_at=outcome.retry_at, tried=False)

    def retry(
        self, entry: Delivery, account: Account, not_after: datetime | None, detail: str, after: timedelta | None
    ) -> Outcome:
        """What comes of a try that is known to have sent nothing: another one later, or missed where that is too late."""
        now = self.office.now()
        choice = decide(
            attempts=max(entry.attempts, 1),
            now=now,
            due_at=entry.due_at,
            max_lateness=account.max_lateness,
            not_after=not_after,
            after=after,
            rules=self.rules,
        )
        if isinstance(choice, GiveUp):
            return Outcome(state=DeliveryState.MISSED, detail=f"{choice.reason} ({detail})", code="too-late")
        return Outcome(state=DeliveryState.SCHEDULED, detail=detail, code="will-retry", retry_at=choice.at)

    def not_prepared(self, claimed: Delivery, fault: Exception) -> Delivery:
        """Preparing failed: nothing public can have come of it, whatever the channel calls it. Raises what the store raised."""
        if isinstance(fault, NeedsLogin):
            return self._put_back(claimed, DeliveryState.HELD, str(fault), HoldReason.NEEDS_LOGIN, login_needed=True)
        if isinstance(fault, ByHand):
            return self._put_back(claimed, DeliveryState.HELD, str(fault), HoldReason.BY_HAND)
        if isinstance(fault, Rejected):
            return self._put_back(claimed, DeliveryState.FAILED, str(fault), "rejected")
        if isinstance(fault, ChannelError):
            return self._prepare_later(claimed, fault)
        if isinstance(fault, TryAgain | StoreUnusable):
            raise fault
        code, reason = HoldReason.ACCOUNT, str(fault)
        if isinstance(fault, BadSetup):
            code = HoldReason.NEEDS_LOGIN
        elif isinstance(fault, BadMedia):
            code = HoldReason.CONTENT
        elif not isinstance(fault, ProductError):  # named in the reason; without this it would be tried for ever in silence
            code = HoldReason.FAULT
            reason = f"It could not be prepared: an unforeseen fault ({type(fault).__name__}). Nothing was sent."
        return self._put_back(claimed, DeliveryState.HELD, reason, code)

    def _prepare_later(self, claimed: Delivery, fault: ChannelError) -> Delivery:
        account = self.office.house.account(claimed.account)
        with self.office.store.read() as reader:
            not_after = reader.revision(claimed.post, claimed.revision).content.not_after
        after, limit = (
            (fault.after, limit_by(claimed.account, fault, self.office.now())) if isinstance(fault, RetryLater) else (None, None)
        )
        tried = replace(claimed, attempts=claimed.attempts + 1)
        outcome = self.retry(tried, account, not_after, str(fault), after)
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
        with self.office.store.write() as tx:
            now = self.office.now()
            entry = tx.delivery(claimed.id)
            if not is_held_by(self.owner, entry, claimed):
                return entry
            moved = replace(
                outcomes.let_go(entry, state, code=code, reason=reason),
                not_again_before=retry_at,
                attempts=entry.attempts + (tried and retry_at is not None),
            )
            outcomes.move(tx, self.owner, entry, moved, now)
            if login_needed:
                outcomes.need_login(tx, entry.account, now)
            outcomes.limit_account(tx, self.owner, limit)
        return moved


def limit_by(account: str, fault: RetryLater, now: datetime) -> RateLimit | None:
    """What a platform that says how long to wait has said of the account; a refusal without that is of one post."""
    if fault.after is None:
        return None
    # A span can lie beyond the last date that there is.
    return RateLimit(account=account, until=now + min(fault.after, _LONGEST_LIMIT), reason=str(fault), at=now)
