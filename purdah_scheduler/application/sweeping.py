"""Sweeping the queue when the calendar changes: what is newly blocked is held, what is no longer blocked is given back to people.

Nothing here ever puts a delivery back in the queue.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from purdah_scheduler.application.lists import Classed
from purdah_scheduler.application.matter import Matter, case_of, cleared_too_early, judgement_of, whole_case
from purdah_scheduler.application.office import Actor, House
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.application.recording import entry_of, record
from purdah_scheduler.domain.calendar import Calendar, Scope
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import POLITICALLY_SENSITIVE, Case, Judgement, Rulebook, Verdict, judge
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason, check_delivery_move

QUEUED = (DeliveryState.SCHEDULED, DeliveryState.CLAIMED)
_BY_CALENDAR = (HoldReason.BLOCKED, HoldReason.SIGN_OFF, HoldReason.PERIOD_OVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a calendar change does to one delivery: the judgement before and after it, at its due time."""

    delivery: Delivery
    title: str
    before: Judgement
    after: Judgement

    @property
    def changed(self) -> bool:
        return self.before.verdict is not self.after.verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A held delivery that waits for a person to choose a new time.

    `clear_again`: its clearances are older than the period. `sign_off`: it needs the sign-off of a flag (or new clearances).
    """

    delivery: Delivery
    title: str
    clear_again: bool
    sign_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a change of the calendar did to the queue."""

    held: tuple[Effect, ...] = ()
    returned: tuple[Returned, ...] = ()


