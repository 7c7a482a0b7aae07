"""What an edit costs, told before it is saved: the decisions that it drops, and the exceptions that it makes lapse."""

from zoneinfo import ZoneInfo

from purdah_scheduler.application.matter import Matter
from purdah_scheduler.application.office import Office
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Decision, latest
from purdah_scheduler.domain.periods import name_key
from purdah_scheduler.domain.posts import Exemption
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Lapsing:
    """What stands for the words as they are and will not for others: whose it is stands in each."""

    decisions: tuple[Decision, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    break_glasses: tuple[BreakGlass, ...] = ()

    def __len__(self) -> int:
        return len(self.decisions) + len(self.exemptions) + len(self.break_glasses)

    @property
    def clearances(self) -> tuple[Decision, ...]:
        """The decisions that clear a stage."""
        return tuple(one for one in self.decisions if one.choice is Choice.APPROVE and one.stage != SIGN_OFF)

    def told(self, zone: ZoneInfo) -> tuple[tuple[str, str], ...]:
        """Who, and what of theirs an edit drops, one pair each: clearances first, then sign-offs, exemptions, break-glass."""
        ordered = sorted(self.decisions, key=lambda one: (one not in self.clearances, one.stage == SIGN_OFF))
        return (
            *((one.person, f"{_said(one)}, {format_local(one.at, zone)}") for one in ordered),
            *((one.person, f"{_granted(one)}, until {format_local(one.expires_at, zone)}") for one in self.exemptions),
            *((one.person, f"broke the glass, {format_local(one.at, zone)}") for one in self.break_glasses),
        )


def lapsing(office: Office, post_id: int, *, editor: str, campaign: str | None = None) -> Lapsing:
    """What an edit of the words by `editor` would drop. Raises NotFound.

    Exemptions of the post's campaign go with it where the edit gives the post another `campaign`, and those that the editor
    granted in any case: nobody exempts their own words.
    """
    now = office.now()
    with office.store.read() as reader:
        matter = Matter.read(reader, office.house, post_id)
    current = (matter.digest, matter.revision.number)
    leaves = campaign is not None and name_key(campaign) != name_key(matter.content.marks.campaign)
    standing = (one for one in matter.exemptions if one.revoked_at is None and one.at <= now < one.expires_at)
    return Lapsing(
        decisions=tuple(
            one
            for one in latest(matter.decisions).values()
            if (one.digest, one.revision) == current and one.choice is not Choice.WITHDRAW
        ),
        exemptions=tuple(
            one for one in standing if (leaves or one.person == editor if one.post is None else one.digest == matter.digest)
        ),
        break_glasses=tuple(one for one in matter.break_glasses if one.covers(*current, now)),
    )


def _said(decision: Decision) -> str:
    if decision.stage == SIGN_OFF:
        return "signed off its flags" if decision.choice is Choice.APPROVE else "refused a sign-off"
    return f"{'approved' if decision.choice is Choice.APPROVE else 'said no'} on {decision.stage}"


def _granted(exemption: Exemption) -> str:
    campaign = f" of the campaign “{exemption.campaign}”" if exemption.campaign else ""
    return f"granted exemption {exemption.id}{campaign}"
