"""The light store answers as the whole one does, of the same snapshot, in the same words, and gives way to it for more."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.notice_ports import NoticeReader
from purdah_scheduler.domain.account_health import Health, LastCheck
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.notices import Item, Notice, NoticeKind, NoticeState
from purdah_scheduler.domain.period_changes import Action, PeriodChange
from purdah_scheduler.domain.posts import DeliveryState, Exemption, Pause, PostState, RateLimit
from purdah_scheduler.domain.readings import COMMENTED, Reading
from purdah_scheduler.domain.series import Series
from purdah_scheduler.domain.server_limits import ServerLimits
from purdah_scheduler.errors import NotFound, ProductError, StoreUnusable
from purdah_scheduler.store import light_sql, light_store, sqlite, sqlite_file
from purdah_scheduler.store.light_reader import LightReader
from purdah_scheduler.store.light_store import LightStore
from purdah_scheduler.store.sqlite_store import SqliteStore
from tests.store import builders as make
from tests.store.light_questions import every_question

SQLITE = sqlite_file.library()
"""The same library as the store's: two in one process undo each other's locks."""

PEOPLE = ("ada", "bob", 'o"%_/brien', "nobody")
AT = st.one_of(st.none(), st.integers(-3, 3).map(lambda minutes: make.NOON + minutes * make.MINUTE))
STATES = st.frozensets(st.sampled_from([*map(str, PostState), *map(str, DeliveryState)]), max_size=4)
FILTERS = st.builds(
    QueueFilter, states=STATES, since=AT, until=AT, words=st.sampled_from(["", "flu"]), author=st.sampled_from(["", "ada"])
)


@pytest.fixture
def light(place: Path) -> Iterator[LightStore]:
    opened = opened_light(place)
    yield opened
    opened.close()


def opened_light(place: Path) -> LightStore:
    """The store at `place` as the product opens it."""
    store = light_store.open_store(place)
    assert isinstance(store, LightStore)
    return store


@pytest.fixture
def filled(lite: SqliteStore) -> SqliteStore:
    """A row in every table, and posts in many states."""
    make.fill(lite)
    for minutes in range(-2, 3):
        make.queued(lite, due_at=make.NOON + minutes * make.MINUTE, accounts=("b", "a"), title=f"at {minutes}")
    _, held = make.queued(lite, accounts=("a",))
    make.move(lite, held["a"], DeliveryState.HELD, reason_code="blocked", reason="An [/red] election.")
    _, sent = make.queued(lite, accounts=("a", "c"))
    path = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.PUBLISHED)
    make.move(lite, sent["c"], *path, remote_url="https://x.example/1", published_at=make.NOON)
    glass = BreakGlass(
        id=0,
        post=1,
        digest="ab" * 32,
        revision=1,
        person="dee",
        stages=("press", "legal"),
        reason="flood ' ;",
        incident="INC-1",
        at=make.NOON,
    )
    ends = make.NOON + timedelta(days=1)
    with lite.write() as tx:
        rich = tx.add_post(make.post("rich"), make.revision(make.rich_content(), author="bob"))
        tx.add_revision(make.revision(make.content("Second."), post_id=rich, number=2))
        tx.declare_period(make.period())
        change = PeriodChange(id=0, period="p", action=Action.SHORTEN, reason="r", person="ada", at=make.NOON, shape="s")
        tx.add_period_change(replace(change, second="bob", instant=ends))
        tx.add_exemption(Exemption(id=0, post=None, campaign="Winter", person="grace", reason="r", at=make.NOON, expires_at=ends))
        for account in ("", "a"):
            tx.set_pause(Pause(account=account, person="ada", reason="fire", at=make.NOON))
        tx.suspend("bob", "ada", make.NOON)
        tx.set_rate_limit(RateLimit(account="a", until=ends, reason="429", at=make.NOON))
        limits = ServerLimits(account="a", max_length=5, max_images=4, max_image_bytes=99, max_alt=1, at=make.NOON)
        tx.set_server_limits(limits)
        tx.note_check(LastCheck(account="a", at=make.NOON, health=Health.NEEDS_LOGIN, said="“401”", expires_at=ends))
        tx.add_series(Series(id=0, source=1, rule="FREQ=WEEKLY", person="ada", at=make.NOON, posts=(3, 2)))
        for one in (glass, replace(glass, stages=("press",))):
            tx.add_break_glass(one)
        tx.review_break_glass(1, by="bob", at=make.NOON, words="It was right.")
        for post, by, to in ((1, "bob", ()), (2, "bob", ("ada", PEOPLE[2])), (rich, PEOPLE[2], ("ada",))):
            tx.record(replace(make.entry(COMMENTED, post_id=post), private={"person": by, "text": "Right?", "to": list(to)}))
    with lite.notebook() as book:
        notice = Notice(
            id=0,
            channel="room",
            people=("ann",),
            kind=NoticeKind.HELD,
            topic="t",
            at=make.NOON,
            items=(Item(post=1, account="a", code="blocked"),),
            ready_at=make.NOON,
        )
        first = book.add_notice(notice)
        book.save_notice(replace(notice, id=first, state=NoticeState.GIVEN_UP, tries=3, fault="no", ended_at=make.NOON))
        book.add_notice(notice)
    lite.note_reading(Reading(post=1, person="ada", at=make.NOON, revision=1, comment=10_000))
    lite.beat(make.heartbeat(), high_water=make.NOON)
    lite.beat(replace(make.heartbeat(), owner="d2", platform_ahead=0.5, platform_heard_at=make.NOON), high_water=make.NOON)
    with lite.write() as tx:
        tx.accept_clock(make.NOON)
        tx.record(make.entry())
    return lite


def answers(reader: NoticeReader) -> dict[str, object]:
    """Everything that the light reader knows, asked of every post there is and of some that there are not."""
    posts = range(14)
    said: dict[str, Callable[[int], object]] = {
        "post": reader.post,
        "revisions": reader.revisions,
        "decisions": reader.decisions,
        "deliveries": reader.deliveries,
        "attempts": reader.attempts,
        "exemptions": reader.exemptions,
        "break_glasses": reader.break_glasses,
        "series_of": reader.series_of,
        "entries": lambda post: list(reader.entries(post=post)),
    }
    whole: dict[str, Callable[[], object]] = {
        "house": lambda: [reader.pauses(), reader.suspended(), reader.periods(), reader.period_changes()],
        "accounts": lambda: [reader.rate_limits(), reader.server_limits(), reader.account_checks()],
        "daemons": lambda: [reader.heartbeats(), reader.high_water(), reader.clock_accepted_at(), reader.instance()],
        "queue": lambda: [reader.next_due_at(), reader.overdue(make.NOON), reader.posts_by_state(), reader.counts()],
        "rows": lambda: reader.rows([5, 4, 99, *posts]),
        "record": lambda: [reader.unreviewed(), reader.campaign_exemptions(), list(reader.entries(newest_first=True, limit=1))],
        "notices": lambda: [reader.notices(limit=9, state=state) for state in NoticeState],
        "comments": lambda: {person: found for person in PEOPLE if (found := reader.comments_past(person))},
    }
    found: dict[str, object] = {name: ask() for name, ask in whole.items()}
    for name, ask in said.items():
        for post in posts:
            try:
                found[f"{name} {post}"] = ask(post)
            except NotFound as fault:
                found[f"{name} {post}"] = str(fault)
    return found


def test_everything_that_is_asked_at_the_start_is_answered_as_the_whole_store_does_without_opening_it(
    filled: SqliteStore, light: LightStore
) -> None:
    with light.notices() as ours, filled.notices() as theirs:
        mine, whole = answers(ours), answers(theirs)
    assert mine == whole
    assert light._opened is None
    assert all(whole[name] for name in ("house", "accounts", "daemons", "rows", "attempts 1", "series_of 2", "comments"))


def test_an_empty_store_is_answered_alike(lite: SqliteStore, light: LightStore) -> None:
    with light.notices() as ours, lite.notices() as theirs:
        assert answers(ours) == answers(theirs)
    assert light._opened is None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(wanted=FILTERS, limit=st.one_of(st.none(), st.integers(0, 4)))
def test_every_list_is_the_same_whoever_answers(filled: SqliteStore, wanted: QueueFilter, limit: int | None) -> None:
    light = opened_light(filled.path)
    with light.read() as ours, filled.read() as theirs:
        assert ours.row_ids(wanted, limit=limit) == theirs.row_ids(wanted, limit=limit)
    light.close()


def test_the_questions_are_those_that_the_whole_reader_asks() -> None:
    """Where this fails: python -m tests.store.light_questions"""
    assert every_question() == light_sql.QUESTIONS


def test_every_name_of_the_port_is_answered(light: LightStore) -> None:
    names = {name for kind in NoticeReader.__mro__ for name in vars(kind) if not name.startswith("_")}
    with light.notices() as reader:
        assert all(callable(getattr(reader, name)) for name in names)
    known = {name for kind in LightReader.__mro__ for name in vars(kind) if not name.startswith("_")}
    assert known <= names, "what no port has is asked by nobody"


# --- one snapshot ---------------------------------------------------------------------------------------------


def test_what_only_the_whole_reader_knows_is_of_the_same_snapshot(light: LightStore, lite: SqliteStore) -> None:
    make.add_post(lite, "before")
    with light.read() as reader:
        assert [row.title for row in reader.rows([1, 2])] == ["before"]
        make.add_post(lite, "after")
        assert [line.title for line in reader.lines(QueueFilter(), limit=9)] == ["before"]
        assert light._opened is not None
        assert list(reader.row_ids(QueueFilter())) == [1]
        assert [row.title for row in reader.rows([1, 2])] == ["before"]
    with light.read() as reader:
        assert [line.title for line in reader.lines(QueueFilter(), limit=9)] == ["before", "after"]


def test_the_snapshot_ends_with_its_block_whoever_has_read_in_it(light: LightStore, lite: SqliteStore) -> None:
    """Else the write-ahead log could never be brought back into the file."""
    make.add_post(lite)
    with light.read() as reader:
        reader.counts()
    with light.read() as reader:
        reader.lines(QueueFilter(), limit=9)
    make.add_post(lite)
    look = sqlite_file.connect(light.path, SQLITE, query_only=False)
    assert look.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
    look.close()


def test_a_reader_that_is_kept_after_its_block_is_refused(light: LightStore) -> None:
    with light.read() as kept:
        kept.counts()
    with pytest.raises(RuntimeError, match="after its block"):
        kept.counts()


def test_a_change_opens_the_whole_store_which_does_everything_from_then_on(light: LightStore) -> None:
    post = make.add_post(light, "One")
    assert light._opened is light.whole()
    with light.read() as reader:
        assert (reader.post(post).title, type(reader).__name__) == ("One", "SqlNoticeReader")
    light.beat(make.heartbeat(), high_water=make.NOON)
    light.note_reading(Reading(post=post, person="ada", at=make.NOON, revision=1))
    with light.notebook() as book:
        assert book.told_up_to() is None
    with light.read() as reader:
        assert reader.heartbeats() == (make.heartbeat(),)


def test_opening_the_whole_store_never_opens_the_file_as_a_plain_one(light: LightStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing a plain handle would let go of every lock that SQLite holds on it for this process."""
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("opened"))
    with light.read() as reader:
        reader.lines(QueueFilter(), limit=1)


