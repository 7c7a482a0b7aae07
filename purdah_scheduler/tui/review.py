"""What waits for your decision, and the chosen post to read in full before you decide."""

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from purdah_scheduler.application import reading
from purdah_scheduler.application.previews import post_as_read
from purdah_scheduler.application.views import Waiting, waiting_for
from purdah_scheduler.errors import NotFound, ProductError
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.reader_words import as_read_sheet
from purdah_scheduler.tui.review_acts import ReviewActs
from purdah_scheduler.tui.review_case import Case, case_of
from purdah_scheduler.tui.review_words import bottom_part, rest_part, talk_part, text_part, title_line, waiting_line
from purdah_scheduler.tui.talking import Talk
from purdah_scheduler.tui.words import counted

Found = tuple[tuple[Waiting, ...], Case | None, frozenset[int]]
"""What waits for the person, the post to show, and the numbers of its comments that are new to them."""


class ReviewScreen(ReviewActs):
    """The posts that wait for you, and one of them; without a post id it begins with the one that is due first."""

    SCOPE = "review"
    NUMBER = 3
    CSS_PATH = "review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("review")]

    def __init__(self, post_id: int | None) -> None:
        super().__init__()
        self.opened_on = post_id
        self.post_id = post_id
        self.waiting: tuple[Waiting, ...] = ()
        self.new: frozenset[int] = frozenset()
        self.shown = ""
        self.lines = 0

    def compose_body(self) -> ComposeResult:
        """The list, the post, and what you can do."""
        yield Static(id="place")
        with Horizontal(id="panes"):
            yield OptionList(id="waiting", compact=True)
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
            waiting = waiting_for(office, person)
            post = wanted if wanted is not None else (waiting[0].row.post if waiting else None)
            if post is None:
                return waiting, None, frozenset()
            return waiting, case_of(office, person, post), reading.new_on(office, person, post)

        self.read(query, self._took, group="review")

    def refused(self, fault: ProductError) -> None:
        """A post that no longer exists is left; everything else is read again."""
        if isinstance(fault, NotFound):
            self.post_id = None
        super().refused(fault)

    def action_next(self) -> None:
        """The next post that waits."""
        self._step(1)

    def action_previous(self) -> None:
        """The one before."""
        self._step(-1)

    def action_as_read(self) -> None:
        """What its readers will see."""
        office, post = self.product.office, self.post_id
        if post is not None:
            self.read(
                lambda: post_as_read(office, post), lambda found: self.app.push_screen(as_read_sheet(found)), group="as-read"
            )

    def action_scroll_text(self, lines: int) -> None:
        """Scroll the text by a line."""
        self.query_one("#page", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_back(self) -> None:
        """Back to where it was opened, or to the queue."""
        if self.opened_on is None:
            self.product.action_go("queue")
        else:
            self.dismiss()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A post of the list was chosen."""
        event.stop()
        self._open(self.waiting[event.option_index].row.post)

    def on_resize(self) -> None:
        """The lines are cut to the width."""
        self.shown = ""
        self.call_after_refresh(self._draw)

    def _step(self, by: int) -> None:
        posts = [entry.row.post for entry in self.waiting]
        if not posts:
            return
        at = posts.index(self.post_id) if self.post_id in posts else (-1 if by > 0 else 0)
        self._open(posts[(at + by) % len(posts)])

    def _open(self, post_id: int) -> None:
        if post_id != self.post_id:
            self.post_id, self.case, self.read_whole = post_id, None, False
            self.refresh_data()

    def _took(self, found: Found) -> None:
        self.waiting, case, new = found
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
        self._draw()

    def _draw(self) -> None:
        office, case = self.product.office, self.case
        house, now = office.house, office.now()
        self.set_class(case is None, "-nothing")
        posts = [entry.row.post for entry in self.waiting]
        place = f"   {posts.index(self.post_id) + 1} of {len(posts)}   ] next  [ previous" if self.post_id in posts else ""
        waits = f"{counted(len(posts), 'post')} {'waits' if len(posts) == 1 else 'wait'} for your decision"
        self.query_one("#place", Static).update(says((waits, "bold"), (place, "$quiet")))
        self._draw_list(posts)
        if case is None:
            nothing = "Nothing waits for you. Posts that others have submitted appear here."
            self.query_one("#words", Static).update(says((nothing, "$quiet")))
            for part in ("#title", "#rest", "#talk", "#bottom"):
                self.query_one(part, Static).update("")
        else:
            width = max(self.query_one("#page").scrollable_content_region.width, 20)
            self.query_one("#title", Static).update(title_line(case, ""))
            words, rest = text_part(case, width), rest_part(case, house, now=now, width=width)
            talk = talk_part(case, house, new=self.new, width=width)
            if words.plain + rest.plain + talk.plain != self.shown:
                self.shown = words.plain + rest.plain + talk.plain
                self.lines = words.plain.count("\n") + 1
                self.query_one("#words", Static).update(words)
                self.query_one("#rest", Static).update(rest)
                self.query_one("#talk", Static).update(talk)
            self.call_after_refresh(self._look)
        self._draw_bottom()

    def _draw_list(self, posts: list[int]) -> None:
        office, chooser = self.product.office, self.query_one("#waiting", OptionList)
        width = max(chooser.scrollable_content_region.width - 1, 20)
        lines = [waiting_line(entry, office.house, now=office.now(), width=width) for entry in self.waiting]
        chooser.clear_options()
        chooser.add_options([Option(line) for line in lines])
        chooser.highlighted = posts.index(self.post_id) if self.post_id in posts else None

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
