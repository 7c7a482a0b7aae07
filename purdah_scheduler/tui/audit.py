"""The record on the screen: every entry newest first, read when it is drawn, and the one under the cursor in full."""

from array import array
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from purdah_scheduler.application.entry_views import EntryView, entry_view
from purdah_scheduler.application.lists import EntryFilter
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.errors import NotFound
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.audit_acts import AuditActs
from purdah_scheduler.tui.audit_filter import EXAMPLE, WantedEntries, read_entry_filter
from purdah_scheduler.tui.audit_words import entry_columns, entry_in_full, entry_pieces, no_entries, record_summary
from purdah_scheduler.tui.plain import plain
from purdah_scheduler.tui.queue_filter import FilterLine
from purdah_scheduler.tui.rowlist import PAGE, Piece, RowList
from purdah_scheduler.tui.still import Still

Found = tuple["array[int]", dict[int, Entry], int]
"""The numbers of the entries, those around the cursor, and how many the record has."""


class AuditScreen(AuditActs):
    """The list of the whole record; only numbers are held, whatever its length."""

    SCOPE = "audit"
    NUMBER = 6
    CSS_PATH = "audit.tcss"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("audit")]

    def __init__(self) -> None:
        super().__init__()
        self.wanted = WantedEntries()
        self.loaded = False

    def compose_body(self) -> ComposeResult:
        """The list, and the entry under the cursor."""
        office = self.product.office

        def draw(entry: Entry, width: int) -> Sequence[Piece]:
            return entry_pieces(entry, width, zone=office.house.zone, now=office.now())

        yield Still(id="summary")
        yield FilterLine(self._read_filter, EXAMPLE)
        yield Still(id="columns")
        yield RowList[Entry](draw, id="rows")
        yield Still(id="empty")
        with VerticalScroll(id="entry", can_focus=False):
            yield Static(id="entry-words")

    # --- reading ----------------------------------------------------------------------------------------------

    def refresh_data(self) -> None:
        """Read the numbers again; the cursor stays on its entry, or on the newest where it was there."""
        self._load(self.wanted, at=0 if self.listing.cursor == 0 else None)

    def _load(self, wanted: WantedEntries, *, at: int | None = None) -> None:
        office, pointed, row = self.product.office, self.listing.pointed, self.listing.cursor

        def query() -> Found:
            with office.store.read() as reader:
                numbers = array("q", reader.entry_numbers(wanted.asked))
                newest = reader.entry_numbers(EntryFilter()) if wanted.text else numbers
                middle = row if at is None else at
                if at is None and pointed is not None and pointed in numbers:
                    middle = numbers.index(pointed)
                first = max(0, middle // PAGE - 1) * PAGE
                entries = reader.entries_at(numbers[first : first + 3 * PAGE])
            return numbers, {entry.seq: entry for entry in entries}, len(newest)

        self.read(query, lambda found: self._show(wanted, found, at=at), group="record")

    def _show(self, wanted: WantedEntries, found: Found, *, at: int | None) -> None:
        numbers, entries, self.total = found
        self.wanted, self.loaded = wanted, True
        self.listing.show(numbers, entries, at=at)
        self.news_changed()
        self.read_pointed()

    def on_row_list_page_wanted(self, event: RowList.PageWanted) -> None:
        """Entries have come into view."""
        office, page, numbers = self.product.office, event.page, event.items

        def query() -> dict[int, Entry]:
            with office.store.read() as reader:
                return {entry.seq: entry for entry in reader.entries_at(numbers)}

        self.read(query, lambda entries: self.listing.give(page, entries), group=f"page-{page}")

    def _read_filter(self, text: str) -> WantedEntries:
        office = self.product.office
        return read_entry_filter(text, now=office.now(), zone=office.house.zone)

    # --- drawing ----------------------------------------------------------------------------------------------

    def news_changed(self) -> None:
        """The line above the list, the names of its columns, what an empty list says, and the entry at its width."""
        if not self.alive or not self.loaded:
            return
        house, shown = self.product.office.house, len(self.listing.items)
        words = record_summary(self.wanted, shown=shown, verified=self.verified, zone=house.zone)
        self.query_one("#summary", Static).update(words)
        self.query_one("#columns", Static).update(entry_columns(self.listing.size.width - 2))
        people = [person.id for person in house.people]
        self.query_one("#empty", Static).update("" if shown else no_entries(self.wanted, people))
        self.set_class(not shown, "-empty")
        self._draw_entry()

    def read_pointed(self) -> None:
        office, number = self.product.office, self.listing.pointed

        def query() -> EntryView | None:
            try:
                return entry_view(office, number) if number is not None else None
            except NotFound:
                return None

        def show(view: EntryView | None) -> None:
            moved = (view and view.entry.seq) != (self.view and self.view.entry.seq)
            self.view = view
            self._draw_entry()
            if moved:
                self.query_one("#entry", VerticalScroll).scroll_home(animate=False)
            self.refresh_bindings()

        self.read(query, show, group="entry")

    def _draw_entry(self) -> None:
        house, part = self.product.office.house, self.query_one("#entry-words", Static)
        width = max(self.query_one("#entry", VerticalScroll).scrollable_content_region.width, 20)
        names = {person.id: person.name for person in house.people}
        words = entry_in_full(self.view, house, names=names, width=width) if self.view is not None else plain("")
        if words != part.content:
            part.update(words)

    # --- keys -------------------------------------------------------------------------------------------------

    def possible(self, action: str) -> bool | None:
        """What needs an entry needs one under the cursor; only an entry about a post opens one."""
        match action:
            case "open":
                return True if self.view is not None and self.view.entry.post is not None else None
            case "clear":
                return bool(self.wanted.text) or self.query_one(FilterLine).typing
            case "filter":
                return not self.query_one(FilterLine).typing
            case _:
                return super().possible(action)

    def why_not(self, action: str) -> str:
        """Many entries are about no post."""
        if self.view is None:
            return "No entry is under the cursor."
        return f"Entry {self.view.entry.seq} is about no post, so there is none to open." if action == "open" else ""

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A second click opens the post."""
        event.stop()
        self.action_open()

    def action_scroll_detail(self, lines: int) -> None:
        """Read on in the entry."""
        self.query_one("#entry", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterLine).open(self.wanted.text)

    def on_filter_line_filtered(self, event: FilterLine.Filtered) -> None:
        """Show what the filter asks for."""
        event.stop()
        self.listing.focus()
        self._load(event.wanted, at=0)

    def action_clear(self) -> None:
        """Back to the whole record; while a filter is typed, back to the list as it was."""
        line = self.query_one(FilterLine)
        if line.typing:
            line.leave()
            self.listing.focus()
        elif self.wanted.text:
            self._load(WantedEntries(), at=0)
        self.refresh_bindings()
