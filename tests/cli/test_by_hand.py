"""`post by-hand` on the command line: the daemon tells, the officer takes the words, posts, and records the address."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import houses
from tests.cli.conftest import Desk

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060f80f0001040100b5d5b1c40000"
    "000049454e44ae426082"
)
WORDS = "The bridge opens on Monday.\n\nMore on our pages."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A house whose first account is posted on by hand."""
    house = houses.build(tmp_path / "house", accounts=("page", "outbox"))
    yield Desk(house)
    house.office.store.close()


def due(desk: Desk, *more: str) -> str:
    """A cleared post whose time has come, as a daemon leaves it; its number."""
    made = desk.new(WORDS, *more)
    number = str(made["post"])
    desk.ok("post", "submit", number, by="asha")
    desk.ok("post", "decide", number, "--stage", "approval", "--approve", "--digest", made["digest"], by="bede")
    desk.ok("post", "schedule", number, "--at", "now", by="asha")
    program = [sys.executable, "-m", "purdah_scheduler", "--config", str(desk.path), "daemon", "--once"]
    ran = subprocess.run(program, capture_output=True, check=False, text=True, timeout=120)
    assert ran.returncode == 2, ran
    assert f"post by-hand {number} --account page" in ran.stderr
    return number


def test_from_the_daemons_word_to_the_address_on_record(desk: Desk) -> None:
    number = due(desk)
    [account] = desk.shown(int(number))["accounts"]
    assert (account["state"], account["reason_code"]) == ("held", "post-by-hand")
    assert f"post by-hand {number} --account page" in desk.ok("post", "show", number).out

    given = desk.ok("post", "by-hand", number, by="dougal")
    assert given.out == WORDS + "\n"
    assert "Post exactly this on page (manual-linkedin) now" in given.err
    assert f"post resolve {number} --account page --published URL" in given.err

    again = desk.ok("post", "by-hand", number, "--json", by="dougal").object
    assert (again["text"], again["account"], again["state"], again["pictures"]) == (WORDS, "page", "unknown", [])

    address = "https://www.linkedin.com/feed/update/urn:li:share:7"
    desk.ok("post", "resolve", number, "--account", "page", "--published", address, by="dougal")
    [account] = desk.shown(int(number))["accounts"]
    assert (account["state"], account["remote_url"]) == ("published", address)
    assert desk.ok("audit", "verify", "--json").object["ok"] is True


def test_pictures_are_written_in_their_order_with_their_descriptions(desk: Desk, tmp_path: Path) -> None:
    picture = tmp_path / "bridge.png"
    picture.write_bytes(PNG)
    card = ("--card", "https://www.gov.uk/bridges", "--card-title", "Bridges", "--card-picture", str(picture))
    number = due(desk, "--media", str(picture), "--alt", "The bridge at dawn", *card)
    folder = tmp_path / "out"
    given = desk.ok("post", "by-hand", number, "--pictures", str(folder), by="dougal")
    assert (folder / "1.png").read_bytes() == (folder / "card.png").read_bytes() == PNG
    assert f"Picture 1 ({folder / '1.png'}), described as: The bridge at dawn" in given.err
    assert f"Card, where the place lets you give one ({folder / 'card.png'}): Bridges https://www.gov.uk/bridges" in given.err
    taken = desk.ok("post", "by-hand", number, "--json", by="dougal").object
    assert (taken["card"]["title"], taken["card"]["picture"]["bytes"]) == ("Bridges", len(PNG))


def test_a_folder_that_cannot_be_used_leaves_the_words_untaken(desk: Desk, tmp_path: Path) -> None:
    number = due(desk)
    file = tmp_path / "file"
    file.touch()
    ran = desk("post", "by-hand", number, "--pictures", str(file / "within"), by="dougal")
    assert ran.code == 64
    assert "nothing was done" in ran.err
    assert desk.shown(int(number))["accounts"][0]["state"] == "held"


def test_what_is_not_to_be_posted_by_hand_is_not_given(desk: Desk) -> None:
    number = str(desk.cleared())
    ran = desk("post", "by-hand", number, by="dougal")
    assert (ran.code, ran.out) == (1, "")
    assert "Nothing of post" in ran.err
