"""Exporting the record from the interface: what is asked in the box, and the file that comes of it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from purdah_scheduler.application.exporting import Wanted
from purdah_scheduler.application.office import Office
from purdah_scheduler.domain.civiltime import parse_local
from purdah_scheduler.errors import BadInput
from purdah_scheduler.exports.document import FORMS, document
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.fields_box import Answers, Field
from purdah_scheduler.tui.named_file import form_asked, new_file, write_new


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class ExportAsked:
    """What is to be exported, how, and where to."""

    wanted: Wanted
    form: str
    redacted: bool
    file: Path


def export_fields(post: int | None, *, now: datetime, folder: Path) -> Sequence[Field]:
    """What the box asks; `post` is the one that the list is on, `folder` where a file goes that is named without one."""
    return (
        Field(name="post", label="Post", initial=str(post) if post is not None else "", example="empty: every post"),
        Field(name="from", label="From", example="empty: from the beginning; 1 apr 00:00"),
        Field(name="to", label="To", example="empty: to the end; what is done at that moment is left out"),
        Field(name="form", label="Format", initial="html", example="html to read, csv for a spreadsheet, jsonl to verify"),
        Field(name="names", label="Names and reasons", initial="yes", example="yes, or no to leave them out"),
        Field(name="file", label="File", initial=f"record-{now:%Y-%m-%d-%H%M}", example=f"in {folder}"),
    )


def read_export(answers: Answers, office: Office, folder: Path) -> ExportAsked:
    """What was asked for. Raises BadInput and BadTime with what cannot be used; a file that exists is never replaced."""
    post, names = answers["post"], answers["names"].casefold() or "yes"
    if post and not (post.isascii() and post.isdigit() and int(post) < 2**63):
        raise BadInput(f"“{post}” is not the number of a post.", next_step="Leave it empty for every post.")
    form = form_asked(answers["form"] or "html", FORMS)
    if names not in ("yes", "no"):
        raise BadInput("Names and reasons are exported or not.", next_step="Type yes or no.")
    return ExportAsked(
        wanted=Wanted(post=int(post) if post else None, since=_at(answers["from"], office), until=_at(answers["to"], office)),
        form=form,
        redacted=names == "no",
        file=new_file(answers["file"], form, folder),
    )


def write_export(office: Office, asked: ExportAsked) -> str:
    """Write the file and say where it is. Raises NotFound, BadInput."""
    made = document(office, asked.wanted, form=asked.form, redacted=asked.redacted)
    write_new(asked.file, made.data)
    return f"{asked.file}: {made.words}. Only you can read it."


def _at(typed: str, office: Office) -> datetime | None:
    return parse_local(typed, now=office.now(), zone=office.house.zone).at if typed else None
