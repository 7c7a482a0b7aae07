"""Sign-offs and exemptions: for this text, this period and this rule, by the right person of each body, and for nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from purdah_scheduler.application import calendar_changes, calendars, exempting, scheduling, stopping, sweeping, writing
from purdah_scheduler.application.gate import Answer, ask
from purdah_scheduler.application.turns import waiting_for
from purdah_scheduler.application.views import post_view
from purdah_scheduler.domain.clearance import SIGN_OFF
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.people import Person, Role
from purdah_scheduler.domain.period_changes import Action
from purdah_scheduler.domain.periods import Body, EndMode, Kind
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from purdah_scheduler.domain.rulebook import RuleChange
from purdah_scheduler.errors import BadInput, HeldByGate, NotAllowed, NotFound, WrongState
from tests.application.desk import ANN, BOB, MONDAY, OLA, PAT, Desk, election

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = MONDAY + 3 * HOUR
REASON = "Agreed with the Permanent Secretary"
WINTER = Marks(campaign="Winter warmth")
EDITOR = Person(id="pat", name="Pat Propriety", roles=frozenset({Role.PROPRIETY, Role.APPROVER, Role.AUTHOR}))


def answer(desk: Desk, post: int, account: str = "dept", at: datetime = NOON) -> Answer:
    """What the gate says of the post at its time."""
    with desk.office.store.read() as reader:
        return ask(reader, house=desk.office.house, shelf=desk.office.shelf, post=post, account=account, at=at)


def codes(found: Answer) -> list[str]:
    return [str(hold.code) for hold in found.holds]


def call(desk: Desk, **changes: object) -> None:
    """An election with a fixed end is declared, in force since midnight."""
    calendars.declare(desk.office, desk.act(PAT), election(**({"end_mode": EndMode.FIXED} | changes)))


def signed(desk: Desk) -> int:
    """A queued post that a period in force flags and Pat has signed off."""
    call(desk)
    post = desk.queued(NOON, category="factual-policy")
    desk.decide(PAT, post, stage=SIGN_OFF, reason="Neutral wording")
    assert answer(desk, post).go
    return post


def exempted(desk: Desk) -> int:
    """A post that a period in force would hold; Pat has exempted it, and it is queued again."""
    call(desk)
    post = desk.queued(NOON, category="announcement")
    exempting.grant_exemption(desk.office, desk.act(PAT), post, until=NOON + 40 * DAY, reason=REASON)
    scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON)
    assert answer(desk, post).go
    return post


def campaigning(desk: Desk) -> int:
    """The same by an exemption of its campaign, whose name is written in another way."""
    call(desk)
    post = desk.queued(NOON, category="announcement", marks=WINTER)
    exempt_campaign(desk)
    scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON)
    assert answer(desk, post).go
    return post


def exempt_campaign(desk: Desk, person: Person = PAT, **changes: object) -> int:
    asked: dict[str, object] = {"periods": ["ge-test"], "until": NOON + 40 * DAY, "reason": REASON} | changes
    return exempting.exempt_campaign(desk.office, desk.act(person), " winter  WARMTH ", **asked)  # type: ignore[arg-type]  # by name


# --- each way in which an answer lapses -----------------------------------------------------------------------------


def _edit(desk: Desk, post: int) -> None:
    with desk.office.store.read() as reader:
        said = reader.revision(post, 1).content
    draft = desk.draft("Other words.", category=said.category, marks=said.marks)
    writing.revise(desk.office, desk.act(ANN), post, draft)
    writing.submit(desk.office, desk.act(ANN), post)
    desk.decide(BOB, post)


def _extend(desk: Desk, post: int) -> None:
    calendar_changes.change(
        desk.office, desk.act(PAT), "ge-test", Action.EXTEND, instant=MONDAY + 31 * DAY, reason="The poll is later."
    )


def _shorten(desk: Desk, post: int) -> None:
    asked = calendar_changes.change(
        desk.office, desk.act(PAT), "ge-test", Action.SHORTEN, instant=MONDAY + 20 * DAY, reason="The poll is earlier."
    )
    assert asked.proposal is not None
    calendar_changes.accept(desk.office, desk.act(BOB), asked.proposal.id)


def _rule(desk: Desk, post: int) -> None:
    """The rule that held the post becomes the department's own, with another verdict."""
    with desk.office.store.read() as reader:
        category = reader.revision(post, 1).content.category
    verdict = Verdict.FLAG if category == "announcement" else Verdict.BLOCK
    change = RuleChange(category=category, regime="strict", verdict=verdict, reason="Agreed for this department")
    house = desk.office.house
    desk.office = replace(desk.office, house=replace(house, rulebook=house.rulebook.changed_by([change])))


