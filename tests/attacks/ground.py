"""A house with a post that is due, and somebody with a tool for its database whom no guard stops."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from purdah_scheduler.application import deciding, gate, scheduling, writing
from purdah_scheduler.application.outgoing import outgoing_of
from purdah_scheduler.application.recorded import strangers_in
from purdah_scheduler.application.soundness import soundness
from purdah_scheduler.application.writing import Attachment, Draft
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.content import short
from purdah_scheduler.errors import ProductError
from purdah_scheduler.store import guards, sqlite_file
from tests import houses
from tests.cli.conftest import command
from tests.postgresql import Server

SQLITE = sqlite_file.library()
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
WORDS = "The bridge opens on Monday."


@dataclass
class Ground:
    """A house with a post of two revisions, with a picture, cleared and due now; and somebody with a tool for its database."""

    house: houses.House
    tool: Any
    on_server: bool

    def rows(self, table: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.tool.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()]  # noqa: S608

    def columns(self, table: str) -> list[str]:
        return [column[0] for column in self.tool.execute(f"SELECT * FROM {table} LIMIT 0").description]  # noqa: S608

    def replace(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        """These are the rows of the table from now on; texts are given as bytes where they are no longer any."""
        mark = "%s" if self.on_server else "?"
        self.tool.execute("BEGIN")
        try:
            self.tool.execute(f"DELETE FROM {table}")  # noqa: S608
            for row in rows:
                marks = ", ".join(f"CAST({mark} AS TEXT)" if isinstance(value, bytes) else mark for value in row)
                self.tool.execute(f"INSERT INTO {table} VALUES ({marks})", tuple(row))  # noqa: S608
        except (SQLITE.Error, psycopg.Error):
            self.tool.execute("ROLLBACK")
            raise
        self.tool.execute("COMMIT")

    def without_guards(self) -> None:
        """Take every guard away; on a server none binds the tool."""
        for name in () if self.on_server else guards.EXPECTED:
            self.tool.execute(f"DROP TRIGGER {name}")

    def with_guards(self) -> None:
        """Put them back to the letter: no comparison of the schema sees it."""
        for text in () if self.on_server else guards.EXPECTED.values():
            self.tool.execute(text)

    def daemon(self) -> None:
        """Let a daemon do what is due."""
        command("--config", str(self.house.config.path), "daemon", "--once")

    def sent(self) -> list[str]:
        """What is public."""
        return [file.read_text("utf-8") for file in self.house.config.data_folder.glob("outbox/**/*.txt")]

    def goes_out(self) -> object | None:
        """Everything that the gate lets out, as it stands; None where it lets out nothing or the store cannot be read."""
        office = self.house.office
        try:
            with office.store.read() as reader:
                (delivery,) = reader.deliveries(1)
                answer = gate.ask(
                    reader, house=office.house, shelf=office.shelf, post=1, account="outbox", at=office.now(), delivery=delivery
                )
                if not answer.go:
                    return None
                content = reader.revision(1, delivery.revision).content
                outgoing = outgoing_of(content, office.house.account("outbox"), delivery)
                pictures = [office.shelf.get(medium.sha256) for medium in outgoing.media]
                writers = [(revision.number, revision.author) for revision in reader.revisions(1)]
                return outgoing, pictures, content, writers, reader.decisions(1)
        except ProductError:
            return None

    def named(self) -> str:
        """What a check of the whole queue says is wrong."""
        office = self.house.office
        try:
            with office.store.read() as reader:
                return " ".join((*soundness(reader, office.shelf).problems, *strangers_in(reader)))
        except ProductError as fault:
            return fault.message


def cleared(house: houses.House) -> None:
    """A post that a colleague edited before it was cleared and queued."""
    draft = Draft(
        accounts=("outbox",),
        text="The bridge opens.",
        category=houses.CATEGORY,
        attachments=(Attachment(data=PICTURE, type="image/png", alt="A bridge"),),
    )
    post = writing.new_post(house.office, house.actor("asha"), draft)
    media = house.view(post).revision.content.media
    edit = Draft(accounts=("outbox",), text=WORDS, category=houses.CATEGORY, keep_media=media)
    writing.revise(house.office, house.actor("asha"), post, edit)
    writing.submit(house.office, house.actor("asha"), post)
    code = short(house.view(post).digest)
    deciding.decide(
        house.office, house.actor("bede"), post, stage="approval", choice=Choice.APPROVE, typed_digest=code, reason="Agreed"
    )
    scheduling.schedule(house.office, house.actor("asha"), post, at=house.office.now())


@contextmanager
def on_a_file(folder: Path) -> Iterator[Ground]:
    """The queue in a file."""
    house = houses.build(folder / "house")
    with closing(house.office.store), closing(SQLITE.connect(house.config.store_path, isolation_level=None)) as tool:
        tool.execute("PRAGMA synchronous = OFF")
        cleared(house)
        yield Ground(house=house, tool=tool, on_server=False)


@contextmanager
def on_a_server(server: Server, folder: Path) -> Iterator[Ground]:
    """The queue in a database; the tool is its superuser's, with every trigger switched off for the session."""
    options = "-c search_path=purdah -c session_replication_role=replica"
    with server.database() as name:
        house = houses.build(folder / "house", store_url=server.url(name))
        with closing(house.office.store), psycopg.connect(server.url(name), autocommit=True, options=options) as tool:
            cleared(house)
            yield Ground(house=house, tool=tool, on_server=True)
