"""Playing the stories: the past of the queue, event by event through the services, and then the morning of the election."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from purdah_scheduler.application import calendars, checklists, deciding, exempting, scheduling, writing
from purdah_scheduler.application.calendars import Effect
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.look_plan import LookRules
from purdah_scheduler.application.office import Actor, Office
from purdah_scheduler.application.outcomes import Owner
from purdah_scheduler.application.ports import Clock
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.demo.department import PROPRIETY, called_election
from purdah_scheduler.demo.past import PastChannel, PastClock
from purdah_scheduler.demo.stories import Ending, Story
from purdah_scheduler.domain.checklist import Day
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.lean import lean_dataclass

_SUBMITTED, _POLICY, _PRESS, _TIMED, _ENDED = (timedelta(minutes=each) for each in (25, 90, 180, 240, 250))
"""How long after it was written each step of a post is taken."""

_EDITED, _SUBMITTED_AGAIN, _POLICY_AGAIN = (timedelta(minutes=each) for each in (120, 130, 170))

_DONE_SO_FAR: Sequence[tuple[str, Sequence[str], str]] = (
    (PROPRIETY, ("notice-rivers", "notice-floods"), "Wording agreed with private office."),
    (PROPRIETY, ("sign-offs",), ""),
    ("dougal", ("other-tools",), "The newsletter tool is paused; the river gauges go on posting."),
)
"""What has been ticked of the first day's checklist: by whom, which items, with which note."""

_BLINK = timedelta(seconds=1)
"""How long after its due time the daemon of the past looks at a post."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """What was prepared: the number of each story's post, and what the declaration did to the queue."""

    posts: dict[str, int]
    effects: tuple[Effect, ...]


