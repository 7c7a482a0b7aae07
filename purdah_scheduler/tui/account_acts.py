"""What the keys of the accounts do: open the posts behind one, pause it, and show the commands that ask its platform."""

from purdah_scheduler.application import stopping
from purdah_scheduler.application.account_health import new_login
from purdah_scheduler.application.account_views import AccountLine, ask_again, compare_again
from purdah_scheduler.tui.command_box import hand_out
from purdah_scheduler.tui.dialogs import AskText, Confirm
from purdah_scheduler.tui.filters import read_filter
from purdah_scheduler.tui.list_moves import RowMoves
from purdah_scheduler.tui.queue import QueueScreen
from purdah_scheduler.tui.queue_filter import FilterLine
from purdah_scheduler.tui.rowlist import RowList


class AccountActs(RowMoves):
    """A screen with the accounts as a list."""

    @property
    def listing(self) -> RowList[AccountLine]:
        """The list of accounts."""
        return self.query_one("#rows", RowList)

    @property
    def account_line(self) -> AccountLine | None:
        """The account under the cursor."""
        return self.listing.line_of(self.listing.pointed)

    def action_posts(self) -> None:
        """Show what waits behind the account in the queue."""
        line, app = self.account_line, self.product
        if line is None:
            return
        house = app.office.house
        wanted = read_filter(
            f"account:{line.account.id} state:scheduled,needs-you",
            now=app.office.now(),
            zone=house.zone,
            accounts=[account.id for account in house.accounts],
            people=(),
        )
        app.switch_mode("queue")
        app.screen_stack[0].post_message(FilterLine.Filtered(wanted))
        if not isinstance(app.screen, QueueScreen):
            app.say(f"The queue shows what waits behind {line.account.id} once you close what is open over it.")

    def action_pause(self) -> None:
        """Pause this account with a reason, or let it go on."""
        line = self.account_line
        if line is None:
            return
        name = line.account.id
        if line.pause is not None:
            told = [("Paused by", line.pause.person), ("Reason", line.pause.reason)]
            text = "What was held meanwhile is not sent by this: each post waits for a new time."
            box = Confirm(f"Let {name} go on?", lines=told, text=text, verb="Let it go on")
            self.app.push_screen(box, lambda yes: self._resume(name) if yes else None)
            return
        asked = AskText(
            f"Pause {name}",
            "Why? It stands on every screen and in the record.",
            text=f"Nothing is sent on {name} until somebody lets it go on. The other accounts go on.",
        )
        self.app.push_screen(asked, lambda reason: self._confirm_pause(name, reason))

    def action_check(self) -> None:
        """Show the command that asks the platform how the account is."""
        if self.account_line is not None:
            name = self.account_line.account.id
            text = (
                "It needs secrets, which the interface never loads: type it in a shell, as the user that the daemon "
                "runs as. A daemon asks by itself once a day, and again ahead of what is due. Nothing is sent by it."
            )
            hand_out(self, f"Ask how {name} is", ask_again(name), text)

    def action_sign_in(self) -> None:
        """Show the command that takes new secrets for the account."""
        if self.account_line is not None:
            name = self.account_line.account.id
            text = "Secrets are never typed here. Type it in a shell, as the user that the daemon runs as: it asks for each."
            hand_out(self, f"Sign in to {name}", new_login(name), text)

    def action_reconcile(self) -> None:
        """Show the command that compares what is on the account with what was sent to it."""
        if self.account_line is not None:
            name = self.account_line.account.id
            text = (
                "It finds posts that nobody sent from here, and sent ones that are gone. It needs secrets, which the interface "
                "never loads: type it in a shell, as the user that the daemon runs as. It only reads; X may charge for each post."
            )
            hand_out(self, f"Compare {name} with what was sent", compare_again(name), text)

    def action_people(self) -> None:
        """Who may act."""
        from purdah_scheduler.tui.people import PeopleScreen  # loaded when it is first wanted

        self.app.push_screen(PeopleScreen())

    def possible(self, action: str) -> bool | None:
        """Most keys need an account; some a post behind it, or secrets."""
        line = self.account_line
        match action:
            case "posts":
                return True if line is not None and line.counts else None
            case "sign_in":
                return True if line is not None and line.account.credentials else None
            case "pause" | "check" | "reconcile":
                return True if line is not None else None
            case _:
                return True

    def why_not(self, action: str) -> str:
        """What is missing."""
        line = self.account_line
        if line is None:
            return "No account is under the cursor."
        if action == "posts":
            return f"No post is queued on {line.account.id}, and none needs a person."
        return (
            f"{line.account.id} has no secrets: posts on {line.account.channel} need no sign-in, or the configuration names none."
        )

    def _confirm_pause(self, name: str, reason: str | None) -> None:
        if reason is None:
            return
        lines = [("Reason", reason), ("You", self.product.actor.person.name)]
        box = Confirm(f"Pause {name} now?", lines=lines, verb="Pause it")
        self.app.push_screen(box, lambda yes: self._pause(name, reason) if yes else None)

    def _pause(self, name: str, reason: str) -> None:
        office, actor = self.product.office, self.product.actor
        self.call(lambda: stopping.pause(office, actor, reason=reason, account=name), f"Publishing to {name} is paused.")

    def _resume(self, name: str) -> None:
        office, actor = self.product.office, self.product.actor

        def said(late: int) -> str:
            held = f" {late} came due meanwhile and are held: nothing late is sent by this." if late else ""
            return f"Publishing to {name} goes on.{held}"

        self.call(lambda: stopping.resume(office, actor, account=name), said)
