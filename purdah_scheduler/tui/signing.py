"""Signing from the interface: here, while ssh-keygen has the terminal, or on another machine and pasted back."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widgets import Static, TextArea

from purdah_scheduler.application.proving import Signed
from purdah_scheduler.domain.statements import NAMESPACE, Request
from purdah_scheduler.errors import ProductError, TryAgain
from purdah_scheduler.plain_file import write_plain_file
from purdah_scheduler.signatures.keygen import sign
from purdah_scheduler.tui.dialogs import Box, Fact
from purdah_scheduler.tui.plain import plain, says

if TYPE_CHECKING:
    from purdah_scheduler.tui.app import PurdahApp

Way = Literal["here", "elsewhere"]
Give = Callable[[Signed], object]
"""What is done with the signature."""


class ChooseWay(Box[Way | None]):
    """Where the person's key is: `s` signs here, `p` prepares it for another machine, every other key signs nothing."""

    def compose_question(self) -> ComposeResult:
        """The keys."""
        yield Static(
            says(
                ("s", "bold $key"),
                "  Sign here: ssh-keygen asks in the terminal\n",
                ("p", "bold $key"),
                "  My key is on another machine\n",
                ("any other key", "bold $key"),
                "  Cancel, nothing is decided",
            ),
            id="question",
        )

    def on_key(self, event: Key) -> None:
        """Choose."""
        event.stop()
        event.prevent_default()
        if not self.scrolls(event.key):
            ways: dict[str, Way] = {"s": "here", "p": "elsewhere"}
            self.dismiss(ways.get(event.key))


class PasteSignature(Box[str | None]):
    """The signature that another machine made: pasted as it is. ^s gives it, Esc gives None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "give", "Give it", tooltip="Decide with this signature", id="dialog.give", priority=True),
        Binding("escape", "cancel", "Cancel", tooltip="Nothing is decided", id="dialog.cancel", priority=True),
    ]

    def compose_question(self) -> ComposeResult:
        """The field."""
        yield Static(plain("Paste what is in the .sig file:"), id="question")
        yield TextArea(id="pasted", tab_behavior="focus")
        yield Static(
            says(("^s", "bold $key"), "  Decide with it      ", ("esc", "bold $key"), "  Cancel, nothing is decided"), id="ways"
        )

    def action_give(self) -> None:
        """Give what was pasted."""
        self.dismiss(self.query_one(TextArea).text)

    def action_cancel(self) -> None:
        """Give nothing."""
        self.dismiss(None)


def have_signed(app: "PurdahApp", request: Request, lines: Sequence[Fact], give: Give) -> None:
    """Ask the person for a signature over `request` and hand it to `give`; nothing is decided without one."""

    def go(way: Way | None) -> None:
        if way == "here":
            _here(app, request, give)
        elif way == "elsewhere":
            _elsewhere(app, request, give)

    app.push_screen(ChooseWay(f"Sign your decision on post {request.post}", lines=lines), go)


def _here(app: "PurdahApp", request: Request, give: Give) -> None:
    """The interface leaves the terminal to ssh-keygen, and comes back whatever becomes of it."""
    mine = [key for key in app.actor.person.keys if key.counts_at(request.decision.at)]
    try:
        with app.suspend():
            armoured = sign(request.message, mine)
    except SuspendNotSupported:
        app.say_fault(
            TryAgain("This terminal cannot be handed to ssh-keygen, so nothing was signed.", next_step="Sign on another machine.")
        )
    except ProductError as fault:
        app.say_fault(fault)
    else:
        give(Signed(request=request, armoured=armoured))


def _elsewhere(app: "PurdahApp", request: Request, give: Give) -> None:
    """What is to be signed goes into a file, which people can carry; the signature comes back by paste."""
    file = app.config.data_folder / f"decision-{request.post}-{request.decision.person}.txt"
    try:
        write_plain_file(file, request.message)
    except OSError as fault:
        app.say_fault(TryAgain(f"{file} cannot be written ({fault.strerror}), so nothing was signed."))
        return

    def pasted(text: str | None) -> None:
        file.unlink(missing_ok=True)
        if text is not None:
            give(Signed(request=request, armoured=text))

    box = PasteSignature(
        f"Sign your decision on post {request.post} where your key is",
        lines=[("To sign", str(file)), ("There", f"ssh-keygen -Y sign -n {NAMESPACE} -f ~/.ssh/id_ed25519 {file.name}")],
    )
    app.push_screen(box, pasted)
