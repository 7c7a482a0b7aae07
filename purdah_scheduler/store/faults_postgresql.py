"""Every fault of a PostgreSQL server as one sentence that a person can act on."""

from sqlalchemy.exc import DBAPIError

from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.errors import BadInput, BadText, NotAllowed, ProductError, StoreUnusable, TryAgain
from purdah_scheduler.lean import lean_dataclass

_MOMENT = "Try again in a moment."
_BUSY = frozenset({"40001", "40P01", "55P03", "57014", "55006"})
"""Serialisation, deadlock, lock timeout, statement timeout, object in use."""

_GONE = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03"})
"""The server goes down, comes up, or ended a connection that had been idle for too long."""

_WORDS = (
    ("password authentication failed", "password"),
    ("no password supplied", "password"),
    ("authentication failed", "login"),
    ("no pg_hba.conf entry", "login"),
    ("is not permitted to log in", "login"),
    ('role "', "login"),
    ('database "', "database"),
    ("too many", "busy"),
    ("remaining connection slots", "busy"),
    ("starting up", "starting"),
    ("shutting down", "starting"),
)
"""What the server says of a connection that it refuses: it gives no code then. Anything else means that it was not reached."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class ServerFaults:
    """The sentences for one database on a server: `where` names both; `login` is empty where the driver chooses."""

    where: str
    login: str = ""

    def of(self, error: DBAPIError) -> ProductError:
        """By the code of five characters, or by the words of a connection that did not come about."""
        code = str(getattr(error.orig, "sqlstate", None) or "")
        if code:
            return self._coded(code, _said(error))
        if type(error.orig).__name__ == "DataError":  # refused by the driver: the one character that PostgreSQL has no place for
            return BadText("The text has a character that cannot be kept (NUL), so nothing was saved.")
        return self.lost() if error.connection_invalidated else self._refused(_said(error))

    def busy(self) -> ProductError:
        """Others had it for too long."""
        return TryAgain(f"The queue in {self.where} is busy with other work, so nothing was changed.", next_step=_MOMENT)

    def damaged(self, detail: str) -> StoreUnusable:
        """Something stored that cannot be read."""
        return StoreUnusable(
            f"The queue in {self.where} is damaged ({detail}), so nothing was changed.",
            next_step="Stop the daemons and restore a backup; purdah-scheduler audit verify says more.",
        )

    def lost(self) -> TryAgain:
        """The connection broke before anything was committed."""
        return TryAgain(f"The connection to {self.where} was lost, so nothing was changed.", next_step=_MOMENT)

    def in_doubt(self) -> TryAgain:
        """The connection broke while the change was being committed, and nobody could be asked."""
        return TryAgain(
            f"The connection to {self.where} was lost at the very moment of saving: the change may have been saved, or not.",
            next_step="Look before you do it again, when the server answers.",
        )

    def absent(self) -> StoreUnusable:
        """A database without a queue in it."""
        return StoreUnusable(
            f"There is no queue in {self.where}.",
            next_step="Whoever owns the database types: purdah-scheduler db migrate",
        )

    def older(self, revision: str) -> StoreUnusable:
        """A queue that was not brought forward."""
        return StoreUnusable(
            f"The queue in {self.where} is that of an earlier version (schema {revision}), so it was not opened.",
            next_step="Whoever owns the database stops the daemons and types: purdah-scheduler db migrate",
        )

    def newer(self, revision: str) -> StoreUnusable:
        """Written by a version that this one does not know."""
        return StoreUnusable(
            f"The queue in {self.where} is that of a newer version (schema {revision}), so it was not opened.",
            next_step="Update purdah-scheduler on this machine.",
        )

    def there_already(self) -> StoreUnusable:
        """A queue where a new one was to be made."""
        return StoreUnusable(
            f"There is a queue in {self.where} already, so none was created and nothing was overwritten.",
            next_step="Use it as it is, or name another database with [store] url.",
        )

    def tampered(self, faults: tuple[str, ...]) -> StoreUnusable:
        """The schema is not the one that was installed."""
        return StoreUnusable(
            f"The queue in {self.where} was altered from outside, so nothing was changed or sent. {' '.join(faults)}",
            next_step="Check the record with purdah-scheduler audit verify, then restore a backup from before.",
        )

    def _coded(self, code: str, said: str) -> ProductError:
        if code in _BUSY:
            return self.busy()
        if code in _GONE or code.startswith("08"):
            return self.lost()
        match code:
            case "25006":
                return TryAgain(
                    f"The queue in {self.where} is read-only for now (a standby?), so nothing was changed.",
                    next_step="Name the server that takes changes with [store] url.",
                )
            case "42501":
                who = f"The login {self.login}" if self.login else "Your login"
                return NotAllowed(
                    f"{who} has no right to do this in {self.where}, so nothing was changed ({said}).",
                    next_step="Ask whoever runs the database; purdah-scheduler db create-roles says which roles there are.",
                )
            case "53100" | "53200" | "53300" | "53400":
                return TryAgain(
                    f"The server of {self.where} has no room left ({said}), so nothing was changed.",
                    next_step="Make room on the server, then try again.",
                )
            case "22021" | "22P05":
                return BadText("The text has a character that the database cannot keep, so nothing was saved.")
            case "54000":
                return BadInput("A text is too large to be kept, so nothing was saved.")
            case "3F000" | "42P01" | "42703":
                return self.tampered((f"{said.capitalize()}.",))
            case _:
                return StoreUnusable(
                    f"The queue in {self.where} cannot be used ({code}: {said}), so nothing was changed.",
                    next_step="Show this to whoever runs the database.",
                )

    def _refused(self, said: str) -> ProductError:
        kind = next((kind for words, kind in _WORDS if words in said), "")
        match kind:
            case "password":
                return StoreUnusable(
                    f"The password for {self.where} was refused or is missing, so nothing was opened.",
                    next_step="Keep it in ~/.pgpass (chmod 600) or in the file that PGPASSFILE names, or use a certificate.",
                )
            case "login":
                return StoreUnusable(
                    f"The server does not let this login into {self.where} ({said}), so nothing was opened.",
                    next_step="Ask whoever runs the database for a login of your own.",
                )
            case "database":
                return StoreUnusable(
                    f"{self.where[:1].upper()}{self.where[1:]} does not exist, so nothing was opened.",
                    next_step="Whoever runs the server types createdb, then: purdah-scheduler db migrate",
                )
            case "busy":
                return TryAgain(f"The server of {self.where} takes no more connections now ({said}).", next_step=_MOMENT)
            case "starting":
                return TryAgain(f"The server of {self.where} is not ready ({said}), so nothing was opened.", next_step=_MOMENT)
            case _:
                return TryAgain(
                    f"The server of {self.where} does not answer ({said}), so nothing was changed.",
                    next_step="Check that it runs and that this machine may reach it.",
                )


def _said(error: DBAPIError) -> str:
    """The first line of the server's own words, without the address that libpq puts before them."""
    line = next(iter(str(error.orig).strip().splitlines()), "")
    return reveal(line.rpartition("FATAL:")[2].strip() or line, keep_newlines=False).rstrip(".")
