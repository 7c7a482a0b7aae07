"""Every screen and box there is, in a house where all that people and platforms wrote is hostile: nothing of it does anything."""

import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TextArea

import purdah_scheduler.tui
from purdah_scheduler.application import repeating
from purdah_scheduler.application.bulk import Act, Errand
from purdah_scheduler.application.recording import entry_of
from purdah_scheduler.domain.account_health import Health, LastCheck
from purdah_scheduler.domain.audit import Plain
from purdah_scheduler.domain.checklist import Day, Mark
from purdah_scheduler.domain.content import digest
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.period_changes import Action, Proposal
from purdah_scheduler.domain.periods import Basis, Body, Kind, Nation, Period
from purdah_scheduler.domain.posts import DeliveryState, Pause, Revision
from purdah_scheduler.errors import BadInput
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.ask_time import AskTime
from purdah_scheduler.tui.audit_verify import VerifyBox
from purdah_scheduler.tui.bulk_box import BulkBox
from purdah_scheduler.tui.checklist import ChecklistScreen
from purdah_scheduler.tui.command_box import CommandBox
from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.compose_boxes import Offer
from purdah_scheduler.tui.copy_keys import ReportBox
from purdah_scheduler.tui.daemon import DaemonScreen
from purdah_scheduler.tui.daemon_log import log_path
from purdah_scheduler.tui.dialogs import AskDay, AskText, Box, Confirm
from purdah_scheduler.tui.doctor import Found
from purdah_scheduler.tui.fields_box import AskFields, Field
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.people import PeopleScreen
from purdah_scheduler.tui.periods_boxes import ChooseOne, HeldBox, ImpactBox, ListBox
from purdah_scheduler.tui.plain import plain
from purdah_scheduler.tui.sheet import Sheet
from purdah_scheduler.tui.signing import ChooseWay, PasteSignature
from purdah_scheduler.tui.talking import ChoosePeople
from purdah_scheduler.tui.tour import TourBox
from purdah_scheduler.tui.welcome import WelcomeApp
from purdah_scheduler.tui.welcome_pages import Page
from purdah_scheduler.tui.what_if import ChooseWhatIf
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import seen, settled, until
from tests.tui.test_compose_card import networks
from tests.tui.test_hostile import GROUPS, harmful

OURS = "purdah_scheduler.tui."
BASES = (Box, ListBox, Page, FrameScreen)
"""What screens and boxes are made of, and what nobody sees by itself."""


def every_kind() -> set[type[Screen[Any]]]:
    """Every screen and box of the interface that is no part of another."""
    for module in pkgutil.iter_modules(purdah_scheduler.tui.__path__, OURS):
        import_module(module.name)
    found: set[type[Screen[Any]]] = set()
    waiting: list[type[Screen[Any]]] = [Screen]
    while waiting:
        kind = waiting.pop()
        below = [
            each for each in kind.__subclasses__() if each.__module__.startswith(OURS) or not kind.__module__.startswith(OURS)
        ]
        waiting += below
        if kind.__module__.startswith(OURS) and not below and kind not in BASES:
            found.add(kind)
    return found


def acting(app: PurdahApp) -> list[str]:
    """What a click somewhere on the screen would do, or open, because somebody's words say so."""
    found = set()
    for row in range(app.size.height):
        for column in range(0, app.size.width, 8):
            style = app.screen.get_style_at(column, row)
            found |= {str(style.meta.get("@click", "")), style.link or ""}
    return [one for one in found if "bell" in one or "evil" in one or one == "app.leave()"]


