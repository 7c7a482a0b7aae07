"""The periods, and the posts if they are wanted, as a file that calendar programs read: what is asked, and the file."""

from pathlib import Path

from purdah_scheduler.application.office import Office
from purdah_scheduler.calendars.ics_document import period_entries, post_entries
from purdah_scheduler.calendars.ics_write import write_ics
from purdah_scheduler.errors import BadInput
from purdah_scheduler.tui.fields_box import Answers, AskFields, Field
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.named_file import new_file, write_new
from purdah_scheduler.tui.words import counted

_TEXT = (
    "The periods that concern an account of this department. Whoever can read the file sees what is in it, and posts before they "
    "are public. A calendar that others subscribe to is written anew by a script: purdah-scheduler calendar export --out FILE"
)
_POSTS = ("no", "yes", "words")


def ask_calendar_export(screen: FrameScreen) -> None:
    """Ask what goes into the calendar and where to, then write it."""
    office, folder = screen.product.office, Path.cwd()
    local = office.now().astimezone(office.house.zone)

    def read(answers: Answers) -> tuple[bool, str, Path]:
        return (
            _one_of(answers["every"], ("no", "yes"), "Periods of other bodies are in it or not.") == "yes",
            _one_of(answers["queued"], _POSTS, "Posts are in it or not."),
            new_file(answers["file"], "ics", folder),
        )

    def write(answers: Answers | None) -> None:
        if answers is not None:
            screen.call(lambda: _write(office, *read(answers)), str)

    fields = (
        Field(name="every", label="Other bodies", initial="no", example="yes: the periods of bodies without an account here too"),
        Field(name="queued", label="Posts", initial="no", example="yes: title, account and state; words: what they say too"),
        Field(name="file", label="File", initial=f"periods-{local:%Y-%m-%d-%H%M}", example=f"in {folder}"),
    )
    screen.app.push_screen(AskFields("Export the calendar", fields, check=read, verb="export it", text=_TEXT), write)


def _one_of(typed: str, known: tuple[str, ...], what: str) -> str:
    """The word, in any case of letters; nothing typed is the first. Raises BadInput."""
    word = typed.casefold() or known[0]
    if word not in known:
        raise BadInput(what, next_step=f"Type {', '.join(known[:-1])} or {known[-1]}.")
    return word


def _write(office: Office, everything: bool, posts: str, file: Path) -> str:
    house, now = office.house, office.now()
    with office.store.read() as reader:
        periods = period_entries(house.calendar(reader), house.rulebook, house.bodies_in, everything=everything, now=now)
        queued = post_entries(reader, now=now, with_text=posts == "words") if posts != "no" else []
    write_new(file, write_ics([*periods, *queued], department=house.department, now=now))
    and_posts = f" and {counted(len(queued), 'post')}" if posts != "no" else ""
    return f"{file}: {counted(len(periods), 'period')}{and_posts}. Only you can read it."
