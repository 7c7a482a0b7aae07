"""Flags and their sign-offs: what one would answer, who has answered, and why an earlier answer no longer counts."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.application.matter import Matter, whole_case
from purdah_scheduler.application.office import House
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Decision, latest
from purdah_scheduler.domain.findings import Finding, Judgement, period_of
from purdah_scheduler.domain.people import Account, Role
from purdah_scheduler.domain.period_changes import Action, PeriodChange
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import judge
from purdah_scheduler.lean import lean_dataclass

_CHANGED = {Action.EXTEND: "extended", Action.SHORTEN: "shortened"}
"""Changes that make a period another one, as people say them."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag that stands on one account: who may sign it off, who has, and why an earlier sign-off does not count.

    `ask_first` is who decides in that account's body, in words with the source.
    """

    account: str
    finding: Finding
    role: Role
    signed: Decision | None
    earlier: str
    ask_first: str


def judgements(
    matter: Matter, house: House, calendar: Sequence[Period], at_moments: Sequence[datetime]
) -> Iterator[tuple[Account, Judgement]]:
    """What the rules say of the post on each of its accounts at each of these moments."""
    mine = {entry.account for entry in matter.content.accounts}
    for account in house.accounts:
        if account.id in mine:
            for at in at_moments:
                yield account, judge(whole_case(matter, house, account, at, calendar), calendar, house.rulebook)


def flags_on(
    matter: Matter, house: House, account: Account, judgement: Judgement, changes: Sequence[PeriodChange]
) -> tuple[Flag, ...]:
    """The flags of one judgement with their sign-offs; `changes` are all of the calendar's."""
    role = house.sign_off_role_for(account.body)
    found = []
    for finding in judgement.flags:
        signed = matter.signed(house, account, finding)
        found.append(
            Flag(
                account=account.id,
                finding=finding,
                role=role,
                signed=signed,
                earlier="" if signed is not None else _earlier(matter, role, finding, changes, house.zone),
                ask_first=house.rulebook.who_decides(account.body),
            )
        )
    return tuple(found)


def all_flags(
    matter: Matter, house: House, calendar: Sequence[Period], at_moments: Sequence[datetime], changes: Sequence[PeriodChange] = ()
) -> tuple[Flag, ...]:
    """Every flag that stands on an account at one of these moments, each once: what a sign-off given now would answer."""
    found: dict[tuple[str, str], Flag] = {}
    for account, judgement in judgements(matter, house, calendar, at_moments):
        for flag in flags_on(matter, house, account, judgement, changes):
            found.setdefault((flag.account, flag.finding.key), flag)
    return tuple(found.values())


def _earlier(matter: Matter, role: Role, finding: Finding, changes: Sequence[PeriodChange], zone: ZoneInfo) -> str:
    """Why the newest yes that anybody gave to this post's flags does not answer this one; empty where nobody gave any."""
    given = [word for word in latest(matter.decisions).values() if word.stage == SIGN_OFF and word.choice is Choice.APPROVE]
    if not given:
        return ""
    newest = max(given, key=lambda word: word.at)
    return f"The sign-off by {newest.person} of {format_local(newest.at, zone)} does not count: " + _why_not(
        newest, matter, role, finding, changes, zone
    )


def _why_not(
    word: Decision, matter: Matter, role: Role, finding: Finding, changes: Sequence[PeriodChange], zone: ZoneInfo
) -> str:
    person = next((known for known in matter.people if known.id == word.person), None)
    if (word.digest, word.revision) != (matter.digest, matter.revision.number):
        return f"it was for revision {word.revision}, and the text changed since."
    if person is None:
        return "this person may not act any more."
    if person.id in matter.authors:
        return "this person wrote a revision."
    if not person.has(role):
        return f"it takes the role {role}."
    if finding.since is not None and word.at < finding.since:
        return f"it was given before {format_local(finding.since, zone)}, from when on one counts."
    if finding.period not in {period_of(key) for key in word.answers}:
        return "it was not given for this."
    changed = [known for known in changes if known.period == finding.period and known.at >= word.at and known.action in _CHANGED]
    if changed:
        last = max(changed, key=lambda known: known.at)
        return f"the period was {_CHANGED[last.action]} on {format_local(last.at, zone)}."
    return "it was given for the period, or for its rule, as it was then."
