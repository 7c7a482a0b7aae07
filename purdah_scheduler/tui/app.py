"""The application: one office, one person, screens made when they are first wanted, and a watch on what others change."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from purdah_scheduler import garbage
from purdah_scheduler.application.office import Actor, Office
from purdah_scheduler.application.views import Status
from purdah_scheduler.config import Config
from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.errors import ProductError
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.edges import Head
from purdah_scheduler.tui.ending import Ending
from purdah_scheduler.tui.frame import FrameScreen, is_typing
from purdah_scheduler.tui.harmless import DrawsHarmless
from purdah_scheduler.tui.jump_key import JumpKey
from purdah_scheduler.tui.loud import LoudWorkers
from purdah_scheduler.tui.news import News, news_of
from purdah_scheduler.tui.palette import commands_of
from purdah_scheduler.tui.real_cursor import RealCursor, driver_that_shows_it
from purdah_scheduler.tui.stop_key import StopKey
from purdah_scheduler.tui.theme import PLAIN, put_on
from purdah_scheduler.tui.tour_key import TourKey
from purdah_scheduler.tui.watch import EVERY, Watch
from purdah_scheduler.tui.wishes import TourWish

if TYPE_CHECKING:
    from purdah_scheduler.application.slotting import SlotLine

_BY_LETTER = frozenset({"go", "help_here", "leave_list", "stop_or_resume"})


def _queue() -> Screen[Any]:
    from purdah_scheduler.tui.queue import QueueScreen

    return QueueScreen()


def _review() -> Screen[Any]:
    from purdah_scheduler.tui.review import ReviewScreen

    return ReviewScreen(None)


def _calendar() -> Screen[Any]:
    from purdah_scheduler.tui.calendar import CalendarScreen

    return CalendarScreen()


def _periods() -> Screen[Any]:
    from purdah_scheduler.tui.periods import PeriodsScreen

    return PeriodsScreen()


def _audit() -> Screen[Any]:
    from purdah_scheduler.tui.audit import AuditScreen

    return AuditScreen()


def _accounts() -> Screen[Any]:
    from purdah_scheduler.tui.accounts import AccountsScreen

    return AccountsScreen()


def _daemon() -> Screen[Any]:
    from purdah_scheduler.tui.daemon import DaemonScreen

    return DaemonScreen()


class PurdahApp(DrawsHarmless, RealCursor, JumpKey, StopKey, TourKey, LoudWorkers, Ending, inherit_bindings=False):
    """The interface on one office, for one person. `starting`: whether a daemon of our own may still be on its way."""

    TITLE = "purdah-scheduler"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "queue.tcss"]
    """With that of the first screen: Textual reads all of them again for a sheet that comes later."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("app")]
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "review": _review,
        "calendar": _calendar,
        "periods": _periods,
        "audit": _audit,
        "accounts": _accounts,
        "daemon": _daemon,
    }
    DEFAULT_MODE = "queue"
    """It is no mode among others until it is on view: Textual reads all style sheets once more for the first one of these."""

    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]  # noqa: RUF012 -- Textual types it so
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-short"), (18, "-tall")]  # noqa: RUF012 -- Textual types it so

    def __init__(
        self,
        office: Office,
        config: Config,
        actor: Actor,
        *,
        starting: Callable[[], bool] = lambda: False,
        without_colour: bool = False,
        tour: TourWish = TourWish.NONE,
    ) -> None:
        self.accessible = config.interface.accessible
        super().__init__(
            driver_class=driver_that_shows_it() if self.accessible else None, ansi_color=True if without_colour else None
        )
        self.office = office
        self.config = config
        self.actor = actor
        self.status: Status | None = None
        self.news = News()
        self.changes = 0
        self.fault = ""
        self.starting = starting
        self.leaving = threading.Event()
        self.watcher = Watch(office, self.post_message, self.leaving)
        self.guide = self.make_guide(tour)
        put_on(self, PLAIN if without_colour else config.interface.theme)
        self.animation_level = "none"
        self.set_keymap(dict(config.keymap))
        if self.accessible:  # one column, however wide the window is
            self.HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow")]

    # --- going places -----------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[Any]:
        """What is on view first."""
        return _queue()

    async def on_load(self) -> None:
        """Before any list is read: what the watch sees later is what came after, and the first screen has its head at once."""
        self.status = await asyncio.to_thread(self.watcher.begin)

    def on_mount(self) -> None:
        """Begin to watch; the queue is on view already."""
        self.add_mode(self.DEFAULT_MODE, _queue)
        self.heed()
        self.tell()
        if self.guide is not None:
            self.guide.start()
        self.set_timer(EVERY, garbage.look_as_ever)  # the start is over by then
        self.run_worker(self.watcher.run, group="watch", thread=True, exit_on_error=False)

    def on_unmount(self) -> None:
        """End the watch at once."""
        self.leaving.set()

    def action_go(self, name: str) -> None:
        """Show a screen by its name."""
        if name == "compose":
            self.compose_post(None)
        else:
            self.switch_mode(name)

    def open_post(self, post_id: int) -> None:
        """Show everything about a post."""
        from purdah_scheduler.tui.post import PostScreen

        self.push_screen(PostScreen(post_id))

    def compose_post(self, post_id: int | None, planned: "date | SlotLine | None" = None) -> None:
        """Edit a post, or write a new one, planned for that day or slot if one is given."""
        from purdah_scheduler.tui.compose import ComposeScreen

        self.push_screen(ComposeScreen(post_id, planned))

    def review_post(self, post_id: int) -> None:
        """Read a post and decide on it."""
        from purdah_scheduler.tui.review import ReviewScreen

        self.push_screen(ReviewScreen(post_id))

    def action_help(self) -> None:
        """The keys that work where you are."""
        from purdah_scheduler.tui.help import HelpScreen

        scope = self.screen.SCOPE if isinstance(self.screen, FrameScreen) else "app"
        self.push_screen(HelpScreen(scope, self.config.keymap))

    action_help_here = action_help
    """Help, by a key that could also be typed."""

    def action_leave_list(self) -> None:
        """Leave, by a key that could also be typed."""
        self.action_leave()

    def action_leave(self) -> None:
        """Leave; what is queued stays queued."""
        self.exit(return_code=0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What a letter or digit does is not done while a field has focus."""
        del parameters
        return not (action in _BY_LETTER and is_typing(self.screen))

    # --- saying things ----------------------------------------------------------------------------------------

    def say(self, words: str) -> None:
        """Tell that something was done."""
        self.notify(reveal(words), markup=False, timeout=6)

    def say_fault(self, fault: ProductError) -> None:
        """Tell what happened, what was not done and what to do next."""
        self.notify(reveal(str(fault)), markup=False, severity="error", timeout=15)

    def tell(self) -> None:
        """Bring the upper edge of the screen up to date."""
        self.news = news_of(
            self.status,
            fault=self.fault,
            now=self.office.now(),
            zone=self.office.house.zone,
            department=self.office.house.department,
            starting=self.starting(),
            still=self.accessible,
        )
        for head in self.screen.query(Head):
            head.watch_news()
        if isinstance(self.screen, FrameScreen) and self.screen.alive:
            self.screen.news_changed()

    # --- what others change -----------------------------------------------------------------------------------

    def changed(self) -> None:
        """Have every screen read again: the one on view now, the others when they are shown."""
        self.changes += 1
        if isinstance(self.screen, FrameScreen):
            self.screen.catch_up()

    def on_watch_seen(self, event: Watch.Seen) -> None:
        """Show what the watch has seen."""
        if not self.is_running:
            return
        self.fault = event.fault
        if event.status is not None:
            self.status = event.status
        self.tell()
        if event.changed:
            self.changed()
        elif not event.fault and isinstance(self.screen, FrameScreen):
            self.screen.catch_up()

    # --- the palette ------------------------------------------------------------------------------------------

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every key of the screen as a command; nothing of Textual's own, which would write files."""
        return commands_of(screen, self.config.keymap)
