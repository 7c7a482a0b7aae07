"""Channels that people post on: their limits, and that nothing is ever sent to them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from purdah_scheduler.application.answers import ByHand, OutcomeUnknown, Rejected
from purdah_scheduler.channels import catalogue, manual_text
from purdah_scheduler.domain.content import Media, Outgoing, Problem
from purdah_scheduler.domain.people import Account, by_hand


def problems(channel: str, text: str, *media: Media, **settings: str) -> tuple[Problem, ...]:
    """What the catalogue says of a post."""
    return catalogue.problems_of(channel, Outgoing(key="", account="dept", text=text, media=media, **settings))  # type: ignore[arg-type]  # by name


def test_the_catalogue_names_every_place_and_the_rules_know_it_by_its_name() -> None:
    assert tuple(manual_text.PLACES) == catalogue.BY_HAND
    assert all(by_hand(name) for name in catalogue.BY_HAND)
    assert not any(by_hand(name) for name in catalogue.channel_names() if name not in catalogue.BY_HAND)


@pytest.mark.parametrize(
    ("channel", "length"), [("manual-linkedin", 3_000), ("manual-threads", 500), ("manual-facebook", 63_206), ("manual", 10_000)]
)
def test_the_longest_text_is_taken_and_one_character_more_is_not(channel: str, length: int) -> None:
    assert problems(channel, "é" * length) == ()
    [problem] = problems(channel, "é" * (length + 1))
    assert (problem.code, problem.blocking) == ("too-long", True)


def test_threads_counts_an_emoji_by_its_bytes_and_a_letter_as_one() -> None:
    assert catalogue.count("manual-threads", "é😀") == (5, 500, "characters")
    assert catalogue.count("manual-linkedin", "é😀\r\n") == (3, 3_000, "characters")


def test_pictures_have_bounds() -> None:
    def picture(**changes: object) -> Media:
        return Media(**{"sha256": "ab" * 32, "size": 10, "type": "image/png", "alt": "A bridge", **changes})  # type: ignore[arg-type]  # by name

    def codes(*media: Media) -> list[str]:
        return [problem.code for problem in problems("manual", "Words", *media)]

    assert codes(*[picture()] * 10) == []
    assert codes(*[picture()] * 11) == ["too-many-media"]
    assert codes(picture(size=8_000_000, alt="x" * 1_000)) == []
    assert codes(picture(size=8_000_001, alt="x" * 1_001)) == ["media-too-large", "alt-too-long"]


@pytest.mark.parametrize("channel", ["manual-facebook", "manual-linkedin", "manual-threads"])
def test_a_place_without_content_warnings_says_so_before_a_person_is_handed_the_words(channel: str) -> None:
    found = problems(channel, "Words", content_warning="Flooding", visibility="private")
    assert [problem.code for problem in found] == ["visibility-unsupported", "content-warning-unsupported"]
    assert problems("manual", "Words", content_warning="Flooding", visibility="private") == ()


def test_nothing_is_sent_looked_up_or_deleted(tmp_path: Path, make_account: Callable[..., Account], post: Outgoing) -> None:
    channel = catalogue.open_channel(make_account(channel="manual-linkedin"), data_dir=tmp_path, credentials_dir=None)
    assert channel.check_account().ok
    with pytest.raises(ByHand):
        channel.stage(post, {})
    with pytest.raises(Rejected):
        channel.commit(post, {})
    with pytest.raises(OutcomeUnknown):
        channel.find_published(post, {})
    with pytest.raises(OutcomeUnknown):
        channel.delete("7")
