"""The card of a link and the focus of a picture on the command line: given, shown, changed alone, taken off, cleared anew."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Desk

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
CARD = ("--card", "https://www.gov.uk/floods", "--card-title", "Floods", "--card-description", "Are you at risk?")


@pytest.fixture
def picture(desk: Desk) -> Path:
    path = desk.path.parent / "bridge.png"
    path.write_bytes(PNG)
    return path


def edit(desk: Desk, post: int, *options: str) -> dict[str, Any]:
    desk.ok("post", "edit", str(post), *options, by="asha")
    return desk.shown(post)


def test_a_card_is_shown_with_everything_that_it_says(desk: Desk, picture: Path) -> None:
    made = desk.new("Words", *CARD, "--card-picture", str(picture))
    card = desk.shown(made["post"])["card"]
    assert (card["address"], card["title"], card["description"]) == ("https://www.gov.uk/floods", "Floods", "Are you at risk?")
    assert (card["picture"]["bytes"], card["picture"]["type"]) == (len(PNG), "image/png")
    said = desk.ok("post", "show", str(made["post"])).out
    assert "Card\n  Address      https://www.gov.uk/floods\n  Title        Floods\n  Description  Are you at risk?\n" in said
    assert "  Picture      image/png, 48 bytes, " in said


def test_what_is_named_alone_changes_and_each_change_needs_a_new_clearance(desk: Desk, picture: Path) -> None:
    post = desk.cleared(*CARD, "--card-picture", str(picture))
    before = desk.shown(post)
    assert before["state"] == "cleared"
    after = edit(desk, post, "--card-title", "Flood risk")
    assert after["card"] == {**before["card"], "title": "Flood risk"}
    assert (after["state"], after["digest"] == before["digest"]) == ("draft", False)
    assert edit(desk, post, "--card-description", "")["card"] == {**before["card"], "title": "Flood risk", "description": ""}
    assert edit(desk, post, "--no-card", "--card", "https://gov.uk", "--card-title", "New")["card"] == {
        "address": "https://gov.uk",
        "title": "New",
        "description": "",
        "picture": None,
    }
    assert edit(desk, post, "--text", "Other words")["card"] is not None
    pictured = edit(desk, post, "--card-picture", str(picture))["card"]
    assert pictured["picture"] is not None
    assert edit(desk, post, "--no-card-picture")["card"] == {**pictured, "picture": None}
    assert edit(desk, post, "--no-card")["card"] is None


def test_a_difference_names_the_card_and_the_focus(desk: Desk, picture: Path) -> None:
    made = desk.new("Words", *CARD, "--media", str(picture), "--alt", "A bridge", "--focus", "1=0.2,0.2")
    edit(desk, made["post"], "--card-title", "Flood risk", "--focus", "1=-1,1")
    found = desk.ok("post", "diff", str(made["post"]), "--from", "1", "--json").object["changes"]
    assert [change["what"] for change in found] == ["focus", "card"]
    assert (found[0]["from"], found[0]["to"], found[0]["number"]) == ("0.2,0.2", "-1,1", 1)
    said = desk.ok("post", "diff", str(made["post"]), "--from", "1").out
    assert "title: [-Floods-]{+Flood risk+}" in said
    assert "Focus of file 1" in said


def test_an_export_has_both_to_the_letter(desk: Desk, picture: Path) -> None:
    image = ("--media", str(picture), "--alt", "A bridge", "--focus", "1=0.2,-0.5")
    desk.new("Words", *CARD, "--card-picture", str(picture), *image)
    page = desk.ok("audit", "export", "--format", "html").out
    assert "card: Floods. Are you at risk? https://www.gov.uk/floods (image/png, 48 bytes)" in page
    assert "image/png, 48 bytes: A bridge (focus 0.2,-0.5)" in page
    lines = desk.ok("audit", "export", "--format", "jsonl").out
    assert '\\"focus\\":[20,-50]' in lines
    assert '\\"title\\":\\"Floods\\"' in lines


def test_the_words_of_a_card_are_found_by_a_search(desk: Desk) -> None:
    made = desk.new("Words", *CARD)
    desk.new("Other words")
    assert [row["post"] for row in desk.ok("post", "list", "--words", "at RISK", "--json").objects] == [made["post"]]


def test_a_focus_is_given_by_the_number_of_the_image_as_it_will_be(desk: Desk, picture: Path) -> None:
    image = ("--media", str(picture), "--alt", "A bridge")
    made = desk.new("Words", *image, *image, "--focus", "2=0.5,-0.25")
    assert [medium["focus"] for medium in desk.shown(made["post"])["media"]] == [None, "0.5,-0.25"]
    after = edit(desk, made["post"], "--drop-media", "1", *image, "--focus", "2=0,0")
    assert [medium["focus"] for medium in after["media"]] == ["0.5,-0.25", "0,0"]
    assert [medium["focus"] for medium in edit(desk, made["post"], "--focus", "1=none")["media"]] == [None, "0,0"]
    assert "focus 0,0: A bridge" in desk.ok("post", "show", str(made["post"])).out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--card-title", "Floods"), "The card has no address"),
        (("--card", "https://gov.uk", "--card-title", "a\nb"), "The card's title has a second line at position 3"),
        (("--card", "https://gov.uk", "--card-title", "a\u202eb"), "Of the card's title:"),
        (("--card", "https://gov.uk", "--card-picture", "nowhere.png"), "There is no file nowhere.png"),
        (("--focus", "1=0,0"), "would have 0 images and no number 1"),
        (("--focus", "0,0"), "not of the form N=X,Y"),
    ],
)
def test_what_cannot_be_a_card_or_a_focus_saves_nothing(desk: Desk, options: tuple[str, ...], said: str) -> None:
    ran = desk("post", "new", "--account", "outbox", "--category", "announcement", "--text", "Words", *options, by="asha")
    assert (ran.code, said in ran.err) == (64, True), ran.err
    assert desk.ok("post", "list", "--json").out == ""


def test_a_focus_outside_the_picture_is_refused(desk: Desk, picture: Path) -> None:
    options = ("--media", str(picture), "--alt", "A bridge", "--focus", "1=2,0")
    ran = desk("post", "new", "--account", "outbox", "--category", "announcement", "--text", "Words", *options, by="asha")
    assert (ran.code, "outside the picture" in ran.err) == (64, True)


def test_a_post_whose_card_has_lost_its_picture_is_not_sent(desk: Desk, picture: Path) -> None:
    post = desk.cleared(*CARD, "--card-picture", str(picture))
    desk.ok("post", "schedule", str(post), "--at", "now", by="asha")
    for file in (desk.house.config.data_folder / "media").rglob("*"):
        if file.is_file():
            file.chmod(0o600)
            file.write_bytes(b"another")
    desk("daemon", "--once")
    (account,) = desk.shown(post)["accounts"]
    assert (account["state"], account["reason_code"]) == ("held", "content-changed")
    assert "was changed after it was attached" in " ".join(desk("doctor", "--thorough").out.split())
