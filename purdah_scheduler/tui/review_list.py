"""The list beside a review: what waits for you, what waits for others, and what you have done today."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from purdah_scheduler.application.office import House
from purdah_scheduler.application.turns import Done, Elsewhere, Turns, Waiting
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.plain import cell, says
from purdah_scheduler.tui.words import counted, when

_DONE = {
    "decision.approve": "√ you approved",
    "decision.reject": "x you said no",
    "decision.withdraw": "· you took it back",
    "exemption.granted": "+ you exempted it",
    "post.commented": "· you commented",
}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    said: Content
    post: int | None = None


class ReviewList(OptionList):
    """The three lists, each under its heading; `Chosen` names the post that was chosen."""

    class Chosen(Message):
        """A post was chosen."""

        def __init__(self, post: int) -> None:
            super().__init__()
            self.post = post

    def __init__(self) -> None:
        super().__init__(id="waiting", compact=True)
        self.posts: tuple[int | None, ...] = ()
        self.draw: Callable[[], None] | None = None

    def take(self, turns: Turns, shown: int | None, house: House, now: datetime) -> None:
        """Show them, with the cursor on the post that is shown."""
        self.draw = partial(self._draw, turns, shown, house, now)
        self.draw()

    def on_resize(self) -> None:
        """The lines are cut to the width, which is not known before the first layout."""
        if self.draw is not None:
            self.draw()

    def _draw(self, turns: Turns, shown: int | None, house: House, now: datetime) -> None:
        width = max(self.scrollable_content_region.width - 1, 20)
        lines = list_lines(turns, house, now=now, width=width)
        self.posts = tuple(line.post for line in lines)
        self.clear_options()
        self.add_options([Option(line.said, disabled=line.post is None) for line in lines])
        self.highlighted = self.posts.index(shown) if shown is not None and shown in self.posts else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click on one of them."""
        event.stop()
        post = self.posts[event.option_index]
        if post is not None:
            self.post_message(self.Chosen(post))


def list_lines(turns: Turns, house: House, *, now: datetime, width: int) -> list[_Line]:
    """Headings, and below each its posts; a list that is empty says so. A post that stands in two lists is only in the first."""
    parts: list[tuple[str, list[_Line]]] = [
        ("For you", [_mine(entry, house, now, width) for entry in turns.mine]),
        ("For others", [_elsewhere(entry, house, now, width) for entry in turns.others]),
        ("Done today", [_done(entry, house, width) for entry in turns.done]),
    ]
    lines: list[_Line] = []
    seen: set[int | None] = set()
    for title, entries in parts:
        fresh = [entry for entry in entries if entry.post not in seen]
        seen |= {entry.post for entry in fresh}
        lines.append(_Line(said=says((f"{title}  ", "bold $key"), (str(len(fresh)) if fresh else "nothing", "$quiet"))))
        lines += fresh
    return lines


def place_words(turns: Turns, post: int | None) -> tuple[str, str]:
    """How much waits for the person, and where in which list the post is that is shown."""
    waits = f"{counted(len(turns.mine), 'post')} {'waits' if len(turns.mine) == 1 else 'wait'} for your decision"
    place = ""
    for title, entries in (("", turns.mine), ("of others, ", turns.others), ("done today, ", turns.done)):
        posts = [entry.row.post for entry in entries]
        if post in posts:
            place = f"   {title}{posts.index(post) + 1} of {len(posts)}   ] next  [ previous"
            break
    return waits, place


def _mine(entry: Waiting, house: House, now: datetime, width: int) -> _Line:
    return _Line(post=entry.row.post, said=_two(_at(entry.row.at, house, now), entry.label, entry.row.title, width))


def _elsewhere(entry: Elsewhere, house: House, now: datetime, width: int) -> _Line:
    said = f"{entry.wanted.label}: {entry.wanted.who}"
    return _Line(post=entry.row.post, said=_two(_at(entry.row.at, house, now), said, entry.row.title, width))


def _done(entry: Done, house: House, width: int) -> _Line:
    at = f"{entry.at.astimezone(house.zone):%H:%M}"
    return _Line(post=entry.row.post, said=_two(at, _DONE.get(entry.action, entry.action), entry.row.title, width))


def _at(at: datetime | None, house: House, now: datetime) -> str:
    return when(at, house.zone, now) if at is not None else "no time yet"


def _two(at: str, said: str, title: str, width: int) -> Content:
    """A post in a list: its time and what is said of it, and its title below."""
    head = says((f"{at:<16} ", "bold"), (cell(said, max(width - 17, 4)), "$quiet"))
    return Content("\n").join([head, says(cell(title, width))])
