"""An export of the record as one document: gathered as of one moment, and written out in the form that was asked for."""

import purdah_scheduler
from purdah_scheduler.application import exporting
from purdah_scheduler.application.exporting import Wanted
from purdah_scheduler.application.office import Office
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

FORMS = ("jsonl", "csv", "html")
"""jsonl loses nothing and can be verified without this product, csv is safe in a spreadsheet, html is to be read."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is handed out, and how many entries and posts are in it."""

    data: bytes
    entries: int
    posts: int

    @property
    def words(self) -> str:
        """What is in it."""
        return f"{self.entries} entries, {self.posts} posts"


def document(office: Office, wanted: Wanted, *, form: str, redacted: bool) -> Document:
    """The record of a post or of a time, in one of `FORMS`. Raises NotFound, and BadInput for no time at all."""
    if wanted.since is not None and wanted.until is not None and wanted.until <= wanted.since:
        raise BadInput("--to is not after --from, so nothing was exported.", next_step="Give the first moment that is left out.")
    house = office.house
    with office.store.read() as reader:
        found = exporting.gather(reader, office, wanted, redacted=redacted)
        periods = {period.id: period.name for period in house.calendar(reader)}
    if form == "html":
        from purdah_scheduler.exports.page import Page

        names = {person.id: person.name for person in house.people}
        text = Page(found, zone=house.zone, names=names, periods=periods, version=purdah_scheduler.__version__).html()
    elif form == "csv":
        from purdah_scheduler.exports.table import table

        text = table(found)
    else:
        from purdah_scheduler.exports.jsonl import lines

        text = "".join(f"{line}\n" for line in lines(found))
    return Document(data=text.encode("utf-8"), entries=len(found.chosen), posts=len(found.files))
