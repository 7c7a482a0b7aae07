"""Repeating a post: a draft of its own for each time of a rule, shown with its verdict before any is made, and made once."""

from dataclasses import replace
from datetime import date, datetime

from purdah_scheduler.application.duplicating import copy_of
from purdah_scheduler.application.matter import case_of
from purdah_scheduler.application.nearby import Neighbourhood, warnings
from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.writing import add_new, cancel
from purdah_scheduler.domain.audit import Plain
from purdah_scheduler.domain.civiltime import local_date
from purdah_scheduler.domain.notable import Almanac, Sort
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.policy import Judgement, Verdict, judge
from purdah_scheduler.domain.posts import NOTHING_LEFT, Delivery, DeliveryState, PostState
from purdah_scheduler.domain.recurrence import read_rule, times_of
from purdah_scheduler.domain.series import Series
from purdah_scheduler.errors import BadInput, NotFound, WrongState
from purdah_scheduler.lean import lean_dataclass

_TOLD = {Sort.HOLIDAY: "Bank holiday", Sort.POLL: "Polling day"}
"""What is notable of a day on which a post is repeated."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One time of a series before it is made: the strictest verdict of its accounts then, and why it is not `allow`.

    `periods` are the names of those that are in force for it then, whatever they say of it.
    """

    at: datetime
    shifted: bool
    verdict: Verdict
    reason: str
    periods: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to say of the time by itself, a sentence each."""
        return (
            *(["The clocks jump over its own time."] if self.shifted else []),
            *([self.reason] if self.reason else []),
            *(f"In “{name}”." for name in self.periods if name not in self.reason),
        )


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What repeating would make, shown first. `revision` is the one of the post that is copied; `windowed`: it had a window."""

    post: int
    revision: int
    rule: str
    occurrences: tuple[Occurrence, ...]
    windowed: bool


def plan(
    office: Office,
    post_id: int,
    *,
    every: str,
    first: datetime | None = None,
    until: date | None = None,
    count: int | None = None,
) -> Plan:
    """The times of a rule, each with its verdict as things are now; nothing is made.

    They begin at `first`, or with the first time after the post's own, at that time of day. Raises NotFound; BadInput for a rule
    that cannot be read or has no usable end, for a post without a time where none is given, and for a time that has passed.
    """
    house, now = office.house, office.now()
    with office.store.read() as reader:
        post = reader.post(post_id)
        content = reader.revision(post_id, post.revision).content
        calendar = house.calendar(reader)
    start = first or post.planned_at
    if start is None:
        raise BadInput(f"Post {post_id} has no time, so nothing was made.", next_step="Give the first time with --from.")
    rule = read_rule(every)
    found = times_of(rule, first=start, until=until, count=count, behind=first is None)
    if found[0].at <= now:
        raise BadInput("The first time of the series has passed, so nothing was made.", next_step="Give a later one with --from.")
    accounts = [house.account(entry.account) for entry in content.accounts]
    places = [case_of(content, account, start).place for account in accounts]
    occurrences = []
    for each in found:
        worst = max(
            (judge(case_of(content, account, each.at), calendar, house.rulebook) for account in accounts),
            key=lambda judgement: judgement.verdict.rank,
        )
        inside = [period.name for period in calendar if period.in_force(each.at) and any(map(period.concerns, places))]
        occurrences.append(
            Occurrence(
                at=each.at, shifted=each.shifted, verdict=worst.verdict, reason=_why(worst), periods=tuple(dict.fromkeys(inside))
            )
        )
    return Plan(
        post=post_id,
        revision=post.revision,
        rule=rule,
        occurrences=tuple(occurrences),
        windowed=content.not_before is not None or content.not_after is not None,
    )


def remarks(office: Office, wanted: Plan, almanac: Almanac) -> tuple[tuple[str, ...], ...]:
    """What else there is to say of each time: bank holidays and polling days, and the posts that it would stand beside.

    `almanac` is that of the days of the plan.
    """
    zone, around = office.house.zone, Neighbourhood(office)
    found = []
    for each in wanted.occurrences:
        notable = (entry for entry in almanac.on(local_date(each.at, zone)) if entry.sort in _TOLD)
        beside = warnings(around.of_post(wanted.post, at=each.at), zone)
        found.append((*(f"{_TOLD[entry.sort]}: {entry.words}." for entry in notable), *(warned.words for warned in beside)))
    return tuple(found)


def make(office: Office, actor: Actor, wanted: Plan) -> Series:
    """Make a draft for each time of the plan, all in one transaction, with an entry each. It is never made again.

    The words, media, classification, title and notes are copied, and no clearance; a window is not, because each has a time of
    its own. Raises WrongState where the post was changed since the plan was shown, NotAllowed (role author).
    """
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, to="repeat posts")
        source = tx.post(wanted.post)
        if source.revision != wanted.revision:
            raise WrongState(
                f"Post {wanted.post} was changed meanwhile, so nothing was made.", next_step="Look at it and repeat again."
            )
        content = replace(tx.revision(source.id, source.revision).content, not_before=None, not_after=None)
        person, total = actor.person.id, len(wanted.occurrences)
        posts = []
        for number, occurrence in enumerate(wanted.occurrences, start=1):
            post, revision = copy_of(source, content, person, at=occurrence.at, now=now)
            planned = occurrence.at.isoformat()
            facts: dict[str, Plain] = {
                "copied_from": source.id,
                "number": number,
                "of": total,
                "rule": wanted.rule,
                "planned": planned,
            }
            posts.append(add_new(tx, actor, post, revision, text=content.accounts[0].text, **facts))
        series = Series(id=0, source=source.id, rule=wanted.rule, person=person, at=now, posts=tuple(posts))
        return replace(series, id=tx.add_series(series))


def series_of(office: Office, post_id: int) -> Series:
    """The series that a post belongs to. Raises NotFound where it belongs to none."""
    with office.store.read() as reader:
        reader.post(post_id)
        found = reader.series_of(post_id)
    if found is None:
        raise NotFound(f"Post {post_id} belongs to no series.", next_step=f"purdah-scheduler post repeat {post_id} --every …")
    return found


def cancel_rest(office: Office, actor: Actor, post_id: int, *, reason: str = "") -> tuple[int, ...]:
    """Take back this post of a series and every later one of which nothing has left, each by itself. Returns those taken back.

    Those that were sent, may have been or were taken back before stay as they are.
    """
    series = series_of(office, post_id)
    done = []
    for post in series.posts[series.posts.index(post_id) :]:
        with office.store.read() as reader:
            can_go = _can_be_taken_back(reader.post(post).state, reader.deliveries(post))
        if can_go:
            cancel(office, actor, post, reason=reason or f"The rest of series {series.id} was cancelled.")
            done.append(post)
    return tuple(done)


def _can_be_taken_back(state: PostState, deliveries: tuple[Delivery, ...]) -> bool:
    open_ones = [entry for entry in deliveries if entry.state is not DeliveryState.CANCELLED]
    return state is not PostState.WITHDRAWN and all(entry.state in NOTHING_LEFT for entry in open_ones)


def _why(judgement: Judgement) -> str:
    return next((finding.reason for finding in judgement.standing), "")
