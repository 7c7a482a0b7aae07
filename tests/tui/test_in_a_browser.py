"""The interface in a second terminal that shares no code with the first: xterm.js in Chromium, behind textual-serve."""

import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from purdah_scheduler.demo.department import OFFICER
from purdah_scheduler.demo.folder import make_folder
from purdah_scheduler.demo.run import prepare
from tests.servers.hosting import answers, free_port, process, wait_until
from tests.tui.browser import Browser, browsing, colours, installed, is_ours
from tests.tui.terminal import ROOT

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Browser]:
    """The demonstration's queue, on a page of 1400 by 900 pixels."""
    chromium = installed()
    if chromium is None:
        pytest.skip("no Chromium is installed on this machine")
    config = make_folder(tmp_path / "demo")
    prepare(config)
    port = free_port()
    command = [sys.executable, "-m", "tests.tui.served", str(config), OFFICER, str(port)]
    address = f"http://127.0.0.1:{port}/"
    with process(command, folder=tmp_path, working_in=ROOT) as server:
        wait_until(lambda: answers(address), server="textual-serve", running=server)
        with browsing(chromium, tmp_path) as browser:
            browser.resize(1400, 900)
            browser.tell("Page.navigate", url=address)
            yield browser


def test_it_is_drawn_answers_keys_changes_its_layout_and_asks_nobody(page: Browser) -> None:
    """Everything in one page, for it takes seconds to come up."""
    page.shows("[1 Queue]", "Help")
    wide = page.screen.columns
    assert wide >= 100
    page.until(lambda: len(page.pixels()) > 20, "a picture with more than a few colours")

    # Before the click the page is not in focus, and a terminal in it hears no keys.
    page.click(300, 300)
    page.press("4")
    page.shows("[4 Calendar]")
    page.press("1")
    page.shows("[1 Queue]")

    page.resize(700, 600)
    page.until(lambda: page.screen.columns < 100, "a size that is sent to the interface")
    page.shows("1 Queue", "Help")
    page.until(lambda: not any("│" in line for line in page.screen.display[5:12]), "the post under the list, not beside it")
    page.resize(1400, 900)
    page.until(lambda: page.screen.columns == wide, "the first size again")
    page.shows("[1 Queue]", "│")

    assert page.asked
    assert [address for address in page.asked if not is_ours(address)] == []


def test_a_picture_of_one_colour_is_known_for_what_it_is() -> None:
    """The two pixels of a PNG, each filtered as its line says."""
    picture = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000208020000006fe8e5af")
    assert colours(picture + _chunk(b"IDAT", bytes([0, 1, 2, 3, 2, 0, 0, 0]))) == {b"\x01\x02\x03"}
    assert colours(picture + _chunk(b"IDAT", bytes([0, 1, 2, 3, 2, 1, 0, 0]))) == {b"\x01\x02\x03", b"\x02\x02\x03"}


def _chunk(kind: bytes, data: bytes) -> bytes:
    packed = zlib.compress(data)
    return len(packed).to_bytes(4) + kind + packed + bytes(4)
