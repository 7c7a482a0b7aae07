"""Threads under any order of answers, deaths and people's acts: in order, each part once, each the answer to the one before.

What is public is known from the words that the platform got, not from what the product says of them. Seeded faults show that the
proof would notice.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from purdah_scheduler.application import looking_up, outgoing, scheduling, stopping, writing
from purdah_scheduler.application.answers import Receipt
from purdah_scheduler.application.outcomes import Owner
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.domain import threads
from purdah_scheduler.domain.content import Content, Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import Delivery, DeliveryState
from purdah_scheduler.errors import ProductError
from purdah_scheduler.store import deliveries, guards
from tests.application.desk import ANN, OLA, Desk, HandClock, open_desk
from tests.application.scripted import ANSWERS, Crash, Platform, Script

S = DeliveryState
STEPS = (*(f"send: {answer}" for answer in ANSWERS), "look", "settle", "schedule", "release", "hold", "cancel", "wait")
SCRIPTS = st.lists(st.sampled_from(STEPS), min_size=2, max_size=10)
BUSY = (*("send: ok",) * 3, "send: unknown, public", "send: unknown, lost", "send: killed, public", "settle", "schedule", "wait")


class Broken(AssertionError):
    """A promise about threads is broken."""


class Wall(Platform):
    """The scripted platform, which also knows what every public post answers."""

    def __init__(self, clock: HandClock, is_published: Callable[[int], bool]) -> None:
        super().__init__(clock)
        self.posts: list[tuple[str, str]] = []
        self.fault = ""
        self._is_published = is_published

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        number = int(outgoing.text.rpartition(" ")[2])
        if number > 1 and not self._is_published(number - 1):
            self.fault = f"part {number} was sent while the part before it was not known to be public"
        before = len(self.public)
        try:
            super().commit(outgoing, staged)
        finally:
            if len(self.public) > before:
                self.posts.append((outgoing.text, outgoing.reply_to))
        return self.receipt(outgoing.text)

    def receipt(self, text: str) -> Receipt:
        """Posts are numbered by their words, so that a part that went out twice shows as such."""
        return Receipt(remote_id=f"id of {text}", url=f"https://example.org/{text.replace(' ', '-')}")

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:
        return self.receipt(outgoing.text) if (outgoing.text, outgoing.reply_to) in self.posts else None


class Voyage:
    """One thread of three parts and everything that happens to it."""

    def __init__(self, desk: Desk, number: int) -> None:
        self.desk = desk
        self.words = [f"Voyage {number} part {part}" for part in (1, 2, 3)]
        self.post = desk.queued(desk.clock.now() + timedelta(minutes=1), "\n---\n".join(self.words))
        desk.clock.forward(timedelta(minutes=1))
        self.wall = Wall(desk.clock, lambda part: self.parts()[part - 1].state is S.PUBLISHED)
        self._daemons = 0
        self._start()

    def _start(self) -> None:
        self._daemons += 1
        self._daemon = Publisher(
            self.desk.office, owner=Owner(name=f"d{self.post}-{self._daemons}"), open_channel=lambda account: self.wall
        )
        self._daemon.recover()

    def parts(self) -> tuple[Delivery, ...]:
        with self.desk.office.store.read() as reader:
            return threads.current(reader.deliveries(self.post), "dept")

    def step(self, what: str) -> None:
        """Let one thing happen, and look at everything."""
        kind, _, answer = what.partition(": ")
        try:
            if kind == "send":
                self._send(answer)
            else:
                getattr(self, f"_{kind}")()
        except ProductError:
            pass  # refused: nothing was changed
        self.check()

    def _send(self, answer: str) -> None:
        self.wall.script = Script(answer)
        for entry in self._daemon.claim(1):
            try:
                self._daemon.deliver(entry)
            except Crash:
                self._start()

    def _look(self) -> None:
        for _, entry in looking_up.wanted(self.desk.office):
            if entry.post == self.post:
                self._daemon.look_up(entry)

    def _settle(self) -> None:
        """A person looks, and tells the truth."""
        entry = next((part for part in self.parts() if part.state is S.UNKNOWN), None)
        if entry is not None:
            said = self.words[entry.part - 1]
            is_there = any(text == said for text, _ in self.wall.posts)
            found = {"published_url": f"outbox:id of {said}"} if is_there else {"not_published": True}
            scheduling.resolve(self.desk.office, self.desk.act(OLA), self.post, **found)

    def _schedule(self) -> None:
        scheduling.schedule(self.desk.office, self.desk.act(ANN), self.post, at=self.desk.clock.now())

    def _release(self) -> None:
        scheduling.release(self.desk.office, self.desk.act(ANN), self.post, at=self.desk.clock.now())

    def _resume(self) -> None:
        """The credentials are right again."""
        stopping.resume(self.desk.office, self.desk.act(OLA), account="dept")

    def _hold(self) -> None:
        scheduling.hold(self.desk.office, self.desk.act(ANN), self.post, reason="Wait.")

    def _cancel(self) -> None:
        writing.cancel(self.desk.office, self.desk.act(ANN), self.post)

    def _wait(self) -> None:
        self.desk.clock.forward(timedelta(minutes=7))

    def check(self) -> None:
        """In order, each once, each the answer to the one before; and the store says of none that it is public which is not."""
        if self.wall.fault:
            raise Broken(self.wall.fault)
        said = [text for text, _ in self.wall.posts]
        if said != self.words[: len(said)]:
            raise Broken(f"the parts went out as {said}")
        for before, (text, answers) in zip(["", *said], self.wall.posts, strict=False):
            if answers != (f"id of {before}" if before else ""):
                raise Broken(f"{text} answers {answers or 'nothing'}")
        for part in self.parts():
            is_there = self.words[part.part - 1] in said
            if part.state is S.PUBLISHED and not is_there:
                raise Broken(f"part {part.part} is called published and is not")
            if is_there and part.state not in (S.PUBLISHED, S.UNKNOWN, S.SENDING):
                raise Broken(f"part {part.part} is public and is called {part.state}")


class Sea:
    """A press office for many threads."""

    def __init__(self, folder: Path) -> None:
        self.desk = open_desk(folder)

    def __repr__(self) -> str:
        return "Sea()"


@pytest.fixture
def sea(tmp_path: Path) -> Iterator[Sea]:
    sea = Sea(tmp_path / "office")
    yield sea
    sea.desk.office.store.close()


_NUMBER = iter(range(1, 1_000_000))


def sail(desk: Desk, script: list[str]) -> Voyage:
    """A thread of its own, through this; what is left of it is in the way of no other one."""
    voyage = Voyage(desk, next(_NUMBER))
    for step in (*script, "cancel"):
        voyage.step(step)
    return voyage


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=SCRIPTS)
def test_whatever_happens_a_thread_is_public_in_order_and_each_part_once(sea: Sea, script: list[str]) -> None:
    sail(sea.desk, script)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=SCRIPTS)
def test_whatever_happened_people_can_always_bring_a_thread_to_its_end(sea: Sea, script: list[str]) -> None:
    voyage = Voyage(sea.desk, next(_NUMBER))
    for step in script:
        if step != "cancel":
            voyage.step(step)
    for _ in range(4):
        for step in ("settle", "resume", "release", "schedule", "send: ok", "send: ok", "send: ok"):
            voyage.step(step)
    assert [part.state for part in voyage.parts()] == [S.PUBLISHED] * 3


def _goes_on_behind_the_unknown(patch: pytest.MonkeyPatch) -> None:
    """A part has its turn as soon as the one before may be public; the database's own guard is taken away for it."""
    true_save = deliveries.DeliveryWriter.save_delivery

    def save(self: deliveries.DeliveryWriter, delivery: Delivery, **given: Any) -> bool:
        done = true_save(self, delivery, **given)
        if done and delivery.state is S.UNKNOWN and delivery.part < delivery.parts:
            self._let_follow(replace(delivery, remote_id="a guess"))
        return done

    patch.setattr(deliveries.DeliveryWriter, "save_delivery", save)
    for texts in (guards.THIRD, guards.EXPECTED):
        patch.delitem(texts, "deliveries_in_order")


