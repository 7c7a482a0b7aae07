"""A post as its readers will see it, in words for the screen: account by account, with what is folded, linked and described."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from purdah_scheduler.application.previews import AsRead, ReadCard, ReadPart, ReadPicture
from purdah_scheduler.domain.as_read import Piece, Role
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.postwords import BAR, GAP, block, heading
from purdah_scheduler.tui.sheet import Sheet

_STYLES = {Role.WORDS: "", Role.LINK: "underline", Role.TAG: "bold", Role.MENTION: "bold"}
_LISTED = ((Role.LINK, "links"), (Role.TAG, "tags"), (Role.MENTION, "mentions"))


def as_read_sheet(entries: Sequence[AsRead]) -> Sheet:
    """The box that shows it."""
    return Sheet("As its readers will see it", lambda width: reader_words(entries, width))


def reader_words(entries: Sequence[AsRead], width: int) -> Content:
    """Everything that readers see on each account, wrapped to `width` cells. No colour tells what no word tells."""
    lines: list[Content] = []
    for entry in entries:
        lines += [*([GAP] if lines else []), *_account(entry)]
    return block(lines, width)


def _account(entry: AsRead) -> Iterator[Content]:
    yield heading(f"{entry.account} on {entry.network}", entry.handle)
    if entry.reply_to:
        yield says(("in reply to ", "$quiet"), entry.reply_to)
    if entry.visibility != "public":
        yield says(("visible to ", "$quiet"), entry.visibility)
    if entry.is_folded:
        yield says((entry.content_warning, "bold"), ("  hides the rest until a reader asks", "$quiet"))
    for part in entry.parts:
        yield from _part(part)
        if part.number == 1:
            yield from (_picture(picture, len(entry.pictures)) for picture in entry.pictures)
            yield from _card(entry.card) if entry.card is not None else ()
    yield from (says(("! " if problem.blocking else "? ", "bold $text-warning"), problem.message) for problem in entry.problems)
    yield from (says((f"  {note}", "$quiet")) for note in entry.notes)


def _part(part: ReadPart) -> Iterator[Content]:
    sight, count = part.sight, part.count
    which = f"part {part.number} of {part.of}  " if part.of > 1 else ""
    style = "bold $text-error" if count.used > count.limit else "$quiet"
    yield says(which, (f"{count.used:,} of {count.limit:,} {count.unit}", style))
    if sight.title:
        yield says((sight.title, "bold"))
    above, below = sight.split()
    yield from _words(above)
    if below:
        yield says(("┄┄ a timeline shows this much, then “show more” ┄┄", "$quiet"))
        yield from _words(below)
    if sight.summary:
        yield says(("in lists: ", "$quiet"), sight.summary)
    for role, words in _LISTED:
        found = sight.of(role)
        if found:
            yield says((f"{words}: ", "$quiet"), ", ".join(map(_named, found)))


def _words(pieces: Sequence[Piece]) -> Iterator[Content]:
    """The text line by line behind a bar; empty lines at its ends are the fold's."""
    said = Content.assemble(*(says((piece.shown, _STYLES[piece.role])) for piece in pieces))
    lines = said.split("\n", allow_blank=True)
    while lines and not lines[0].plain.strip():
        lines.pop(0)
    while lines and not lines[-1].plain.strip():
        lines.pop()
    for line in lines:
        yield Content.assemble((BAR, "$rule"), line)


def _named(piece: Piece) -> str:
    """A link with where it leads, where that is not what is shown."""
    return piece.shown if piece.address in ("", piece.shown) else f"{piece.shown} (to {piece.address})"


def _picture(picture: ReadPicture, many: int) -> Content:
    said = picture.alt or "no description"
    return says((f"Picture {picture.number} of {many}: ", "bold"), said, (f"  ({_file(picture)})", "$quiet"))


def _file(picture: ReadPicture) -> str:
    size = f", {picture.extent.width} by {picture.extent.height}" if picture.extent is not None else ""
    focus = f", cropped around {picture.focus}" if picture.focus is not None else ""
    return f"{picture.type.removeprefix('image/').upper()}{size}, {picture.size:,} bytes{focus}"


def _card(card: ReadCard) -> Iterator[Content]:
    picture = f"  (picture: {_file(card.picture)})" if card.picture is not None else ""
    yield says(("Card: ", "bold"), card.title, (f"  to {card.address}", "underline"), (picture, "$quiet"))
    if card.description:
        yield says(("      ", "$quiet"), card.description)
