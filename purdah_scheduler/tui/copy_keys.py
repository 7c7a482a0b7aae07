"""The keys that copy: words to the clipboard, a report to the clipboard or into a file, and a whole post into a new draft."""

from collections.abc import Callable, Sequence
from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from purdah_scheduler.application import views
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.clipboard import copy_out
from purdah_scheduler.tui.dialogs import AskText, Box, Fact
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.named_file import path_of, write_new
from purdah_scheduler.tui.offers import Chosen
from purdah_scheduler.tui.plain import says


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """Something to copy: what it is called, how its words are read (in a thread), and the name of a file for them."""

    what: str
    words: Callable[[], str]
    file: str


class CopyKeys(FrameScreen):
    """A screen with something to copy: a post, unless a subclass says otherwise."""

    def chosen(self) -> Chosen | None:
        """The post that keys act on, or None."""
        return None

    def post_here(self) -> int | None:
        """The number of the post that is copied, or None."""
        chosen = self.chosen()
        return chosen.post if chosen is not None else None

    def words_here(self) -> Copied | None:
        """What `y` copies: the words of the post."""
        office, post = self.product.office, self.post_here()
        if post is None:
            return None

        def words() -> str:
            from purdah_scheduler.tui.review_words import words_of

            return words_of(views.post_view(office, post))

        return Copied(what=f"The words of post {post}", words=words, file=f"post-{post}.txt")

    def report_here(self) -> Copied | None:
        """What `Y` copies: everything about the post, as its screen says it."""
        office, post = self.product.office, self.post_here()
        if post is None:
            return None

        def words() -> str:
            from purdah_scheduler.tui.post_report import post_report

            return post_report(views.post_view(office, post), office.house, office.now())

        return Copied(what=f"The report of post {post}", words=words, file=f"post-{post}-report.txt")

    def possible(self, action: str) -> bool | None:
        """There must be something to copy."""
        match action:
            case "copy":
                return True if self.words_here() is not None else None
            case "copy_report":
                return True if self.report_here() is not None else None
            case "duplicate":
                return True if self.post_here() is not None else None
            case _:
                return super().possible(action)

    def action_copy(self) -> None:
        """The words to the clipboard."""
        here = self.words_here()
        if here is not None:
            self.read(here.words, lambda words: copy_out(self, words, here.what), group="to-copy")

    def action_copy_report(self) -> None:
        """The report, shown first: to the clipboard or into a file."""
        here = self.report_here()
        if here is None:
            return

        self.read(here.words, lambda words: show_report(self, here.what, words, file=here.file), group="to-copy")

    def action_duplicate(self) -> None:
        """A new draft that says the same, opened to be written on."""
        from purdah_scheduler.application.duplicating import duplicate

        office, actor, post = self.product.office, self.product.actor, self.post_here()
        if post is None:
            return

        def opened(made: int) -> None:
            self.product.say(f"Post {made} is a draft that says what post {post} says. It has no time and no clearance.")
            self.product.compose_post(made)

        self.call(lambda: duplicate(office, actor, post), then=opened)


class ReportBox(Box[str | None]):
    """A report to look through: `c` copies it, `f` writes it to a file, any other key but those that scroll goes back."""

    def compose_question(self) -> ComposeResult:
        """The keys."""
        ways = (("c", "bold $key"), "  Copy it      ", ("f", "bold $key"), "  Write it to a file      ")
        yield Static(says(*ways, ("any other key", "bold $key"), "  Back"), id="question")

    def on_key(self, event: events.Key) -> None:
        """Scroll, or give the way."""
        event.stop()
        event.prevent_default()
        if not self.scrolls(event.key):
            self.dismiss(event.key if event.key in ("c", "f") else None)


def show_report(screen: FrameScreen, what: str, words: str, *, file: str, lines: Sequence[Fact] = ()) -> None:
    """Show words in a box that scrolls; from there they go to the clipboard or into a file, `file` if no other is named."""

    def chosen(way: str | None) -> None:
        if way == "c":
            copy_out(screen, words, what)
        elif way == "f":
            _ask_file(screen, what, words, file)

    screen.app.push_screen(ReportBox(what, text=words, lines=lines), chosen)


def _ask_file(screen: FrameScreen, what: str, words: str, file: str) -> None:
    box = AskText(
        f"{what} as a file",
        "Which file? Only you will be able to read it; one that is there already is not replaced.",
        initial=file,
        hint=f"in {Path.cwd()}",
    )

    def write(name: str | None) -> None:
        if name is not None:
            screen.call(lambda: write_report(name, words), lambda path: f"{what}: written to {path}.")

    screen.app.push_screen(box, write)


def write_report(name: str, words: str) -> Path:
    """Write the words into a new file that only its owner can read. Returns where it is. Raises BadInput."""
    path = path_of(name).absolute()
    write_new(path, (words + "\n").encode("utf-8", "replace"))
    return path
