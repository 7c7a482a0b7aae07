"""Saving and submitting: whose clearance an edit drops is told before, and a colleague's edit is never overwritten unseen."""

from collections.abc import Callable

from purdah_scheduler.application import writing
from purdah_scheduler.application.lapsing import Lapsing, lapsing
from purdah_scheduler.application.office import Actor, Office
from purdah_scheduler.application.views import PostView, post_view
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.errors import BadInput, ProductError, StaleDigest
from purdah_scheduler.tui.compose_form import Form, changes_what_was_cleared, of_post, read_times, same_form, saved_as
from purdah_scheduler.tui.compose_images import Images
from purdah_scheduler.tui.compose_keep import Keeper
from purdah_scheduler.tui.compose_view import FormView
from purdah_scheduler.tui.dialogs import Confirm
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.review_words import words_of
from purdah_scheduler.tui.words import counted

Then = Callable[[int], object]
"""What follows a save: it gets the number of the post."""


class ComposeActs(FrameScreen):
    """A screen with a form that can be saved and submitted. `saved` is the form as it was opened or last saved."""

    def __init__(self) -> None:
        super().__init__()
        self.saved = Form()
        self.images = Images()
        self.keeper: Keeper | None = None
        self.ready = False

    @property
    def form(self) -> FormView:
        """The form on the screen."""
        return self.query_one(FormView)

    def refused(self, fault: ProductError) -> None:
        """A colleague's edit is shown before anything is decided about it."""
        if isinstance(fault, StaleDigest) and self.saved.post is not None:
            office, post = self.product.office, self.saved.post
            self.read(lambda: post_view(office, post), self._meet, group="meet")
        else:
            super().refused(fault)

    def action_save(self) -> None:
        """Save the form as a revision."""
        self._save(None)

    def action_submit(self) -> None:
        """Save it and ask for clearance."""
        self._save(self._submit)

    def settled(self) -> None:
        """The form was saved: say so on the screen."""

    def _save(self, then: Then | None) -> None:
        if not self.ready or self.keeper is None:
            return
        form, office = self.form.read(), self.product.office
        if form.post is not None and same_form(self.saved, form):
            if then is not None:
                then(form.post)
            else:
                self.product.say("Nothing has changed since it was saved.")
            return
        if not form.category:
            self.refused(BadInput("The post has no category, so it was not saved.", next_step="Choose one: the rules go by it."))
            return
        turn, post, editor = self.keeper.turn(), form.post, self.product.actor.person.id
        if post is not None and changes_what_was_cleared(self.saved, form):
            self.read(
                lambda: lapsing(office, post, editor=editor, campaign=form.marks.campaign),
                lambda found: self._warn(found, form, turn, then),
                group="dropped",
            )
        else:
            self._write(form, turn, then)

    def _warn(self, found: Lapsing, form: Form, turn: int, then: Then | None) -> None:
        """Name those whose decisions and exemptions an edit drops, before it is saved."""
        if not found:
            self._write(form, turn, then)
            return
        exceptions = len(found.exemptions) + len(found.break_glasses)
        drops = [
            *([counted(len(found.decisions), "decision")] if found.decisions else []),
            *([counted(exceptions, "exception")] if exceptions else []),
        ]
        box = Confirm(
            f"Save this edit of post {form.post}? It drops {' and '.join(drops)}.",
            text="Each of them has to be given again for the new words.",
            lines=found.told(self.product.office.house.zone),
            verb="Save the edit",
        )
        self.app.push_screen(box, lambda yes: self._write(form, turn, then) if yes else None)

    def _write(self, form: Form, turn: int, then: Then | None) -> None:
        office, actor, images = self.product.office, self.product.actor, self.images
        self.call(
            lambda: write(office, actor, form, images),
            lambda fresh: f"Post {fresh.post} is saved, revision {fresh.seen_revision}.",
            then=lambda fresh: self._took(fresh, form, turn, then),
        )

    def _took(self, fresh: Form, form: Form, turn: int, then: Then | None) -> None:
        """What was saved is the new ground; what was typed meanwhile stays typed.

        An autosave may have taken a later turn while the save was under way: with nothing new in it, it is dropped too.
        """
        nothing_new = same_form(self.form.read(), form)
        self.saved = saved_as(form, fresh)
        self.form.settle(self.saved)
        if self.keeper is not None:
            self.keeper.drop(self.keeper.turn() if nothing_new else turn)
        self.settled()
        if then is not None and fresh.post is not None:
            then(fresh.post)

    def _submit(self, post: int) -> None:
        office, actor = self.product.office, self.product.actor
        self.call(
            lambda: writing.submit(office, actor, post),
            f"Post {post} waits for clearance now.",
            then=lambda _: self.dismiss(),
        )

    def _meet(self, view: PostView) -> None:
        """Somebody saved another revision meanwhile: show it, and go on from it only when told to."""
        zone, current = self.product.office.house.zone, view.revision
        box = Confirm(
            f"{current.author} saved revision {current.number} of post {view.post.id} while you were editing.",
            text=words_of(view),
            lines=[
                ("Saved", f"{format_local(current.at, zone)} by {current.author}"),
                ("Yours", "was not saved. Your words stay in the form, and are kept."),
            ],
            verb="Keep my words; saving again then replaces these",
        )

        def go_on(yes: bool | None) -> None:
            if yes:
                self.saved = of_post(view, zone)
                self.form.begin_from(current.number)
                self.settled()

        self.app.push_screen(box, go_on)


def write(office: Office, actor: Actor, form: Form, images: Images) -> Form:
    """Save a form as a new post or as an edit; returns the form of what is now stored. Raises what the service raises."""
    times = read_times(form, now=office.now(), zone=office.house.zone)
    draft = images.draft(form, times)
    if form.post is None:
        post = writing.new_post(office, actor, draft)
    else:
        post = form.post
        writing.revise(office, actor, post, draft, seen_revision=form.seen_revision)
    return of_post(post_view(office, post), office.house.zone)
