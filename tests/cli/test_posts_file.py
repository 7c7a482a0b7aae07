"""Posts in a file: an export loses nothing, an import saves drafts or tells every fault of the file and saves none."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from purdah_scheduler.exports.posts_in import MOST_POSTS
from purdah_scheduler.exports.table import harmless
from tests.cli.conftest import Desk

NASTY = '=HYPERLINK("x"), <b>[/red]\n---\n@NHSuk “café” 🚲'
HEAD = "accounts,category,text\n"
PICTURE = b"\x89PNG\r\n\x1a\n picture"
TOLD = {"post", "state", "revision", "digest", "created_by", "created_at", "deliveries"}


def posts(desk: Desk) -> list[dict[str, Any]]:
    """Every post as an export tells it."""
    return desk.ok("export").objects


def says(post: dict[str, Any]) -> str:
    """What an import takes of a post, and its digest."""
    return json.dumps(
        {name: value for name, value in post.items() if name not in TOLD} | {"digest": post["digest"]}, sort_keys=True
    )


def refused(desk: Desk, folder: Path, text: str, name: str = "posts.csv", *, by: str = "asha") -> str:
    """What is said when a file with this text is refused; nothing is saved then."""
    file = folder / name
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    ran = desk("import", str(file), by=by)
    assert (ran.code, ran.out) == (64, ""), ran
    assert posts(desk) == []
    return ran.err


@pytest.fixture
def full(wide_desk: Desk, tmp_path: Path) -> Desk:
    """A house with a post of everything that a post can have, one in review and one that is public."""
    picture = tmp_path / "bridge.png"
    picture.write_bytes(PICTURE)
    line = ["post", "new", "--account", "outbox", "--account", "second", "--account", "third", "--category", "announcement"]
    line += ["--text", NASTY, "--text-for", "second=-1 for this one", "--nation", "Wales", "--area", "=Anytown"]
    line += ["--media", str(picture), "--alt", "+A bridge", "--focus", "1=0.5,-0.25", "--card", "https://example.org/x"]
    line += ["--card-title", "Title", "--card-description", "More", "--card-picture", str(picture), "--joint-uk"]
    line += ["--campaign", "Bridges", "--title", "@Title", "--notes", "One\nTwo", "--at", "2031-05-07T09:30"]
    line += ["--not-before", "2031-05-07T09:00", "--not-after", "2031-05-08T09:00", "--content-warning", "Loud", "--lang", "cy"]
    wide_desk.ok(*line, by="asha")
    wide_desk.ok("post", "submit", str(wide_desk.new("Two.")["post"]), by="asha")
    post = wide_desk.cleared()
    wide_desk.ok("post", "schedule", str(post), "--at", "now", by="asha")
    wide_desk.ok("daemon", "--once")
    return wide_desk


# --- out and in again ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_what_is_exported_is_imported_with_the_same_digests(full: Desk, tmp_path: Path, form: str) -> None:
    before = posts(full)
    file = tmp_path / f"out.{form}"
    full.ok("export", "--format", form, "--out", str(file))
    full.ok("import", str(file), by="asha")
    known = {post["post"] for post in before}
    after = [post for post in posts(full) if post["post"] not in known]
    assert sorted(map(says, after)) == sorted(map(says, before))


def test_whatever_a_post_was_elsewhere_it_is_a_draft_of_whoever_imports_it(full: Desk, tmp_path: Path) -> None:
    """Nobody writes, clears or publishes in another's name by a line of a file."""
    file = tmp_path / "out.jsonl"
    published = next(post for post in posts(full) if post["deliveries"])
    file.write_text(json.dumps(published | {"created_by": "bede", "at": None}), encoding="utf-8")
    made = full.ok("import", str(file), "--json", by="asha").object
    after = next(post for post in posts(full) if post["post"] == made["post"])
    assert published["state"] == "scheduled"
    assert (after["state"], after["created_by"], after["deliveries"]) == ("draft", "asha", [])


def test_an_export_tells_what_became_of_a_post(full: Desk) -> None:
    published = next(post for post in posts(full) if post["deliveries"])
    (delivery,) = published["deliveries"]
    assert delivery["state"] == "published"
    assert delivery["remote_url"]


def test_an_export_takes_the_filters_of_the_list(full: Desk) -> None:
    assert len(posts(full)) == 3
    assert [post["text"] for post in full.ok("export", "--words", "Two").objects] == ["Two."]
    assert len(full.ok("export", "--account", "third").objects) == 1
    assert full.ok("export", "--to", "2020-01-01").objects == []


