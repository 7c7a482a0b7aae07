"""Writing and reading posts: what is taken, what is refused in one sentence, and the shapes that scripts rely on."""

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.content import AccountContent, Content, digest
from purdah_scheduler.domain.posts import Post, PostState, Revision
from tests.cli.conftest import Desk, typed

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
NEW = ("post", "new", "--account", "outbox", "--category", "operational-service")


def test_post_new_prints_exactly_the_promised_fields(desk: Desk) -> None:
    made = desk.new()
    assert list(made) == ["post", "digest", "state", "verdict", "problems"]
    assert made["problems"] == []
    assert len(made["digest"]) == 9


def test_post_new_in_words_says_number_digest_verdict_and_length(desk: Desk) -> None:
    ran = desk.ok(*NEW, "--text", "The bridge opens.", by="asha")
    assert ran.out.splitlines()[0].startswith("Post 1 is saved as a draft, ")
    assert "ALLOW" in ran.out
    assert "On outbox: 17 of" in ran.out
    assert ran.err == "Next: purdah-scheduler post submit 1\n"


def test_a_text_that_is_too_long_is_saved_with_its_problem(desk: Desk) -> None:
    made = desk.new("x" * 600)
    (problem,) = made["problems"]
    assert set(problem) == {"account", "code", "message", "blocking", "position"}
    assert problem["blocking"] is True
    ran = desk("post", "submit", str(made["post"]), by="asha")
    assert (ran.code, ran.out) == (64, "")


def test_the_text_comes_from_a_file_or_from_standard_input(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("\ufeffLlŷn\r\nsecond line\n", "utf-8")
    by_file = desk.ok(*NEW, "--file", str(file), "--json", by="asha").object
    by_pipe = desk.ok(*NEW, "-", "--json", by="asha", stdin="Llŷn\nsecond line".encode()).object
    assert by_file["digest"] == by_pipe["digest"]
    assert desk.shown(by_file["post"])["accounts"][0]["text"] == "Llŷn\nsecond line"


def test_every_option_of_a_new_post_is_kept(wide_desk: Desk) -> None:
    made = wide_desk.ok(
        *typed("post new --account outbox --account second --category campaign --text Shared --title Title --notes Notes"),
        *typed("--text-for 'second=Its own = text' --nation wales --area Gwynedd --at +2h --not-before +1h --not-after +9h"),
        *typed("--names-politician --partisan --joint-uk --touches-referendum --campaign Bridges --content-warning Water"),
        *typed("--visibility unlisted --lang cy --json"),
        by="asha",
    ).object
    shown = wide_desk.shown(made["post"])
    assert {account["account"]: account["text"] for account in shown["accounts"]} == {
        "outbox": "Shared",
        "second": "Its own = text",
    }
    assert (shown["title"], shown["notes"], shown["nation"], shown["area"]) == ("Title", "Notes", "Wales", "Gwynedd")
    assert shown["marks"] == {
        "names_politician": True,
        "partisan": True,
        "joint_uk": True,
        "touches_referendum": True,
        "campaign": "Bridges",
    }
    account = shown["accounts"][0]
    assert (account["lang"], account["visibility"], account["content_warning"]) == ("cy", "unlisted", "Water")
    assert shown["not_before"] < shown["planned_at"] < shown["not_after"]
    assert (shown["verdict"], made["verdict"]) == ("block", "block")


def test_files_are_attached_each_with_its_own_words(desk: Desk, tmp_path: Path) -> None:
    for name in ("one.png", "two.png"):
        (tmp_path / name).write_bytes(PNG + name.encode())
    media = ("--media", str(tmp_path / "one.png"), "--alt", "First", "--media", str(tmp_path / "two.png"), "--alt", "Second")
    made = desk.new("With pictures", *media)
    shown = desk.shown(made["post"])
    assert [(medium["type"], medium["alt"]) for medium in shown["media"]] == [("image/png", "First"), ("image/png", "Second")]
    assert "image/png" in desk.ok("post", "show", str(made["post"])).out


def bad_files(folder: Path) -> dict[str, Path]:
    (folder / "folder").mkdir()
    (folder / "empty.png").touch()
    (folder / "text.png").write_text("no picture", "utf-8")
    (folder / "real.png").write_bytes(PNG)
    (folder / "link.png").symlink_to(folder / "real.png")
    os.mkfifo(folder / "pipe.png")
    return {name: folder / f"{name}.png" for name in ("missing", "empty", "text", "link", "pipe")} | {"folder": folder / "folder"}


@pytest.mark.parametrize("name", ["missing", "empty", "text", "link", "pipe", "folder"])
def test_a_file_that_cannot_be_attached_is_one_sentence_and_nothing_is_saved(desk: Desk, tmp_path: Path, name: str) -> None:
    path = bad_files(tmp_path)[name]
    ran = desk(*NEW, "--text", "x", "--media", str(path), "--alt", "words", by="asha")
    assert (ran.code, ran.out) == (64, "")
    assert path.name in ran.err
    assert len(ran.err.splitlines()) <= 2
    assert desk.ok("post", "list", "--json").objects == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ((), "says nothing yet"),
        (("--text", "x", "-"), "given twice"),
        (("two", "words"), "unexpected"),
        (("word",), "stands alone"),
        (("--text", "x", "--media", "a.png"), "1 files and 0 alternative texts"),
        (("--text", "x", "--alt", "words"), "0 files and 1 alternative texts"),
        (("--text", "x", "--media", "a.png", "--alt", " "), "is empty"),
        (("--text", "x", "--text-for", "second=y"), "not an account of this post"),
        (("--text", "x", "--text-for", "y"), "ID=TEXT"),
        (("--text", "x", "--account", "outbx"), "no account “outbx”"),
        (("--text", "x", "--nation", "Narnia"), "no nation “Narnia”"),
        (("--text", "x", "--at", "2026-03-29T01:30"), "does not exist"),
        (("--text", "x", "--not-before", "+2h", "--not-after", "+1h"), "closes before it opens"),
        (("--text", "red \x1b[31m"), "position 5"),
        (("--text", "\u202egpj"), "position 1"),
        (("--file", "no-such-file.txt"), "cannot be read"),
        (("--file", "."), "not a plain file"),
    ],
)
def test_what_cannot_be_a_post_is_one_sentence_and_nothing_is_saved(desk: Desk, line: tuple[str, ...], words: str) -> None:
    ran = desk(*NEW, *line, by="asha")
    assert (ran.code, ran.out) == (64, "")
    assert words in ran.err
    assert len(ran.err.splitlines()) <= 2
    assert desk.ok("post", "list", "--json").objects == []


