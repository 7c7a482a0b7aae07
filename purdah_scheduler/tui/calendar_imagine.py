"""What if, on the calendar: an imagined period stands on it, and the posts that it would hold say so, until it is ended."""

from dataclasses import replace

from textual.widgets import Static

from purdah_scheduler.application.days import DayPost
from purdah_scheduler.application.imagining import IMAGINED, Imagined, imagine, posts_in
from purdah_scheduler.domain.in_words import rules_in_words
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.tui.calendar_read import MonthData
from purdah_scheduler.tui.calendar_views import DayViews
from purdah_scheduler.tui.sheet import Sheet
from purdah_scheduler.tui.what_if import ask_what_if, imagined_line, imagined_words

_SIGN = "?"
"""The letter of the imagined period: no period that exists has it while there are letters."""


class Imagining(DayViews):
    """A calendar on which a period can be tried. Nothing that it shows of it is written anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.known = MonthData()
        self.imagined: Imagined | None = None
        self.tried_at = 0

    def action_what_if(self) -> None:
        """Ask what to imagine; while something is imagined, list what it would hold and flag."""
        found, zone = self.imagined, self.product.office.house.zone
        if found is None:
            ask_what_if(self, self.cursor, self.try_period)
        else:
            self.app.push_screen(Sheet("What if?", lambda width: imagined_words(found, zone, width)))

    def try_period(self, period: Period) -> None:
        """Ask in a thread what the period would do, and show it."""
        office, self.tried_at = self.product.office, self.product.changes
        self.read(lambda: imagine(office, period), self.show_imagined, group="what-if")

    def try_again(self) -> None:
        """Somebody has changed something: ask anew."""
        if self.imagined is not None and self.tried_at != self.product.changes:
            self.try_period(self.imagined.period)

    def show_imagined(self, imagined: Imagined | None) -> None:
        """Show what is imagined, or the calendar as it is."""
        self.imagined = imagined
        self.data = self.as_imagined(self.known)
        self.say_imagined()
        self.draw()

    def say_imagined(self) -> None:
        """The line that says what is imagined, for the width of the window."""
        line, width = self.query_one("#imagined", Static), max(self.size.width - 2, 20)
        line.display = self.imagined is not None
        if self.imagined is not None:
            zone, keys = self.product.office.house.zone, (self.key_of("calendar.what_if"), self.key_of("calendar.let_go"))
            line.update(imagined_line(self.imagined, zone, width, list_key=keys[0], end_key=keys[1]))

    def as_imagined(self, data: MonthData) -> MonthData:
        """What is known of a month, with the imagined period in it."""
        if self.imagined is None:
            return data
        house, period = self.product.office.house, self.imagined.period
        return replace(
            data,
            periods=tuple(sorted((*data.periods, period), key=lambda each: (each.starts, each.id))),
            named={**data.named, IMAGINED: _SIGN},
            rules={**data.rules, IMAGINED: rules_in_words(period, house.bodies_in(period), house.rulebook)},
            would_hold=posts_in(self.imagined.held),
        )

    def as_judged(self, posts: tuple[DayPost, ...]) -> tuple[DayPost, ...]:
        """The posts of a day with the verdicts that they have, or would have."""
        return posts if self.imagined is None else self.imagined.judged(posts)

    def on_resize(self) -> None:
        """The line is wrapped to the width."""
        if self.imagined is not None:
            self.call_after_refresh(self.say_imagined)
