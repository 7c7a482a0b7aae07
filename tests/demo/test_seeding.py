"""The demonstration ends the same at any hour of any day, and everything in it was done within the rules."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purdah_scheduler import bootstrap
from purdah_scheduler.application import checklists, turns, views
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.outcomes import Owner
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.config import Config
from purdah_scheduler.demo.department import called_election
from purdah_scheduler.demo.folder import make_folder
from purdah_scheduler.demo.past import PastClock
from purdah_scheduler.demo.script import LAST_SOON, STORIES
from purdah_scheduler.demo.seeding import Seeded, Seeding
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.checklist import Day
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.clearance import SIGN_OFF
from purdah_scheduler.domain.periods import EndMode
from purdah_scheduler.domain.posts import DeliveryState, HoldReason, PostState

NOON = datetime(2027, 2, 10, 12, 0, tzinfo=UTC)

INSTANTS = {
    "a winter noon": NOON,
    "a summer noon": datetime(2027, 7, 14, 11, 0, tzinfo=UTC),
    "local midnight in winter, to the second": datetime(2027, 1, 20, 0, 0, tzinfo=UTC),
    "local midnight in summer, to the second": datetime(2027, 6, 8, 23, 0, tzinfo=UTC),
    "a second before local midnight": datetime(2027, 6, 8, 22, 59, 59, tzinfo=UTC),
    "half an hour after local midnight, on the UTC day before": datetime(2027, 6, 8, 23, 30, tzinfo=UTC),
    "the hour before the clocks go forward": datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
    "the day after the clocks went forward": datetime(2027, 3, 29, 6, 0, tzinfo=UTC),
    "the first of two half past ones": datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    "the second of two half past ones": datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    "the eve of the day on which the clocks go back": datetime(2026, 10, 24, 22, 59, 50, tzinfo=UTC),
    "new year": datetime(2027, 1, 1, 0, 0, 5, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 29, 9, 0, tzinfo=UTC),
    "inside the real general election of 2024": datetime(2024, 6, 20, 9, 0, tzinfo=UTC),
    "the morning after the real general election of 2024": datetime(2024, 7, 5, 7, 0, tzinfo=UTC),
    "inside the periods of May 2026": datetime(2026, 4, 25, 9, 0, tzinfo=UTC),
    "years beyond the shipped calendar": datetime(2049, 11, 3, 15, 0, tzinfo=UTC),
}

OUTCOMES = {
    "flood-warning": {"floods": "published", "rivers": "published"},
    "phone-lines": {"rivers": "published"},
    "weekly-statistics": {"rivers": "published"},
    "lane-closure-welsh": {"aber-lydan": "published"},
    "weight-limits": {"rivers": "published"},
    "safety-notice": {"rivers": "published"},
    "volunteer-thanks": {"rivers": "held: sign-off-missing", "aber-lydan": "published"},
    "navigation-order": {"rivers": "held: sign-off-missing"},
    "hydrologist": {"rivers": "scheduled"},
    "sandbag-reply": {"floods": "scheduled"},
    "gauge-maintenance": {"floods": "scheduled"},
    "permit-service": {"rivers": "scheduled"},
    "bridge-statistics": {"rivers": "scheduled"},
    "permsec-service": {"permsec": "scheduled"},
    "new-crossings": {"rivers": "held: blocked"},
    "flood-funding": {"floods": "held: blocked"},
    "minister-visit": {"rivers": "held: blocked"},
    "permsec-strategy": {"permsec": "held: blocked"},
    "toll-consultation": {"rivers": "held: blocked"},
    "safety-campaign": {"rivers": "draft"},
    "office-closure": {"rivers": "in_review"},
    "diversions": {"rivers": "in_review"},
    "apprentices": {"rivers": "cleared"},
    "rebuttal": {"rivers": "rejected"},
    "bridge-fair": {"rivers": "withdrawn"},
    "last-statistics": {"rivers": "published"},
    "flood-alert": {"floods": "published"},
    "permit-desk": {"rivers": "missed"},
    "deleted-question": {"floods": "failed"},
    "tide-gates": {"rivers": "unknown"},
}
"""By story and account, once the first wave has been sent."""


@dataclass
class Played:
    """A demonstration that was prepared at `clock`'s instant."""

    config: Config
    office: Office
    clock: PastClock
    seeded: Seeded

    def send(self, seconds: int) -> None:
        """Let time pass, second by second, with a daemon at work on the real channel."""
        publisher = Publisher(
            self.office, owner=Owner(name="test"), open_channel=bootstrap.channel_opener(self.config, self.clock)
        )
        for _ in range(seconds):
            self.clock.set(self.clock.now() + timedelta(seconds=1))
            while claimed := publisher.claim(8):
                for entry in claimed:
                    publisher.deliver(entry)

    def outcome(self, story: str) -> dict[str, str]:
        """Account -> its state, with the code of a hold."""
        view = views.post_view(self.office, self.seeded.posts[story])
        found = {}
        for account in view.accounts:
            held = account.delivery is not None and account.state == DeliveryState.HELD
            found[account.account] = f"held: {account.delivery.reason_code}" if held and account.delivery else account.state
            if view.post.state is PostState.WITHDRAWN:
                found[account.account] = str(view.post.state)
        return found