def _with(patch: pytest.MonkeyPatch, variant: Callable[[Outgoing, Content, Delivery], Outgoing]) -> None:
    def outgoing_of(content: Content, account: Account, entry: Delivery) -> Outgoing:
        return variant(outgoing.outgoing_of(content, account, entry), content, entry)

    patch.setattr("purdah_scheduler.application.publishing.outgoing_of", outgoing_of)


def _begins_again_after_a_stop(patch: pytest.MonkeyPatch) -> None:
    """What goes on after a stop goes on at the first part."""

    def again(said: Outgoing, content: Content, entry: Delivery) -> Outgoing:
        return replace(said, text=content.on(entry.account).parts[0]) if entry.fence > 1 else said

    _with(patch, again)


def _answers_nothing(patch: pytest.MonkeyPatch) -> None:
    """A later part is a post by itself."""
    _with(patch, lambda said, content, entry: replace(said, reply_to=""))


@pytest.mark.parametrize("plant", [_goes_on_behind_the_unknown, _begins_again_after_a_stop, _answers_nothing])
def test_the_proof_notices_a_fault(plant: Callable[[pytest.MonkeyPatch], None], tmp_path: Path) -> None:
    dice = random.Random(1)
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        desk = open_desk(tmp_path / "office")
        scripts = [[dice.choice(BUSY) for _ in range(10)] for _ in range(60)]
        with pytest.raises(Broken):
            all(sail(desk, script) for script in scripts)
        desk.office.store.close()
