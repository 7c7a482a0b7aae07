"""The boxes of the periods: what a change does to each post, before it is confirmed; the posts held; what to begin with."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from purdah_scheduler.application.lists import Waiting
from purdah_scheduler.application.sweeping import Effect
from purdah_scheduler.domain.civiltime import DAYS, MONTHS
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.tui.dialogs import Box, Fact, facts
from purdah_scheduler.tui.plain import cell, plain, says
from purdah_scheduler.tui.rowlist import Piece, RowList
from purdah_scheduler.tui.words import counted, state_word

Result = TypeVar("Result")

Listed = str | Effect | Waiting
"""A line of a box: words, what a change does to a post on an account, or a post that is held."""

_POST, _DUE, _ACCOUNT, _BECOMES = 7, 18, 12, 17
_COLUMNS = f"  {'Post':<{_POST}}{'Due':<{_DUE}}{'Account':<{_ACCOUNT}}"


class ListBox(Box[Result], Generic[Result]):
    """A box with facts and a list below them: the keys of every list move through it, right and left scroll the facts."""

    MOVES: ClassVar[dict[str, str]] = {"k": "up", "j": "down", "l": "right", "h": "left"}

    def __init__(
        self,
        title: str,
        *,
        about: Sequence[Fact],
        said: str,
        columns: str,
        listed: Sequence[Listed],
        zone: ZoneInfo,
        ways: Content,
    ) -> None:
        super().__init__(title)
        self.about = tuple(about)
        self.said = said
        self.columns = columns
        self.listed = tuple(listed)
        self.zone = zone
        self.ways = ways

    def compose_question(self) -> ComposeResult:
        """What it is about, the list, and what the keys do."""
        if self.about:
            with VerticalScroll(id="told", can_focus=False):
                yield Static(facts(self.about))
        yield Static(plain(self.said, "bold"), id="said")
        if self.listed:
            yield Static(plain(self.columns, "$quiet"), id="columns")
            rows: RowList[Listed] = RowList(self._draw, id="rows")
            rows.can_focus = False
            rows.styles.height = len(self.listed)
            yield rows
        yield Static(self.ways, id="question")

    def on_mount(self) -> None:
        """The list, from its beginning; its rows are handed out as they come into view."""
        for rows in self.query(RowList):
            rows.show(range(len(self.listed)), {}, at=0)

    def on_row_list_page_wanted(self, event: RowList.PageWanted) -> None:
        """Rows have come into view."""
        event.stop()
        self.query_one(RowList).give(event.page, {number: self.listed[number] for number in event.items})

    def on_key(self, event: events.Key) -> None:
        """Move through the list, scroll the facts, or do what this box does with a key."""
        event.stop()
        event.prevent_default()
        key = self.MOVES.get(event.key, event.key)
        if key in ("left", "right"):
            for told in self.query("#told").results(VerticalScroll):
                told.scroll_relative(y=3 if key == "right" else -3, animate=False)
        elif key in self.SCROLLS:
            self._move(key)
        else:
            self.take(event.key)

    def take(self, key: str) -> None:
        """A key that neither moves nor scrolls."""

    def _move(self, key: str) -> None:
        for rows in self.query(RowList):
            match key:
                case "up" | "down":
                    rows.move_by(1 if key == "down" else -1)
                case "pageup" | "pagedown":
                    rows.page_by(1 if key == "pagedown" else -1)
                case _:
                    rows.move_to(0 if key == "home" else len(self.listed) - 1)

    def _draw(self, line: Listed, width: int) -> Sequence[Piece]:
        if isinstance(line, str):
            return [(" " + cell(line, width - 1), "calm")]
        return listed_pieces(line, width, self.zone)


class ImpactBox(ListBox[bool]):
    """What a change of the calendar does, post by post: `y` does it where there is a `verb`, every other key does nothing."""

    def __init__(
        self, title: str, *, about: Sequence[Fact], said: str, listed: Sequence[Listed], zone: ZoneInfo, verb: str = ""
    ) -> None:
        yes = (("y", "bold $key"), f"  {verb}      ") if verb else ()
        no = "  Cancel" if verb else "  Back, nothing was changed"
        columns = f"{_COLUMNS}{'Now → then':<{_BECOMES}}Title"
        ways = says(*yes, ("any other key" if verb else "any key", "bold $key"), no)
        super().__init__(title, about=about, said=said, columns=columns, listed=listed, zone=zone, ways=ways)
        self.verb = verb

    def take(self, key: str) -> None:
        """Yes, or anything else."""
        self.dismiss(bool(self.verb) and key == "y")


class HeldBox(ListBox[int | None]):
    """The posts that a period holds: enter gives the one under the cursor, every other key gives none."""

    def __init__(self, title: str, held: Sequence[Waiting], *, zone: ZoneInfo) -> None:
        said = f"{counted(len({each.post for each in held}), 'post is', 'posts are')} held. Nothing of it is sent by its end."
        columns = f"{_COLUMNS}{'State':<{_BECOMES}}Title"
        ways = says(("enter", "bold $key"), "  Everything about the post      ", ("any other key", "bold $key"), "  Back")
        super().__init__(title, about=(), said=said, columns=columns, listed=held, zone=zone, ways=ways)
        self.held = tuple(held)

    def take(self, key: str) -> None:
        """The post under the cursor, or none."""
        pointed = self.query_one(RowList).pointed if self.held else None
        self.dismiss(self.held[pointed].post if key == "enter" and pointed is not None else None)

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A second click is enter."""
        event.stop()
        self.take("enter")


