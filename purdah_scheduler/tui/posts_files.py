"""Posts out of a file, looked at one by one and saved after a yes; and the posts of a list into a file."""

from functools import partial
from pathlib import Path

from purdah_scheduler.application.bringing_in import CAN_BE_SAVED, MOST_COMPARED, NOT_COMPARED, bring_in
from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.office import Office
from purdah_scheduler.errors import BadInput
from purdah_scheduler.exports.posts_document import FORMS, posts_document
from purdah_scheduler.exports.posts_file import Brought, look_into
from purdah_scheduler.store.pictures import picture_named
from purdah_scheduler.tui.copy_keys import show_report
from purdah_scheduler.tui.dialogs import Confirm
from purdah_scheduler.tui.fields_box import Answers, AskFields, Field
from purdah_scheduler.tui.filters import read_filter
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.named_file import file_there, form_asked, new_file, write_new
from purdah_scheduler.tui.words import counted

_IMPORT = (
    "Every post of the file becomes a draft of yours, all of them or none; nothing is sent before others have cleared each of "
    "them. Pictures lie beside the file, or below it."
)
_EXPORT = (
    "What each post says now, and what became of it. Pictures are named by their hash: they are in the backup, not in this file."
)


def ask_import(screen: FrameScreen) -> None:
    """Ask for the file, then show what would become of each post, or every fault by its line; nothing is saved yet."""
    office = screen.product.office

    def look(answers: Answers | None) -> None:
        if answers is not None:
            file = file_there(answers["file"])
            screen.read(lambda: _look(office, file), partial(_ask, screen, file), group="import")

    box = AskFields(
        "Import posts",
        (Field(name="file", label="File", example="campaign.csv or posts.jsonl"),),
        check=lambda answers: file_there(answers["file"]),
        verb="look at each post",
        text=_IMPORT,
    )
    screen.app.push_screen(box, look)


def _look(office: Office, file: Path) -> Brought | BadInput:
    """What the file brings, or why nothing of it can be saved: too much for a line, so it is shown in a box of its own."""
    try:
        return look_into(office, file, picture=partial(picture_named, office.shelf, file.parent))
    except BadInput as fault:
        return fault


def _ask(screen: FrameScreen, file: Path, found: Brought | BadInput) -> None:
    if isinstance(found, BadInput):
        show_report(screen, "Nothing was imported", str(found), file=f"{file.stem}-faults.txt")
        return
    office, actor = screen.product.office, screen.product.actor
    now, zone, many = office.now(), office.house.zone, counted(len(found.looked), "post")
    lines = [line for looked in found.looked for line in looked.words(CAN_BE_SAVED, now=now, zone=zone)]
    if len(found.looked) > MOST_COMPARED:
        lines.append(NOT_COMPARED)
    box = Confirm(
        f"Import {many} as drafts of yours?",
        text="\n".join(lines),
        lines=[("File", str(file)), ("You", actor.person.name)],
        verb="Save them as drafts",
    )

    def save(yes: bool | None) -> None:
        if yes:
            screen.call(
                lambda: bring_in(office, actor, found.incoming, file=found.sha256),
                lambda saved: (
                    f"{many} saved as drafts of {actor.person.id}, from post {saved[0].post} on. "
                    f"Next: submit each ({screen.key_of('post.submit')})."
                ),
            )

    screen.app.push_screen(box, save)


def ask_export(screen: FrameScreen, shown: str) -> None:
    """Ask which posts, how and where to, then write the file; `shown` is the filter of the list."""
    office, folder = screen.product.office, Path.cwd()
    local = office.now().astimezone(office.house.zone)

    def read(answers: Answers) -> tuple[QueueFilter, str, Path]:
        form = form_asked(answers["form"], FORMS)
        return _wanted(office, answers["wanted"]), form, new_file(answers["file"], form, folder)

    def write(answers: Answers | None) -> None:
        if answers is not None:
            screen.call(lambda: _write(office, *read(answers)), str)

    fields = (
        Field(name="wanted", label="Posts", initial=shown or "all", example="all, or a filter: state:held account:name words"),
        Field(name="form", label="Format", initial="csv", example="csv for a spreadsheet; jsonl loses nothing"),
        Field(name="file", label="File", initial=f"posts-{local:%Y-%m-%d-%H%M}", example=f"in {folder}"),
    )
    screen.app.push_screen(AskFields("Export posts", fields, check=read, verb="export them", text=_EXPORT), write)


def _wanted(office: Office, typed: str) -> QueueFilter:
    """The posts that a filter asks for. Raises BadInput and BadTime; nothing typed is not a filter here."""
    if not typed:
        raise BadInput("Which posts?", next_step="Type all, or a filter.")
    house = office.house
    accounts, people = [account.id for account in house.accounts], [person.id for person in house.people]
    (part,) = read_filter(typed, now=office.now(), zone=house.zone, accounts=accounts, people=people).parts
    return part


def _write(office: Office, wanted: QueueFilter, form: str, file: Path) -> str:
    made = posts_document(office, wanted, form=form)
    write_new(file, made.data)
    return f"{file}: {counted(made.posts, 'post')}. Only you can read it."
