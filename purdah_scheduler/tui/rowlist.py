"""A list of any number of lines: the ids are held, the rows are asked for in pages when they come into view."""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

PAGE = 64
"""Rows are read this many at a time."""

KEPT = 32
"""Pages that are kept; the one that was not wanted for longest goes first."""

Line = TypeVar("Line")

Piece = tuple[str, str]
"""A text that is plain already, and the tone that it is drawn in."""


class RowList(ScrollView, Generic[Line], can_focus=True, inherit_bindings=False):
    """Lines by id, with a cursor that stays on its id when the list changes.

    `draw` makes the pieces of one line from its record and the width in cells. Whoever owns the list answers `PageWanted`
    with `give`, from a thread: nothing here reads anything.
    """

    TONES: ClassVar[tuple[str, ...]] = ("calm", "good", "wait", "alarm", "quiet")
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rowlist--cursor", *(f"rowlist--{tone}" for tone in TONES)}

    class Pointed(Message):
        """The cursor is on another id, or on none."""

        def __init__(self, item: int | None) -> None:
            super().__init__()
            self.item = item

    class Opened(Message):
        """The line was clicked that the cursor was on already."""

        def __init__(self, item: int) -> None:
            super().__init__()
            self.item = item

    class PageWanted(Message):
        """These rows are wanted: the page with this number holds these ids."""

        def __init__(self, page: int, items: tuple[int, ...]) -> None:
            super().__init__()
            self.page = page
            self.items = items

    def __init__(self, draw: Callable[[Line, int], Sequence[Piece]], *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own name for it
        super().__init__(id=id)
        self.draw = draw
        self.items = array("q")
        self.cursor = 0
        self._pages: OrderedDict[int, dict[int, Line]] = OrderedDict()
        self._asked: set[int] = set()

    # --- what is in it ----------------------------------------------------------------------------------------

    @property
    def pointed(self) -> int | None:
        """The id under the cursor."""
        return self.items[self.cursor] if self.items else None

    def line_of(self, item: int | None) -> Line | None:
        """The record of an id, if it is here."""
        if item is None:
            return None
        return next((page[item] for page in self._pages.values() if item in page), None)

    def show(self, items: Sequence[int], first: dict[int, Line], *, at: int | None = None) -> None:
        """Show these ids; `first` are records that have been read already. The cursor goes to row `at`, or stays on its id."""
        before = self.pointed
        row = self.cursor
        fresh = array("q", items)
        if at is not None:
            row = at
        elif before is not None and before in fresh:
            row = fresh.index(before)
        offset = row - (self.cursor - self.scroll_offset.y) if at is None and self.items else None
        self.items = fresh
        self._pages.clear()
        self._asked.clear()
        self._take(first)
        self.virtual_size = Size(self.size.width, len(fresh))
        self.cursor = max(0, min(row, len(fresh) - 1))
        if offset is not None:
            self.scroll_to(y=max(0, offset), animate=False, force=True)
        self._keep_in_view(centre=at is not None)
        self.refresh()
        if self.pointed != before or at is not None:
            self.post_message(self.Pointed(self.pointed))

    def give(self, page: int, lines: dict[int, Line]) -> None:
        """The records of a page that was wanted."""
        self._asked.discard(page)
        self._keep(page, lines)
        top = page * PAGE - self.scroll_offset.y
        self.refresh(Region(0, max(0, top), self.size.width, PAGE))

    def _take(self, lines: dict[int, Line]) -> None:
        """Sort records that were read ahead into their pages; a page that is not whole is left to be asked for."""
        if not lines:
            return
        for page in range((len(self.items) + PAGE - 1) // PAGE):
            wanted = self.items[page * PAGE : (page + 1) * PAGE]
            if wanted[0] in lines and wanted[-1] in lines:
                self._keep(page, {item: lines[item] for item in wanted if item in lines})

    def _keep(self, page: int, lines: dict[int, Line]) -> None:
        self._pages[page] = lines
        self._pages.move_to_end(page)
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)

    # --- moving -----------------------------------------------------------------------------------------------

    def move_to(self, row: int, *, centre: bool = False) -> None:
        """Put the cursor on a row, as near as there is one: only the two rows that change are drawn again."""
        row = max(0, min(row, len(self.items) - 1))
        if row == self.cursor or not self.items:
            return
        old, self.cursor = self.cursor, row
        for each in (old, row):
            self.refresh(Region(0, each - self.scroll_offset.y, self.size.width, 1))
        self._keep_in_view(centre=centre)
        self.post_message(self.Pointed(self.pointed))

    def move_by(self, rows: int) -> None:
        """Move the cursor by so many rows."""
        self.move_to(self.cursor + rows)

    def page_by(self, pages: int) -> None:
        """Move the cursor by so many screenfuls."""
        self.move_to(self.cursor + pages * max(1, self.size.height - 1))

    def _keep_in_view(self, *, centre: bool = False) -> None:
        height = self.size.height
        if height < 1:
            return
        top = self.scroll_offset.y
        if centre:
            top = self.cursor - height // 3
        elif self.cursor < top:
            top = self.cursor
        elif self.cursor >= top + height:
            top = self.cursor - height + 1
        top = max(0, min(top, len(self.items) - height))
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def on_resize(self, event: events.Resize) -> None:
        """Fit the lines to the new width."""
        self.virtual_size = Size(event.size.width, len(self.items))
        self._keep_in_view()

    def on_click(self, event: events.Click) -> None:
        """A click selects, a click on the selected line opens."""
        row = event.y + self.scroll_offset.y
        if 0 <= row < len(self.items):
            if row == self.cursor:
                self.post_message(self.Opened(self.items[row]))
            else:
                self.move_to(row)

    # --- drawing ----------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the screen. Every segment has a style: one without crashes where there is no colour."""
        width = self.size.width
        row = y + self.scroll_offset.y
        ground = self.rich_style
        if row >= len(self.items):
            return Strip([Segment(" " * width, ground)], width)
        page = row // PAGE
        lines = self._pages.get(page)
        if lines is None:
            self._want(page)
            pieces: Sequence[Piece] = [("…", "quiet")]
        else:
            line = lines.get(self.items[row])
            pieces = self.draw(line, width - 2) if line is not None else [("(gone)", "quiet")]
        here = row == self.cursor
        under = self.get_component_rich_style("rowlist--cursor") if here else ground
        segments = [Segment("▌" if here else " ", under)]
        segments.extend(Segment(text, under if tone == "calm" else self._toned(under, tone)) for text, tone in pieces)
        return Strip(segments).adjust_cell_length(width, under)

    def _toned(self, under: Style, tone: str) -> Style:
        style = self.get_component_rich_style(f"rowlist--{tone}")
        return under + Style(color=style.color, bold=style.bold or under.bold)

    def _want(self, page: int) -> None:
        if page not in self._asked:
            self._asked.add(page)
            self.post_message(self.PageWanted(page, tuple(self.items[page * PAGE : (page + 1) * PAGE])))

    @property
    def cursor_spot(self) -> Offset:
        """Where the cursor is on the screen: that is where a reader for the blind looks."""
        return Offset(self.region.x, self.region.y + self.cursor - self.scroll_offset.y)
