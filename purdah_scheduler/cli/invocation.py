"""One run of the command line: its global options, and the office, person and zone that they lead to, made when first needed."""

import os
import shutil
import sys
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from purdah_scheduler.cli.speaking import tell
from purdah_scheduler.domain.civiltime import day_bounds, format_local, london, parse_local, rfc3339
from purdah_scheduler.domain.named_days import read_date
from purdah_scheduler.errors import BadInput, BadTime

if TYPE_CHECKING:
    from purdah_scheduler.application.office import Actor, Office
    from purdah_scheduler.config import Config


_NO_TERMINAL = 1_000_000


class Invocation:
    """The global options, filled in while the line is parsed, and what the commands share."""

    def __init__(self) -> None:
        self.config_path: Path | None = None
        self.as_person: str | None = None
        self.as_json = False
        self._office: Office | None = None

    # --- what the options lead to ---------------------------------------------------------------------------------

    @cached_property
    def config(self) -> "Config":
        """The configuration. Raises BadSetup."""
        from purdah_scheduler import bootstrap

        return bootstrap.read_config(self.config_path)

    @property
    def whereabouts(self) -> Path:
        """Where the configuration is or would be."""
        from purdah_scheduler.config import default_config_path

        return self.config_path or default_config_path(os.environ)

    @property
    def has_config(self) -> bool:
        """Whether there is a configuration; one that the line names is expected to be there."""
        return self.config_path is not None or self.whereabouts.exists()

    @property
    def office(self) -> "Office":
        """The office on the configured store, opened once. Raises BadSetup, TryAgain."""
        if self._office is None:
            from purdah_scheduler import bootstrap

            self._office = bootstrap.open_office(self.config)
        return self._office

    @cached_property
    def actor(self) -> "Actor":
        """The person who acts. Raises WhoAreYou, NotFound."""
        from purdah_scheduler import bootstrap

        return bootstrap.make_actor(self.config, self.office.store, self.as_person, face="cli")

    def close(self) -> None:
        """Let go of the store, if it was opened."""
        if self._office is not None:
            self._office.store.close()
            self._office = None

    # --- time -----------------------------------------------------------------------------------------------------

    @cached_property
    def now(self) -> datetime:
        """The moment at which this command began to ask, aware, UTC."""
        from purdah_scheduler import bootstrap

        return bootstrap.SystemClock().now()

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of the configuration; Europe/London where there is none."""
        return ZoneInfo(self.config.zone) if self.has_config else london()

    def when(self, typed: str | None) -> datetime | None:
        """The instant that a person typed, or None. Raises BadTime."""
        return None if typed is None else parse_local(typed, now=self.now, zone=self.zone).at

    def since(self, typed: str | None) -> datetime | None:
        """The instant, or the beginning of the day, that a person typed to look from, or None. Raises BadTime."""
        return self._edge(typed, 0)

    def until(self, typed: str | None) -> datetime | None:
        """The instant, or the end of the day, that a person typed to look up to, or None. Raises BadTime."""
        return self._edge(typed, 1)

    def _edge(self, typed: str | None, edge: int) -> datetime | None:
        try:
            return self.when(typed)
        except BadTime as fault:
            try:
                day = read_date(typed or "", now=self.now, zone=self.zone)
            except BadTime:
                raise fault from None
            return day_bounds(day, self.zone)[edge]

    def shown(self, at: datetime | None) -> str:
        """An instant for people; empty for None."""
        return "" if at is None else format_local(at, self.zone, self.now)

    def stamp(self, at: datetime | None) -> str | None:
        """An instant for programs: RFC 3339 with the offset of the house's zone."""
        return None if at is None else rfc3339(at, self.zone)

    # --- the terminal ---------------------------------------------------------------------------------------------

    @property
    def width(self) -> int:
        """The columns of the terminal; where there is none, so many that nothing is cut or wrapped."""
        if os.environ.get("COLUMNS") or sys.stdout.isatty():
            return max(40, shutil.get_terminal_size((120, 24)).columns)
        return _NO_TERMINAL

    def tell(self, words: str) -> None:
        """Narrate for people; scripts that asked for JSON have it all in the object."""
        if not self.as_json:
            tell(words)

    @property
    def on_terminal(self) -> bool:
        """Whether a person can be asked."""
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    def confirmed(self, question: str, *, yes: bool) -> bool:
        """Whether a person on a terminal, or --yes, agrees; only the letter y is a yes. Asks nobody in a script."""
        if yes:
            return True
        if not self.on_terminal:
            return False
        sys.stdout.flush()
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def piped_text(self) -> str:
        """Everything on standard input as text, at most 1 MB of UTF-8. Raises BadInput."""
        return decode_text(sys.stdin.buffer.read(MOST_TEXT + 1), "What came on standard input")


MOST_TEXT = 1_000_000


def decode_text(raw: bytes, what: str) -> str:
    """UTF-8 bytes as text, a byte order mark left out; `what` begins the sentence of a refusal (BadInput)."""
    if len(raw) > MOST_TEXT:
        raise BadInput(f"{what} is larger than 1 MB, so nothing was saved.", next_step="Give the text of one post.")
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as fault:
        raise BadInput(
            f"{what} is not UTF-8 text (byte {fault.start + 1}), so nothing was saved.", next_step="Save it as UTF-8."
        ) from None
