"""The calendar of all posts and of every pre-election period that concerns our accounts, with one day at its side."""

from datetime import date
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.timer import Timer
from textual.widgets import Static

from purdah_scheduler.application.days import Day, DayPost, explain, posts_of
from purdah_scheduler.domain.civiltime import local_date
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.calendar_carry import Carrying
from purdah_scheduler.tui.calendar_day import Explained
from purdah_scheduler.tui.calendar_list import DayList
from purdah_scheduler.tui.calendar_parts import DayPanel, DayPosts, Legend, MonthGrid
from purdah_scheduler.tui.calendar_read import MonthData, read_month
from purdah_scheduler.tui.checklist_line import ChecklistLine
from purdah_scheduler.tui.month import MonthView, month_view
from purdah_scheduler.tui.offers import Chosen, chosen_of
from purdah_scheduler.tui.week import week_of

_TODAY_SECONDS = 20.0
"""How often the date is looked at: a calendar is left open overnight."""
_REST_SECONDS = 0.15
"""How long the cursor rests on a day before the gate is asked about its posts: walking past asks nothing."""


class CalendarScreen(Carrying):
    """A month, a week or a list of days, one day beside it or below, and the legend."""

    SCOPE = "calendar"
    NUMBER = 4
    CSS_PATH = "calendar.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("calendar")]

    def __init__(self) -> None:
        super().__init__()
        self.judged: tuple[date, tuple[DayPost, ...]] | None = None
        self.viewed: tuple[object, ...] = ()
        self.view: MonthView | None = None
        self.rest: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """The month, the day, the legend."""
        self.cursor = self.today = self._date_now()
        self.set_class(self.product.config.interface.accessible, "-listed")
        with Container(id="calendar"):
            with Vertical(id="days"):
                yield MonthGrid(self._view(), self.cursor)
                yield DayList()
            yield DayPanel()
        yield Static(id="carry")
        yield Static(id="imagined")
        yield ChecklistLine()
        yield Legend(self._view())

    def on_mount(self) -> None:
        """Begin with the days, and look at the date now and then."""
        self.focus_month()
        self.set_interval(_TODAY_SECONDS, self.roll_over)

    def roll_over(self) -> None:
        """Once midnight has passed, the mark of today goes on, and the cursor with it if it was there."""
        today = self._date_now()
        if today != self.today:
            if self.cursor == self.today:
                self.cursor = today
            self.today = today
            self.draw()
            self.refresh_data()

    def refresh_data(self) -> None:
        """Read the month under the cursor; what is imagined is tried again where anything was changed."""
        self.query_one(ChecklistLine).read_again()
        year, month, office = self.cursor.year, self.cursor.month, self.product.office
        self.read(lambda: read_month(office, year, month), self._took, group="month")
        self.try_again()

    def possible(self, action: str) -> bool | None:
        """A post can be opened where the day has one, and moved where it is marked."""
        if action == "let_go":
            return self.carried is not None or self.imagined is not None
        if action == "open" and self.carried is not None:
            return True
        if action == "open":
            return True if self.data.rows.get(self.cursor) else None
        if action in ("move_time", "carry", "series") and self.chosen() is None:
            return False
        return super().possible(action)

    def why_not(self, action: str) -> str:
        """A day without a post opens none."""
        if action == "open":
            return f"No post is due or planned on that day. Write one for it ({self.key_of('post.new')}), or choose another day."
        return super().why_not(action)

    def chosen(self) -> Chosen | None:
        """The marked post, while a list of posts has focus."""
        line = self.query_one(DayList).marked if self.query_one(DayList).has_focus else None
        row = self.query_one(DayPanel).marked() if self.query_one(DayPosts).has_focus else line.row if line else None
        return None if row is None else chosen_of(row)

    def action_open(self) -> None:
        """From the month to the posts of the day; from there to the post. What is carried is dropped on the day."""
        if self.carried is not None:
            self.drop(self.cursor)
            return
        chosen = self.chosen()
        if chosen is None:
            self.set_focus(self.query_one(DayPosts))
        else:
            self.product.open_post(chosen.post)

    def action_new(self) -> None:
        """A new post on this day, or in the free slot that is marked."""
        line = self.query_one(DayList).marked if self.query_one(DayList).has_focus else None
        self.product.compose_post(None, line.slot if line is not None and line.slot is not None else self.cursor)

    def on_day_panel_opened(self) -> None:
        """A post was chosen in the list of the day."""
        self.action_open()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The keys of a post belong to the list of posts."""
        del event
        self.refresh_bindings()

    def _took(self, data: MonthData) -> None:
        self.known, self.data = data, self.as_imagined(data)
        self.judged = None
        self.draw()

    def _view(self) -> MonthView:
        """The month of the cursor, made once for what is known of it."""
        wanted = (self.cursor.year, self.cursor.month, self.today, id(self.data))
        if self.view is None or wanted != self.viewed:
            self.viewed = wanted
            self.view = month_view(
                self.cursor.year,
                self.cursor.month,
                today=self.today,
                zone=self.product.office.house.zone,
                periods=self.data.periods,
                counts=self.data.counts,
                named=self.data.named,
                rules=self.data.rules,
                almanac=self.data.almanac,
            )
        return self.view

    def draw(self) -> None:
        """The month and the day under the cursor, as they are known."""
        office = self.product.office
        view = week_of(self._view(), self.cursor) if self.weekly else self._view()
        if self.weekly or self.has_class("-listed"):
            week_at = office.now() if self.weekly else None
            self.query_one(DayList).show(self.data, self.cursor, self.today, office.house.zone, week_at=week_at)
        if not self.has_class("-listed"):
            self.query_one(MonthGrid).show(view, self.cursor)
        self.query_one(Legend).show(view)
        self.query_one(ChecklistLine).point(self.period_here())
        self.query_one(DayPanel).show(self.cursor, self.data, now=office.now(), zone=office.house.zone)
        self.query_one(Explained).show(self._explained(), self.data.named, office.house.zone)
        self.hover(self.cursor)
        self.refresh_bindings()
        if self.judged is None or self.judged[0] != self.cursor:
            if self.rest is not None:
                self.rest.stop()
            self.rest = self.set_timer(_REST_SECONDS, self._judge)

    def _explained(self) -> Day | None:
        """The day under the cursor, explained; None until its month has been read."""
        house = self.product.office.house
        if self.data.month != (self.cursor.year, self.cursor.month):
            return None
        posts = self.as_judged(self.judged[1]) if self.judged is not None and self.judged[0] == self.cursor else ()
        return explain(
            self.cursor,
            zone=house.zone,
            periods=self.data.periods,
            bodies_in=house.bodies_in,
            rulebook=house.rulebook,
            almanac=self.data.almanac,
            posts=posts,
        )

    def _judge(self) -> None:
        """Ask the gate about the posts of the day on which the cursor rests."""
        day, office = self.cursor, self.product.office
        if not self.data.rows.get(day):
            return

        def took(posts: tuple[DayPost, ...]) -> None:
            if day == self.cursor:
                self.judged = (day, posts)
                self.query_one(Explained).show(self._explained(), self.data.named, office.house.zone)

        self.read(lambda: posts_of(office, day), took, group="day")

    def _date_now(self) -> date:
        return local_date(self.product.office.now(), self.product.office.house.zone)