def test_bytes_that_are_not_text_are_refused_with_their_place(desk: Desk) -> None:
    ran = desk(*NEW, "-", by="asha", stdin=b"abc\xff")
    assert ran.code == 64
    assert "byte 4" in ran.err


def test_a_text_of_more_than_a_megabyte_is_refused(desk: Desk) -> None:
    assert "larger than 1 MB" in desk(*NEW, "-", by="asha", stdin=b"x" * 1_000_001).err


def test_an_approver_alone_cannot_write(desk: Desk) -> None:
    assert desk(*NEW, "--text", "x", by="bede").code == 1


def test_post_list_prints_exactly_the_promised_fields_one_object_a_line(wide_desk: Desk) -> None:
    wide_desk.ok(*typed("post new --account outbox --account second --category event --at +2h --text 'Open day'"), by="asha")
    lines = wide_desk.ok("post", "list", "--json").objects
    assert [line["account"] for line in lines] == ["outbox", "second"]
    for line in lines:
        promised = ["post", "title", "account", "state", "due_at", "verdict", "reason", "remote_url"]
        assert list(line) == [*promised, "unread_comments"]
        assert line["title"] == "Open day"
        assert line["due_at"][-6:] in ("+00:00", "+01:00")


def test_post_list_filters_by_state_account_author_words_time_and_number(wide_desk: Desk) -> None:
    for account, text, at in (("outbox", "Bridge", "+2h"), ("second", "Flood", "+5h"), ("third", "Bridge again", "+9h")):
        wide_desk.ok(*("post", "new", "--account", account, "--category", "event", "--text", text, "--at", at), by="asha")

    def found(*line: str) -> list[str]:
        return [found["account"] for found in wide_desk.ok("post", "list", *line, "--json").objects]

    assert found() == ["outbox", "second", "third"]
    assert found("--account", "second") == ["second"]
    assert found("--words", "bridge") == ["outbox", "third"]
    assert found("--from", "+3h") == ["second", "third"]
    assert found("--to", "+3h") == ["outbox"]
    assert found("--limit", "2") == ["outbox", "second"]
    assert found("--state", "draft", "--state", "held") == ["outbox", "second", "third"]
    assert found("--state", "in review") == []
    assert found("--author", "asha") == ["outbox", "second", "third"]
    assert wide_desk("post", "list", "--state", "lost").code == 64
    assert wide_desk("post", "list", "--author", "nobody").code == 64


