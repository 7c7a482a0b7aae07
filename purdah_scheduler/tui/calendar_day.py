"""The day under the cursor explained: what holds on it, what that holds and flags, why, and what becomes of each post."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from purdah_scheduler.application.day_words import SORT_WORDS, Part, post_in_words, told
from purdah_scheduler.application.days import Day
from purdah_scheduler.domain.civiltime import format_day, london
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.postwords import GAP, block

MOST_PERIODS = 12
"""Periods of one day that are explained here; all of them are on the command line."""


class Explained(VerticalScroll, can_focus=True, inherit_bindings=False):
    """The explanation of a day; it scrolls while it has focus."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("explained")]

    class Left(Message):
        """Back to the month."""

    def __init__(self) -> None:
        super().__init__(id="why")
        self.day: Day | None = None
        self.named: Mapping[str, str] = {}
        self.zone = london()
        self.drawn = ""

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(id="explanation")

    def show(self, day: Day | None, named: Mapping[str, str], zone: ZoneInfo) -> None:
        """Explain a day, if that is anything new; None while it is being read. Another day begins at its top."""
        if day is None or self.day is None or day.on != self.day.on:
            self.scroll_home(animate=False)
        self.day, self.named, self.zone = day, named, zone
        self._draw()

    def on_resize(self) -> None:
        """The lines are wrapped to the width."""
        self._draw()

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if width < 1:
            return  # hidden: it is drawn when it is shown
        # Where the month is beside it, the dates of the day stand over it already.
        dates = self.screen.has_class("-narrow")
        words = draw_explanation(self.day, self.named, self.zone, width, dates=dates) if self.day is not None else Content("")
        if words.plain != self.drawn:
            self.drawn = words.plain
            self.query_one("#explanation", Static).update(words)

    def action_leave(self) -> None:
        """Back to the month."""
        self.post_message(self.Left())


def draw_explanation(day: Day, named: Mapping[str, str], zone: ZoneInfo, width: int, *, dates: bool = True) -> Content:
    """The whole day in words, wrapped to the width; without `dates` only what is said of the day itself and of its periods."""
    shown = replace(day, periods=day.periods[:MOST_PERIODS])
    first, *periods = told(shown, zone)
    notable = frozenset(SORT_WORDS.values())
    lines = [says((f"What holds on {format_day(day.on)}", "bold $key"))]
    lines += [line for (label, _), line in zip(first.facts, _facts(first), strict=True) if dates or label not in notable]
    for entry, part in zip(shown.periods, periods, strict=True):
        lines += [GAP, says((f"{named.get(entry.period.id, '?')} ", "bold $key"), (part.heading, "bold")), *_facts(part)]
    if len(day.periods) > MOST_PERIODS:
        more = f"and {len(day.periods) - MOST_PERIODS} more periods: purdah-scheduler calendar day {day.on}"
        lines += [GAP, says((more, "bold"))]
    judged = [post for post in day.posts if post.verdict is not None]
    if judged:
        lines += [GAP, says(("What becomes of the posts", "bold $key"))]
    for post in judged:
        lines.append(says(f"  {post.row.post} ", (post_in_words(post), "bold")))
    return block(lines, width)


def _facts(part: Part) -> list[Content]:
    return [says((f"  {label}: ", "$quiet"), words) for label, words in part.facts]
