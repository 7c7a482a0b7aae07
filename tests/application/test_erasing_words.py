"""Erasing comments, break-glass, what people read, and reasons that were signed: what goes, what stays, what is told before."""

from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application import breaking, commenting, erasing, reading, views, writing
from purdah_scheduler.application.erasing import Scope
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.break_glass import BreakGlassRules
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.errors import HeldByRequest, WrongState
from tests.application.desk import ANN, BOB, OLA, PAT, VIC, Desk
from tests.application.signers import signing_desk
from tests.application.test_breaking import DEE, broken, submitted, with_house
from tests.application.test_erasing import DAY, REASON, everything, hold, rejected, whole


def reviewed(desk: Desk) -> int:
    """A post for which Dee broke the glass, which Pat reviewed an hour later, and that was taken back."""
    with_house(desk, people=(*desk.office.house.people, DEE), break_glass=BreakGlassRules(enabled=True))
    post = submitted(desk)
    broken(desk, post, "press", reason="Ann's phone is off, and the river rises.")
    desk.clock.forward(timedelta(hours=1))
    breaking.review(desk.office, desk.act(PAT), post, words="Dee was right to do it.")
    writing.cancel(desk.office, desk.act(ANN), post)
    return post


def settled(desk: Desk) -> int:
    """A post that was taken back."""
    post = rejected(desk)
    writing.cancel(desk.office, desk.act(ANN), post)
    return post


def test_comments_go_with_their_post_with_who_said_them_and_with_whom_they_were_for(desk: Desk) -> None:
    post, other = settled(desk), settled(desk)
    for number, person, to in ((post, ANN, "pat"), (other, BOB, "alf"), (other, BOB, "ann")):
        commenting.comment(desk.office, desk.act(person), number, words=f"Quixotic words for {to}.", to=(to,))
    erasing.erase(desk.office, desk.act(OLA), Scope(post=post), reason=REASON)
    assert everything(desk).count("Quixotic") == 2
    erasing.erase(desk.office, desk.act(OLA), Scope(person="alf"), reason=REASON)
    assert everything(desk).count("Quixotic") == 1, "what was for alf is about alf"
    erasing.erase(desk.office, desk.act(OLA), Scope(person="bob"), reason=REASON)
    assert "Quixotic" not in everything(desk)
    with desk.office.store.read() as reader:
        found = commenting.comments_in(reader.entries(post=other))
    assert [(one.is_erased, one.person, one.to) for one in found] == [(True, "", ())] * 2
    whole(desk)


def test_the_words_of_a_break_glass_and_of_its_review_go_and_what_was_skipped_stays(desk: Desk) -> None:
    post = reviewed(desk)
    erasing.erase(desk.office, desk.act(OLA), Scope(post=post), reason=REASON)
    left = everything(desk)
    assert "river" not in left
    assert "was right" not in left
    with desk.office.store.read() as reader:
        (glass,) = reader.break_glasses(post)
    assert (glass.reason, glass.review) == ("", "")
    assert (glass.stages, glass.incident, glass.person, glass.reviewed_by) == (("press",), "INC-1", "dee", "pat")
    whole(desk)


def test_of_a_break_glass_only_the_words_of_that_person_go(desk: Desk) -> None:
    post = reviewed(desk)
    erasing.erase(desk.office, desk.act(OLA), Scope(person="pat"), reason=REASON)
    with desk.office.store.read() as reader:
        (glass,) = reader.break_glasses(post)
    assert (glass.reason, glass.review) == ("Ann's phone is off, and the river rises.", "")


def test_a_review_is_as_old_as_the_review_and_not_as_the_break_glass(desk: Desk) -> None:
    """What was said after the moment stays, be it about something before it: a request may hold it."""
    post = reviewed(desk)
    between = desk.clock.now() - timedelta(minutes=30)
    erasing.hold(desk.office, desk.act(PAT), [hold(since=between)])
    erasing.erase(desk.office, desk.act(OLA), Scope(before=between), reason=REASON)
    with desk.office.store.read() as reader:
        (glass,) = reader.break_glasses(post)
    assert (glass.reason, glass.review) == ("", "Dee was right to do it.")


def test_a_hold_keeps_comments_and_break_glass(desk: Desk) -> None:
    post = reviewed(desk)
    commenting.comment(desk.office, desk.act(BOB), post, words="Held words.")
    erasing.hold(desk.office, desk.act(PAT), [hold(post=post)])
    before = everything(desk)
    for scope in (Scope(post=post), Scope(person="dee"), Scope(person="bob"), Scope(before=desk.clock.now() + DAY)):
        with pytest.raises(HeldByRequest):
            erasing.erase(desk.office, desk.act(OLA), scope, reason=REASON)
    assert everything(desk) == before


def test_a_hold_keeps_notes_too_where_no_entry_has_words_left(desk: Desk) -> None:
    post = settled(desk)
    erasing.hold(desk.office, desk.act(PAT), [hold(post=post)])
    with desk.office.store.write() as tx:
        tx.erase_entries([entry.seq for entry in tx.entries(post=post)])
        record(tx, desk.act(OLA), "test.done", at=desk.clock.now())
    with pytest.raises(HeldByRequest):
        erasing.erase(desk.office, desk.act(OLA), Scope(post=post), reason=REASON)
    assert "Ann's cousin" in everything(desk)


def test_what_people_read_goes_with_the_post_and_with_the_person_unless_it_is_held(desk: Desk) -> None:
    post, queued = settled(desk), desk.queued(desk.clock.now() + DAY)
    for number in (post, queued):
        reading.has_read(desk.office, desk.act(VIC), number, 1)

    def read_by(person: str) -> list[int]:
        with desk.office.store.read() as reader:
            return [one.post for one in reader.readings(person=person)]

    erasing.hold(desk.office, desk.act(PAT), [hold(post=queued)])
    with pytest.raises(HeldByRequest):
        erasing.erase(desk.office, desk.act(OLA), Scope(person="vic"), reason=REASON)
    erasing.release(desk.office, desk.act(OLA), "FOI-17", reason="Closed")
    done = erasing.erase(desk.office, desk.act(OLA), Scope(person="vic"), reason=REASON)
    assert (done.entries, done.readings, read_by("vic")) == (0, 2, [])
    erasing.erase(desk.office, desk.act(OLA), Scope(post=post), reason=REASON)
    assert (read_by("ann"), read_by("bob")) == ([queued], [queued])


def test_a_signature_is_void_once_its_reason_is_erased_and_the_plan_says_whose(desk: Desk, tmp_path: Path) -> None:
    signers = signing_desk(desk, tmp_path)
    desk = signers.desk
    post = submitted(desk)
    signers.decide("bob", post, reason="Read twice, and agreed.")
    assert desk.state(post) is PostState.CLEARED
    assert [one.person for one in views.post_view(desk.office, post).standing.counting] == ["bob"]
    with desk.office.store.read() as reader:
        assert erasing.plan(reader, desk.office, Scope(person="bob")).signed == (), "what is still to be sent is left alone"
        with pytest.raises(WrongState, match="still in hand"):
            erasing.plan(reader, desk.office, Scope(post=post))
    writing.cancel(desk.office, desk.act(ANN), post)
    with desk.office.store.read() as reader:
        found = erasing.plan(reader, desk.office, Scope(person="bob"))
    assert [(number, one.person, one.stage) for number, one in found.signed] == [(post, "bob", "press")]
    erasing.erase(desk.office, desk.act(OLA), Scope(post=post), reason=REASON)
    assert views.post_view(desk.office, post).standing.counting == ()
    whole(desk)
