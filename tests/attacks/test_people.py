"""Attacks with nothing but the product's own commands: races, the approver's own hand, leavers, and somebody else's session."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from purdah_scheduler.application import deciding, scheduling, stopping, writing
from purdah_scheduler.application.writing import Draft
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.errors import NotAllowed, OwnWork, ProductError, Refused, StaleDigest
from tests import houses
from tests.cli.conftest import command


@pytest.fixture
def house(tmp_path: Path) -> Iterator[houses.House]:
    made = houses.build(tmp_path / "house")
    yield made
    made.office.store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def raced(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[houses.House]:
    """The same house on either store."""
    if request.param == "sqlite":
        yield request.getfixturevalue("house")
        return
    server = request.getfixturevalue("postgresql")
    with server.database() as name:
        made = houses.build(tmp_path / "team", store_url=server.url(name))
        yield made
        made.office.store.close()


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call, begun at the same moment, returned or was refused with."""
    ready = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def work(place: int) -> None:
        ready.wait()
        try:
            results[place] = calls[place]()
        except ProductError as fault:
            results[place] = fault

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def approve(house: houses.House, post: int, digest: str, *, by: str = "bede") -> object:
    return deciding.decide(
        house.office, house.actor(by), post, stage="approval", choice=Choice.APPROVE, typed_digest=short(digest)
    )


def edit(house: houses.House, post: int, text: str, *, by: str = "asha") -> object:
    draft = Draft(accounts=("outbox",), text=text, category=houses.CATEGORY)
    return writing.revise(house.office, house.actor(by), post, draft)


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("rounds", [20, pytest.param(1000, marks=pytest.mark.long)])
def test_whoever_approves_while_it_is_edited_never_clears_the_new_words(
    raced: houses.House, rounds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    house, first = raced, 0
    for number in range(rounds):
        post = house.draft(f"Before {number}.")
        writing.submit(house.office, house.actor("asha"), post)
        digest = house.view(post).digest

        approved, edited = at_once(partial(approve, house, post, digest), partial(edit, house, post, f"After {number}."))

        assert not isinstance(edited, ProductError)
        assert approved is PostState.CLEARED or isinstance(approved, StaleDigest | Refused)
        first += approved is PostState.CLEARED
        view = house.view(post)
        assert (view.post.state, view.digest == digest, view.standing.complete) == (PostState.DRAFT, False, False)
        with pytest.raises(ProductError):
            scheduling.schedule(house.office, house.actor("asha"), post, at=house.office.now())
    assert house.record_is_whole()
    if rounds == 1000:
        with capsys.disabled():
            store = "PostgreSQL" if house.config.store_url else "SQLite"
            print(f"\n{store}: {rounds} races; the approval came first in {first}; 0 cleared other words")


def test_an_approver_who_wrote_a_revision_clears_nothing_of_that_post_ever(house: houses.House) -> None:
    mixed = replace(house.config.person("bede"), roles=house.config.person("bede").roles | house.config.person("asha").roles)
    post = house.draft("Asha's words.")
    draft = Draft(accounts=("outbox",), text="Bede's words.", category=houses.CATEGORY)
    bede = replace(house.actor("bede"), person=mixed)
    writing.revise(house.office, bede, post, draft)
    edit(house, post, "Asha's words.")
    writing.submit(house.office, house.actor("asha"), post)
    before = house.actions(post)
    with pytest.raises(OwnWork, match="wrote a revision") as refused:
        approve(house, post, house.view(post).digest)
    assert refused.value.next_step
    assert house.actions(post) == before
    assert house.view(post).post.state is PostState.IN_REVIEW


def test_a_leaver_decides_nothing_and_what_the_leaver_cleared_is_not_sent(house: houses.House) -> None:
    post = house.scheduled("Cleared by somebody who left.")
    other = house.draft("Waits.")
    writing.submit(house.office, house.actor("asha"), other)
    stopping.suspend(house.office, house.actor("dougal"), "bede", reason="Left")
    before = house.actions(other)
    with pytest.raises(NotAllowed, match="suspended") as refused:
        approve(house, other, house.view(other).digest)
    assert "nothing was" in refused.value.message
    assert house.actions(other) == before
    command("--config", str(house.config.path), "daemon", "--once")
    assert house.delivery(post).reason_code == "clearance-missing"


def test_somebody_elses_session_acts_as_nobody_who_has_a_login(house: houses.House) -> None:
    """Where people have logins in the configuration, a name alone makes nobody of them."""
    path = house.config.path
    text = path.read_text("utf-8").replace('roles = ["approver"]', 'roles = ["approver"]\nos_users = ["somebody-else"]', 1)
    path.write_text(text, "utf-8")
    post = house.draft("Waits.")
    writing.submit(house.office, house.actor("asha"), post)
    before = house.actions(post)
    line = ("post", "decide", str(post), "--stage", "approval", "--approve", "--digest", short(house.view(post).digest))
    ran = command("--config", str(path), "--as", "bede", *line)
    assert ran.code == 64
    assert ran.err.count("\n") <= 2
    assert "Next:" in ran.err
    assert house.actions(post) == before