def _another(desk: Desk, post: int) -> None:
    call(desk, id="ge-again", name="Another election")


def _suspend(desk: Desk, post: int) -> None:
    stopping.suspend(desk.office, desk.act(OLA), "pat")


LAPSES: dict[str, Callable[[Desk, int], None]] = {
    "text edited": _edit,
    "period extended": _extend,
    "period shortened": _shorten,
    "rule changed": _rule,
    "another period declared": _another,
    "signer suspended": _suspend,
}


@pytest.mark.parametrize("lapse", LAPSES)
def test_a_sign_off_lapses(desk: Desk, lapse: str) -> None:
    post = signed(desk)
    LAPSES[lapse](desk, post)
    assert not answer(desk, post).go
    assert post_view(desk.office, post).sign_off_needed or lapse == "rule changed"


@pytest.mark.parametrize("lapse", LAPSES)
def test_an_exemption_of_a_post_lapses(desk: Desk, lapse: str) -> None:
    post = exempted(desk)
    LAPSES[lapse](desk, post)
    assert not answer(desk, post).go
    assert not post_view(desk.office, post).lifting or lapse == "another period declared"


@pytest.mark.parametrize("lapse", [name for name in LAPSES if name != "text edited"])
def test_an_exemption_of_a_campaign_lapses(desk: Desk, lapse: str) -> None:
    post = campaigning(desk)
    LAPSES[lapse](desk, post)
    assert not answer(desk, post).go


def test_an_exemption_of_a_campaign_is_for_every_text_of_it(desk: Desk) -> None:
    post = campaigning(desk)
    _edit(desk, post)
    assert answer(desk, post).go


@pytest.mark.parametrize("answered", [signed, exempted, campaigning])
def test_who_becomes_an_author_has_answered_nothing(desk: Desk, answered: Callable[[Desk], int]) -> None:
    """Pat corrects the post, and Ann puts the words back: they are what they were, and Pat has written some of them."""
    post = answered(desk)
    house = desk.office.house
    desk.office = replace(desk.office, house=replace(house, people=tuple(EDITOR if p is PAT else p for p in house.people)))
    with desk.office.store.read() as reader:
        said = reader.revision(post, 1).content
    for person, text in ((EDITOR, "Pat's words."), (ANN, "Phone lines open at 8am.")):
        draft = desk.draft(text, category=said.category, marks=said.marks)
        writing.revise(desk.office, desk.act(person), post, draft)
    writing.submit(desk.office, desk.act(ANN), post)
    desk.decide(BOB, post)
    assert not answer(desk, post).go


# --- sign-offs ------------------------------------------------------------------------------------------------------


def test_a_sign_off_before_the_post_has_a_time_does_not_cover_a_period_to_come(desk: Desk) -> None:
    call(desk)
    call(desk, id="later", starts=MONDAY + 30 * DAY, ends=MONDAY + 60 * DAY)
    post = desk.cleared(category="factual-policy")
    desk.decide(PAT, post, stage=SIGN_OFF, reason="Neutral wording")
    assert answer(desk, post).go
    assert codes(answer(desk, post, at=MONDAY + 40 * DAY)) == [HoldReason.SIGN_OFF]


def test_one_sign_off_answers_every_flag_at_every_time_of_the_post(desk: Desk) -> None:
    """Two periods that overlap; the one is in force now, the other from tonight on."""
    call(desk)
    call(desk, id="council", kind=Kind.LOCAL, name="Local elections")
    post = desk.queued(NOON, category="election-info")
    desk.decide(PAT, post, stage=SIGN_OFF, reason="Neutral wording")
    assert answer(desk, post).go
    with desk.office.store.read() as reader:
        (given,) = (word for word in reader.decisions(post) if word.stage == SIGN_OFF)
        (entry,) = (entry for entry in reader.entries(post=post) if entry.facts.get("stage") == SIGN_OFF)
    assert {key.rpartition(":")[0] for key in given.answers} == {"ge-test", "council"}
    assert entry.facts["answers"] == list(given.answers)


