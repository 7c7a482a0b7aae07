"""One post whole: its words on each account, its verdict and clearances, what was sent, and all that ever happened to it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from purdah_scheduler.application import breaking, exempting, reading, views
from purdah_scheduler.application.previews import post_as_read
from purdah_scheduler.application.views import PostView
from purdah_scheduler.domain.posts import IN_HAND, DeliveryState, HoldReason
from purdah_scheduler.errors import NotFound, ProductError
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.exemption_key import ask_to_revoke
from purdah_scheduler.tui.glass_keys import ask_to_break, ask_to_review
from purdah_scheduler.tui.offers import Chosen
from purdah_scheduler.tui.plain import plain
from purdah_scheduler.tui.post_report import SECTIONS, post_sections
from purdah_scheduler.tui.postwords import block, heading, shown_state
from purdah_scheduler.tui.reader_words import as_read_sheet
from purdah_scheduler.tui.talking import Talk, no_comments
from purdah_scheduler.tui.verbs_settle import SettlingVerbs


class PostScreen(SettlingVerbs):
    """Everything about one post, read again whenever anything changes; where it was scrolled to it stays."""

    SCOPE = "post"
    CSS_PATH = "post.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("post")]

    def __init__(self, post_id: int) -> None:
        super().__init__()
        self.post_id = post_id
        self.view: PostView | None = None
        self.lines: dict[str, int] = {}

    def compose_body(self) -> ComposeResult:
        """One column that scrolls."""
        with VerticalScroll(id="whole", can_focus=False):
            for section in SECTIONS:
                yield Talk(id=section) if section == "talk" else Static(id=section, classes="section")

    def on_mount(self) -> None:
        """Comments have been seen when they have been on the screen."""
        page = self.query_one("#whole", VerticalScroll)
        self.watch(page, "scroll_y", self._look, init=False)
        self.watch(page, "virtual_size", self._look, init=False)

    def refresh_data(self) -> None:
        """Read the post again."""
        office, post, person = self.product.office, self.post_id, self.product.actor.person

        def query() -> tuple[PostView, frozenset[int]]:
            return views.post_view(office, post), reading.new_on(office, person, post)

        self.read(query, lambda found: self._show(*found), group="post")

    def refused(self, fault: ProductError) -> None:
        """A post that does not exist has nothing to show: say so and go back."""
        super().refused(fault)
        if isinstance(fault, NotFound) and self.view is None:
            self.dismiss()
        else:
            self.refresh_data()

    def chosen(self) -> Chosen | None:
        """This post."""
        view = self.view
        if view is None:
            return None
        due = next((entry.delivery.due_at for entry in view.accounts if entry.delivery is not None), None)
        person, house = self.product.actor.person, self.product.office.house
        return Chosen(
            post=view.post.id,
            text=view.accounts[0].text,
            state=shown_state(view),
            accounts=tuple(entry.account for entry in view.accounts),
            at=due or view.post.planned_at,
            no_glass=breaking.why_no_glass(house, person, view),
            no_glass_review=breaking.why_no_review(person, view),
            no_revoking=exempting.why_no_revoking(house, person, view.exemptions, self.product.office.now()),
            unknown_on=tuple(
                entry.account
                for entry in view.accounts
                if entry.delivery is not None and entry.delivery.state is DeliveryState.UNKNOWN
            ),
            by_hand_on=tuple(
                entry.account
                for entry in view.accounts
                if entry.delivery is not None and entry.delivery.reason_code in (HoldReason.BY_HAND, IN_HAND)
            ),
        )

    def action_as_read(self) -> None:
        """What its readers will see."""
        office, post = self.product.office, self.post_id
        self.read(lambda: post_as_read(office, post), lambda found: self.app.push_screen(as_read_sheet(found)), group="as-read")

    def action_scroll_text(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one("#whole", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll by a screenful."""
        whole = self.query_one("#whole", VerticalScroll)
        whole.scroll_relative(y=pages * max(1, whole.size.height - 2), animate=False)

    def action_first(self) -> None:
        """To the beginning."""
        self.query_one("#whole", VerticalScroll).scroll_home(animate=False)

    def action_last(self) -> None:
        """To the end."""
        self.query_one("#whole", VerticalScroll).scroll_end(animate=False)

    @property
    def width(self) -> int:
        """How many cells a line may take: the window without its margins and the scroll bar."""
        return max(self.size.width - 6, 20)

    def on_resize(self) -> None:
        """Wrap for the new width."""
        if self.view is not None:
            self._show(self.view, frozenset())

    def action_break_glass(self) -> None:
        """Let it out without named clearances, in a box that wants typing."""
        if self.view is not None:
            ask_to_break(self, self.view)

    def action_review_glass(self) -> None:
        """Say what was found of what went out, or may, without a clearance."""
        if self.view is not None:
            ask_to_review(self, self.view)

    def action_revoke(self) -> None:
        """End an exemption of it, or of its campaign, now."""
        if self.view is not None:
            ask_to_revoke(self, self.view)

    def _look(self) -> None:
        """What has been on the screen; while anything is not laid out yet, nobody knows where the comments stand."""
        if all(self.query_one(f"#{section}", Static).size.height >= lines for section, lines in self.lines.items()):
            self.query_one(Talk).look(self.query_one("#whole", VerticalScroll))

    def _show(self, view: PostView, new: frozenset[int]) -> None:
        self.view = view
        office = self.product.office
        new = self.query_one(Talk).take(view, new)
        for section, lines in post_sections(view, office.house, office.now(), ways=self.ways(), new=new).items():
            nobody = [heading("Comments"), no_comments(self.key_of("post.comment"))] if section == "talk" else []
            self._put(section, lines or nobody)
        self.refresh_bindings()

    def _put(self, section: str, lines: list[Content]) -> None:
        part = self.query_one(f"#{section}", Static)
        words = block(lines, self.width) if lines else plain("")
        part.display = bool(lines)
        self.lines[section] = len(lines)
        if words != part.content:
            part.update(words)
        self.call_after_refresh(self._look)
