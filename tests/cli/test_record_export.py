"""The record as files: lossless lines that verify without the product, a harmless table, a page to read, and redactions."""

import csv
import html
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.application.exporting import Export, File, Wanted
from purdah_scheduler.application.lists import Dossier
from purdah_scheduler.domain.audit import GENESIS, NewEntry, chained
from purdah_scheduler.domain.checkpoints import checkpoint
from purdah_scheduler.domain.content import canonical
from purdah_scheduler.exports.jsonl import lines
from purdah_scheduler.exports.table import harmless
from tests.cli.conftest import Desk
from tests.fuzz import fuzzed
from tests.store import builders as make

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_export.py"
NASTY = '=HYPERLINK("x") <b>[/red]</b>\nSecond line & \u202e?'


@pytest.fixture
def told(desk: Desk) -> Desk:
    """A house with a published post of two revisions, a rejected one and a stop."""
    post = desk.cleared()
    desk.ok("post", "schedule", str(post), "--at", "now", by="asha")
    desk.ok("daemon", "--once")
    made = desk.new("Phone lines <open> & =1+1 at 8am.")
    number = str(made["post"])
    desk.ok("post", "edit", number, "--text", "Phone lines <open> & =1+1 at 9am.", by="asha")
    desk.ok("post", "submit", number, by="asha")
    digest = desk.shown(int(number))["digest"]
    line = ("post", "decide", number, "--stage", "approval", "--reject", "--digest", digest, "--reason", "=cmd|' /C calc'!A0")
    desk.ok(*line, by="bede")
    desk.ok("pause", "--all", "--reason", "Drill", by="dougal")
    return desk


def verified(*files: Path) -> tuple[int, str]:
    """What the recipe in the documents says, run by itself."""
    command = [sys.executable, "-I", str(VERIFIER), *map(str, files)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    "options", [(), ("--post", "2"), ("--post", "1", "--redact", "personal"), ("--from", "2020-01-01T09:00")]
)
def test_lines_verify_without_the_product_and_any_change_shows(told: Desk, tmp_path: Path, options: tuple[str, ...]) -> None:
    file = tmp_path / "out.jsonl"
    kept = tmp_path / "kept"
    kept.write_text(told.ok("audit", "checkpoint").out, "utf-8")
    told.ok("audit", "export", *options, "--out", str(file))
    assert verified(file, kept) == (0, verified(file, kept)[1])
    assert "1 checkpoints match" in verified(file, kept)[1]
    lines = file.read_text("ascii").splitlines()
    chained = [place for place, line in enumerate(lines) if json.loads(line)["kind"] in ("entry", "link")]
    for place in (chained[0], chained[-1]):
        for name, value in (("at", "2020-01-01T00:00:00.000000Z"), ("action", "x"), ("public", "{}"), ("hash", "0" * 64)):
            altered = [*lines]
            altered[place] = json.dumps(json.loads(lines[place]) | {name: value})
            file.write_text("\n".join(altered) + "\n", "ascii")
            assert verified(file)[0] == 1, (place, name)
    for gone in (chained[0], chained[-1]):
        file.write_text("\n".join(lines[:gone] + lines[gone + 1 :]) + "\n", "ascii")
        assert verified(file)[0] == 1


def test_words_that_were_altered_in_the_lines_show(told: Desk, tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    told.ok("audit", "export", "--post", "2", "--out", str(file))
    text = file.read_text("ascii")
    file.write_text(text.replace("at 9am", "at 7am"), "ascii")
    assert verified(file)[0] == 1


def test_of_other_posts_nothing_about_people_is_handed_out(told: Desk) -> None:
    lines = [json.loads(line) for line in told.ok("audit", "export", "--post", "1").out.splitlines()]
    assert {line["post"] for line in lines if line["kind"] == "entry"} == {1}
    assert [line["post"] for line in lines if line["kind"] == "post"] == [1]
    links = [line for line in lines if line["kind"] == "link"]
    assert links
    assert all("private" not in line and "salt" not in line for line in links)


def without_digests(text: str) -> str:
    """The text without digests, salts and their codes, which hold a name such as bede by chance."""
    return re.sub(r"[0-9a-f]{16,}|[0-9a-f]{4}-[0-9a-f]{4}", "", text)


@pytest.mark.parametrize("form", ["jsonl", "csv", "html"])
def test_a_redacted_export_has_no_name_reason_or_note_and_says_so(told: Desk, form: str) -> None:
    whole = told.ok("audit", "export", "--format", form).out
    out = told.ok("audit", "export", "--format", form, "--redact", "personal").out
    for personal in ("asha", "bede", "dougal", "Asha Rowntree", "calc", "Drill"):
        assert personal in whole or personal in ("asha", "bede", "dougal", "Asha Rowntree")
        assert personal not in without_digests(out), personal
    assert "[redacted s40(2)]" in out
    assert "[redacted s40(2)]" not in whole


def test_no_cell_of_the_table_is_a_formula(told: Desk) -> None:
    rows = list(csv.DictReader(io.StringIO(told.ok("audit", "export", "--format", "csv").out, newline="")))
    assert [row["what"] for row in rows[:3]] == ["post created", "post submitted", "decision approve"]
    assert rows[0]["known_by"] == "recorded, not verified"
    for row in rows:
        assert not [cell for cell in row.values() if cell[:1] in "=+-@\t\r" and cell]


@given(st.text(max_size=30))
def test_no_text_at_all_begins_a_formula_and_none_is_lost(text: str) -> None:
    safe = harmless(text)
    assert not safe.lstrip().startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    assert safe in (text, f"'{text}")


@fuzzed
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60))
def test_lines_give_back_every_text_to_the_letter(text: str) -> None:
    text = normalize("NFC", text)
    new = NewEntry(action="post.created", at=make.NOON, post=1, public={"code": text}, private={"text": text})
    (entry,) = chained([new], after=0, prev=GENESIS, new_salt=lambda: "ab" * 16)
    revision = make.revision(make.content(text), post_id=1)
    dossier = Dossier(post=make.post(text), revisions=(revision,), decisions=(), exemptions=(), deliveries=())
    export = Export(
        department=text,
        made_at=make.NOON,
        wanted=Wanted(post=1),
        redacted=False,
        chain=(entry,),
        chosen=frozenset({1}),
        before=GENESIS,
        end=checkpoint(1, entry.hash, instance="ab" * 16, at=make.NOON),
        files=(File(dossier=dossier, attempts={}),),
    )
    written = list(lines(export))
    assert all(line.isascii() and "\n" not in line for line in written)
    header, kept, post = map(json.loads, written)
    assert (header["department"], post["title"]) == (text, text)
    assert (kept["public"], kept["private"], kept["salt"]) == (entry.public, entry.private, entry.salt)
    assert json.loads(kept["private"])["text"] == text
    assert post["revisions"][0]["content"].encode("ascii") == canonical(revision.content)
    assert json.loads(post["revisions"][0]["content"])["accounts"][0]["parts"] == [text]


