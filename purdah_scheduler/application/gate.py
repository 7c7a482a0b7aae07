"""The one gate: asked as a warning when scheduling, and as the guarantee in the transaction that records the intent.

It derives its answer from the content, the decisions, the people, the calendar and the moment, each read anew. A state or
digest that is stored beside them is a cache: it is compared, never believed.
"""

from datetime import datetime, timedelta

from purdah_scheduler.application.matter import Matter, case_of, completed, outlived_stage, setting_of
from purdah_scheduler.application.office import House
from purdah_scheduler.application.ports import MediaShelf, Reader
from purdah_scheduler.application.recorded import OnRecord, is_granted
from purdah_scheduler.application.timekeeping import ADVICE as CLOCK_ADVICE
from purdah_scheduler.application.wanting import Want, Wanted, of_flag, of_outlived, of_standing
from purdah_scheduler.domain.calendar import Calendar
from purdah_scheduler.domain.clearance import Setting, Standing
from purdah_scheduler.domain.content import Content, short
from purdah_scheduler.domain.people import Account, Assurance
from purdah_scheduler.domain.policy import Judgement, Verdict, judge
from purdah_scheduler.domain.posts import Delivery, HoldReason, PostState
from purdah_scheduler.errors import BadMedia
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One reason not to send: its code, a sentence, and what a person can do about it."""

    code: HoldReason
    reason: str
    next_step: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the gate found at one moment. `missed` is a sentence when the time has gone by, else empty.

    `wait_until`: a stage is skipped and not everybody was told of it yet; it is asked again then.
    """

    judgement: Judgement
    standing: Standing
    digest: str
    holds: tuple[Hold, ...]
    missed: str = ""
    wait_until: datetime | None = None

    @property
    def go(self) -> bool:
        """Whether the post may be sent at that moment."""
        return not self.holds and not self.missed and self.wait_until is None

    @property
    def first(self) -> Hold:
        """The hold that matters most. Only where there is one."""
        return self.holds[0]


def ask(
    reader: Reader,
    *,
    house: House,
    shelf: MediaShelf,
    post: int,
    account: str,
    at: datetime,
    delivery: Delivery | None = None,
    calendar: Calendar | None = None,
    clock_doubt: str = "",
    stopped: str = "",
    matter: Matter | None = None,
) -> Answer:
    """Whether this post may be sent on this account at `at`, with every reason why not.

    `delivery` is given when it is about to be sent: its digest must be the one that was scheduled, and its lateness
    counts. `calendar` is given where it was worked out from what this reader says, and `matter` where something is supposed of
    the post, never where it is about to be sent. `clock_doubt` and `stopped` are sentences of the edge, empty when all is well.
    Raises NotFound and, for a supposition about a delivery, ValueError.
    """
    if matter is not None and delivery is not None:
        raise ValueError("what is about to be sent is read, never supposed")
    matter = Matter.read(reader, house, post) if matter is None else matter
    judgement = Judgement(verdict=Verdict.ALLOW, periods=(), findings=())
    known = next((entry for entry in house.accounts if entry.id == account), None)
    holds: list[Hold] = []
    if stopped:
        holds.append(
            Hold(code=HoldReason.PAUSED, reason=f"All publishing is stopped: {stopped}.", next_step="purdah-scheduler resume")
        )
    holds += _pauses(reader, account)
    if clock_doubt:
        holds.append(
            Hold(
                code=HoldReason.CLOCK,
                reason=clock_doubt,
                next_step=f"{CLOCK_ADVICE} Then choose a time again: purdah-scheduler post schedule {post} --at …",
            )
        )
    holds += _content_holds(matter, shelf, account, known, delivery)
    holds += [] if delivery is None else _strangers(reader, matter)
    if known is None:
        stands = matter.standing(house, (Setting(at=at),))
    else:
        calendar = house.calendar(reader) if calendar is None else calendar
        case = case_of(matter.content, known, at)
        setting = setting_of(house, case, calendar)
        stands = matter.standing(house, (setting,))
        judgement = judge(completed(case, matter, house, known, stands), calendar, house.rulebook)
        holds += _verdict_holds(matter, house, known, judgement)
        early = outlived_stage(matter, house, case, calendar, setting, stands)
        holds += [] if early is None else [_hold_for(matter, house, of_outlived(*early))]
    holds += _clearance_holds(matter, house, stands)
    holds += _strange_glass(reader, matter, house, at) if stands.skipped else []
    holds.sort(key=lambda hold: _ORDER.index(hold.code))
    return Answer(
        judgement=judgement,
        standing=stands,
        digest=matter.digest,
        holds=tuple(holds),
        missed=_missed(matter.content, known, delivery, at),
        wait_until=None if delivery is None else _telling_first(matter, house, stands, at),
    )


