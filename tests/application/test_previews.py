"""A post as its readers see it is the same before it is saved and after, and leaves out nothing that will be sent."""

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from purdah_scheduler.application import previews, writing
from purdah_scheduler.application.writing import Attachment
from purdah_scheduler.domain.content import Card
from purdah_scheduler.domain.focus import Focus
from purdah_scheduler.domain.picture_size import Extent
from purdah_scheduler.errors import NotFound
from tests.application.desk import AGENCY, ANN, DEPARTMENT, Desk

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", 1200, 675)


@pytest.fixture
def wide(desk: Desk) -> Desk:
    """The department on Mastodon, where threads and warnings are, and its agency on the outbox."""
    house = replace(desk.office.house, accounts=(replace(DEPARTMENT, channel="mastodon"), AGENCY))
    return replace(desk, office=replace(desk.office, house=house))


def test_a_draft_looks_like_the_post_that_is_saved_of_it(wide: Desk) -> None:
    draft = wide.draft(
        "One https://www.gov.uk/bridges\n---\nTwo",
        accounts=("dept", "agency"),
        texts={"agency": "Of its own"},
        content_warning="Flooding",
        reply_to="110",
        lang="cy",
        attachments=(Attachment(data=PNG, type="image/png", alt="A bridge"),),
    )
    before = previews.draft_as_read(wide.office, draft)
    post = writing.new_post(wide.office, wide.act(ANN), draft)
    assert {entry.account: entry for entry in previews.post_as_read(wide.office, post)} == {e.account: e for e in before}
    dept, agency = before
    assert [(part.number, part.of, part.sight.shown) for part in dept.parts] == [(1, 2, "One gov.uk/bridges"), (2, 2, "Two")]
    assert (dept.content_warning, dept.reply_to, dept.lang, dept.is_folded) == ("Flooding", "110", "cy", True)
    assert [part.sight.shown for part in agency.parts] == ["Of its own"]
    [picture] = agency.pictures
    assert (picture.alt, picture.extent, picture.size) == ("A bridge", Extent(width=1200, height=675), len(PNG))


def test_a_warning_folds_nothing_on_a_network_that_has_none_and_is_told_as_a_problem(desk: Desk) -> None:
    house = replace(desk.office.house, accounts=(replace(DEPARTMENT, channel="x"),))
    [seen] = previews.draft_as_read(replace(desk.office, house=house), desk.draft(content_warning="Flooding"))
    assert not seen.is_folded
    assert [problem.code for problem in seen.problems] == ["content-warning-unsupported"]


def test_a_card_looks_before_it_is_saved_as_it_does_after_and_only_where_it_is_shown(wide: Desk) -> None:
    thumb = Attachment(data=PNG, type="image/png", alt="")
    bridge = replace(thumb, alt="A bridge", focus=Focus(x=50, y=-100))
    card = Card(address="https://www.gov.uk/bridges", title="Bridges", description="All of them")
    draft = wide.draft("One", accounts=("dept", "agency"), card=card, card_picture=thumb, attachments=(bridge,))
    before = previews.draft_as_read(wide.office, draft)
    post = writing.new_post(wide.office, wide.act(ANN), draft)
    after = previews.post_as_read(wide.office, post)
    assert {entry.account: entry for entry in after} == {entry.account: entry for entry in before}
    dept, agency = before
    assert dept.card is None
    assert [problem.code for problem in dept.problems] == ["card-not-shown"]
    assert [picture.focus for picture in dept.pictures] == [Focus(x=50, y=-100)]
    assert agency.card is not None
    assert (agency.card.title, agency.card.address, agency.card.description) == (card.title, card.address, card.description)
    assert agency.card.picture is not None
    assert (agency.card.picture.data, len(agency.pictures)) == (PNG, 1)
    with wide.office.store.read() as reader:
        content = reader.revision(post, 1).content
    edited = replace(draft, card=content.card, card_picture=None, keep_media=content.media, attachments=())
    assert {entry.account: entry for entry in previews.draft_as_read(wide.office, edited)} == {e.account: e for e in after}


def test_a_network_that_crops_around_no_focus_shows_none(desk: Desk) -> None:
    house = replace(desk.office.house, accounts=(replace(DEPARTMENT, channel="x"),))
    bridge = Attachment(data=PNG, type="image/png", alt="A bridge", focus=Focus(x=50, y=-100))
    [seen] = previews.draft_as_read(replace(desk.office, house=house), desk.draft(attachments=(bridge,)))
    assert [picture.focus for picture in seen.pictures] == [None]


def test_a_picture_that_is_gone_from_the_folder_is_still_described(desk: Desk) -> None:
    post = desk.write(attachments=(Attachment(data=PNG, type="image/png", alt="A bridge"),))
    for file in Path(desk.folder).rglob("*"):
        if file.is_file() and file.read_bytes() == PNG:
            file.unlink()
    [seen] = previews.post_as_read(desk.office, post)
    assert [(picture.alt, picture.extent, picture.data) for picture in seen.pictures] == [("A bridge", None, b"")]


def test_a_post_that_does_not_exist_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFound):
        previews.post_as_read(desk.office, 404)
