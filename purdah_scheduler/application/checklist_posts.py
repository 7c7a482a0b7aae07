"""The posts of a checklist: what is queued inside a period, what was published before it, and what waits for its end."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.exempting import still_lifts
from purdah_scheduler.application.lists import Classed, Dossier, QueueFilter, Waiting
from purdah_scheduler.application.matter import Matter, case_of, cleared_too_early, whole_case
from purdah_scheduler.application.office import House
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.calendar import Calendar
from purdah_scheduler.domain.checklist import last_instant
from purdah_scheduler.domain.checklist_occasion import LOOK_BACK, Afterwards, Exempted, Inside, Occasion, Published
from purdah_scheduler.domain.content import Content
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.periods import EndMode, Period, PeriodStatus
from purdah_scheduler.domain.policy import Judgement, Verdict, judge
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason, ThreadState

MOST_POSTS = 300
"""Queued posts that are named one by one, the strictest verdicts first; the rest is counted."""

MOST_LOOKED_AT = 2_000
"""Posts that wait for the end of a period and are read, the first ones due."""

MOST_LINES = 20_000
MOST_PUBLISHED = 2_000
"""Published posts that are looked at, the newest."""

_PUBLIC = frozenset(map(str, (DeliveryState.PUBLISHED, *ThreadState)))
"""Where anything of a post is public, be it the first part of a thread."""

_QUEUED = (DeliveryState.SCHEDULED, DeliveryState.CLAIMED, DeliveryState.HELD)
_GOES_OUT = "It goes out at its time. Is it still right?"
_BY_CALENDAR = frozenset({HoldReason.BLOCKED, HoldReason.SIGN_OFF, HoldReason.PERIOD_OVER})
_Found = tuple[Dossier, Matter, Delivery, Account]


def inside(reader: Reader, house: House, occasion: Occasion, now: datetime) -> tuple[tuple[Inside, ...], int]:
    """The queued deliveries whose time is inside the period, by time, and how many more there are than are named."""
    del now  # the list is the same before, on and after the day: each is judged at its own time
    period, end = occasion.period, last_instant(occasion.period)
    calendar = house.calendar(reader)
    found = [
        (entry, account)
        for entry, account in _in_scope(reader, occasion)
        if period.starts <= entry.due_at and (end is None or entry.due_at < end)
    ]
    more = max(0, len(found) - MOST_POSTS)
    if more:
        found.sort(key=lambda one: (-_quick(house, calendar, *one).rank, one[0].due_at, one[0].id))
    named = []
    for _, matter, delivery, account in _read(reader, house, found[:MOST_POSTS]):
        judged = judge(whole_case(matter, house, account, delivery.due_at, calendar), calendar, house.rulebook)
        fate, advice = _fate(matter, house, delivery, judged)
        named.append(
            Inside(
                post=delivery.post,
                delivery=delivery.id,
                title=_title(matter),
                account=delivery.account,
                due_at=delivery.due_at,
                category=matter.content.category,
                verdict=judged.verdict,
                fate=fate,
                advice=advice,
            )
        )
    return tuple(sorted(named, key=lambda entry: (entry.due_at, entry.post, entry.account))), more


def published(reader: Reader, occasion: Occasion, now: datetime) -> tuple[Published, ...]:
    """What the accounts published in the weeks before the period and since, by time; in a period with an area, about it alone."""
    since = min(now, occasion.period.starts) - LOOK_BACK
    wanted = QueueFilter(states=_PUBLIC, since=since)
    accounts = {account.id: account for account in occasion.accounts}
    lines = [line for line in reader.lines(wanted, limit=MOST_LINES) if line.account in accounts and line.at is not None]
    newest = lines[-MOST_PUBLISHED:]
    content = {dossier.post.id: dossier.current.content for dossier in reader.dossiers(tuple({line.post for line in newest}))}
    found = []
    for line in newest:
        said, account = content.get(line.post), accounts[line.account]
        if said is None or line.at is None or not _concerns(occasion.period, account, said):
            continue
        found.append(
            Published(
                post=line.post,
                title=line.title or said.accounts[0].text[:60],
                account=line.account,
                at=line.at,
                url=line.remote_url,
                category=said.category,
                area=said.area,
                marks=said.marks,
            )
        )
    return tuple(found)


def afterwards(reader: Reader, house: House, occasion: Occasion, now: datetime) -> tuple[Afterwards, ...]:
    """What the period holds or would hold, and what is queued behind it on a clearance that it outlives, by time.

    Each is judged as if the period were over by then: the list is there before the end is recorded.
    """
    period = occasion.period
    over = _as_if_over(period, now)
    calendar = house.calendar(reader)
    after = Calendar(tuple(over if known.id == period.id else known for known in calendar))
    end = last_instant(over) or now
    found = [
        (entry, account)
        for entry, account in _in_scope(reader, occasion)
        if entry.due_at >= period.starts and (entry.due_at >= end or entry.reason_code in _BY_CALENDAR)
    ]
    found.sort(key=lambda one: (one[0].due_at, one[0].id))
    named = []
    for _, matter, delivery, account in _read(reader, house, found[:MOST_LOOKED_AT]):
        held = delivery.state is DeliveryState.HELD
        if held and (delivery.reason_code not in _BY_CALENDAR or not _is_of(period, matter, house, delivery, account, end)):
            continue
        if not held and delivery.due_at < end:
            continue
        again, sign_off = _needs(matter, house, account, max(delivery.due_at, end, now), after)
        if held or again or sign_off:
            steps = ["have it cleared again"] if again else ["have it signed off"] if sign_off else []
            steps += ["choose a new time"] if held else []
            named.append(
                Afterwards(
                    post=delivery.post,
                    delivery=delivery.id,
                    title=_title(matter),
                    account=delivery.account,
                    due_at=delivery.due_at,
                    is_held=held,
                    needs=", then ".join(steps).capitalize(),
                )
            )
    return tuple(named[:MOST_POSTS])


def exempted(reader: Reader, house: House, occasion: Occasion, now: datetime) -> tuple[Exempted, ...]:
    """The exemptions that stand now for posts of the period that wait, and for campaigns in it, by number."""
    found: dict[int, Exempted] = {
        exemption.id: Exempted(exemption=exemption.id, post=None, title=exemption.campaign, until=exemption.expires_at)
        for exemption in reader.campaign_exemptions()
        if occasion.period.id in still_lifts(reader, house, exemption, now)
    }
    asked = [(entry, account) for entry, account in _in_scope(reader, occasion) if entry.exempted]
    for dossier, matter, _, _ in _read(reader, house, asked):
        for exemption in dossier.exemptions:
            if exemption.revoked_at is None and exemption.at <= now < exemption.expires_at:
                found[exemption.id] = Exempted(
                    exemption=exemption.id, post=dossier.post.id, title=_title(matter), until=exemption.expires_at
                )
    return tuple(found[number] for number in sorted(found))


# --- one delivery -------------------------------------------------------------------------------------------------


def _in_scope(reader: Reader, occasion: Occasion) -> Iterator[tuple[Waiting, Account]]:
    """What is queued or held on an account of the period and within its scope."""
    accounts = {account.id: account for account in occasion.accounts}
    for entry in reader.waiting(_QUEUED):
        account = accounts.get(entry.account)
        if account is not None and _concerns(occasion.period, account, entry.classed):
            yield entry, account


def _concerns(period: Period, account: Account, said: Content | Classed) -> bool:
    return period.concerns(case_of(said, account, period.starts).place)


def _read(reader: Reader, house: House, found: Sequence[tuple[Waiting, Account]]) -> Iterator[_Found]:
    """Each with its post read whole."""
    wanted: dict[int, list[tuple[int, Account]]] = {}
    for entry, account in found:
        wanted.setdefault(entry.post, []).append((entry.id, account))
    people, campaigns = house.active(reader), reader.campaign_exemptions()
    for dossier in reader.dossiers(tuple(wanted)):
        matter = Matter.of(house, dossier, people, campaigns)
        deliveries = {delivery.id: delivery for delivery in dossier.deliveries}
        for delivery, account in wanted[dossier.post.id]:
            yield dossier, matter, deliveries[delivery], account


def _quick(house: House, calendar: Calendar, entry: Waiting, account: Account) -> Verdict:
    """The verdict by classification and time alone, for the order of a very long queue."""
    return judge(case_of(entry.classed, account, entry.due_at), calendar, house.rulebook).verdict


def _title(matter: Matter) -> str:
    return matter.post.title or matter.content.accounts[0].text.split("\n")[0][:60]


def _fate(matter: Matter, house: House, delivery: Delivery, judged: Judgement) -> tuple[str, str]:
    """What happens to a queued delivery as things are, in a few words, and what can be done about it, as a sentence."""
    held = delivery.state is DeliveryState.HELD
    signed = [matter.signed(house, house.account(delivery.account), finding) for finding in judged.flags]
    if judged.verdict is Verdict.BLOCK:
        return "BLOCKED, held" if held else "BLOCKED", "Move it past the period, have it exempted, or cancel it."
    if judged.verdict is Verdict.FLAG and not all(signed):
        if held:
            return "FLAGGED, held", "Somebody else has to sign it off, with a reason."
        return "FLAGGED", "It is held at its time unless somebody else signs it off, with a reason."
    if held:
        return "HELD", delivery.reason or "A person must act."
    names = dict.fromkeys(decision.person for decision in signed if decision is not None)
    if names:
        return f"Signed off by {', '.join(names)}", _GOES_OUT
    return "Exempted" if any(finding.lifted for finding in judged.findings) else "Allowed", _GOES_OUT


def _as_if_over(period: Period, now: datetime) -> Period:
    if period.ended_at() is not None:
        return period
    return replace(period, status=PeriodStatus.LIFTED, end_mode=EndMode.MANUAL_LIFT, lifted_at=max(now, period.ends))


def _is_of(period: Period, matter: Matter, house: House, delivery: Delivery, account: Account, end: datetime) -> bool:
    """Whether a delivery that the calendar holds is held by this period: its time is inside, or the period finds fault."""
    if delivery.due_at < end:
        return True
    case = whole_case(matter, house, account, delivery.due_at, (period,))
    return any(finding.period == period.id for finding in judge(case, (period,), house.rulebook).findings)


def _needs(matter: Matter, house: House, account: Account, at: datetime, calendar: Calendar) -> tuple[bool, bool]:
    """Whether it has to be cleared again before it can go out at `at`, and whether a flag has to be signed off."""
    early = cleared_too_early(matter, house, case_of(matter.content, account, at), calendar)
    flags = judge(whole_case(matter, house, account, at, calendar), calendar, house.rulebook).flags
    unsigned = any(matter.signed(house, account, finding) is None for finding in flags)
    return early is not None, unsigned