def test_the_view_says_who_signed_and_who_could_and_why_an_earlier_yes_does_not_count(desk: Desk) -> None:
    post = signed(desk)
    (flag,) = post_view(desk.office, post).flags
    assert flag.signed is not None
    assert (flag.signed.person, flag.earlier) == ("pat", "")
    assert flag.finding.about == "“Invented general election”: rule factual-policy in strict"
    _extend(desk, post)
    (flag,) = post_view(desk.office, post).flags
    assert (flag.signed, flag.role) == (None, Role.PROPRIETY)
    assert flag.earlier.endswith("does not count: the period was extended on Mon 23 Nov 2026 09:00 GMT.")
    assert "Director of Communication" in flag.ask_first


@pytest.mark.parametrize(
    ("lapse", "why"),
    [
        ("text edited", "it was for revision 1, and the text changed since."),
        ("period shortened", "the period was shortened on Mon 23 Nov 2026 09:00 GMT."),
        ("signer suspended", "this person may not act any more."),
    ],
)
def test_why_an_earlier_yes_does_not_count(desk: Desk, lapse: str, why: str) -> None:
    post = signed(desk)
    LAPSES[lapse](desk, post)
    assert [flag.earlier.partition("does not count: ")[2] for flag in post_view(desk.office, post).flags] == [why]


def test_a_yes_to_one_period_is_not_told_as_a_yes_to_another(desk: Desk) -> None:
    post = signed(desk)
    _another(desk, post)
    told = {flag.finding.period: flag.earlier.partition("does not count: ")[2] for flag in post_view(desk.office, post).flags}
    assert told == {"ge-test": "", "ge-again": "it was not given for this."}


def test_a_changed_rule_is_told_as_the_rule_as_it_was(desk: Desk) -> None:
    """The verdict is what it was; the reason for it is the department's own now."""
    call(desk, kind=Kind.LOCAL)
    post = desk.queued(NOON, category="campaign")
    desk.decide(PAT, post, stage=SIGN_OFF, reason="Planned before")
    house = desk.office.house
    changes = {("campaign", "care"): RuleChange(category="campaign", regime="care", verdict=Verdict.FLAG, was=Verdict.FLAG)}
    desk.office = replace(desk.office, house=replace(house, rulebook=replace(house.rulebook, changes=changes)))
    (flag,) = post_view(desk.office, post).flags
    assert flag.earlier.endswith("does not count: it was given for the period, or for its rule, as it was then.")


# --- a role for each body -------------------------------------------------------------------------------------------


def by_body(desk: Desk) -> None:
    """The agency's flags are signed off by approvers, and its blocks lifted by them."""
    roles = {Body.ALB: Role.APPROVER}
    desk.office = replace(desk.office, house=replace(desk.office.house, sign_off_roles=roles, exemption_roles=roles))


def test_a_post_of_two_bodies_needs_the_yes_of_each(desk: Desk) -> None:
    by_body(desk)
    only = replace(PAT, roles=frozenset({Role.PROPRIETY}))
    house = desk.office.house
    desk.office = replace(desk.office, house=replace(house, people=tuple(only if p is PAT else p for p in house.people)))
    call(desk)
    post = desk.queued(NOON, category="factual-policy", accounts=("agency", "dept"))
    desk.decide(only, post, stage=SIGN_OFF, reason="Neutral wording")
    assert answer(desk, post, "dept").go
    assert codes(answer(desk, post, "agency")) == [HoldReason.SIGN_OFF]
    assert "role approver" in answer(desk, post, "agency").first.reason
    assert [(flag.account, flag.role) for flag in post_view(desk.office, post).flags if flag.signed is None] == [
        ("agency", Role.APPROVER)
    ]
    desk.decide(BOB, post, stage=SIGN_OFF, reason="Neutral wording")
    assert answer(desk, post, "agency").go


def test_a_sign_off_takes_the_role_of_a_body_of_the_post(desk: Desk) -> None:
    by_body(desk)
    call(desk)
    ours, agencys = (desk.queued(NOON, category="factual-policy", accounts=(account,)) for account in ("dept", "agency"))
    with pytest.raises(NotAllowed, match="role propriety"):
        desk.decide(BOB, ours, stage=SIGN_OFF, reason="Neutral wording")
    desk.decide(BOB, agencys, stage=SIGN_OFF, reason="Neutral wording")
    assert answer(desk, agencys, "agency").go


