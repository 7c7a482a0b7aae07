"""The key of the guided tour, on every screen: it begins it, skips a step, leaves it, and takes it up again."""

from typing import TYPE_CHECKING, cast

from purdah_scheduler.tui.kept import kept_of
from purdah_scheduler.tui.wishes import TourWish

if TYPE_CHECKING:
    from purdah_scheduler.tui.app import PurdahApp
    from purdah_scheduler.tui.tour import Guide


class TourKey:
    """Part of the application: what `ctrl+t` does."""

    guide: "Guide | None"

    def action_tour(self) -> None:
        """Begin the tour, or ask what to do with it."""
        guide, app = self.guide, cast("PurdahApp", self)
        if guide is None:
            app.say("The guided tour is part of the demonstration: purdah-scheduler demo --tour")
        elif guide.place is None:
            guide.begin()
        elif guide.over:
            guide.leave()
        else:
            app.push_screen(guide.box(), self._answered)

    def make_guide(self, wish: TourWish) -> "Guide | None":
        """A guide for a demonstration; None for every other queue. One who has begun the tour may go on without being asked."""
        app = cast("PurdahApp", self)
        kept = kept_of(app)
        if wish is TourWish.NONE and not kept.word("tour"):
            return None
        from purdah_scheduler.tui.tour import Guide

        return Guide(app, kept, wish)

    def _answered(self, key: str | None) -> None:
        if self.guide is not None and key == "s":
            self.guide.skip()
        elif self.guide is not None and key == "l":
            self.guide.leave()
