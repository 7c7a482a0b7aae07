"""The lists of a period's first and last day: what each kind of period asks for, in which order, and what a tick is worth."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from purdah_scheduler.calendars import shipped
from purdah_scheduler.domain.checklist import LABELS, Checklist, Day, Group, Item, Mark, checklist_of, date_of
from purdah_scheduler.domain.checklist_first import first_day
from purdah_scheduler.domain.checklist_last import last_day
from purdah_scheduler.domain.checklist_notice import notice_of, poll_of
from purdah_scheduler.domain.checklist_occasion import (
    Afterwards,
    Exempted,
    Inside,
    Occasion,
    Published,
    bound,
)
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.people import Account, AccountKind, Person, Role
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.domain.policy import OWN_DEFAULT, Verdict

RULES = shipped.load()[1]
START = datetime(2024, 5, 24, 23, 1, tzinfo=UTC)
END = datetime(2024, 7, 4, 23, tzinfo=UTC)
LGA = "https://www.local.gov.uk/our-support/guidance-and-resources/pre-election-period/pre-election-period-social-media"

DEPT = Account(id="dept", channel="outbox", handle="@dept", kind=AccountKind.DEPARTMENT, body=Body.UK_CIVIL_SERVICE)
CHIEF = Account(id="chief", channel="outbox", handle="@PermSec", kind=AccountKind.LEADER, body=Body.UK_CIVIL_SERVICE)
SHARED = Account(id="shared", channel="outbox", handle="@Shared", kind=AccountKind.PARTNER, body=Body.LOCAL_AUTHORITY)
COUNCIL = Account(
    id="council",
    channel="outbox",
    handle="@Anytown",
    kind=AccountKind.LOCAL_AUTHORITY,
    body=Body.LOCAL_AUTHORITY,
    nation=Nation.ENGLAND,
    area="Anytown",
)
PAT = Person(id="pat", name="Pat Propriety", roles=frozenset({Role.PROPRIETY}))


def period(kind: Kind = Kind.GENERAL, **changes: object) -> Period:
    base = Period(
        id="the-period",
        name="The period",
        kind=kind,
        bodies=frozenset(Body),
        nations=frozenset({Nation.UK}),
        starts=START,
        ends=END,
        end_mode=EndMode.MANUAL_LIFT if kind in (Kind.GENERAL, Kind.FREEZE) else EndMode.FIXED,
        polling_day=date(2024, 7, 4),
        source="https://example.gov.uk/note",
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # built by name


def occasion(of: Period, *accounts: Account, **more: object) -> Occasion:
    base = Occasion(period=of, zone=london(), rulebook=RULES, accounts=accounts or (DEPT,), signers=(PAT,), exempters=(PAT,))
    return replace(base, **more)  # type: ignore[arg-type]  # built by name


def keys(items: tuple[Item, ...]) -> set[str]:
    return {item.key for item in items}


def by_key(items: tuple[Item, ...], key: str) -> Item:
    return next(item for item in items if item.key == key)


def published(post: int, **changes: object) -> Published:
    base = Published(
        post=post,
        title=f"title {post}",
        account="dept",
        at=START - timedelta(days=post),
        url=f"https://x.example/{post}",
        category="announcement",
        area="",
        marks=Marks(),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # built by name


def inside(post: int, verdict: Verdict = Verdict.BLOCK, category: str = "announcement") -> Inside:
    return Inside(
        post=post,
        delivery=post + 100,
        title=f"title {post}",
        account="dept",
        due_at=START + timedelta(days=post),
        category=category,
        verdict=verdict,
        fate="BLOCKED, held",
        advice="Move it.",
    )


# --- the first day ------------------------------------------------------------------------------------------------


def test_the_first_day_of_an_election_has_an_item_for_each_thing_that_is_done_on_it() -> None:
    items = first_day(occasion(period(), DEPT, CHIEF, SHARED, inside=(inside(1),), published=(published(2),)))
    assert keys(items) == {
        *(
            f"{what}-{account}"
            for what in ("notice", "pins", "profile", "paid-outside")
            for account in ("dept", "chief", "shared")
        ),
        *("other-tools", "platform-schedulers", "partner-shared", "leader-chief", "replies", "sign-offs", "queue-1-dept"),
    }


@pytest.mark.parametrize(
    ("kind", "groups"),
    [
        (Kind.FREEZE, {Group.ESSENTIALS, Group.ELSEWHERE, Group.PEOPLE, Group.PAID, Group.QUEUE}),
        (Kind.DEPARTMENTAL, {Group.ELSEWHERE, Group.PEOPLE, Group.PAID, Group.QUEUE}),
    ],
)
def test_a_freeze_and_a_blackout_say_nothing_in_public(kind: Kind, groups: set[Group]) -> None:
    items = first_day(occasion(period(kind), DEPT, CHIEF, SHARED, inside=(inside(1),)))
    assert {item.group for item in items} == groups
    assert not {item.group for item in last_day(occasion(period(kind)))} & {Group.NOTICE, Group.PROFILES, Group.HISTORY}


def test_a_freeze_asks_for_what_the_guidance_on_royal_deaths_asks_for() -> None:
    items = first_day(occasion(period(Kind.FREEZE)))
    assert "Number 10" in by_key(items, "who-clears").words
    assert "one page" in by_key(items, "destination-page").words
    assert "govuk-content-publishing-guidance" in by_key(items, "other-tools").source
    assert OWN_DEFAULT not in by_key(items, "other-tools").source


def test_what_the_product_made_up_is_labelled_as_its_own_and_guidance_by_its_address() -> None:
    items = first_day(occasion(period(Kind.LOCAL), COUNCIL, SHARED))
    assert by_key(items, "pins-council").source.startswith(f"{OWN_DEFAULT} ; {LGA}")
    assert by_key(items, "partner-shared").source == LGA
    assert by_key(items, "replies").source == LGA
    assert by_key(items, "profile-council").source == OWN_DEFAULT
    assert all(item.source for item in (*items, *last_day(occasion(period(), DEPT))))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("build", [first_day, last_day])
def test_no_two_items_of_a_list_have_the_same_key(kind: Kind, build: object) -> None:
    scene = occasion(
        period(kind, area="Anytown"),
        *(DEPT, CHIEF, SHARED, COUNCIL),
        inside=(inside(1), inside(2, category="campaign")),
        published=(published(3, category="campaign"), published(4)),
        exempted=(Exempted(exemption=1, post=1, title="t", until=END),),
        paused=frozenset({"paid-outside-dept", "paid-3-dept"}),
    )
    found = [item.key for item in build(scene)]  # type: ignore[operator]  # one of the two
    assert len(found) == len(set(found))


def test_politically_sensitive_posts_are_what_may_be_pinned_newest_first_and_none_is_to_be_deleted() -> None:
    posts = [published(number) for number in range(1, 9)]
    calm = published(9, category="operational-service")
    named = published(10, category="operational-service", marks=Marks(names_politician=True))
    item = by_key(first_day(occasion(period(), published=(*posts, calm, named))), "pins-dept")
    assert [line.split(",")[0] for line in item.details[1:-1]] == [f"post {number}" for number in range(1, 6)]
    assert item.details[-1] == "and 4 more"
    assert "Delete nothing" in item.words


def test_in_a_referendum_what_may_be_pinned_is_what_touches_the_question_or_the_vote() -> None:
    posts = (
        published(1),
        published(2, category="voter-encouragement"),
        published(3, category="event", marks=Marks(touches_referendum=True)),
    )
    items = first_day(occasion(period(Kind.REFERENDUM), published=posts))
    assert [line.split(",")[0] for line in by_key(items, "pins-dept").details[1:]] == ["post 2", "post 3"]
    assert "by law" in by_key(items, "nothing-on-the-vote").words


def test_a_by_election_leaves_accounts_of_other_places_alone_but_for_what_they_said_about_it() -> None:
    by_election = period(Kind.BY_ELECTION, area="Anytown")
    items = first_day(occasion(by_election, DEPT, COUNCIL))
    assert {item.account for item in items if item.group in (Group.NOTICE, Group.PROFILES)} == {"council"}
    told = first_day(occasion(by_election, DEPT, published=(published(1),)))
    assert "about Anytown" in by_key(told, "pins-dept").words
    assert "notice-dept" not in keys(told)


def test_paid_posts_are_named_one_by_one_and_what_is_bought_elsewhere_by_account() -> None:
    items = first_day(
        occasion(period(), published=(published(1, category="campaign"),), inside=(inside(2, category="campaign"),))
    )
    paid = [item for item in items if item.group is Group.PAID]
    assert [item.key for item in paid] == ["paid-outside-dept", "paid-1-dept", "paid-2-dept"]
    assert ": pause every boosted post" in paid[0].words
    care = by_key(first_day(occasion(period(Kind.LOCAL))), "paid-outside-dept")
    assert ": look again at every boosted post" in care.words


def test_a_provisional_period_asks_for_its_dates_first() -> None:
    items = checklist_of(period(), Day.FIRST, first_day(occasion(period(status=PeriodStatus.PROVISIONAL))), (), london()).entries
    assert items[0].item.key == "dates"
    assert "calendar confirm the-period" in items[0].item.words


def test_nobody_with_the_role_is_said_aloud() -> None:
    item = by_key(first_day(occasion(period(), signers=())), "sign-offs")
    assert item.details[0] == "Sign-offs (propriety): NOBODY in the configuration has the role"
    assert item.about != by_key(first_day(occasion(period())), "sign-offs").about


# --- the notice ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        (Kind.GENERAL, Body.UK_CIVIL_SERVICE, "before the general election on Thursday 4 July 2024. Until a new government"),
        (Kind.LOCAL, Body.LOCAL_AUTHORITY, "we follow the rules on publicity"),
        (Kind.LOCAL, Body.UK_CIVIL_SERVICE, "we take particular care"),
        (Kind.GENERAL, Body.WELSH_GOV, "our work goes on"),
        (Kind.REFERENDUM, Body.ALB, "28 days"),
        (Kind.BY_ELECTION, Body.LOCAL_AUTHORITY, "the by-election in Anytown on Thursday 4 July 2024"),
        (Kind.FREEZE, Body.ALB, ""),
        (Kind.DEPARTMENTAL, Body.ALB, ""),
    ],
)
def test_the_notice_is_worded_by_kind_and_by_rules(kind: Kind, body: Body, said: str) -> None:
    area = "Anytown" if kind is Kind.BY_ELECTION else ""
    words = notice_of(period(kind, area=area), RULES.regimes[kind, body])
    assert (said in words) if said else not words
    assert "purdah" not in words.lower()


def test_without_a_polling_day_the_notice_names_none() -> None:
    assert poll_of(period(polling_day=None)) == "the general election"


# --- the last day -------------------------------------------------------------------------------------------------


def test_nobody_resumes_until_told_and_a_lift_changes_the_item() -> None:
    open_ended = by_key(last_day(occasion(period(ends_note="a new government"))), "over")
    assert open_ended.words.startswith("Nobody resumes until told (a new government).")
    assert "calendar lift the-period" in open_ended.words
    lifted = by_key(last_day(occasion(period(status=PeriodStatus.LIFTED, lifted_at=END))), "over")
    assert "over since" in lifted.words
    assert lifted.about != open_ended.about


def test_the_last_day_has_an_item_for_each_thing_that_is_done_on_it() -> None:
    waiting = Afterwards(post=1, delivery=1, title="t", account="dept", due_at=START, is_held=True, needs="Choose a new time")
    scene = occasion(
        period(),
        afterwards=(waiting, replace(waiting, post=2, is_held=False, needs="Have it cleared again")),
        exempted=(Exempted(exemption=3, post=1, title="t", until=END),),
        paused=frozenset({"paid-outside-dept", "paid-12-dept"}),
    )
    assert keys(last_day(scene)) == {
        *("over", "other-tools", "paid-outside-dept", "paid-12-dept", "exemption-3", "new-time-1-dept", "clear-again-2-dept"),
        *("notice-dept", "profile-dept", "history", "ministers"),
    }


def test_past_governments_are_for_polls_that_make_a_new_one_and_bodies_that_serve_it() -> None:
    assert "history" not in keys(last_day(occasion(period(Kind.LOCAL))))
    assert "history" not in keys(last_day(occasion(period(), COUNCIL)))


# --- days, marks, places ------------------------------------------------------------------------------------------


def test_the_days_are_local_ones_and_a_period_that_ends_at_midnight_ends_the_day_before() -> None:
    assert date_of(period(), Day.FIRST, london()) == date(2024, 5, 25)
    assert date_of(period(), Day.LAST, london()) == date(2024, 7, 4)
    assert date_of(period(Kind.FREEZE), Day.LAST, london()) is None
    lifted = period(Kind.FREEZE, status=PeriodStatus.LIFTED, lifted_at=START + timedelta(days=2))
    assert date_of(lifted, Day.LAST, london()) == date(2024, 5, 27)
    cancelled = period(status=PeriodStatus.CANCELLED)
    assert date_of(cancelled, Day.LAST, london()) == date(2024, 5, 25)


def item(key: str, group: Group, about: str = "") -> Item:
    return Item(key=key, group=group, words="w", source="s", about=about)


def mark(key: str, *, done: bool = True, about: str = "", day: Day = Day.FIRST) -> Mark:
    return Mark(id=0, period="the-period", day=day, item=key, is_done=done, person="pat", at=START, about=about)


def listed(*marks: Mark) -> Checklist:
    items = (item("q", Group.QUEUE, "block, due then"), item("n", Group.NOTICE), item("p", Group.PROFILES))
    return checklist_of(period(), Day.FIRST, items, marks, london())


def test_items_stand_in_the_order_of_their_groups_and_posts_come_last() -> None:
    assert [(entry.number, entry.item.key) for entry in listed().entries] == [(1, "n"), (2, "p"), (3, "q")]
    assert set(LABELS) == set(Group)


def test_the_latest_mark_of_an_item_and_of_its_day_counts() -> None:
    found = listed(mark("n"), mark("n", done=False), mark("p", day=Day.LAST))
    assert [entry.done for entry in found.entries] == [False, False, False]
    assert (found.done, found.left) == (0, 3)
    again = listed(mark("n"), mark("n", done=False), mark("n"))
    assert (again.done, again.left) == (1, 2)


def test_a_tick_is_for_what_the_item_was_about_then() -> None:
    same, other = listed(mark("q", about="block, due then")), listed(mark("q", about="allow, due then"))
    assert (same.entries[2].done, same.entries[2].changed, same.done) == (True, False, 1)
    assert (other.entries[2].done, other.entries[2].changed, other.done) == (False, True, 0)


def test_a_tick_of_what_is_not_on_the_list_any_more_is_still_told() -> None:
    found = listed(mark("gone"), mark("taken-back"), mark("taken-back", done=False))
    assert [each.item for each in found.gone] == ["gone"]


def test_a_mark_refuses_a_naive_instant() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        replace(mark("n"), at=datetime(2026, 1, 1))  # noqa: DTZ001 -- that is what is refused


def test_an_area_narrows_posts_and_not_accounts() -> None:
    wide = period(Kind.BY_ELECTION, area="Elsewhere", bodies=frozenset({Body.UK_CIVIL_SERVICE}))
    assert bound(wide, (COUNCIL, DEPT, CHIEF)) == (CHIEF, DEPT)
    scotland = period(nations=frozenset({Nation.SCOTLAND}))
    assert bound(scotland, (COUNCIL, DEPT)) == (DEPT,)
