"""Somebody takes rows away, or winds a post back to words that were cleared once: the record misses it, and nothing is sent."""

from purdah_scheduler.application import deciding, writing
from purdah_scheduler.application.writing import Draft
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.posts import DeliveryState
from tests import houses
from tests.attacks.ground import Ground


def edited(ground: Ground) -> None:
    """The author edits the cleared post, which takes it out of the queue: its clearance is gone."""
    house = ground.house
    draft = Draft(accounts=("outbox",), text="The bridge stays shut.", category=houses.CATEGORY)
    writing.revise(house.office, house.actor("asha"), 1, draft)


def queued_again(ground: Ground) -> None:
    """Put the delivery that was taken out back by hand, as it was: no guard forbids that."""
    before = next(row for row in ground.rows("deliveries") if row[ground.columns("deliveries").index("state")] == "cancelled")
    row = dict(zip(ground.columns("deliveries"), before, strict=True)) | {"id": 99, "state": "scheduled", "reason": ""}
    mark = "%s" if ground.on_server else "?"
    marks = ", ".join(mark for _ in row)
    ground.tool.execute(f"INSERT INTO deliveries ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
    ground.tool.execute("UPDATE targets SET delivery = 99, state = 'scheduled' WHERE post = 1")
    ground.tool.execute("UPDATE posts SET state = 'scheduled' WHERE id = 1")


def held_and_named(ground: Ground, words: str) -> None:
    ground.daemon()
    held = ground.house.delivery(1)
    assert (held.state, held.reason_code) == (DeliveryState.HELD, "content-changed")
    assert words in held.reason
    assert ground.sent() == []
    assert words in ground.named()


def test_a_post_that_was_wound_back_to_its_cleared_words_is_held(ground: Ground) -> None:
    """Its clearance lapsed with the edit. No guarded table is touched: whoever may write posts at a server can do it."""
    edited(ground)
    ground.tool.execute("UPDATE posts SET revision = 2 WHERE id = 1")
    queued_again(ground)
    held_and_named(ground, "Revision 3 of post 1 is on record, and the post says revision 2.")


def test_a_revision_that_was_taken_away_is_missed(ground: Ground) -> None:
    edited(ground)
    ground.without_guards()
    ground.tool.execute("DELETE FROM revisions WHERE post = 1 AND number = 3")
    ground.tool.execute("UPDATE posts SET revision = 2 WHERE id = 1")
    queued_again(ground)
    ground.with_guards()
    held_and_named(ground, "Revision 3 of post 1 is on record, and not in the store.")


def decided(ground: Ground, person: str, choice: Choice, *, reason: str = "") -> None:
    house = ground.house
    code = short(house.view(1).digest)
    deciding.decide(house.office, house.actor(person), 1, stage="approval", choice=choice, typed_digest=code, reason=reason)


def put_back(ground: Ground) -> None:
    """What the decision did to the post's state and its delivery's, undone."""
    ground.tool.execute("UPDATE posts SET state = 'scheduled' WHERE id = 1")
    ground.tool.execute("UPDATE deliveries SET state = 'scheduled', reason_code = '', reason = '' WHERE post = 1")


def test_a_rejection_that_was_taken_away_is_missed(ground: Ground) -> None:
    decided(ground, "carys", Choice.REJECT, reason="Not today.")
    ground.without_guards()
    ground.tool.execute("DELETE FROM decisions WHERE choice = 'reject'")
    put_back(ground)
    ground.with_guards()
    held_and_named(ground, "A decision on post 1 (“approval”, reject) is on record, and not in the store.")


def test_decisions_in_another_order_than_the_record_s_are_missed(ground: Ground) -> None:
    """Of two words of one person the later one counts: with their numbers swapped, what was taken back would stand again."""
    decided(ground, "bede", Choice.WITHDRAW)
    ground.without_guards()
    for swap in ("id = 91 WHERE id = 1", "id = 1 WHERE id = 2", "id = 2 WHERE id = 91"):
        ground.tool.execute(f"UPDATE decisions SET {swap}")  # noqa: S608 - the words are these
    put_back(ground)
    ground.with_guards()
    held_and_named(ground, "The decisions on post 1 are not in the order of the record.")
