"""The card of a link in compose: its address, what stands on it and its picture, where an account's channel shows cards."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from purdah_scheduler.domain.content import Card
from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.compose_fields import Field, Row, Tight
from purdah_scheduler.tui.compose_form import Attached, Form, Picture
from purdah_scheduler.tui.compose_images import Seen
from purdah_scheduler.tui.compose_pictures import Said, picture_words
from purdah_scheduler.tui.picture_path import PicturePath
from purdah_scheduler.tui.plain import says

_BLANK = Card(address="", title="")
_WORDS = ("address", "title", "description")


class CardPicture(Said, can_focus=True):
    """The line of the card's picture; its key takes it away."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("card")]

    class Gone(Message):
        """The picture is to be taken away."""

    def render(self) -> Content:
        """What is known of it, and its key while it has focus."""
        return Content.assemble(self.said, says(("   D take away" if self.has_focus else "", "bold $key")))

    def action_take_away(self) -> None:
        """Leave it out."""
        self.post_message(self.Gone())


class CardBox(Vertical):
    """The fields of a card; those behind the address are there once anything of it is given. `Changed` tells that any did.

    A card is on the form for as long as any of its words are; its picture is kept beside them while they are retyped.
    """

    class Changed(Message):
        """Something of the card was typed, or its picture came or went."""

    def __init__(self) -> None:
        super().__init__(id="card")
        self.given = _BLANK
        self.picture: Picture | None = None
        self.seen: Seen | None = None

    def compose(self) -> ComposeResult:
        """The address, and what belongs to it."""
        yield Row(
            "Card", Field(id="card_address", placeholder="(address of a page, shown as a box below the text)"), id="row-card"
        )
        with Vertical(id="card-more"):
            yield Tight("  title", Field(id="card_title", placeholder="(what stands on the box)"))
            yield Tight("  says", Field(id="card_description", placeholder="(a sentence below it, if it needs one)"))
            yield Tight("  picture", PicturePath(id="card_path"))
            yield CardPicture()
            yield Said(id="card-shown", classes="note")

    def show(self, form: Form) -> None:
        """Put the card of a form into the fields."""
        self.given = form.card or _BLANK
        self.picture = next(iter(form.of_card), None)
        with self.prevent(Input.Changed):
            self.query_one("#card_path", Field).value = ""
            for name in _WORDS:
                self.query_one(f"#card_{name}", Field).value = getattr(self.given, name)
        self._say()

    def offer(self, showing: Sequence[str], others: Sequence[str]) -> None:
        """Which of the ticked accounts show a card and which do not; where none does, the fields are there for a given card."""
        where = f"shown on {', '.join(showing)}" if showing else "no account that is ticked shows it"
        rest = f"; not on {', '.join(others)}: give the link in the text too" if showing and others else ""
        self.query_one("#card-shown", Said).said = says((where + rest, "$quiet" if showing else "$text-warning"))
        self.display = bool(showing) or self._is_given
        self._say()

    def into(self, form: Form) -> Form:
        """The form with the card that stands here; words that nobody touched are as they were, whatever is hidden in them."""
        if not any(self._typed(name).strip() for name in _WORDS):
            return replace(form, card=None, card_picture=None)
        new = self.picture if isinstance(self.picture, Attached) else None
        card = Card(
            address=self._typed("address"),
            title=self._typed("title"),
            description=self._typed("description"),
            picture=None if isinstance(self.picture, Attached) else self.picture,
        )
        return replace(form, card=card, card_picture=new)

    def attach(self, picture: Attached) -> None:
        """This one is the card's picture now."""
        self._take(picture)
        self.query_one("#card_path", Field).value = ""

    def settle(self, saved: Form) -> None:
        """A picture that was new is stored now."""
        if isinstance(self.picture, Attached):
            self.picture = next(iter(saved.of_card), None)

    def tell(self, seen: Seen | None) -> None:
        """What is known of the picture."""
        self.seen = seen
        self._say()

    def on_input_changed(self, event: Input.Changed) -> None:
        """A field was typed into."""
        event.stop()
        self._say()
        self.post_message(self.Changed())

    def on_card_picture_gone(self, event: CardPicture.Gone) -> None:
        """The picture is left out."""
        event.stop()
        self.query_one("#card_path", Field).focus()
        self._take(None)

    @property
    def _is_given(self) -> bool:
        """Whether anything of a card stands here."""
        return self.picture is not None or any(self._typed(name).strip() for name in _WORDS)

    def _typed(self, name: str) -> str:
        value, given = self.query_one(f"#card_{name}", Field).value, str(getattr(self.given, name))
        return given if value == reveal(given, keep_newlines=False) else value

    def _take(self, picture: Picture | None) -> None:
        self.picture, self.seen = picture, None
        self._say()
        self.post_message(self.Changed())

    def _say(self) -> None:
        """The line of the picture, and the fields where there is a card."""
        line = self.query_one(CardPicture)
        line.display = self.picture is not None
        line.said = says(("  on the card  ", "$quiet"), picture_words(self.seen) if self.seen is not None else "")
        self.query_one("#card-more").display = self._is_given
