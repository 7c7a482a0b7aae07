"""The daemon on the screen: who publishes and by which clock, what waits for a person, the last day, the doctor, the log."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from purdah_scheduler.application import views
from purdah_scheduler.application.last_day import LastDay, last_day
from purdah_scheduler.application.lists import QueueFilter, Row
from purdah_scheduler.application.views import PostView
from purdah_scheduler.config import Config
from purdah_scheduler.domain.posts import NEEDS_A_PERSON, TROUBLE, DeliveryState
from purdah_scheduler.errors import NotFound
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.daemon_acts import DaemonActs
from purdah_scheduler.tui.daemon_words import (
    Place,
    daemon_facts,
    day_lines,
    doctor_lines,
    log_lines,
    nothing_waits,
    post_lines,
    waiting_summary,
)
from purdah_scheduler.tui.postwords import GAP, block, shown_state, state_line
from purdah_scheduler.tui.queue_words import column_names, row_pieces
from purdah_scheduler.tui.rowlist import PAGE, Piece, RowList

_NEXT = 20
"""Posts that are due next and stand below those that need a person."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one reading brought: the posts that need a person, those that are due next, the first rows, the last day."""

    needing: list[int]
    due: list[int]
    rows: dict[int, Row]
    day: LastDay
    place: Place


