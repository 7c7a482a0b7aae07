"""Write a post or edit one, with its lengths and its verdict while you type; nothing that was typed is lost."""

from collections.abc import Callable
from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.timer import Timer
from textual.widgets import Select, Static

from purdah_scheduler.application.nearby import Neighbourhood
from purdah_scheduler.application.slotting import NextSlot, SlotLine
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.errors import ProductError
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.compose_checks import Checks, check, free_slot
from purdah_scheduler.tui.compose_editor import edit_outside
from purdah_scheduler.tui.compose_fields import WordsArea
from purdah_scheduler.tui.compose_form import Form
from purdah_scheduler.tui.compose_opening import ComposeOpening
from purdah_scheduler.tui.compose_panel import all_checks, title_words, two_lines
from purdah_scheduler.tui.compose_view import FormView
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.sheet import Sheet
from purdah_scheduler.tui.words import counted

CHECK_SECONDS, KEEP_SECONDS = 0.15, 1.0
"""How long after the last key the checks run, and the words are kept."""


class ComposeScreen(ComposeOpening):
    """The form, and the checks beside it or in two lines below it."""

    SCOPE = "compose"
    NUMBER = 2
    CSS_PATH = "compose.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("compose")]

    def __init__(self, post_id: int | None, planned: date | SlotLine | None = None) -> None:
        super().__init__(post_id, planned)
        self.checks: Checks | None = None
        self.timers: dict[str, Timer] = {}
        self.around: Neighbourhood | None = None

    def compose_body(self) -> ComposeResult:
        """Title, form, checks."""
        yield Static(id="heading")
        with Horizontal(id="panes"):
            yield FormView(self.product.office)
            with VerticalScroll(id="panel", can_focus=False):
                yield Static(id="checks")
        with Vertical(id="short"):
            yield Static(id="short-title")
            yield Static(id="short-checks")

    def on_mount(self) -> None:
        """Nothing can be typed before the words are there."""
        self.form.disabled = True

    def possible(self, action: str) -> bool | None:
        """f5 has somewhere to go only where the end of the period is known."""
        if action == "move_past":
            return True if self.checks is not None and self.checks.free is not None and self.checks.free.at else None
        return True

    def why_not(self, action: str) -> str:
        """There may be no end of a period to move past."""
        del action
        free = self.checks.free if self.checks is not None else None
        if free is None:
            return "No period blocks it at that time, so there is none to move past."
        return free.words

    def show(self, form: Form) -> None:
        """Put a form into the fields."""
        self.form.show(form)
        self.current = self.form.read()
        self.tell()

    def settled(self) -> None:
        """The ground has changed: the form was saved, or begins from another revision."""
        self.post_id, self.kept_at, self.kept_form = self.saved.post, None, None
        self.current = self.form.read()
        self.refresh_data()

    def tell(self) -> None:
        """Which post, whether the words are kept, and what an edit would drop; and the checks again."""
        form, opening = self.saved, self.opening
        name = f"Edit post {form.post}, revision {form.seen_revision}" if form.post is not None else "New post"
        zone = self.product.office.house.zone
        kept = f"   unsaved, kept {self.kept_at.astimezone(zone):%H:%M:%S}" if self.kept_at is not None else ""
        warning = ""
        if opening is not None and form.seen_revision is not None and opening.revision > form.seen_revision:
            warning = f"   revision {opening.revision} was saved meanwhile"
        elif opening is not None:
            given, exempt = len(opening.lapsing.clearances), len(opening.lapsing.exemptions)
            drops = [counted(many, what) for many, what in ((given, "clearance"), (exempt, "exemption")) if many]
            warning = f"   a change drops {' and '.join(drops)}" if drops else ""
        self.query_one("#heading", Static).update(says((name, "bold"), (kept, "$quiet"), (warning, "$text-warning")))
        self._check()

    def action_common(self) -> None:
        """The words of every account again, for the account that is shown."""
        self.form.use_common()

    def action_checks(self) -> None:
        """Every check in full."""
        checks, house = self.checks, self.product.office.house
        if checks is not None:
            self.app.push_screen(Sheet("Checks", lambda width: all_checks(checks, house, width)))

    def action_move_past(self) -> None:
        """Plan it for the first moment that is free."""
        free = self.checks.free if self.checks is not None else None
        if free is not None and free.at is not None:
            self.form.put_time(format_local(free.at, self.product.office.house.zone))

    def action_next_slot(self) -> None:
        """Plan it for the first free slot after the time that stands there."""
        office, form, images = self.product.office, self.form.read(), self.images
        self.read(lambda: free_slot(office, form, images), self._take_slot, group="slot")

    def _take_slot(self, found: NextSlot) -> None:
        office = self.product.office
        if found.at is not None:
            self.form.put_time(format_local(found.at, office.house.zone))
        if words := found.words(office):
            self.product.say(words)

    def action_editor(self) -> None:
        """The words in an editor."""
        area = self.query_one(WordsArea)
        try:
            text = edit_outside(self.app, area.text)
        except ProductError as fault:
            self.refused(fault)
            return
        if text != area.text:
            self.form.put_words(text)

    def action_back(self) -> None:
        """Back; what was not saved is kept."""
        chooser = next((found for found in self.query(Select) if found.expanded), None)
        if chooser is not None:
            chooser.expanded = False
            return
        if self.keep_now():
            self.product.say("Kept as unsaved words: compose offers them again.")
        self.dismiss()

    def on_form_view_changed(self, event: FormView.Changed) -> None:
        """Something was typed: check it and keep it, each after a pause."""
        event.stop()
        if self.ready:
            self.current = self.form.read()
            self._later("check", CHECK_SECONDS, self._check)
            self._later("keep", KEEP_SECONDS, self.keep_later)

    def on_resize(self) -> None:
        """The two lines are cut to the width."""
        if self.checks is not None:
            self._checked(self.checks)

    def _later(self, name: str, seconds: float, then: Callable[[], None]) -> None:
        if name in self.timers:
            self.timers[name].stop()
        self.timers[name] = self.set_timer(seconds, then)

    def _check(self) -> None:
        office, form, images = self.product.office, self.current, self.images
        around, author = self.around or Neighbourhood(office), self.product.actor.person
        self.around = around
        self.read(lambda: check(office, form, images, around, author=author), self._checked, group="checks")

    def _checked(self, checks: Checks) -> None:
        self.checks = checks
        house = self.product.office.house
        self.form.tell(checks)
        self.query_one("#checks", Static).update(all_checks(checks, house, 36, brief=True))
        self.query_one("#short-title", Static).update(says((title_words(checks), "bold $key"), ("  f8 shows all", "$quiet")))
        width = max(self.query_one("#short").content_size.width, 20)
        self.query_one("#short-checks", Static).update(two_lines(checks, house, width))
        self.refresh_bindings()
