"""Single bits flipped behind every guard in texts, authors, decisions, record and pictures: each is seen, none goes out.

On both stores. The long run (`make test-long`) flips 4,000 on each.
"""

from collections import Counter
from random import Random

import psycopg
import pytest

from purdah_scheduler.application import writing
from purdah_scheduler.application.writing import Attachment, Draft
from tests import houses
from tests.attacks.ground import PICTURE, SQLITE, Ground

TABLES = ("revisions", "decisions", "audit")


def flipped(value: object, dice: Random) -> object | None:
    """The value with one bit of it changed: bytes where a text is none any more; None for what has no bits."""
    if isinstance(value, int):
        return value ^ (1 << dice.randrange(40))
    if not isinstance(value, str) or not value:
        return None
    raw = bytearray(value.encode("utf-8"))
    raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    return bytes(raw)


def written(value: object, *, on_server: bool) -> object | None:
    """How the database takes it; None where it takes no such text at all."""
    if not isinstance(value, bytes):
        return value
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return None if on_server else value
    return None if on_server and "\x00" in text else text


def is_harmless(table: str, column: str, before: object, after: object) -> bool:
    """Whether it is the same thing written otherwise: a salt's digits have no case, and the one decision any number."""
    same_salt = (table, column) == ("audit", "salt") and isinstance(after, str) and after.lower() == before
    return same_salt or (table, column) == ("decisions", "id")


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("many", [80, pytest.param(4000, marks=pytest.mark.long)])
def test_every_flipped_bit_is_seen_or_refused_and_nothing_altered_goes_out(
    ground: Ground, many: int, capsys: pytest.CaptureFixture[str]
) -> None:
    ground.without_guards()
    sound = {table: ground.rows(table) for table in TABLES}
    truth = ground.goes_out()
    assert truth is not None
    assert ground.named() == ""
    dice, came = Random(20261122), Counter[str]()
    while sum(came.values()) < many:
        table = dice.choice(TABLES)
        rows = [list(row) for row in sound[table]]
        row = dice.randrange(len(rows))
        column = dice.randrange(len(rows[row]))
        value = flipped(rows[row][column], dice)
        value = None if value is None else written(value, on_server=ground.on_server)
        if value is None:
            continue
        where = f"{table}.{ground.columns(table)[column]}: {rows[row][column]!r} became {value!r}"
        rows[row][column] = value
        try:
            ground.replace(table, rows)
        except (SQLITE.Error, psycopg.Error):
            came["refused by the database"] += 1
        else:
            out = ground.goes_out()
            assert out in (None, truth), f"altered, and let out: {where}"
            if is_harmless(table, ground.columns(table)[column], sound[table][row][column], value):
                came["harmless"] += 1
                assert out == truth
            else:
                came["held" if out is None else "seen"] += 1
                assert ground.named(), f"unseen: {where}"
            ground.replace(table, sound[table])
    assert ground.goes_out() == truth
    if many > 1000:
        with capsys.disabled():
            store = "PostgreSQL" if ground.on_server else "SQLite"
            counts = ", ".join(f"{number} {what}" for what, number in sorted(came.items()))
            print(f"\n{store}: {many} flipped bits: {counts}; 0 unseen, 0 sent")


@pytest.mark.parametrize("rounds", [24, pytest.param(2000, marks=pytest.mark.long)])
def test_no_flipped_bit_of_a_picture_goes_out(ground: Ground, rounds: int) -> None:
    dice = Random(7)
    truth = ground.goes_out()
    kept = [path for path in ground.house.config.data_folder.rglob("*") if path.is_file() and path.read_bytes() == PICTURE]
    if ground.on_server:  # the database itself refuses a picture that is not the one of its hash, until somebody takes that away
        with pytest.raises(psycopg.errors.CheckViolation):
            ground.tool.execute("UPDATE attachments SET data = data || 'x'")
        ground.tool.execute("ALTER TABLE attachments DROP CONSTRAINT ck_attachments_sha256")
    for _ in range(rounds):
        damaged = bytearray(PICTURE)
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        for data in (bytes(damaged), PICTURE):
            if ground.on_server:
                ground.tool.execute("UPDATE attachments SET data = %s", (data,))
            else:
                kept[0].chmod(0o600)
                kept[0].write_bytes(data)
            if data == PICTURE:
                assert ground.goes_out() == truth
            else:
                assert ground.goes_out() is None
                assert "changed after it was attached" in ground.named()


def test_a_post_whose_row_names_another_picture_is_held_by_the_daemon_and_named(ground: Ground) -> None:
    """The other picture is whole and belongs to a post that nobody has cleared."""
    house = ground.house
    other = writing.new_post(
        house.office,
        house.actor("asha"),
        Draft(
            accounts=("outbox",),
            text="Another.",
            category=houses.CATEGORY,
            attachments=(Attachment(data=PICTURE + b"another", type="image/png", alt="A bridge"),),
        ),
    )
    ours, theirs = (house.view(post).revision.content.media[0] for post in (1, other))
    ground.without_guards()
    column = ground.columns("revisions").index("content")
    swapped = [
        [
            str(value).replace(ours.sha256, theirs.sha256) if place == column and row[0] == 1 else value
            for place, value in enumerate(row)
        ]
        for row in ground.rows("revisions")
    ]
    ground.replace("revisions", swapped)
    ground.with_guards()
    ground.daemon()
    assert house.delivery(1).reason_code == "content-changed"
    assert ground.sent() == []
    assert "do not match their digest" in ground.named()
