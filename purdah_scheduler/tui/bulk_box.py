"""The box in which several posts are acted on: what would become of each, a `y`, how far it has come, and what became of each."""

import threading
from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from purdah_scheduler.application.bulk import Act, Errand, Outcome, Prospect, look, run
from purdah_scheduler.application.office import Actor, Office
from purdah_scheduler.errors import ProductError
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.dialogs import Box, Fact
from purdah_scheduler.tui.plain import cell, plain, says
from purdah_scheduler.tui.postwords import block
from purdah_scheduler.tui.words import counted


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """How an act is said: as a question, and of what was done."""

    ask: str
    done: str


VERBS = {
    Act.SUBMIT: Verb(ask="Submit", done="submitted"),
    Act.SCHEDULE: Verb(ask="Schedule", done="scheduled"),
    Act.MOVE: Verb(ask="Move", done="moved"),
    Act.HOLD: Verb(ask="Hold", done="held"),
    Act.RELEASE: Verb(ask="Release", done="released"),
    Act.CANCEL: Verb(ask="Cancel", done="cancelled"),
    Act.UNDO: Verb(ask="Undo", done="undone"),
}


class BulkBox(Box[tuple[Outcome, ...]]):
    """One errand on several posts. It gives what became of each that was tried: none where nothing was done.

    Threads do the looking and the acting; Esc ends either between two posts, and so does leaving the interface.
    """

    class Looked(Message):
        """What would become of one post."""

        def __init__(self, prospect: Prospect) -> None:
            super().__init__()
            self.prospect = prospect

    class Did(Message):
        """What became of one post."""

        def __init__(self, outcome: Outcome) -> None:
            super().__init__()
            self.outcome = outcome

    class Ended(Message):
        """The thread has come to its end; `fault` where it could not begin."""

        def __init__(self, fault: ProductError | None = None) -> None:
            super().__init__()
            self.fault = fault

    def __init__(self, office: Office, actor: Actor, errand: Errand, posts: Sequence[int], *, lines: Sequence[Fact] = ()) -> None:
        self.verb = VERBS[errand.act]
        super().__init__(f"{self.verb.ask} {counted(len(posts), 'post')}", lines=lines)
        self.office, self.actor, self.errand, self.posts = office, actor, errand, tuple(posts)
        self.prospects: list[Prospect] = []
        self.outcomes: list[Outcome] = []
        self.phase = "looking"
        self.stop = threading.Event()

    def compose_question(self) -> ComposeResult:
        """The list, how far it has come, and what the keys do."""
        with VerticalScroll(id="about", can_focus=False):
            yield Static(id="sheet")
        yield Static(id="echo")
        yield Static(id="question")

    def on_mount(self) -> None:
        """Look first; nothing is changed by it."""
        self._say("Looking what would become of each.", ("esc", "Cancel, nothing is changed"))
        self.run_worker(self._look, group="bulk", thread=True, exit_on_error=False)

    def on_unmount(self) -> None:
        """Whoever leaves ends it after the post in hand."""
        self.stop.set()

    def on_resize(self) -> None:
        """Wrap for the width."""
        self._draw()

    def on_key(self, event: events.Key) -> None:
        """What a key does depends on how far it has come; the key that asked never confirms."""
        event.stop()
        event.prevent_default()
        if self.scrolls(event.key):
            return
        match self.phase:
            case "looking" | "doing" if event.key == "escape":
                self.stop.set()
                self._say("Ending after the post in hand.")
            case "asking":
                if event.key == "y" and self.possible:
                    self._begin()
                else:
                    self.dismiss(())
            case "done":
                self.dismiss(tuple(self.outcomes))
            case _:
                pass  # while it looks or acts every other key waits: nothing is confirmed before it was shown

    @property
    def possible(self) -> list[Prospect]:
        """Those to which something would be done."""
        return [prospect for prospect in self.prospects if not prospect.refusal]

    # --- in threads -------------------------------------------------------------------------------------------

    def _look(self) -> None:
        fault = None
        try:
            for prospect in look(self.office, self.actor, self.errand, self.posts):
                self.post_message(self.Looked(prospect))
                if self.stop.is_set():
                    break
        except ProductError as refused:
            fault = refused
        self.post_message(self.Ended(fault))

    def _run(self) -> None:
        for outcome in run(self.office, self.actor, self.errand, self.prospects):
            self.post_message(self.Did(outcome))
            if self.stop.is_set():
                break
        self.post_message(self.Ended())

    # --- in the event loop ------------------------------------------------------------------------------------

    def on_bulk_box_looked(self, event: Looked) -> None:
        """One more was looked at."""
        event.stop()
        self.prospects.append(event.prospect)
        words = f"Looking what would become of each: {len(self.prospects)} of {len(self.posts)}."
        self._say(words, ("esc", "Cancel, nothing is changed"))

    def on_bulk_box_did(self, event: Did) -> None:
        """One more was done, or refused."""
        event.stop()
        self.outcomes.append(event.outcome)
        self._say(f"{len(self.outcomes)} of {len(self.prospects)}, post {event.outcome.post}.", _END)

    def on_bulk_box_ended(self, event: Ended) -> None:
        """Ask, or report."""
        event.stop()
        if event.fault is not None:
            self._finish(plain(str(event.fault), "$text-warning"))
        elif self.phase == "doing":
            self._report()
        elif self.stop.is_set():
            self.dismiss(())
        else:
            self._ask()

    def _ask(self) -> None:
        self.phase = "asking"
        would, held = len(self.possible), sum(prospect.held for prospect in self.possible)
        on_hold = f", {held} of them on hold then" if held and self.errand.act is not Act.HOLD else ""
        refused = len(self.prospects) - would
        words = f"{would} would be {self.verb.done}{on_hold}." + (f" {refused} would not: see why." if refused else "")
        self._draw()
        if would:
            self._say(words, ("y", f"{self.verb.ask} {counted(would, 'post')}"), ("any other key", "Cancel, nothing is changed"))
        else:
            self._say(f"None of them can be {self.verb.done} now.", ("any key", "Back"))

    def _begin(self) -> None:
        self.phase = "doing"
        self._say("Beginning.", _END)
        self.run_worker(self._run, group="bulk", thread=True, exit_on_error=False)

    def _report(self) -> None:
        done = sum(outcome.done for outcome in self.outcomes)
        left = len(self.prospects) - len(self.outcomes)
        words = f"{done} of {len(self.prospects)} {self.verb.done}."
        if len(self.outcomes) > done:
            words += f" {len(self.outcomes) - done} refused: see why."
        if left:
            words += f" Ended before the last {left}: nothing was done to {'it' if left == 1 else 'them'}."
        self._finish(plain(words, "bold"))

    def _finish(self, words: Content) -> None:
        self.phase = "done"
        self._draw()
        self.query_one("#echo", Static).update(words)
        self.query_one("#question", Static).update(says(("any key", "bold $key"), "  Back"))

    def _say(self, words: str, *ways: tuple[str, str]) -> None:
        self.query_one("#echo", Static).update(plain(words, "bold"))
        keys = [part for key, does in ways for part in ((key, "bold $key"), f"  {does}      ")]
        self.query_one("#question", Static).update(says(*keys))

    def _draw(self) -> None:
        sheet = self.query_one("#sheet", Static)
        width = sheet.size.width
        if width < 1 or self.phase in ("looking", "doing"):
            return
        lines = [line for outcome in self.outcomes for line in _outcome(outcome, width)] if self.phase == "done" else []
        left = self.prospects[len(self.outcomes) :] if self.phase == "done" else self.prospects
        lines += [line for prospect in left for line in _prospect(prospect, width, over=self.phase == "done")]
        sheet.update(block(lines, width))
        if self.phase == "done":
            self.query_one("#about", VerticalScroll).scroll_home(animate=False)


