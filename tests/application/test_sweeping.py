"""The sweep of the whole queue: it reads only what a period can touch, and finds what a look at every post finds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from purdah_scheduler.application import calendars, exempting
from purdah_scheduler.application.matter import Matter, case_of, cleared_too_early, judgement_of
from purdah_scheduler.application.sweeping import QUEUED, blocked_posts, effects_between, returned
from purdah_scheduler.domain.audit import NewEntry, verify
from purdah_scheduler.domain.calendar import Calendar
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from tests.application.desk import MONDAY, PAT, Desk, election, open_desk

DAY = timedelta(days=1)
CATEGORIES = ("announcement", "operational-service", "election-info", "official-statistics")


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A queue of posts of several categories, audiences and marks over a month; two of them with an exemption."""
    desk = open_desk(Path(tmp_path_factory.mktemp("sweep")))
    for number in range(16):
        post = desk.queued(
            MONDAY + 2 * number * DAY + timedelta(hours=3),
            text=f"Notice {number}",
            accounts=(("dept",), ("agency",), ("dept", "agency"))[number % 3],
            category=CATEGORIES[number % 4],
            nation=(Nation.UK, Nation.WALES)[number // 4 % 2],
            marks=Marks(
                names_politician=number % 5 == 4,
                touches_referendum=number % 7 == 3,
                campaign="Winter warmth" if number % 3 == 0 else "",
            ),
        )
        if number in (4, 9):  # these name a politician, which flags them on every day
            exempting.grant_exemption(desk.office, desk.act(PAT), post, until=MONDAY + 300 * DAY, reason="A legal duty to say so")
    yield desk
    desk.office.store.close()


@st.composite
def periods(draw: st.DrawFn) -> Period:
    starts = MONDAY + draw(st.integers(-3, 30)) * DAY
    kind = draw(st.sampled_from([*Kind, Kind.DEPARTMENTAL]))
    return election(
        id="tried",
        kind=kind,
        accounts=frozenset(draw(st.sampled_from([(), (), ("dept",), ("agency", "dept")]))),
        channels=frozenset(draw(st.sampled_from([(), (), ("outbox",), ("x",)]))),
        campaign=draw(st.sampled_from(["", "", "winter  WARMTH", "Summer"])),
        regime=draw(st.sampled_from(["", "strict", "freeze"])) if kind is Kind.DEPARTMENTAL else "",
        bodies=frozenset(draw(st.sets(st.sampled_from([Body.UK_CIVIL_SERVICE, Body.ALB, Body.OPCC]), min_size=1))),
        nations=frozenset({draw(st.sampled_from([Nation.UK, Nation.WALES, Nation.SCOTLAND]))}),
        starts=starts,
        ends=starts + draw(st.integers(1, 20)) * DAY,
        announced_at=draw(st.none() | st.just(starts - 2 * DAY)),
        end_mode=draw(st.sampled_from(list(EndMode))),
        lifted_at=draw(st.none() | st.just(starts + DAY)),
    )


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(periods(), max_size=2), periods(), st.booleans(), st.none() | st.integers(-2, 40))
def test_what_is_left_unread_is_what_the_change_gives_no_other_verdict(
    crowded: Desk, known: list[Period], tried: Period, ends_early: bool, days: int | None
) -> None:
    """Against a look at each post by itself, for a new period and for one that is cut short, at any time of looking."""
    now = None if days is None else MONDAY + days * DAY
    known = [replace(period, id=f"known-{number}") for number, period in enumerate(known)]
    before = (*known, tried) if ends_early else tuple(known)
    after = (*known, replace(tried, ends=tried.ends + DAY, lifted_at=tried.starts + timedelta(hours=5)))
    house = crowded.office.house
    with crowded.office.store.read() as reader:
        touched = effects_between(reader, house, before, after, now=now, every=False)
        everything = effects_between(reader, house, before, after, now=now)
        assert [effect.delivery.id for effect in everything] == [delivery.id for delivery in reader.in_state(QUEUED)]
        for effect in everything:
            matter = Matter.read(reader, house, effect.delivery.post)
            account, due = house.account(effect.delivery.account), effect.delivery.due_at
            at = due if now is None else max(due, now)
            assert effect.before == judgement_of(matter, reader, house, account, at, calendar=before)
            assert effect.after == judgement_of(matter, reader, house, account, at, calendar=after)
    changed = [effect for effect in everything if effect.changed]
    assert [effect.delivery for effect in touched] == [effect.delivery for effect in changed]
    for quick, plain in zip(touched, changed, strict=True):
        assert (quick.before.verdict, quick.after.verdict) == (plain.before.verdict, plain.after.verdict)
        if plain.after.verdict is Verdict.BLOCK:  # what could only flag it may be left out, and never comes first
            assert quick.after.findings[0] == plain.after.findings[0]
        else:
            assert (quick.before, quick.after) == (plain.before, plain.after)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(periods(), max_size=3), st.integers(-2, 40))
