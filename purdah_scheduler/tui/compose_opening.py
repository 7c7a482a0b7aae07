"""Opening a form and keeping what is typed in it: unsaved words of before are offered, and new ones are kept as they come."""

from datetime import date, datetime

from purdah_scheduler.application.category_guide import category_guide
from purdah_scheduler.application.lapsing import Lapsing, lapsing
from purdah_scheduler.application.lists import Classed
from purdah_scheduler.application.previews import draft_as_read
from purdah_scheduler.application.slotting import SlotLine
from purdah_scheduler.application.views import post_view
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.errors import BadInput, ProductError
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.compose_acts import ComposeActs
from purdah_scheduler.tui.compose_boxes import Choice, Offer
from purdah_scheduler.tui.compose_card import CardBox
from purdah_scheduler.tui.compose_checks import draft_to_look_at
from purdah_scheduler.tui.compose_drafts import DraftFolder, Unsaved
from purdah_scheduler.tui.compose_fields import WordsArea
from purdah_scheduler.tui.compose_form import Attached, Form, blank, of_post, read_times, same_form
from purdah_scheduler.tui.compose_guide import guide_words
from purdah_scheduler.tui.compose_keep import Keeper
from purdah_scheduler.tui.compose_pictures import PictureList
from purdah_scheduler.tui.picture_path import PicturePath
from purdah_scheduler.tui.reader_words import as_read_sheet
from purdah_scheduler.tui.sheet import Sheet


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a form begins with: its fields, unsaved words of before, what an edit would make lapse, and a fault.

    `revision` is the post's current one, 0 for a new post.
    """

    form: Form
    unsaved: Unsaved | None
    lapsing: Lapsing
    revision: int
    fault: ProductError | None


class ComposeOpening(ComposeActs):
    """A form that is opened with what is stored and what was kept, and keeps what is typed."""

    def __init__(self, post_id: int | None, planned: date | SlotLine | None) -> None:
        super().__init__()
        self.post_id = post_id
        self.planned = planned
        self.current = Form()
        self.opening: Opening | None = None
        self.kept_at: datetime | None = None
        self.kept_form: Form | None = None

    def show(self, form: Form) -> None:
        """Put a form on the screen."""

    def tell(self) -> None:
        """Say what has changed around the form."""

    def refresh_data(self) -> None:
        """First read the post and what was kept of it; later look again at what others have changed."""
        self.read(self._open, self._opened, group="open")

    def on_unmount(self) -> None:
        """Every way out keeps the words."""
        self.keep_now()

    def keep_later(self) -> None:
        """Keep the words in a thread."""
        keeper, form, now = self.keeper, self.current, self.product.office.now()
        if keeper is not None and form not in (self.kept_form, self.saved):
            turn = keeper.turn()
            self.read(lambda: keeper.keep(form, turn, now), lambda kept: self._kept(form, now, kept=kept), group="keep")

    def keep_now(self) -> bool:
        """Keep the words at once, where any were not saved. Whether there were."""
        if not self.ready or self.keeper is None or same_form(self.current, self.saved):
            return False
        try:
            self.keeper.keep(self.current, self.keeper.turn(), self.product.office.now())
        except ProductError as fault:
            self.product.say_fault(fault)
        return True

    def action_as_read(self) -> None:
        """What readers would see of the words as they stand."""
        office, form, images = self.product.office, self.current, self.images
        self.read(
            lambda: draft_as_read(office, draft_to_look_at(office, form, images)),
            lambda found: self.app.push_screen(as_read_sheet(found)),
            group="as-read",
        )

    def action_categories(self) -> None:
        """What each kind of post means, and how the rules treat it at the time of this one."""
        office, form = self.product.office, self.current
        times = read_times(form, now=office.now(), zone=office.house.zone)
        at = times.planned_at or office.now()
        said = format_local(at, office.house.zone)
        classed = Classed(category=form.category, nation=form.nation, area=form.area, marks=form.marks)
        self.read(
            lambda: category_guide(office, classed, form.accounts, at),
            lambda found: self.app.push_screen(
                Sheet("Kinds of post", lambda width: guide_words(found, form.category, said, width))
            ),
            group="categories",
        )

    def on_picture_path_wanted(self, event: PicturePath.Wanted) -> None:
        """Attach a file: it is read at once, and a file that cannot be attached is said to be none."""
        event.stop()
        picture = Attached(path=event.path, alt="")
        into: type[CardBox | PictureList] = CardBox if event.field.id == "card_path" else PictureList
        self.read(lambda: self.images.load((picture,)), lambda _: self.query_one(into).attach(picture), group="attach")

    def _kept(self, form: Form, now: datetime, *, kept: bool) -> None:
        if kept:
            self.kept_form, self.kept_at = form, now
            self.tell()

    def _folder(self) -> DraftFolder:
        return DraftFolder(folder=self.product.config.data_folder / "drafts", person=self.product.actor.person.id)

    def _open(self) -> Opening:
        office, post = self.product.office, self.post_id
        unsaved, fault = None, None
        if not self.ready:
            try:
                unsaved = self._folder().find(post)
            except BadInput as found:
                fault = found
        if post is None:
            form = blank(office.house, planned=self.planned, now=office.now())
            return Opening(form=form, unsaved=unsaved, lapsing=Lapsing(), revision=0, fault=fault)
        view = post_view(office, post)
        return Opening(
            form=of_post(view, office.house.zone),
            unsaved=unsaved,
            lapsing=lapsing(office, post, editor=self.product.actor.person.id),
            revision=view.revision.number,
            fault=fault,
        )

    def _opened(self, opening: Opening) -> None:
        self.opening = opening
        if self.ready:
            self.tell()
            return
        folder, unsaved = self._folder(), opening.unsaved
        self.saved, self.ready = opening.form, True
        self.keeper = Keeper(folder, folder.path_for(self.post_id))
        self.show(opening.form)
        self.form.disabled = False
        self.query_one(WordsArea).focus()
        if opening.fault is not None:
            self.product.say_fault(opening.fault)
        if unsaved is not None and same_form(unsaved.form, opening.form):
            folder.drop(unsaved.path)
        elif unsaved is not None:
            self._offer(unsaved)

    def _offer(self, unsaved: Unsaved) -> None:
        folder, zone = self._folder(), self.product.office.house.zone
        lines = [("Kept", format_local(unsaved.kept_at, zone)), ("For", ", ".join(unsaved.form.accounts) or "no account yet")]

        def take(choice: Choice | None) -> None:
            if choice is Choice.GO_ON:
                self.keeper = Keeper(folder, unsaved.path)
                self.kept_at = unsaved.kept_at
                self.show(unsaved.form)
            elif choice is Choice.THROW_AWAY:
                folder.drop(unsaved.path)
            self.query_one(WordsArea).focus()

        self.app.push_screen(Offer(unsaved.form.text or "(no words yet)", lines), take)
