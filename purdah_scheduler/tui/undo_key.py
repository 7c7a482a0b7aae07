"""The key that takes back the last thing a person did, on every screen with a list: shown first, done after a `y`."""

from purdah_scheduler.application.undoing import Undo, last_act, undo
from purdah_scheduler.tui.dialogs import Confirm
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.offers import what_then


def ask_undo(screen: FrameScreen) -> None:
    """Say what would be undone, with what the gate says of the time that comes back, and ask."""
    office, actor = screen.product.office, screen.product.actor

    def look() -> tuple[Undo, str]:
        shown = last_act(office, actor)
        if shown.at is None:
            return shown, ""
        with office.store.read() as reader:
            accounts = tuple(target.account for target in reader.targets(shown.post))
        return shown, what_then(office, shown.post, accounts, shown.at)

    def ask(found: tuple[Undo, str]) -> None:
        shown, gate = found
        lines = [("You", shown.did), ("Undone", shown.then), *([("Then", gate)] if gate else [])]
        box = Confirm("Undo the last thing you did?", lines=lines, verb="Undo it")
        screen.app.push_screen(box, lambda yes: screen.call(lambda: undo(office, actor, shown), str) if yes else None)

    screen.read(look, ask, group="undo")