class Walk:
    """A walk through an interface: what was met on it, and whether anything of it was harmful."""

    def __init__(self, pilot: Pilot[Any], words: str, *, clicks: bool) -> None:
        self.pilot, self.words, self.clicks = pilot, words, clicks
        self.met: set[type] = set()

    async def look(self) -> None:
        """At what is on view, once it is whole."""
        app: PurdahApp = self.pilot.app  # type: ignore[assignment]  # every app here is ours
        await settled(self.pilot)
        assert not harmful(seen(app)), type(app.screen)
        if self.clicks and type(app.screen) not in self.met:
            assert not acting(app), type(app.screen)
        self.met.add(type(app.screen))

    async def opens(self, *keys: str, close: int = 1, typing: bool = False) -> None:
        """Press each of these, look at what it opens, type into it if that is wished, and press escape so often."""
        for key in keys:
            await self.pilot.press(key)
            await self.look()
            if typing and self.type_everywhere():
                await self.pilot.press("enter")
                await self.look()
            await self.pilot.press(*["escape"] * close)

    def type_everywhere(self) -> bool:
        """Put the words into every field of what is on view, as if they were pasted; whether there was one."""
        for field in self.pilot.app.screen.query(Input):
            field.value = self.words[:300]
        for area in self.pilot.app.screen.query(TextArea):
            area.load_text(self.words[:2_000])
        return bool(self.pilot.app.screen.query("Input, TextArea"))

    async def back_to(self, depth: int) -> None:
        """Close what is open over so many screens."""
        while len(self.pilot.app.screen_stack) > depth:
            self.pilot.app.pop_screen()
        await self.pilot.pause()

    async def box(self, made: Screen[Any], *keys: str) -> None:
        """Show a box, type into it, do these keys, and close whatever is open then."""
        app = self.pilot.app
        depth = len(app.screen_stack)
        app.push_screen(made)
        await self.look()
        if self.type_everywhere() or keys:
            await self.pilot.press(*keys)
            await self.look()
        await self.back_to(depth)


def hostile_house(desk: Desk, bodies: list[str]) -> list[int]:
    """Everything that anybody can write is one of these: posts and their revisions, comments, periods, notes, people, platforms.

    Returns three of the posts: one that says all of it, one that is queued on two accounts of which one has failed, and one of a
    series.
    """
    now, everything = desk.clock.now(), "\n".join(bodies)
    told = [everything, *bodies]
    posts = [desk.smuggle(body, title=body[:200], reason=body) for body in told]
    queued = desk.scheduled("Tide tables.", at=NOW + timedelta(hours=1), accounts="dlt dlt-news")
    desk.settle(queued, DeliveryState.FAILED, reason=everything[:2_000])
    source = desk.draft("The foghorn is tested at noon.", at=NOW.replace(day=27))
    series, *_ = repeating.make(desk.office, desk.actor(), repeating.plan(desk.office, source, every="week", count=2)).posts
    with desk.office.store.write() as tx:
        for number, (post, body) in enumerate(zip(posts, told, strict=True)):
            old = tx.revision(post, 1)
            said = replace(old.content.accounts[0], parts=(body + " more", body))
            new = replace(old.content, accounts=(said,), area=body[:300])
            tx.add_revision(Revision(post=post, number=2, content=new, digest=digest(new), author="bede", at=now))
            tx.save_post(replace(tx.post(post), revision=2))
            private: dict[str, Plain] = {"text": body or "x", "to": ["asha"], body[:99] or "what": body}
            tx.record(entry_of(desk.actor("bede"), "post.commented", at=now, post=post, public={"revision": 2}, private=private))
            tx.declare_period(
                Period(
                    id=f"h-{number}",
                    name=body[:300] or "none",
                    kind=Kind.BY_ELECTION,
                    bodies=frozenset({Body.UK_CIVIL_SERVICE}),
                    nations=frozenset({Nation.UK}),
                    starts=NOW - timedelta(days=1),
                    ends=NOW + timedelta(days=number + 3),
                    basis=Basis.ANNOUNCED,
                    basis_note=body,
                    ends_note=body,
                    source=body,
                    notes=body,
                )
            )
        tx.save_post(replace(tx.post(series), title=bodies[0][:200] or "none"))
        tx.note_check(LastCheck(account="dlt", at=now, health=Health.NEEDS_LOGIN, said=everything))
        tx.set_pause(Pause(account="dlt-news", person="asha", reason=everything, at=now))
        tx.add_mark(Mark(id=0, period="h-0", day=Day.FIRST, item="brief", is_done=True, person="asha", at=now, note=everything))
        tx.add_proposal(
            Proposal(id=0, period="h-0", action=Action.CANCEL, reason=everything, person="asha", at=now, shape="", seen=0)
        )
    log_path(desk.config).write_text(everything + "\n", "utf-8")
    people = tuple(replace(one, name=f"{one.name} {bodies[0][:40]}", roles=frozenset(Role)) for one in desk.config.people)
    accounts = tuple(replace(one, handle=bodies[-1][:40] or "@dlt") for one in desk.office.house.accounts)
    desk.config = replace(desk.config, people=people)
    desk.office = replace(
        desk.office,
        house=replace(desk.office.house, people=people, accounts=accounts, department=everything[:60] or "Department"),
    )
    networks(desk, "bluesky", "mastodon")
    return [posts[0], queued, series]


