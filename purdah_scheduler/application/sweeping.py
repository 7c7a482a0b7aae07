"""Sweeping the queue when the calendar changes: what is newly blocked is held, what is no longer blocked is given back to people.

Nothing here ever puts a delivery back in the queue.
"""

import gc
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from purdah_scheduler.application.cleared import Clearances
from purdah_scheduler.application.lists import Papers, Waiting
from purdah_scheduler.application.matter import Matter, case_of, cleared_too_early, whole_case
from purdah_scheduler.application.office import Actor, House
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.application.recording import entry_of
from purdah_scheduler.application.screening import Pair, Screen, View
from purdah_scheduler.domain.audit import NewEntry, Plain
from purdah_scheduler.domain.calendar import Calendar
from purdah_scheduler.domain.clearance import Setting
from purdah_scheduler.domain.people import Account, Person
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import Finding, Judgement, Verdict
from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from purdah_scheduler.lean import lean_dataclass

QUEUED = (DeliveryState.SCHEDULED, DeliveryState.CLAIMED)
_BY_CALENDAR = (HoldReason.BLOCKED, HoldReason.SIGN_OFF, HoldReason.PERIOD_OVER)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a calendar change does to one delivery: the judgement before and after it, at its due time.

    Of what is blocked after it, findings that hang on when it was cleared may be left out: they could only flag it.
    """

    delivery: Waiting
    before: Judgement
    after: Judgement

    @property
    def title(self) -> str:
        return self.delivery.title

    @property
    def changed(self) -> bool:
        return self.before.verdict is not self.after.verdict


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A held delivery that waits for a person to choose a new time.

    `clear_again`: its clearances are older than the period. `sign_off`: it needs the sign-off of a flag (or new clearances).
    """

    delivery: Waiting
    clear_again: bool
    sign_off: bool

    @property
    def title(self) -> str:
        return self.delivery.title


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a change of the calendar did to the queue."""

    held: tuple[Effect, ...] = ()
    returned: tuple[Returned, ...] = ()


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for cycles while very many small records are alive: they have none, and it takes an eighth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_uncollected()
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
    what is there for another reason. Without `every`, only what the change gives another verdict is told.
    """
    changed = Calendar(after)
    screen = Screen(Calendar(before), changed, house.rulebook)
    found: list[Effect] = []
    exempted: list[_Asked] = []
    by_clearance: list[_Asked] = []

    def tell(delivery: Waiting, pair: Pair) -> None:
        if every or pair[0].verdict is not pair[1].verdict:
            found.append(Effect(delivery=delivery, before=pair[0], after=pair[1]))

    accounts, since = (None, None) if every else _reach(house, before, after, now)
    entries = _in(reader, states, reasons, accounts=accounts, since=since)
    for asked in _asked(entries, house, screen, now, every=every):
        if asked.delivery.exempted:
            exempted.append(asked)
            continue
        pair = asked.view.judged(None)
        # No clearance takes a block away, and none makes one: what is blocked in any case needs no more reading.
        if asked.view.by_clearance and (every or pair[1].verdict is not Verdict.BLOCK):
            by_clearance.append(asked)
        else:
            tell(asked.delivery, pair)
    people = house.active(reader)
    clearances = Clearances(house, people)
    for asked, papers in _with_papers(reader, by_clearance):
        tell(asked.delivery, asked.view.judged(asked.cleared_at(papers, clearances)))
    for asked, matter in _with_matter(reader, house, people, exempted):
        tell(asked.delivery, screen.judged(whole_case(matter, house, asked.account, asked.at, changed)))
    return tuple(sorted(found, key=lambda effect: (effect.delivery.due_at, effect.delivery.id)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One delivery, and the moment for which the rules are asked about it."""

    delivery: Waiting
    account: Account
    at: datetime
    view: View

    def cleared_at(self, papers: Papers, clearances: Clearances) -> datetime | None:
        """When the oldest of the clearances was given that count at that moment, as its matter would have it."""
        return clearances.cleared_at(papers, self.delivery.classed, self.at, self.view.regimes)


def _in(
    reader: Reader,
    states: Sequence[DeliveryState],
    reasons: Sequence[str] | None,
    *,
    accounts: Collection[str] | None = None,
    since: datetime | None = None,
) -> Iterator[Waiting]:
    found = reader.waiting(states, accounts=accounts, since=since)
    return (entry for entry in found if reasons is None or entry.reason_code in reasons)


def _reach(
    house: House, before: Sequence[Period], after: Sequence[Period], now: datetime | None
) -> tuple[frozenset[str] | None, datetime | None]:
    """The accounts that periods which differ can bind, and since when; None where that leaves nothing out.

    What is late is judged at `now`, so that it counts as due then.
    """
    changed = set(before).symmetric_difference(after)
    bound = frozenset(account.id for account in house.accounts if any(account.bound_by(period) for period in changed))
    first = min((min(period.starts, period.announced_at or period.starts) for period in changed), default=None)
    return (
        None if len(bound) == len(house.accounts) else bound,
        None if first is None or (now is not None and first <= now) else first,
    )


def _asked(
    entries: Iterable[Waiting], house: House, screen: Screen, now: datetime | None, *, every: bool = True
) -> Iterator[_Asked]:
    """Those whose account is in the configuration, at their due time, or at `now` where that is later.

    Without `every`, only those that the change can touch.
    """
    accounts = {account.id: account for account in house.accounts}
    for entry in entries:
        account = accounts.get(entry.account)
        if account is not None:
            at = entry.due_at if now is None else max(entry.due_at, now)
            view = screen.view(account, entry.classed, at)
            if every or not view.same:
                yield _Asked(entry, account, at, view)


def _with_papers(reader: Reader, wanted: Sequence[_Asked]) -> Iterator[tuple[_Asked, Papers]]:
    by_post = _by_post(wanted)
    for papers in reader.papers(tuple(by_post)):
        for asked in by_post[papers.post]:
            yield asked, papers


def _with_matter(
    reader: Reader, house: House, people: tuple[Person, ...], wanted: Sequence[_Asked]
) -> Iterator[tuple[_Asked, Matter]]:
    by_post, campaigns = _by_post(wanted), reader.campaign_exemptions()
    for dossier in reader.dossiers(tuple(by_post)):
        matter = Matter.of(house, dossier, people, campaigns)
        for asked in by_post[dossier.post.id]:
            yield asked, matter


def _by_post(wanted: Iterable[_Asked]) -> dict[int, list[_Asked]]:
    found: dict[int, list[_Asked]] = {}
    for asked in wanted:
        found.setdefault(asked.delivery.post, []).append(asked)
    return found


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
    waiting = effects_between(tx, house, before, after, now=now, states=(DeliveryState.HELD,), reasons=_BY_CALENDAR, every=False)
    free = [effect.delivery for effect in waiting if _is_free(effect)]
    back = _give_back(tx, actor, _needing(tx, house, Calendar(after), now, free), now, why)
    again = [
        effect
        for effect in waiting
        if effect.delivery.reason_code == HoldReason.PERIOD_OVER and effect.after.verdict is Verdict.BLOCK
    ]
    hold_blocked(tx, actor, again, now)
    return Swept(held=held, returned=back)


def returned(reader: Reader, house: House, now: datetime) -> tuple[Returned, ...]:
    """Everything that the calendar held and no longer blocks, by due time: it needs a person to choose a new time.

    A period that ended by itself has given nothing back on record: its posts are found by asking the calendar anew.
    """
    held = _in(reader, (DeliveryState.HELD,), (HoldReason.BLOCKED, HoldReason.PERIOD_OVER))
    return tuple(
        found
        for found, judged in _needing(reader, house, house.calendar(reader), now, held)
        if found.delivery.reason_code == HoldReason.PERIOD_OVER
        or not (judged.verdict is Verdict.BLOCK or any(finding.lifted for finding in judged.findings))
    )


def _needing(
    reader: Reader, house: House, calendar: Calendar, now: datetime, held: Iterable[Waiting]
) -> list[tuple[Returned, Judgement]]:
    """What each of `held` needs to go out at its time (or now, if that is later), and its verdict then, by due time."""
    screen, people = Screen(calendar, calendar, house.rulebook), house.active(reader)
    clearances = Clearances(house, people)
    found: list[tuple[Returned, Judgement]] = []
    plain: list[_Asked] = []
    whole: list[_Asked] = []
    for asked in _asked(held, house, screen, now):
        (whole if asked.delivery.exempted else plain).append(asked)
    for asked, papers in _with_papers(reader, plain):
        cleared_at = asked.cleared_at(papers, clearances)
        judged = asked.view.judged(cleared_at)[1]
        if _outlived(asked, papers, cleared_at, clearances):
            found.append((Returned(delivery=asked.delivery, clear_again=True, sign_off=False), judged))
        elif judged.flags:
            whole.append(asked)  # whether they are signed is told by the whole of it
        else:
            found.append((Returned(delivery=asked.delivery, clear_again=False, sign_off=False), judged))
    for asked, matter in _with_matter(reader, house, people, whole):
        judged = screen.judged(whole_case(matter, house, asked.account, asked.at, calendar))[1]
        early = cleared_too_early(matter, house, case_of(matter.content, asked.account, asked.at), calendar) is not None
        unsigned = any(matter.signed(house, asked.account, finding) is None for finding in judged.flags)
        found.append((Returned(delivery=asked.delivery, clear_again=early, sign_off=unsigned and not early), judged))
    return sorted(found, key=lambda pair: (pair[0].delivery.due_at, pair[0].delivery.id))


def _outlived(asked: _Asked, papers: Papers, cleared_at: datetime | None, clearances: Clearances) -> bool:
    """Whether a stage has to be cleared again because a strict period has outlived its clearance."""
    period = None if cleared_at is None else asked.view.outlived(cleared_at)
    if period is None:
        return False
    since = replace(papers, decisions=tuple(decision for decision in papers.decisions if decision.at >= period.starts))
    setting = Setting(at=asked.at, regimes=asked.view.regimes)
    return bool(clearances.standing(since, asked.delivery.classed, setting).missing)


def blocked_posts(reader: Reader, house: House, calendar: Calendar, now: datetime) -> tuple[int, ...]:
    """The posts of which something is queued that `calendar` blocks at its due time, or at `now` where that is later."""
    return tuple(sorted({delivery.post for delivery, _ in _blocked(reader, house, calendar, now, QUEUED)}))


def held_by(reader: Reader, house: House, calendar: Calendar, now: datetime) -> dict[str, tuple[Waiting, ...]]:
    """What is held and each period of `calendar` blocks, by its id, due first; a period that holds none is left out.

    Asked of the due time, or of `now` where that is later. What two periods block is held by both.
    """
    found: dict[str, list[Waiting]] = {}
    for delivery, judged in _blocked(reader, house, calendar, now, (DeliveryState.HELD,)):
        blocking = {one.period for one in judged.findings if one.verdict is Verdict.BLOCK and not one.lifted and one.period}
        for period in blocking:
            found.setdefault(period, []).append(delivery)
    return {period: tuple(sorted(held, key=lambda each: (each.due_at, each.id))) for period, held in found.items()}


def _blocked(
    reader: Reader, house: House, calendar: Calendar, now: datetime, states: Sequence[DeliveryState]
) -> Iterator[tuple[Waiting, Judgement]]:
    """What is in `states` and blocked at its due time, or at `now` where that is later, with its judgement."""
    screen, people = Screen(calendar, calendar, house.rulebook), house.active(reader)
    exempted: list[_Asked] = []
    for asked in _asked(_in(reader, states, None), house, screen, now):
        judged = asked.view.judged(None)[1]
        if judged.verdict is Verdict.BLOCK:
            if asked.delivery.exempted:
                exempted.append(asked)
            else:
                yield asked.delivery, judged
    for asked, matter in _with_matter(reader, house, people, exempted):
        judged = screen.judged(whole_case(matter, house, asked.account, asked.at, calendar))[1]
        if judged.verdict is Verdict.BLOCK:
            yield asked.delivery, judged


@_uncollected()
def hold_blocked(tx: Writer, actor: Actor, effects: Sequence[Effect], now: datetime) -> None:
    """Hold what is blocked now, each with the finding that blocks it as the reason, and an entry of its own."""
    blocking = list(_blocking(effects))
    tx.hold_all(
        [effect.delivery for effect in effects],
        reason_code=HoldReason.BLOCKED,
        reasons=[finding.reason for finding in blocking],
    )
    told = ((effect.delivery, finding.period) for effect, finding in zip(effects, blocking, strict=True))
    tx.record_all(_entries(actor, "delivery.held", HoldReason.BLOCKED, "period", told, now))


def _entries(
    actor: Actor, action: str, code: HoldReason, fact: str, told: Iterable[tuple[Waiting, Plain]], now: datetime
) -> Iterator[NewEntry]:
    """One entry each; those that say the same share what they say, which is then written out once."""
    alike: dict[tuple[str, Plain, int], NewEntry] = {}
    for delivery, value in told:
        entry = alike.get((delivery.account, value, delivery.part))
        if entry is None:
            of_thread = {"part": delivery.part} if delivery.part > 1 else {}
            public = {"account": delivery.account, "code": str(code), fact: value, **of_thread}
            entry = alike[delivery.account, value, delivery.part] = entry_of(actor, action, at=now, public=public)
        yield replace(entry, post=delivery.post, delivery=delivery.id)


def _blocking(effects: Iterable[Effect]) -> Iterator[Finding]:
    """The finding of each that blocks it; effects share their judgements, and each of those is looked through once."""
    known: dict[int, Finding] = {}
    for effect in effects:
        finding = known.get(id(effect.after))
        if finding is None:
            blocks = (one for one in effect.after.findings if one.verdict is Verdict.BLOCK and not one.lifted)
            finding = known[id(effect.after)] = next(blocks)
        yield finding


def _is_free(effect: Effect) -> bool:
    """Whether the change took away what holds it; an exemption that lifts the block is not an end of it."""
    if effect.after.verdict.rank >= effect.before.verdict.rank:
        return False
    if effect.delivery.reason_code == HoldReason.BLOCKED:
        return effect.before.verdict is Verdict.BLOCK
    return effect.delivery.reason_code == HoldReason.SIGN_OFF and effect.after.verdict is Verdict.ALLOW


def _give_back(
    tx: Writer, actor: Actor, needing: Iterable[tuple[Returned, Judgement]], now: datetime, why: str
) -> tuple[Returned, ...]:
    back = []
    for found, _ in needing:
        again = " It was cleared before the period began: have it cleared again first." if found.clear_again else ""
        reason = f"{why}: choose a new time.{again}"
        moved = replace(found.delivery, reason_code=HoldReason.PERIOD_OVER, reason=reason)
        back.append(replace(found, delivery=moved))
    deliveries = [found.delivery for found in back]
    tx.hold_all(deliveries, reason_code=HoldReason.PERIOD_OVER, reasons=[delivery.reason for delivery in deliveries])
    told = ((found.delivery, found.clear_again) for found in back)
    tx.record_all(_entries(actor, "delivery.returned", HoldReason.PERIOD_OVER, "clear_again", told, now))
    return tuple(back)
