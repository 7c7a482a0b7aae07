"""The queue: every post that is open, due first, with what it waits for and what can be done about it."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from purdah_scheduler.application import reading, views
from purdah_scheduler.application.lists import Row
from purdah_scheduler.application.views import PostView
from purdah_scheduler.errors import NotFound, ProductError
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.filters import Wanted, open_posts, read_filter
from purdah_scheduler.tui.first_steps import FirstSteps, HasFirstSteps
from purdah_scheduler.tui.offers import Chosen
from purdah_scheduler.tui.preview import PostPreview
from purdah_scheduler.tui.queue_bulk import BulkVerbs
from purdah_scheduler.tui.queue_files import PostFiles
from purdah_scheduler.tui.queue_filter import FilterLine
from purdah_scheduler.tui.queue_words import COUNTED, Marked, column_names, nothing_shown, row_pieces, summary
from purdah_scheduler.tui.rowlist import PAGE, Piece, RowList
from purdah_scheduler.tui.still import Still


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What one reading of the queue brought: the ids, the rows around the cursor, and where the present is.

    `whole`: these are all of them; a long list begins with what has room in the window.
    """

    wanted: Wanted
    ids: Sequence[int]
    rows: dict[int, Row]
    opens_at: int
    whole: bool


class QueueScreen(HasFirstSteps, PostFiles, BulkVerbs):
    """The list, the filter line, and beside or below it the post under the cursor."""

    SCOPE = "queue"
    NUMBER = 1
    CSS_PATH = "queue.tcss"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("queue")]

    def __init__(self) -> None:
        super().__init__()
        self.wanted: Wanted | None = None
        self.whole = False
        self.counts: dict[str, int] = {}
        self.marks = Marked()
        self.view: PostView | None = None

    def compose_body(self) -> ComposeResult:
        """The list and the preview."""
        office = self.product.office
        self.set_class(self.product.accessible, "-plain")

        def draw(row: Row, width: int) -> Sequence[Piece]:
            said = self.marks.of(row.post)
            return row_pieces(row, width, now=office.now(), zone=office.house.zone, mark=said, picked=row.post in self.picked)

        yield FirstSteps()
        yield Still(id="summary")
        yield FilterLine(self._read_filter, "state:held account:name author:name from:14/4 words")
        with Horizontal(id="panes"):
            with Vertical(id="listing"):
                yield Still(id="columns")
                yield RowList[Row](draw, id="rows")
                yield Still(id="empty")
            yield PostPreview(id="preview", can_focus=False)

    # --- reading ----------------------------------------------------------------------------------------------

    def refresh_data(self) -> None:
        """Read the ids again; the cursor stays on its post."""
        self._load(self.wanted, jump=self.wanted is None)

    def _load(self, wanted: Wanted | None, *, jump: bool, going_on: bool = False) -> None:
        office, pointed, row = self.product.office, self.listing.pointed, self.listing.cursor
        now, zone = office.now(), office.house.zone
        ahead = PAGE if self.wanted is None else None

        def query() -> Loaded:
            asked = wanted if wanted is not None and wanted.text else open_posts(now, zone)
            with office.store.read() as reader:
                before, after = asked.around(reader, now, ahead=ahead)
                ids = before + after
                opens_at = min(len(before), max(len(ids) - 1, 0))
                middle = opens_at if jump else ids.index(pointed) if pointed is not None and pointed in ids else row
                first = max(0, middle // PAGE - 1) * PAGE
                rows = {found.post: found for found in reader.rows(ids[first : first + 3 * PAGE])}
            return Loaded(wanted=asked, ids=ids, rows=rows, opens_at=opens_at, whole=ahead is None or len(after) < ahead)

        self.read(query, lambda loaded: self._show(loaded, jump=jump, going_on=going_on), group="queue")

    def _show(self, loaded: Loaded, *, jump: bool, going_on: bool) -> None:
        jump = jump and loaded.wanted != self.wanted  # else it was asked for before the same list was shown, and moves nobody
        self.wanted, self.whole = loaded.wanted, loaded.whole
        self.listing.show(loaded.ids, loaded.rows, at=loaded.opens_at if jump else None)
        self.news_changed()
        if not loaded.whole:
            self._load(loaded.wanted, jump=False, going_on=True)
            return
        self._count()
        if not jump and not going_on:
            self.read_pointed()

    def _count(self) -> None:
        """Count what the line above the list says: after the list is on view, for it can cost more than the list itself."""
        office, person = self.product.office, self.product.actor.person

        def query() -> tuple[dict[str, int], Marked]:
            with office.store.read() as reader:
                by_state = reader.posts_by_state()
                new = {post: len(comments) for post, comments in reading.unread_in(reader, person.id).items()}
                glass = frozenset(broken.post for broken in reader.unreviewed())
            counts = {name: sum(by_state.get(state, 0) for state in states) for name, states in COUNTED.items()}
            return {**counts, "every": sum(by_state.values())}, Marked(new=new, unreviewed=glass)

        def counted(found: tuple[dict[str, int], Marked]) -> None:
            self.counts, marks = found
            if marks != self.marks:
                self.marks = marks
                self.listing.refresh()
            self.news_changed()

        self.read(query, counted, group="counts")

    def on_row_list_page_wanted(self, event: RowList.PageWanted) -> None:
        """Rows have come into view."""
        office, page, posts = self.product.office, event.page, event.items

        def query() -> dict[int, Row]:
            with office.store.read() as reader:
                return {row.post: row for row in reader.rows(posts)}

        self.read(query, lambda rows: self.listing.give(page, rows), group=f"page-{page}")

    def _read_filter(self, text: str) -> Wanted:
        office = self.product.office
        accounts, people = office.house.accounts, office.house.people
        return read_filter(
            text,
            now=office.now(),
            zone=office.house.zone,
            accounts=[account.id for account in accounts],
            people=[person.id for person in people],
        )

    # --- drawing ----------------------------------------------------------------------------------------------

    def news_changed(self) -> None:
        """The line above the list, the columns' names, and what an empty list says."""
        status, wanted, office = self.product.status, self.wanted, self.product.office
        if wanted is None or not self.alive:
            return
        shown = len(self.listing.items)
        words = summary(
            wanted,
            shown=shown if self.whole else None,
            counts=self.counts,
            marks=self.marks,
            picked=self.marks_in_words(),
            next_due_at=status.next_due_at if status is not None else None,
            now=office.now(),
            zone=office.house.zone,
            wide=self.has_class("-wide"),
        )
        self.query_one("#summary", Static).update(words)
        self.query_one("#columns", Static).update(column_names(self.listing.size.width - 2))
        self.query_one("#empty", Static).update("" if shown else nothing_shown(wanted, self.counts))
        self.set_class(not shown, "-empty")
        self.query_one(FirstSteps).tell(status)

    # --- the post under the cursor ----------------------------------------------------------------------------

    def chosen(self) -> Chosen | None:
        """The post under the cursor."""
        row = self.listing.line_of(self.listing.pointed)
        if row is None:
            return None
        return Chosen(post=row.post, text=row.text, state=row.state, accounts=row.accounts, at=row.at)

    def read_pointed(self) -> None:
        post, office = self.listing.pointed, self.product.office

        def query() -> PostView | None:
            try:
                return views.post_view(office, post) if post is not None else None
            except NotFound:
                return None

        def show(view: PostView | None) -> None:
            self.view = view
            now, house = office.now(), office.house
            self.query_one(PostPreview).show(view, house=house, now=now, ways=self.ways())
            self.refresh_bindings()

        self.read(query, show, group="preview")

    # --- keys -------------------------------------------------------------------------------------------------

    def possible(self, action: str) -> bool | None:
        """What the list itself can do, besides the verbs of a post."""
        if action == "open":
            return True if self.listing.pointed is not None else None
        if action == "clear":
            return bool(self.wanted is not None and self.wanted.text) or self.query_one(FilterLine).typing
        if action == "filter":
            return not self.query_one(FilterLine).typing
        return super().possible(action)

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A second click opens."""
        event.stop()
        self.product.open_post(event.item)

    def action_open(self) -> None:
        """Everything about the post under the cursor."""
        if self.listing.pointed is not None:
            self.product.open_post(self.listing.pointed)

    def action_new(self) -> None:
        """Write a new post."""
        self.product.compose_post(None)

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterLine).open(self.wanted.text if self.wanted is not None else "")

    def on_filter_line_filtered(self, event: FilterLine.Filtered) -> None:
        """Show what the filter asks for."""
        event.stop()
        self.listing.focus()
        self._load(event.wanted, jump=True)

    def action_clear(self) -> None:
        """Back to the open posts; while a filter is typed, back to the list as it was."""
        line = self.query_one(FilterLine)
        if line.typing:
            line.leave()
            self.listing.focus()
        elif self.wanted is not None and self.wanted.text:
            self._load(None, jump=True)
        self.refresh_bindings()

    def refused(self, fault: ProductError) -> None:
        """Say it, and show the queue as it is now."""
        super().refused(fault)
        self.refresh_data()
