"""What of a post is new to whoever asks, as the command line says it."""

from tests.cli.conftest import Desk


def commented(desk: Desk, post: int | str, words: str = "Is the second date right?", *, by: str = "bede") -> None:
    desk.ok("post", "comment", str(post), "--text", words, "--to", "carys", by=by)


def test_comments_that_are_for_me_are_counted_everywhere_until_i_have_read_them(desk: Desk) -> None:
    post = str(desk.new()["post"])
    commented(desk, post)
    commented(desk, post, "And the [/red] third?")
    assert desk.ok("post", "list", "--json", by="carys").object["unread_comments"] == 2
    assert "(2 new comments) The bridge" in desk.ok("post", "list", by="carys").out
    assert desk.ok("post", "show", post, "--json", by="asha").object["unread_comments"] == 2, "the post is hers"
    assert "Comments, 2 of them new to you: purdah-scheduler post comments 1" in desk.ok("post", "show", post, by="carys").out
    assert desk("status", "--json", by="carys").object["unread_comments"] == 2
    assert "2 new to you, on post 1: purdah-scheduler post comments 1" in " ".join(desk("status", by="carys").out.split())
    for person in ("bede", "dougal"):
        assert desk.ok("post", "list", "--json", by=person).object["unread_comments"] == 0
    shown = desk.ok("post", "comments", post, by="carys").out
    assert shown.count("  new  bede to carys, ") == 2
    assert "And the [/red] third?" in shown
    assert desk.ok("post", "list", "--json", by="carys").object["unread_comments"] == 0
    assert desk("status", "--json", by="carys").object["unread_comments"] == 0
    assert "new" not in desk.ok("post", "comments", post, by="carys").out
    commented(desk, post, "A third.")
    assert [one["unread"] for one in desk.ok("post", "comments", post, "--json", by="carys").objects] == [False, False, True]


def test_looking_without_having_read_them_keeps_them_new(desk: Desk) -> None:
    post = str(desk.new()["post"])
    commented(desk, post)
    desk.ok("post", "comments", post, "--keep-unread", by="carys")
    assert desk.ok("post", "show", post, "--json", by="carys").object["unread_comments"] == 1


def test_where_it_is_not_known_who_asks_nothing_is_said_of_new_comments(desk: Desk) -> None:
    """A time-table that asks for the status is nobody."""
    post = str(desk.new()["post"])
    commented(desk, post)
    assert desk("status", "--json").object["unread_comments"] is None
    assert desk.ok("post", "list", "--json").object["unread_comments"] is None
    assert "new" not in desk.ok("post", "list").out


def test_a_post_without_comments_says_so_and_an_unknown_one_is_refused(desk: Desk) -> None:
    post = str(desk.new()["post"])
    assert "Nobody has said anything about post 1." in desk.ok("post", "comments", post, by="carys").err
    assert desk("post", "comments", "99", by="carys").code != 0


# --- what changed since you read it -------------------------------------------------------------------------------


def edited(desk: Desk, post: str, *more: str) -> None:
    desk.ok("post", "edit", post, *more, "--yes", by="asha")


def changed(desk: Desk, post: str, *more: str, by: str) -> dict[str, object]:
    return desk.ok("post", "diff", post, *more, "--json", by=by).object


def test_the_difference_is_from_what_you_last_read_and_not_from_the_last_edit(desk: Desk) -> None:
    made = desk.new("The ferry runs on Monday.")
    post = str(made["post"])
    desk.ok("post", "submit", post, by="asha")
    desk.ok("post", "decide", post, "--stage", "approval", "--approve", "--digest", made["digest"], by="bede")
    edited(desk, post, "--text", "The ferry runs on Tuesday.")
    edited(desk, post, "--lang", "cy")
    facts = changed(desk, post, by="bede")
    assert (facts["from"], facts["to"], facts["read_revision"]) == (1, 3, 1)
    assert [change["what"] for change in facts["changes"]] == ["text", "language"]  # type: ignore[attr-defined]  # JSON
    ran = desk.ok("post", "diff", post, by="bede")
    assert "You last read revision 1 of post 1, " in ran.err
    assert "runs on [-Monday.-]{+Tuesday.+}" in ran.out
    assert "Language on outbox" in ran.out
    assert (changed(desk, post, by="carys")["from"], changed(desk, post, "--from", "2", by="bede")["from"]) == (2, 2)


def test_what_was_marked_as_read_is_where_the_next_difference_begins(desk: Desk) -> None:
    post = str(desk.new("The ferry runs on Monday.")["post"])
    edited(desk, post, "--text", "The ferry runs on Tuesday.")
    assert "Revision 2 of post 1 counts as read by Bede" in desk.ok("post", "show", post, "--mark", by="bede").err
    assert "as it is now (revision 2)" in desk.ok("post", "diff", post, by="bede").err
    edited(desk, post, "--text", "The ferry runs on Friday.")
    assert "[-Tuesday.-]{+Friday.+}" in desk.ok("post", "diff", post, "--mark", by="bede").out
    assert changed(desk, post, by="bede")["changes"] == []


def test_a_difference_alone_does_not_count_as_read_for_one_who_never_read_the_rest(desk: Desk) -> None:
    post = str(desk.new("The ferry runs on Monday.")["post"])
    edited(desk, post, "--text", "The ferry runs on Tuesday.")
    for line in (["--mark"], ["--from", "1", "--mark"]):
        refused = desk("post", "diff", post, *line, by="bede")
        assert refused.code == 64
        assert "was not marked as read" in refused.err
    desk.ok("post", "show", post, "--mark", by="bede")
    edited(desk, post, "--text", "The ferry runs on Friday.")
    assert desk("post", "diff", post, "--from", "1", "--to", "2", "--mark", by="bede").code == 64
    assert changed(desk, post, by="bede")["read_revision"] == 2


def test_showing_a_post_without_saying_so_does_not_count_as_read(desk: Desk) -> None:
    """Scripts show posts too."""
    post = str(desk.new()["post"])
    desk.ok("post", "show", post, by="bede")
    assert changed(desk, post, by="bede")["read_revision"] is None
