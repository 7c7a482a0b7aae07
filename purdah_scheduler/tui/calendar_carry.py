"""Carrying a post to another day of the calendar, by key or by mouse: what the gate says of the day is shown before the drop."""

from datetime import date, datetime

from textual.widgets import Static

from purdah_scheduler.domain.civiltime import format_local, instant_of
from purdah_scheduler.errors import BadTime
from purdah_scheduler.tui.calendar_imagine import Imagining
from purdah_scheduler.tui.calendar_list import DayList
from purdah_scheduler.tui.calendar_parts import DayPanel, DayPosts, MonthGrid
from purdah_scheduler.tui.offers import Chosen, allowed, chosen_of, what_then
from purdah_scheduler.tui.plain import says


class Carrying(Imagining):
    """A calendar on which one post can be carried. Its clock time stays; dropping it asks, and schedules through the gate."""

    def __init__(self) -> None:
        super().__init__()
        self.carried: Chosen | None = None
        self.by_mouse = False
        self.over: date | None = None

    def action_carry(self) -> None:
        """Take up the marked post: the keys that walk the month carry it, Enter drops it, Esc lets go."""
        chosen = self.chosen()
        if chosen is not None and self._take_up(chosen):
            self.focus_month()

    def action_let_go(self) -> None:
        """Leave the post where it was; where none is carried, what was imagined is over."""
        if self.carried is None and self.imagined is not None:
            self.show_imagined(None)
        self._put_down()

    def on_day_posts_grabbed(self, event: DayPosts.Grabbed) -> None:
        """The mouse went down on a post of the list: it is carried once the mouse is over the month."""
        rows = self.query_one(DayPanel).rows
        if event.place < len(rows):
            self._take_up(chosen_of(rows[event.place]), quietly=True)

    def on_day_list_grabbed(self, event: DayList.Grabbed) -> None:
        """The same of a post of the week or of the month's list."""
        self._take_up(chosen_of(event.row), quietly=True)

    def on_month_grid_dragged(self, event: MonthGrid.Dragged) -> None:
        """The mouse is over a day with its button down, or was let go there."""
        self._dragged(event.day, dropped=event.dropped)

    def on_day_list_dragged(self, event: DayList.Dragged) -> None:
        """The same over a line of the list."""
        self._dragged(event.day, dropped=event.dropped)

    def on_day_list_opened(self, event: DayList.Opened) -> None:
        """What is carried by keys is dropped on the day of the line."""
        if self.carried is not None:
            event.prevent_default()
            self.drop(self.cursor)

    def _dragged(self, day: date, *, dropped: bool) -> None:
        if self.carried is None:
            return
        if dropped:
            self.drop(day)
        else:
            self.hover(day)

    def on_mouse_up(self) -> None:
        """Let go anywhere else, a post that was dragged stays where it was."""
        if self.by_mouse:
            self._put_down()

    def hover(self, day: date) -> None:
        """Say what becomes of the carried post on that day."""
        if self.carried is None or day == self.over:
            return
        self.over, office, chosen = day, self.product.office, self.carried
        at = self._target(day)
        if at is not None:
            self.read(
                lambda: what_then(office, chosen.post, chosen.accounts, at),
                lambda words: self._say(day, at, words),
                group="carry",
            )

    def drop(self, day: date) -> None:
        """Ask, with the verdict, and move it there."""
        chosen, at = self.carried, self._target(day)
        self._put_down()
        if chosen is not None and at is not None and at != chosen.at:
            self._look_ahead(chosen, "Move", at)

    def _take_up(self, chosen: Chosen, *, quietly: bool = False) -> bool:
        if chosen.at is None or not allowed("move_time", chosen.state):
            if not quietly:
                self.product.say(f"Post {chosen.post} cannot be moved: it is {chosen.state.replace('_', ' ')}.")
            return False
        self.carried, self.over, self.by_mouse = chosen, None, quietly
        if not quietly:
            self.hover(self.cursor)
        self.refresh_bindings()
        return True

    def _put_down(self) -> None:
        self.carried, self.over, self.by_mouse = None, None, False
        self.query_one("#carry", Static).display = False
        self.refresh_bindings()

    def _target(self, day: date) -> datetime | None:
        """The same clock time on that day; None, and said why, where there is none or there are two."""
        if self.carried is None or self.carried.at is None:
            return None
        zone = self.product.office.house.zone
        clock = self.carried.at.astimezone(zone).time()
        try:
            return instant_of(datetime.combine(day, clock), zone)
        except BadTime as fault:
            self.product.say_fault(fault)
            return None

    def _say(self, day: date, at: datetime, words: str) -> None:
        if self.carried is None or day != self.over:
            return
        line = self.query_one("#carry", Static)
        line.display = True
        when = format_local(at, self.product.office.house.zone)
        line.update(says((f"Carrying post {self.carried.post} to {when}: ", "bold $key"), words.replace("\n", " ")))
