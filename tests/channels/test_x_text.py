"""X's rules for a text, counted without X."""

import subprocess
import sys
from typing import Any

import pytest

from purdah_scheduler.channels import x_text
from purdah_scheduler.domain.content import Media


def codes(text: str, *media: Media) -> list[str]:
    return [problem.code for problem in x_text.problems(text, media)]


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("", 0),
        ("plain", 5),
        ("caf\u00e9", 4),
        ("cafe\u0301", 4),
        ("日本", 4),
        ("\U0001f637", 2),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 2),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f", 2),
        ("gov.uk", 23),
        ("https://www.gov.uk/" + "a" * 200, 23),
        ("See https://www.gov.uk/a and gov.uk.", 56),
        ("a\r\nb", 3),
        ("a\rb", 3),
        ("\u2018quoted\u2019", 8),
    ],
)
def test_the_weighted_length_is_xs(text: str, used: int) -> None:
    assert x_text.count(text) == used


def test_280_fit_and_281_are_one_over() -> None:
    assert codes("a" * 280) == []
    (problem,) = x_text.problems("a" * 281, ())
    assert problem.blocking
    assert "1 over X's limit of 280 (281 used" in problem.message
    assert codes("日" * 140) == []
    assert codes("日" * 141) == ["too-long"]


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_an_empty_text_is_blocked(text: str) -> None:
    assert codes(text) == ["empty"]


@pytest.mark.parametrize(
    ("text", "blocked"),
    [
        ("$BP.L only", False),
        ("$BP.L and $VOD", True),
        ("$A\n$B", True),
        ("Costs $30 or $40 or US$A", False),
        ("$TOOLONGNAME $OTHERLONG", False),
        ("$VOD, $BT.", True),
    ],
)
def test_one_cashtag_is_taken_and_two_are_blocked(text: str, blocked: bool) -> None:
    assert ("too-many-cashtags" in codes(text)) is blocked


@pytest.mark.parametrize(
    ("text", "hinted"),
    [
        ("#one #two", False),
        ("#one #two #three", True),
        ("#one#two #3 #4 #5", False),
        ("https://a.gov.uk/#a https://a.gov.uk/#b https://a.gov.uk/#c", False),
        ("\uff03un #dau #tri", True),
    ],
)
def test_more_than_two_hashtags_are_a_hint_that_does_not_block(text: str, hinted: bool) -> None:
    found = [problem for problem in x_text.problems(text, ()) if problem.code == "many-hashtags"]
    assert bool(found) is hinted
    assert not any(problem.blocking for problem in found)


@pytest.mark.parametrize("char", ["\ufeff", "\ufffe", "\uffff"])
def test_a_character_that_x_never_takes_is_blocked_with_its_place(char: str) -> None:
    (problem,) = x_text.problems(f"ab{char}c", ())
    assert (problem.code, problem.position, problem.blocking) == ("invalid-character", 2, True)


def picture(**changes: Any) -> Media:
    return Media(**{"sha256": "0" * 64, "size": 1, "type": "image/png", "alt": "A lamp", **changes})


@pytest.mark.parametrize(
    ("media", "said"),
    [
        ((picture(),) * 4, ""),
        ((picture(),) * 5, "X takes 4 attachments; this post has 5."),
        ((picture(), picture(type="image/gif")), "Attachment 2 is of the type image/gif; X takes JPEG, PNG, WEBP."),
        ((picture(size=5_000_000),), ""),
        ((picture(size=5_000_001),), "Attachment 1 has 5,000,001 bytes; X takes 5,000,000."),
        ((picture(alt="a" * 1_000),), ""),
        ((picture(), picture(alt="a" * 1_001)), "The description of attachment 2 has 1,001 characters; 1,000 fit."),
    ],
)
def test_pictures_are_told_by_their_number_where_x_does_not_take_them(media: tuple[Media, ...], said: str) -> None:
    assert " ".join(problem.message for problem in x_text.problems("text", media)) == said


def test_every_problem_is_told_at_once() -> None:
    text = "$A $B #one #two #three \ufeff" + "a" * 280
    assert codes(text, picture(type="image/gif")) == [
        "too-long",
        "invalid-character",
        "too-many-cashtags",
        "media-type",
        "many-hashtags",
    ]


def test_counting_works_where_setuptools_is_missing_and_leaves_no_stand_in() -> None:
    program = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("pkg_resources", "setuptools"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
from purdah_scheduler.channels import x_text
assert x_text.count("gov.uk \\U0001f637") == 26
assert "pkg_resources" not in sys.modules
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)
