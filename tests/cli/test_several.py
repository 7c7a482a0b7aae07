"""Commands on several posts: each is done by itself, each is reported once, and the exit code tells the first refusal."""

import pytest

from tests.cli.conftest import Desk


def states(desk: Desk, *posts: int) -> list[str]:
    return [desk.shown(post)["accounts"][0]["state"] for post in posts]


def test_each_post_is_done_and_the_refusal_of_one_stops_no_other(desk: Desk) -> None:
    first, draft, last = desk.cleared(), desk.new()["post"], desk.cleared()
    ran = desk("post", "schedule", str(first), str(draft), str(last), "--at", "+2h", by="asha")
    assert ran.code == 1
    assert ran.out.splitlines()[0].startswith(f"Post {first} on outbox: scheduled")
    assert f"NOT DONE, post {draft}: Post {draft} is draft, not cleared" in ran.err
    assert f"2 of 3 done. Not done: {draft}." in ran.err
    assert states(desk, first, last) == ["scheduled", "scheduled"]


def test_json_has_one_object_for_each_post_in_the_order_given_and_each_post_once(desk: Desk) -> None:
    first, draft = desk.cleared(), desk.new()["post"]
    ran = desk("post", "schedule", str(draft), str(first), str(draft), "--at", "+2h", "--json", by="asha")
    refused, done = ran.objects
    assert (refused["post"], refused["exit_code"], ran.code) == (draft, 1, 1)
    assert "not cleared" in refused["error"]
    assert (done["post"], done["state"]) == (first, "scheduled")


@pytest.mark.parametrize(
    ("verb", "options", "before", "after"),
    [
        ("submit", (), "draft", "in_review"),
        ("cancel", ("--reason", "Off."), "scheduled", "cancelled"),
        ("hold", ("--reason", "Storm."), "scheduled", "held"),
        ("release", ("--at", "+3h"), "held", "scheduled"),
    ],
)
def test_every_verb_of_the_queue_takes_several(desk: Desk, verb: str, options: tuple[str, ...], before: str, after: str) -> None:
    posts = [desk.new()["post"] for _ in range(2)] if before == "draft" else [desk.cleared() for _ in range(2)]
    numbers = [str(post) for post in posts]
    if before != "draft":
        desk.ok("post", "schedule", *numbers, "--at", "+2h", by="asha")
    if before == "held":
        desk.ok("post", "hold", *numbers, "--reason", "Wait.", by="asha")
    ran = desk.ok("post", verb, *numbers, *options, by="asha")
    assert "2 of 2 done." in ran.err
    assert after in (desk.shown(posts[0])["state"], *states(desk, *posts))


def test_a_move_by_a_span_counts_from_the_time_of_each_post(desk: Desk) -> None:
    posts = [desk.cleared(), desk.cleared()]
    for post, at in zip(posts, ("+1d 09:00", "+2d 14:30"), strict=True):
        desk.ok("post", "schedule", str(post), "--at", at, by="asha")
    before = [desk.shown(post)["accounts"][0]["due_at"] for post in posts]
    desk.ok("post", "move", *map(str, posts), "--by", "+1w", by="asha")
    after = [desk.shown(post)["accounts"][0]["due_at"] for post in posts]
    assert [at[11:16] for at in after] == ["09:00", "14:30"]
    assert before != after


@pytest.mark.parametrize(
    ("options", "words"),
    [(("--by", "soon"), "no span of time"), (("--by", "+1d", "--at", "+2h"), "Give one of them"), ((), "--by SPAN")],
)
def test_a_move_without_one_clear_time_is_refused_before_anything_is_done(
    desk: Desk, options: tuple[str, ...], words: str
) -> None:
    post = desk.cleared()
    ran = desk("post", "move", str(post), str(post + 1), *options, by="asha")
    assert (ran.code, words in ran.err) == (64, True)


def test_one_post_is_reported_as_ever(desk: Desk) -> None:
    """No line that counts, and the refusal is the command's own."""
    post = desk.new()["post"]
    ran = desk("post", "hold", str(post), "--reason", "Wait.", "--json", by="asha")
    assert (ran.code, ran.out) == (1, "")
    assert set(ran.error) == {"error", "next", "exit_code"}


def test_undo_takes_back_what_was_done_to_each_of_those_named(desk: Desk) -> None:
    posts = [desk.cleared(), desk.cleared()]
    desk.ok("post", "schedule", *map(str, posts), "--at", "+2h", by="asha")
    ran = desk.ok("post", "undo", *map(str, posts), by="asha")
    assert "2 of 2 done." in ran.err
    assert states(desk, *posts) == ["held", "held"]


def test_a_duplicate_is_a_new_draft_with_the_same_words(desk: Desk) -> None:
    post = desk.cleared("--title", "Bridge", "--at", "+1d 09:00")
    made = desk.ok("post", "duplicate", str(post), "--json", by="asha").object
    assert set(made) == {"post", "digest", "state", "verdict", "problems"}
    copy = desk.shown(made["post"])
    assert (made["state"], made["post"]) == ("draft", post + 1)
    assert copy["accounts"][0]["text"] == desk.shown(post)["accounts"][0]["text"]
    assert desk("post", "duplicate", "99", by="asha").code == 64
