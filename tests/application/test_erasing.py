"""Erasing words about people: what goes, what stays, what forbids it, and that the record verifies before and after."""

from datetime import UTC, datetime, timedelta

import pytest

from purdah_scheduler.application import erasing, writing
from purdah_scheduler.application.erasing import Scope
from purdah_scheduler.domain.audit import verify_links
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.holds import Hold, Retention
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import BadInput, HeldByRequest, NotAllowed, NotFound, WrongState
from tests.application.desk import ALF, ANN, BOB, OLA, PAT, Desk

DAY = timedelta(days=1)
REASON = "Request of 3 May, case 117"


def rejected(desk: Desk, why: str = "Bob thinks that Ann is wrong.") -> int:
    """A post of Ann's that Bob rejected, with words about people, and that was taken back."""
    post = desk.write(notes="Ann's cousin works there.")
    writing.submit(desk.office, desk.act(ANN), post)
    desk.decide(BOB, post, Choice.REJECT, reason=why)
    return post


def hold(reference: str = "FOI-17", post: int | None = None, **spans: datetime) -> Hold:
    return Hold(
        id=0,
        reference=reference,
        post=post,
        since=spans.get("since"),
        until=spans.get("until"),
        reason="Asked for",
        person="pat",
        at=datetime(2026, 11, 23, tzinfo=UTC),
    )


def everything(desk: Desk) -> str:
    """All that is kept, as one text."""
    with desk.office.store.driver_connection() as raw:  # type: ignore[attr-defined]  # of the store in a file
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return "\n".join(str(row) for name in tables for row in raw.execute(f"SELECT * FROM {name}"))  # noqa: S608  names of ours


def whole(desk: Desk) -> int:
    """Verify the record; of how many entries the personal part is gone."""
    with desk.office.store.read() as reader:
        found = verify_links(reader.links())
    assert found.ok
    return found.redacted


def test_the_words_about_a_post_go_and_what_was_decided_stays(desk: Desk) -> None:
    post, other = rejected(desk), rejected(desk, "Another reason.")
    before = everything(desk)
    assert "Bob thinks" in before
    done = erasing.erase(desk.office, desk.act(OLA), Scope(post=post), reason=REASON)
    assert (done.entries, done.reasons, done.notes) == (3, 1, 1)
    after = everything(desk)
    assert "Bob thinks" not in after
    assert after.count("Ann's cousin") == before.count("Ann's cousin") - 1
    assert "Another reason." in after
    assert whole(desk) == 3
    with desk.office.store.read() as reader:
        (decision,) = reader.decisions(post)
        assert (decision.person, decision.choice, decision.reason) == ("bob", Choice.REJECT, "")
        assert reader.decisions(other)[0].reason == "Another reason."
        last = next(reader.entries(newest_first=True, limit=1))
        assert (last.action, last.post, last.facts["entries"], last.facts["reason"]) == ("record.erased", post, 3, REASON)


def test_nothing_is_deleted_and_no_digest_author_or_decision_changes(desk: Desk) -> None:
    post = rejected(desk)

    def facts() -> list[object]:
        with desk.office.store.read() as reader:
            entries = [(e.seq, e.at, e.action, e.public, e.commitment, e.hash) for e in reader.entries(limit=3)]
            return [
                *entries,
                reader.revisions(post),
                [(d.person, d.stage, d.choice, d.digest, d.at) for d in reader.decisions(post)],
            ]

    before = facts()
    erasing.erase(desk.office, desk.act(OLA), Scope(post=post), reason=REASON)
    assert facts() == before


def test_what_a_person_said_and_what_names_the_person_goes(desk: Desk) -> None:
    post = rejected(desk, "Ann Author did not ask.")
    kept = rejected(desk, "Too long.")
    done = erasing.erase(desk.office, desk.act(OLA), Scope(person="ann"), reason=REASON)
    assert done.entries == 5  # four of hers, and the decision whose reason has her name
    assert done.reasons == 1  # hers are none, and the one with her name went with its entry
    with desk.office.store.read() as reader:
        assert reader.decisions(kept)[0].reason == "Too long."
        assert reader.decisions(post)[0].reason == ""
        erased = [e.action for e in reader.entries(post=post) if e.private is None]
    assert erased == ["post.created", "post.submitted", "decision.reject"]
    assert whole(desk) == 5


def test_what_is_older_than_a_day_goes_and_what_is_younger_stays(desk: Desk) -> None:
    old = rejected(desk)
    desk.clock.forward(3 * DAY)
    young = rejected(desk)
    done = erasing.erase(desk.office, desk.act(OLA), Scope(before=desk.clock.now() - DAY), reason=REASON)
    assert (done.entries, done.reasons, done.notes) == (3, 1, 0)
    with desk.office.store.read() as reader:
        assert reader.decisions(old)[0].reason == ""
        assert reader.decisions(young)[0].reason != ""


