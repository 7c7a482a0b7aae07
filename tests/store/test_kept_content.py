"""A content is kept as the very text that is digested: what an earlier release kept reads and digests as it did then."""

import json

import pytest

from purdah_scheduler.domain.content import digest
from purdah_scheduler.errors import BadInput
from purdah_scheduler.store import rows
from purdah_scheduler.store.shown import searched
from tests.store.builders import rich_content

BEFORE_CARDS = (
    '{"accounts":[{"account":"dept-x","channel":"bluesky","content_warning":"","lang":"en","parts":["Clocks go back on Sunday."],'
    '"reply_to":"","visibility":"public"}],"area":"","category":"operational-service","marks":{"campaign":"","joint_uk":false,'
    '"names_politician":false,"partisan":false,"touches_referendum":false},"media":[{"alt":"A clock","bytes":3,"sha256":'
    '"abababababababababababababababababababababababababababababababab","type":"image/png"}],"nation":"UK","not_after":null,'
    '"not_before":null}'
)
DIGEST_THEN = "304f16c0a23743c043085d9290437ac34d8259b60e78c425ad4c81612fdb1363"


def test_what_was_kept_before_there_were_cards_and_focus_reads_and_digests_as_it_did() -> None:
    content = rows.content_of(BEFORE_CARDS)
    assert (content.card, content.media[0].focus) == (None, None)
    assert rows.content_text(content) == BEFORE_CARDS
    assert digest(content) == DIGEST_THEN


def test_a_card_and_a_focus_come_back_as_they_were() -> None:
    content = rich_content()
    assert content.card is not None
    assert content.media[0].focus is not None
    assert rows.content_of(rows.content_text(content)) == content


@pytest.mark.parametrize("focus", [[], [0], [0, 0, 0], [0, 101], ["a", 0], None, 7])
def test_a_damaged_focus_is_not_taken_for_none(focus: object) -> None:
    document = json.loads(BEFORE_CARDS)
    document["media"][0]["focus"] = focus
    with pytest.raises((ValueError, TypeError, BadInput)):
        rows.content_of(json.dumps(document))


@pytest.mark.parametrize("card", [{}, {"address": "a"}, [], "a", None])
def test_a_damaged_card_is_not_taken_for_none(card: object) -> None:
    document = json.loads(BEFORE_CARDS)
    document["card"] = card
    with pytest.raises((KeyError, TypeError)):
        rows.content_of(json.dumps(document))


def test_the_words_of_a_card_are_found() -> None:
    assert all(words in searched(rich_content()) for words in ("brechiad ffliw", "[/red]", "llyw.cymru/ffliw"))
