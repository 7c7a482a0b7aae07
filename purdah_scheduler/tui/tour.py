"""The guided tour of the demonstration: a strip above the footer that says what to do, and notices when it was done."""

import re
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from purdah_scheduler.application.record_words import who
from purdah_scheduler.tui.dialogs import Box
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.kept import Kept
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.still import Still
from purdah_scheduler.tui.wishes import TourWish

if TYPE_CHECKING:
    from purdah_scheduler.tui.app import PurdahApp
    from purdah_scheduler.tui.tour_steps import TourStep

_EVERY = 0.3
"""Seconds between two looks at the screen while the tour is walked."""

_LATELY = 500
"""Entries of the record that are looked through for what the person has done."""

_KEPT = "tour"
_KEY = re.compile(r"<([a-z]+\.[a-z_]+)>")


class TourStrip(Still):
    """The step that is to be taken, in the words of the guide; nothing while no tour is walked or offered."""

    DEFAULT_CSS = """
    TourStrip { height: auto; max-height: 7; padding: 0 1; border-top: solid $key; display: none; }
    """

    def on_mount(self) -> None:
        """Say what is to be said at once."""
        guide = cast("PurdahApp", self.app).guide
        if guide is not None:
            guide.draw(self)


class TourBox(Box[str]):
    """Skip the step, leave the tour, or go on with it: every other key goes on."""

    def compose_question(self) -> ComposeResult:
        """The keys."""
        ways = (("s", "Skip this step"), ("l", "Leave the tour; it is taken up where it was left"), ("any other key", "Go on"))
        yield Static(Content("\n").join([says((key, "bold $key"), f"  {words}") for key, words in ways]), id="question")

    def on_key(self, event: events.Key) -> None:
        """The key is the answer."""
        event.stop()
        event.prevent_default()
        self.dismiss(event.key)


class Guide:
    """Where the person is in the tour: `place` is the step to take, from 0, or None while the tour is not walked."""

    def __init__(self, app: "PurdahApp", kept: Kept, wish: TourWish) -> None:
        self.app = app
        self.kept = kept
        self.place: int | None = None
        self.steps: tuple[TourStep, ...] = ()
        self.actions: tuple[str, ...] = ()
        self.since: int | None = None
        self.read_at = -1
        self.pointed: int | None = None
        self.timer: Timer | None = None
        self.offers = wish is TourWish.OFFER and not kept.word(_KEPT)
        self.begins = wish is TourWish.BEGIN

    def start(self) -> None:
        """The interface is on view: begin, if that was wished for."""
        if self.begins:
            self.begin()
        elif self.offers:
            self.kept.keep(_KEPT, "offered")

    def begin(self) -> None:
        """Walk, from the step that was reached; from the first after the last."""
        from purdah_scheduler.tui.tour_steps import STEPS  # it knows every screen, and most starts show one

        self.steps, self.offers = STEPS, False
        reached = self.kept.word(_KEPT)
        self._stand_at(int(reached) if reached.isdecimal() and int(reached) < len(STEPS) else 0)
        if self.timer is None:
            self.timer = self.app.set_interval(_EVERY, self.look)

    def leave(self) -> None:
        """Walk no further; the step that was reached is kept."""
        self.place = None
        if self.timer is not None:
            self.timer.stop()
            self.timer = None
        self._show()

    def skip(self) -> None:
        """Take the next step without this one."""
        if self.place is not None:
            self._stand_at(self.place + 1)

    @property
    def over(self) -> bool:
        """Whether the last step was taken."""
        return self.place is not None and self.place >= len(self.steps)

    def look(self) -> None:
        """See whether the step was taken, by the screen and the record alone."""
        from purdah_scheduler.tui.tour_steps import Look, pointed_in

        screen = self.app.screen
        if self.place is None or not isinstance(screen, FrameScreen) or not screen.alive:
            return
        self._show()
        if self.over:
            return
        self._read(screen)
        if self.pointed is None:
            self.pointed = pointed_in(screen)
        if self.steps[self.place].done(Look(screen=screen, actions=self.actions, pointed=self.pointed)):
            self._stand_at(self.place + 1)

    def box(self) -> TourBox:
        """The question of what to do with the tour."""
        place = self.place or 0
        return TourBox(f"Tour, step {place + 1} of {len(self.steps)}: {self.steps[place].title}")

    def draw(self, strip: TourStrip) -> None:
        """The words of the step in a strip."""
        words = self.words(cast("FrameScreen", strip.screen))
        strip.display = words is not None
        if words is not None:
            strip.update(words)

    def words(self, screen: FrameScreen) -> Content | None:
        """What the strip says now."""
        key = (screen.key_of("app.tour"), "bold $key")
        if self.place is None:
            return says(("New here?  ", "bold"), key, "  begins a guided tour of ten steps.") if self.offers else None
        if self.over:
            return says(
                *(("That was the tour.", "bold"), "  "),
                *(
                    (screen.key_of("app.help_field"), "bold $key"),
                    " shows the keys of each screen.\n",
                ),
                *("A queue of your own: purdah-scheduler init.   ", key, " closes this."),
            )
        step = self.steps[self.place]
        parts: list[str | tuple[str, str]] = [
            (f"Tour {self.place + 1} of {len(self.steps)}: {step.title}", "bold"),
            ("   ", ""),
            key,
            (" skip or leave\n", "$quiet"),
        ]
        for place, piece in enumerate(_KEY.split(step.words)):
            parts.append((screen.key_of(piece), "bold $key") if place % 2 else piece)
        return says(*parts)

    def _stand_at(self, place: int) -> None:
        self.place = place
        self.pointed = None
        self.kept.keep(_KEPT, str(place) if place < len(self.steps) else "done")
        self._show()

    def _show(self) -> None:
        for strip in self.app.screen.query(TourStrip):
            self.draw(strip)

    def _read(self, screen: FrameScreen) -> None:
        """Read from the record what the person has done since, if anybody has done anything."""
        if self.read_at == self.app.changes:
            return
        self.read_at = self.app.changes
        office, person, since = self.app.office, self.app.actor.person.id, self.since

        def query() -> tuple[int, tuple[str, ...]]:
            with office.store.read() as reader:
                entries = list(reader.entries(newest_first=True, limit=_LATELY if since is not None else 1))
            latest = entries[0].seq if entries else 0
            from_here = latest if since is None else since
            return from_here, tuple(entry.action for entry in reversed(entries) if entry.seq > from_here and who(entry) == person)

        def took(found: tuple[int, tuple[str, ...]]) -> None:
            self.since, self.actions = found

        screen.read(query, took, group=_KEPT)
