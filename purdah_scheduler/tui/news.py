"""What the upper edge of every screen says: the daemon in a word, and the most serious true thing in a sentence."""

from dataclasses import field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from textual.content import Content

from purdah_scheduler.application.views import Status
from purdah_scheduler.domain.civiltime import format_day, format_local
from purdah_scheduler.domain.periods import Kind, Period
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.plain import plain, says
from purdah_scheduler.tui.words import counted, span


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """`tone` is `alarm`, `notice` or `calm`; `clock` is the local date and time; `brief` is the notice for narrow windows."""

    daemon: str = ""
    notice: Content = field(default_factory=Content)
    brief: Content = field(default_factory=Content)
    tone: str = "calm"
    clock: str = ""


def news_of(
    status: Status | None, *, fault: str, now: datetime, zone: ZoneInfo, department: str, starting: bool, still: bool = False
) -> News:
    """The most serious thing first: an unreadable queue, no daemon, everything stopped, a period in force, nothing.

    `starting`: a daemon of our own has been started and may not have been seen yet. `still`: nothing is said that changes as
    time passes, and so no clock.
    """
    clock = "" if still else format_local(now, zone)
    if status is None:
        notice = plain(fault, "bold") if fault else plain("Reading the queue…")
        return News(notice=notice, tone="alarm" if fault else "calm", clock=clock)
    daemon = "daemon ok" if status.alive else "daemon starting" if starting else "NO DAEMON"
    if fault:
        return News(daemon=daemon, notice=plain(fault, "bold"), tone="alarm", clock=clock)
    if not status.alive and not starting:
        late = f" {counted(status.overdue, 'post is', 'posts are')} late." if status.overdue else ""
        return News(
            daemon=daemon,
            notice=says(("Nothing is being published", "bold"), f": {_since(status, now, still=still)}.{late} {_START}"),
            brief=says(("Nothing is published.", "bold"), f"{late} {_START}"),
            tone="alarm",
            clock=clock,
        )
    stopped = next((pause for pause in status.pauses if not pause.account), None)
    if stopped is not None or status.stopped:
        why = f"{stopped.person}: {stopped.reason}" if stopped is not None else status.stopped
        return News(
            daemon=daemon,
            notice=says(("ALL PUBLISHING IS STOPPED", "bold"), f"  {why}  ", "Press ! to let it go on."),
            tone="alarm",
            clock=clock,
        )
    if status.unreviewed:
        posts = ", ".join(str(post) for post in sorted({glass.post for glass in status.unreviewed}))
        words = f"  break-glass of post {posts}: somebody else reviews it, with G on the screen of the post"
        return News(daemon=daemon, notice=says(("UNREVIEWED", "bold"), words), tone="alarm", clock=clock)
    if status.alive and status.daemons.silent:
        lost = status.daemons.silent[0]
        more = f" ({len(status.daemons.silent)} are silent)" if len(status.daemons.silent) > 1 else ""
        ago = "" if still else f", seen {span(now - lost.seen_at)} ago"
        return News(
            daemon=daemon,
            notice=says(("A daemon is silent", "bold"), f": {lost.host}{ago}{more}. Another publishes."),
            tone="notice",
            clock=clock,
        )
    if status.pauses:
        names = ", ".join(pause.account for pause in status.pauses)
        return News(daemon=daemon, notice=says(("Publishing is paused", "bold"), f" on {names}"), tone="notice", clock=clock)
    if status.in_force:
        word, names = _in_force(status.in_force, now, zone)
        return News(
            daemon=daemon,
            notice=says((word, "bold"), " in force: ", names),
            brief=says((word, "bold"), ": ", names),
            tone="notice",
            clock=clock,
        )
    return News(daemon=daemon, notice=plain(department, "$quiet"), tone="calm", clock=clock)


_START = "Start it: purdah-scheduler daemon"


def _since(status: Status, now: datetime, *, still: bool) -> str:
    beat = status.heartbeat
    if beat is None:
        return "no daemon has run yet"
    if still:
        return "no daemon is running" if beat.stopped_at is not None else "the daemon is not seen any more"
    if beat.stopped_at is not None:
        return f"the daemon stopped {span(now - beat.stopped_at)} ago"
    return f"the daemon was last seen {span(now - beat.seen_at)} ago"


def _in_force(periods: tuple[Period, ...], now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """How many periods in words, and which, and when the last of them ends: a manual lift has no end that the clock knows."""
    names = ", ".join(period.name for period in periods)
    ends = [period.ended_at() for period in periods]
    if any(period.awaiting_lift(now) for period in periods):
        until = "until a person records that it is over"
    elif None in ends:
        until = "until it is lifted"
    else:
        until = _last_moment(max(end for end in ends if end is not None), zone)
    return _word_for(periods), f"{names}, {until}"


def _word_for(periods: tuple[Period, ...]) -> str:
    """What is in force, by its gravest kind: a freeze is not an election, and must not be taken for one."""
    kinds = {period.kind for period in periods}
    if Kind.FREEZE in kinds:
        return "FREEZE"
    if kinds == {Kind.DEPARTMENTAL}:
        return "BLACKOUT"
    return "PRE-ELECTION PERIOD" if len(periods) == 1 else f"{len(periods)} PRE-ELECTION PERIODS"


def _last_moment(end: datetime, zone: ZoneInfo) -> str:
    """When a period ends, as people say it: one that ends at midnight is over with the day before."""
    local = end.astimezone(zone)
    if (local.hour, local.minute) == (0, 0):
        return f"to the end of {format_day((local - timedelta(minutes=1)).date())}"
    return f"until {format_local(end, zone)}"