def test_the_list_of_what_waits_is_by_the_role_of_the_body(desk: Desk) -> None:
    by_body(desk)
    call(desk)
    ours, agencys = (desk.queued(NOON, category="factual-policy", accounts=(account,)) for account in ("dept", "agency"))
    assert [entry.row.post for entry in waiting_for(desk.office, BOB)] == [agencys]
    desk.decide(PAT, ours, stage=SIGN_OFF, reason="Neutral wording")
    assert [entry.row.post for entry in waiting_for(desk.office, PAT)] == [agencys]


def test_an_exemption_lifts_on_the_accounts_of_the_grantors_bodies_alone(desk: Desk) -> None:
    by_body(desk)
    call(desk)
    post = desk.queued(NOON, category="announcement", accounts=("agency", "dept"))
    exempting.grant_exemption(desk.office, desk.act(BOB), post, until=NOON + DAY, reason=REASON)
    assert codes(answer(desk, post, "agency")) == []
    assert codes(answer(desk, post, "dept")) == [HoldReason.BLOCKED]


# --- exemptions of campaigns ----------------------------------------------------------------------------------------


def test_a_campaigns_exemption_lifts_its_posts_in_its_periods_and_nothing_else(desk: Desk) -> None:
    post = campaigning(desk)
    other = desk.queued(NOON, category="announcement", marks=Marks(campaign="Summer"))
    none = desk.queued(NOON, category="announcement")
    assert codes(answer(desk, other)) == codes(answer(desk, none)) == [HoldReason.BLOCKED]
    (finding,) = (f for f in answer(desk, post).judgement.findings if f.lifted)
    assert finding.lifted_by.startswith(
        "exemption 1 for the campaign “winter WARMTH”, granted by pat until Sat 2 Jan 2027 12:00 GMT"
    )


def test_a_campaigns_exemption_sends_and_queues_nothing(desk: Desk) -> None:
    call(desk)
    post = desk.queued(NOON, category="announcement", marks=WINTER)
    exempt_campaign(desk)
    assert desk.delivery(post).state is DeliveryState.HELD
    exempting.revoke_exemption(desk.office, desk.act(PAT), 1)
    assert desk.delivery(post).state is DeliveryState.HELD


def test_a_campaigns_exemption_ends_and_is_revoked_for_every_post(desk: Desk) -> None:
    post = campaigning(desk)
    assert codes(answer(desk, post, at=NOON + 40 * DAY - timedelta(microseconds=1))) != [HoldReason.BLOCKED]
    with desk.office.store.read() as reader:
        assert reader.exemptions(post) == ()
    exempting.revoke_exemption(desk.office, desk.act(PAT), 1)
    assert codes(answer(desk, post)) == [HoldReason.BLOCKED]
    with pytest.raises(WrongState, match="revoked before"):
        exempting.revoke_exemption(desk.office, desk.act(PAT), 1)


def test_a_campaigns_exemption_never_lifts_a_referendum_or_partisan_content(desk: Desk) -> None:
    call(desk)
    call(desk, id="ref", kind=Kind.REFERENDUM)
    with pytest.raises(WrongState, match="no exemption lifts the rules of a referendum"):
        exempt_campaign(desk, periods=["ge-test", "ref"])
    exempt_campaign(desk)
    partisan = desk.queued(NOON, category="announcement", marks=replace(WINTER, partisan=True))
    vote = desk.queued(NOON, category="announcement", marks=replace(WINTER, touches_referendum=True))
    for post in (partisan, vote):
        assert codes(answer(desk, post)) == [HoldReason.BLOCKED]


