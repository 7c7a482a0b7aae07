"""Periods for whoever looks at them: a line for each of every source, and one of them with all that is known of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.calendar_changes import seconds
from purdah_scheduler.application.lists import EntryFilter, Waiting
from purdah_scheduler.application.office import House, Office
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.record_words import who
from purdah_scheduler.application.sweeping import held_by
from purdah_scheduler.domain.in_words import rules_in_words
from purdah_scheduler.domain.period_changes import PeriodChange, Proposal
from purdah_scheduler.domain.periods import Kind, Period
from purdah_scheduler.domain.policy import Rulebook, Verdict
from purdah_scheduler.errors import NotFound
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class PeriodLine:
    """One period as it holds now. `does` is the strictest that its rules say to anybody here whom it binds.

    `asked` are the changes that wait for a second person, oldest first; `holds` counts the held posts that it blocks.
    `ours`: it binds an account of the configuration.
    """

    period: Period
    does: Verdict
    asked: tuple[Proposal, ...] = ()
    holds: int = 0
    ours: bool = True


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class PeriodView:
    """One period in full: its rules in words, who declared it, what was changed of it, and who could answer what waits.

    `accounts` are those that it binds, `gone` those that it names and the configuration does not have. `declared` is who and
    when, None where its source is not the store or the record does not say.
    """

    line: PeriodLine
    rules: str
    accounts: tuple[str, ...]
    gone: tuple[str, ...]
    declared: tuple[str, datetime] | None
    changes: tuple[PeriodChange, ...]
    seconds: Mapping[int, tuple[str, ...]]

    @property
    def period(self) -> Period:
        return self.line.period


def period_lines(office: Office) -> tuple[PeriodLine, ...]:
    """Every period of every source, by its start."""
    house, now = office.house, office.now()
    with office.store.read() as reader:
        calendar = house.calendar(reader)
        held = held_by(reader, house, calendar, now)
        asked = _asked(reader)
    strictest = _Strictest(house)
    lines = [_line(house, period, asked, held.get(period.id, ()), strictest) for period in calendar]
    return tuple(sorted(lines, key=lambda line: (line.period.starts, line.period.id)))


def period_view(office: Office, period_id: str) -> PeriodView:
    """One period. Raises NotFound."""
    house, now = office.house, office.now()
    with office.store.read() as reader:
        calendar = house.calendar(reader)
        period = _known(calendar, period_id)
        held = held_by(reader, house, calendar, now)
        line = _line(house, period, _asked(reader), held.get(period_id, ()), _Strictest(house))
        return PeriodView(
            line=line,
            rules=rules_in_words(period, house.bodies_in(period) or period.bodies, house.rulebook),
            accounts=tuple(account.id for account in house.bound_by(period)),
            gone=house.gone_from(period),
            declared=_declared(reader, period),
            changes=tuple(change for change in reader.period_changes() if change.period == period_id),
            seconds={proposal.id: seconds(house, reader, proposal.person) for proposal in line.asked},
        )


def posts_of(office: Office, period_id: str) -> tuple[Waiting, ...]:
    """What is held and the period blocks, by due time. Raises NotFound."""
    house = office.house
    with office.store.read() as reader:
        calendar = house.calendar(reader)
        _known(calendar, period_id)
        return held_by(reader, house, calendar, office.now()).get(period_id, ())


def scope_in_words(house: House, period: Period) -> str:
    """Which accounts it binds; of one with an area that binds none, how an account gets into it."""
    bound = house.bound_by(period)
    inside = [account.id for account in bound if replace(period, campaign="").concerns(account.place)]
    if inside:
        only = f", and there only the campaign “{period.campaign}”" if period.campaign else ""
        return f"It binds {', '.join(inside)}{only}."
    if period.area and bound:
        return (
            f"It touches only posts about “{period.area}”, and no account has that area: "
            f'give the accounts that it binds area = "{period.area}".'
        )
    return "It concerns no account of the configuration."


class _Strictest:
    """The strictest verdict of the rules that a period brings, looked up once for each set of rules."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._known: dict[str, Verdict] = {}

    def of(self, period: Period) -> Verdict:
        """A body for which no rule is known is flagged, whatever it says."""
        house = self._house
        found = (house.rulebook.regime_in(period, body) for body in house.bodies_in(period) or period.bodies)
        return max((self._in(regime) for regime in set(found)), key=lambda verdict: verdict.rank)

    def _in(self, regime: str | None) -> Verdict:
        if regime is None:
            return Verdict.FLAG
        if regime not in self._known:
            self._known[regime] = _strictest_in(self._house.rulebook, regime)
        return self._known[regime]


def _strictest_in(rulebook: Rulebook, regime: str) -> Verdict:
    verdicts = [verdict for (_, other), verdict in rulebook.rules.items() if other == regime]
    return max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.FLAG)


def _line(
    house: House, period: Period, asked: Mapping[str, list[Proposal]], held: Sequence[Waiting], strictest: _Strictest
) -> PeriodLine:
    return PeriodLine(
        period=period,
        does=Verdict.BLOCK if period.kind is Kind.FREEZE else strictest.of(period),
        asked=tuple(asked.get(period.id, ())),
        holds=len({delivery.post for delivery in held}),
        ours=house.is_bound_by(period),
    )


def _known(calendar: Sequence[Period], period_id: str) -> Period:
    period = next((known for known in calendar if known.id == period_id), None)
    if period is None:
        raise NotFound(f"There is no period “{period_id}”.", next_step="purdah-scheduler calendar list --all")
    return period


def _asked(reader: Reader) -> dict[str, list[Proposal]]:
    """The changes that wait for a second person, by period."""
    found: dict[str, list[Proposal]] = {}
    for proposal in reader.proposals():
        if proposal.is_open:
            found.setdefault(proposal.period, []).append(proposal)
    return found


def _declared(reader: Reader, period: Period) -> tuple[str, datetime] | None:
    """Who declared a period of the store, and when."""
    if period.origin != "store":
        return None
    numbers = reader.entry_numbers(EntryFilter(action="period.declared", words=period.id))
    entries = (entry for entry in reader.entries_at(numbers) if entry.facts.get("period") == period.id)
    return next(((who(entry), entry.at) for entry in entries), None)
