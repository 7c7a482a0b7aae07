"""Comments from the interface: said, addressed to people of a list, and noted as seen once they have been on the screen."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from purdah_scheduler.application import commenting, reading
from purdah_scheduler.application.views import PostView
from purdah_scheduler.domain.people import Person
from purdah_scheduler.tui.dialogs import AskText, Box, Fact
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.plain import says


class ChoosePeople(Box[tuple[str, ...] | None]):
    """People of a list, none at first: space marks one, enter gives the ids of those marked, Esc gives None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", tooltip="Nothing is changed", id="dialog.cancel")
    ]

    def __init__(self, title: str, people: Sequence[Person], *, lines: Sequence[Fact] = ()) -> None:
        super().__init__(title, lines=lines)
        self.people = tuple(people)
        self.marked: set[str] = set()

    def compose_question(self) -> ComposeResult:
        """The list."""
        yield Static(says("For whom is it? Nobody marked: for those who wrote the post."), id="question")
        yield OptionList(*(Option(self._line(person)) for person in self.people), id="people", compact=True)
        yield Static(
            says(
                *(("space", "bold $key"), "  Mark or not      ", ("enter", "bold $key"), "  Say it      "),
                *(("esc", "bold $key"), "  Cancel, nothing is said"),
            ),
            id="ways",
        )

    def on_mount(self) -> None:
        """The list has focus, with the first under the mark."""
        chooser = self.query_one(OptionList)
        chooser.highlighted = 0 if self.people else None
        self.set_focus(chooser)

    def on_key(self, event: events.Key) -> None:
        """Space marks, j and k move as in every list."""
        chooser = self.query_one(OptionList)
        if event.key == "space" and chooser.highlighted is not None:
            event.stop()
            person = self.people[chooser.highlighted]
            self.marked ^= {person.id}
            chooser.replace_option_prompt_at_index(chooser.highlighted, self._line(person))
        elif event.key in ("j", "k"):
            event.stop()
            if event.key == "j":
                chooser.action_cursor_down()
            else:
                chooser.action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give those that are marked."""
        event.stop()
        self.dismiss(tuple(person.id for person in self.people if person.id in self.marked))

    def action_cancel(self) -> None:
        """Give nothing."""
        self.dismiss(None)

    def _line(self, person: Person) -> Content:
        return says(("[x] " if person.id in self.marked else "[ ] ", "bold"), person.name, (f"  {person.id}", "$quiet"))


def say_something(screen: FrameScreen, post: int, text: str) -> None:
    """Ask what is to be said of a post, then to whom, and put it on the record."""
    office, actor = screen.product.office, screen.product.actor

    def address(words: str | None) -> None:
        if words is not None:
            others = [person for person in office.house.people if person.id != actor.person.id]
            box = ChoosePeople(f"Your comment on post {post}", others, lines=[("You say", words)])
            screen.app.push_screen(box, partial(give, words))

    def give(words: str, to: tuple[str, ...] | None) -> None:
        if to is not None:
            said = f"Your comment on post {post} is on the record{', for ' + ', '.join(to) if to else ''}."
            screen.call(lambda: commenting.comment(office, actor, post, words=words, to=to), said)

    box = AskText(
        f"Comment on post {post}",
        f"What do you say? At most {commenting.LONGEST:,} characters. It changes neither the post nor any clearance of it.",
        text=text,
        hint=commenting.REMINDER,
    )
    screen.app.push_screen(box, address)


class Talk(Static):
    """The comments of a post within a page that scrolls. New ones keep their mark while the screen is open.

    They are noted as seen when their end has been on the screen, and not before.
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 -- Textual's own name for it
        super().__init__(id=id)
        self.post = 0
        self.new: frozenset[int] = frozenset()
        self.waiting = 0

    def take(self, view: PostView, new: frozenset[int]) -> frozenset[int]:
        """The numbers of the comments that are marked as new on this post; `new` are those that nobody has noted as seen."""
        self.new = new | (self.new if self.post == view.post.id else frozenset())
        self.post = view.post.id
        self.waiting = max(new, default=0)
        return self.new

    def look(self, page: VerticalScroll) -> None:
        """Note them as seen if they stand whole above the end of what is on view."""
        screen, height = self.screen, page.scrollable_content_region.height
        shown = bool(height and self.size.height) and self.virtual_region.bottom <= page.scroll_offset.y + height
        if self.waiting and shown and isinstance(screen, FrameScreen):
            office, actor, post, last = screen.product.office, screen.product.actor, self.post, self.waiting
            self.waiting = 0
            noted = partial(reading.has_seen_comments, office, actor, post, last)
            screen.read(noted, lambda kept: screen.product.changed() if kept else None, group="seen")


def no_comments(key: str) -> Content:
    """What stands there while nobody has said anything, and the key that changes it."""
    return says(
        ("  Nobody has said anything of it; ", "$quiet"), (key, "bold $key"), (" does, to people of your choice.", "$quiet")
    )
