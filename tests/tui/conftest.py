"""A small invented department on a temporary folder, at a fixed moment in a pre-election period, for the screens to show."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application import deciding, scheduling, writing
from purdah_scheduler.application.office import Actor, Office
from purdah_scheduler.application.recording import record
from purdah_scheduler.application.writing import Draft
from purdah_scheduler.bootstrap import create_queue, open_office, read_config
from purdah_scheduler.config import Config
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.content import AccountContent, Content, digest
from purdah_scheduler.domain.posts import Attempt, DeliveryState, Heartbeat, Post, PostState, Revision
from purdah_scheduler.domain.slots import read_slots
from purdah_scheduler.tui import clipboard
from purdah_scheduler.tui.app import PurdahApp

NOW = datetime(2026, 4, 14, 9, 42, tzinfo=UTC)
"""Tuesday 14 April 2026, 10:42 in London: the invented general election was called four days before."""

CONFIG = """
[department]
name = "Department for Lighthouses and Tides"

[store]
path = "data/purdah.db"

[calendar]
files = ["calendar.d/*.toml"]
shipped = false

[[account]]
id = "dlt"
channel = "outbox"
handle = "@dlt_gov"
kind = "department"
body = "uk-civil-service"

[[account]]
id = "dlt-news"
channel = "outbox"
handle = "@dlt_news"
kind = "department"
body = "uk-civil-service"

[[person]]
id = "asha"
name = "Asha Rowntree"
roles = ["author", "publisher"]

[[person]]
id = "bede"
name = "Bede Calloway"
roles = ["author", "approver"]

[[person]]
id = "carys"
name = "Carys Penhallow"
roles = ["propriety", "approver"]

[[person]]
id = "dougal"
name = "Dougal Strand"
roles = ["publisher", "operator"]

[[person]]
id = "erin"
name = "Erin Vale"
roles = ["viewer"]

