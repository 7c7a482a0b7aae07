"""The promises hold in every story that is told of one or two posts; and the proof sees each fault that is planted."""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from purdah_scheduler.store import store
from tests.application.bench import PEOPLE, Bench, Ground, ServerGround
from tests.application.mutants import MUTANTS, Mutant
from tests.application.oracle import BODIES, ELECTION, INSIDE, REFERENDUM, ROLES, STAGES
from tests.application.scripted import Script
from tests.application.voyages import CALENDAR, CLEARING, EVERYBODY, MINUTE, PLATFORM, SCRIPTS, TURNS, WAY, Voyage, sail, voyages
from tests.application.watching import Broken, Promise
from tests.postgresql import Server

STORIES = int(os.environ.get("PURDAH_STORIES", "150"))
"""How many the product itself must stand; a long night may ask for more (and a longer --timeout)."""

STORIES_TO_A_MUTANT = 1000
"""Within how many each mutant must fall; most fall within fifteen."""

OF_A_STEP = (Promise.DOOR, Promise.STATE)
"""Promises about single steps; for every other one it is not enough that a mutant disagrees with the oracle about a step."""

ABOUT: Mapping[Promise, Sequence[dict[str, Any]]] = {
    Promise.CLEARED: CLEARING,
    Promise.BLOCK: CALENDAR,
    Promise.ONCE: PLATFORM,
    Promise.SILENT: WAY,
    Promise.STOP: WAY,
    Promise.UNCHANGED: WAY,
}
"""The stories in which a promise is at stake; all of them are told of the product too."""

SKIPPED: tuple[tuple[str, ...], ...] = (("press",), STAGES, ("policy",), ("sign-off",), ())
"""What a break-glass is asked to skip."""

MEMORY = Path("/dev/shm")

people = st.sampled_from(sorted(set(PEOPLE) - {"dee"}))
guards = st.sampled_from(("dee", "dee", "eve", "bob", "ann", "vic"))
writers = st.sampled_from(("ann", "eve"))
stages = st.sampled_from((*STAGES, "sign-off"))
choices = st.sampled_from(("approve", "approve", "approve", "reject", "withdraw"))
texts = st.sampled_from(("First words.", "Second words.", "Third words."))
categories = st.sampled_from(sorted(INSIDE))
minutes = st.integers(-2, 30).map(lambda count: count * MINUTE)
scripts = st.sampled_from((Script(), Script(), *SCRIPTS))


