"""Which word is offered for one that is not known."""

import pytest

from purdah_scheduler.mistyped import meant, nearest


@pytest.mark.parametrize(
    ("word", "expected"),
    [("bodys", "bodies"), ("UK", "uk"), ("scotland", "Scotland"), ("SCOTLND", "Scotland"), ("zzz", ""), ("", "")],
)
def test_the_nearest_known_word_is_offered_as_it_is_written_or_none(word: str, expected: str) -> None:
    assert nearest(word, ("bodies", "nations", "uk", "Scotland")) == expected


def test_of_no_words_none_is_near() -> None:
    assert nearest("a", ()) == ""


@pytest.mark.parametrize(("likeness", "expected"), [(0.5, "ab"), (0.51, "")])
def test_likeness_is_the_least_that_counts(likeness: float, expected: str) -> None:
    assert nearest("ax", ("ab",), likeness=likeness) == expected


@pytest.mark.parametrize(("word", "expected"), [("bodys", "Did you mean bodies? "), ("zzz", "")])
def test_the_question_is_ready_to_stand_before_a_sentence(word: str, expected: str) -> None:
    assert meant(word, ("bodies", "nations")) == expected
