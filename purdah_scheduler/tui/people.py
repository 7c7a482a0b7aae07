"""The people on the screen: who may act, who is suspended, and suspending or restoring the one under the cursor."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from purdah_scheduler.application import stopping
from purdah_scheduler.application.people_views import PersonLine, people_lines
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.command_box import hand_out
from purdah_scheduler.tui.dialogs import AskText, Confirm, Fact
from purdah_scheduler.tui.list_moves import RowMoves
from purdah_scheduler.tui.people_words import no_clearance, people_columns, people_summary, person_in_full, person_pieces
from purdah_scheduler.tui.plain import plain
from purdah_scheduler.tui.rowlist import Piece, RowList


class PeopleScreen(RowMoves):
    """A row per person of the configuration, in its order; the ids of the list are their places in it."""

    SCOPE = "people"
    NUMBER = 7
    CSS_PATH = "people.tcss"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("people")]

    def __init__(self) -> None:
        super().__init__()
        self.people: tuple[PersonLine, ...] | None = None

    def compose_body(self) -> ComposeResult:
        """The list, and the person under the cursor."""

        def draw(line: PersonLine, width: int) -> Sequence[Piece]:
            return person_pieces(line, width)

        yield Static(id="summary")
        yield Static(id="columns")
        yield RowList[PersonLine](draw, id="rows")
        with VerticalScroll(id="person", can_focus=False):
            yield Static(id="person-words")

    @property
    def person_line(self) -> PersonLine | None:
        """The person under the cursor."""
        found: PersonLine | None = self.listing.line_of(self.listing.pointed)
        return found

    # --- reading and drawing ----------------------------------------------------------------------------------

    def refresh_data(self) -> None:
        """Read everybody again; the cursor stays on its own."""
        office = self.product.office

        def query() -> tuple[PersonLine, ...]:
            with office.store.read() as reader:
                return people_lines(reader, office.house)

        self.read(query, self._show, group="people")

    def _show(self, people: tuple[PersonLine, ...]) -> None:
        self.people = people
        self.listing.show(range(len(people)), dict(enumerate(people)))
        self.news_changed()
        self.refresh_bindings()

    def on_row_list_page_wanted(self, event: RowList.PageWanted) -> None:
        """People have come into view; they are all here."""
        event.stop()
        people = self.people or ()
        self.listing.give(event.page, {item: people[item] for item in event.items if item < len(people)})

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A second click does nothing more."""
        event.stop()

    def news_changed(self) -> None:
        """The line above the list, the names of its columns, and the person at its width."""
        if not self.alive or self.people is None:
            return
        self.query_one("#summary", Static).update(people_summary(self.people))
        self.query_one("#columns", Static).update(people_columns(self.listing.size.width - 2))
        self.read_pointed()

    def read_pointed(self) -> None:
        """Everything about the person under the cursor; it is all here."""
        line, part, office = self.person_line, self.query_one("#person-words", Static), self.product.office
        width = max(self.query_one("#person", VerticalScroll).scrollable_content_region.width, 20)
        words = plain("") if line is None else person_in_full(line, width, zone=office.house.zone, now=office.now())
        if words != part.content:
            part.update(words)

    # --- keys -------------------------------------------------------------------------------------------------

    def action_suspend(self) -> None:
        """Ask for a reason, then for a `y`."""
        line = self.person_line
        if line is None:
            return
        lines = [self._who(line)]
        text = (
            "Nothing that this person cleared counts any more, at once, and no exemption that they granted: what is queued on it "
            "is held when it is due. It can be taken back."
        )

        def confirm(reason: str | None) -> None:
            if reason is not None:
                told = [*lines, *([("Reason", reason)] if reason else []), ("You", self.product.actor.person.name)]
                box = Confirm(f"Suspend {line.person.name}?", text=text, lines=told, verb="Suspend them")
                self.app.push_screen(box, lambda yes: self._suspend(line, reason) if yes else None)

        asked = AskText(f"Suspend {line.person.name}", "Why? It may be left empty.", text=text, lines=lines, needed=False)
        self.app.push_screen(asked, confirm)

    def action_restore(self) -> None:
        """Let the person act again, after a `y`."""
        line = self.person_line
        if line is None:
            return
        office, actor, person = self.product.office, self.product.actor, line.person
        text = "What this person cleared before counts again. Nothing is sent by this."
        box = Confirm(
            f"Restore {person.name}?", text=text, lines=[self._who(line), ("You", actor.person.name)], verb="Restore them"
        )

        def act(yes: bool | None) -> None:
            if yes:
                self.call(lambda: stopping.restore(office, actor, person.id), f"{person.name} may act again.")

        self.app.push_screen(box, act)

    def action_test(self) -> None:
        """Show the command that sends the person a test message."""
        line = self.person_line
        if line is not None:
            text = (
                "It sends a test message by each channel of this person, now. It needs the file of addresses, which the "
                "interface never loads: type it in a shell, as the user that the daemon runs as."
            )
            hand_out(self, f"Tell {line.person.name} something", f"purdah-scheduler notify test {line.person.id}", text)

    def action_scroll_detail(self, lines: int) -> None:
        """Read on in the person."""
        self.query_one("#person", VerticalScroll).scroll_relative(y=lines, animate=False)

    def possible(self, action: str) -> bool | None:
        """Who is suspended is restored, and the other way round; whether you may, the service says."""
        line = self.person_line
        match action:
            case "suspend":
                return True if line is not None and not line.suspended else None
            case "restore":
                return True if line is not None and line.suspended else None
            case "test":
                return True if line is not None and self._is_told(line) else None
            case _:
                return True

    def why_not(self, action: str) -> str:
        """What is missing."""
        line = self.person_line
        if line is None:
            return "Nobody is under the cursor."
        if action == "test":
            return f"{line.person.name} is told nothing: the configuration names no channel for them."
        return f"{line.person.name} is {'not suspended' if action == 'restore' else 'suspended already'}."

    def _suspend(self, line: PersonLine, reason: str) -> None:
        office, actor, person = self.product.office, self.product.actor, line.person
        self.call(
            lambda: stopping.suspend(office, actor, person.id, reason=reason),
            lambda posts: f"{person.name} is suspended. {no_clearance(posts)}".rstrip(),
        )

    def _is_told(self, line: PersonLine) -> bool:
        """Whether the configuration has a channel for this person."""
        return any(known.person == line.person.id for known in self.product.config.notices.subscribers)

    def _who(self, line: PersonLine) -> Fact:
        return ("Person", f"{line.person.id}, {', '.join(sorted(line.person.roles))}")
