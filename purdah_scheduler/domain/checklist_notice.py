"""The notice that an account publishes on the first day: a sober wording by kind of period and by the rules on the account."""

from purdah_scheduler.domain.civiltime import DAYS, MONTHS
from purdah_scheduler.domain.periods import EndMode, Kind, Period
from purdah_scheduler.domain.rulebook import OTHER_GOVERNMENT, PUBLICITY, REFERENDUM, STRICT

_POLLS = {
    Kind.GENERAL: "the general election",
    Kind.LOCAL: "the local elections",
    Kind.MAYORAL: "the mayoral elections",
    Kind.PCC: "the police and crime commissioner elections",
    Kind.EUROPEAN: "the European Parliament elections",
    Kind.SCOTTISH_PARLIAMENT: "the Scottish Parliament election",
    Kind.SENEDD: "the Senedd election",
    Kind.NI_ASSEMBLY: "the Northern Ireland Assembly election",
    Kind.REFERENDUM: "the referendum",
    Kind.BY_ELECTION: "the by-election",
}


def poll_of(period: Period) -> str:
    """What is voted on, with its day where that is known: `the general election on Thursday 4 July 2024`."""
    name = _POLLS.get(period.kind, period.name)
    if period.kind is Kind.BY_ELECTION and period.area:
        name = f"{name} in {period.area}"
    day = period.polling_day
    return name if day is None else f"{name} on {DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def notice_of(period: Period, regime: str) -> str:
    """Words to start from; empty for a freeze or a blackout, which say nothing in public. Product default, unconfirmed."""
    if period.kind not in _POLLS:
        return ""
    poll = poll_of(period)
    until = "Until the poll has closed"
    if period.end_mode is EndMode.MANUAL_LIFT:
        until = "Until it is over" if period.kind is Kind.PCC else "Until a new government is in place"
    if regime == STRICT:
        return (
            f"We are in the pre-election period before {poll}. {until}, we will post only what people need to know about our "
            "services and their safety. We cannot discuss policy or the campaign."
        )
    if regime == PUBLICITY:
        return (
            f"We are in the pre-election period before {poll}. {until}, we follow the rules on publicity: we post about "
            "services, and we do not post or share political content. Political comments will be removed."
        )
    if regime == REFERENDUM:
        return (
            f"Publicly funded bodies may not publish material about {poll} during the 28 days that end with the poll. "
            "Until then, this account posts about our services only."
        )
    if regime == OTHER_GOVERNMENT:
        return f"During the period before {poll} our work goes on. This account takes care not to post anything that bears on it."
    return f"During the period before {poll} we take particular care that nothing we post bears on the result."
