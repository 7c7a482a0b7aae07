"""What the verbs of the queue do to marked posts: to each by itself, after a list of what would happen, and with a report."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from purdah_scheduler.domain.civiltime import format_local, parse_local
from purdah_scheduler.domain.shifts import read_shift
from purdah_scheduler.errors import BadTime
from purdah_scheduler.tui.dialogs import AskText, Fact
from purdah_scheduler.tui.fields_box import Answers, AskFields, Field
from purdah_scheduler.tui.queue_marks import Marking
from purdah_scheduler.tui.words import counted

if TYPE_CHECKING:
    from purdah_scheduler.application.bulk import Errand, Outcome

_TOGETHER = frozenset({"submit", "schedule", "move_time", "hold", "release", "withdraw"})
"""The verbs that act on all that is marked."""

_EXAMPLE = "+1d, -2h or +1w: each by that much; else one time for all"


class BulkVerbs(Marking):
    """A list of posts whose verbs act on all that are marked; without marks, on the one under the cursor.

    `together` are the posts that the last errand was done to, with the newest entry of the record that came of it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.together: tuple[tuple[int, ...], int] | None = None

    def possible(self, action: str) -> bool | None:
        """Whether a verb can be done to what is marked, the box says post by post."""
        return True if self.picked and action in _TOGETHER else super().possible(action)

    def action_review(self) -> None:
        """One post at a time: nobody approves what has not been on the screen."""
        if self.picked:
            self.product.say(
                "Nobody approves several posts at once: the whole text of each has to be on the screen. "
                f"{self.key_of('list.unmark')} takes the marks away."
            )
        else:
            super().action_review()

    def action_submit(self) -> None:
        """Ask for clearance."""
        if self.picked:
            self._carry_out(self._errand("submit"))
        else:
            super().action_submit()

    def action_schedule(self) -> None:
        """Queue them, each for its own time or all for one."""
        if self.picked:
            self._ask_when("schedule", "each for the time that its author planned")
        else:
            super().action_schedule()

    def action_move_time(self) -> None:
        """Give them another time."""
        if self.picked:
            self._ask_when("move", "")
        else:
            super().action_move_time()

    def action_release(self) -> None:
        """Put what is held back in the queue."""
        if self.picked:
            self._ask_when("release", "each at its own time")
        else:
            super().action_release()

    def action_hold(self) -> None:
        """Hold what is queued of them."""
        if self.picked:
            self._ask_why_all("hold", needed=True)
        else:
            super().action_hold()

    def action_withdraw(self) -> None:
        """Take them back wherever nothing has left."""
        if self.picked:
            self._ask_why_all("cancel", needed=False)
        else:
            super().action_withdraw()

    def action_undo(self) -> None:
        """Take back the last thing that this person did: from each post, where it was done to several."""
        from purdah_scheduler.application import undoing

        office, actor, together = self.product.office, self.product.actor, self.together
        if together is None:
            super().action_undo()
            return
        posts, newest = together

        def go_on(last: int) -> None:
            if last == newest:
                self._carry_out(self._errand("undo"), posts=posts[::-1])
            else:
                self.together = None
                self.action_undo()

        self.read(lambda: undoing.last_of(office, actor), go_on, group="undo")

    # --- boxes ------------------------------------------------------------------------------------------------

    def _ask_when(self, act: str, empty: str) -> None:
        """Ask for a time or a shift; `empty` says what no answer means, where that is one."""
        lines: list[Fact] = [("Type", _EXAMPLE), *([("Empty", empty)] if empty else [])]

        def go_on(answers: Answers | None) -> None:
            if answers is None:
                return
            errand, zone = self._timed(act, answers["when"]), self.product.office.house.zone
            said = empty if errand.by is None else f"each by {answers['when']}"
            self._carry_out(errand, lines=[("When", said if errand.at is None else format_local(errand.at, zone))])

        box = AskFields(
            self._title(act),
            [Field(name="when", label="When")],
            check=lambda answers: self._timed(act, answers["when"]),
            verb="see what would happen",
            lines=lines,
        )
        self.app.push_screen(box, go_on)

    def _ask_why_all(self, act: str, *, needed: bool) -> None:
        """Ask for a reason."""

        def go_on(reason: str | None) -> None:
            if reason is not None:
                self._carry_out(self._errand(act, reason=reason), lines=[("Reason", reason)] if reason else [])

        question = "Why?" if needed else "Why? It may be left empty."
        self.app.push_screen(AskText(self._title(act), question, needed=needed), go_on)

    def _title(self, act: str) -> str:
        return f"{act.capitalize()} {counted(len(self.picked), 'post')}"

    def _timed(self, act: str, typed: str) -> "Errand":
        """The errand with the time or shift that was typed. Raises BadTime."""
        if not typed and act == "move":
            raise BadTime("No new time was given.", next_step=f"Type {_EXAMPLE}.")
        return self._errand(act, typed=typed)

    def _errand(self, act: str, *, reason: str = "", typed: str = "") -> "Errand":
        from purdah_scheduler.application.bulk import Act, Errand

        office, shift = self.product.office, read_shift(typed)
        at = parse_local(typed, now=office.now(), zone=office.house.zone).at if typed and shift is None else None
        return Errand(act=Act(act), at=at, by=shift, reason=reason)

    def _carry_out(self, errand: "Errand", *, posts: Sequence[int] = (), lines: Sequence[Fact] = ()) -> None:
        """Show what would become of each, do it after a `y`, and report: all in one box."""
        from purdah_scheduler.tui.bulk_box import BulkBox

        box = BulkBox(self.product.office, self.product.actor, errand, posts or self.in_order(), lines=lines)
        self.app.push_screen(box, self._carried_out)

    def _carried_out(self, outcomes: "Sequence[Outcome] | None") -> None:
        """What was done is not marked any more; what was refused stays marked. The queue is read again."""
        done = [outcome for outcome in outcomes or () if outcome.done]
        if done:
            self.picked -= {outcome.post for outcome in done}
            self.together = (tuple(outcome.post for outcome in done), max(outcome.entry for outcome in done))
            self.marked()
            self.product.changed()
