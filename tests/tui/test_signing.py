"""Signing in the interface: the terminal is handed to ssh-keygen and taken back, or the signature is pasted."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from purdah_scheduler.application.evidence import Evidence
from purdah_scheduler.application.office import Actor
from purdah_scheduler.domain.people import Assurance
from purdah_scheduler.signatures.keygen import sign
from purdah_scheduler.signatures.verifying import holds
from purdah_scheduler.tui.app import PurdahApp
from tests.application.signers import make_key, public
from tests.tui.conftest import Desk
from tests.tui.seeing import shows
from tests.tui.test_review import decisions, opened

SIZE = (120, 36)


@pytest.fixture
def signing(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk where every stage has to be signed, and carys's key lies in her ~/.ssh."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    key = make_key(home / ".ssh", "id_ed25519")
    house = desk.office.house
    with desk.office.store.read() as reader:
        evidence = Evidence(instance=reader.instance(), verify=holds)
    people = tuple(replace(one, keys=(public(key),)) if one.id == "carys" else one for one in house.people)
    chain = tuple(replace(stage, min_assurance=Assurance.SIGNED) for stage in house.chain)
    return replace(desk, office=replace(desk.office, house=replace(house, people=people, chain=chain, evidence=evidence)))


def interface(signing: Desk) -> PurdahApp:
    """The interface for carys, who has a key."""
    actor = Actor(person=signing.office.house.person("carys"), face="tui")
    return PurdahApp(signing.office, signing.config, actor)


def signed_by_carys(file: Path) -> str:
    """What her key makes of a request."""
    return sign(file.read_bytes(), (), key=Path("~/.ssh/id_ed25519"))


async def to_the_choice(pilot: Pilot[None], post: int) -> None:
    """Approve, up to the question of where the key is."""
    await opened(pilot, post, "If you approve now", "who signs it")
    await approve(pilot)


async def approve(pilot: Pilot[None]) -> None:
    """The same of the post that is shown."""
    await pilot.press("a")
    await shows(pilot, "Approve revision 1")
    await pilot.press("y")
    await shows(pilot, "Sign your decision", "My key is on another machine")


async def test_s_hands_the_terminal_to_ssh_keygen_and_decides_with_what_it_signed(
    signing: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = signing.submitted("The very words.")
    app = interface(signing)
    handed: list[bool] = []

    def hand_over() -> "nullcontext[None]":
        handed.append(True)
        return nullcontext()

    monkeypatch.setattr(app, "suspend", hand_over)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await to_the_choice(pilot, post)
        await pilot.press("s")
        await shows(pilot, "your approval is recorded", "+ Cleared")
    assert handed
    assert [given.assurance for given in decisions(signing, post)] == [Assurance.SIGNED]


async def test_p_writes_the_request_and_takes_the_signature_that_is_pasted(signing: Desk) -> None:
    post = signing.submitted("The very words.")
    file = signing.config.data_folder / f"decision-{post}-carys.txt"
    async with interface(signing).run_test(size=SIZE, notifications=True) as pilot:
        await to_the_choice(pilot, post)
        await pilot.press("p")
        await shows(pilot, "Paste what is in the .sig file", file.name, "ssh-keygen -Y sign -n decision@purdah-scheduler")
        pilot.app.screen.query_one(TextArea).text = signed_by_carys(file)
        await pilot.press("ctrl+s")
        await shows(pilot, "your approval is recorded", "+ Cleared")
    assert [given.assurance for given in decisions(signing, post)] == [Assurance.SIGNED]
    assert not file.exists()


@pytest.mark.parametrize("key", ["n", "enter", "escape"])
async def test_any_other_key_decides_nothing(signing: Desk, key: str) -> None:
    post = signing.submitted("The very words.")
    async with interface(signing).run_test(size=SIZE) as pilot:
        await to_the_choice(pilot, post)
        await pilot.press(key)
        await shows(pilot, "If you approve now")
    assert not decisions(signing, post)


async def test_what_is_no_signature_is_refused_and_a_terminal_that_cannot_be_handed_over_is_said(signing: Desk) -> None:
    post = signing.submitted("The very words.")
    async with interface(signing).run_test(size=SIZE, notifications=True) as pilot:
        await to_the_choice(pilot, post)
        await pilot.press("s")
        await shows(pilot, "This terminal cannot be handed to ssh-keygen")
        await approve(pilot)
        await pilot.press("p")
        await shows(pilot, "Paste what is in the .sig file")
        pilot.app.screen.query_one(TextArea).text = "[/red] no signature"
        await pilot.press("ctrl+s")
        await shows(pilot, "This is no signature of OpenSSH")
    assert not decisions(signing, post)


async def test_how_surely_people_are_known_is_said_in_the_head_and_beside_decisions(desk: Desk) -> None:
    post = desk.cleared("The very words.")
    async with desk.app("carys").run_test(size=SIZE) as pilot:
        await shows(pilot, "carys (not verified)")
        await pilot.resize_terminal(80, 24)
        await shows(pilot, "carys (not verified)", "[1 Queue] 2  3")
        await pilot.resize_terminal(140, 36)
        await shows(pilot, "carys (recorded, not verified)")
        app = pilot.app
        assert isinstance(app, PurdahApp)
        app.open_post(post)
        await shows(pilot, "Recorded, not verified: one account cannot prove two people.")