class DaemonScreen(DaemonActs):
    """How it stands above, the posts below it, and beside them what came of the last day and what the doctor found."""

    SCOPE = "daemon"
    NUMBER = 8
    CSS_PATH = "daemon.tcss"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("daemon")]

    def __init__(self) -> None:
        super().__init__()
        self.page: Page | None = None
        self.view: PostView | None = None

    def compose_body(self) -> ComposeResult:
        """How it stands, the posts, what stands beside them, and the log."""
        office = self.product.office

        def draw(row: Row, width: int) -> Sequence[Piece]:
            return row_pieces(row, width, now=office.now(), zone=office.house.zone)

        yield Static(id="stands")
        with Horizontal(id="panes"):
            with Vertical(id="listing"):
                yield Static(id="summary")
                yield Static(id="columns")
                yield RowList[Row](draw, id="rows")
                yield Static(id="empty")
            with VerticalScroll(id="beside", can_focus=False):
                yield Static(id="beside-words")
        with VerticalScroll(id="log", can_focus=False):
            yield Static(id="log-words")

    # --- reading ----------------------------------------------------------------------------------------------

    def refresh_data(self) -> None:
        """Read it all again; the cursor stays on its post."""
        office, config = self.product.office, self.product.config

        def query() -> Page:
            with office.store.notices() as reader:
                states = [str(state) for state in TROUBLE if str(state) in NEEDS_A_PERSON]
                needing = [post for state in states for post in reader.row_ids(QueueFilter(states=frozenset({state})))]
                queued = reader.lines(QueueFilter(states=frozenset({str(DeliveryState.SCHEDULED)})), limit=2 * _NEXT)
                known = set(needing)
                due = [post for post in dict.fromkeys(line.post for line in queued) if post not in known][:_NEXT]
                rows = {row.post: row for row in reader.rows([*needing, *due][:PAGE])}
                day = last_day(reader, office.house, office.now())
            return Page(needing=needing, due=due, rows=rows, day=day, place=_place(config))

        self.read(query, self._show, group="daemon")
        self.look_at_log()

    def _show(self, page: Page) -> None:
        self.page, self.place = page, page.place
        self.listing.show([*page.needing, *page.due], page.rows)
        self.news_changed()
        self.read_pointed()

    def on_row_list_page_wanted(self, event: RowList.PageWanted) -> None:
        """Rows have come into view."""
        office, page, posts = self.product.office, event.page, event.items

        def query() -> dict[int, Row]:
            with office.store.read() as reader:
                return {row.post: row for row in reader.rows(posts)}

        self.read(query, lambda rows: self.listing.give(page, rows), group=f"page-{page}")

    def on_row_list_pointed(self, event: RowList.Pointed) -> None:
        """A post is looked at: it comes before what the doctor said. The rest is done by what this is built on."""
        del event
        self.doctor_first = False

    def read_pointed(self) -> None:
        post, office = self.listing.pointed, self.product.office

        def query() -> PostView | None:
            try:
                return views.post_view(office, post) if post is not None else None
            except NotFound:
                return None

        def show(view: PostView | None) -> None:
            moved = (view and view.post.id) != (self.view and self.view.post.id)
            self.view = view
            self.draw_beside()
            if moved:
                self.query_one("#beside", VerticalScroll).scroll_home(animate=False)

        self.read(query, show, group="post")

    # --- drawing ----------------------------------------------------------------------------------------------

    def news_changed(self) -> None:
        """How it stands, the line above the list and the names of its columns."""
        page, status, office = self.page, self.product.status, self.product.office
        if not self.alive or page is None:
            return
        if status is not None:
            part = self.query_one("#stands", Static)
            words = daemon_facts(
                status,
                page.place,
                zone=office.house.zone,
                now=office.now(),
                starting=self.product.starting(),
                width=max(self.size.width - 4, 20),
            )
            if words != part.content:
                part.update(words)
        self.query_one("#summary", Static).update(waiting_summary(needing=len(page.needing), due=len(page.due)))
        self.query_one("#columns", Static).update(column_names(self.listing.size.width - 2))
        self.query_one("#empty", Static).update(nothing_waits())
        self.set_class(not self.listing.items, "-empty")
        self.draw_beside()
        self.draw_log()

    def draw_beside(self) -> None:
        """The post under the cursor, the last day, and what the doctor found."""
        page, office, view = self.page, self.product.office, self.view
        if page is None:
            return
        now, zone, part = office.now(), office.house.zone, self.query_one("#beside-words", Static)
        lines: list[Content] = []
        if view is not None:
            state = shown_state(view)
            worst = next((entry for entry in view.accounts if entry.state == state), view.accounts[0])
            code = worst.delivery.reason_code if worst.delivery is not None else ""
            lines += [*post_lines(view.post.id, worst.account, state_line(state, code), worst.reason, worst.next_step), GAP]
        asked = doctor_lines(
            self.found, self.found_at, looking=self.looking, key=self.key_of("daemon.doctor"), zone=zone, now=now
        )
        day = day_lines(page.day, zone, now)
        lines = [*asked, GAP, *lines, *day] if self.doctor_first else [*lines, *day, GAP, *asked]
        words = block(lines, max(self.query_one("#beside", VerticalScroll).scrollable_content_region.width, 20))
        if words != part.content:
            part.update(words)

    def draw_log(self) -> None:
        """The end of the log, with its last line in view."""
        box, part = self.query_one("#log", VerticalScroll), self.query_one("#log-words", Static)
        self.set_class(self.log_end is not None, "-logged")
        words = log_lines(
            self.log_end.lines if self.log_end is not None else (), width=max(box.scrollable_content_region.width, 20)
        )
        if words != part.content:
            part.update(words)
            box.scroll_end(animate=False)

    # --- keys -------------------------------------------------------------------------------------------------

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A second click opens."""
        event.stop()
        self.product.open_post(event.item)

    def action_scroll_detail(self, lines: int) -> None:
        """Read on in what stands beside the list, or in the log while it is followed."""
        self.query_one("#log" if self.following else "#beside", VerticalScroll).scroll_relative(y=lines, animate=False)


def _place(config: Config) -> Place:
    """Where the queue is, and how large its file and the changes beside it are together."""
    if config.store_url:
        return Place(name=config.store_name, size=None)
    path = config.store_path
    return Place(name=config.store_name, size=sum(map(_bytes, (path, path.with_name(f"{path.name}-wal")))))


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