def test_a_post_in_hand_keeps_its_words(desk: Desk) -> None:
    post = desk.queued(desk.clock.now() + DAY)
    before = everything(desk)
    with pytest.raises(WrongState, match="still in hand"):
        erasing.erase(desk.office, desk.act(OLA), Scope(post=post), reason=REASON)
    with desk.office.store.read() as reader:
        found = erasing.plan(reader, desk.office, Scope(person="ann"))
    assert (found.entries, found.in_hand) == ((), (post,))
    assert everything(desk) == before
    writing.cancel(desk.office, desk.act(ANN), post)
    assert desk.delivery(post).state is DeliveryState.CANCELLED
    assert erasing.erase(desk.office, desk.act(OLA), Scope(post=post), reason=REASON).entries > 0


@pytest.mark.parametrize("scope", ["post", "person", "before"])
def test_a_request_holds_what_it_asked_for_against_every_way_of_erasing(desk: Desk, scope: str) -> None:
    post = rejected(desk)
    erasing.hold(desk.office, desk.act(PAT), [hold(post=post)])
    scopes = {"post": Scope(post=post), "person": Scope(person="ann"), "before": Scope(before=desk.clock.now() + DAY)}
    before = everything(desk)
    with pytest.raises(
        HeldByRequest, match=r"The request FOI-17 holds some of it, so nothing was erased\..*section 77"
    ) as refused:
        erasing.erase(desk.office, desk.act(OLA), scopes[scope], reason=REASON)
    assert "audit hold release FOI-17" in refused.value.next_step
    assert everything(desk) == before


def test_a_hold_is_for_its_post_and_its_time_and_ends_with_its_release(desk: Desk) -> None:
    post, other = rejected(desk), rejected(desk)
    now = desk.clock.now()
    erasing.hold(desk.office, desk.act(PAT), [hold(post=post)])
    erasing.hold(desk.office, desk.act(PAT), [hold("FOI-18", since=now - 2 * DAY, until=now - DAY)])
    erasing.erase(desk.office, desk.act(OLA), Scope(post=other), reason=REASON)
    with pytest.raises(NotAllowed):
        erasing.release(desk.office, desk.act(PAT), "FOI-17", reason="Closed")
    with pytest.raises(NotFound):
        erasing.release(desk.office, desk.act(OLA), "FOI-99", reason="Closed")
    with pytest.raises(BadInput, match="holds that already"):
        erasing.hold(desk.office, desk.act(PAT), [hold(post=post)])
    assert erasing.release(desk.office, desk.act(OLA), "FOI-17", reason="Answered on 20 May") == 1
    with pytest.raises(NotFound):
        erasing.release(desk.office, desk.act(OLA), "FOI-17", reason="Again")
    erasing.erase(desk.office, desk.act(OLA), Scope(post=post), reason=REASON)
    with desk.office.store.read() as reader:
        first = reader.holds()[0]
        assert (first.released_by, first.release_reason) == ("ola", "Answered on 20 May")
        actions = [entry.action for entry in reader.entries()]
    assert actions.count("hold.added") == 2
    assert actions.count("hold.released") == 1


def test_only_an_operator_erases_and_only_with_a_reason(desk: Desk) -> None:
    post = rejected(desk)
    for person in (ANN, ALF, BOB, PAT):
        with pytest.raises(NotAllowed):
            erasing.erase(desk.office, desk.act(person), Scope(post=post), reason=REASON)
    with pytest.raises(BadInput, match="needs a reason"):
        erasing.erase(desk.office, desk.act(OLA), Scope(post=post), reason=" ")
    with pytest.raises(NotFound):
        erasing.erase(desk.office, desk.act(OLA), Scope(post=99), reason=REASON)
    with pytest.raises(BadInput, match="nothing there to erase"):
        erasing.erase(desk.office, desk.act(OLA), Scope(person="nobody"), reason=REASON)
    assert whole(desk) == 0


def test_what_is_due_is_what_the_configuration_says_and_held_posts_stay_whole(desk: Desk) -> None:
    unsent, held, draft = rejected(desk), rejected(desk), desk.write()
    desk.clock.forward(10 * DAY)
    young = rejected(desk)
    erasing.hold(desk.office, desk.act(PAT), [hold(post=held)])
    with pytest.raises(BadInput, match="No retention is configured"):
        erasing.erase_due(desk.office, desk.act(OLA), Retention(), reason=REASON)
    done = erasing.erase_due(desk.office, desk.act(OLA), Retention(unsent=5 * DAY), reason=REASON)
    assert done.entries == 4  # three of the rejected post, one of the draft
    with desk.office.store.read() as reader:
        gone = {
            post for post in (unsent, held, draft, young) if all(e.private is None for e in reader.entries(post=post, limit=1))
        }
    assert gone == {unsent, draft}
    whole(desk)


def test_erased_words_are_not_left_in_the_file(desk: Desk) -> None:
    post = rejected(desk, "Quixotic-zephyr said so.")
    file = desk.folder / "purdah.db"

    def in_files() -> bool:
        return any(b"Quixotic-zephyr" in found.read_bytes() for found in desk.folder.glob("purdah.db*"))

    assert in_files()
    erasing.erase(desk.office, desk.act(OLA), Scope(post=post), reason=REASON)
    desk.office.store.close()  # the last to leave folds the log into the file
    assert file.exists()
    assert not in_files()
