"""The house under examination: the emergency stop, the files with tokens (never what is in them), and the calendar."""

import os
import shlex
import stat
from datetime import datetime, timedelta
from pathlib import Path

from purdah_scheduler.application import views
from purdah_scheduler.application.account_health import hit_in_words, in_words, new_login, posts_hit, troubled
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import StopSwitch
from purdah_scheduler.application.timekeeping import SET_IT
from purdah_scheduler.calendars.timetable import bank_holidays_known
from purdah_scheduler.channels.credentials import find_credentials, too_open
from purdah_scheduler.checkup.kernel_time import is_synchronised
from purdah_scheduler.checkup.lines import Line, bad, fine, look_at
from purdah_scheduler.config import Config
from purdah_scheduler.daemon.metrics import is_installed
from purdah_scheduler.domain.civiltime import format_day, format_local
from purdah_scheduler.domain.people import Account, Assurance
from purdah_scheduler.domain.periods import PeriodStatus

_NEAR = timedelta(days=60)
"""A period that begins within this span should be confirmed."""

_AHEAD = timedelta(days=365)
"""Bank holidays should be known for at least this long."""


def stop_line(stop: StopSwitch) -> Line:
    """The emergency stop that is a file."""
    reason = stop.reason()
    return look_at("stop", f"Everything is stopped: {reason}.", "purdah-scheduler resume") if reason else fine("stop", "Not set.")


def figures(config: Config) -> list[Line]:
    """Whether the figures that are asked for can be served; nothing where none are."""
    if not config.daemon.metrics_port or is_installed():
        return []
    said = "Figures are asked for (metrics_port), and the package that serves them is not here."
    return [look_at("figures", said, "pip install 'purdah-scheduler[metrics]'")]


def kernel_time() -> Line:
    """Whether the clock of this machine follows a time server."""
    match is_synchronised():
        case True:
            return fine("time", "The kernel keeps the clock of this machine in step with a time server.")
        case False:
            return look_at("time", "The kernel does not know that the clock of this machine follows a time server.", SET_IT)
        case _:
            return fine("time", "Whether the clock of this machine follows a time server is not known here.")


def credentials(config: Config) -> list[Line]:
    """For each account with tokens: whether its file is there and closed to others. It is never opened here."""
    handed = os.environ.get("CREDENTIALS_DIRECTORY")
    lines = [_credentials(account, Path(handed) if handed else None) for account in config.accounts if account.credentials]
    return lines or [fine("tokens", "No account needs any.")]


def _credentials(account: Account, handed: Path | None) -> Line:
    name = f"tokens of {account.id}"
    source = find_credentials(account, handed)
    path = source.path
    try:
        found = path.stat()
    except OSError as fault:
        said = f"{path} cannot be looked at ({fault.strerror}); unless the service manager hands it over, nothing can be sent."
        step = f"Look as the user that the daemon runs as; or LoadCredential={account.id}:FILE in its unit"
        return look_at(name, said, step)
    mode = stat.S_IMODE(found.st_mode)
    if not stat.S_ISREG(found.st_mode) or not found.st_size:
        return bad(name, f"{path} is not a file with tokens in it.", new_login(account.id))
    if too_open(mode, found.st_uid, handed_over=source.handed_over):
        return bad(name, f"{path} is open to other users (mode {mode:04o}).", f"chmod 600 {shlex.quote(str(path))}")
    return fine(name, f"{path} is there, for its owner alone.")


def accounts(office: Office) -> list[Line]:
    """What the platforms said when the daemon last asked about the accounts; nothing of those that need no secrets."""
    now, zone = office.now(), office.house.zone
    with office.store.read() as reader:
        known = {check.account: check for check in reader.account_checks()}
        bad_ones = {check.account: check for check in troubled(reader, office.house, now)}
        hit = {check.account: hit_in_words(posts_hit(reader, check, now)) for check in bad_ones.values()}
    lines = []
    for account in office.house.accounts:
        name, check = f"account {account.id}", known.get(account.id)
        if account.id in bad_ones:
            judged = bad if bad_ones[account.id].needs_login(now) else look_at
            said = f"{in_words(bad_ones[account.id], zone, now)} {hit[account.id]}".rstrip()
            lines.append(judged(name, said, new_login(account.id)))
        elif check is not None:
            lines.append(fine(name, f"{check.health}, as of {format_local(check.at, zone, now)}."))
    return lines


def addresses(config: Config) -> list[Line]:
    """Whether the file with the addresses of people's channels is there and closed to others. It is never opened here."""
    if not config.notice_credentials:
        return []
    path = Path(config.notice_credentials)
    try:
        found = path.stat()
    except OSError as fault:
        said = f"{path} cannot be looked at ({fault.strerror}); unless a service manager hands it over, Apprise tells nobody."
        return [look_at("addresses", said, "Look as the user that the daemon runs as: purdah-scheduler notify test PERSON")]
    if too_open(stat.S_IMODE(found.st_mode), found.st_uid, handed_over=False):
        said = f"{path} is open to other users (mode {stat.S_IMODE(found.st_mode):04o}), so nobody is told by it."
        return [bad("addresses", said, f"chmod 600 {shlex.quote(str(path))}")]
    return [fine("addresses", f"{path} is there, for its owner alone.")]


def decisions(office: Office) -> list[Line]:
    """How surely people are known, and which stages hold against whoever owns the queue."""
    house = office.house
    with office.store.read() as reader:
        known = house.assurance(reader)
    signed = [stage.label for stage in house.chain if stage.min_assurance is Assurance.SIGNED]
    also = f" Signed: {', '.join(signed)}." if signed else " No stage asks for a signature."
    return [fine("decisions", f"{known.words[:1].upper()}{known.words[1:]}.{also}")]


def calendar(office: Office) -> list[Line]:
    """Ends that nobody recorded, periods that nobody confirmed, and how long bank holidays are known for."""
    now = office.now()

    def day_of(at: datetime) -> str:
        return format_day(at.astimezone(office.house.zone).date())

    with office.store.read() as reader:
        periods = [period for period in views.relevant_periods(office.house, reader) if not period.is_off]
    lines = []
    for period in periods:
        if period.awaiting_lift(now):
            said = f"“{period.name}” was to end {day_of(period.ends)} and still holds."
            lines.append(look_at("calendar", said, f"When it is over: purdah-scheduler calendar lift {period.id}"))
        elif period.status is PeriodStatus.PROVISIONAL and now < period.starts <= now + _NEAR:
            said = f"“{period.name}” begins {day_of(period.starts)} and is provisional."
            lines.append(
                look_at("calendar", said, f"Compare it with the notice, then: purdah-scheduler calendar confirm {period.id}")
            )
    last = bank_holidays_known()[1]
    if (last - now.date()) < _AHEAD:
        said = f"Bank holidays are known until {format_day(last)}; no timetable can be derived after that."
        lines.append(look_at("calendar", said, "Update purdah-scheduler on this machine."))
    return lines or [
        fine("calendar", f"{len(periods)} periods concern this department; bank holidays are known until {last.year}.")
    ]