def effects_between(
    reader: Reader,
    house: House,
    before: Sequence[Period],
    after: Sequence[Period],
    *,
    now: datetime | None = None,
    states: Sequence[DeliveryState] = QUEUED,
    reasons: Sequence[str] | None = None,
    every: bool = True,
) -> tuple[Effect, ...]:
    """Each delivery in `states` with its verdict by the one calendar and by the other, by due time; nothing is changed.

    It is judged at its due time; where `now` is given and later, at `now`: what is late would be sent now. `reasons` leaves out
    what is there for another reason. Without `every`, what the change cannot give another verdict is left out unread.
    """
    old, new = Calendar(before), Calendar(after)
    accounts = {account.id: account for account in house.accounts}
    screen = Screen(old, new, house.rulebook)
    wanted: dict[int, list[tuple[int, Account, datetime]]] = {}
    for entry in reader.waiting(states):
        account = accounts.get(entry.account)
        if account is None or (reasons is not None and entry.reason_code not in reasons):
            continue
        at = entry.due_at if now is None else max(entry.due_at, now)
        if every or entry.exempted or screen.may_differ(account, entry.classed, at):
            wanted.setdefault(entry.post, []).append((entry.delivery, account, at))
    people = house.active(reader)
    found = []
    for dossier in reader.dossiers(tuple(wanted)):
        matter = Matter.of(dossier, people)
        deliveries = {delivery.id: delivery for delivery in dossier.deliveries}
        for delivery, account, at in wanted[dossier.post.id]:
            case = whole_case(matter, house, account, at)
            found.append(
                Effect(
                    delivery=deliveries[delivery],
                    title=matter.post.title,
                    before=judge(case, old, house.rulebook),
                    after=judge(case, new, house.rulebook),
                )
            )
    return tuple(sorted(found, key=lambda effect: (effect.delivery.due_at, effect.delivery.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Posts of one classification on one account: their scopes, and the answer for each pair of stretches that was asked for."""

    before: Scope
    after: Scope
    answers: dict[tuple[int, int], bool]


class Screen:
    """Whether a change of the calendar can give a post another verdict, told by its account, classification and time alone.

    Posts of one classification at times between the same edges of both calendars are judged once. It may say yes for nothing,
    never no: an exemption is for the caller to see, and an approval that a period has made stale is always a yes.
    """

    def __init__(self, before: Calendar, after: Calendar, rulebook: Rulebook) -> None:
        self._before, self._after, self._rulebook = before, after, rulebook
        same = set(before) & set(after)
        self._changed = tuple(period for period in (*before, *after) if period not in same)
        self._known: dict[tuple[str, Classed], _Known] = {}

    def may_differ(self, account: Account, classed: Classed, at: datetime) -> bool:
        """Whether the verdict at `at` may differ."""
        known = self._known.get((account.id, classed))
        if known is None:
            place = case_of(classed, account, at).place
            known = _Known(before=self._before.scope(place), after=self._after.scope(place), answers={})
            self._known[account.id, classed] = known
        stretches = (known.before.stretch(at), known.after.stretch(at))
        answer = known.answers.get(stretches)
        if answer is None:
            answer = known.answers[stretches] = self._judged(account, classed, at)
        return answer

    def _judged(self, account: Account, classed: Classed, at: datetime) -> bool:
        case = case_of(classed, account, at)
        if case.category in POLITICALLY_SENSITIVE and any(self._over(period, case) for period in self._changed):
            return True
        before, after = (judge(case, calendar, self._rulebook) for calendar in (self._before, self._after))
        return before.verdict is not after.verdict

    def _over(self, period: Period, case: Case) -> bool:
        end = period.ended_at()
        return end is not None and end <= case.at and period.concerns(case.place)


def sweep(
    tx: Writer, actor: Actor, house: House, before: Sequence[Period], after: Sequence[Period], now: datetime, *, why: str
) -> Swept:
    """Hold what is newly blocked, and return what is no longer blocked, one entry each; `why` completes "choose a new time"."""
    held = tuple(
        effect
        for effect in effects_between(tx, house, before, after, now=now, every=False)
        if effect.changed and effect.after.verdict is Verdict.BLOCK
    )
    hold_blocked(tx, actor, held, now)
    returned, again = [], []
    waiting = effects_between(tx, house, before, after, now=now, states=(DeliveryState.HELD,), reasons=_BY_CALENDAR, every=False)
    for effect in waiting:
        if _is_free(effect):
            returned.append(_give_back(tx, actor, house, effect, after, now, why))
        elif effect.delivery.reason_code == HoldReason.PERIOD_OVER and effect.after.verdict is Verdict.BLOCK and effect.changed:
            again.append(effect)
    hold_blocked(tx, actor, again, now)
    return Swept(held=held, returned=tuple(returned))


def returned(reader: Reader, house: House, now: datetime) -> tuple[Returned, ...]:
    """Everything that the calendar held and no longer blocks, by due time: it needs a person to choose a new time.

    A period that ended by itself has given nothing back on record: its posts are found by asking the calendar anew.
    """
    calendar = house.calendar(reader)
    accounts = {account.id: account for account in house.accounts}
    found = []
    for delivery in reader.in_state((DeliveryState.HELD,)):
        account = accounts.get(delivery.account)
        if account is None or delivery.reason_code not in (HoldReason.BLOCKED, HoldReason.PERIOD_OVER):
            continue
        matter = Matter.read(reader, house, delivery.post)
        at = max(delivery.due_at, now)
        if delivery.reason_code == HoldReason.BLOCKED:
            judged = judgement_of(matter, reader, house, account, at, calendar=calendar)
            if judged.verdict is Verdict.BLOCK or any(finding.lifted for finding in judged.findings):
                continue
        found.append(_returned(reader, matter, house, delivery, account, calendar, at))
    return tuple(found)


def hold_blocked(tx: Writer, actor: Actor, effects: Sequence[Effect], now: datetime) -> None:
    """Hold what is blocked now, each with the finding that blocks it as the reason, and an entry of its own."""
    blocking = [
        next(finding for finding in effect.after.findings if finding.verdict is Verdict.BLOCK and not finding.lifted)
        for effect in effects
    ]
    tx.hold_all(
        [effect.delivery for effect in effects],
        reason_code=HoldReason.BLOCKED,
        reasons=[finding.reason for finding in blocking],
    )
    tx.record_all(
        [
            entry_of(
                actor,
                "delivery.held",
                at=now,
                post=effect.delivery.post,
                delivery=effect.delivery.id,
                public={"account": effect.delivery.account, "code": str(HoldReason.BLOCKED), "period": finding.period},
            )
            for effect, finding in zip(effects, blocking, strict=True)
        ]
    )


def _is_free(effect: Effect) -> bool:
    """Whether the change took away what holds it; an exemption that lifts the block is not an end of it."""
    if effect.after.verdict.rank >= effect.before.verdict.rank:
        return False
    if effect.delivery.reason_code == HoldReason.BLOCKED:
        return effect.before.verdict is Verdict.BLOCK
    return effect.delivery.reason_code == HoldReason.SIGN_OFF and effect.after.verdict is Verdict.ALLOW


def _give_back(
    tx: Writer, actor: Actor, house: House, effect: Effect, calendar: Sequence[Period], now: datetime, why: str
) -> Returned:
    entry = effect.delivery
    matter = Matter.read(tx, house, entry.post)
    found = _returned(tx, matter, house, entry, house.account(entry.account), calendar, max(entry.due_at, now))
    again = " It was cleared before the period began: have it cleared again first." if found.clear_again else ""
    moved = replace(entry, reason_code=HoldReason.PERIOD_OVER, reason=f"{why}: choose a new time.{again}")
    check_delivery_move(entry.state, moved.state)
    tx.save_delivery(moved, was=entry.state)
    record(
        tx,
        actor,
        "delivery.returned",
        at=now,
        post=entry.post,
        delivery=entry.id,
        public={"account": entry.account, "code": str(HoldReason.PERIOD_OVER), "clear_again": found.clear_again},
    )
    return replace(found, delivery=moved)


def _returned(
    reader: Reader,
    matter: Matter,
    house: House,
    delivery: Delivery,
    account: Account,
    calendar: Sequence[Period],
    at: datetime,
) -> Returned:
    early = cleared_too_early(matter, house, case_of(matter.content, account, at), calendar)
    flags = judgement_of(matter, reader, house, account, at, calendar=calendar).standing
    unsigned = any(finding.verdict is Verdict.FLAG and matter.signed(house, finding) is None for finding in flags)
    return Returned(
        delivery=delivery, title=matter.post.title, clear_again=early is not None, sign_off=unsigned and early is None
    )