class ChooseOne(Box[int | None]):
    """A few things to choose from, by number; every other key chooses none. The places of the choices are counted from 0."""

    def __init__(self, title: str, choices: Sequence[tuple[str, str]], *, text: str = "") -> None:
        super().__init__(title, text=text)
        self.choices = tuple(choices)

    def compose_question(self) -> ComposeResult:
        """The choices, each with what it means."""
        lines = [
            says((f"{number}", "bold $key"), f"  {words}", (f"\n   {more}" if more else "", "$quiet"))
            for number, (words, more) in enumerate(self.choices, 1)
        ]
        yield Static(Content("\n").join(lines), id="choices")
        yield Static(says(("any other key", "bold $key"), "  Cancel, nothing is changed"), id="question")

    def on_key(self, event: events.Key) -> None:
        """A number chooses; the text scrolls where there is more of it than fits."""
        event.stop()
        event.prevent_default()
        if self.scrolls(event.key):
            return
        chosen = int(event.key) - 1 if event.key.isascii() and event.key.isdigit() else -1
        self.dismiss(chosen if 0 <= chosen < len(self.choices) else None)


def listed_pieces(line: Effect | Waiting, width: int, zone: ZoneInfo) -> Sequence[Piece]:
    """A post on an account: when it is due, what becomes of it, or that it is held, and its title."""
    delivery = line.delivery if isinstance(line, Effect) else line
    local = delivery.due_at.astimezone(zone)
    due = f"{DAYS[local.weekday()][:3]} {local.day} {MONTHS[local.month - 1][:3]} {local:%H:%M}"
    if isinstance(line, Effect):
        becomes = f"{_verdict(line.before.verdict)} → {_verdict(line.after.verdict)}"
        tone = "wait" if line.after.verdict is not Verdict.ALLOW else "good"
    else:
        word = state_word(delivery.state)
        becomes, tone = f"{word.sign} {word.word}", word.tone
    used = 1 + _POST + _DUE + _ACCOUNT + _BECOMES
    return [
        (f" {delivery.post:<{_POST}}{due:<{_DUE}}{cell(delivery.account, _ACCOUNT - 1):<{_ACCOUNT}}", "calm"),
        (f"{becomes:<{_BECOMES}}", tone),
        (cell(line.title, max(width - used, 4)), "calm"),
    ]


def effects_in_words(effects: Sequence[Effect]) -> str:
    """What becomes of the posts, counted: `9 posts would be held, 4 flagged. Nothing is sent by it.`"""
    tighter = [effect for effect in effects if effect.after.verdict.rank > effect.before.verdict.rank]
    held = sum(effect.after.verdict is Verdict.BLOCK for effect in tighter)
    back = sum(
        effect.delivery.state is DeliveryState.HELD and effect.after.verdict.rank < effect.before.verdict.rank
        for effect in effects
    )
    if not any(effect.changed for effect in effects):
        return "No post that is queued or held gets another verdict by it."
    said = [
        f"{counted(held, 'post')} would be held, {len(tighter) - held} flagged." if tighter else "",
        f"{counted(back, 'held post')} would be given back: each needs a new time." if back else "",
        "Nothing is sent by it.",
    ]
    return " ".join(filter(None, said))


def _verdict(verdict: Verdict) -> str:
    return verdict.upper() if verdict is Verdict.BLOCK else str(verdict)
