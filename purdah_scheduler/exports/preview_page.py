"""A post as one page for a browser: how the readers of each account will see it, with the pictures in the page itself."""

import base64
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.application.previews import AsRead, ReadCard, ReadPart, ReadPicture
from purdah_scheduler.domain.as_read import Piece, Role
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.html_page import document, text
from purdah_scheduler.lean import lean_dataclass

_SHOWABLE = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp"})


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is on the page: a post by its title, the digits of its text, and each account of it."""

    department: str
    title: str
    code: str
    revision: int
    made_at: datetime
    zone: ZoneInfo
    version: str
    accounts: tuple[AsRead, ...]


def page(shown: Shown) -> str:
    """The whole page: it fetches nothing, its links lead nowhere, and nothing on it is told by colour alone."""
    made = f"Made on {format_local(shown.made_at, shown.zone)} by purdah-scheduler {shown.version}."
    body = [
        "<header>",
        f'<p class="department">{text(shown.department)}</p>',
        f"<h1>{text(shown.title)}</h1>",
        f"<p>{text(f'As its readers will see it: revision {shown.revision}, {shown.code}.')}</p>",
        "</header>",
        "<main>",
        *(_account(entry) for entry in shown.accounts),
        "</main>",
        f"<footer><p>{text(f'{_LIKELY} {made}')}</p></footer>",
    ]
    return document(f"{shown.department}: {shown.title}, as its readers will see it", "preview.css", body, pictures=True)


_LIKELY = (
    "Where a timeline cuts a text is a likely place: it depends on the reader's screen. What a network makes itself, such as its "
    "own card of a link, is not shown, because nothing was fetched for this page."
)


def _account(entry: AsRead) -> str:
    facts = [
        f"In reply to {entry.reply_to}" if entry.reply_to else "",
        f"Visible to: {entry.visibility}" if entry.visibility != "public" else "",
        f"Language: {entry.lang}" if entry.lang != "en" else "",
    ]
    said = "".join(
        [
            *(f'<p class="fact">{text(fact)}</p>' for fact in facts if fact),
            *(_part(part, entry) for part in entry.parts),
        ]
    )
    if entry.is_folded:
        label = '<span class="label">hides the rest until a reader asks</span>'
        said = f'<details class="warned" open><summary>{text(entry.content_warning)} {label}</summary>{said}</details>'
    told = [*(f"Problem: {problem.message}" for problem in entry.problems), *entry.notes]
    listed = "".join(f"<li>{text(note)}</li>" for note in told)
    notes = f'<ul class="notes">{listed}</ul>' if listed else ""
    return (
        f'<section><h2>{text(entry.account)} <span class="network">{text(entry.network)}</span></h2>'
        f'<article class="post"><p class="handle">{text(entry.handle)}</p>{said}</article>{notes}</section>'
    )


def _part(part: ReadPart, entry: AsRead) -> str:
    """One part of it; the pictures and the card are the first one's."""
    sight, lang = part.sight, entry.lang
    above, below = sight.split()
    which = f"Part {part.number} of {part.of}, " if part.of > 1 else ""
    fold = '<p class="fold">a timeline shows this much, then “show more”</p>'
    words = _words(above, lang) + (fold + _words(below, lang) if below else "")
    figures = ""
    if part.number == 1:
        figures = "".join(_figure(picture, len(entry.pictures)) for picture in entry.pictures)
        figures += _card(entry.card) if entry.card is not None else ""
    if sight.title:
        words = f"<h3>{text(sight.title)}</h3>{figures}{words}"
        figures = ""
    listed = f'<p class="fact">{text(f"In lists: {sight.summary}")}</p>' if sight.summary else ""
    count = f"{which}{part.count.used} of {part.count.limit} {part.count.unit}"
    return f'<div class="part">{words}{figures}{listed}<p class="count">{text(count)}</p></div>'


def _words(pieces: Sequence[Piece], lang: str) -> str:
    """The text with its lines; a link is marked and leads nowhere, so that nobody follows one by mistake."""
    said = "".join(_piece(piece) for piece in pieces).removeprefix("<br>").removeprefix("<br>")
    return f'<p class="words" lang="{text(lang or "en")}" dir="auto">{said}</p>' if said.strip() else ""


def _piece(piece: Piece) -> str:
    lines = "<br>".join(text(line) for line in reveal(piece.shown).split("\n"))
    if piece.role is Role.WORDS:
        return lines
    title = f' title="{text(piece.address)}"' if piece.address else ""
    return f'<span class="{piece.role}"{title}>{lines}</span>'


def _figure(picture: ReadPicture, many: int) -> str:
    number, alt = f"Picture {picture.number} of {many}", picture.alt or "no description"
    focus = f"; cropped around {picture.focus}" if picture.focus is not None else ""
    caption = f"<figcaption>{text(f'{number}, described as: {alt}{focus}')}</figcaption>"
    return f"<figure>{_image(picture, number)}{caption}</figure>"


def _card(card: ReadCard) -> str:
    """Title, description and address under the picture, as readers see it; it leads nowhere either."""
    image = _image(card.picture, "The card's picture") if card.picture is not None else ""
    said = [f'<p class="title">{text(card.title)}</p>', f"<p>{text(card.description)}</p>" if card.description else ""]
    return (
        f'<figure class="card">{image}<figcaption>{"".join(said)}<p class="link">{text(card.address)}</p></figcaption></figure>'
    )


def _image(picture: ReadPicture, called: str) -> str:
    if not picture.data or picture.type not in _SHOWABLE:
        return f'<p class="gone">{text(f"{called} is not to be had")}</p>'
    size = f' width="{picture.extent.width}" height="{picture.extent.height}"' if picture.extent is not None else ""
    data = base64.b64encode(picture.data).decode("ascii")
    return f'<img src="data:{picture.type};base64,{data}" alt="{text(picture.alt)}"{size}>'
