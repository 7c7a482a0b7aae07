"""`calendar import --from-web`: the one command that asks Every Election itself."""

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import inline
from purdah_scheduler.domain.civiltime import format_day, local_date, london, parse_local
from purdah_scheduler.errors import BadInput, BadTime
from purdah_scheduler.plain_file import write_plain_file

if TYPE_CHECKING:
    from purdah_scheduler.calendars.every_election import Import

_CODE = re.compile(r"[A-Za-z0-9._-]{1,100}")


def import_from_web(
    call: Invocation, *, since: str | None, until: str | None, organisation: str | None, save: Path | None, wait: int | None
) -> "Import":
    """What Every Election has for these days and this organisation, kept as a file first where one is named.

    Raises BadInput for a question that cannot be asked or a file that cannot be written, PlatformUnavailable and TryAgain.
    """
    first = _day(call, since) if since is not None else local_date(call.now, london())
    last = _day(call, until) if until is not None else None
    if last is not None and last < first:
        raise BadInput(
            f"The last day is before the first ({format_day(first)}), so nothing was asked.",
            next_step="Give --since and then --until.",
        )
    if organisation is not None and not _CODE.fullmatch(organisation):
        raise BadInput(
            f"“{organisation[:40]}” is not the code of an organisation, so nothing was asked.",
            next_step="Every Election shows the code of a council on its page, such as SHF.",
        )
    from purdah_scheduler.calendars.every_election_web import Question, fetch, read_fetched
    from purdah_scheduler.web import TimeLimits

    origin = call.config.every_election_url
    until_then = f" to {format_day(last)}" if last else " on"
    of = f" of {organisation}" if organisation else ""
    call.tell(f"Asking {origin} for the ballots{of} from {format_day(first)}{until_then}.")
    fetched = fetch(
        Question(since=first, until=last, organisation=organisation or ""),
        origin=origin,
        limits=TimeLimits(total=wait or TimeLimits().total),
        told=call.tell,
    )
    if not fetched.results:
        call.tell(f"{origin} has no ballots for that. See whether the days{' and the code' if organisation else ''} are right.")
    if save is not None:
        _keep(save, fetched.data)
        call.tell(f"Kept in {inline(str(save))}; the file can be imported again, here or elsewhere.")
    return read_fetched(fetched)


def _day(call: Invocation, typed: str) -> date:
    """A date that a person typed. Raises BadTime."""
    try:
        return local_date(parse_local(f"{typed} noon", now=call.now, zone=london()).at, london())
    except BadTime as fault:
        raise BadTime(
            f"“{typed[:40]}” is not a date, so nothing was asked.", next_step="Try 2028-05-04 or 4 May 2028."
        ) from fault


def _keep(path: Path, data: bytes) -> None:
    try:
        write_plain_file(path, data)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "no file can have that name"
        raise BadInput(
            f"{path} cannot be written ({reason}), so nothing was imported.", next_step="Give another name with --save."
        ) from fault
