"""Somebody edits the queue's file with a database tool: a guard refuses it, or nothing is sent and a check names it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from purdah_scheduler.checkup.lines import Level
from purdah_scheduler.checkup.run import examine
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import ProductError
from purdah_scheduler.store import guards, sqlite_file
from tests import houses
from tests.cli.conftest import Ran, command

SQLITE = sqlite_file.library()
WORDS = "The bridge opens on Monday."


class Case:
    """A house with a cleared post that is due now (1) and a draft that nobody cleared (2), and somebody with its file."""

    def __init__(self, folder: Path) -> None:
        self.house = houses.build(folder)
        self.house.scheduled(WORDS)
        self.house.draft("Nobody has cleared this.")
        self.tool = SQLITE.connect(self.house.config.store_path, isolation_level=None)

    def run(self, *line: str) -> Ran:
        return command("--config", str(self.house.config.path), *line)

    def behind_guards(self, *statements: str) -> None:
        """Take the guards away, edit, and put them back to the letter: no comparison of the schema sees it."""
        for name in guards.EXPECTED:
            self.tool.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            self.tool.execute(statement)
        for text in guards.EXPECTED.values():
            self.tool.execute(text)

    def sent(self) -> list[str]:
        """What is public."""
        return [file.read_text("utf-8") for file in self.house.config.data_folder.glob("outbox/**/*.txt")]

    def named(self) -> str:
        """What doctor says is bad."""
        lines = examine(self.house.config.path, thorough=True)
        return " ".join(line.said for line in lines if line.level is Level.BAD)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    made = Case(tmp_path / "house")
    yield made
    made.tool.close()
    made.house.office.store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE revisions SET content = replace(content, 'Monday', 'Friday')",
        "UPDATE revisions SET author = 'bede'",
        "UPDATE revisions SET digest = 'x'",
        "INSERT OR REPLACE INTO revisions SELECT post, number, content, digest, 'bede', at FROM revisions",
        "DELETE FROM revisions",
        "UPDATE decisions SET person = 'carys'",
        "UPDATE decisions SET choice = 'reject'",
        "UPDATE decisions SET digest = 'x', reason = ''",
        "INSERT OR REPLACE INTO decisions SELECT * FROM decisions",
        "DELETE FROM decisions",
        "UPDATE audit SET action = 'x'",
        "UPDATE audit SET private = '{}'",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 1",
        "INSERT INTO audit (seq, at, action, public, commitment, prev, hash) VALUES (99, 1, 'x', '{}', 'c', 'p', 'h')",
    ],
)
def test_a_guard_refuses_it_and_nothing_is_changed(case: Case, statement: str) -> None:
    before = [case.tool.execute(f"SELECT * FROM {name}").fetchall() for name in ("revisions", "decisions", "audit")]  # noqa: S608
    with pytest.raises(SQLITE.Error):
        case.tool.execute(statement)
    assert [case.tool.execute(f"SELECT * FROM {name}").fetchall() for name in ("revisions", "decisions", "audit")] == before  # noqa: S608
    assert case.named() == ""


FORGED = (
    "INSERT INTO decisions (post, revision, person, stage, choice, digest, at, assurance) "
    "SELECT post, number, 'bede', 'approval', 'approve', digest, 1, 'claimed' FROM revisions WHERE post = 2"
)
QUEUED = (
    "INSERT INTO deliveries (post, account, state, due_at, ready_at, revision, digest, fence, attempts) "
    "SELECT 2, d.account, 'scheduled', d.due_at, d.due_at, 1, r.digest, 0, 0 FROM deliveries d, revisions r WHERE r.post = 2"
)
QUEUE_DRAFT = (
    "UPDATE posts SET state = 'scheduled' WHERE id = 2",
    QUEUED,
    "UPDATE targets SET delivery = 2, state = 'scheduled' WHERE post = 2",
)


@pytest.mark.parametrize(
    ("statements", "code", "said"),
    [
        (QUEUE_DRAFT, "clearance-missing", ""),
        ((*QUEUE_DRAFT, FORGED), "content-changed", "A decision of bede on post 2"),
        (
            (
                *QUEUE_DRAFT,
                "INSERT INTO revisions SELECT 2, 2, content, digest, 'nobody', at FROM revisions WHERE post = 2",
                "UPDATE posts SET revision = 2 WHERE id = 2",
                "UPDATE deliveries SET revision = 2 WHERE post = 2",
                f"{FORGED} AND number = 2",
            ),
            "content-changed",
            "nobody",
        ),
    ],
)
def test_a_draft_that_was_put_into_the_queue_by_hand_is_not_sent(
    case: Case, statements: tuple[str, ...], code: str, said: str
) -> None:
    for statement in statements:
        case.tool.execute(statement)
    case.run("daemon", "--once")
    held = case.house.delivery(2)
    assert held.state is DeliveryState.HELD
    assert held.reason_code == code
    assert not [text for text in case.sent() if "Nobody has cleared" in text]
    assert said in case.named()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE revisions SET content = replace(content, 'Monday', 'Friday') WHERE post = 1", "do not match their digest"),
        ("UPDATE revisions SET author = 'asha2' WHERE post = 1", "not on record as asha2's"),
        ("UPDATE decisions SET person = 'carys' WHERE post = 1", "A decision of carys on post 1"),
        ("UPDATE decisions SET reason = 'Fine by me' WHERE post = 1", "A decision of bede on post 1"),
        ("UPDATE deliveries SET digest = replace(digest, 'a', 'b') WHERE post = 1", ""),
    ],
)
def test_what_was_edited_behind_the_guards_is_not_sent_and_is_named(case: Case, statement: str, named: str) -> None:
    case.behind_guards(statement)
    case.run("daemon", "--once")
    held = case.house.delivery(1)
    assert (held.state, held.reason_code) == (DeliveryState.HELD, "content-changed")
    assert case.sent() == []
    assert named in case.named()


def test_a_rejection_that_was_taken_out_behind_the_guards_is_named(case: Case) -> None:
    case.behind_guards("DELETE FROM audit WHERE action = 'decision.approve'")
    assert case.run("audit", "verify").code == 1
    case.run("daemon", "--once")
    assert case.sent() == []
    assert "The record is not whole" in case.named()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER zz AFTER UPDATE ON deliveries BEGIN UPDATE posts SET state = 'cleared'; END",
        "CREATE VIEW zz AS SELECT 1",
        "DROP TRIGGER decisions_erase_only",
        "DROP INDEX uq_deliveries_once",
        "CREATE TABLE zz (a)",
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = replace(sql, 'claimed', 'anybody') WHERE name = 'decisions'",
    ],
)
def test_a_schema_that_was_altered_sends_nothing_and_says_what(case: Case, statement: str) -> None:
    case.tool.executescript(statement)
    ran = case.run("daemon", "--once")
    assert ran.code == 78
    assert "altered from outside, so nothing was changed or sent" in ran.err
    assert case.sent() == []
    assert case.named()


def test_a_stop_that_was_taken_out_of_the_queue_still_stops_this_machine(case: Case) -> None:
    """What comes due is held by the file beside it."""
    house = case.house
    command("--config", str(house.config.path), "--as", "dougal", "pause", "--all", "--reason", "Break-in")
    case.tool.execute("DELETE FROM pauses")
    case.run("daemon", "--once")
    assert (house.delivery(1).state, house.delivery(1).reason_code) == (DeliveryState.HELD, "paused")
    assert case.sent() == []


def test_a_leaver_who_is_restored_by_hand_is_one_entry_short(case: Case) -> None:
    """A suspension that was taken out shows in the record: nobody restored the person."""
    config = str(case.house.config.path)
    assert command("--config", config, "--as", "dougal", "people", "suspend", "bede").code == 0
    case.run("daemon", "--once")
    assert case.house.delivery(1).reason_code == "clearance-missing"
    assert case.sent() == []


def flips(path: Path, many: int, seed: int) -> Iterator[Callable[[bytearray], None]]:
    """Changes of a single bit each, anywhere in the file."""
    random, size = Random(seed), path.stat().st_size
    for _ in range(many):
        place, bit = random.randrange(size), 1 << random.randrange(8)

        def flip(data: bytearray, place: int = place, bit: int = bit) -> None:
            data[place] ^= bit

        yield flip


def contents(path: Path) -> list[Any] | None:
    """Texts, decisions and record as they read; None where they cannot be read."""
    connection = SQLITE.connect(path)
    try:
        return [
            connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()  # noqa: S608  the names are these
            for name in ("revisions", "decisions", "audit")
        ]
    except (SQLITE.Error, UnicodeError):
        return None
    finally:
        connection.close()


@pytest.mark.parametrize("many", [120, pytest.param(4000, marks=pytest.mark.long)])
def test_every_flipped_bit_that_changes_texts_decisions_or_the_record_is_named(case: Case, many: int) -> None:
    """The database's own check misses one in eight."""
    path = case.house.config.store_path
    case.tool.close()
    case.house.office.store.close()
    sound, before = bytes(path.read_bytes()), contents(path)
    changed = 0
    for flip in flips(path, many, seed=20261122):
        damaged = bytearray(sound)
        flip(damaged)
        path.write_bytes(damaged)
        for side in ("-wal", "-shm", "-journal"):
            path.with_name(path.name + side).unlink(missing_ok=True)
        if contents(path) != before:
            changed += 1
            try:
                assert case.named()
            except ProductError:
                continue  # refused in a sentence, which is a name too
    assert changed
    path.write_bytes(sound)