def test_no_cell_of_a_table_is_a_formula_and_the_columns_that_were_changed_are_named(full: Desk) -> None:
    rows = list(csv.DictReader(io.StringIO(full.ok("export", "--format", "csv").out, newline="")))
    assert [cell for row in rows for cell in row.values() if harmless(cell) != cell] == []
    (escaped,) = [row["escaped"].split() for row in rows if row["escaped"]]
    assert set(escaped) == {"text", "text_for:second", "area", "title", "alt"}


def test_an_apostrophe_that_somebody_wrote_stays(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text(HEAD + "outbox,operational-service,'=1 is how it was typed\n", encoding="utf-8")
    desk.ok("import", str(file), by="asha")
    assert posts(desk)[0]["text"] == "'=1 is how it was typed"


def test_an_export_of_nothing_is_empty_and_json_needs_a_file(desk: Desk, tmp_path: Path) -> None:
    assert desk.ok("export").out == ""
    assert desk("export", "--json").code == 64
    assert desk.ok("export", "--json", "--out", str(tmp_path / "x.jsonl")).object["posts"] == 0


# --- in -----------------------------------------------------------------------------------------------------------


def test_an_import_is_on_the_record_with_its_file_and_line(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text(HEAD + "\noutbox,operational-service,One.\n", encoding="utf-8")
    made = desk.ok("import", str(file), "--json", by="asha").object
    (entry,) = desk.ok("post", "history", str(made["post"]), "--json").objects
    assert entry["action"] == "post.created"
    assert "imported_from" in json.dumps(entry)
    assert made["line"] == 3
    assert desk.shown(int(made["post"]))["digest"] == made["digest"]


def test_a_dry_run_says_the_verdict_and_the_problems_and_saves_nothing(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text(HEAD + f"outbox,operational-service,{'Long. ' * 3000}\n", encoding="utf-8")
    looked = desk.ok("import", str(file), "--dry-run", "--json", by="asha").object
    assert (looked["line"], looked["post"], looked["verdict"]) == (2, None, "allow")
    assert posts(desk) == []


def test_every_fault_of_a_file_is_told_at_once_with_its_line(desk: Desk, tmp_path: Path) -> None:
    rows = ["outbox,operational-service,Good.", "outbx,operatoinal-service,", ",announcement,Nowhere.", "outbox,announcement"]
    said = refused(desk, tmp_path, HEAD + "\n".join(rows))
    assert "0 of 4 posts were imported" in said
    lines = {line.partition(":")[0]: line for line in said.splitlines()}
    assert "outbox" in lines["line 3"]
    assert "It has no account." in lines["line 4"]
    assert "2 cells under 3 headings" in lines["line 5"]
    assert "line 2" not in lines


def test_the_line_of_a_fault_is_that_on_which_its_post_begins(desk: Desk, tmp_path: Path) -> None:
    said = refused(desk, tmp_path, HEAD + 'outbox,operational-service,"One\ntwo\nthree"\nnobody,operational-service,Four.\n')
    assert "line 5: There is no account “nobody”." in said


def test_a_quotation_mark_that_is_never_closed_swallows_nothing(desk: Desk, tmp_path: Path) -> None:
    said = refused(desk, tmp_path, HEAD + 'outbox,operational-service,One.\noutbox,operational-service,"Two.\noutbox,x,Three.\n')
    assert "line 3: A quotation mark is opened and never closed" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1: It is not a line of JSON."),
        ("[1]", "line 1: It is not an object in braces."),
        ('{"text": "a", "text": "b"}', "line 1: A field is named twice."),
        ('{"accounts": ["outbox"], "category": "announcement", "text": NaN}', "line 1: It is not a line of JSON."),
        ('{"accounts": ["outbox"], "category": "announcement", "txt": "a"}', "There is no field “txt”. Did you mean text?"),
        ('{"accounts": ["outbox"], "category": "announcement", "text": 1}', "“text” is not text."),
        ('{"accounts": "outbox", "category": "announcement", "text": "a"}', "“accounts” is not a list"),
        ('{"accounts": ["outbox", "outbox"], "category": "announcement", "text": "a"}', "An account is named twice."),
        ('{"accounts": ["outbox"], "text": "a"}', "It has no category."),
        ('{"accounts": ["outbox"], "category": "announcement", "text": " "}', "It says nothing."),
        (
            '{"accounts": ["outbox"], "category": "announcement", "text": "a", "partisan": "no"}',
            "“partisan” is neither yes nor no.",
        ),
        ('{"accounts": ["outbox"], "category": "announcement", "text": "a", "at": "soon"}', "“at”: "),
        ('{"accounts": ["outbox"], "category": "announcement", "text": "a", "at": "2031-03-30T01:30"}', "“at”: "),
        ('{"accounts": ["outbox"], "category": "announcement", "text": "a\\ud800"}', "broken character at position 2"),
        ('{"accounts": ["outbox"], "category": "announcement", "text": "a", "lang": "\\u001b[2J"}', "“lang”: "),
        ('{"accounts": ["outbox"], "category": "announcement", "text": "a", "texts": {"nobody": "b"}}', "a text for “nobody”"),
        ('{"accounts": ["outbox"], "category": "announcement", "text": "a", "nation": "France"}', "There is no nation “France”"),
    ],
)
def test_a_line_that_cannot_be_used_says_why(desk: Desk, tmp_path: Path, line: str, said: str) -> None:
    assert said in refused(desk, tmp_path, line + "\n", "posts.jsonl")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no post in it."),
        ("accounts,text\n", "line 1: the column category is missing."),
        ("accounts,category,txt\n", "line 1: there is no column “txt”. Nothing was imported."),
        ("accounts,category,text,text\n", "line 1: the column text is there twice."),
        (HEAD + "outbox,announcement,a\n" * 2, "line 3: It says the same at the same time as line 2."),
        (HEAD + "outbox,announcement,a\n" * (MOST_POSTS + 1), "It has more than 2,000 posts."),
    ],
)
def test_a_table_that_cannot_be_used_says_why(desk: Desk, tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(desk, tmp_path, text)


def test_a_file_of_another_kind_or_in_another_encoding_is_refused(desk: Desk, tmp_path: Path) -> None:
    assert "neither .csv nor .jsonl" in refused(desk, tmp_path, "x", "posts.xlsx")
    file = tmp_path / "posts.csv"
    file.write_bytes((HEAD + "outbox,announcement,caf\xe9\n").encode("latin-1"))
    ran = desk("import", str(file), by="asha")
    assert (ran.code, "line 2: it is not UTF-8 text." in ran.err) == (64, True)
    assert desk("import", str(tmp_path), by="asha").code == 64
    assert desk("import", str(tmp_path / "gone.csv"), by="asha").code == 64


def test_a_table_of_a_spreadsheet_is_read_with_its_mark_and_its_line_ends(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_bytes(b"\xef\xbb\xbf" + b'Accounts,Category,Text,At\r\noutbox,operational-service,"A\r\nB",07/05/2031 09:30\r\n')
    desk.ok("import", str(file), by="asha")
    (post,) = posts(desk)
    assert (post["text"], post["at"]) == ("A\nB", "2031-05-07T09:30:00+01:00")


def test_a_picture_lies_beside_the_file_or_is_kept_here_and_nowhere_else(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "outside.png").write_bytes(PICTURE)
    for name in (str(tmp_path / "outside.png"), "../outside.png", "gone.png", f"sha256:{'0' * 64}", "sha256:../../x"):
        line = {"accounts": ["outbox"], "category": "announcement", "text": "a", "media": [{"file": name, "alt": "A bridge"}]}
        assert "line 1: “picture 1”" in refused(desk, tmp_path / "in", json.dumps(line), "posts.jsonl")
    (tmp_path / "in" / "bridge.png").write_bytes(PICTURE)
    file = tmp_path / "in" / "posts.csv"
    file.write_text("accounts,category,text,media,alt\noutbox,announcement,a,bridge.png,A bridge\n", encoding="utf-8")
    desk.ok("import", str(file), by="asha")
    (medium,) = posts(desk)[0]["media"]
    assert medium["alt"] == "A bridge"


def test_only_an_author_imports(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text(HEAD + "outbox,operational-service,One.\n", encoding="utf-8")
    ran = desk("import", str(file), by="bede")
    assert (ran.code, posts(desk)) == (1, [])


def test_a_post_that_says_what_another_says_is_told(desk: Desk, tmp_path: Path) -> None:
    desk.new("The bridge opens on Monday.", "--at", "2031-05-07T09:30")
    file = tmp_path / "posts.csv"
    file.write_text(
        "accounts,category,text,at\noutbox,announcement,The bridge opens on Monday.,2031-05-07 09:30\n", encoding="utf-8"
    )
    looked = desk.ok("import", str(file), "--dry-run", "--json", by="asha").object
    assert "same-text" in {problem["code"] for problem in looked["problems"]}
