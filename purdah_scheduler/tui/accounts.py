"""The accounts on the screen: how each is, what waits behind it, and what mends the one under the cursor."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from purdah_scheduler.application.account_views import AccountLine, Behind, account_lines, behind
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.views import Status
from purdah_scheduler.domain.account_health import LastCheck
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.account_acts import AccountActs
from purdah_scheduler.tui.account_words import account_columns, account_in_full, account_pieces, account_summary, no_accounts
from purdah_scheduler.tui.plain import plain
from purdah_scheduler.tui.rowlist import Piece, RowList

Signs = tuple[tuple[LastCheck, ...], str]
"""What can change without an entry in the record: the last checks, and the stop that is a file."""


class AccountsScreen(AccountActs):
    """A row per account of the configuration, in its order; the ids of the list are their places in it."""

    SCOPE = "accounts"
    NUMBER = 7
    CSS_PATH = "accounts.tcss"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("accounts")]

    def __init__(self) -> None:
        super().__init__()
        self.accounts: tuple[AccountLine, ...] | None = None
        self.behind: Behind | None = None
        self.signs: Signs | None = None
        self.looked_at: Status | None = None

    def compose_body(self) -> ComposeResult:
        """The list, and the account under the cursor."""
        office = self.product.office

        def draw(line: AccountLine, width: int) -> Sequence[Piece]:
            return account_pieces(line, width, zone=office.house.zone, now=office.now())

        yield Static(id="summary")
        yield Static(id="columns")
        yield RowList[AccountLine](draw, id="rows")
        yield Static(id="empty")
        with VerticalScroll(id="account", can_focus=False):
            yield Static(id="account-words")

    # --- reading ----------------------------------------------------------------------------------------------

    def refresh_data(self) -> None:
        """Read every account again; the cursor stays on its own."""
        office = self.product.office
        self.read(lambda: (_signs(office), account_lines(office)), lambda found: self._show(*found), group="accounts")

    def _show(self, signs: Signs, accounts: tuple[AccountLine, ...]) -> None:
        self.signs, self.accounts = signs, accounts
        self.listing.show(range(len(accounts)), dict(enumerate(accounts)))
        self.news_changed()
        self.read_pointed()

    def on_row_list_page_wanted(self, event: RowList.PageWanted) -> None:
        """Accounts have come into view; they are all here."""
        event.stop()
        accounts = self.accounts or ()
        self.listing.give(event.page, {item: accounts[item] for item in event.items if item < len(accounts)})

    def _look(self) -> None:
        """Read again where a daemon has asked a platform, somebody has stopped this machine, or a platform takes posts again."""
        office, known = self.product.office, self.signs

        def show(signs: Signs) -> None:
            now = office.now()
            if signs != known or any(line.limit is not None and line.limit.until <= now for line in self.accounts or ()):
                self.refresh_data()

        self.read(lambda: _signs(office), show, group="signs")

    def read_pointed(self) -> None:
        """Read the posts behind the account under the cursor."""
        line, office = self.account_line, self.product.office
        if line is None:
            return
        account = line.account.id

        def query() -> Behind:
            with office.store.read() as reader:
                return behind(reader, account)

        def show(found: Behind) -> None:
            moved = self.behind is None or self.behind.account != account
            self.behind = found
            self._draw_account()
            if moved:
                self.query_one("#account", VerticalScroll).scroll_home(animate=False)
            self.refresh_bindings()

        self.read(query, show, group="behind")

    # --- drawing ----------------------------------------------------------------------------------------------

    def news_changed(self) -> None:
        """The line above the list, the names of its columns, and the account at its width."""
        if not self.alive or self.accounts is None:
            return
        self.query_one("#summary", Static).update(account_summary(self.accounts))
        self.query_one("#columns", Static).update(account_columns(self.listing.size.width - 2))
        self.query_one("#empty", Static).update("" if self.accounts else no_accounts())
        self.set_class(not self.accounts, "-empty")
        self._draw_account()
        if self.product.status is not self.looked_at:
            self.looked_at = self.product.status
            self._look()

    def _draw_account(self) -> None:
        office, line, part = self.product.office, self.account_line, self.query_one("#account-words", Static)
        if line is None:
            words = plain("")
        else:
            width = max(self.query_one("#account", VerticalScroll).scrollable_content_region.width, 20)
            words = account_in_full(line, self.behind, zone=office.house.zone, now=office.now(), width=width, key_of=self.key_of)
        if words != part.content:
            part.update(words)

    # --- keys -------------------------------------------------------------------------------------------------

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A second click shows what waits behind it."""
        event.stop()
        if self.possible("posts"):
            self.action_posts()
        else:
            self.explain("posts")

    def action_scroll_detail(self, lines: int) -> None:
        """Read on in the account."""
        self.query_one("#account", VerticalScroll).scroll_relative(y=lines, animate=False)


def _signs(office: Office) -> Signs:
    with office.store.read() as reader:
        return reader.account_checks(), office.stop.reason()