def test_the_posts_that_a_calendar_blocks_are_those_that_it_blocks_one_by_one(
    crowded: Desk, known: list[Period], days: int
) -> None:
    calendar = Calendar(replace(period, id=f"known-{number}") for number, period in enumerate(known))
    house, now = crowded.office.house, MONDAY + days * DAY
    with crowded.office.store.read() as reader:
        plain = set()
        for delivery in reader.in_state(QUEUED):
            matter, account = Matter.read(reader, house, delivery.post), house.account(delivery.account)
            judged = judgement_of(matter, reader, house, account, max(delivery.due_at, now), calendar=tuple(calendar))
            if judged.verdict is Verdict.BLOCK:
                plain.add(delivery.post)
        assert blocked_posts(reader, house, calendar, now) == tuple(sorted(plain))


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Posts that are held for several reasons, cleared before, on and after MONDAY; one exempted, some signed off."""
    desk = open_desk(Path(tmp_path_factory.mktemp("held")))
    codes = (HoldReason.BLOCKED, HoldReason.PERIOD_OVER, HoldReason.SIGN_OFF, HoldReason.BY_PERSON)
    for number in range(16):
        desk.clock.at = MONDAY + (number % 3 - 1) * 4 * DAY
        post = desk.queued(
            MONDAY + (6 + 2 * number) * DAY,
            text=f"Notice {number}",
            category=("announcement", "factual-policy", "campaign")[number % 3],
            nation=(Nation.UK, Nation.WALES)[number // 4 % 2],
            marks=Marks(names_politician=number in (5, 8, 9)),  # which is flagged on every day, and so can be answered
        )
        if number in (5, 9):
            desk.decide(PAT, post, stage="sign-off", reason="Factual")
        if number == 8:
            exempting.grant_exemption(desk.office, desk.act(PAT), post, until=MONDAY + 300 * DAY, reason="A legal duty to say so")
        with desk.office.store.write() as tx:
            tx.hold_all(tx.deliveries(post), reason_code=codes[number % 4], reasons=["held for a test"])
            tx.record(NewEntry(action="test", at=desk.clock.at, public={}, private={}))
    yield desk
    desk.office.store.close()


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(periods(), max_size=3), st.integers(0, 40))
def test_what_is_told_to_need_a_new_time_is_what_each_post_by_itself_needs(held: Desk, known: list[Period], days: int) -> None:
    """Against the gate's own questions, asked of one post after the other by every period in turn."""
    files = tuple(replace(period, id=f"known-{number}") for number, period in enumerate(known))
    house, now = replace(held.office.house, periods=files), MONDAY + days * DAY
    with held.office.store.read() as reader:
        plain = []
        for delivery in reader.in_state((DeliveryState.HELD,)):
            if delivery.reason_code not in (HoldReason.BLOCKED, HoldReason.PERIOD_OVER):
                continue
            matter, account, at = Matter.read(reader, house, delivery.post), house.account("dept"), max(delivery.due_at, now)
            judged = judgement_of(matter, reader, house, account, at, calendar=files)
            if delivery.reason_code == HoldReason.BLOCKED and (
                judged.verdict is Verdict.BLOCK or any(finding.lifted for finding in judged.findings)
            ):
                continue
            early = cleared_too_early(matter, house, case_of(matter.content, account, at), files) is not None
            unsigned = any(matter.signed(house, account, finding) is None for finding in judged.flags)
            plain.append((delivery.id, early, unsigned and not early))
        assert [(each.delivery.id, each.clear_again, each.sign_off) for each in returned(reader, house, now)] == plain