class Seeding:
    """Plays stories on an empty queue. `now` divides the past, on a clock of its own, from the present, on the office's."""

    def __init__(
        self,
        office: Office,
        stories: Sequence[Story],
        *,
        now: datetime,
        open_channel: Callable[[Clock], Callable[[Account], Channel]],
    ) -> None:
        self._present = office
        self._stories = stories
        self._now = now
        self._zone = office.house.zone
        self._clock = PastClock(now - timedelta(days=30))
        self._office = replace(office, clock=self._clock)
        self._posts: dict[str, int] = {}
        real = open_channel(self._clock)
        answers = {story.text: story.answer for story in stories}
        self._publisher = Publisher(
            self._office,
            owner=Owner(name="demo:past"),
            open_channel=lambda account: PastChannel(real(account), answers),
            looks=LookRules(most=1),
        )

    def play(self) -> Seeded:
        """The past in its order, then the present."""
        events = [event for story in self._stories for event in self._events(story)]
        for at, do in sorted(events, key=lambda event: event[0]):
            self._clock.set(at)
            do()
        self._office = self._present
        period = called_election(self._now, self._zone)
        effects = calendars.declare(self._office, self._actor(PROPRIETY), period)
        for story in self._stories:
            self._answer_to_the_election(story)
        for person, items, note in _DONE_SO_FAR:
            checklists.tick(self._office, self._actor(person), period.id, Day.FIRST, items, note=note)
        return Seeded(posts=self._posts, effects=effects)

    # --- the past -------------------------------------------------------------------------------------------------

    def _events(self, story: Story) -> list[tuple[datetime, Callable[[], None]]]:
        """What people and the daemon do to this post, each with its instant."""
        start = story.written.instant(self._now, self._zone)
        events: list[tuple[datetime, Callable[[], None]]] = [(start, partial(self._write, story))]
        if story.ending is Ending.DRAFT:
            return events
        events.append((start + _SUBMITTED, partial(self._submit, story)))
        if story.ending is Ending.SUBMITTED:
            return events
        if story.ending is Ending.REJECTED:
            return [*events, (start + _POLICY, partial(self._decide, story, "eilidh", "policy", Choice.REJECT))]
        events.append((start + _POLICY, partial(self._decide, story, "eilidh", "policy", Choice.APPROVE)))
        if story.edited:
            events.append((start + _EDITED, partial(self._edit, story)))
            events.append((start + _SUBMITTED_AGAIN, partial(self._submit, story)))
            events.append((start + _POLICY_AGAIN, partial(self._decide, story, "eilidh", "policy", Choice.APPROVE)))
        if story.ending is Ending.HALF_CLEARED:
            return events
        events.append((start + _PRESS, partial(self._decide, story, "carys", "press", Choice.APPROVE)))
        if story.due is None:
            return events
        due = story.due.instant(self._now, self._zone)
        events.append((start + _TIMED, partial(self._schedule, story, due)))
        if story.ending is Ending.WITHDRAWN:
            events.append((start + _ENDED, partial(self._withdraw, story)))
        elif due < self._now:
            looked_at = story.looked_at.instant(self._now, self._zone) if story.looked_at else due + _BLINK
            events.append((looked_at, self._daemon_looks))
        return events

    def _write(self, story: Story) -> None:
        draft = self._draft(story, story.edited or story.text)
        self._posts[story.key] = writing.new_post(self._office, self._actor(story.author), draft)

    def _edit(self, story: Story) -> None:
        post = self._posts[story.key]
        writing.revise(self._office, self._actor(story.editor), post, self._draft(story, story.text), seen_revision=1)

    def _submit(self, story: Story) -> None:
        writing.submit(self._office, self._actor(story.author), self._posts[story.key])

    def _schedule(self, story: Story, due: datetime) -> None:
        scheduling.schedule(self._office, self._actor("dougal"), self._posts[story.key], at=due)

    def _withdraw(self, story: Story) -> None:
        writing.cancel(self._office, self._actor(story.author), self._posts[story.key], reason=story.reason)

    def _decide(self, story: Story, person: str, stage: str, choice: Choice) -> None:
        post = self._posts[story.key]
        reason = "" if choice is Choice.APPROVE and stage != SIGN_OFF else story.reason
        digest = self._digest(post)
        deciding.decide(self._office, self._actor(person), post, stage=stage, choice=choice, typed_digest=digest, reason=reason)

    def _daemon_looks(self) -> None:
        """What the daemon does when something is due, at the instant that the clock of the past shows."""
        while claimed := self._publisher.claim(8):
            for entry in claimed:
                sent = self._publisher.deliver(entry)
                if sent.state is DeliveryState.UNKNOWN:
                    self._publisher.look_up(sent)

    # --- the present ----------------------------------------------------------------------------------------------

    def _answer_to_the_election(self, story: Story) -> None:
        """The propriety adviser signs off one post that the period flags, and exempts one that it holds."""
        if story.ending is Ending.SIGNED_OFF:
            self._decide(story, PROPRIETY, SIGN_OFF, Choice.APPROVE)
        elif story.ending is Ending.EXEMPTED and story.due is not None:
            post, now = self._posts[story.key], self._office.now()
            until = now + timedelta(days=1)
            actor = self._actor(PROPRIETY)
            exempting.grant_exemption(
                self._office, actor, post, until=until, reason=story.reason, typed_digest=self._digest(post)
            )
            due = max(story.due.instant(self._now, self._zone), now)
            scheduling.release(self._office, self._actor("dougal"), post, at=due)

    # --- the rest -------------------------------------------------------------------------------------------------

    def _draft(self, story: Story, text: str) -> writing.Draft:
        return writing.Draft(
            accounts=story.accounts,
            text=text,
            category=story.category,
            nation=story.nation,
            marks=story.marks,
            title=story.title,
            planned_at=story.due.instant(self._now, self._zone) if story.due else None,
            lang=story.lang,
            reply_to=story.reply_to,
        )

    def _digest(self, post: int) -> str:
        """What a person who reads the post would type."""
        with self._office.store.read() as reader:
            return short(reader.revision(post, reader.post(post).revision).digest)

    def _actor(self, person: str) -> Actor:
        return Actor(person=self._office.house.person(person), face="demo")
