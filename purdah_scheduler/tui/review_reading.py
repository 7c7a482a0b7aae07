"""Reading in the review: what readers will see, against which revision it is compared, and in which form."""

from dataclasses import replace

from purdah_scheduler.application.previews import post_as_read
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.tui.reader_words import as_read_sheet
from purdah_scheduler.tui.review_acts import ReviewActs


class ReviewReading(ReviewActs):
    """A screen with one post that is compared with an earlier revision of it: the one read last, or another that was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.side_by_side = False

    def draw(self) -> None:
        """Put the post on the screen again."""

    def possible(self, action: str) -> bool | None:
        """Only what has an earlier revision can be compared with one."""
        if action in ("view", "version"):
            return True if self.case is not None and self.case.base is not None else None
        return super().possible(action)

    def why_not(self, action: str) -> str:
        """A first revision has nothing before it."""
        if action in ("view", "version") and self.case is not None:
            return "This is the first revision, so there is none before it to compare with."
        return super().why_not(action)

    def action_view(self) -> None:
        """The changes side by side, or one below the other."""
        self.side_by_side = not self.side_by_side
        self.draw()

    def action_version(self, by: int) -> None:
        """Compare with an older revision, or a newer one."""
        case = self.case
        if case is None or case.base is None:
            return
        numbers = sorted(revision.number for revision in case.view.revisions if revision.number < case.view.revision.number)
        at = numbers.index(case.base.number) + by
        if not 0 <= at < len(numbers):
            whose = "oldest" if by < 0 else "last one before this"
            self.product.say(f"Revision {case.base.number} is the {whose}.")
            return
        base = next(revision for revision in case.view.revisions if revision.number == numbers[at])
        when = format_local(base.at, self.product.office.house.zone)
        self.case = replace(case, base=base, base_words=f"revision {base.number} by {base.author}, {when}")
        self.draw()

    def action_as_read(self) -> None:
        """What its readers will see."""
        office, case = self.product.office, self.case
        if case is not None:
            post = case.view.post.id
            self.read(
                lambda: post_as_read(office, post), lambda found: self.app.push_screen(as_read_sheet(found)), group="as-read"
            )
