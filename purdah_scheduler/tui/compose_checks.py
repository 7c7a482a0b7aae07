"""What compose says of a form while it is typed: counts, problems, the verdict at its time, and the first time that is free."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.application.channel_ports import Count
from purdah_scheduler.application.clearers import will_want
from purdah_scheduler.application.nearby import Neighbourhood, warnings
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.server_limits import known_limits
from purdah_scheduler.application.slotting import NextSlot, next_slot_of_draft
from purdah_scheduler.application.views import relevant_periods
from purdah_scheduler.application.wanting import Wanted
from purdah_scheduler.application.writing import Draft, Preview, preview
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.people import Person
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import Finding, Judgement, Verdict
from purdah_scheduler.domain.readability import hints_of
from purdah_scheduler.errors import BadInput, ProductError
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.compose_form import Form, Times, read_focuses, read_times, readable
from purdah_scheduler.tui.compose_images import Images, Seen
from purdah_scheduler.tui.month import letters

_TOLD_AS_HINT = "many-hashtags"
"""What a channel says of hashtags is said of every text, among the hints."""

_MOST_STEPS = 12
"""How many periods in a row are looked past; a calendar with more is wrong."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class FreeTime:
    """The first moment that nothing blocks (None where it cannot be known), and the sentence that says why or why not."""

    at: datetime | None
    words: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What is known of a form at one moment.

    `at` is the moment that the verdict is for, `planned` whether that is the planned time. `counts` has the longest part on each
    account, `parts` every part. `judgement` is None where there is nothing to judge yet; `wanting` says what is still to be
    filled in, `problems` what is wrong, with its account, `hints` what is hard to read or to listen to. `in_force` has a letter
    and a name for each period in force at that moment; `wanted` is what has to be given before it may go out then.
    """

    at: datetime
    planned: bool
    counts: dict[str, Count]
    parts: dict[str, tuple[Count, ...]] = field(default_factory=dict)
    judgement: Judgement | None = None
    wanting: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    free: FreeTime | None = None
    readings: tuple[tuple[str, str], ...] = ()
    hints: tuple[str, ...] = ()
    in_force: tuple[tuple[str, str], ...] = ()
    wanted: tuple[Wanted, ...] = ()
    seen: tuple[Seen, ...] = ()
    card_seen: Seen | None = None
    limits: Mapping[str, Limits] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict | None:
        """The strictest verdict of all accounts, where there is one."""
        return None if self.judgement is None else self.judgement.verdict


def check(
    office: Office, form: Form, images: Images, around: Neighbourhood | None = None, *, author: Person | None = None
) -> Checks:
    """Everything that can be said of the form now. What is missing or wrong becomes a line, never an exception.

    `around` keeps what it has read of the posts beside it, for whoever asks again with every pause in the typing. `author` is who
    would save it: without one it is not said who clears it.
    """
    house, now = office.house, office.now()
    times = read_times(form, now=now, zone=house.zone)
    checks = replace(
        _of_times(form, times, now, house.zone),
        seen=images.seen(form.pictures, office.shelf),
        card_seen=next(iter(images.seen(form.of_card, office.shelf)), None),
        hints=_hints(form),
    )
    if not form.accounts:
        return checks
    known = form.category in house.rulebook.categories
    stand_in = form.category if known else next(iter(house.rulebook.categories))
    try:
        draft = images.draft(readable(replace(form, category=stand_in)), replace(times, faults={}))
        seen = preview(office, draft, at=checks.at)
        wanted = will_want(office, author, draft, post=form.post) if known and author is not None else ()
        in_force, limits = _around(office, seen)
    except ProductError as fault:
        return replace(checks, problems=(*checks.problems, fault.message))
    checks = replace(
        checks,
        counts={entry.account: entry.count for entry in seen.accounts},
        parts={entry.account: tuple(count for _, count in entry.parts) for entry in seen.accounts},
        problems=(*checks.problems, *_problems(seen, blocking=True)),
        warnings=(*_problems(seen, blocking=False), *_beside(around or Neighbourhood(office), form, times, house.zone)),
        in_force=in_force,
        limits=limits,
        wanted=wanted,
    )
    if not known:
        return checks
    judgement = seen.worst
    free = first_free(office, draft, checks.at) if judgement.verdict is Verdict.BLOCK else None
    return replace(checks, judgement=judgement, free=free)


def _of_times(form: Form, times: Times, now: datetime, zone: ZoneInfo) -> Checks:
    """What the fields say by themselves: what is still to be filled in, the times, and a focus that cannot be read."""
    problems = [fault.message for fault in (*times.faults.values(), *read_focuses(form)[1].values())]
    if times.planned_at is not None and times.planned_at < now - timedelta(minutes=1):
        problems.append("The planned time has passed.")
    for bound, early in ((times.not_before, True), (times.not_after, False)):
        if bound and times.planned_at and (times.planned_at < bound if early else times.planned_at >= bound):
            word = "before its window opens" if early else "after its window closes"
            problems.append(f"The planned time is {word} ({format_local(bound, zone)}).")
    named = (("when", times.planned_at), ("not_before", times.not_before), ("not_after", times.not_after))
    return Checks(
        at=times.planned_at or now,
        planned=times.planned_at is not None,
        counts={},
        wanting=_wanting(form),
        problems=tuple(problems),
        readings=tuple((name, format_local(moment, zone)) for name, moment in named if moment is not None),
    )


def _around(office: Office, seen: Preview) -> tuple[tuple[tuple[str, str], ...], dict[str, Limits]]:
    """The periods in force for any of the accounts then, by letter and name, and what each account takes."""
    with office.store.read() as reader:
        periods, told = relevant_periods(office.house, reader), known_limits(reader)
    ids = {period for entry in seen.accounts for period in entry.judgement.periods}
    named = letters(periods)
    in_force = tuple((named[period.id], period.name) for period in periods if period.id in ids)
    return in_force, {entry.account: office.rules.limits(entry.channel, told.get(entry.account)) for entry in seen.accounts}


def _hints(form: Form) -> tuple[str, ...]:
    """What is hard to read or to listen to in what the accounts would say, and in the descriptions of the pictures."""
    texts = [form.words(account) for account in form.accounts] or [form.text]
    return tuple(hint.message for hint in hints_of(texts, [picture.alt for picture in form.pictures]))


def _beside(around: Neighbourhood, form: Form, times: Times, zone: ZoneInfo) -> tuple[str, ...]:
    """The posts that say the same or are close in time, a sentence each."""
    texts = {account: form.words(account) for account in form.accounts}
    return tuple(warned.words for warned in warnings(around.of(texts, at=times.planned_at, own=form.post), zone))


def draft_to_look_at(office: Office, form: Form, images: Images) -> Draft:
    """The form as a draft, whatever of it is still to be filled in. Raises BadMedia, and BadInput where no account is ticked."""
    if not form.accounts:
        raise BadInput("No account is ticked, so there is nothing to look at yet.", next_step="Tick at least one account.")
    categories = office.house.rulebook.categories
    chosen = form if form.category in categories else replace(form, category=next(iter(categories)))
    times = read_times(form, now=office.now(), zone=office.house.zone)
    return images.draft(readable(chosen), replace(times, faults={}))


def first_free(office: Office, draft: Draft, start: datetime) -> FreeTime:
    """The first whole minute after `start` at which no period blocks the draft, where the ends of the periods are known."""
    with office.store.read() as reader:
        known = {period.id: period for period in office.house.calendar(reader)}
    at = start
    for _ in range(_MOST_STEPS):
        blocks = [
            finding
            for entry in preview(office, draft, at=at).accounts
            for finding in entry.judgement.standing
            if finding.verdict is Verdict.BLOCK
        ]
        if not blocks:
            return FreeTime(at=at, words=f"The first moment that is free is {format_local(at, office.house.zone)}.")
        periods = [known[finding.period] for finding in blocks if finding.period in known]
        if len(periods) < len(blocks):
            return FreeTime(at=None, words=f"No other time helps: {_other_reason(blocks)}")
        ends = [period.ended_at() for period in periods]
        if any(end is None for end in ends):
            return FreeTime(at=None, words=_open_end(periods, office))
        at = max(_whole_minute(end) for end in ends if end is not None)
    return FreeTime(at=None, words="No free time was found behind the periods that follow each other.")


def free_slot(office: Office, form: Form, images: Images) -> NextSlot:
    """The first free slot of the form's accounts after its time, or after now. Raises BadInput where they have no slots."""
    times = read_times(form, now=office.now(), zone=office.house.zone)
    if not form.accounts or form.category not in office.house.rulebook.categories:
        raise BadInput("A slot depends on the accounts and the category, so no time was chosen.", next_step="Choose them first.")
    draft = images.draft(readable(form), replace(times, faults={}))
    return next_slot_of_draft(office, draft, after=times.planned_at, own=form.post)


