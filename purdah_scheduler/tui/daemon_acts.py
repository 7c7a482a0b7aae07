"""What the keys of the daemon's screen do: open a post, ask the doctor, follow the log, copy how everything stands."""

from datetime import datetime

from textual.containers import VerticalScroll
from textual.worker import get_current_worker

from purdah_scheduler.application.lists import Row
from purdah_scheduler.tui.clipboard import copy_out
from purdah_scheduler.tui.daemon_log import LogEnd, log_mark, log_path, read_log
from purdah_scheduler.tui.daemon_words import Place, daemon_facts, no_log
from purdah_scheduler.tui.doctor import Found, examine
from purdah_scheduler.tui.list_moves import RowMoves
from purdah_scheduler.tui.rowlist import RowList

_FOLLOW = 1.0
"""Seconds between two looks at the log while it is followed."""


class DaemonActs(RowMoves):
    """A screen with the posts that wait as a list, and the end of the log.

    `doctor_first`: what the doctor found stands above the rest until the cursor moves.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[Found, ...] | None = None
        self.found_at: datetime | None = None
        self.looking = False
        self.doctor_first = False
        self.log_end: LogEnd | None = None
        self.place: Place | None = None

    @property
    def listing(self) -> RowList[Row]:
        """The posts that need a person, and those that are due next."""
        return self.query_one("#rows", RowList)

    @property
    def following(self) -> bool:
        """Whether the log is followed."""
        return self.has_class("-following")

    def on_mount(self) -> None:
        """Be ready to follow the log."""
        self.follower = self.set_interval(_FOLLOW, self.look_at_log, pause=True)

    def draw_beside(self) -> None:
        """Draw what stands beside the list."""

    def draw_log(self) -> None:
        """Draw the end of the log."""

    def action_open(self) -> None:
        """Everything about the post under the cursor."""
        if self.listing.pointed is not None:
            self.product.open_post(self.listing.pointed)

    def action_doctor(self) -> None:
        """Look everything over in a process of its own; it changes nothing."""
        if self.looking:
            return
        config, leaving = self.product.config, self.product.leaving
        self.looking = self.doctor_first = True

        def query() -> tuple[Found, ...]:
            worker = get_current_worker()
            return examine(config, left=lambda: worker.is_cancelled or leaving.is_set())

        def show(found: tuple[Found, ...]) -> None:
            self.looking, self.found, self.found_at = False, found, self.product.office.now()
            self.draw_beside()
            self.refresh_bindings()

        self.read(query, show, group="doctor")
        self.draw_beside()
        self.query_one("#beside", VerticalScroll).scroll_home(animate=False)
        self.refresh_bindings()

    def action_follow(self) -> None:
        """Show the end of the log and go with it, or stop doing so."""
        self.toggle_class("-following")
        if self.following:
            self.follower.resume()
        else:
            self.follower.pause()
        self.call_after_refresh(self.draw_log)
        self.look_at_log()
        self.refresh_bindings()

    def action_notices(self) -> None:
        """Who was told what, and what came of it."""
        from purdah_scheduler.tui.notices import show_notices  # loaded when it is first wanted

        show_notices(self)

    def action_copy(self) -> None:
        """Copy how everything stands."""
        status, office = self.product.status, self.product.office
        if status is not None and self.place is not None:
            words = daemon_facts(
                status, self.place, zone=office.house.zone, now=office.now(), starting=self.product.starting(), width=0
            )
            copy_out(self, words.plain, "How it stands")

    def look_at_log(self) -> None:
        """Read the end of the log where it has changed."""
        if not self.is_current:
            return
        path, zone, known = log_path(self.product.config), self.product.office.house.zone, self.log_end

        def query() -> LogEnd | None:
            return known if known is not None and log_mark(path) == known.mark else read_log(path, zone)

        def show(end: LogEnd | None) -> None:
            if end is not self.log_end:
                self.log_end = end
                self.draw_log()
                self.refresh_bindings()

        self.read(query, show, group="log")

    def possible(self, action: str) -> bool | None:
        """A post is needed to open one, a log to follow it; the doctor looks once at a time."""
        match action:
            case "open":
                return True if self.listing.pointed is not None else None
            case "doctor":
                return None if self.looking else True
            case "follow":
                return True if self.log_end is not None or self.following else None
            case "copy":
                return True if self.product.status is not None and self.place is not None else None
            case _:
                return True

    def why_not(self, action: str) -> str:
        """What is missing."""
        match action:
            case "doctor":
                return "Everything is being looked over already."
            case "follow":
                return no_log(self.product.config.data_folder)
            case "copy":
                return "How it stands is being read; try again in a moment."
            case _:
                return "No post is queued, and none needs a person."
