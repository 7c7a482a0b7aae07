"""The first thing that somebody sees who has no queue yet: what there is to do, by keys. It creates nothing unasked."""

import shlex
from pathlib import Path
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.content import Content

from purdah_scheduler import __version__
from purdah_scheduler.config import Config
from purdah_scheduler.errors import ProductError
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.harmless import DrawsHarmless
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.real_cursor import RealCursor, driver_that_shows_it
from purdah_scheduler.tui.theme import DARK, PLAIN, put_on
from purdah_scheduler.tui.welcome_pages import Page, way
from purdah_scheduler.tui.welcome_queue import Made, made_by_init, people_to_be, places_of_init, queue_is_missing, read_team


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a person chose to open: a configuration, or the demonstration where it is None. `person`: who acts, if asked."""

    config: Path | None = None
    person: str | None = None


class WelcomeApp(DrawsHarmless, RealCursor, App[Opening], inherit_bindings=False):
    """Pages of text and keys; it ends with what is to be opened, or with nothing.

    `path` is where the configuration is looked for. `config` is the one that is there, where only its queue is missing.
    """

    CSS_PATH = "welcome.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q,ctrl+c", "leave", "Quit", id="app.leave", tooltip="Leave; nothing more is created")
    ]

    def __init__(
        self,
        path: Path,
        *,
        config: Config | None = None,
        person: str | None = None,
        accessible: bool = False,
        without_colour: bool = False,
    ) -> None:
        self.accessible = accessible
        super().__init__(driver_class=driver_that_shows_it() if accessible else None, ansi_color=True if without_colour else None)
        self.path = path.absolute()
        self.config = config
        self.person = person
        put_on(self, PLAIN if without_colour else DARK.name)
        self.animation_level = "none"

    def on_mount(self) -> None:
        """Begin with the ways in."""
        self.push_screen(FirstPage())

    def action_leave(self) -> None:
        """Leave without opening anything."""
        self.exit(None)

    def open(self, config: Path) -> None:
        """Open this configuration, for somebody who is asked for where the login does not tell."""
        people = people_to_be(config) if self.person is None else ()
        if people:
            self.push_screen(WhoPage(config, people))
        else:
            self.exit(Opening(config=config, person=self.person))


class WelcomePage(Page):
    """A page that knows where it is."""

    @property
    def welcome(self) -> WelcomeApp:
        """The running application."""
        app = self.app
        if not isinstance(app, WelcomeApp):
            raise TypeError("a page of the welcome is shown by the welcome")
        return app


class FirstPage(WelcomePage):
    """The ways in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "demo", "Demo", id="welcome.demo", tooltip="An invented department; nothing leaves this machine"),
        Binding("n", "new", "New queue", id="welcome.new", tooltip="Show what would be created"),
        Binding("o", "team", "Open", id="welcome.team", tooltip="Give the path of a configuration"),
        Binding("q,escape", "quit", "Quit", id="welcome.quit", tooltip="Leave; nothing was created"),
    ]

    def words(self) -> Content:
        """What there is to do."""
        here = self.welcome
        if here.config is None:
            what = f"There is no queue for you on this computer yet: {here.path} is not there."
            start = way("n", "Start a queue here", "a commented configuration and an empty queue", "purdah-scheduler init")
        else:
            what = f"There is a configuration, {here.config.path}; the queue that it names is not there: {here.config.store_name}"
            start = way("n", "Create that queue", "if your team has one, its disk may not be mounted", "purdah-scheduler init")
        return says(
            (f"purdah-scheduler {__version__}", "bold $key"),
            f"\n\n{what}\nNothing has been created or sent.\n\n",
            way("d", "Look around", "an invented department; nothing leaves this machine", "purdah-scheduler demo"),
            start,
            way("o", "Open a queue that your team has", "", "purdah-scheduler --config /where/it/is/config.toml"),
            way("q", "Quit", "", ""),
            ("\nAfter n the queue shows what is left to do until the first post can go out.", "$quiet"),
        )

    def action_demo(self) -> None:
        """The demonstration, in this terminal."""
        self.welcome.exit(Opening())

    def action_new(self) -> None:
        """Show what would be created."""
        here = self.welcome
        self.app.push_screen(CreatePage(here.path if here.config is None else here.config.path, here.config))

    def action_team(self) -> None:
        """Ask for the path of a configuration."""
        self.app.push_screen(TeamPage())

    def action_quit(self) -> None:
        """Leave."""
        self.welcome.exit(None)