_END = ("esc", "End after the post in hand")


def _title(post: int, title: str, width: int) -> Content:
    number = f"{post:>4}  "
    return says((number, "bold $key"), (cell(title, max(width - len(number), 8)), "bold"))


def _prospect(prospect: Prospect, width: int, *, over: bool) -> list[Content]:
    """A post and what would become of it; `over`: it was not done, because somebody ended it."""
    lines = [_title(prospect.post, prospect.title, width)]
    if prospect.refusal:
        return [*lines, says(("    x ", "$text-warning"), (f"Not possible: {prospect.refusal}", "$text-warning"))]
    if over:
        return [*lines, says(("    · ", "$quiet"), "Not begun. Nothing was done to it.")]
    sign, style = ("=", "$text-warning") if prospect.held else (">", "$text-success")
    lines += [says((f"    {sign} ", style), words) for words in prospect.words.split("\n")]
    return [*lines, *(says(("    ! ", "$text-warning"), words) for words in prospect.beside)]


def _outcome(outcome: Outcome, width: int) -> list[Content]:
    """A post and what became of it."""
    lines = [_title(outcome.post, outcome.title, width)]
    if not outcome.done:
        return [*lines, says(("    x ", "$text-warning"), (f"Refused: {outcome.words}", "$text-warning"))]
    return [*lines, *(says(("    √ ", "$text-success"), words) for words in outcome.words.split("\n"))]
