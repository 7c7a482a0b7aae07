"""What is hard to read or to listen to is told with its number, and what is easy is left alone."""

import pytest

from purdah_scheduler.domain.readability import SOURCE, hints

PLAIN = "Harbour lights at Northby are out tonight. Take care. https://www.gov.uk/lights #NorthbyLights"


def codes(text: str, descriptions: tuple[str, ...] = ()) -> list[str]:
    """The codes of the hints."""
    return [hint.code for hint in hints(text, descriptions)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        PLAIN,
        "Tide tables: tomorrow.\n\nhttps://www.gov.uk/tides\n#Tides #NHS",
        "Mae'r goleuadau wedi diffodd heno. \U0001f6a8",
        "The M25 and the A1 are closed. NHS staff may pass.",
        " ".join(["word"] * 25) + ".",
    ],
)
def test_what_is_easy_to_read_gets_no_hint(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (" ".join(["word"] * 26) + ". Short.", "long-sentence", "26 words (“word word word word …”): up to 25"),
        ("Words. #One #Two #Three", "many-hashtags", "3 hashtags: at most 2"),
        ("The #Tides are high.", "hashtag-in-text", "#Tides stands among the words"),
        ("High water. #floodwarning", "hashtag-case", "#floodwarning is in small letters"),
        ("High water. #FLOODWARNING", "hashtag-case", "#FLOODWARNING is in capitals"),
        ("Lights. \U0001f6a8\U0001f30a\U0001f6df\u26f5", "many-emoji", "4 emoji"),
        ("Lights. \U0001f6a8 \U0001f6a8", "repeated-emoji", "stands 2 times"),
        ("\U0001f6a8\U0001f30a", "emoji-alone", "emoji alone"),
        ("Take the \u26f5 to Northby.", "emoji-in-sentence", "\u26f5 stands inside a sentence"),
        ("See https://a.uk/1 and https://a.uk/2 today.", "many-links", "2 links"),
        ("https://www.gov.uk/lights", "link-alone", "a link alone"),
        ("For tides click here: https://www.gov.uk/t", "vague-link", "“click here” does not say"),
        ("FLOOD WARNING for the quay.", "capitals", "“FLOOD WARNING” is in capitals"),
        ("\U0001d5d9\U0001d5f9\U0001d5fc\U0001d5fc\U0001d5f1 today.", "letter-symbols", "made of symbols"),
    ],
)
def test_what_is_hard_is_named_with_its_number(text: str, code: str, words: str) -> None:
    found = {hint.code: hint for hint in hints(text)}
    assert words in found[code].message
    assert not found[code].blocking


def test_a_picture_wants_words_and_not_the_name_of_its_file() -> None:
    assert codes(PLAIN, ("A lamp on a pier",)) == []
    assert codes(PLAIN, ("", "IMG_0042.jpeg")) == ["no-alt-text", "file-name-as-alt"]


@pytest.mark.parametrize(
    "emoji",
    [
        "\U0001f469\u200d\U0001f469\u200d\U0001f467",
        "\U0001f44d\U0001f3fd",
        "\u26a0\ufe0f",
        "1\ufe0f\u20e3",
        "\U0001f1ec\U0001f1e7",
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    ],
)
def test_an_emoji_of_several_characters_is_one(emoji: str) -> None:
    assert codes(f"Three of them. {emoji}\U0001f30a\u26f5") == []


def test_the_numbers_have_a_source() -> None:
    assert SOURCE.startswith("https://gcs.civilservice.gov.uk/")
