"""`post preview`: a post as the readers of each of its accounts will see it, in words or as a page."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from purdah_scheduler import __version__
from purdah_scheduler.cli.files_out import check_out, write_out
from purdah_scheduler.cli.grammar import post_argument, unknown, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.posts import title_of, view_of
from purdah_scheduler.cli.posts_show import count_words, size_words
from purdah_scheduler.cli.shapes import Facts, problem_facts
from purdah_scheduler.cli.speaking import emit, inline, quoted, say, wrapped
from purdah_scheduler.domain.as_read import Role
from purdah_scheduler.errors import BadInput

if TYPE_CHECKING:
    from purdah_scheduler.application.previews import AsRead, ReadCard, ReadPart, ReadPicture
    from purdah_scheduler.domain.as_read import Piece

_EXAMPLE = """\
purdah-scheduler post preview 12
purdah-scheduler post preview 12 --account outbox --html --out preview.html"""
_ROLES = ((Role.LINK, "Links"), (Role.TAG, "Tags"), (Role.MENTION, "Mentions"))


@verb("preview", example=_EXAMPLE)
@post_argument
@click.option("--account", "accounts", multiple=True, metavar="ID", help="Only on this account; can be repeated.")
@click.option("--html", "as_page", is_flag=True, help="One page for a browser, with the pictures in it; nothing is fetched.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the page to a file.")
@click.pass_obj
def preview(call: Invocation, *, post_id: int, accounts: tuple[str, ...], as_page: bool, out: Path | None) -> None:
    """A post as its readers will see it: cut-offs, links as they are shown, thread parts, warnings, pictures, a card.

    What only the network itself knows, such as the card that it makes of a link, is said and never fetched.
    """
    from purdah_scheduler.application.previews import post_as_read

    if out is not None and not as_page:
        raise BadInput("--out is for a page, so nothing was written.", next_step="Give --html as well.")
    view = view_of(call, post_id)
    found = post_as_read(call.office, post_id)
    for account in accounts:
        if account not in {entry.account for entry in found}:
            raise unknown("account of this post", account, [entry.account for entry in found])
    shown = tuple(entry for entry in found if not accounts or entry.account in accounts)
    if as_page:
        check_out(call, out, "A page")
        from purdah_scheduler.exports.preview_page import Shown, page

        text = page(
            Shown(
                department=call.office.house.department,
                title=title_of(view),
                code=view.code,
                revision=view.post.revision,
                made_at=call.now,
                zone=call.zone,
                version=__version__,
                accounts=shown,
            )
        )
        many = len(shown)
        words = f"post {post_id} as {'one account shows' if many == 1 else f'{many} accounts show'} it"
        write_out(text.encode("utf-8"), out, call=call, counts={"accounts": many}, words=words)
    elif call.as_json:
        emit({"post": post_id, "digest": view.code, "accounts": [_facts(entry) for entry in shown]})
    else:
        head = f"{inline(title_of(view))}, {view.code}, as its readers will see it"
        say("\n\n".join([head, *(_account(call, entry) for entry in shown)]))


def _account(call: Invocation, entry: "AsRead") -> str:
    settings = [
        f"in reply to {entry.reply_to}" if entry.reply_to else "",
        f"visible to: {entry.visibility}" if entry.visibility != "public" else "",
        f"in the language {entry.lang}" if entry.lang != "en" else "",
    ]
    lines = [inline(", ".join(filter(None, [f"On {entry.account} ({entry.network}), {entry.handle}", *settings])))]
    if entry.is_folded:
        lines.append(f"  Warning: {inline(entry.content_warning)}  (the rest is hidden until a reader asks for it)")
    for part in entry.parts:
        lines += _part(call, part)
        if part.number == 1:
            lines += [line for picture in entry.pictures for line in _picture(call, picture, len(entry.pictures))]
            lines += _card(call, entry.card) if entry.card is not None else []
    notes = [*(f"Problem: {problem.message}" for problem in entry.problems), *(f"Not shown: {note}" for note in entry.notes)]
    lines += [f"  {line}" for note in notes for line in wrapped(inline(note), call.width - 2)]
    return "\n".join(lines)


def _part(call: Invocation, part: "ReadPart") -> list[str]:
    sight = part.sight
    which = f"Part {part.number} of {part.of}: " if part.of > 1 else ""
    above, below = sight.split()
    lines = [f"  {which}{count_words(part.count)}"]
    if sight.title:
        lines.append(f"  Title: {inline(sight.title)}")
    if sight.summary:
        lines += _set_in(call, f"In lists: {inline(sight.summary)}")
    lines.append(quoted("".join(piece.shown for piece in above)))
    if below:
        lines += [f"  |{' a timeline shows this much, then “show more” ':-^{min(call.width, 72) - 3}}"]
        lines.append(quoted("".join(piece.shown for piece in below).lstrip("\n ")))
    for role, words in _ROLES:
        pieces = sight.of(role)
        if pieces:
            lines += _set_in(call, f"{words}: {', '.join(map(_named, pieces))}")
    return lines


def _named(piece: "Piece") -> str:
    """A link with where it leads, where that is not what is shown."""
    plain = piece.shown if piece.address in ("", piece.shown) else f"{piece.shown} (to {piece.address})"
    return inline(plain)


def _picture(call: Invocation, picture: "ReadPicture", many: int) -> list[str]:
    said = f"“{inline(picture.alt)}”" if picture.alt else "no description"
    focus = f" (cropped around {picture.focus})" if picture.focus is not None else ""
    return _set_in(call, f"Picture {picture.number} of {many}: {_file_words(picture)}: {said}{focus}")


def _file_words(picture: "ReadPicture") -> str:
    extent = picture.extent
    size = f", {extent.width} by {extent.height}" if extent is not None else ""
    return f"{picture.type.removeprefix('image/').upper()}{size}, {size_words(picture.size)}"


def _card(call: Invocation, card: "ReadCard") -> list[str]:
    picture = f"; picture: {_file_words(card.picture)}" if card.picture is not None else ""
    said = [f"Card: “{inline(card.title)}” (to {inline(card.address)}){picture}"]
    if card.description:
        said.append(f"On the card: {inline(card.description)}")
    return [line for words in said for line in _set_in(call, words)]


def _set_in(call: Invocation, words: str) -> list[str]:
    return [f"  {line}" for line in wrapped(words, call.width - 2)]


def _facts(entry: "AsRead") -> Facts:
    """What the readers of one account see; pictures without their bytes."""
    return {
        "account": entry.account,
        "channel": entry.channel,
        "network": entry.network,
        "handle": entry.handle,
        "reply_to": entry.reply_to,
        "content_warning": entry.content_warning,
        "folded": entry.is_folded,
        "visibility": entry.visibility,
        "lang": entry.lang,
        "parts": [
            {
                "part": part.number,
                "of": part.of,
                "title": part.sight.title,
                "summary": part.sight.summary,
                "shown": part.sight.shown,
                "fold": part.sight.fold,
                "count": {"used": part.count.used, "limit": part.count.limit, "unit": part.count.unit},
                "pieces": [
                    {"kind": str(piece.role), "shown": piece.shown, "written": piece.written, "address": piece.address}
                    for piece in part.sight.pieces
                ],
            }
            for part in entry.parts
        ],
        "pictures": [
            {"number": picture.number, **_file_facts(picture), "alt": picture.alt, "focus": _focus(picture)}
            for picture in entry.pictures
        ],
        "card": _card_facts(entry.card),
        "problems": [problem_facts(entry.account, problem) for problem in entry.problems],
        "notes": list(entry.notes),
    }


def _file_facts(picture: "ReadPicture") -> Facts:
    extent = picture.extent
    return {
        "type": picture.type,
        "bytes": picture.size,
        "width": extent.width if extent is not None else None,
        "height": extent.height if extent is not None else None,
    }


def _focus(picture: "ReadPicture") -> str | None:
    return None if picture.focus is None else str(picture.focus)


def _card_facts(card: "ReadCard | None") -> Facts | None:
    if card is None:
        return None
    picture = None if card.picture is None else _file_facts(card.picture)
    return {"address": card.address, "title": card.title, "description": card.description, "picture": picture}
