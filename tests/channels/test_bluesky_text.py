"""What Bluesky takes and makes of a text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.channels import bluesky_text
from purdah_scheduler.domain.content import Media

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


def picture(**changes: Any) -> Media:
    return Media(**{"sha256": "0" * 64, "size": 10, "type": "image/png", "alt": "A lamp", **changes})


@pytest.mark.parametrize(("text", "used"), [("abc", 3), (FAMILY, 1), (WALES * 2, 2), ("e\u0301", 1), ("a\nb", 3), ("", 0)])
def test_a_character_is_what_people_see_as_one(text: str, used: int) -> None:
    assert bluesky_text.count(text) == used


def test_a_text_over_the_limit_is_told_with_the_place_where_it_ends() -> None:
    (problem,) = bluesky_text.problems(FAMILY + "a" * 300, ())
    assert (problem.code, problem.position) == ("too-long", len(FAMILY) + 299)
    assert "1 over" in problem.message


def test_a_text_within_its_characters_can_have_too_many_bytes() -> None:
    assert [problem.code for problem in bluesky_text.problems(WALES * 120, ())] == ["too-many-bytes"]
    assert bluesky_text.problems(FAMILY * 160, ()) == ()


@pytest.mark.parametrize(
    ("media", "codes"),
    [
        ([picture()] * 4, []),
        ([picture()] * 5, ["too-many-media"]),
        ([picture(size=2_000_000)], []),
        ([picture(), picture(size=2_000_001)], ["media-too-large"]),
        ([picture(type="image/tiff")], ["media-type"]),
        ([picture(alt="a" * 2_001)], ["alt-too-long"]),
    ],
)
def test_pictures_are_checked_one_by_one(media: list[Media], codes: list[str]) -> None:
    problems = bluesky_text.problems("Look", media)
    assert [problem.code for problem in problems] == codes
    if codes == ["media-too-large"]:
        assert problems[0].message == "Attachment 2 has 2,000,001 bytes; Bluesky takes 2,000,000."


def test_a_mention_is_a_hint_and_blocks_nothing() -> None:
    (problem,) = bluesky_text.problems("Ask @lights.gov.uk today", ())
    assert (problem.code, problem.blocking, problem.position) == ("mention-not-linked", False, 4)


def test_links_and_tags_are_ranges_of_bytes() -> None:
    text = f"{WALES} Ŵyl: (gov.uk/a_(b)) #Dewi"
    made = bluesky_text.facets(text, {})
    pieces = [
        (text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(), facet["features"][0]) for facet in made
    ]
    assert pieces == [
        ("gov.uk/a_(b)", {"$type": "app.bsky.richtext.facet#link", "uri": "https://gov.uk/a_(b)"}),
        ("#Dewi", {"$type": "app.bsky.richtext.facet#tag", "tag": "Dewi"}),
    ]


@pytest.mark.parametrize("text", ["See gov.uk/#tides", "number #12", "a#b", "#" + "a" * 65])
def test_what_is_no_tag_is_left_alone(text: str) -> None:
    assert not [facet for facet in bluesky_text.facets(text, {}) if facet["features"][0]["$type"].endswith("#tag")]


def test_a_mention_is_a_link_only_where_its_owner_is_known() -> None:
    text = "By @Dept.example.test with @other.example.test"
    (facet,) = bluesky_text.facets(text, {"dept.example.test": "did:plc:a"})
    assert facet == {
        "index": {"byteStart": 3, "byteEnd": 21},
        "features": [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:a"}],
    }


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("#@./:()ŵ \n"), max_size=60))
def test_no_range_lies_beside_the_text_or_over_another(text: str) -> None:
    end = 0
    for facet in bluesky_text.facets(f"{text} gov.uk #a", {}):
        start = facet["index"]["byteStart"]
        assert end <= start < facet["index"]["byteEnd"] <= len(f"{text} gov.uk #a".encode())
        end = facet["index"]["byteEnd"]