class PressOffice(RuleBasedStateMachine):
    """One story as it was planned, then whatever anybody tries, then perhaps another one."""

    ground: Ground
    lenient = False
    turns: Sequence[dict[str, Any]] = TURNS

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench(self.ground, lenient=self.lenient)

    def post(self, index: int) -> int:
        """One of the posts that there are."""
        posts = sorted(self.bench.oracle.posts)
        return posts[index % len(posts)]

    @initialize(data=st.data())
    def story(self, data: st.DataObject) -> None:
        sail(self.bench, data.draw(voyages(self.turns)))

    @precondition(lambda self: len(self.bench.oracle.posts) < 2)
    @rule(voyage=voyages())
    def another(self, voyage: Voyage) -> None:
        sail(self.bench, voyage)

    @precondition(lambda self: len(self.bench.oracle.posts) < 2)
    @rule(person=people, text=texts, category=categories)
    def write(self, person: str, text: str, category: str) -> None:
        self.bench.write(person, text, category)

    @rule(index=st.integers(0, 1), person=writers, text=texts, category=categories)
    def edit(self, index: int, person: str, text: str, category: str) -> None:
        self.bench.edit(self.post(index), person, text, category)

    @rule(index=st.integers(0, 1), person=people)
    def submit(self, index: int, person: str) -> None:
        self.bench.submit(self.post(index), person)

    @rule(index=st.integers(0, 1), person=people, stage=stages, choice=choices, back=st.integers(0, 1), said=st.booleans())
    def decide(self, index: int, person: str, stage: str, choice: str, back: int, said: bool) -> None:
        self.bench.decide(self.post(index), person, stage, choice, back=back, reason="Agreed" if said else "")

    @rule(index=st.integers(0, 1))
    def clear(self, index: int) -> None:
        post = self.post(index)
        self.bench.submit(post, "ann")
        self.bench.decide(post, "bob", "policy")
        self.bench.decide(post, "pat", "press")

    @rule(index=st.integers(0, 1), person=guards, skipped=st.sampled_from(SKIPPED), back=st.integers(0, 1))
    def break_glass(self, index: int, person: str, skipped: tuple[str, ...], back: int) -> None:
        self.bench.break_glass(self.post(index), person, skipped, back=back)

    @rule(index=st.integers(0, 1), person=guards | people)
    def review_glass(self, index: int, person: str) -> None:
        self.bench.review_glass(self.post(index), person)

    @rule(index=st.integers(0, 1), person=guards | people)
    def comment(self, index: int, person: str) -> None:
        self.bench.comment(self.post(index), person)

    @rule(index=st.integers(0, 1), person=people, span=minutes, back=st.integers(0, 1))
    def exempt(self, index: int, person: str, span: timedelta, back: int) -> None:
        self.bench.exempt(self.post(index), person, span, back=back)

    @rule(index=st.integers(0, 1), person=people)
    def revoke(self, index: int, person: str) -> None:
        self.bench.revoke(self.post(index), person)

    @rule(person=people, number=st.integers(0, 1), span=minutes)
    def exempt_campaign(self, person: str, number: int, span: timedelta) -> None:
        self.bench.exempt_campaign(person, number, span)

    @rule(person=people)
    def revoke_campaign(self, person: str) -> None:
        self.bench.revoke_campaign(person)

    @precondition(lambda self: self.bench.oracle.spans)
    @rule(person=people, number=st.integers(0, 1), by=minutes)
    def extend(self, person: str, number: int, by: timedelta) -> None:
        self.bench.extend(person, number, self.bench.oracle.spans[-1].ends + by)

    @rule(index=st.integers(0, 1), person=people, span=minutes)
    def schedule(self, index: int, person: str, span: timedelta) -> None:
        self.bench.schedule(self.post(index), person, self.bench.clock.now() + span)

    @rule(index=st.integers(0, 1), person=people, span=st.none() | minutes)
    def release(self, index: int, person: str, span: timedelta | None) -> None:
        self.bench.release(self.post(index), person, None if span is None else self.bench.clock.now() + span)

    @rule(index=st.integers(0, 1), person=people)
    def hold(self, index: int, person: str) -> None:
        self.bench.hold(self.post(index), person)

    @rule(index=st.integers(0, 1), person=people)
    def cancel(self, index: int, person: str) -> None:
        self.bench.cancel(self.post(index), person)

    @rule(index=st.integers(0, 1), person=people, account=st.sampled_from(sorted(BODIES)))
    def resolve(self, index: int, person: str, account: str) -> None:
        self.bench.resolve(self.post(index), account, person)

    @rule(index=st.integers(0, 1), span=st.integers(0, 5).map(lambda count: count * MINUTE))
    def look(self, index: int, span: timedelta) -> None:
        self.bench.wait(span)
        self.bench.look(self.post(index))

    @precondition(lambda self: len(self.bench.oracle.spans) < 2)
    @rule(person=people, starts=minutes, length=st.integers(1, 30), kind=st.sampled_from((ELECTION, ELECTION, REFERENDUM)))
    def declare(self, person: str, starts: timedelta, length: int, kind: str) -> None:
        began = self.bench.clock.now() + starts
        self.bench.declare(person, began, began + length * MINUTE, EVERYBODY, kind)

    @rule(person=people, account=st.sampled_from(("", "dept")), resumed=st.booleans())
    def stop(self, person: str, account: str, resumed: bool) -> None:
        self.bench.pause(person, account)
        if resumed:
            self.bench.resume("ola", account)

    @rule(person=people, account=st.sampled_from(("", "dept")))
    def resume(self, person: str, account: str) -> None:
        self.bench.resume(person, account)

    @rule(by=people, who=people)
    def suspend(self, by: str, who: str) -> None:
        self.bench.suspend(by, who)

    @rule(by=people, who=people)
    def restore(self, by: str, who: str) -> None:
        self.bench.restore(by, who)

    @rule(span=st.integers(0, 20).map(lambda count: count * MINUTE), script=scripts)
    def wake(self, span: timedelta, script: Script) -> None:
        self.bench.wait(span)
        self.bench.cycle(script)

    @rule(to_due=st.booleans(), script=scripts)
    def wake_at_an_edge(self, to_due: bool, script: Script) -> None:
        """Exactly when something is due, or when a period begins or ends."""
        now = self.bench.clock.now()
        edges = [edge for span in self.bench.oracle.spans for edge in (span.starts, span.ends)]
        if to_due:
            edges = [part.due_at for book in self.bench.oracle.posts.values() for part in book.in_state("scheduled")]
        self.bench.wait(min((edge for edge in edges if edge > now), default=now) - now)
        self.bench.cycle(script)

    @rule()
    def freeze(self) -> None:
        self.bench.freeze()

    @precondition(lambda self: self.bench.frozen)
    @rule(script=scripts)
    def thaw(self, script: Script) -> None:
        self.bench.thaw(script)


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """A real store, in memory where the system has a place for that: it is synced after every change."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        found = Ground(Path(folder) / "office")
        yield found
        found.close()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store leaves its lock free now and then for other programs; here there are none."""
    monkeypatch.setattr(store, "_REST", 0.0)


