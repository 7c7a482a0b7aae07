"""The first thing that somebody sees who has no queue yet: what there is to do, and the command for it. It creates nothing."""

from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from purdah_scheduler import __version__
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.theme import DARK, PLAIN, THEMES


class WelcomeApp(App[None], inherit_bindings=False):
    """A page of text, and the key that leaves it."""

    CSS = """
    #welcome { padding: 2 6; background: $background; }
    #ways { dock: bottom; height: 1; padding: 0 1; background: $panel; }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,ctrl+q,ctrl+c", "quit", "Quit", id="app.leave", tooltip="Leave; nothing was created")
    ]

    def __init__(self, path: Path, *, without_colour: bool = False) -> None:
        super().__init__(ansi_color=True if without_colour else None)
        self.path = path
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = PLAIN if without_colour else DARK.name
        self.animation_level = "none"

    def compose(self) -> ComposeResult:
        """The page."""
        with VerticalScroll(id="welcome"):
            yield Static(self.words())
        yield Static(says(("q", "bold $key"), " Quit"), id="ways")

    def words(self) -> Content:
        """What there is to do."""
        return says(
            (f"purdah-scheduler {__version__}", "bold $key"),
            f"\n\nThere is no queue for you on this computer yet: {self.path} is not there.\n",
            "Nothing has been created or sent.\n\n",
            ("Look around", "bold"),
            "  an invented department, in a folder of its own; nothing leaves this machine\n",
            ("    purdah-scheduler demo", "$key"),
            "\n\n",
            ("Start a queue", "bold"),
            "  a commented configuration and an empty queue\n",
            ("    purdah-scheduler init", "$key"),
            "\n\n",
            ("Open a queue that your team has", "bold"),
            "\n",
            ("    purdah-scheduler --config /where/it/is/config.toml", "$key"),
            ("\n    (or set PURDAH_CONFIG to that file)", "$quiet"),
            "\n\nAfter init, until the first post can go out:\n",
            "    1  people and their roles        [[person]] in the configuration\n",
            "    2  at least one account          [[account]]\n",
            "    3  who must clear a post         [[clearance.stage]]\n",
            "    4  look through the periods      purdah-scheduler calendar list\n",
            "    5  start the daemon              purdah-scheduler daemon\n",
        )
