"""What the whole reader asks SQLite for each question of the light one; run as a program it writes `store/light_sql.py` anew."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Executable, Select, create_engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.domain.notices import NoticeState
from purdah_scheduler.errors import NotFound
from purdah_scheduler.store import light_sql
from purdah_scheduler.store.columns import Instant
from purdah_scheduler.store.faults import FileFaults
from purdah_scheduler.store.instants import EPOCH, read_instant
from purdah_scheduler.store.light_sql import EACH, Question
from purdah_scheduler.store.light_work import LightRow
from purdah_scheduler.store.notices import SqlNoticeReader
from purdah_scheduler.store.work import Parameters, Work

_DIALECT = SQLiteDialect_pysqlite(paramstyle="qmark")
_LINE = 110

# Values that no statement has of itself: where one of them is bound, an argument is.
POST, DELIVERY, SERIES, LIMIT = 7_000_000_001, 7_000_000_002, 7_000_000_003, 7_000_000_004
SINCE, UNTIL, BEFORE = (EPOCH + timedelta(days=days) for days in (1, 2, 3))
PERSON, NAME = "@person", "@name"
STATES = frozenset({"@one", "@two"})
_ARGUMENTS: dict[object, str] = {
    POST: "post",
    DELIVERY: "delivery",
    SERIES: "series",
    LIMIT: "limit",
    SINCE: "since",
    UNTIL: "until",
    BEFORE: "before",
    PERSON: "person",
    f'"{PERSON}"': "named",
    NAME: "name",
    str(NoticeState.WAITING): "state",
    tuple(sorted(STATES)): f"{EACH}states",
    (POST,): f"{EACH}posts",
}

_Asking = Callable[[SqlNoticeReader], object]


class Listening(Work):
    """Keeps what it is asked, and finds what it was made with."""

    def __init__(self, found: Sequence[Any]) -> None:
        super().__init__(create_engine("sqlite://").connect(), FileFaults(path=Path("nowhere")))
        self._found = found
        self.asked: list[Executable] = []

    def rows(self, statement: Executable, values: Parameters | None = None) -> Sequence[Any]:
        assert values is None
        self.asked.append(statement)
        return self._found

    def one(self, statement: Executable, values: Parameters | None = None) -> Any:
        return next(iter(self.rows(statement, values)), None)

    def scalar(self, statement: Executable) -> Any:
        return self.one(statement)

    def scalars(self, statement: Executable) -> Sequence[Any]:
        return self.rows(statement)


def asked_for() -> Iterator[tuple[str, Executable]]:
    """Each question by its name, with the statement of the whole reader."""
    alone: dict[str, _Asking] = {
        "account checks": lambda reader: reader.account_checks(),
        "attempts": lambda reader: reader.attempts(DELIVERY),
        "break-glasses": lambda reader: reader.break_glasses(POST),
        "campaign exemptions": lambda reader: reader.campaign_exemptions(),
        "comments past": lambda reader: reader.comments_past(PERSON),
        "counts": lambda reader: reader.counts(),
        "decisions": lambda reader: reader.decisions(POST),
        "deliveries": lambda reader: reader.deliveries(POST),
        "entries of post": lambda reader: list(reader.entries(post=POST)),
        "exemptions": lambda reader: reader.exemptions(POST),
        "fact": lambda reader: reader.fact(NAME),
        "heartbeats": lambda reader: reader.heartbeats(),
        "newest entry": lambda reader: list(reader.entries(newest_first=True, limit=1)),
        "next due": lambda reader: reader.next_due_at(),
        "notices": lambda reader: reader.notices(limit=LIMIT, state=NoticeState.WAITING),
        "overdue": lambda reader: reader.overdue(BEFORE),
        "pauses": lambda reader: reader.pauses(),
        "period changes": lambda reader: reader.period_changes(),
        "periods": lambda reader: reader.periods(),
        "post": lambda reader: reader.post(POST),
        "posts by state": lambda reader: reader.posts_by_state(),
        "rate limits": lambda reader: reader.rate_limits(),
        "revisions": lambda reader: reader.revisions(POST),
        "series": lambda reader: reader.series_of(POST),
        "server limits": lambda reader: reader.server_limits(),
        "suspended": lambda reader: reader.suspended(),
        "unreviewed": lambda reader: reader.unreviewed(),
    }
    for name, ask in alone.items():
        yield name, _heard(ask)[0]
    yield from zip(("targets of rows", "rows"), _heard(lambda reader: reader.rows([POST])), strict=True)
    one = LightRow(("id", "source", "rule", "person", "at"), (SERIES, POST, "", PERSON, SINCE))
    yield "series posts", _heard(lambda reader: reader.series_of(POST), one)[1]
    for name in ROW_IDS:
        yield name, _heard(partial(_list_of, name))[0]


ROW_IDS = (
    *("row ids states until", "row ids states since until limit", "row ids states since until"),
    *("row ids since until", "row ids since limit", "row ids since"),
)
"""The lists that the queue shows unasked: what is past and what is to come, of its two pieces."""


def _list_of(name: str, reader: SqlNoticeReader) -> None:
    """Ask for the list by what its name says is given."""
    given = name.split()
    wanted = QueueFilter(
        states=STATES if "states" in given else frozenset(),
        since=SINCE if "since" in given else None,
        until=UNTIL if "until" in given else None,
    )
    reader.row_ids(wanted, limit=LIMIT if "limit" in given else None)


def _heard(ask: _Asking, *found: object) -> list[Executable]:
    work = Listening(found)
    with suppress(NotFound):
        ask(SqlNoticeReader(work))
    return work.asked


def question(statement: Executable) -> Question:
    """What SQLite is asked, which arguments and constants are bound, and which columns come back, some as instants."""
    assert isinstance(statement, Select)
    compiled = statement.compile(dialect=_DIALECT)
    sql, binds = " ".join(compiled.string.split()), []
    for name in compiled.positiontup or ():
        value = compiled.params[name]
        bind = _ARGUMENTS.get(tuple(value) if isinstance(value, list) else value, value)
        assert bind != value or isinstance(value, int), f"{value!r} is neither an argument nor a number"
        sql = sql.replace(f"(__[POSTCOMPILE_{name}])", f"({bind})")
        binds.append(bind)
    assert "POSTCOMPILE" not in sql
    columns = list(statement.selected_columns)
    # A truth comes as 0 or 1, and both readers make a bool of it.
    kinds = [column.type.dialect_impl(_DIALECT) for column in columns if not isinstance(column.type, Boolean)]
    assert {kind.result_processor(_DIALECT, None) for kind in kinds} <= {None, read_instant}
    return Question(
        sql=sql,
        binds=tuple(binds),
        columns=" ".join(str(getattr(column, "name", "")) for column in columns),
        instants=tuple(place for place, column in enumerate(columns) if isinstance(column.type, Instant)),
    )


def every_question() -> dict[str, Question]:
    """As `light_sql.QUESTIONS` should have them."""
    return {name: question(statement) for name, statement in sorted(asked_for())}


def main() -> None:
    """Write them into the package, in the form of its other files."""
    path = Path(light_sql.__file__)
    head = path.read_text("utf-8").partition("QUESTIONS: ")[0]
    lines = [head + "QUESTIONS: dict[str, Question] = {"]
    for name, asked in every_question().items():
        said = f"sql={_text(asked.sql)}, binds={asked.binds!r}, columns={_text(asked.columns)}, instants={asked.instants!r}"
        lines.append(f"    {name!r}: Question({said}),")
    path.write_text("\n".join([*lines, "}\n"]), "utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(path)], check=True)


def _text(text: str) -> str:
    return "(" + "\n".join(repr(piece) for piece in _pieces(text)) + ")"


def _pieces(text: str) -> Iterator[str]:
    """The text in lines, each with the space that ends it."""
    while len(text) > _LINE:
        end = text.rindex(" ", 0, _LINE) + 1
        yield text[:end]
        text = text[end:]
    yield text


if __name__ == "__main__":
    main()
