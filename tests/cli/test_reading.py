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
