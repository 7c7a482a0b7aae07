"""Comments: on the record, told to those they are for, and without any effect on the post."""

import pytest

from purdah_scheduler.application import commenting, noticing, views
from purdah_scheduler.application.commenting import LONGEST
from purdah_scheduler.domain.notices import NoticeKind
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.errors import BadInput, BadText, NotAllowed, NotFound
from tests.application.desk import ANN, BOB, VIC, Desk
from tests.application.test_notices import with_rules

HOSTILE = "Is [/red] the “second” date right?\nI doubt it."


def test_a_comment_is_on_the_record_with_its_words_in_the_personal_part_and_changes_nothing_else(desk: Desk) -> None:
    post = desk.cleared()
    before = views.post_view(desk.office, post)
    commenting.comment(desk.office, desk.act(ANN), post, words=HOSTILE, to=("bob", "pat", "bob"))
    after = views.post_view(desk.office, post)
    (found,) = commenting.comments_in(after.history)
    assert (found.person, found.words, found.to, found.revision) == ("ann", HOSTILE, ("bob", "pat"), 1)
    assert (after.digest, after.post, after.standing) == (before.digest, before.post, before.standing)
    assert after.post.state is PostState.CLEARED
    assert "date" not in after.history[-1].public
    assert "bob" not in after.history[-1].public


def test_it_is_told_to_those_it_is_for_and_to_nobody_else(desk: Desk) -> None:
    with_rules(desk)
    post = desk.write()
    commenting.comment(desk.office, desk.act(BOB), post, words="For nobody in particular.")
    commenting.comment(desk.office, desk.act(BOB), post, words="For you.", to=("ann",))
    noticing.gather(desk.office)
    with desk.office.store.notices() as reader:
        told = [notice for notice in reader.notices(limit=10) if notice.kind is NoticeKind.COMMENT]
    assert [(notice.people, [item.post for item in notice.items]) for notice in told] == [(("ann",), [post])]


@pytest.mark.parametrize("words", ["", "  \n ", "x" * (LONGEST + 1)])
def test_no_words_and_too_many_are_refused(desk: Desk, words: str) -> None:
    with pytest.raises(BadInput, match="nothing was said"):
        commenting.comment(desk.office, desk.act(ANN), desk.write(), words=words)


def test_a_viewer_an_unknown_person_an_unknown_post_and_hidden_characters_are_refused(desk: Desk) -> None:
    post = desk.write()
    with pytest.raises(NotAllowed):
        commenting.comment(desk.office, desk.act(VIC), post, words="Hello.")
    with pytest.raises(NotFound, match="bobb"):
        commenting.comment(desk.office, desk.act(ANN), post, words="Hello.", to=("bobb",))
    with pytest.raises(NotFound):
        commenting.comment(desk.office, desk.act(ANN), post + 1, words="Hello.")
    with pytest.raises(BadText):
        commenting.comment(desk.office, desk.act(ANN), post, words="\x1b[2J")
    assert commenting.comments_in(views.post_view(desk.office, post).history) == ()
