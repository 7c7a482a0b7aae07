"""The month of all posts and of every pre-election period that concerns our accounts, with one day at its side."""

from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.timer import Timer
from textual.widgets import Static

from purdah_scheduler.application.days import Day, DayPost, explain, posts_of
from purdah_scheduler.domain.civiltime import local_date
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.calendar_carry import Carrying
from purdah_scheduler.tui.calendar_day import Explained
from purdah_scheduler.tui.calendar_list import MonthList
from purdah_scheduler.tui.calendar_parts import DayPanel, DayPosts, Legend, MonthGrid
from purdah_scheduler.tui.calendar_read import MonthData, read_month
from purdah_scheduler.tui.checklist_line import ChecklistLine
from purdah_scheduler.tui.month import MonthView, month_view
from purdah_scheduler.tui.offers import Chosen

_TODAY_SECONDS = 20.0
"""How often the date is looked at: a calendar is left open overnight."""
_REST_SECONDS = 0.15
"""How long the cursor rests on a day before the gate is asked about its posts: walking past asks nothing."""


class CalendarScreen(Carrying):
    """The month as a grid or as a list, one day beside it or below, and the legend."""

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
            yield MonthGrid(self._view(), self.cursor)
            yield MonthList()
            yield DayPanel()
        yield Static(id="carry")
        yield ChecklistLine()
        yield Legend(self._view())

    def on_mount(self) -> None:
        """Begin in the month, and look at the date now and then."""
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
        """Read the month under the cursor."""
        self.query_one(ChecklistLine).read_again()
        year, month, office = self.cursor.year, self.cursor.month, self.product.office
        self.read(lambda: read_month(office, year, month), self._took, group="month")

    def possible(self, action: str) -> bool | None:
        """A post can be opened where the day has one, and moved where it is marked."""
        if action == "let_go":
            return self.carried is not None
        if action == "open" and self.carried is not None:
            return True
        if action == "open":
            return True if self.data.rows.get(self.cursor) else None
        if action in ("move_time", "carry") and self.chosen() is None:
            return False
        return super().possible(action)

    def why_not(self, action: str) -> str:
        """A day without a post opens none."""
        if action == "open":
            return f"No post is due or planned on that day. Write one for it ({self.key_of('post.new')}), or choose another day."
        return super().why_not(action)

    def chosen(self) -> Chosen | None:
        """The marked post, while the list of posts has focus."""
        row = self.query_one(DayPanel).marked() if self.query_one(DayPosts).has_focus else None
        if row is None:
            return None
        return Chosen(post=row.post, text=row.text, state=row.state, accounts=row.accounts, at=row.at)

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
        """A new post on this day."""
        self.product.compose_post(None, self.cursor)

    def on_day_panel_opened(self) -> None:
        """A post was chosen in the list of the day."""
        self.action_open()

    def on_descendant_focus(self) -> None:
        """The keys of a post belong to the list of posts."""
        self.refresh_bindings()

    def _took(self, data: MonthData) -> None:
        self.data = data
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
        view = self._view()
        if self.has_class("-listed"):
            self.query_one(MonthList).show(self.data, self.cursor, self.today, office.house.zone)
        else:
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
        posts = self.judged[1] if self.judged is not None and self.judged[0] == self.cursor else ()
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