class CreatePage(WelcomePage):
    """What would be created, and a yes or no to it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "create", "Create it", id="welcome.create", tooltip="Create what is named"),
        Binding("escape", "back", "Back, nothing is created", id="welcome.back", tooltip="Nothing is created"),
    ]

    def __init__(self, path: Path, config: Config | None) -> None:
        super().__init__()
        self.path = path
        self.config = config

    def words(self) -> Content:
        """Every path, before anything is written."""
        places = "".join(f"    {place}\n" for place in places_of_init(self.path, self.config))
        return says(
            ("Start a queue here" if self.config is None else "Create the queue", "bold $key"),
            "\n\nThis would create, for you alone to read:\n\n",
            (places, "bold"),
            "\nNothing that is there already is overwritten, and nothing is sent.\n",
        )

    def action_create(self) -> None:
        """Run what `init` runs, as a process of its own: it loads what the interface never does."""
        self.say("Creating it…")
        self.begin(lambda: made_by_init(self.path), lambda made: self.app.switch_screen(MadePage(made)))


class MadePage(WelcomePage):
    """What was created, and what comes next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Open the queue", id="welcome.open", tooltip="Open it now"),
        Binding("q", "quit", "Leave it for now", id="welcome.quit", tooltip="Leave; what was made stays"),
    ]

    def __init__(self, made: Made) -> None:
        super().__init__()
        self.made = made

    def words(self) -> Content:
        """Each file, and where to go on."""
        made = self.made
        return says(
            ("It is made", "bold $key"),
            *(f"\n\n    {'written' if made.written else 'found':<9}", (str(made.config), "bold")),
            *("\n    created  ", (made.store, "bold")),
            "\n\nThe people in a new configuration are invented: name your own in it, and your accounts.\n",
            "The queue says what is left to do until the first post can go out.\n",
        )

    def action_go_on(self) -> None:
        """Open it."""
        self.welcome.open(self.made.config)

    def action_quit(self) -> None:
        """Leave; what was made stays."""
        self.welcome.exit(None)


class TeamPage(WelcomePage):
    """The path of a configuration, with completion."""

    ASKS = "such as /srv/purdah/config.toml"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete the path", id="welcome.complete", tooltip="As far as it is certain", priority=True),
        Binding("enter", "go_on", "Open", id="welcome.open", tooltip="Open what was typed"),
        Binding("escape", "back", "Back", id="welcome.back", tooltip="Nothing is opened"),
    ]

    def words(self) -> Content:
        """What is asked."""
        return says(
            ("Open a queue that your team has", "bold $key"),
            "\n\nWhere is its configuration? The file, or the folder that holds config.toml.\n",
        )

    def take(self, typed: str) -> None:
        """Open what was typed, or say why it is not one."""
        try:
            config = read_team(typed)
        except ProductError as fault:
            self.refuse(fault)
            return
        if queue_is_missing(config):
            self.app.push_screen(CreatePage(config.path, config))
        else:
            self.app.push_screen(RememberPage(config.path))


class RememberPage(WelcomePage):
    """How the configuration is found without asking the next time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Open it now", id="welcome.open", tooltip="Open it now"),
        Binding("escape", "back", "Back", id="welcome.back", tooltip="Nothing is opened"),
    ]

    def __init__(self, config: Path) -> None:
        super().__init__()
        self.config = config

    def words(self) -> Content:
        """The variable, or the file."""
        return says(
            ("To open it without asking the next time", "bold $key"),
            "\n\nset PURDAH_CONFIG in the file that your shell reads when it starts:\n\n",
            (f"    export PURDAH_CONFIG={shlex.quote(str(self.config))}", "bold"),
            "\n\nor put a link to it where it is looked for:\n\n",
            (f"    {self.welcome.path}", "bold"),
            "\n\nNeither is done for you.\n",
        )

    def action_go_on(self) -> None:
        """Open it."""
        self.welcome.open(self.config)


class WhoPage(WelcomePage):
    """Who is at the keyboard, where the login of this computer does not tell."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "This is me", id="welcome.open", tooltip="Open it for that person"),
        Binding("escape", "back", "Back", id="welcome.back", tooltip="Nothing is opened"),
    ]

    def __init__(self, config: Path, people: tuple[tuple[str, str], ...]) -> None:
        super().__init__([f"{person}  {name}" for person, name in people])
        self.config = config
        self.people = people

    def words(self) -> Content:
        """Why it is asked."""
        return says(
            ("Who are you?", "bold $key"),
            "\n\nThe configuration does not say whose login this is. What you decide as one of these is recorded as claimed, ",
            "not verified. The next time, the command says it too: purdah-scheduler --as ",
            (self.people[0][0], "bold"),
            "\n",
        )

    def chosen(self, place: int) -> None:
        """Open it for that person."""
        self.welcome.exit(Opening(config=self.config, person=self.people[place][0]))
