"""The programs under the interface benchmark: a minimal Textual app, this product on short and long queues, and its peers."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import publish_queue
from purdah_scheduler import bootstrap
from purdah_scheduler.config import Config

HERE = Path(__file__).parent
PEERS = ("posting", "harlequin")
DOWN = "\x1b[B"
_ROWS = 500
_FLOOR = f"""
from textual.app import App
from textual.widgets import DataTable, Footer, Header
class Floor(App):
    def compose(self):
        yield Header()
        yield DataTable(cursor_type="row")
        yield Footer()
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("Due", "Post")
        table.add_rows(("today", f"Painted {{number}}") for number in range({_ROWS}))
Floor().run()
"""


@dataclass(frozen=True, kw_only=True)
class Program:
    """How a program is started, the words that are on its screen once all of it is, and what opens its list for the keys."""

    name: str
    command: tuple[str, ...]
    words: tuple[str, ...]
    into_list: str = ""
    environment: Mapping[str, str]


def home(folder: Path) -> dict[str, str]:
    """An environment with a home of its own, so that no program reads the settings of whoever measures."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR", "PURDAH_CONFIG")}
    places = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    return {**kept, **places, "HOME": str(folder), "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}


def floor(folder: Path) -> Program:
    """What nothing that is made with the toolkit can be quicker than."""
    return Program(name="floor", command=(sys.executable, "-c", _FLOOR), words=("Painted 3",), environment=home(folder / "home"))


def queue_of(folder: Path, posts: int) -> Config:
    """A queue of that many posts that are due tomorrow."""
    config = publish_queue.make(folder, hands=10)
    store = bootstrap.open_office(config).store
    try:
        due = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
        publish_queue.fill(store, {number: f"Notice {number:06}" for number in range(1, posts + 1)}, due)
    finally:
        store.close()
    return config


def ours(folder: Path, config: Config, posts: int) -> Program:
    """This product on a queue."""
    return Program(
        name=f"ours, {posts:,} posts",
        command=(sys.executable, "-m", "purdah_scheduler", "--config", str(config.path), "--as", "ann"),
        words=("Notice 000003", "NO DAEMON"),
        environment=home(folder / "home"),
    )


def posting(folder: Path, python: Path) -> Program:
    """posting with a collection of thirty requests."""
    collection = folder / "collection"
    collection.mkdir(parents=True)
    for number in range(30):
        text = f"name: request-{number:02}\nmethod: GET\nurl: http://127.0.0.1:9/{number}\n"
        (collection / f"request-{number:02}.posting.yaml").write_text(text, "utf-8")
    return Program(
        name="posting",
        command=(str(python.parent / "posting"), "--collection", str(collection)),
        words=("request-03",),
        into_list="\t",
        environment=home(folder / "home"),
    )


def harlequin(folder: Path, python: Path) -> Program:
    """harlequin on a small SQLite database."""
    folder.mkdir(parents=True)
    path = folder / "notices.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notices (id INTEGER PRIMARY KEY, words TEXT)")
        connection.executemany("INSERT INTO notices (words) VALUES (?)", [(f"Notice {number}",) for number in range(_ROWS)])
    connection.close()
    return Program(
        name="harlequin",
        command=(str(python.parent / "harlequin"), "--adapter", "sqlite", str(path)),
        words=("Query Editor", "main db"),
        environment=home(folder / "home"),
    )


def peer_python(folder: Path, name: str) -> Path:
    """The Python of a fresh environment that has one peer; each wants another version of the toolkit."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
    subprocess.run([*command, "-r", str(HERE / f"interface_{name}.txt")], check=True)
    return folder / "bin" / "python"