def play(folder: Path, now: datetime) -> Played:
    config = bootstrap.read_config(make_folder(folder))
    bootstrap.create_queue(config)
    clock = PastClock(now)
    office = bootstrap.open_office(config, clock=clock)
    seeding = Seeding(office, STORIES, now=now, open_channel=lambda clock: bootstrap.channel_opener(config, clock))
    return Played(config=config, office=office, clock=clock, seeded=seeding.play())


@pytest.fixture(scope="module")
def noon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Prepared at noon; nothing has been sent yet, and the tests that use it change nothing."""
    played = play(tmp_path_factory.mktemp("demo"), NOON)
    yield played
    played.office.store.close()


@pytest.mark.parametrize("now", INSTANTS.values(), ids=INSTANTS)
def test_it_ends_the_same_at_any_moment(tmp_path: Path, now: datetime) -> None:
    played = play(tmp_path, now)
    played.send(LAST_SOON)
    assert {story: played.outcome(story) for story in played.seeded.posts} == OUTCOMES
    with played.office.store.read() as reader:
        assert verify(reader.entries()).ok
    played.office.store.close()


def test_there_are_thirty_posts_each_in_its_own_words() -> None:
    assert len(STORIES) == 30
    assert len({story.key for story in STORIES}) == len({story.text for story in STORIES}) == 30


def test_every_state_that_lasts_is_there(noon: Played) -> None:
    with noon.office.store.read() as reader:
        posts = {reader.post(post).state for post in noon.seeded.posts.values()}
        deliveries = {entry.state for post in noon.seeded.posts.values() for entry in reader.deliveries(post)}
    assert posts == set(PostState)
    assert deliveries == set(DeliveryState) - {DeliveryState.CLAIMED, DeliveryState.SENDING}


def test_nothing_that_is_to_come_has_been_sent_by_the_preparation(noon: Played) -> None:
    with noon.office.store.read() as reader:
        published = reader.in_state((DeliveryState.PUBLISHED,))
    assert all(entry.published_at is not None and entry.published_at < NOON - timedelta(hours=12) for entry in published)
    assert Counter(entry.account for entry in published) == {"rivers": 1, "floods": 1}


def test_the_declaration_held_what_it_blocks_and_says_so_in_the_record(noon: Played) -> None:
    held = {effect.title for effect in noon.seeded.effects if effect.after.verdict == "block"}
    assert len(held) == 6
    with noon.office.store.read() as reader:
        declared = [entry for entry in reader.entries() if entry.action == "period.declared"]
        swept = [entry for entry in reader.entries() if entry.action == "delivery.held"]
    assert declared[0].facts["held"] == len(swept) == 6
    assert declared[0].at == NOON


def test_each_block_names_its_rule_the_period_and_its_source(noon: Played) -> None:
    for story in ("new-crossings", "flood-funding", "minister-visit", "permsec-strategy", "toll-consultation"):
        view = views.post_view(noon.office, noon.seeded.posts[story])
        worst = view.findings[0]
        assert (worst.period, worst.regime) == ("demo-general-election", "strict")
        assert "invented for the demonstration" in worst.source
        assert view.accounts[0].delivery is not None
        assert view.accounts[0].delivery.reason_code == HoldReason.BLOCKED


def test_some_of_the_first_days_checklist_is_done_and_most_is_open(noon: Played) -> None:
    listed = checklists.checklist(noon.office, "demo-general-election", Day.FIRST)
    assert {entry.item.key for entry in listed.entries if entry.done} == {
        *("notice-rivers", "notice-floods", "sign-offs", "other-tools")
    }
    assert listed.left > 20
    assert {entry.mark.person for entry in listed.entries if entry.mark is not None} == {"farid", "dougal"}


def test_nobody_cleared_their_own_and_no_one_person_cleared_two_stages(noon: Played) -> None:
    with noon.office.store.read() as reader:
        for post in noon.seeded.posts.values():
            authors = {revision.author for revision in reader.revisions(post)}
            given = [decision for decision in reader.decisions(post) if decision.stage != SIGN_OFF]
            assert authors.isdisjoint({decision.person for decision in given})
            assert len({decision.stage for decision in given}) == len({decision.person for decision in given})


def test_the_record_tells_the_events_in_their_order(noon: Played) -> None:
    with noon.office.store.read() as reader:
        instants = [entry.at for entry in reader.entries()]
    assert instants == sorted(instants)
    assert instants[-1] == NOON


def test_the_preparation_pretends_no_daemon(noon: Played) -> None:
    with noon.office.store.read() as reader:
        assert reader.heartbeats() == ()
        assert reader.high_water() is None


def test_the_outbox_has_the_post_whose_answer_was_lost_so_that_a_person_can_find_it(noon: Played) -> None:
    post = noon.seeded.posts["tide-gates"]
    files = list((noon.config.store_path.parent / "outbox" / "rivers").glob(f"*-{post}-rivers-*.txt"))
    assert len(files) == 1
    assert "The tide gates at the mouth of the River Sallow" in files[0].read_text("utf-8")


def test_the_officer_at_the_interface_has_written_none_and_can_decide_and_sign_off(noon: Played) -> None:
    carys, farid = noon.config.person("carys"), noon.config.person("farid")
    with noon.office.store.read() as reader:
        authors = {revision.author for post in noon.seeded.posts.values() for revision in reader.revisions(post)}
    assert "carys" not in authors
    stages = Counter(entry.stage for entry in turns.waiting_for(noon.office, carys))
    assert stages == {"policy": 1, "press": 1, SIGN_OFF: 3}
    assert Counter(entry.stage for entry in turns.waiting_for(noon.office, farid))[SIGN_OFF] == 3


@pytest.mark.parametrize("now", INSTANTS.values(), ids=INSTANTS)
def test_the_election_is_in_force_from_the_start_of_today_and_has_no_end_until_it_is_lifted(now: datetime) -> None:
    period = called_election(now, london())
    assert period.in_force(now)
    assert timedelta(0) <= now - period.starts < timedelta(hours=25)
    assert period.starts.astimezone(london()).strftime("%H:%M:%S") == "00:00:00"
    assert period.polling_day is not None
    assert period.polling_day.strftime("%A") == "Thursday"
    assert period.end_mode is EndMode.MANUAL_LIFT
    assert period.in_force(period.ends + timedelta(days=365))


def test_the_clock_of_the_past_never_goes_back() -> None:
    clock = PastClock(NOON)
    with pytest.raises(ValueError, match="in order"):
        clock.set(NOON - timedelta(microseconds=1))
    assert clock.now() == NOON
