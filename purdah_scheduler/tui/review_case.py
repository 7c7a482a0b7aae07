"""What one person can decide on one post, against which revision it is read, and what an approval would lead to."""

from datetime import datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.application.office import House, Office
from purdah_scheduler.application.reading import last_read
from purdah_scheduler.application.supposing import Supposed, if_approved
from purdah_scheduler.application.views import PostView, post_view
from purdah_scheduler.application.wanting import Want, Wanted, next_for
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Decision, latest
from purdah_scheduler.domain.people import Assurance, Person, Role
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import DeliveryState, HoldReason, PostState, Revision
from purdah_scheduler.domain.readings import Reading
from purdah_scheduler.lean import lean_dataclass

_OPEN = (PostState.IN_REVIEW, PostState.CLEARED, PostState.SCHEDULED, PostState.REJECTED)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One post as one person has it before them.

    `stage` is what the person can approve now (a stage or `sign-off`), empty with `why_not` in its place. `no_stage` is
    where the person can say no, or empty. `standing` is what the person can take back: the own decision that stands, or the no of
    another. `base` is the revision to compare with, and `base_words` says why that one. `outcome` says what an approval would
    lead to, and `gate` is what the gate says of it on each account, for its time.
    """

    view: PostView
    person: Person
    stage: str
    label: str
    why_not: str
    no_stage: str
    standing: Decision | None
    base: Revision | None
    base_words: str
    outcome: str
    why_no_exemption: str
    gate: tuple[Supposed, ...] = ()

    @property
    def may_exempt(self) -> bool:
        """Whether this person could lift a block of it."""
        return not self.why_no_exemption


def case_of(office: Office, person: Person, post_id: int) -> Case:
    """Read a post for a person. Raises NotFound."""
    now = office.now()
    read = last_read(office, person, post_id)
    view = post_view(office, post_id, now=now)
    turn = _turn(view, person)
    gate = () if turn is None else if_approved(office, person, post_id, turn.stage)
    return weigh(view, person, office.house, now=now, read=read, gate=gate)


def weigh(
    view: PostView, person: Person, house: House, *, now: datetime, read: Reading | None = None, gate: tuple[Supposed, ...] = ()
) -> Case:
    """What the person can do with the post as it was read; whether it is so when it is done, the service says.

    `read` is how far the person has read it before, `gate` what the gate says of it with their approval.
    """
    may_decide = view.post.state in _OPEN and person.id not in view.authors
    turn = _turn(view, person)
    stage, label = ("", "") if turn is None else (turn.stage, turn.label)
    base, base_words = _base(view, person, read, house.zone)
    return Case(
        view=view,
        person=person,
        stage=stage,
        label=label,
        why_not="" if stage else _why_not(view, person),
        no_stage=_no_stage(view, person, house, stage) if may_decide else "",
        standing=_own_word(view, person) or _others_no(view, person),
        base=base,
        base_words=base_words,
        outcome=_outcome(view, house, stage, gate, now=now) if stage else "",
        why_no_exemption=_why_no_exemption(view, person, house),
        gate=gate,
    )


def _turn(view: PostView, person: Person) -> Wanted | None:
    """What this person could give now; nothing of what they wrote themselves, or of what nobody has asked to be cleared."""
    return next_for(person, view.missing) if view.post.state in _OPEN and person.id not in view.authors else None


def must_be_signed(house: House, case: Case, stage: str, choice: Choice) -> bool:
    """Whether this decision takes a signature: a yes where the stage asks for one, and what undoes a no that was signed."""
    if choice is Choice.APPROVE and house.least_for(stage) is Assurance.SIGNED:
        return True
    before = case.standing
    undone = before is not None and before.stage == stage and before.choice is Choice.REJECT and choice is not Choice.REJECT
    return undone and before is not None and before.assurance is Assurance.SIGNED


def to_sign(view: PostView, person: Person) -> tuple[str, ...]:
    """What this person's sign-off would be for, each once."""
    return tuple(dict.fromkeys(flag.finding.about for flag in view.answerable if person.has(flag.role)))


def _wants_sign_off(view: PostView, person: Person | None = None) -> bool:
    """Whether a flag waits for a sign-off, by this person where one is given."""
    return view.verdict is Verdict.FLAG and any(
        flag.signed is None and (person is None or person.has(flag.role)) for flag in view.flags
    )


def _why_no_exemption(view: PostView, person: Person, house: House) -> str:
    """Why this person cannot lift a block of it; empty where they can."""
    blocks = [finding for finding in view.findings if finding.verdict is Verdict.BLOCK and not finding.lifted]
    roles = _exemption_roles(view, house)
    if not blocks:
        return "No period blocks it at that time, so there is nothing to exempt it from."
    if not any(finding.exemptible for finding in blocks):
        return "No exemption is possible from what blocks it. Give it a time after the period, or change what it says."
    if person.id in view.authors:
        return "You wrote a revision of it, and nobody exempts their own words."
    if not person.has(*roles):
        return f"An exemption is given by somebody with the role {' or '.join(sorted(map(str, roles)))}."
    return ""


def _exemption_roles(view: PostView, house: House) -> set[Role]:
    mine = {entry.account for entry in view.accounts}
    roles = {house.exemption_role_for(account.body) for account in house.accounts if account.id in mine}
    return roles or {house.exemption_role}