def tell(
    ground: Ground,
    *,
    stories: int,
    steps: int,
    lenient: bool = False,
    turns: Sequence[dict[str, Any]] = TURNS,
    phases: tuple[Phase, ...] = (Phase.generate,),
) -> None:
    """Tell that many stories, always the same ones; the first promise that is broken is raised."""
    told = type("Told", (PressOffice,), {"ground": ground, "lenient": lenient, "turns": turns})
    run_state_machine_as_test(
        told,
        settings=settings(
            max_examples=stories,
            stateful_step_count=steps,
            phases=phases,
            derandomize=True,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_oracle_knows_the_same_people() -> None:
    assert {person.id: frozenset(map(str, person.roles)) for person in PEOPLE.values()} == ROLES


@pytest.mark.parametrize("changes", TURNS, ids=lambda changes: "-".join(f"{value}" for value in changes.values()))
def test_each_turn_of_a_story_keeps_the_promises(ground: Ground, changes: dict[str, Any]) -> None:
    sail(Bench(ground), replace(Voyage(), **changes))


def test_an_election_that_came_and_went_asks_for_another_clearance(ground: Ground) -> None:
    bench = Bench(ground)
    now = bench.clock.now()
    post = bench.write("ann", "First words.", "factual-policy", ("dept",))
    assert post is not None
    bench.submit(post, "ann")
    bench.decide(post, "bob", "policy")
    bench.decide(post, "pat", "press")
    bench.schedule(post, "ann", now + 30 * MINUTE)
    bench.declare("ann", now + MINUTE, now + 5 * MINUTE, EVERYBODY)
    bench.wait(30 * MINUTE)
    bench.cycle(Script())
    assert bench.oracle.outlived(bench.oracle.posts[post], "dept", bench.clock.now())
    assert bench.states[post, "dept"] == "held"


@pytest.mark.timeout(900)
def test_no_story_breaks_a_promise(ground: Ground) -> None:
    """Whatever people, calendar, clock, platform and crashes do, each step is answered as the oracle says."""
    tell(ground, stories=STORIES, steps=12, phases=(Phase.generate, Phase.shrink))


@pytest.mark.timeout(3000)
@pytest.mark.parametrize(("turns", "stories"), [(TURNS[::4], 2), pytest.param(TURNS, STORIES, marks=pytest.mark.long)])
def test_no_story_breaks_a_promise_on_a_server(
    postgresql: Server, tmp_path: Path, turns: Sequence[dict[str, Any]], stories: int
) -> None:
    with postgresql.database() as name, closing(ServerGround(tmp_path, postgresql.url(name))) as server:
        for changes in turns:
            sail(Bench(server), replace(Voyage(), **changes))
        tell(server, stories=stories, steps=12, phases=(Phase.generate, Phase.shrink))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_the_proof_sees_a_planted_fault(ground: Ground, mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    """It falls, and by the very promise that it breaks."""
    mutant.plant(monkeypatch)
    of_a_step = mutant.breaks in OF_A_STEP
    turns = mutant.turns or ABOUT.get(mutant.breaks, TURNS)
    with pytest.raises(Broken) as found:
        tell(ground, stories=STORIES_TO_A_MUTANT, steps=6 if of_a_step else 1, lenient=not of_a_step, turns=turns)
    assert found.value.promise is mutant.breaks, str(found.value)
