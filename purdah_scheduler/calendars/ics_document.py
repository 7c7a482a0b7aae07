"""What goes into an ICS calendar of a department: its periods, and the posts that have a time."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.calendars.ics_write import LEFT_OUT, Entry, period_entry, post_entry
from purdah_scheduler.domain.periods import Body, Period
from purdah_scheduler.domain.policy import Rulebook
from purdah_scheduler.errors import BadInput

MOST_POSTS = 20_000
_PAST = timedelta(days=31)
"""How far back posts go: a calendar shows what is near, and the record keeps the rest."""


def period_entries(
    calendar: Iterable[Period],
    rulebook: Rulebook,
    bodies_in: Callable[[Period], frozenset[Body]],
    *,
    everything: bool,
    now: datetime,
) -> list[Entry]:
    """The periods by their start; without `everything`, those alone that bind a body of ours (`bodies_in`)."""
    periods = [period for period in calendar if everything or bodies_in(period)]
    periods.sort(key=lambda period: (period.starts, period.id))
    return [period_entry(period, bodies_in(period), rulebook, now) for period in periods]


def post_entries(reader: Reader, *, now: datetime, with_text: bool) -> list[Entry]:
    """The posts that have a time, account by account. Raises BadInput where there are too many for one file."""
    lines = reader.lines(QueueFilter(since=now - _PAST), limit=MOST_POSTS + 1)
    if len(lines) > MOST_POSTS:
        raise BadInput(
            f"There are more than {MOST_POSTS} posts, too many for one calendar, so nothing was written.",
            next_step="Leave the posts out, or see one stretch of time: purdah-scheduler calendar show --html --from … --to …",
        )
    found = []
    for line in lines:
        if line.at is None or line.state in LEFT_OUT:
            continue
        text = ""
        if with_text:
            content = reader.revision(line.post, reader.post(line.post).revision).content
            text = content.on(line.account).text
        found.append(post_entry(line, line.at, text=text))
    return found