def test_the_change_mark_goes_on_when_the_whole_store_is_opened(light: LightStore, lite: SqliteStore) -> None:
    first = light.change_mark()
    assert light.change_mark() == first
    make.add_post(light)
    second = light.change_mark()
    assert second != first
    assert light.change_mark() == second
    make.add_post(lite)
    assert light.change_mark() != second


def test_many_readings_at_once_keep_few_connections_and_none_after_the_end(light: LightStore, filled: SqliteStore) -> None:
    filled.close()
    together = threading.Barrier(8, timeout=60)
    found: list[int] = []

    def read() -> None:
        with light.read() as reader:
            together.wait()
            found.append(len(reader.rows(range(99))))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [12] * 8
    assert len(light._idle) == 4
    light.close()
    light.close()
    assert not handles(light.path)


def handles(path: Path) -> list[str]:
    """The open files of this process that lie in the folder of `path`."""
    found = []
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(handle.readlink()))
    return [name for name in found if name.startswith(str(path.parent))]


# --- what is out of the ordinary ------------------------------------------------------------------------------


def edit(place: Path, *statements: str) -> None:
    """Change the file as somebody would who owns it."""
    with SQLITE.connect(place) as other:
        for statement in statements:
            other.execute(statement)
    other.close()


def garble(place: Path) -> None:
    """Leave the header, and nothing sound behind it."""
    whole = place.read_bytes()
    place.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))


