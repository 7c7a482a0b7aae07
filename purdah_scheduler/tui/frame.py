"""The frame of every screen: two lines that say where you are and what matters most, a body, and the keys that work."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker, get_current_worker

from purdah_scheduler.errors import BadSetup, ProductError, TryAgain
from purdah_scheduler.tui import key_table
from purdah_scheduler.tui.dimmed import Speaks
from purdah_scheduler.tui.edges import Foot, Head
from purdah_scheduler.tui.leaving import LeavesOnce
from purdah_scheduler.tui.loud import LoudWorkers
from purdah_scheduler.tui.plain import plain
from purdah_scheduler.tui.real_cursor import field_of
from purdah_scheduler.tui.resizing import OutlivesResizing

if TYPE_CHECKING:
    from purdah_scheduler.tui.app import PurdahApp

Answer = TypeVar("Answer")

STALE = -1
"""What a screen has seen that must read again."""

_TOO_SMALL = """This window is too small.

purdah-scheduler needs at least 60 x 18.

Make it larger; nothing is lost. ^q quits."""


def is_typing(screen: Screen[Any]) -> bool:
    """Whether a field has focus, so that letters are its own."""
    return field_of(screen.focused) is not None


def sizes_of(app: App[Any]) -> list[str]:
    """The classes that say how much room the window has.

    Textual gives them to a screen as well, but after its first picture, which is then made a second time.
    """
    known = ((app.HORIZONTAL_BREAKPOINTS, app.size.width), (app.VERTICAL_BREAKPOINTS, app.size.height))
    return [max(each for each in breakpoints if each[0] <= cells)[1] for breakpoints, cells in known if breakpoints]


class FrameScreen(Speaks, LoudWorkers, OutlivesResizing, LeavesOnce[None]):
    """A screen of the product. A subclass sets `SCOPE` and `NUMBER`, composes its body and re-reads its data when asked."""

    SCOPE: ClassVar[str] = ""
    """Which rows of the key table it has; a subclass also sets `BINDINGS = [*keys.bindings(SCOPE)]`."""

    NUMBER: ClassVar[int] = 0
    """Its number in line 1, or 0."""

    class Answered(Message):
        """A service or a query has come back in its thread; `done` ends it in the event loop."""

        def __init__(self, done: Callable[[], object]) -> None:
            super().__init__()
            self.done = done

    def __init__(self) -> None:
        super().__init__()
        self.seen = STALE

    @property
    def alive(self) -> bool:
        """Whether there is still something to draw on: an answer may come when the interface is being left."""
        return self.app.is_running and self.is_running and self.is_attached

    @property
    def product(self) -> "PurdahApp":
        """The running application, for its office, configuration and actor."""
        return cast("PurdahApp", self.app)

    def compose(self) -> ComposeResult:
        """The frame around the body."""
        self.add_class(*sizes_of(self.app))
        yield Head(self.NUMBER)
        with Vertical(id="body"):
            yield from self.compose_body()
        yield Static(
            plain(_TOO_SMALL),
            id="too-small",
        )
        if self.product.guide is not None:
            from purdah_scheduler.tui.tour import TourStrip  # only a demonstration has a tour

            yield TourStrip()
        yield Foot(self.SCOPE)

    def compose_body(self) -> ComposeResult:
        """What is between the head and the footer."""
        yield from ()

    def refresh_data(self) -> None:
        """Read the data again: called when the screen is first shown, and whenever anybody has changed something."""

    def news_changed(self) -> None:
        """The state of the house (`product.status`, `product.news`) was read again: draw what depends on it."""

    def catch_up(self) -> None:
        """Read again if anything was changed since the screen last read."""
        if self.seen != self.product.changes:
            self.seen = self.product.changes
            self.refresh_data()

    def on_screen_resume(self) -> None:
        """Shown, first or again."""
        self.catch_up()

    def call(
        self,
        service: Callable[[], Answer],
        done: str | Callable[[Answer], str] = "",
        *,
        then: Callable[[Answer], object] | None = None,
    ) -> None:
        """Run one service in a thread. Says `done` afterwards and has every screen read again; says a refusal in its words.

        `then` is called with the answer, in the event loop.
        """

        def work() -> None:
            def finish(answer: Answer) -> None:
                self.product.changed()
                words = done(answer) if callable(done) else done
                if words:
                    self.product.say(words)
                if then is not None:
                    then(answer)

            self._run(service, finish, keep=True)

        self.run_worker(work, group="services", thread=True, exit_on_error=False)

    def read(self, query: Callable[[], Answer], then: Callable[[Answer], object], *, group: str) -> None:
        """Run one query in a thread and hand its answer to `then` in the event loop; a newer one of `group` replaces it."""
        self.run_worker(lambda: self._run(query, then), group=group, thread=True, exclusive=True, exit_on_error=False)

    def refused(self, fault: ProductError) -> None:
        """A service said no: its sentence, and what to do next. A screen may read again."""
        self.product.say_fault(fault)

    def unread(self, fault: ProductError) -> None:
        """A query could not be answered: it is asked again when the store can be read, and never over and over."""
        if isinstance(fault, TryAgain | BadSetup):
            self.seen = STALE
            self.product.say_fault(fault)
        else:
            self.refused(fault)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether an action can be done now: None dims its key. While a field has focus a list does nothing but end that."""
        del parameters
        if not self.is_mounted:
            return False  # the footer asks as soon as it is there itself, and what the answer hangs on may not be there yet
        if self.SCOPE in key_table.LISTS and is_typing(self) and action != "clear":
            return False
        return self.possible(action)

    def possible(self, action: str) -> bool | None:
        """True: it can be done; None: its key is dimmed; False: there is no such key here."""
        del action
        return True

    def action_undo(self) -> None:
        """Take back the last thing that this person did."""
        from purdah_scheduler.tui.undo_key import ask_undo  # its boxes and questions stand on this frame

        ask_undo(self)

    def action_back(self) -> None:
        """One step back; nothing is lost."""
        self.dismiss()

    def on_resize(self) -> None:
        """Draw for the new size once it is known."""
        self.call_after_refresh(self.news_changed)

    def on_frame_screen_answered(self, event: Answered) -> None:
        """Finish in the event loop what a thread has begun."""
        event.stop()
        if self.alive:
            event.done()

    def _run(self, query: Callable[[], Answer], then: Callable[[Answer], object], *, keep: bool = False) -> None:
        worker: Worker[Any] = get_current_worker()
        try:
            answer = query()
        except ProductError as fault:
            end: Callable[[], object] = partial(self.refused if keep else self.unread, fault)
        else:
            end = partial(then, answer)
        if keep or not worker.is_cancelled:
            self.post_message(self.Answered(end))