def test_an_empty_list_is_empty_on_stdout_and_said_on_stderr(desk: Desk) -> None:
    ran = desk.ok("post", "list")
    assert (ran.out, ran.err) == ("", "There is no such post.\n")
    assert desk.ok("post", "list", "--json").out == ""


def test_post_show_in_words_has_all_that_matters(desk: Desk) -> None:
    post = desk.cleared("--at", "+2h", "--title", "Bridge")
    shown = desk.ok("post", "show", str(post)).out
    for words in (
        f"Post {post}, Bridge",
        "cleared; needs a time",
        "operational-service, for UK",
        "  | The bridge opens on Monday.",
        "ALLOW",
        "bede approved approval",
        "recorded, not verified",
        "post created",
        f"purdah-scheduler post schedule {post} --at",
    ):
        assert words in shown


def test_post_show_has_stable_names_at_every_level(desk: Desk) -> None:
    shown = desk.shown(desk.cleared())
    wanted = "post title state digest revision verdict findings clearance decisions accounts exemptions history"
    assert set(typed(wanted)) <= set(shown)
    assert {"complete", "cleared_at", "counting", "missing", "expiring", "skipped", "rejected_by"} == set(shown["clearance"])
    wanted = "account channel text count problems state due_at reason next remote_url attempts holds"
    assert set(typed(wanted)) <= set(shown["accounts"][0])
    assert shown["decisions"][0]["assurance"] == "claimed"


def test_history_is_the_record_of_one_post(desk: Desk) -> None:
    post = desk.cleared()
    desk.new("Another")
    entries = desk.ok("post", "history", str(post), "--json").objects
    assert [entry["action"] for entry in entries] == ["post.created", "post.submitted", "decision.approve"]
    assert {entry["post"] for entry in entries} == {post}
    assert desk("post", "history", "99").code == 64


# --- editing ------------------------------------------------------------------------------------------------------


