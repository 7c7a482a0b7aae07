"""A text as its readers see it: its links, tags and mentions as they are shown, and where a timeline cuts it."""

from enum import StrEnum

from purdah_scheduler.lean import lean_dataclass


class Role(StrEnum):
    """What a piece of a text is to its readers."""

    WORDS = "words"
    LINK = "link"
    TAG = "tag"
    MENTION = "mention"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of a text: as it is `shown`, as it was `written`, and where it leads (`address`, of a link alone)."""

    shown: str
    written: str
    role: Role = Role.WORDS
    address: str = ""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a network makes of one text.

    `title` stands above the text where the network has titles. `fold` counts the characters, as shown, that a timeline shows
    before "show more"; None where it shows all. `warns`: a content warning hides text and pictures until a reader asks for them.
    `shows_card`: a card that is given with the post is shown; `crops`: a picture is cropped around its focus.
    `notes` say in words what only the network knows.
    """

    network: str
    pieces: tuple[Piece, ...]
    title: str = ""
    summary: str = ""
    fold: int | None = None
    warns: bool = False
    shows_card: bool = False
    crops: bool = False
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The text as it is shown, unfolded."""
        return "".join(piece.shown for piece in self.pieces)

    def of(self, role: Role) -> tuple[Piece, ...]:
        """The pieces of one kind, in their order."""
        return tuple(piece for piece in self.pieces if piece.role is role)

    def split(self) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        """The pieces above the fold and those below it; one across it is words in both. Nothing is below where nothing folds."""
        if self.fold is None:
            return self.pieces, ()
        above: list[Piece] = []
        below: list[Piece] = []
        left = self.fold
        for piece in self.pieces:
            if left >= len(piece.shown):
                above.append(piece)
            elif left <= 0:
                below.append(piece)
            else:
                for part, side in ((piece.shown[:left], above), (piece.shown[left:], below)):
                    side.append(Piece(shown=part, written=part, role=piece.role, address=piece.address))
            left -= len(piece.shown)
        return tuple(above), tuple(below)


def fold_at(shown: str, *, lines: int, width: int) -> int | None:
    """How many characters of `shown` stand on the first `lines` lines of about `width` characters; None where all do.

    Networks cut by the lines that a screen happens to have, so this is a likely place and not the exact one.
    """
    at, left = 0, lines
    for line in shown.split("\n"):
        needs = max(1, -(-len(line) // width))
        if needs > left:
            kept = shown[: at + left * width].rstrip()
            space = kept.rfind(" ", max(at, len(kept) - width))
            return space if space > 0 and left else len(kept)
        left -= needs
        at += len(line) + 1
    return None
