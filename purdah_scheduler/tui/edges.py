"""The upper and the lower edge of every screen: where you are, what matters most, and the keys that work here."""

from typing import TYPE_CHECKING, cast

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Offset
from textual.widget import Widget

from purdah_scheduler.tui import keys
from purdah_scheduler.tui.dimmed import do
from purdah_scheduler.tui.plain import cell, says

if TYPE_CHECKING:
    from textual.screen import Screen

    from purdah_scheduler.tui.app import PurdahApp

SCREENS = (
    ("1", "Queue", "queue"),
    ("2", "Compose", "compose"),
    ("3", "Review", "review"),
    ("4", "Calendar", "calendar"),
    ("5", "Periods", "periods"),
    ("6", "Audit", "audit"),
    ("7", "Accounts", "accounts"),
    ("8", "Daemon", "daemon"),
)


class Head(Widget):
    """Line 1: the screens by number, the daemon, who you are. Line 2: the most serious true thing."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.drawn = ""
        self.spots: list[tuple[int, int, str]] = []

    @property
    def numbers(self) -> dict[str, Offset]:
        """Where on the window the number of each screen stands that is named here, by the screen."""
        corner = self.content_region.offset
        return {name: corner + Offset(first + 1, 0) for first, _, name in self.spots}

    def on_mount(self) -> None:
        """Draw what is known."""
        self.watch_news()

    def watch_news(self) -> None:
        """Draw again if what is known has changed: a line that says the same is not sent to the terminal twice."""
        news = cast("PurdahApp", self.app).news
        text = f"{news.daemon}|{news.notice.plain}|{news.clock}|{news.tone}"
        if text != self.drawn:
            self.drawn = text
            self.set_class(news.tone == "alarm", "-alarm")
            self.set_class(news.tone == "notice", "-notice")
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click on a screen's name goes there."""
        at = event.get_content_offset(self)
        for first, last, name in self.spots:
            if at is not None and at.y == 0 and first <= at.x < last:
                cast("PurdahApp", self.app).action_go(name)

    def render(self) -> Content:
        """Both lines, fitted to the width."""
        width = max(self.content_size.width, 1)
        return Content("\n").join([self._where(width), self._what_matters(width)])

    def _where(self, width: int) -> Content:
        app = cast("PurdahApp", self.app)
        calm = app.news.tone == "calm"
        right = says((app.news.daemon, "$quiet" if calm else ""), "  ", (cell(app.actor.person.id, 24), "bold"))
        known, room = app.actor.assurance.short, width - right.cell_length - 2
        brief = known.rpartition(", ")[2]
        left = self._names(calm=calm, whole=False)
        # How surely people are known is said in a word at least, before the product's name and those of the other screens are.
        for whole, product, word in (
            (True, True, known),
            (True, True, brief),
            (True, False, brief),
            (False, True, known),
            (False, True, brief),
        ):
            names, said = self._names(calm=calm, whole=whole, product=product), says((f" ({word})", "$quiet" if calm else ""))
            if names.cell_length + said.cell_length <= room:
                left, right = names, Content.assemble(right, said)
                break
        if left.cell_length + right.cell_length + 2 > width:
            here = next((f"{number} {word}" for number, word, _ in SCREENS if number == str(self.number)), "")
            left, self.spots = says(("purdah", "bold"), "  ", (here, "bold")), []
        gap = width - left.cell_length - right.cell_length
        return Content.assemble(left, " " * max(gap, 1), right).truncate(width, ellipsis=True)

    def _names(self, *, calm: bool, whole: bool, product: bool = True) -> Content:
        """The screens by number: each with its name, or only the one that is on view; before them the product's."""
        parts: list[Content] = [says(("purdah", "bold $key" if calm else "bold"), "  ") if product else Content()]
        self.spots = []
        used = parts[0].cell_length
        for number, word, name in SCREENS:
            current = number == str(self.number)
            label = f"[{number} {word}]" if current else f" {number} {word} " if whole else f" {number} "
            self.spots.append((used, used + len(label), name))
            used += len(label)
            parts.append(says((label, "bold" if current else "$quiet" if calm else "")))
        return Content("").join(parts)

    def _what_matters(self, width: int) -> Content:
        """The notice, then the time where there is room for both: the notice is never cut for the time."""
        news = cast("PurdahApp", self.app).news
        gap = width - news.notice.cell_length - len(news.clock)
        if gap < 2:
            fits = news.notice.cell_length <= width or not news.brief
            return (news.notice if fits else news.brief).truncate(width, ellipsis=True)
        return Content.assemble(news.notice, " " * gap, (news.clock, "$quiet" if news.tone == "calm" else ""))


class Foot(Widget):
    """The keys that work here, the most wanted first; what does not fit is left out, except Help."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope
        self.drawn = Content()
        self.spots: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Draw again whenever what can be done changes."""
        self.screen.bindings_updated_signal.subscribe(self, self._redraw)

    async def on_click(self, event: events.Click) -> None:
        """A click on a key is that key."""
        at = event.get_content_offset(self)
        for first, last, action in self.spots:
            if at is not None and first <= at.x < last:
                await do(self.screen, action)

    def _redraw(self, screen: "Screen[object]") -> None:
        if screen is self.screen and not self._keys().is_same(self.drawn):
            self.refresh()

    def render(self) -> Content:
        """As many keys as fit."""
        self.drawn = self._keys()
        return self.drawn

    def _keys(self) -> Content:
        width = self.content_size.width
        active: dict[str, tuple[str, bool, Binding]] = {}
        for key, found in self.screen.active_bindings.items():
            if found.binding.id is not None:
                active.setdefault(found.binding.id, (key, found.enabled, found.binding))
        shown: list[tuple[Content, str]] = []
        help_id = next((binding_id for binding_id in keys.HELP_IDS if binding_id in active), "")
        for binding_id in (*keys.FOOTERS.get(self.scope, ()), help_id):
            if binding_id in active:
                key, enabled, binding = active[binding_id]
                ink = "$foreground" if enabled else "$quiet"
                text = says((keys.shown(key), "bold $key" if enabled else "$quiet"), " ", (binding.description, ink))
                shown.append((text, binding.action))
        if not shown:
            return Content()
        room, kept = width - shown[-1][0].cell_length, []
        for text, action in shown[:-1]:
            room -= text.cell_length + 2
            if room < 0:
                break
            kept.append((text, action))
        kept.append(shown[-1])
        self.spots, start = [], 0
        for text, action in kept:
            self.spots.append((start, start + text.cell_length, action))
            start += text.cell_length + 2
        return Content("  ").join([text for text, _ in kept])