def test_an_edit_changes_what_is_named_and_nothing_else(wide_desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes(PNG)
    made = wide_desk.ok(
        *("post", "new", "--account", "outbox", "--account", "second", "--account", "third", "--category", "event"),
        *("--text", "Shared", "--text-for", "third=Own", "--names-politician", "--campaign", "Bridges", "--lang", "cy"),
        *("--media", str(tmp_path / "one.png"), "--alt", "Bridge", "--not-after", "+9h", "--json"),
        by="asha",
    ).object
    before = wide_desk.shown(made["post"])
    ran = wide_desk.ok("post", "edit", str(made["post"]), "--text", "Changed", by="asha")
    assert "third keeps its own text" in ran.err
    after = wide_desk.shown(made["post"])
    assert [account["text"] for account in after["accounts"]] == ["Changed", "Changed", "Own"]
    for same in ("category", "nation", "marks", "media", "not_after", "planned_at", "title", "notes"):
        assert after[same] == before[same], same
    assert [account["lang"] for account in after["accounts"]] == ["cy"] * 3


def test_an_edit_takes_marks_media_window_and_accounts_away(wide_desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes(PNG)
    made = wide_desk.ok(
        *("post", "new", "--account", "outbox", "--account", "second", "--category", "event", "--text", "Shared", "--partisan"),
        *("--media", str(tmp_path / "one.png"), "--alt", "Bridge", "--not-after", "+9h", "--at", "+2h", "--json"),
        by="asha",
    ).object
    number = str(made["post"])
    edits = ("--no-partisan", "--drop-media", "1", "--not-after", "none", "--at", "none", "--account", "second")
    wide_desk.ok("post", "edit", number, *edits, by="asha")
    after = wide_desk.shown(made["post"])
    assert after["marks"]["partisan"] is False
    assert (after["media"], after["not_after"], after["planned_at"]) == ([], None, None)
    assert [account["account"] for account in after["accounts"]] == ["second"]
    assert wide_desk("post", "edit", number, "--drop-media", "1", by="asha").code == 64


def test_an_edit_describes_files_anew_and_puts_them_in_order(desk: Desk, tmp_path: Path) -> None:
    for name in ("one.png", "two.png", "new.png"):
        (tmp_path / name).write_bytes(PNG + name.encode())
    pictures = ("--media", str(tmp_path / "one.png"), "--alt", "One", "--media", str(tmp_path / "two.png"), "--alt", "Two")
    made = desk.ok(
        *("post", "new", "--account", "outbox", "--category", "event", "--text", "Shared", *pictures, "--json"), by="asha"
    ).object
    number = str(made["post"])
    new = ("--media", str(tmp_path / "new.png"), "--alt", "New")
    desk.ok("post", "edit", number, "--alt-for", "2=Second", "--media-order", "3,2,1", *new, by="asha")
    assert [medium["alt"] for medium in desk.shown(made["post"])["media"]] == ["New", "Second", "One"]
    desk.ok("post", "edit", number, "--drop-media", "1", "--media-order", "3,2", by="asha")
    assert [medium["alt"] for medium in desk.shown(made["post"])["media"]] == ["One", "Second"]


@pytest.mark.parametrize(
    "options",
    [("--alt-for", "3=None"), ("--alt-for", "1="), ("--alt-for", "x=y"), ("--media-order", "1"), ("--media-order", "2,x")],
)
def test_a_file_that_is_not_there_is_refused_and_nothing_is_saved(desk: Desk, tmp_path: Path, options: tuple[str, str]) -> None:
    (tmp_path / "one.png").write_bytes(PNG)
    (tmp_path / "two.png").write_bytes(PNG + b"2")
    pictures = ("--media", str(tmp_path / "one.png"), "--alt", "One", "--media", str(tmp_path / "two.png"), "--alt", "Two")
    made = desk.ok(
        *("post", "new", "--account", "outbox", "--category", "event", "--text", "Shared", *pictures, "--json"), by="asha"
    ).object
    ran = desk("post", "edit", str(made["post"]), *options, by="asha")
    assert (ran.code, "so nothing was saved" in ran.err) == (64, True)
    assert desk.shown(made["post"])["revision"] == 1


def test_what_is_hard_to_read_is_a_hint_that_stops_nothing(desk: Desk) -> None:
    words = "The #tides are high."
    new = ("post", "new", "--account", "outbox", "--category", "event", "--text", words)
    assert "Hint: #tides stands among the words: put hashtags at the end." in desk.ok(*new, by="asha").err
    ran = desk.ok(*new, "--json", by="asha")
    hints = [problem for problem in ran.object["problems"] if problem["code"] == "hashtag-in-text"]
    assert [(hint["account"], hint["blocking"]) for hint in hints] == [("", False)]
    edited = desk.ok("post", "edit", str(ran.object["post"]), "--title", "A title", "--json", by="asha")
    assert [warning["code"] for warning in edited.object["warnings"]][-2:] == ["hashtag-in-text", "hashtag-case"]


def test_an_edit_that_changes_nothing_makes_no_revision(desk: Desk) -> None:
    made = desk.new("Same")
    ran = desk.ok("post", "edit", str(made["post"]), "--text", "Same\n", by="asha")
    assert (ran.out, ran.err) == ("", "Nothing was changed.\n")
    assert desk.shown(made["post"])["revision"] == 1


def editor(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Make an editor of a line of Python, in which `path` is the file."""
    program = folder / "editor.py"
    program.write_text(f"import sys, pathlib\npath = pathlib.Path(sys.argv[1])\n{code}\n", "utf-8")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {program}")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))


def test_the_editor_gets_the_text_and_its_answer_is_saved(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = desk.new("The bridge opens.")
    editor(tmp_path, monkeypatch, "path.write_text(path.read_text('utf-8').replace('bridge', 'road'), 'utf-8')")
    desk.ok("post", "edit", str(made["post"]), "--editor", by="asha")
    assert desk.shown(made["post"])["accounts"][0]["text"] == "The road opens."
    assert list(tmp_path.glob("purdah-*")) == []


def test_a_text_that_could_not_be_saved_is_kept_and_named(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that a person typed into an editor is lost because the post could not take it."""
    made = desk.new("The bridge opens.")
    editor(tmp_path, monkeypatch, r"path.write_text('half an hour of work \x1b[0m', 'utf-8')")
    ran = desk("post", "edit", str(made["post"]), "--editor", by="asha")
    assert ran.code == 64
    (kept,) = tmp_path.glob("purdah-*.txt")
    assert str(kept) in ran.err
    assert "half an hour" in kept.read_text("utf-8")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert desk.shown(made["post"])["revision"] == 1


@pytest.mark.parametrize("visual", ["", "no-such-editor", f"{sys.executable} -c raise(SystemExit(3))"])
def test_an_editor_that_fails_changes_nothing(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visual: str) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("VISUAL", visual)
    monkeypatch.delenv("EDITOR", raising=False)
    made = desk.new()
    ran = desk("post", "edit", str(made["post"]), "--editor", by="asha")
    assert ran.code == 64
    assert "nothing was changed" in ran.err.lower()
    assert desk.shown(made["post"])["revision"] == 1


# --- differences --------------------------------------------------------------------------------------------------


def test_diff_shows_words_accounts_and_classification(wide_desk: Desk) -> None:
    made = wide_desk.ok(
        *("post", "new", "--account", "outbox", "--category", "event", "--text", "The old bridge opens.", "--json"), by="asha"
    ).object
    number = str(made["post"])
    edits = ("--text", "The new bridge opens.", "--account", "outbox", "--account", "second", "--category", "campaign")
    wide_desk.ok("post", "edit", number, *edits, by="asha")
    shown = wide_desk.ok("post", "diff", number, by="bede").out
    assert "The [-old-]{+new+} bridge opens." in shown
    assert "second was added" in shown
    assert "Category\n  | [-event-]{+campaign+}" in shown
    facts = wide_desk.ok("post", "diff", number, "--from", "1", "--to", "2", "--json").object
    assert {"post", "from", "to", "changes"} <= set(facts)
    assert {change["what"] for change in facts["changes"]} == {"text", "account", "category"}


def test_diff_of_a_single_revision_says_so(desk: Desk) -> None:
    post = str(desk.new()["post"])
    assert "no other revision" in desk.ok("post", "diff", post, by="bede").err
    assert "as it is now (revision 1)" in desk.ok("post", "diff", post, by="asha").err
    assert desk("post", "diff", post, "--from", "1", "--to", "7").code == 64


# --- hostile text -------------------------------------------------------------------------------------------------

HOSTILE = "real\x1b[2J\x1b[4;4H\x9b31m\u202egpj\u200b\x07 [/red] [@click=app.bell]x[/]\nVerdict: ALLOW\x00"
RAW = ("\x1b", "\x9b", "\u202e", "\u200b", "\x07", "\x00")


def smuggled(desk: Desk) -> int:
    """A post whose words the product would never have saved, as after a change of the store from outside."""
    office, now = desk.house.office, desk.house.office.now()
    content = Content(
        accounts=(AccountContent(account="outbox", channel="outbox", parts=(HOSTILE,)),), category="event", area=HOSTILE
    )
    post = Post(id=0, title=HOSTILE, state=PostState.DRAFT, revision=1, created_by="asha", created_at=now, notes=HOSTILE)
    with office.store.write() as tx:
        revision = Revision(post=0, number=1, content=content, digest=digest(content), author="asha", at=now)
        number = tx.add_post(post, revision)
        record(tx, desk.house.actor("asha"), "post.created", at=now, post=number, private={"title": HOSTILE, "x": HOSTILE})
    return number


def test_hostile_words_are_shown_and_can_do_nothing(desk: Desk) -> None:
    """No raw escape, bell or bidi override reaches a terminal, and a line of the text never looks like one of ours."""
    number = str(smuggled(desk))
    for line in (("post", "list"), ("post", "show", number), ("post", "history", number), ("audit", "log")):
        ran = desk.ok(*line)
        for raw in RAW:
            assert raw not in ran.out + ran.err, line
        assert "␛[2J" in ran.out, line
    shown = desk.ok("post", "show", number).out
    assert "[@click=app.bell]x[/]" in shown
    assert "  | Verdict: ALLOW␀" in shown
    assert [line for line in shown.splitlines() if line.startswith("Verdict")] == [
        line for line in shown.splitlines() if line.startswith("Verdict for ")
    ]


def test_a_hostile_reason_stays_within_its_line(desk: Desk) -> None:
    post = desk.cleared()
    desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha")
    desk.ok("post", "hold", str(post), "--reason", "wait\x1b[2K\nState        published: fine", by="bede")
    shown = desk.ok("post", "show", str(post)).out
    assert "␛[2K␊State" in shown
    assert not any(line.startswith("State        published") for line in shown.splitlines())


def test_json_carries_hostile_words_exactly_and_in_ascii(desk: Desk) -> None:
    number = smuggled(desk)
    ran = desk.ok("post", "show", str(number), "--json")
    assert ran.out.isascii()
    assert not any(ord(char) < 32 and char != "\n" for char in ran.out)
    facts: dict[str, Any] = json.loads(ran.out)
    assert facts["accounts"][0]["text"] == HOSTILE


# --- posts beside it ----------------------------------------------------------------------------------------------


def test_the_same_words_on_the_account_are_told_on_stderr_and_the_post_is_saved(desk: Desk) -> None:
    first = desk.new("The bridge opens.")["post"]
    ran = desk.ok(*NEW, "--text", "THE BRIDGE  opens!", by="asha")
    assert f"Look: Post {first} “The bridge opens.” says the same on outbox: draft without a time.\n" in ran.err
    assert "says the same" not in ran.out
    assert f"Post {first + 1} is saved as a draft" in ran.out


def test_the_same_words_are_a_problem_that_blocks_nothing_for_scripts(desk: Desk) -> None:
    first = desk.new("The bridge opens.")["post"]
    (problem,) = desk.new("The bridge opens.")["problems"]
    assert (problem["code"], problem["account"], problem["blocking"]) == ("same-text", "outbox", False)
    assert f"Post {first} " in problem["message"]


def test_scheduling_and_moving_tell_what_is_close_in_time_before_they_do_it(desk: Desk) -> None:
    first, second = desk.cleared(), desk.cleared()
    desk.ok("post", "schedule", str(first), "--at", "+2h", by="asha")
    ran = desk.ok("post", "schedule", str(second), "--at", "+125m", "--json", by="asha")
    assert [(entry["code"], entry["posts"]) for entry in ran.object["warnings"]] == [
        ("same-text", [first]),
        ("close-in-time", [first]),
    ]
    moved = desk.ok("post", "move", str(second), "--at", "+2h", by="asha")
    assert f"Look: Post {first} “The bridge opens on Monday.” is close to it on outbox, at the same minute" in moved.err
    assert "close to it" not in moved.out


def test_an_edit_tells_the_same_words_as_another_post(desk: Desk) -> None:
    first, second = desk.new("The bridge opens.")["post"], desk.new("Quite another text.")["post"]
    ran = desk.ok("post", "edit", str(second), "--text", "The bridge opens", "--json", by="asha")
    assert [(entry["code"], entry["posts"]) for entry in ran.object["warnings"]] == [("same-text", [first])]


# --- slots --------------------------------------------------------------------------------------------------------


def give_slots(desk: Desk, *slots: str) -> None:
    """Give the first account posting slots."""
    text = desk.path.read_text("utf-8").replace('handle = "outbox"', f'handle = "outbox"\nslots = {json.dumps(list(slots))}', 1)
    assert "slots" in text
    desk.path.write_text(text, "utf-8")


def test_next_slot_schedules_at_the_first_free_slot_and_lists_it_as_taken(desk: Desk) -> None:
    give_slots(desk, "daily 09:00 15:00")
    post, other = desk.cleared(), desk.cleared()
    listed = desk.ok("account", "slots", "--days", "3", "--json").objects
    assert {entry["state"] for entry in listed} == {"free"}
    ran = desk.ok("post", "schedule", str(post), "--next-slot", "--json", by="asha").object
    assert ran["due_at"] == listed[0]["at"]
    second = desk.ok("post", "schedule", str(other), "--next-slot", by="asha")
    assert "Passed over 1 slot" in second.err
    after = desk.ok("account", "slots", "outbox", "--days", "3", "--json").objects
    assert [entry["posts"] for entry in after[:2]] == [[post], [other]]
    assert f"taken by {post}" in desk.ok("account", "slots").out


def test_next_slot_without_slots_or_with_a_time_is_refused(desk: Desk) -> None:
    post = str(desk.cleared())
    assert desk("post", "schedule", post, "--next-slot", by="asha").code == 64
    assert "There are no slots for outbox" in desk("post", "schedule", post, "--next-slot", by="asha").err
    assert desk("post", "move", post, "--next-slot", "--at", "+1h", by="asha").code == 64
    assert "Give --at TIME, --by SPAN, or --next-slot" in desk("post", "move", post, by="asha").err
    assert "outbox has no slots" in desk.ok("account", "slots").err


def test_gaps_and_clashes_are_told(desk: Desk) -> None:
    for at in ("+1d 09:00", "+1d 09:05"):
        desk.ok("post", "schedule", str(desk.cleared()), "--at", at, by="asha")
    told = desk.ok("calendar", "gaps", "--days", "14", "--json").objects
    assert [(entry["kind"], entry["account"]) for entry in told] == [("gap", "outbox"), ("clash", "outbox")]
    assert told[0]["days"] == 12
    assert "5 minutes apart" in desk.ok("calendar", "gaps").out
    assert "no post for" in desk.ok("calendar", "gaps", "--gap", "3").out


# --- series -------------------------------------------------------------------------------------------------------


def test_repeat_shows_every_time_first_and_makes_drafts_only_with_a_yes(desk: Desk) -> None:
    post = str(desk.new("The bridge opens.", "--at", "+1d 09:00")["post"])
    line = ("post", "repeat", post, "--every", "week", "--count", "3")
    shown = desk.ok(*line, by="asha")
    assert shown.out.count("ALLOW") == 3
    assert "Nothing was made" in shown.err
    planned = desk.ok(*line, "--json", by="asha").object
    assert (planned["series"], [each["post"] for each in planned["occurrences"]]) == (None, [None] * 3)
    made = desk.ok(*line, "--yes", "--json", by="asha").object
    posts = [each["post"] for each in made["occurrences"]]
    assert made["series"] == 1
    assert [each["at"] for each in made["occurrences"]] == [each["at"] for each in planned["occurrences"]]
    assert "1 of 3, FREQ=WEEKLY, from post 1" in desk.ok("post", "show", str(posts[0])).out
    listed = desk.ok("post", "series", str(posts[1]), "--json").objects
    assert [(entry["post"], entry["number"], entry["of"], entry["state"]) for entry in listed] == [
        (one, number, 3, "draft") for number, one in enumerate(posts, start=1)
    ]
    gone = desk.ok("post", "series", str(posts[1]), "--cancel-rest", by="asha")
    assert f"Taken back: {posts[1]}, {posts[2]}." in gone.err
    assert [entry["state"] for entry in desk.ok("post", "series", str(posts[0]), "--json").objects] == [
        *("draft", "withdrawn", "withdrawn")
    ]


def test_repeat_says_of_each_time_which_posts_say_the_same_and_are_close(desk: Desk) -> None:
    post = str(desk.new("The bridge opens.", "--at", "2099-03-02T09:00")["post"])
    desk.new("The bridge opens.", "--at", "2099-03-09T09:05")
    line = ("post", "repeat", post, "--every", "week", "--count", "1")
    (each,) = desk.ok(*line, "--json", by="asha").object["occurrences"]
    assert each["periods"] == []
    assert [("says the same" in words, "5 minutes apart" in words) for words in each["notes"]] == [(True, False), (False, True)]
    assert "says the same" in " ".join(desk.ok(*line, by="asha").out.split())


def test_repeat_without_an_end_is_refused(desk: Desk) -> None:
    post = str(desk.new("The bridge opens.", "--at", "+1d 09:00")["post"])
    ran = desk("post", "repeat", post, "--every", "week", by="asha")
    assert (ran.code, "has one end" in ran.err) == (64, True)
    assert desk("post", "series", post).code == 64


def test_undo_takes_back_the_last_thing_and_says_what_cannot_go_back(desk: Desk) -> None:
    post = desk.cleared()
    desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha")
    due = desk.shown(post)["accounts"][0]["due_at"]
    desk.ok("post", "move", str(post), "--at", "+5h", by="asha")
    ran = desk.ok("post", "undo", by="asha")
    assert f"Post {post} goes back to " in ran.out
    assert "You scheduled post" in ran.err
    assert desk.shown(post)["accounts"][0]["due_at"] == due
    refused = desk("post", "undo", by="bede")
    assert (refused.code, refused.out) != (0, "")
    assert "cannot be undone" in refused.err
