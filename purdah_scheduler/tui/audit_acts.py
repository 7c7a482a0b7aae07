"""What the keys of the record do to an entry and to the whole: open its post, copy, verify, export, go to a date."""

from datetime import date
from pathlib import Path

from purdah_scheduler.application.entry_views import EntryView, place_of
from purdah_scheduler.application.verifying import TO_KEEP, Verified, checkpoint_now
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.checkpoints import Checkpoint
from purdah_scheduler.domain.civiltime import day_bounds
from purdah_scheduler.tui.audit_export import export_fields, read_export, write_export
from purdah_scheduler.tui.audit_verify import VerifyBox
from purdah_scheduler.tui.audit_words import entry_as_text
from purdah_scheduler.tui.copy_keys import Copied, CopyKeys, show_report
from purdah_scheduler.tui.fields_box import Answers, AskFields
from purdah_scheduler.tui.list_moves import RowMoves
from purdah_scheduler.tui.rowlist import RowList


class AuditActs(RowMoves, CopyKeys):
    """A screen with the record as a list. `view` is the entry under the cursor, `total` how many the record has."""

    def __init__(self) -> None:
        super().__init__()
        self.view: EntryView | None = None
        self.total = 0
        self.verified: Verified | None = None

    @property
    def listing(self) -> RowList[Entry]:
        """The list of entries."""
        return self.query_one("#rows", RowList)

    def action_open(self) -> None:
        """The post that the entry is about."""
        if self.view is not None and self.view.entry.post is not None:
            self.product.open_post(self.view.entry.post)

    def words_here(self) -> Copied | None:
        """The entry under the cursor."""
        view, house = self.view, self.product.office.house
        if view is None:
            return None
        number = view.entry.seq
        return Copied(what=f"Entry {number}", words=lambda: entry_as_text(view, house), file=f"entry-{number}.txt")

    def report_here(self) -> Copied | None:
        """The same: an entry says all of itself."""
        return self.words_here()

    def action_verify(self) -> None:
        """Verify the record in a box, which says what was found."""

        def take(verified: Verified | None) -> None:
            self.verified = verified or self.verified
            self.news_changed()

        self.app.push_screen(VerifyBox(self.product.office, self.total), take)

    def action_export(self) -> None:
        """Ask what is to be exported and where to, then write the file."""
        office, folder = self.product.office, Path.cwd()
        local = office.now().astimezone(office.house.zone)

        def write(answers: Answers | None) -> None:
            if answers is not None:
                asked = read_export(answers, office, folder)
                self.call(lambda: write_export(office, asked), lambda words: words)

        box = AskFields(
            "Export the record",
            export_fields(self.view.entry.post if self.view is not None else None, now=local, folder=folder),
            check=lambda answers: read_export(answers, office, folder),
            verb="export it",
        )
        self.app.push_screen(box, write)

    def action_checkpoint(self) -> None:
        """Show the line that, kept elsewhere, shows later whether the record was rewritten or cut short."""
        office = self.product.office

        def show(made: Checkpoint) -> None:
            show_report(self, "Checkpoint", made.line, file=f"checkpoint-{made.seq}.txt", lines=[("Next", TO_KEEP)])

        self.read(lambda: checkpoint_now(office), show, group="checkpoint")

    def action_go_now(self) -> None:
        """To the newest entry."""
        self.listing.move_to(0)

    def go_to_day(self, day: date) -> None:
        """To the last thing that was done on that day, or before."""
        office, numbers = self.product.office, self.listing.items
        _, end = day_bounds(day, office.house.zone)

        def query() -> int:
            with office.store.read() as reader:
                return place_of(reader, numbers, end)

        self.read(query, lambda row: self.listing.move_to(row, centre=True), group="go")