def boxes(desk: Desk, posts: list[int], bodies: list[str]) -> Iterator[tuple[Screen[Any], tuple[str, ...]]]:
    """Each box whose words are given to it, with all of them hostile, and keys that make it answer."""
    office, zone = desk.office, desk.office.house.zone
    words, first = "\n".join(bodies), bodies[0]
    lines = [(body[:30], body) for body in bodies]

    def refuse(*_: object) -> object:
        raise BadInput(words, next_step=words)

    yield Confirm(words[:200], text=words, lines=lines, verb=first[:30] or "Yes"), ()
    yield AskText(words[:200], words[:200], text=words, lines=lines, initial=words[:100], hint=words, at_least=9_999), ("enter",)
    yield AskDay(zone=zone, now=office.now), ("enter",)
    one = Field(name="one", label=first[:20], initial=words[:99], example=first)
    yield AskFields(words[:200], [one], check=refuse, verb=first[:20], text=words), ("enter",)
    yield (
        AskTime(
            words[:200],
            zone=zone,
            now=office.now,
            text=words,
            lines=lines,
            initial="tomorrow 9am",
            note=lambda _: words,
            slot=lambda _: (None, words),
        ),
        ("f6", "enter"),
    )
    yield VerifyBox(office, 3), ("enter",)
    yield BulkBox(office, desk.actor(), Errand(act=Act.CANCEL, reason=first), [*posts, 99]), ()
    yield CommandBox(words[:200], words, text=words), ()
    yield Offer(words, lines), ()
    yield ReportBox(words[:200], text=words), ()
    yield ImpactBox(words[:200], about=lines, said=words[:300], listed=bodies, zone=zone, verb=first[:20] or "Yes"), ("down",)
    yield HeldBox(words[:200], [], zone=zone), ()
    yield ChooseOne(words[:200], [(body[:300], body[:300]) for body in bodies], text=words), ()
    yield Sheet(words[:200], lambda _: plain(words)), ()
    yield ChooseWay(words[:200], text=words, lines=lines), ()
    yield PasteSignature(words[:200], text=words, lines=lines), ()
    yield ChoosePeople(words[:200], office.house.people, lines=lines), ("space",)
    yield TourBox(words[:200], text=words, lines=lines), ()
    yield ChooseWhatIf(today=NOW.date(), first=NOW.date()), ()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("group", GROUPS)
