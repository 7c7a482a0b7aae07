"""What nobody can work out of an election id: for whom, why, and what to do instead."""

from purdah_scheduler.calendars.election_ids import ElectionId
from purdah_scheduler.domain.periods import Body, Kind, Nation
from purdah_scheduler.lean import lean_dataclass

DEVOLVED = {Nation.SCOTLAND: Body.SCOTTISH_GOV, Nation.WALES: Body.WELSH_GOV, Nation.NI: Body.NI_DEPARTMENTS}
COUNCIL_POLLS = ("local", "mayor", "gla")
"""The types of poll whose by-elections keep the timetable of the ordinary ones."""

_OWN_ELECTION = {
    Kind.SCOTTISH_PARLIAMENT: (Body.SCOTTISH_GOV, "its pre-election recess, about six weeks before the poll"),
    Kind.SENEDD: (Body.WELSH_GOV, "its own guidance: before dissolution in 2021, at dissolution in 2026"),
    Kind.NI_ASSEMBLY: (Body.NI_DEPARTMENTS, "its own guidance: at the notice of election in 2017 and 2022"),
}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class NotDerived:
    """What nobody can work out: for whom, why, and what to do instead."""

    bodies: tuple[Body, ...]
    reason: str
    next_step: str


def not_derived(election: ElectionId) -> tuple[NotDerived, ...]:
    """What does not follow from this id, with what to do about each (domain.md 1 and 4.2)."""
    kind = election.kind
    declare = f"purdah-scheduler calendar declare --kind {kind}"
    if kind is Kind.GENERAL:
        return (
            NotDerived(
                bodies=(Body.UK_CIVIL_SERVICE, Body.ALB, Body.NHS_NATIONAL, Body.NHS_LOCAL, *DEVOLVED.values()),
                reason="A general election's period starts at the minute that the Cabinet Office announces, which dissolution "
                "does not predict, and ends when a new government is formed. The devolved governments start with it.",
                next_step=f"When it is announced: {declare} --end-mode manual-lift --starts … --ends … …",
            ),
        )
    if kind in _OWN_ELECTION:
        body, how = _OWN_ELECTION[kind]
        return (
            NotDerived(
                bodies=(body,),
                reason=f"A government's own election has a start of its own: {how}. It ends when "
                "the new ministers are appointed.",
                next_step=f"When it is announced: {declare} --body {body} --end-mode manual-lift --starts … …",
            ),
            NotDerived(
                bodies=(Body.UK_CIVIL_SERVICE, Body.ALB, Body.NHS_NATIONAL),
                reason="UK bodies take special care towards that nation from the day on which its government's period starts.",
                next_step=f"When it is announced: {declare} --body uk-civil-service --body alb --body nhs-national --starts … …",
            ),
        )
    if kind is Kind.BY_ELECTION and election.type in COUNCIL_POLLS:
        return (
            NotDerived(
                bodies=(Body.UK_CIVIL_SERVICE, *DEVOLVED.values()),
                reason="No convention was found by which governments hold back for a by-election to a council.",
                next_step=f"If your body does: {declare} --area … --starts … …",
            ),
        )
    if kind is Kind.BY_ELECTION:
        return (
            NotDerived(
                bodies=(Body.LOCAL_AUTHORITY,),
                reason="A by-election to a parliament has a timetable of its own, set by its writ or by its presiding officer, "
                "so the day of the notice cannot be worked out.",
                next_step=f"When the notice is out: {declare} --body local-authority --area … --starts … …",
            ),
        )
    if kind is Kind.REFERENDUM:
        return (
            NotDerived(
                bodies=(Body.OPCC,),
                reason="The rules that ship say nothing about offices of police and crime commissioners in a referendum.",
                next_step="Ask the monitoring officer.",
            ),
        )
    if kind is Kind.LOCAL and election.places:
        return (
            NotDerived(
                bodies=(Body.UK_CIVIL_SERVICE, Body.ALB, Body.NHS_NATIONAL, *DEVOLVED.values()),
                reason="Governments hold back for a day of local elections, not for the election of one council.",
                next_step=f"For such a day: purdah-scheduler calendar derive local.{election.polling_day} --nation …",
            ),
        )
    return ()
