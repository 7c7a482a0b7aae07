"""What a face shows: read models put together from the store, the rules and the moment; nothing here changes anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from purdah_scheduler.application.account_health import posts_hit, troubled
from purdah_scheduler.application.channel_ports import Count
from purdah_scheduler.application.counting import DecisionView, decision_view
from purdah_scheduler.application.daemons import Daemons, daemons_of
from purdah_scheduler.application.gate import Answer, ask
from purdah_scheduler.application.lists import Line, QueueFilter, Row
from purdah_scheduler.application.matter import Matter, judgement_of, moments, settings_ahead
from purdah_scheduler.application.next_steps import next_step
from purdah_scheduler.application.office import House, Office
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.server_limits import known_limits
from purdah_scheduler.application.signing import Flag, all_flags, flags_on
from purdah_scheduler.application.timekeeping import behind_the_record
from purdah_scheduler.application.wanting import Wanted, wanted
from purdah_scheduler.application.wording import count_of, problems_of
from purdah_scheduler.domain import threads
from purdah_scheduler.domain.account_health import LastCheck
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.clearance import Lasting, Setting, Standing
from purdah_scheduler.domain.content import AccountContent, Problem, short
from purdah_scheduler.domain.notices import NoticeState
from purdah_scheduler.domain.period_changes import PeriodChange
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import Finding, Verdict
from purdah_scheduler.domain.posts import (
    Attempt,
    Delivery,
    DeliveryState,
    Exemption,
    Heartbeat,
    Pause,
    Post,
    RateLimit,
    Revision,
)
from purdah_scheduler.domain.series import Series
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part of what an account says: its words and length, and its delivery with every attempt."""

    number: int
    text: str
    count: Count
    delivery: Delivery | None
    attempts: tuple[Attempt, ...]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """One account of a post: its words, length, problems, delivery, and what the gate says of its moment `at`.

    `state` is that of its deliveries together, or the post's while it has none; `reason` says why. Of a thread `parts` has each
    part, `count` is that of the longest, and `delivery` the one that says how the whole stands. `next_step` is empty where
    nothing is to be done.
    """

    account: str
    channel: str
    text: str
    count: Count
    problems: tuple[Problem, ...]
    state: str
    delivery: Delivery | None
    attempts: tuple[Attempt, ...]
    at: datetime
    answer: Answer
    next_step: str
    reason: str
    parts: tuple[PartView, ...]

    @property
    def is_thread(self) -> bool:
        """Whether it says more than one part."""
        return len(self.parts) > 1


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class PostView:
    """Everything about one post at one moment. `at` is the moment that its verdict is for: due, planned or now.

    `settings` are those for which a clearance given now would be. `missing` is everything that is still wanted before it may go
    out; `expiring` are clearances that count now and come to their end before the last time at which it may go out. `flags` are
    those that stand at that moment on each of its accounts; `answerable` are those that a sign-off given now would answer: now,
    at its planned time and when it is due. `exemptions` are its own and its campaign's; `lifting` has the ids of those that lift
    anything of it at that moment.
    """

    post: Post
    revision: Revision
    digest: str
    authors: frozenset[str]
    at: datetime
    verdict: Verdict
    findings: tuple[Finding, ...]
    settings: tuple[Setting, ...]
    standing: Standing
    missing: tuple[Wanted, ...]
    expiring: tuple[Lasting, ...]
    flags: tuple[Flag, ...]
    answerable: tuple[Flag, ...]
    decisions: tuple[DecisionView, ...]
    accounts: tuple[AccountView, ...]
    exemptions: tuple[Exemption, ...]
    break_glasses: tuple[BreakGlass, ...]
    lifting: frozenset[int]
    revisions: tuple[Revision, ...]
    history: tuple[Entry, ...]
    series: Series | None = None

    @property
    def sign_off_needed(self) -> tuple[Finding, ...]:
        """The flags that nobody has signed off, each once."""
        return tuple({flag.finding.key: flag.finding for flag in self.flags if flag.signed is None}.values())

    @property
    def code(self) -> str:
        """The digest as people say it: `7f3a-91c2`."""
        return short(self.digest)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """What is known of the clock: why it is doubted (or an empty text), and the latest times on record."""

    doubt: str
    high_water: datetime | None
    accepted_at: datetime | None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Is it running, what comes next, what is in force; `hit` has the posts that are queued behind the trouble of each login."""

    daemons: Daemons
    next_due_at: datetime | None
    counts: dict[str, int]
    in_force: tuple[Period, ...]
    pauses: tuple[Pause, ...]
    rate_limits: tuple[RateLimit, ...]
    stopped: str
    overdue: int
    given_up: int
    clock: ClockView
    unreviewed: tuple[BreakGlass, ...] = ()
    logins: tuple[LastCheck, ...] = ()
    hit: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        """Whether a daemon was seen within three of its heartbeats."""
        return bool(self.daemons.living)

    @property
    def heartbeat(self) -> Heartbeat | None:
        """Of the daemon that speaks for all."""
        return self.daemons.last


def post_view(office: Office, post_id: int, *, now: datetime | None = None) -> PostView:
    """Everything about one post. Raises NotFound."""
    moment = now or office.now()
    house = office.house
    with office.store.read() as reader:
        matter = Matter.read(reader, house, post_id)
        deliveries = reader.deliveries(post_id)
        accounts = [
            _account_view(office, reader, matter, entry, threads.current(deliveries, entry.account), moment)
            for entry in matter.content.accounts
        ]
        history = tuple(reader.entries(post=post_id))
        revisions = reader.revisions(post_id)
        changes = reader.period_changes()
        when = moments(matter.post, deliveries, moment)
        calendar = house.calendar(reader)
        answerable = all_flags(matter, house, calendar, when, changes)
        ahead = settings_ahead(matter, house, calendar, deliveries, moment)
        stands = matter.standing(house, ahead)
        series = reader.series_of(post_id)
        missing = wanted(matter, house, calendar, deliveries, moment)
    worst = max(accounts, key=lambda view: view.answer.judgement.verdict.rank)
    findings = worst.answer.judgement.findings
    return PostView(
        post=matter.post,
        revision=matter.revision,
        digest=matter.digest,
        authors=matter.authors,
        at=_moment(matter.post, worst.delivery, moment),
        verdict=worst.answer.judgement.verdict,
        findings=findings,
        settings=ahead,
        standing=stands,
        missing=missing,
        expiring=tuple(last for last in stands.lasting if last.until <= when[-1]),
        flags=tuple(flag for entry in accounts for flag in _flags(house, matter, entry, changes)),
        answerable=answerable,
        decisions=tuple(decision_view(decision, matter, stands, house) for decision in matter.decisions),
        accounts=tuple(accounts),
        exemptions=matter.exemptions,
        break_glasses=matter.break_glasses,
        lifting=frozenset(number for entry in accounts for number in _lifting(house, matter, entry)),
        revisions=revisions,
        history=history,
        series=series,
    )


def rows(office: Office, wanted: QueueFilter) -> tuple[Row, ...]:
    """Every row of a list; for screens that show thousands, read ids and pages through the store instead."""
    with office.store.read() as reader:
        return reader.rows(reader.row_ids(wanted))


def lines(office: Office, wanted: QueueFilter, *, limit: int = 500) -> tuple[tuple[Line, Verdict], ...]:
    """Post by account, each with its verdict at its moment (due, planned or now)."""
    now, house = office.now(), office.house
    accounts = {account.id: account for account in house.accounts}
    verdicts: dict[tuple[int, str], Verdict] = {}
    of_post: dict[int, list[Line]] = {}
    with office.store.read() as reader:
        found = reader.lines(wanted, limit=limit)
        for line in found:
            of_post.setdefault(line.post, []).append(line)
        calendar, people, campaigns = house.calendar(reader), house.active(reader), reader.campaign_exemptions()
        for dossier in reader.dossiers(list(of_post)):
            matter = Matter.of(house, dossier, people, campaigns)
            for line in of_post[dossier.post.id]:
                if line.account in accounts:
                    asked = judgement_of(matter, reader, house, accounts[line.account], line.at or now, calendar=calendar)
                    verdicts[line.post, line.account] = asked.verdict
    return tuple((line, verdicts.get((line.post, line.account), Verdict.ALLOW)) for line in found)


def status(office: Office) -> Status:
    """Is the daemon running, what is due next, how much is in each state, which periods are in force now."""
    now = office.now()
    by_server = office.store.server_time()
    with office.store.notices() as reader:
        daemons = daemons_of(reader, by_server or now)
        logins = troubled(reader, office.house, now)
        return Status(
            daemons=daemons,
            next_due_at=reader.next_due_at(),
            counts=reader.counts(),
            in_force=tuple(period for period in relevant_periods(office.house, reader) if period.in_force(now)),
            pauses=reader.pauses(),
            rate_limits=tuple(limit for limit in reader.rate_limits() if now < limit.until),
            stopped=office.stop.reason(),
            overdue=reader.overdue(now - timedelta(minutes=1)),
            given_up=len(reader.notices(limit=100, state=NoticeState.GIVEN_UP)),
            clock=clock_view(reader, now, daemons),
            unreviewed=reader.unreviewed(),
            logins=logins,
            hit={check.account: posts_hit(reader, check, now) for check in logins},
        )


def clock_view(reader: Reader, now: datetime, daemons: Daemons) -> ClockView:
    """What the record says of the clock that says `now`; a daemon that is alive knows more than the record."""
    high_water = reader.high_water()
    told = daemons.last.clock_doubt if daemons.last and daemons.living else ""
    return ClockView(
        doubt=told or behind_the_record(now, high_water),
        high_water=high_water,
        accepted_at=reader.clock_accepted_at(),
    )


def relevant_periods(house: House, reader: Reader) -> tuple[Period, ...]:
    """The periods that can touch posts on one of our accounts, soonest first."""
    found = [period for period in house.calendar(reader) if house.is_bound_by(period)]
    return tuple(sorted(found, key=lambda period: (period.starts, period.id)))


def _flags(house: House, matter: Matter, entry: AccountView, changes: Sequence[PeriodChange]) -> tuple[Flag, ...]:
    account = next((known for known in house.accounts if known.id == entry.account), None)
    return () if account is None else flags_on(matter, house, account, entry.answer.judgement, changes)


def _lifting(house: House, matter: Matter, entry: AccountView) -> Iterator[int]:
    account = next((known for known in house.accounts if known.id == entry.account), None)
    lifted = [finding for finding in entry.answer.judgement.findings if finding.lifted]
    for exemption in matter.exemptions_at(house, account, entry.at) if account is not None else ():
        if any(finding.key in exemption.answers or finding.rule_key in exemption.answers for finding in lifted):
            yield exemption.id


def _moment(post: Post, delivery: Delivery | None, now: datetime) -> datetime:
    """The moment that a verdict is for: what is still to come is judged at its time, what is late at now."""
    at = delivery.due_at if delivery is not None else post.planned_at
    if at is None or (at < now and (delivery is None or delivery.state is not DeliveryState.PUBLISHED)):
        return now
    return at


def _account_view(
    office: Office, reader: Reader, matter: Matter, entry: AccountContent, deliveries: tuple[Delivery, ...], now: datetime
) -> AccountView:
    account, delivery = entry.account, threads.leading(deliveries) if deliveries else None
    known = next((each for each in office.house.accounts if each.id == account), None)
    told = known_limits(reader).get(account)
    at = _moment(matter.post, delivery, now)
    answer = ask(
        reader, house=office.house, shelf=office.shelf, post=matter.post.id, account=account, at=at, stopped=office.stop.reason()
    )
    made = {each.part: each for each in deliveries if each.revision == matter.post.revision}
    parts = tuple(
        PartView(
            number=number,
            text=text,
            count=office.rules.count(entry.channel, text, told),
            delivery=made.get(number),
            attempts=reader.attempts(made[number].id) if number in made else (),
        )
        for number, text in enumerate(entry.parts, start=1)
    )
    return AccountView(
        account=account,
        channel=entry.channel,
        text=entry.text,
        count=count_of(office.rules, entry, told),
        problems=problems_of(office.rules, known, entry, matter.content, told),
        state=str(threads.state_of(deliveries)) if deliveries else str(matter.post.state),
        delivery=delivery,
        attempts=reader.attempts(delivery.id) if delivery is not None else (),
        at=at,
        answer=answer,
        next_step=next_step(matter, deliveries, answer),
        reason=threads.reason_of(deliveries) if deliveries else "",
        parts=parts,
    )
