"""The checklist of a period's first or last day: what to do, ticked with a key, and one item in full beside the list."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from purdah_scheduler.application import checklists
from purdah_scheduler.application.views import relevant_periods
from purdah_scheduler.domain.checklist import Checklist, Day, Entry
from purdah_scheduler.errors import NotFound, ProductError
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.checklist_items import ItemList
from purdah_scheduler.tui.checklist_walk import ChecklistWalk
from purdah_scheduler.tui.checklist_words import entry_in_full, head_lines
from purdah_scheduler.tui.dialogs import AskText
from purdah_scheduler.tui.plain import says

Found = tuple[Checklist, tuple[str, ...]]
"""A list, and the ids of the periods that have one, soonest first."""


class ChecklistScreen(ChecklistWalk):
    """One list at a time, read again whenever anything changes; the mark stays on its item."""

    SCOPE = "checklist"
    NUMBER = 4
    CSS_PATH = "checklist.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("checklist")]

    def __init__(self, period_id: str, day: Day | None = None) -> None:
        super().__init__()
        self.period_id = period_id
        self.day = day

    def compose_body(self) -> ComposeResult:
        """The head, the list, the item under the mark."""
        yield Static(id="list-head")
        with Container(id="checklist"):
            yield ItemList()
            with VerticalScroll(id="item", can_focus=False):
                yield Static(id="item-words")

    def on_mount(self) -> None:
        """The list has focus."""
        self.set_focus(self.query_one(ItemList))

    def refresh_data(self) -> None:
        """Make the list anew."""
        office, wanted, day = self.product.office, self.period_id, self.day

        def query() -> Found:
            now = office.now()
            with office.store.read() as reader:
                period = checklists.known_period(reader, office.house, wanted)
                asked = day or checklists.day_of(period, office.house, now)
                listed = checklists.made(reader, office.house, wanted, asked, now)
                ids = tuple(known.id for known in relevant_periods(office.house, reader) if not known.is_off)
            return listed, ids

        self.read(query, self._took, group="checklist")

    def refused(self, fault: ProductError) -> None:
        """What changed meanwhile is read again."""
        super().refused(fault)
        self.refresh_data()

    def unread(self, fault: ProductError) -> None:
        """A period that is not there has no list: say so and go back."""
        if isinstance(fault, NotFound):
            self.product.say_fault(fault)
            self.dismiss()
        else:
            super().unread(fault)

    def possible(self, action: str) -> bool | None:
        """What needs an item needs one under the mark; only an item about a post opens one."""
        entry = self.marked()
        if action == "open":
            return True if entry is not None and entry.item.post is not None else None
        if action in ("tick", "note"):
            return True if entry is not None else None
        return True

    def why_not(self, action: str) -> str:
        """Most items are about no post."""
        if self.marked() is None:
            return "No item is under the mark."
        return "This item is about no post, so there is none to open. Tick it where it is done." if action == "open" else ""

    def marked(self) -> Entry | None:
        """The item under the mark."""
        key = self.query_one(ItemList).marked
        entries = self.listed.entries if self.listed is not None else ()
        return next((entry for entry in entries if entry.item.key == key), None)

    # --- keys -------------------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """The post that the item is about."""
        entry = self.marked()
        if entry is not None and entry.item.post is not None:
            self.product.open_post(entry.item.post)

    def action_tick(self) -> None:
        """Tick the item, or take the tick back; it asks for nothing."""
        entry = self.marked()
        if entry is not None:
            self._tick(entry, undo=entry.done)

    def action_note(self) -> None:
        """Tick it with a note, which is asked for."""
        entry = self.marked()
        if entry is None:
            return

        def take(note: str | None) -> None:
            if note is not None:
                self._tick(entry, note=note)

        initial = entry.mark.note if entry.done and entry.mark is not None else ""
        hint = "It is ticked with this note, on the record."
        box = AskText(f"Item {entry.number}", "What was done?", text=entry.item.words, initial=initial, hint=hint)
        self.app.push_screen(box, take)

    def _tick(self, entry: Entry, *, note: str = "", undo: bool = False) -> None:
        listed = self.listed
        if listed is None:
            return
        office, actor, seen = self.product.office, self.product.actor, {entry.item.key: entry.item.about}
        self.call(
            lambda: checklists.tick(
                office, actor, listed.period.id, listed.day, [entry.item.key], note=note, undo=undo, seen=seen
            )
        )

    # --- drawing ----------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Fit the lines to the new width once it is known."""
        super().on_resize()
        self.call_after_refresh(self._draw)

    def on_option_list_option_highlighted(self) -> None:
        """Another item is under the mark: it is read from its beginning."""
        self._draw_item()
        self.query_one("#item", VerticalScroll).scroll_home(animate=False)
        self.refresh_bindings()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click marks an item and does nothing more."""
        event.stop()

    def _took(self, found: Found) -> None:
        self.listed, self.periods = found
        self._draw()

    def _draw(self) -> None:
        if self.listed is None or not self.alive:
            return
        head = self.query_one("#list-head", Static)
        _put(head, head_lines(self.listed, max(head.content_size.width, 20)))
        self.query_one(ItemList).show(self.listed)
        self._draw_item()
        self.refresh_bindings()

    def _draw_item(self) -> None:
        entry, part = self.marked(), self.query_one("#item-words", Static)
        house = self.product.office.house
        width = self.query_one("#item", VerticalScroll).scrollable_content_region.width
        names = {person.id: person.name for person in house.people}
        words = entry_in_full(entry, names, zone=house.zone, width=width) if entry is not None else says("")
        _put(part, words)


def _put(part: Static, words: Content) -> None:
    if words != part.content:
        part.update(words)
