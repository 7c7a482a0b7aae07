"""Writing keeps what was typed, tells what is wrong, and an edit takes every clearance away."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import lapsing, scheduling, views, writing
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import DeliveryState, PostState
from purdah_scheduler.errors import BadInput, BadText, NotAllowed, NotFound, StaleDigest, WrongState
from tests.application.desk import ALF, ANN, MONDAY, VIC, Desk, election


def test_a_new_post_is_a_draft_with_its_text_and_author(desk: Desk) -> None:
    view = views.post_view(desk.office, desk.write("Siân\r\nopens"))
    assert view.post.state is PostState.DRAFT
    assert view.accounts[0].text == "Siân\nopens"
    assert view.revision.author == "ann"
    assert view.post.title == "Siân"


def test_a_viewer_may_not_write(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="role author"):
        writing.new_post(desk.office, desk.act(VIC), desk.draft())


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"category": "anouncement"}, BadInput, "no category"),
        ({"nation": "France"}, BadInput, "no nation"),
        ({"accounts": ("nobody",)}, NotFound, "no account"),
        ({"accounts": ()}, BadInput, "no account"),
        ({"texts": {"agency": "Other"}}, BadInput, "not an account of this post"),
        ({"text": "a\x1b[2Jb"}, BadText, "position 2"),
        ({"title": "a\u202eb"}, BadText, "position 2"),
        ({"notes": "a\x1bb"}, BadText, "position 2"),
        ({"marks": Marks(campaign="c" * 201)}, BadInput, "longer than 200"),
        ({"not_before": MONDAY, "not_after": MONDAY}, BadInput, "closes before it opens"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_saved(
    desk: Desk, changes: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        writing.new_post(desk.office, desk.act(ANN), replace(desk.draft(), **changes))  # type: ignore[arg-type]  # by name
    with desk.office.store.read() as reader:
        assert reader.counts() == {}


def test_each_account_may_have_words_of_its_own(desk: Desk) -> None:
    post = desk.write(accounts=("dept", "agency"), texts={"agency": "For the agency."})
    texts = {view.account: view.text for view in views.post_view(desk.office, post).accounts}
    assert texts == {"dept": "Phone lines open at 8am.", "agency": "For the agency."}


def test_an_edit_makes_a_revision_and_drops_clearance(desk: Desk) -> None:
    post = desk.cleared()
    assert [decision.person for decision in lapsing.lapsing(desk.office, post, editor="alf").clearances] == ["bob"]
    assert writing.revise(desk.office, desk.act(ALF), post, desk.draft("New words."), seen_revision=1) == 2
    view = views.post_view(desk.office, post)
    assert view.post.state is PostState.DRAFT
    assert [missing.stage for missing in view.standing.missing] == ["press"]
    assert view.decisions[0].counts is False
    assert view.decisions[0].why_not == "the text changed since revision 1"


def test_going_back_to_the_old_words_does_not_bring_the_clearance_back(desk: Desk) -> None:
    post = desk.cleared()
    writing.revise(desk.office, desk.act(ANN), post, desk.draft("New words."))
    writing.revise(desk.office, desk.act(ANN), post, desk.draft())
    assert not views.post_view(desk.office, post).standing.complete


def test_title_notes_and_planned_time_keep_clearance(desk: Desk) -> None:
    post = desk.cleared()
    changed = desk.draft(title="Lines", notes="Agreed", planned_at=MONDAY + timedelta(hours=3))
    assert writing.revise(desk.office, desk.act(ALF), post, changed) == 1
    view = views.post_view(desk.office, post)
    assert (view.post.title, view.post.state) == ("Lines", PostState.CLEARED)
    assert view.authors == {"ann"}


def test_relabelling_the_category_drops_clearance(desk: Desk) -> None:
    post = desk.cleared()
    writing.revise(desk.office, desk.act(ANN), post, desk.draft(category="announcement"))
    assert desk.state(post) is PostState.DRAFT


def test_nobody_overwrites_what_a_colleague_saved_meanwhile(desk: Desk) -> None:
    post = desk.write()
    writing.revise(desk.office, desk.act(ALF), post, desk.draft("Alf's words."), seen_revision=1)
    with pytest.raises(StaleDigest, match="alf saved revision 2"):
        writing.revise(desk.office, desk.act(ANN), post, desk.draft("Ann's words."), seen_revision=1)
    assert views.post_view(desk.office, post).accounts[0].text == "Alf's words."


def test_an_edit_takes_a_queued_post_out_of_the_queue(desk: Desk) -> None:
    post = desk.queued(MONDAY + timedelta(hours=1))
    writing.revise(desk.office, desk.act(ANN), post, desk.draft("New words."))
    assert desk.delivery(post).state is DeliveryState.CANCELLED
    with desk.office.store.read() as reader:
        assert reader.next_due_at() is None


def test_a_post_that_is_too_long_is_saved_but_not_submitted(desk: Desk) -> None:
    post = desk.write("x" * 501)
    with pytest.raises(BadInput, match="was not submitted"):
        writing.submit(desk.office, desk.act(ANN), post)
    assert desk.state(post) is PostState.DRAFT


def test_only_a_draft_is_submitted(desk: Desk) -> None:
    post = desk.cleared()
    with pytest.raises(WrongState, match="not a draft"):
        writing.submit(desk.office, desk.act(ANN), post)


def test_cancelling_takes_everything_back(desk: Desk) -> None:
    post = desk.queued(MONDAY + timedelta(hours=1))
    writing.cancel(desk.office, desk.act(ANN), post, reason="Overtaken")
    assert desk.state(post) is PostState.WITHDRAWN
    assert desk.delivery(post).state is DeliveryState.CANCELLED
    with pytest.raises(WrongState):
        scheduling.schedule(desk.office, desk.act(ANN), post, at=MONDAY + timedelta(hours=2))


def test_a_withdrawn_post_can_be_written_anew(desk: Desk) -> None:
    post = desk.write()
    writing.cancel(desk.office, desk.act(ANN), post)
    writing.revise(desk.office, desk.act(ANN), post, desk.draft("Again."))
    assert desk.state(post) is PostState.DRAFT


def test_the_preview_counts_and_judges_without_saving(desk: Desk) -> None:
    plain = writing.preview(desk.office, desk.draft(category="announcement"), at=MONDAY)
    assert plain.worst.verdict is Verdict.ALLOW
    assert (plain.accounts[0].count.used, plain.accounts[0].count.limit) == (24, 500)
    house = replace(desk.office.house, periods=(election(),))
    inside = writing.preview(replace(desk.office, house=house), desk.draft(category="announcement"), at=MONDAY)
    assert inside.worst.verdict is Verdict.BLOCK
    with desk.office.store.read() as reader:
        assert reader.counts() == {}


def test_every_step_is_on_the_record_and_the_record_verifies(desk: Desk) -> None:
    post = desk.queued(MONDAY + timedelta(hours=1))
    writing.cancel(desk.office, desk.act(ANN), post)
    with desk.office.store.read() as reader:
        entries = list(reader.entries())
    assert [entry.action for entry in entries] == [
        "post.created",
        "post.submitted",
        "decision.approve",
        "post.scheduled",
        "post.cancelled",
    ]
    assert [entry.facts["person"] for entry in entries] == ["ann", "ann", "bob", "ann", "ann"]
    assert verify(entries).ok


def test_a_refused_step_leaves_no_entry(desk: Desk) -> None:
    post = desk.write()
    with pytest.raises(NotAllowed):
        writing.submit(desk.office, desk.act(VIC), post)
    with desk.office.store.read() as reader:
        assert [entry.action for entry in reader.entries()] == ["post.created"]
