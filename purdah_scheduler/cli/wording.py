"""Reading what a post says from options, files, standard input and an editor."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.checking import CATEGORY, NATION
from purdah_scheduler.cli.grammar import Body
from purdah_scheduler.cli.invocation import MOST_TEXT, Invocation, decode_text
from purdah_scheduler.cli.speaking import tell
from purdah_scheduler.domain.content import PART_BREAK, Card
from purdah_scheduler.domain.focus import Focus, read_focus
from purdah_scheduler.errors import BadInput, BadMedia

if TYPE_CHECKING:
    from purdah_scheduler.application.drafting import Attachment

MARKS = ("names_politician", "partisan", "joint_uk", "touches_referendum")
_TIME = "TIME"


def wording_options(*, editing: bool) -> Callable[[Body], Body]:
    """The options that `post new` and `post edit` share; when editing, those left out change nothing, and marks have a --no-."""

    def mark(name: str, meaning: str) -> Callable[[Body], Body]:
        spelled = f"--{name}/--no-{name}" if editing else f"--{name}"
        return click.option(spelled, is_flag=True, default=None if editing else False, help=meaning)

    options: list[Callable[[Body], Body]] = [
        click.option("--account", "accounts", multiple=True, required=not editing, metavar="ID", help="Where; can be repeated."),
        click.option("--category", type=CATEGORY, required=not editing, metavar="CATEGORY", help="What kind of post it is."),
        click.option("--nation", type=NATION, metavar="NATION", help="Of the audience: UK, England, Scotland, Wales or NI."),
        click.option("--area", help="The council, force or constituency that it is about."),
        click.option("--at", metavar=_TIME, help="When it is planned; this alone sends nothing."),
        click.option("--text", help="What it says on every account."),
        click.option("--file", type=click.Path(path_type=Path), metavar="FILE", help="Read the text from a file."),
        click.option("--part", "parts", multiple=True, metavar="TEXT", help="One part of a thread; repeated for each."),
        click.option("--text-for", "own_texts", multiple=True, metavar="ID=TEXT", help="Another text for one account."),
        click.option("--media", multiple=True, type=click.Path(path_type=Path), metavar="PATH", help="Attach an image."),
        click.option("--alt", multiple=True, metavar="TEXT", help="What the image before it shows, for those who cannot see it."),
        click.option(
            "--focus",
            "focuses",
            multiple=True,
            metavar="N=X,Y",
            help="What stays in sight of the Nth image where it is cropped: 0,0 is its middle, -1,1 its upper left corner.",
        ),
        click.option("--card", "card_address", metavar="URL", help="The card of a link, where a network shows one: its address."),
        click.option("--card-title", metavar="TEXT", help="The title on the card."),
        click.option("--card-description", metavar="TEXT", help="A sentence on the card."),
        click.option("--card-picture", type=click.Path(path_type=Path), metavar="PATH", help="The image on the card."),
        click.option("--title", help="For lists; never sent."),
        click.option("--notes", help="For colleagues; never sent."),
        click.option("--not-before", metavar=_TIME, help="It must not go out earlier; part of what is cleared."),
        click.option("--not-after", metavar=_TIME, help="It must not go out at this time or later; part of what is cleared."),
        mark("names-politician", "It names, quotes, tags or shows a serving politician."),
        mark("partisan", "It is party or candidate content."),
        mark("joint-uk", "It is joint with the UK government."),
        mark("touches-referendum", "It touches the question of a referendum."),
        click.option("--campaign", help="The campaign that it belongs to."),
        click.option("--content-warning", help="Shown before the text, where a channel can."),
        click.option("--visibility", help="Who sees it, where a channel can tell (default: public)."),
        click.option("--lang", help="Its language, such as en or cy."),
    ]

    def add(body: Body) -> Body:
        for option in reversed(options):
            body = option(body)
        return body

    return add


def given_text(
    call: Invocation, *, text: str | None, file: Path | None, source: str | None, parts: tuple[str, ...]
) -> str | None:
    """The text from --text, --part, --file or standard input (`-`), or None where none was given. Raises BadInput for two.

    Parts are put together as a person writes them: with a line of `---` between two of them.
    """
    if source not in (None, "-"):
        raise BadInput(f"“{source}” stands alone on the line, so nothing was saved.", next_step='Give the text with --text "…".')
    if sum(given is not None for given in (text, file, source, parts or None)) > 1:
        raise BadInput("The text was given twice, so nothing was saved.", next_step="Give one of --text, --part, --file and -.")
    if parts:
        return f"\n{PART_BREAK}\n".join(parts)
    if file is not None:
        return _read_file(file)
    return call.piped_text() if source == "-" else text


def given_own_texts(typed: tuple[str, ...], accounts: tuple[str, ...]) -> dict[str, str]:
    """The texts of single accounts, by account. Raises BadInput for one that is not `ID=TEXT` with an account of the post."""
    texts = {}
    for entry in typed:
        account, equals, words = entry.partition("=")
        if not equals:
            raise BadInput(f"“{entry}” is not of the form ID=TEXT, so nothing was saved.", next_step='--text-for x-main="…"')
        if account not in accounts:
            raise BadInput(
                f"There is a text for {account or 'nobody'}, which is not an account of this post, so nothing was saved.",
                next_step=f"Its accounts are: {', '.join(accounts)}.",
            )
        texts[account] = words
    return texts


def given_media(paths: tuple[Path, ...], alts: tuple[str, ...]) -> "tuple[Attachment, ...]":
    """The files that were named, each with its own alternative text. Raises BadMedia; then nothing was kept."""
    if len(paths) != len(alts):
        raise BadMedia(
            f"There are {len(paths)} files and {len(alts)} alternative texts, so nothing was saved.",
            next_step='Each --media PATH is followed by its own --alt "what it shows".',
        )
    found = []
    for path, alt in zip(paths, alts, strict=True):
        if not alt.strip():
            raise BadMedia(
                f"The alternative text of {path} is empty, so nothing was saved.", next_step='Give --alt "what it shows".'
            )
        found.append(_image(path, alt))
    return tuple(found)


def given_focuses(typed: tuple[str, ...], before: Sequence[Focus | None]) -> list[Focus | None]:
    """The focus of each image: what was given by its number, counted from 1 (`none` takes it away), else what it has.

    Raises BadInput.
    """
    focuses = list(before)
    for entry in typed:
        number, equals, point = entry.partition("=")
        if not equals or not number.strip().isdecimal() or len(number) > 9:
            raise BadInput(f"“{entry}” is not of the form N=X,Y, so nothing was saved.", next_step="--focus 1=0.5,-0.2")
        if not 0 < int(number) <= len(focuses):
            raise BadInput(
                f"The post would have {len(focuses)} images and no number {int(number)}, so nothing was saved.",
                next_step="Images are counted from 1, those that it has before those that are attached now.",
            )
        focuses[int(number) - 1] = None if point.strip().casefold() == "none" else read_focus(point)
    return focuses


def given_card(
    address: str | None, title: str | None, description: str | None, picture: Path | None, *, before: Card | None = None
) -> "tuple[Card | None, Attachment | None]":
    """The card that was `before` with what was named put in its place, and its new picture. Raises BadInput, BadMedia."""
    if before is None and address is None:
        if title is not None or description is not None or picture is not None:
            raise BadInput("The card has no address, so nothing was saved.", next_step="Give --card URL too.")
        return None, None
    known = before or Card(address="", title="")
    card = Card(
        address=known.address if address is None else address,
        title=known.title if title is None else title,
        description=known.description if description is None else description,
        picture=known.picture,
    )
    return card, None if picture is None else _image(picture, "")


def _image(path: Path, alt: str) -> "Attachment":
    from purdah_scheduler.store.pictures import read_picture

    return read_picture(path, alt)


@contextmanager
def edited(text: str) -> Iterator[str]:
    """The text as a person leaves it in $VISUAL or $EDITOR; if saving it then fails, the file is kept and named."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    if not command:
        raise BadInput("Neither VISUAL nor EDITOR names an editor, so nothing was changed.", next_step="export EDITOR=nano")
    handle, name = tempfile.mkstemp(prefix="purdah-", suffix=".txt")
    path = Path(name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    try:
        code = subprocess.run([*command, name], check=False).returncode
    except OSError as fault:
        path.unlink()
        raise BadInput(f"The editor {command[0]} could not be started: {fault.strerror}. Nothing was changed.") from fault
    if code != 0:
        tell(f"Your text is kept in {path}")
        raise BadInput(f"The editor {command[0]} ended with code {code}, so nothing was changed.")
    try:
        yield _read_file(path).rstrip("\n")
    except BaseException:
        tell(f"Your text is kept in {path}")
        raise
    path.unlink()


def _read_file(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise BadInput(f"{path} is not a plain file, so nothing was saved.", next_step="Name a text file.")
    try:
        with path.open("rb") as file:
            return decode_text(file.read(MOST_TEXT + 1), str(path))
    except (OSError, ValueError) as fault:
        why = (fault.strerror if isinstance(fault, OSError) else None) or str(fault)
        raise BadInput(f"{path} cannot be read: {why}. Nothing was saved.", next_step="Check the name of the file.") from fault
