"""The pictures of compose: attached by a path, described, put in order, and taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.domain.focus import read_focus
from purdah_scheduler.errors import BadInput
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.compose_fields import Field, Row, Tight
from purdah_scheduler.tui.compose_form import Attached, Picture
from purdah_scheduler.tui.compose_images import Seen
from purdah_scheduler.tui.picture_path import PicturePath
from purdah_scheduler.tui.plain import cell, says


class Said(Widget):
    """A line that can be written before it is on the screen."""

    said: reactive[Content] = reactive(Content(""), layout=True)

    def render(self) -> Content:
        """The line."""
        return self.said


class PictureHead(Said, can_focus=True):
    """The line of one picture: its place, name, type, size and pixels. Its keys put it elsewhere, or take it away."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("picture")]

    class Moved(Message):
        """The picture of this line is to stand `by` places further down."""

        def __init__(self, head: "PictureHead", by: int) -> None:
            super().__init__()
            self.head, self.by = head, by

    class Gone(Message):
        """The picture of this line is to be taken away."""

        def __init__(self, head: "PictureHead") -> None:
            super().__init__()
            self.head = head

    def render(self) -> Content:
        """What is known of it, and its keys while it has focus."""
        ways = "   < > order   D take away" if self.has_focus else ""
        return Content.assemble(self.said, says((ways, "bold $key")))

    def action_move(self, by: int) -> None:
        """Put it before the one before it, or behind the next."""
        self.post_message(self.Moved(self, by))

    def action_take_away(self) -> None:
        """Leave it out."""
        self.post_message(self.Gone(self))


class PictureBox(Vertical):
    """One picture: its line, its alternative text, what is to be said of that, and the point that stays in sight."""

    def __init__(self, alt: str, point: str) -> None:
        super().__init__(classes="picture")
        self.head = PictureHead()
        self.alt = Field(value=alt, placeholder="(what it shows, for those who cannot see it)")
        self.note = Said(classes="note")
        self.point = Field(value=point, placeholder="(such as 0,0.5)", classes="point")
        self.sight = Said(classes="sight")
        self.cropped = Tight("  focus", self.point, self.sight)

    def compose(self) -> ComposeResult:
        """The line, and the text below it."""
        yield self.head
        yield Tight("  alt text", self.alt)
        yield self.note
        yield self.cropped


