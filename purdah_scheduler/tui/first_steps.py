"""The short list above the queue of a new department: what is still to do before its first post can go out."""

from functools import partial
from typing import cast

from textual.content import Content

from purdah_scheduler.application.first_steps import Step, first_steps, look_round
from purdah_scheduler.application.views import Status
from purdah_scheduler.config import INVENTED_PEOPLE
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.kept import kept_of
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.still import Still

_ROOM, _ROOM_FOR_BOTH = 22, 36
"""Lines of a window in which the whole list has room above an empty queue, and above one with posts; else the next step alone."""

_AWAY = "first-steps"


class FirstSteps(Still):
    """The steps with their ticks and commands; nothing for a department that has published, or where it was put away."""

    def __init__(self) -> None:
        super().__init__(id="first-steps")
        self.steps: tuple[Step, ...] = ()
        self.asked: tuple[object, ...] = ()

    def tell(self, status: Status | None) -> None:
        """Look round again if anything that it depends on may have changed."""
        screen = cast("FrameScreen", self.screen)
        product = screen.product
        asked = (product.changes, status is None, status is not None and status.alive)
        if status is None or asked == self.asked:
            self.draw()
            return
        self.asked = asked
        office, kept = product.office, kept_of(product)

        def query() -> tuple[Step, ...]:
            return () if kept.word(_AWAY) else first_steps(look_round(office, status, INVENTED_PEOPLE))

        screen.read(query, self._took, group=_AWAY)

    def put_away(self) -> None:
        """Never show it to this person again."""
        screen = cast("FrameScreen", self.screen)
        self._took(())
        screen.read(partial(kept_of(screen.product).keep, _AWAY, "away"), lambda _: None, group=_AWAY)

    def draw(self) -> None:
        """As much as there is room for."""
        screen = cast("FrameScreen", self.screen)
        self.display = bool(self.steps)
        if self.steps:
            width = max(screen.size.width - 2, 20)
            whole = screen.size.height >= (_ROOM if screen.has_class("-empty") else _ROOM_FOR_BOTH)
            self.update(steps_in_full(self.steps, screen.key_of("steps.away"), width) if whole else next_step(self.steps, width))

    def _took(self, steps: tuple[Step, ...]) -> None:
        self.steps = steps
        self.draw()
        self.screen.refresh_bindings()


class HasFirstSteps(FrameScreen):
    """A screen with that list."""

    def possible(self, action: str) -> bool | None:
        """It can be put away while it is there."""
        return bool(self.query_one(FirstSteps).steps) if action == "put_away" else super().possible(action)

    def action_put_away(self) -> None:
        """Put the list away."""
        self.query_one(FirstSteps).put_away()
        self.product.say("The list of first steps is put away. `purdah-scheduler status` goes on showing it.")


def steps_in_full(steps: tuple[Step, ...], away: str, width: int) -> Content:
    """A line for each step: ticked or not, what it is, and how it stands or what to type for it."""
    done = sum(step.done for step in steps)
    words = max(len(step.words) for step in steps)
    head = says(
        *(("Until the first post can go out", "bold"), f": {done} of {len(steps)} done   "),
        *((away, "bold $key"), (" puts this list away", "$quiet")),
    )
    lines = [head]
    for number, step in enumerate(steps, start=1):
        said = (step.said, "$quiet") if step.done else (step.command, "$key")
        lines.append(
            says(f" [{'x' if step.done else ' '}] {number}  {step.words:<{words}}  ", said).truncate(width, ellipsis=True)
        )
    return Content("\n").join(lines)


def next_step(steps: tuple[Step, ...], width: int) -> Content:
    """The first step that is not done, alone."""
    number, step = next((place, step) for place, step in enumerate(steps, start=1) if not step.done)
    words = says((f"Step {number} of {len(steps)}", "bold"), f": {step.words}  ", (step.command, "$key"))
    return words.truncate(width, ellipsis=True)