[clearance]
[[clearance.stage]]
id = "policy"
label = "Policy approval"
role = "approver"
"""

CALENDAR = """
[[period]]
id = "ge-2026"
name = "General election 2026"
kind = "general"
bodies = ["uk-civil-service", "alb"]
nations = ["UK"]
announced = 2026-04-10
starts = 2026-04-10T00:00:00
ends = 2026-05-08T00:00:00
polling_day = 2026-05-07
end_mode = "fixed"
basis = "announced"
status = "confirmed"
source = "https://example.gov.uk/election-guidance"
"""


class SetClock:
    """A clock that a test moves by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The moment that was set."""
        return self.at

    def boot_seconds(self) -> float:
        """Seconds since some start."""
        return self.at.timestamp()


@dataclass
class Desk:
    """Everything that a test needs: the office, its clock, and people who act."""

    folder: Path
    config: Config
    office: Office
    clock: SetClock

    def actor(self, person: str = "asha") -> Actor:
        """This person at the terminal."""
        return Actor(person=self.config.person(person), face="tui")

    def app(
        self, person: str = "asha", *, without_colour: bool = False, theme: str = "", keymap: dict[str, str] | None = None
    ) -> PurdahApp:
        """The interface, for this person."""
        config = self.config
        if theme:
            config = replace(config, interface=replace(config.interface, theme=theme))
        if keymap:
            config = replace(config, keymap=keymap)
        return PurdahApp(self.office, config, self.actor(person), without_colour=without_colour)

    def give_slots(self, slots: str) -> None:
        """Give the first account posting slots."""
        first, *others = self.office.house.accounts
        accounts = (replace(first, slots=read_slots(slots)), *others)
        self.office = replace(self.office, house=replace(self.office.house, accounts=accounts))

    def draft(
        self, text: str, *, category: str = "operational-service", at: datetime | None = None, accounts: str = "dlt"
    ) -> int:
        """A new draft of asha's."""
        draft = Draft(accounts=tuple(accounts.split()), text=text, category=category, planned_at=at)
        return writing.new_post(self.office, self.actor(), draft)

    def submitted(self, text: str, **more: object) -> int:
        """A post that waits for clearance."""
        post = self.draft(text, **more)  # type: ignore[arg-type]  # handed through as they are
        writing.submit(self.office, self.actor(), post)
        return post

    def cleared(self, text: str, **more: object) -> int:
        """A post that bede has cleared."""
        post = self.submitted(text, **more)
        with self.office.store.read() as reader:
            code = reader.revision(post, 1).digest
        deciding.decide(self.office, self.actor("bede"), post, stage="policy", choice=Choice.APPROVE, typed_digest=code)
        return post

    def scheduled(self, text: str, *, at: datetime, **more: object) -> int:
        """A post that is queued for `at`, or held where a period blocks it."""
        post = self.cleared(text, at=at, **more)
        scheduling.schedule(self.office, self.actor(), post, at=at)
        return post

    def settle(self, post: int, state: DeliveryState, **more: object) -> None:
        """Put the first delivery of a post into a state that only a daemon reaches, by the moves of the table."""
        path = {
            DeliveryState.PUBLISHED: (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.PUBLISHED),
            DeliveryState.UNKNOWN: (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN),
            DeliveryState.FAILED: (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.FAILED),
            DeliveryState.MISSED: (DeliveryState.MISSED,),
        }[state]
        now = self.clock.now()
        with self.office.store.write() as tx:
            entry = tx.deliveries(post)[0]
            for step in path:
                if step is DeliveryState.SENDING:
                    tx.add_attempt(Attempt(delivery=entry.id, number=1, intent_at=now, owner="daemon-1"))
                moved = replace(entry, state=step, **(more if step is state else {}))  # type: ignore[arg-type]  # fields of Delivery
                tx.save_delivery(moved, was=entry.state)
                entry = moved
            record(
                tx,
                self.actor("dougal"),
                f"delivery.{state}",
                at=now,
                post=post,
                delivery=entry.id,
                public={"account": entry.account},
            )

    def smuggle(self, text: str, *, title: str = "smuggled", reason: str = "") -> int:
        """A post whose words saving would refuse, put straight into the store."""
        content = Content(
            accounts=(AccountContent(account="dlt", channel="outbox", parts=(text,)),), category="operational-service", area=title
        )
        now = self.clock.now()
        with self.office.store.write() as tx:
            post = tx.add_post(
                Post(
                    id=0,
                    title=title,
                    state=PostState.DRAFT,
                    revision=1,
                    created_by="asha",
                    created_at=now,
                    planned_at=now,
                    notes=reason,
                ),
                Revision(post=0, number=1, content=content, digest=digest(content), author="asha", at=now),
            )
            record(tx, self.actor(), "post.created", at=now, post=post, private={"title": title, "text": text, "reason": reason})
        return post

    def beat(self) -> None:
        """A sign of life of a daemon, this moment."""
        now = self.clock.now()
        beat = Heartbeat(owner="d", host="ws-pub1", pid=4121, started_at=now, seen_at=now, every=5.0, version="0")
        self.office.store.beat(beat, high_water=now)

    def furnish(self) -> dict[str, int]:
        """Posts in every state, by name."""
        hour = timedelta(hours=1)
        posts = {
            "flood": self.scheduled(
                "Flood warnings: check your postcode before you travel.\nhttps://check-for-flooding.service.gov.uk",
                at=NOW + hour,
                category="emergency-safety",
                accounts="dlt dlt-news",
            ),
            "funding": self.scheduled(
                "New funding for local flood defence schemes: £40m for 112 projects. Find out if yours is one.",
                at=NOW + 4 * hour,
                category="funding",
            ),
            "review": self.submitted("Harbour lights at Northby are out tonight; take care.", at=NOW + 6 * hour),
            "cleared": self.cleared("Tide tables for May are on our website.", at=NOW + 24 * hour),
            "draft": self.draft("Consultation on buoys: have your say.", at=NOW + 48 * hour, category="consultation"),
            "published": self.scheduled("Lighthouse open days begin on Saturday.", at=NOW + timedelta(minutes=1)),
            "unknown": self.scheduled("The foghorn test is at noon.", at=NOW + timedelta(minutes=2)),
            "failed": self.scheduled("Bin collection at the quay changes.", at=NOW + timedelta(minutes=3)),
            "missed": self.scheduled("Last ferry leaves at 18:00.", at=NOW + timedelta(minutes=4)),
        }
        self.settle(
            posts["published"],
            DeliveryState.PUBLISHED,
            remote_id="8213",
            remote_url="https://example.gov.uk/posts/8213",
            published_at=NOW,
        )
        self.settle(posts["unknown"], DeliveryState.UNKNOWN, reason="The connection broke after the request had left.")
        self.settle(posts["failed"], DeliveryState.FAILED, reason="The platform refused it: duplicate.")
        self.settle(posts["missed"], DeliveryState.MISSED, reason="It was more than 15 minutes late.")
        return posts


@pytest.fixture(autouse=True)
def own_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test writes to the clipboard of whoever runs it."""
    monkeypatch.setattr(clipboard, "PROGRAMS", ())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The department, without any post, with a daemon that has just been seen."""
    folder = tmp_path / "office"
    (folder / "calendar.d").mkdir(parents=True)
    for name, text in (("config.toml", CONFIG), ("calendar.d/own.toml", CALENDAR)):
        (folder / name).write_text(text, "utf-8")
        (folder / name).chmod(0o600)
    config = read_config(folder / "config.toml")
    create_queue(config)
    clock = SetClock(NOW)
    office = open_office(config, clock=clock)
    desk = Desk(folder=folder, config=config, office=office, clock=clock)
    desk.beat()
    yield desk
    office.store.close()