def _strange_glass(reader: Reader, matter: Matter, house: House, at: datetime) -> list[Hold]:
    """A break-glass that was written straight into the store."""
    entries = tuple(reader.entries(post=matter.post.id))
    if all(is_granted(entries, glass) for glass in matter.broken_at(house, at)):
        return []
    return [
        Hold(
            code=HoldReason.CONTENT,
            reason="A break-glass of it is not on record as it is. The store was changed from outside.",
            next_step="Check it with purdah-scheduler audit verify and doctor --thorough.",
        )
    ]


_LOOK_EVERY = timedelta(seconds=5)


def _telling_first(matter: Matter, house: House, stands: Standing, at: datetime) -> datetime | None:
    """When to ask again, because not everybody was told of the break-glass that this needs; None where all were, or nobody is."""
    if not stands.skipped or not house.notices.ways:
        return None
    over = [end for glass in matter.broken_at(house, at) if (end := glass.waits_until(at)) is not None]
    return min(max(over), at + _LOOK_EVERY) if over else None


_ORDER = (
    HoldReason.PAUSED,
    HoldReason.CONTENT,
    HoldReason.ACCOUNT,
    HoldReason.BLOCKED,
    HoldReason.CLEARANCE,
    HoldReason.EXPIRED,
    HoldReason.SIGN_OFF,
    HoldReason.CLOCK,
    HoldReason.NEEDS_LOGIN,
)


def _pauses(reader: Reader, account: str) -> list[Hold]:
    holds = []
    for pause in reader.pauses():
        if pause.account in ("", account):
            what = f"Publishing to {account} is paused" if pause.account else "All publishing is paused"
            resume = f"purdah-scheduler resume --account {account}" if pause.account else "purdah-scheduler resume"
            holds.append(
                Hold(
                    code=HoldReason.PAUSED,
                    reason=f"{what} by {pause.person}: {pause.reason}",
                    next_step=f"When it may go on: {resume}, then choose a new time.",
                )
            )
    return holds


def _content_holds(
    matter: Matter, shelf: MediaShelf, account: str, known: Account | None, delivery: Delivery | None
) -> list[Hold]:
    holds = []
    again = f"purdah-scheduler post edit {matter.post.id}"
    if matter.digest != matter.revision.digest:
        reason = "The stored words do not match their own digest: the store was changed from outside"
        holds.append(
            Hold(
                code=HoldReason.CONTENT,
                reason=f"{reason}.",
                next_step=f"Check it with purdah-scheduler audit verify, then {again}.",
            )
        )
    if delivery is not None and (delivery.digest, delivery.revision) != (matter.digest, matter.revision.number):
        reason = f"It was scheduled as {short(delivery.digest)} and is now {short(matter.digest)}"
        holds.append(
            Hold(
                code=HoldReason.CONTENT, reason=f"{reason}.", next_step=f"purdah-scheduler post schedule {matter.post.id} --at …"
            )
        )
    entry = next((entry for entry in matter.content.accounts if entry.account == account), None)
    if known is None or entry is None:
        reason = f"The account {account} is not {'in the configuration' if known is None else 'part of this post'}"
        holds.append(Hold(code=HoldReason.ACCOUNT, reason=f"{reason}.", next_step="purdah-scheduler account list"))
    elif known.channel != entry.channel:
        reason = f"The account {account} is on {known.channel} now; the post was cleared for {entry.channel}"
        holds.append(Hold(code=HoldReason.ACCOUNT, reason=f"{reason}.", next_step=again))
    elif len(entry.parts) > 1 and not known.threads:
        reason = f"The account {account} sends no threads, and the post has {len(entry.parts)} parts there"
        step = f"Set threads = true for the account in the configuration, or {again}"
        holds.append(Hold(code=HoldReason.ACCOUNT, reason=f"{reason}.", next_step=step))
    for medium in matter.content.files:
        try:
            shelf.get(medium.sha256)
        except BadMedia as fault:
            holds.append(Hold(code=HoldReason.CONTENT, reason=fault.message, next_step=f"Attach the file again: {again}."))
    return holds