def test_each_hold_has_the_reason_and_the_entry_that_it_has_by_itself(desk: Desk) -> None:
    posts = [
        desk.queued(MONDAY + DAY, accounts=accounts, category=category)
        for accounts in (("dept",), ("dept", "agency"))
        for category in ("announcement", "campaign", "operational-service")
    ]
    effects = calendars.declare(desk.office, desk.act(PAT), election())
    house = desk.office.house
    with desk.office.store.read() as reader:
        entries = list(reader.entries())
        said = {entry.delivery: entry for entry in entries if entry.action == "delivery.held"}
        assert verify(entries).ok
        assert len(said) == sum(entry.action == "delivery.held" for entry in entries) == len(effects) == 6
        for post in posts:
            for delivery in reader.deliveries(post):
                matter, account = Matter.read(reader, house, post), house.account(delivery.account)
                judged = judgement_of(matter, reader, house, account, delivery.due_at)
                if judged.verdict is not Verdict.BLOCK:
                    assert (delivery.state, delivery.id in said) == (DeliveryState.SCHEDULED, False)
                    continue
                assert (delivery.state, delivery.reason) == (DeliveryState.HELD, judged.findings[0].reason)
                assert said[delivery.id].facts == {
                    "account": delivery.account,
                    "assurance": "claimed",
                    "code": "blocked",
                    "face": "cli",
                    "period": "ge-test",
                    "person": "pat",
                }
                assert (said[delivery.id].post, said[delivery.id].at) == (post, desk.clock.at)


def test_a_blackout_of_one_account_and_campaign_holds_its_posts_there_and_nothing_else(desk: Desk) -> None:
    """With strict rules of its own; the same post on another account of the same body goes on."""
    winter, other = Marks(campaign="Winter warmth"), Marks(campaign="Summer")
    at = MONDAY + timedelta(days=1)
    inside = desk.queued(at, accounts=("dept", "agency"), category="announcement", marks=winter)
    outside = desk.queued(at, category="announcement", marks=other)
    pause = election(
        id="pause",
        kind=Kind.DEPARTMENTAL,
        bodies=frozenset(Body),
        accounts=frozenset({"dept"}),
        campaign="winter WARMTH",
        regime="strict",
        end_mode=EndMode.FIXED,
    )
    effects = calendars.declare(desk.office, desk.act(PAT), pause)
    assert [(effect.delivery.post, effect.delivery.account) for effect in effects if effect.changed] == [(inside, "dept")]
    with desk.office.store.read() as reader:
        states = {(each.post, each.account): (each.state, each.reason) for each in reader.in_state(list(DeliveryState))}
        (entry,) = (entry for entry in reader.entries() if entry.action == "period.declared")
    assert (entry.facts["accounts"], entry.facts["regime"], entry.facts["campaign"]) == (["dept"], "strict", "winter WARMTH")
    assert "channels" not in entry.facts
    held, reason = states.pop((inside, "dept"))
    assert held is DeliveryState.HELD
    assert "by its own rules: strict rules, as in a general election; only on the account dept; only the campaign" in reason
    assert {state for state, _ in states.values()} == {DeliveryState.SCHEDULED}
    assert set(states) == {(inside, "agency"), (outside, "dept")}


def test_a_period_of_another_body_touches_no_post_not_even_an_exempted_one(crowded: Desk) -> None:
    house = crowded.office.house
    with crowded.office.store.read() as reader:
        assert any(entry.exempted for entry in reader.waiting(QUEUED))
        assert effects_between(reader, house, (), (election(bodies=frozenset({Body.OPCC})),), every=False) == ()