def _wanting(form: Form) -> tuple[str, ...]:
    wanting = []
    if not any(form.words(account).strip() for account in form.accounts) and not form.text.strip():
        wanting.append("Write the text.")
    if not form.accounts:
        wanting.append("Tick at least one account.")
    if not form.category:
        wanting.append("Choose a category: the rules go by it.")
    return tuple(wanting)


def _problems(seen: Preview, *, blocking: bool) -> tuple[str, ...]:
    """The problems of all accounts; one that every account has is said once."""
    by_words: dict[str, list[str]] = {}
    for entry in seen.accounts:
        for problem in entry.problems:
            if problem.blocking is blocking and problem.code != _TOLD_AS_HINT:
                by_words.setdefault(problem.message, []).append(entry.account)
    every = len(seen.accounts)
    return tuple(
        message if len(accounts) == every and every > 1 else f"{', '.join(accounts)}: {message}"
        for message, accounts in by_words.items()
    )


def _other_reason(blocks: list[Finding]) -> str:
    return next(finding.reason for finding in blocks if not finding.period)


def _open_end(periods: list[Period], office: Office) -> str:
    period = next(period for period in periods if period.ended_at() is None)
    earliest = format_local(period.ends, office.house.zone)
    return f"“{period.name}” has no known end: it is over when somebody records it, not before {earliest}."


def _whole_minute(at: datetime) -> datetime:
    rest = timedelta(seconds=at.second, microseconds=at.microsecond)
    return at if not rest else at - rest + timedelta(minutes=1)