def _why_not(view: PostView, person: Person) -> str:
    if view.post.state not in _OPEN:
        state = view.post.state.replace("_", " ")
        return f"It is {'a draft' if view.post.state is PostState.DRAFT else state}: there is nothing to decide yet."
    if person.id in view.authors:
        return "You wrote a revision of it, and nobody clears their own words."
    if view.missing:
        return f"“{view.missing[0].label}” comes next; it can be given by: {view.missing[0].who}."
    return "Every clearance that it needs stands."


def _no_stage(view: PostView, person: Person, house: House, stage: str) -> str:
    if stage:
        return stage
    content = view.revision.content
    return next((known.id for known in house.chain if known.concerns(content) and person.has(known.role)), "")


def _own_word(view: PostView, person: Person) -> Decision | None:
    """The person's newest decision on this revision, unless it was withdrawn."""
    given = [entry.decision for entry in view.decisions if entry.decision.person == person.id]
    standing = [
        decision
        for decision in latest(given).values()
        if decision.digest == view.digest and decision.revision == view.revision.number and decision.choice is not Choice.WITHDRAW
    ]
    return max(standing, key=lambda decision: decision.at, default=None)


def _others_no(view: PostView, person: Person) -> Decision | None:
    """A rejection by somebody else that this person could take back."""
    able = {gap.stage for gap in view.missing if gap.want is Want.NO_TAKEN_BACK and person.id in gap.people}
    return next((decision for decision in view.standing.rejected_by if decision.stage in able), None)


def _base(view: PostView, person: Person, read: Reading | None, zone: ZoneInfo) -> tuple[Revision | None, str]:
    """The revision that the person read last, be it to decide on it, else the one before; none for a first revision."""
    earlier = {revision.number: revision for revision in view.revisions if revision.number < view.revision.number}
    given = next(
        (
            entry.decision
            for entry in reversed(view.decisions)
            if entry.decision.person == person.id
            and entry.decision.revision in earlier
            and entry.decision.choice is not Choice.WITHDRAW
        ),
        None,
    )
    if read is not None and read.revision in earlier and (given is None or given.revision < read.revision):
        return earlier[read.revision], f"revision {read.revision}, which you read {format_local(read.at, zone)}"
    if given is not None:
        done = "approved" if given.choice is Choice.APPROVE else "said no to"
        return earlier[given.revision], f"revision {given.revision}, which you {done} {format_local(given.at, zone)}"
    if not earlier:
        return None, ""
    last = earlier[max(earlier)]
    return last, f"revision {last.number} by {last.author}"


def _outcome(view: PostView, house: House, stage: str, gate: tuple[Supposed, ...], *, now: datetime) -> str:
    """What follows from an approval, were it given now. Approval itself never sends anything."""
    waits = _then_missing(view, house, stage)
    if waits:
        return f"It waits for {waits} next."
    at = format_local(view.at, house.zone)
    step = house.stage(stage)
    ends = step.ends_at(now, view.settings) if step is not None else None
    if ends is not None and ends <= view.at:
        return (
            f"It expires {format_local(ends, house.zone)}, before {at}: it has to be given again, or the post goes out earlier."
        )
    if view.verdict is Verdict.BLOCK:
        return f"It is cleared, and HELD at {at}: an approval does not lift a pre-election period."
    if stage != SIGN_OFF and _wants_sign_off(view):
        return f"It is cleared, and HELD at {at} unless its flag is signed off by then."
    stop = next((one.answer.first for one in gate if one.answer.holds), None)
    if stop is not None:
        is_wanting = stop.code in (HoldReason.CLEARANCE, HoldReason.EXPIRED, HoldReason.SIGN_OFF)
        return f"It {'waits' if is_wanting else 'is cleared, and HELD'} at {at}: {stop.reason}"
    due = [entry.delivery.due_at for entry in view.accounts if entry.delivery and entry.delivery.state is DeliveryState.SCHEDULED]
    if due:
        return f"It is cleared, and goes out at its time, {format_local(min(due), house.zone)}."
    if any(entry.delivery and entry.delivery.state is DeliveryState.HELD for entry in view.accounts):
        return "It is cleared, and stays on hold until somebody releases it or chooses a new time."
    planned = view.post.planned_at
    if planned is None:
        return "It is cleared, and waits for somebody to choose its time."
    if planned < now:
        return f"It is cleared. Its planned time, {format_local(planned, house.zone)}, has passed: it needs a new one."
    return f"It is cleared, and can be scheduled for its planned time, {format_local(planned, house.zone)}."


def _then_missing(view: PostView, house: House, stage: str) -> str:
    """What would still be missing after one more approval of `stage`, in words; empty when nothing is."""
    if stage == SIGN_OFF:
        return ""
    step = house.stage(stage)
    given = sum(decision.stage == stage for decision in view.standing.counting)
    if step is not None and given + 1 < step.people:
        return f"{step.people - given - 1} more on “{step.label}”"
    rest = [missing for missing in view.standing.missing if missing.stage != stage]
    return f"“{rest[0].label}” ({', '.join(rest[0].people) or 'nobody in the configuration'})" if rest else ""
