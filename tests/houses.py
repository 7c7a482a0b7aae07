"""A whole house in a temporary folder, for tests that need more than one room of it: configuration, queue and office.

`build(folder)` writes a configuration of its own people and accounts, creates the queue and opens an office on it. The UK's
periods are left out (`shipped = false`), so that a test means the same on every day; declare what you need with `block`.

People: asha (author), bede (approver), carys (approver, propriety), dougal (publisher, operator). One stage: `approval`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from purdah_scheduler.application import calendars, deciding, scheduling, writing
from purdah_scheduler.application.office import Actor, Office
from purdah_scheduler.application.views import PostView, post_view
from purdah_scheduler.application.writing import Draft
from purdah_scheduler.bootstrap import create_queue, open_office, read_config
from purdah_scheduler.config import Config
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.periods import Body, Kind, Nation, Period
from purdah_scheduler.domain.posts import Delivery, DeliveryState

CATEGORY = "announcement"
"""A kind of post that a strict period blocks and an ordinary day allows."""

_CONFIG = """\
[department]
name = "Department for Rivers"

{store}

[calendar]
shipped = false

[daemon]
{daemon}

[[clearance.stage]]
id = "approval"
role = "approver"

[[person]]
id = "asha"
name = "Asha Rowntree"
roles = ["author"]

[[person]]
id = "bede"
name = "Bede Calloway"
roles = ["approver"]

[[person]]
id = "carys"
name = "Carys Penhallow"
roles = ["approver", "propriety"]

[[person]]
id = "dougal"
name = "Dougal Strand"
roles = ["publisher", "operator"]
"""
_ACCOUNT = """
[[account]]
id = "{id}"
channel = "{channel}"
handle = "{handle}"
kind = "department"
body = "uk-civil-service"
"""
QUICK = {"heartbeat_seconds": 0.2, "retry_first_seconds": 0.3, "lease_seconds": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedClock:
    """The true clock, set to another time; it runs on."""

    by: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by

    def boot_seconds(self) -> float:
        return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The house and its everyday work; every method acts as a person who may do it."""

    config: Config
    office: Office

    def actor(self, person: str) -> Actor:
        return Actor(person=self.config.person(person), face="cli")

    def ago(self, span: timedelta) -> "House":
        """The same house, working `span` ago."""
        return replace(self, office=replace(self.office, clock=MovedClock(by=-span)))

    def draft(self, text: str, *accounts: str, category: str = CATEGORY, not_after: datetime | None = None) -> int:
        """A new post, for the first account of the house unless others are named."""
        names = accounts or (self.config.accounts[0].id,)
        draft = Draft(accounts=names, text=text, category=category, not_after=not_after)
        return writing.new_post(self.office, self.actor("asha"), draft)

    def cleared(self, text: str, *accounts: str, category: str = CATEGORY, not_after: datetime | None = None) -> int:
        """A post that is cleared by bede."""
        post = self.draft(text, *accounts, category=category, not_after=not_after)
        writing.submit(self.office, self.actor("asha"), post)
        deciding.decide(
            self.office,
            self.actor("bede"),
            post,
            stage="approval",
            choice=Choice.APPROVE,
            typed_digest=short(self.view(post).digest),
        )
        return post

    def scheduled(
        self,
        text: str,
        *accounts: str,
        due_in: timedelta = timedelta(0),
        category: str = CATEGORY,
        not_after: datetime | None = None,
    ) -> int:
        """A cleared post that is due in `due_in`, or was due that long ago."""
        if due_in < timedelta(0):
            return self.ago(-due_in).scheduled(text, *accounts, category=category, not_after=not_after)
        post = self.cleared(text, *accounts, category=category, not_after=not_after)
        scheduling.schedule(self.office, self.actor("asha"), post, at=self.office.now() + due_in)
        return post

    def block(self, *, starts_in: timedelta = timedelta(0), name: str = "test-election") -> None:
        """Declare a general election whose period begins in `starts_in` (or so long ago) and lasts 40 days."""
        starts = self.office.now() + starts_in
        calendars.declare(
            self.office,
            self.actor("carys"),
            Period(
                id=name,
                name="Invented general election",
                kind=Kind.GENERAL,
                bodies=frozenset({Body.UK_CIVIL_SERVICE}),
                nations=frozenset({Nation.UK}),
                starts=starts,
                ends=starts + timedelta(days=40),
                source="invented for a test",
            ),
        )

    def view(self, post: int) -> PostView:
        return post_view(self.office, post)

    def delivery(self, post: int, account: str = "") -> Delivery:
        """The delivery of a post that is not cancelled (on `account`)."""
        with self.office.store.read() as reader:
            found = [d for d in reader.deliveries(post) if account in ("", d.account) and d.state is not DeliveryState.CANCELLED]
        return found[-1]

    def actions(self, post: int) -> list[str]:
        """What the record says of a post, oldest first."""
        with self.office.store.read() as reader:
            return [entry.action for entry in reader.entries(post=post)]

    def record_is_whole(self) -> bool:
        with self.office.store.read() as reader:
            return verify(reader.entries()).ok


def build(
    folder: Path,
    *,
    accounts: Sequence[str] = ("outbox",),
    x_base_url: str = "",
    daemon: Mapping[str, float] = QUICK,
    lines: Mapping[str, str] | None = None,
    store_url: str = "",
) -> House:
    """A new house in `folder`. An account whose name begins with `x` is on X at `x_base_url`, with `<id>.toml` as its tokens;
    one whose name begins with `page` is posted on by hand.

    `lines` are further lines of an account's table, by its id. With `store_url` its queue is the one that is there already.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    settings = "\n".join(f"{name} = {value}" for name, value in daemon.items())
    text = _CONFIG.format(daemon=settings, store=f'[store]\nurl = "{store_url}"' if store_url else "")
    for name in accounts:
        on_x = name.startswith("x")
        channel = "x" if on_x else "manual-linkedin" if name.startswith("page") else "outbox"
        text += _ACCOUNT.format(id=name, channel=channel, handle="dept_example" if on_x else name)
        if on_x:
            text += f'base_url = "{x_base_url}"\ncredentials = "{name}.toml"\n'
        text += (lines or {}).get(name, "")
    path = folder / "config.toml"
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")
    config = read_config(path)
    if not store_url:
        create_queue(config)
    return House(config=config, office=open_office(config))


def told_by_a_program(house: House, script: str) -> House:
    """The same house, where asha and dougal are told everything by a shell script at `hook` in its folder.

    The house that is given is closed.
    """
    house.office.store.close()
    hook, path = house.config.folder / "hook", house.config.path
    hook.touch(mode=0o700)
    hook.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    text = path.read_text("utf-8")
    for name in ("Asha Rowntree", "Dougal Strand"):
        text = text.replace(f'name = "{name}"\n', f'name = "{name}"\nnotify = ["hook"]\n')
    path.write_text(f'{text}\n[[notify.channel]]\nid = "hook"\nkind = "command"\nprogram = "{hook}"\n', "utf-8")
    config = read_config(path)
    return House(config=config, office=open_office(config))