def test_a_campaigns_exemption_needs_role_reason_end_name_and_periods_that_hold_here(desk: Desk) -> None:
    call(desk)
    call(desk, id="elsewhere", bodies=frozenset({Body.OPCC}))
    with pytest.raises(NotAllowed, match="role propriety"):
        exempt_campaign(desk, BOB)
    with pytest.raises(BadInput, match="at least 10"):
        exempt_campaign(desk, reason="Fine")
    with pytest.raises(BadInput, match="in the past"):
        exempt_campaign(desk, until=MONDAY)
    with pytest.raises(BadInput, match="for periods that are named"):
        exempt_campaign(desk, periods=[])
    with pytest.raises(NotFound, match="no period 'ge-tets'") as found:
        exempt_campaign(desk, periods=["ge-tets"])
    assert "ge-test" in found.value.next_step
    with pytest.raises(WrongState, match="does not hold here"):
        exempt_campaign(desk, periods=["elsewhere"])
    with pytest.raises(BadInput, match="has no name"):
        exempting.exempt_campaign(desk.office, desk.act(PAT), " ", periods=["ge-test"], until=NOON, reason=REASON)
    with desk.office.store.read() as reader:
        assert reader.all_exemptions() == ()


def test_a_campaigns_exemption_is_on_the_record_with_its_name_in_the_personal_part(desk: Desk) -> None:
    call(desk)
    exempt_campaign(desk)
    with desk.office.store.read() as reader:
        (entry,) = (entry for entry in reader.entries() if entry.action == "exemption.granted")
    assert (entry.post, entry.facts["periods"], entry.facts["campaign"]) == (None, ["ge-test"], "winter WARMTH")
    assert "WARMTH" not in entry.public


def test_still_lifts_says_what_is_left_of_an_exemption(desk: Desk) -> None:
    post = exempted(desk)
    exempt_campaign(desk)
    assert _left(desk) == [("ge-test",), ("ge-test",)]
    _another(desk, post)
    assert _left(desk) == [("ge-test",), ("ge-test",)]
    _extend(desk, post)
    assert _left(desk) == [(), ()]


def _left(desk: Desk) -> list[tuple[str, ...]]:
    with desk.office.store.read() as reader:
        house, now = desk.office.house, desk.clock.now()
        return [exempting.still_lifts(reader, house, entry, now) for entry in reader.all_exemptions()]


# --- exemptions of posts --------------------------------------------------------------------------------------------


def test_an_exemption_of_nothing_is_refused(desk: Desk) -> None:
    post = desk.queued(NOON)
    with pytest.raises(WrongState, match="Nothing holds post"):
        exempting.grant_exemption(desk.office, desk.act(PAT), post, until=NOON + DAY, reason=REASON)


def test_an_exemption_granted_before_the_period_covers_the_posts_time_inside_it(desk: Desk) -> None:
    """It is declared, and the post is due in it: what is to come is known."""
    call(desk, starts=MONDAY + HOUR)
    post = desk.queued(NOON, category="announcement")
    exempting.grant_exemption(desk.office, desk.act(PAT), post, until=NOON + DAY, reason=REASON)
    assert answer(desk, post).go


# --- the sweep ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answered", [exempted, campaigning])
@pytest.mark.parametrize("lapse", ["period extended", "period shortened", "another period declared"])
def test_what_is_blocked_because_its_exemption_lapsed_is_held_at_once(
    desk: Desk, answered: Callable[[Desk], int], lapse: str
) -> None:
    post = answered(desk)
    assert desk.delivery(post).state is DeliveryState.SCHEDULED
    LAPSES[lapse](desk, post)
    held = desk.delivery(post)
    assert (held.state, held.reason_code) == (DeliveryState.HELD, HoldReason.BLOCKED)
    with desk.office.store.read() as reader:
        assert [entry.action for entry in reader.entries(post=post)].count("delivery.held") == 1


def test_what_a_lapsed_exemption_held_is_not_released_while_it_is_blocked(desk: Desk) -> None:
    post = campaigning(desk)
    _extend(desk, post)
    with pytest.raises(HeldByGate):
        scheduling.release(desk.office, desk.act(ANN), post, at=NOON)
    exempt_campaign(desk)
    assert desk.delivery(post).state is DeliveryState.HELD
    scheduling.release(desk.office, desk.act(ANN), post, at=NOON)
    assert desk.delivery(post).state is DeliveryState.SCHEDULED


def test_the_sweep_sees_posts_of_an_exempted_campaign_as_exempted(desk: Desk) -> None:
    post = campaigning(desk)
    other = desk.queued(NOON + HOUR, marks=Marks(campaign="Summer"))
    with desk.office.store.read() as reader:
        assert {entry.post: entry.exempted for entry in reader.waiting(sweeping.QUEUED)} == {post: True, other: False}
