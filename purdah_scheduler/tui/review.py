"""What waits for your decision and for others, and the chosen post to read in full before you decide."""

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from purdah_scheduler.application import reading
from purdah_scheduler.application.turns import Turns, turns_of
from purdah_scheduler.errors import NotFound, ProductError
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.review_case import Case, case_of
from purdah_scheduler.tui.review_list import ReviewList, place_words
from purdah_scheduler.tui.review_reading import ReviewReading
from purdah_scheduler.tui.review_words import bottom_part, nothing_waits, rest_part, talk_part, text_part, title_line
from purdah_scheduler.tui.talking import Talk

Found = tuple[Turns, Case | None, frozenset[int]]
"""Whose turn it is, the post to show, and the numbers of its comments that are new to them."""


class ReviewScreen(ReviewReading):
    """Whose turn it is, and one of the posts; without a post id it begins with the one that is due first."""

    SCOPE = "review"
    NUMBER = 3
    CSS_PATH = "review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("review")]

    def __init__(self, post_id: int | None) -> None:
        super().__init__()
        self.opened_on = post_id
        self.post_id = post_id
        self.turns = Turns()
        self.new: frozenset[int] = frozenset()
        self.shown = ""
        self.lines = 0

    def compose_body(self) -> ComposeResult:
        """The list, the post, and what you can do."""
        yield Static(id="place")
        with Horizontal(id="panes"):
            yield ReviewList()
            with Vertical(id="reading"):
                yield Static(id="title")
                with VerticalScroll(id="page"):
                    yield Static(id="words")
                    yield Static(id="rest")
                    yield Talk(id="talk")
                yield Static(id="bottom")

    def on_mount(self) -> None:
        """The text has focus, so that the arrows scroll it."""
        page = self.query_one("#page", VerticalScroll)
        page.focus()
        self.watch(page, "scroll_y", self._look, init=False)
        self.watch(page, "virtual_size", self._look, init=False)

    def refresh_data(self) -> None:
        """Read what waits, and the post that is shown or, where there is none, the first that waits."""
        office, person, wanted = self.product.office, self.product.actor.person, self.post_id

        def query() -> Found:
            turns = turns_of(office, person)
            post = wanted if wanted is not None else (turns.mine[0].row.post if turns.mine else None)
            if post is None:
                return turns, None, frozenset()
            return turns, case_of(office, person, post), reading.new_on(office, person, post)

        self.read(query, self._took, group="review")

    def refused(self, fault: ProductError) -> None:
        """A post that no longer exists is left; everything else is read again."""
        if isinstance(fault, NotFound):
            self.post_id = None
        super().refused(fault)

    def action_next(self) -> None:
        """The next post of the lists: those that wait for you come first."""
        self._step(1)

    def action_previous(self) -> None:
        """The one before."""
        self._step(-1)

    def action_scroll_text(self, lines: int) -> None:
        """Scroll the text by a line."""
        self.query_one("#page", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_back(self) -> None:
        """Back to where it was opened, or to the queue."""
        if self.opened_on is None:
            self.product.action_go("queue")
        else:
            self.dismiss()

    def on_review_list_chosen(self, event: ReviewList.Chosen) -> None:
        """A post of the list was chosen."""
        event.stop()
        self._open(event.post)

    def on_resize(self) -> None:
        """The lines are cut to the width."""
        self.shown = ""
        self.call_after_refresh(self.draw)

    def _step(self, by: int) -> None:
        posts = self.turns.posts
        if not posts:
            return
        at = posts.index(self.post_id) if self.post_id in posts else (-1 if by > 0 else 0)
        self._open(posts[(at + by) % len(posts)])

    def _open(self, post_id: int) -> None:
        if post_id != self.post_id:
            self.post_id, self.case, self.read_whole = post_id, None, False
            self.refresh_data()

    def _took(self, found: Found) -> None:
        self.turns, case, new = found
        before = self.case
        if case is not None:
            self.new = self.query_one(Talk).take(case.view, new)
            self.post_id = case.view.post.id
            if before is None or (before.view.post.id, before.view.digest) != (case.view.post.id, case.view.digest):
                self.read_whole = False
                self.query_one("#page", VerticalScroll).scroll_home(animate=False)
            else:  # what it is read against stays while it is read, though by now all of it was read
                case = replace(case, base=before.base, base_words=before.base_words)
        self.case = case
        self.draw()

    def draw(self) -> None:
        """Put everything on the screen; what did not change is not written again."""
        office, case = self.product.office, self.case
        house, now = office.house, office.now()
        self.set_class(case is None, "-nothing")
        waits, place = place_words(self.turns, self.post_id)
        self.query_one("#place", Static).update(says((waits, "bold"), (place, "$quiet")))
        self.query_one(ReviewList).take(self.turns, self.post_id, house, now)
        if case is None:
            self.query_one("#words", Static).update(nothing_waits(self.product.status))
            for part in ("#title", "#rest", "#talk", "#bottom"):
                self.query_one(part, Static).update("")
        else:
            width = max(self.query_one("#page").scrollable_content_region.width, 20)
            self.query_one("#title", Static).update(title_line(case, ""))
            words = text_part(case, width)
            rest = rest_part(case, house, now=now, width=width, side_by_side=self.side_by_side)
            talk = talk_part(case, house, new=self.new, width=width)
            if words.plain + rest.plain + talk.plain != self.shown:
                self.shown = words.plain + rest.plain + talk.plain
                self.lines = words.plain.count("\n") + 1
                self.query_one("#words", Static).update(words)
                self.query_one("#rest", Static).update(rest)
                self.query_one("#talk", Static).update(talk)
            self.call_after_refresh(self._look)
        self._draw_bottom()

    def _draw_bottom(self) -> None:
        if self.case is not None:
            self.query_one("#bottom", Static).update(bottom_part(self.case, read=self.read_whole))
        self.refresh_bindings()

    def _look(self) -> None:
        """Whether the end of the words has been on the screen; words that are not laid out yet have not."""
        page, words = self.query_one("#page", VerticalScroll), self.query_one("#words", Static)
        height = page.scrollable_content_region.height
        if self.case is None or not height or words.size.height < self.lines:
            return
        self.query_one(Talk).look(page)
        if self.read_whole:
            return
        if words.virtual_region.bottom <= page.scroll_offset.y + height:
            self.read_whole = True
            self._note(self.case)
            self._draw_bottom()

    def _note(self, case: Case) -> None:
        """Keep that the person has had the whole text before them."""
        office, actor, view = self.product.office, self.product.actor, case.view
        post, revision = view.post.id, view.revision.number
        self.read(lambda: reading.has_read(office, actor, post, revision), lambda _: None, group="reading")