class PictureList(Vertical):
    """Every picture of a form, and the field to attach another. `Changed` tells that any of it did."""

    class Changed(Message):
        """A picture was described, moved or taken away."""

    def __init__(self) -> None:
        super().__init__(id="pictures")
        self.pictures: tuple[Picture, ...] = ()
        self.points: tuple[str, ...] = ()
        self.cropping: tuple[str, ...] = ()
        self.seen: tuple[Seen, ...] = ()
        self.limits: Mapping[str, Limits] = {}

    def compose(self) -> ComposeResult:
        """The pictures, and below them the field for the next."""
        yield Vertical(id="media")
        yield Row("Image", PicturePath(id="path"))

    @property
    def boxes(self) -> list[PictureBox]:
        """The boxes of the pictures, in their order."""
        return list(self.query(PictureBox).exclude(".gone").results(PictureBox))

    def show(self, pictures: Sequence[Picture], points: Sequence[str]) -> None:
        """Show these with the point of each. A box stays where it is, and keeps the focus, while what it shows may be another."""
        if tuple(pictures) != self.pictures:
            self.seen = ()
        self.pictures, self.points = tuple(pictures), tuple(points)
        boxes = self.boxes
        for box in boxes[len(self.pictures) :]:
            box.add_class("gone")
            box.remove()
        with self.prevent(Input.Changed):
            for box, picture, point in zip(boxes, self.pictures, self.points, strict=False):
                box.alt.value, box.point.value = picture.alt, point
        every = zip(self.pictures, self.points, strict=True)
        new = [PictureBox(picture.alt, point) for picture, point in list(every)[len(boxes) :]]
        if new:
            self.query_one("#media", Vertical).mount_all(new)
        self._say()

    def attach(self, picture: Attached) -> None:
        """One more, which is to be described next."""
        self.show((*self.pictures, picture), (*self.points, ""))
        self.query_one("#path", Field).value = ""
        self.call_after_refresh(self.boxes[-1].alt.focus)
        self.post_message(self.Changed())

    def tell(self, seen: Sequence[Seen], limits: Mapping[str, Limits]) -> None:
        """What is known of the pictures, and what each account takes."""
        self.seen, self.limits = tuple(seen), limits
        self._say()

    def crop(self, accounts: Sequence[str]) -> None:
        """Which of the ticked accounts crop a picture around its focus."""
        self.cropping = tuple(accounts)
        self._say()

    def on_input_changed(self, event: Input.Changed) -> None:
        """An alternative text was typed, or a focus."""
        event.stop()
        for number, box in enumerate(self.boxes):
            if box.alt is event.input and self.pictures[number].alt != event.value:
                described = replace(self.pictures[number], alt=event.value)
                self.pictures = (*self.pictures[:number], described, *self.pictures[number + 1 :])
            elif box.point is event.input and self.points[number] != event.value:
                self.points = (*self.points[:number], event.value, *self.points[number + 1 :])
            else:
                continue
            self._say()
            self.post_message(self.Changed())

    def on_picture_head_moved(self, event: PictureHead.Moved) -> None:
        """Two pictures change places; the keys stay with the one that was moved."""
        event.stop()
        boxes = self.boxes
        at = [box.head for box in boxes].index(event.head)
        to = at + event.by
        if 0 <= to < len(boxes):
            pictures, points = list(self.pictures), list(self.points)
            pictures[at], pictures[to] = pictures[to], pictures[at]
            points[at], points[to] = points[to], points[at]
            self.show(pictures, points)
            boxes[to].head.focus()
            self.post_message(self.Changed())

    def on_picture_head_gone(self, event: PictureHead.Gone) -> None:
        """The picture is left out; what is beside it gets the focus."""
        event.stop()
        boxes = self.boxes
        at = [box.head for box in boxes].index(event.head)
        self.show([*self.pictures[:at], *self.pictures[at + 1 :]], [*self.points[:at], *self.points[at + 1 :]])
        left = self.boxes
        if left:
            left[min(at, len(left) - 1)].head.focus()
        else:
            self.query_one("#path", Field).focus()
        self.post_message(self.Changed())

    def _say(self) -> None:
        """The line of each picture, what its alternative text is worth, and who crops it."""
        many = len(self.pictures)
        for number, (box, picture) in enumerate(zip(self.boxes, self.pictures, strict=True), start=1):
            known = self.seen[number - 1] if len(self.seen) == many else None
            box.head.said = says((f"Image {number} of {many}  ", "bold"), picture_words(known) if known is not None else "")
            box.note.said = _alt_words(picture.alt, self.limits)
            point = self.points[number - 1]
            box.sight.said = _sight_words(point, self.cropping)
            box.cropped.display = bool(self.cropping or point)


def picture_words(seen: Seen) -> str:
    """Name, type, pixels and bytes of a picture, or why it cannot be read."""
    if seen.fault:
        return f"{cell(seen.name, 30)}  {seen.fault}"
    pixels = f"{seen.extent.width:,} by {seen.extent.height:,}  " if seen.extent is not None else ""
    return f"{cell(seen.name, 30)}  {seen.type.removeprefix('image/').upper()}  {pixels}{seen.size:,} bytes"


def _sight_words(point: str, cropping: Sequence[str]) -> Content:
    """What a focus as typed does, or how it is written."""
    try:
        if point.strip():
            read_focus(point)
    except BadInput as fault:
        return says((f"cannot be read. {fault.next_step}", "$text-warning"))
    if not cropping:
        return says(("no account that is ticked crops around it", "$quiet"))
    if not point.strip():
        return says(("0,0 is the middle, -1,1 the upper left corner", "$quiet"))
    return says((f"stays in sight where {', '.join(cropping)} crops it", "$quiet"))


def _alt_words(alt: str, limits: Mapping[str, Limits]) -> Content:
    """How long the alternative text is, and where it does not fit."""
    if not alt.strip():
        return says(("no alternative text: say what it shows", "$text-warning"))
    over = [f"{account} takes {one.max_alt:,}" for account, one in limits.items() if len(alt) > one.max_alt]
    if over:
        return says((f"{len(alt):,} characters, TOO LONG: {', '.join(over)}", "bold $text-error"))
    most = min((one.max_alt for one in limits.values()), default=0)
    return says((f"{len(alt):,}{f' of {most:,}' if most else ''} characters", "$quiet"))
