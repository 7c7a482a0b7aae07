"""The key that shows a letter on each field, list and screen, and goes to the one that is pressed."""

from typing import TYPE_CHECKING, cast

from purdah_scheduler.tui.frame import FrameScreen

if TYPE_CHECKING:
    from purdah_scheduler.tui.app import PurdahApp
    from purdah_scheduler.tui.jump import Target


class JumpKey:
    """Part of the application: what `ctrl+o` does, also while a field has focus."""

    def action_jump(self) -> None:
        """Show the letters; the second time, leave."""
        from purdah_scheduler.tui.jump import JumpScreen, targets_of

        app = cast("PurdahApp", self)
        here = app.screen
        if isinstance(here, JumpScreen):
            here.dismiss(None)
            return
        targets = targets_of(here, screens=isinstance(here, FrameScreen))
        if not targets:
            app.say("There is nothing to jump to in this box.")
            return

        def go(target: "Target | None") -> None:
            if target is not None and target.widget is not None:
                here.set_focus(target.widget)
            elif target is not None:
                app.call_later(self._to_screen, target.screen)

        app.push_screen(JumpScreen(targets), go)

    def _to_screen(self, name: str) -> None:
        """Show a screen; a form is left as by Esc, which keeps what was typed."""
        app = cast("PurdahApp", self)
        if isinstance(app.screen, FrameScreen) and app.screen.SCOPE == "compose":
            app.screen.action_back()
        app.action_go(name)