async def test_every_screen_and_every_box_shows_what_is_hostile_and_goes_on(
    desk: Desk, group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its numbers, keys and fields; what no walk came by is named, so that a new screen has its place here."""
    monkeypatch.chdir(tmp_path)
    bodies = list(GROUPS[group].values())
    posts = hostile_house(desk, bodies)
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        walk = Walk(pilot, " ".join(bodies), clicks=group == "read as markup")
        await until(pilot, lambda: getattr(app.screen, "view", None) is not None)
        await walk.look()
        await walk.opens("ctrl+p", "question_mark", "ctrl+o")
        await walk.opens("I", "E", typing=True)
        for post in posts:
            await walk_post(walk, app, post)
        app.action_go("calendar")
        await walk.look()
        await walk.opens("i", "f", "E")
        await walk.opens("v", "v", "v", close=0)
        app.action_go("periods")
        await walk.look()
        await walk.opens("e", "X", "S", "n", "I", "w", "E", close=2, typing=True)
        await walk.box(ChecklistScreen("h-0"), "n")
        app.action_go("audit")
        await walk.look()
        await walk.opens("Y", "V", "K", "E", typing=True)
        app.action_go("accounts")
        await walk.look()
        await walk.opens("down", "P", "T", "R", close=2)
        app.action_go("daemon")
        await walk.look()
        await walk.opens("N", "f")
        daemon = app.screen
        assert isinstance(daemon, DaemonScreen)
        daemon.found = (Found(name=bodies[0], level="bad", said="\n".join(bodies), next_step=bodies[-1]),)
        daemon.doctor_first = True
        daemon.draw_beside()
        await walk.look()
        await walk.box(PeopleScreen(), "down", "S")
        for made, keys in boxes(desk, posts, bodies):
            await walk.box(made, *keys)
        for body in bodies:
            app.say(body)
            app.say_fault(BadInput(body, next_step=body))
        await walk.look()
    assert app.crash is None
    assert app.return_code in (0, None)
    assert {kind.__name__ for kind in every_kind() - walk.met if not issubclass(kind, Page)} == set()
    assert CommandPalette in walk.met


async def walk_post(walk: Walk, app: PurdahApp, post: int) -> None:
    """Its screen with its report, comments and series, its review beside an older version, and compose with what it opens."""
    app.open_post(post)
    await walk.look()
    await walk.opens("Y", "C", "o", typing=True)
    await walk.back_to(1)
    app.review_post(post)
    await walk.look()
    await walk.opens("v", "less_than_sign", close=0)
    await walk.back_to(1)
    app.compose_post(post)
    await walk.look()
    if isinstance(app.screen, ComposeScreen):
        await walk.opens("f7", "f3", "f8")
    await walk.back_to(1)


@pytest.mark.parametrize("group", GROUPS)
async def test_every_field_of_a_new_post_takes_what_is_hostile(desk: Desk, group: str) -> None:
    """Words, card, pictures by their path, settings; what is wrong is said beside them."""
    networks(desk, "bluesky", "mastodon")
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 50)) as pilot:
        walk = Walk(pilot, " ".join(GROUPS[group].values()), clicks=group == "read as markup")
        await until(pilot, lambda: getattr(app.screen, "view", None) is None)
        app.compose_post(None)
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        walk.type_everywhere()
        await walk.look()
        for field in ("path", "card_path"):
            app.screen.query_one(f"#{field}", Input).value = "~nobody-of-that-name/[/].png"
            app.screen.query_one(f"#{field}", Input).focus()
            await walk.opens("enter", close=0)
        await walk.opens("f8", "f7")
        await walk.opens("ctrl+s", close=0)
    assert app.crash is None


async def test_the_first_page_takes_whatever_is_typed(tmp_path: Path) -> None:
    app = WelcomeApp(tmp_path / "config.toml")
    async with app.run_test(size=(80, 24)) as pilot:
        walk = Walk(pilot, "[/] \x1b[2J ~nobody-of-that-name/\u202e", clicks=False)
        await until(pilot, lambda: "Open" in seen(app))  # type: ignore[arg-type]  # any app has a screen
        for key in ("n", "o"):
            await walk.opens(key, close=0)
            walk.type_everywhere()
            await walk.opens("tab", "enter", close=0)
            await pilot.press("escape")
    assert app.return_code in (0, None)