def test_the_page_tells_post_by_post_and_obeys_no_text(told: Desk) -> None:
    out = told.ok("audit", "export", "--format", "html").out
    for said in (
        "Post 1: The bridge opens on Monday.",
        "Phone lines &lt;open&gt; &amp; =1+1 at 9am.",
        "Earlier: revision 1",
        "Bede Calloway",
        "recorded, not verified (claimed)",
        "rejected",
        "allow",
        "It was never queued, so nothing was sent.",
        "purdah-checkpoint-v1",
        "Not about one post",
    ):
        assert said in out, said
    assert "<open>" not in out
    assert "<script" not in out


def test_an_export_of_nothing_of_nobody_and_of_a_time_backwards(told: Desk, tmp_path: Path) -> None:
    assert told("audit", "export", "--post", "99").code == 64
    assert told("audit", "export", "--from", "2026-02-01T09:00", "--to", "2026-01-01T09:00").code == 64
    file = tmp_path / "none.jsonl"
    assert told.ok("audit", "export", "--to", "2020-01-01T09:00", "--out", str(file), "--json").object["entries"] == 0
    assert verified(file)[0] == 0


# --- comments and break-glass -------------------------------------------------------------------------------------

COMMENT = "Is <b>the second</b> date right, or was it “=1+1”?"
WHY = "The river rises, and nobody can be reached."
FOUND = "It was right to do it."


@pytest.fixture
def spoken(desk: Desk) -> Desk:
    """A house with a post that was commented on, for which the glass was broken and reviewed, and that was taken back."""
    with desk.path.open("a", encoding="utf-8") as file:
        file.write('\n[break_glass]\nenabled = true\n\n[[person]]\nid = "quentin"\nname = "Quentin Duty"\nroles = ["duty"]\n')
    number = str(desk.new("Phone lines open at 8am.")["post"])
    desk.ok("post", "submit", number, by="asha")
    desk.ok("post", "comment", number, "--text", COMMENT, "--to", "carys", by="bede")
    skip = ("--skip", "approval", "--incident", "INC-7", "--reason", WHY)
    desk.ok("post", "break-glass", number, *skip, by="quentin")
    desk.ok("post", "review-break-glass", number, "--note", FOUND, by="carys")
    desk.ok("post", "cancel", number, by="asha")
    return desk


@pytest.mark.parametrize("form", ["jsonl", "csv", "html"])
def test_comments_and_break_glass_can_be_read_in_every_form(spoken: Desk, form: str) -> None:
    out = html.unescape(spoken.ok("audit", "export", "--post", "1", "--format", form).out)
    told = json.dumps(COMMENT)[1:-1] if form == "jsonl" else COMMENT
    assert told in out or json.dumps(told)[1:-1] in out
    for said in ("INC-7", WHY, FOUND):
        assert said in out, said


@pytest.mark.parametrize("form", ["jsonl", "csv", "html"])
def test_redacted_they_have_no_name_and_no_words(spoken: Desk, form: str) -> None:
    out = spoken.ok("audit", "export", "--post", "1", "--format", form, "--redact", "personal").out
    for personal in ("second", WHY, FOUND, "bede", "carys", "quentin", "Quentin", "Carys"):
        assert personal not in without_digests(out), personal
    assert "INC-7" in out


@pytest.mark.parametrize("form", ["jsonl", "csv", "html"])
def test_erased_they_say_so_and_the_lines_still_verify(spoken: Desk, tmp_path: Path, form: str) -> None:
    spoken.ok("audit", "erase", "--post", "1", "--reason", "Case 117", "--yes", by="dougal")
    file = tmp_path / f"out.{form}"
    spoken.ok("audit", "export", "--post", "1", "--format", form, "--out", str(file))
    out = file.read_text("utf-8")
    for words in ("second", WHY, FOUND):
        assert words not in out, words
    if form == "jsonl":
        assert verified(file)[0] == 0
        post = json.loads(out.splitlines()[-1])
        assert [(one["erased"], one["text"]) for one in post["comments"]] == [(True, "")]
        assert [(one["reason"], one["review"], one["stages"]) for one in post["break_glasses"]] == [("", "", ["approval"])]
    else:
        assert "[erased]" in out
    assert "(erased)" in spoken.ok("post", "show", "1").out