def _strangers(reader: Reader, matter: Matter) -> list[Hold]:
    """What was written straight into the store: looked for when it is about to be sent, in the entries of this post alone."""
    post = matter.post.id
    known = OnRecord(reader.entries(post=post))
    for stranger in known.strangers(matter.post, reader.revisions(post), reader.decisions(post)):
        return [
            Hold(
                code=HoldReason.CONTENT,
                reason=f"{stranger} The store was changed from outside.",
                next_step=f"Check it with purdah-scheduler audit verify and doctor --thorough, then: post edit {post}.",
            )
        ]
    return []


def _verdict_holds(matter: Matter, house: House, account: Account, judgement: Judgement) -> list[Hold]:
    blocks = [finding for finding in judgement.standing if finding.verdict is Verdict.BLOCK]
    ask_first = house.rulebook.who_decides(account.body)
    if blocks:
        advice = f"purdah-scheduler post schedule {matter.post.id} --at … (a time after the period)"
        if all(finding.exemptible for finding in blocks):
            advice += f", or purdah-scheduler exemption grant {matter.post.id} --until … --reason …. {ask_first}"
        return [Hold(code=HoldReason.BLOCKED, reason=blocks[0].reason, next_step=advice)]
    for finding in judgement.flags:
        if matter.signed(house, account, finding) is None:
            return [_hold_for(matter, house, of_flag(matter, house, account, finding), then=f". {ask_first}")]
    return []


def _clearance_holds(matter: Matter, house: House, stands: Standing) -> list[Hold]:
    if not stands.rejected_by and not stands.needed:
        reason = "No stage of clearance is configured for this post at that time, and nothing goes out uncleared."
        return [Hold(code=HoldReason.CLEARANCE, reason=reason, next_step="Add a [[clearance.stage]] that concerns it.")]
    return [_hold_for(matter, house, one) for one in of_standing(matter, house, stands)[:1]]


_CODES = {Want.EXPIRED: HoldReason.EXPIRED, Want.SIGN_OFF: HoldReason.SIGN_OFF}


def _hold_for(matter: Matter, house: House, missing: Wanted, *, then: str = "") -> Hold:
    """The hold of what is missing, with the command that gives it; `then` follows that command."""
    post = matter.post.id
    step = f"purdah-scheduler post decide {post} --stage {missing.stage} --approve --digest {short(matter.digest)}"
    step += " --sign" if house.least_for(missing.stage) is Assurance.SIGNED else ""
    if missing.want is Want.NO_TAKEN_BACK:
        step = f"Edit it: purdah-scheduler post edit {post}"
    elif missing.want is Want.SIGN_OFF:
        step += " --reason …"
    elif matter.post.state is PostState.DRAFT:
        step = f"purdah-scheduler post submit {post}, then {step}"
    return Hold(code=_CODES.get(missing.want, HoldReason.CLEARANCE), reason=missing.reason, next_step=step + then)


def _missed(content: Content, known: Account | None, delivery: Delivery | None, at: datetime) -> str:
    if content.not_after is not None and at >= content.not_after:
        return "Its window has closed."
    if content.not_before is not None and at < content.not_before:
        return "Its window has not opened yet."
    if delivery is None or known is None:
        return ""
    late = at - delivery.due_at
    if late <= known.max_lateness:
        return ""
    return f"It was {_duration(late)} late; nothing later than {_duration(known.max_lateness)} is sent by itself."


def _duration(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    hours = minutes // 60
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"