def garble_the_schema(place: Path) -> None:
    """Leave a schema of which SQLite itself speaks in bytes that are no text."""
    whole = place.read_bytes()
    assert b"CREATE TABLE meta" in whole
    place.write_bytes(whole.replace(b"CREATE TABLE meta", b"CREATE TABL\xce meta"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda place: place.unlink(),
        lambda place: place.chmod(0o644),
        lambda place: place.write_bytes(b"no database"),
        lambda place: place.write_bytes(place.read_bytes()[:20_000]),
        garble,
        garble_the_schema,
        lambda place: edit(place, "UPDATE alembic_version SET version_num = '0099'"),
        lambda place: edit(place, "DELETE FROM alembic_version"),
        lambda place: edit(place, "PRAGMA application_id=7"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_the_words_of_the_whole_store(place: Path, spoil: Callable[[Path], object]) -> None:
    spoil(place)
    said = make.refusal(lambda: light_store.open_store(place))
    assert str(said) == str(make.refusal(lambda: sqlite.open_store(place)))
    assert not handles(place)


@pytest.mark.parametrize(
    ("statement", "ask"),
    [
        ("DROP TABLE notices", lambda reader: reader.notices(limit=1, state=NoticeState.GIVEN_UP)),
        ("UPDATE meta SET value = 'x' WHERE name = 'high water'", lambda reader: reader.high_water()),
        ("UPDATE periods SET bodies = 'x'", lambda reader: reader.periods()),
        ("UPDATE periods SET announced_at = 9223372036854775807", lambda reader: reader.periods()),
        ("UPDATE posts SET title = CAST(x'ff' AS TEXT)", lambda reader: reader.post(1)),
        ("SELECT 1", lambda reader: reader.post(2**63)),
    ],
)
def test_damage_is_told_in_the_words_of_the_whole_store_and_nothing_more_is_read(
    filled: SqliteStore, statement: str, ask: Callable[[NoticeReader], object]
) -> None:
    place = filled.path
    filled.close()
    look = sqlite_file.connect(place, SQLITE, query_only=False)
    for (name,) in look.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        look.execute(f'DROP TRIGGER "{name}"')
    look.execute(statement)
    look.close()

    def said(store: LightStore | SqliteStore) -> str:
        try:
            with store.notices() as reader, pytest.raises(ProductError) as caught:
                ask(reader)
        finally:
            store.close()
        return str(caught.value)

    assert said(opened_light(place)) == said(sqlite.open_store(place))


def test_a_store_that_was_moved_away_is_neither_read_nor_opened_further(light: LightStore) -> None:
    with light.read() as reader:
        light.path.rename(light.path.with_name("elsewhere"))
        assert "moved or replaced" in make.refusal(lambda: reader.lines(QueueFilter(), limit=1)).message
    for use in (lambda: light.read().__enter__(), light.change_mark, light.whole):
        assert "moved or replaced" in make.refusal(use, StoreUnusable).message


def test_with_another_journal_or_library_the_whole_store_is_opened(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = SimpleNamespace(**{**vars(SQLITE), "sqlite_version": "3.40.1", "sqlite_version_info": (3, 40, 1)})
    for module in (light_store, sqlite):
        monkeypatch.setattr(module, "library", lambda: old)
    first = light_store.open_store(place)
    assert isinstance(first, SqliteStore)
    assert first.journal == "delete"
    first.close()
    assert isinstance(light_store.open_store(place), LightStore), "the file has the journal that this library wants"


# --- what it is for -------------------------------------------------------------------------------------------


def test_a_first_reading_loads_no_sqlalchemy(filled: SqliteStore) -> None:
    program = (
        "import sys; from pathlib import Path; from purdah_scheduler.store.light_store import open_store\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "with store.read() as reader: print(len(reader.rows(range(99))))\n"
        "store.change_mark(); store.close(); print('sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(filled.path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["12", "False"]
