"""What the screen of the daemon says in words: who publishes and by which clock, the last day, the doctor and the log."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from textual.content import Content

import purdah_scheduler
from purdah_scheduler.application.last_day import DAY, LastDay
from purdah_scheduler.application.timekeeping import ADVICE, span_in_words
from purdah_scheduler.application.views import Status
from purdah_scheduler.domain.notices import NoticeState
from purdah_scheduler.domain.posts import Heartbeat
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.doctor import Found
from purdah_scheduler.tui.plain import line, plain, says
from purdah_scheduler.tui.postwords import heading
from purdah_scheduler.tui.words import counted, span, when

_LABEL = 12
_NAMED = 3
"""Notices that could not be told and are named."""

_FIGURES = (
    ("held", "delivery.held"),
    ("missed", "delivery.missed"),
    ("failed", "delivery.failed"),
    ("unknown", "delivery.unknown"),
)
_LEVELS = {"bad": ("BAD", "bold $text-error"), "attention": ("LOOK", "$text-warning")}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the queue is, in words, and its size in bytes where it is a file of this machine."""

    name: str
    size: int | None


def daemon_facts(status: Status, place: Place, *, zone: ZoneInfo, now: datetime, starting: bool, width: int) -> Content:
    """The daemons, the clock, the queue's place, and whether publishing is on; with `width` 0 as lines for the clipboard."""
    rows = [
        ("Daemon", _daemons(status, zone, now, starting=starting)),
        ("Clock", [_clock(status, zone, now)]),
        ("Queue", [plain(place.name + (f"   {_size(place.size)}" if place.size is not None else ""))]),
        ("Publishing", _publishing(status, zone, now)),
    ]
    lines = []
    for label, said in rows:
        for number, words in enumerate(said):
            parts = words.wrap(max(width - _LABEL, 20)) if width else [words]
            for piece, part in enumerate(parts):
                first = number == 0 and piece == 0
                lines.append(Content.assemble((f"{label if first else '':<{_LABEL}}", "$quiet"), part))
    return Content("\n").join(lines)


def waiting_summary(*, needing: int, due: int) -> Content:
    """The line above the list: how many posts need a person, and how many of those that are due next follow them."""
    needs = (
        (f"{counted(needing, 'post needs', 'posts need')} a person", "$text-warning")
        if needing
        else ("No post needs a person", "")
    )
    after = "the next one that is due" if due == 1 else f"the next {due} that are due"
    return says(("Posts", "bold"), "  ", needs, (f"   then {after}" if due else "   nothing is due", "$quiet"))


def nothing_waits() -> Content:
    """Why the list of posts is empty."""
    return says("No post is queued, and none needs a person.")


def day_lines(day: LastDay, zone: ZoneInfo, now: datetime) -> list[Content]:
    """The last day in figures, and what people were told."""
    whole = day.since <= now - DAY
    title = "Last 24 hours" if whole else f"Since {when(day.since, zone, now)}"
    happened = ", ".join(f"{day.happened.get(action, 0):,} {word}" for word, action in _FIGURES)
    lines = [heading(title), says(f"{day.published:,} published, {happened}")]
    half, most, worst = day.late(0.5), day.late(0.95), day.late(1.0)
    if half is not None and most is not None and worst is not None:
        said = f"after its time: half within {_seconds(half)}, 95 of 100 within {_seconds(most)}, the last {_seconds(worst)}"
        lines.append(says((said, "$quiet")))
    told, waiting, lost = (day.told(state) for state in (NoticeState.SENT, NoticeState.WAITING, NoticeState.GIVEN_UP))
    if not day.notices:
        return [*lines, says(("nobody was told anything", "$quiet"))]
    lines.append(says(f"{counted(len(told), 'notice')} told, {len(waiting)} waiting"))
    if lost:
        lines.append(
            says((f"! {counted(len(lost), 'notice')} could not be told", "bold $text-error"), ": purdah-scheduler notify log")
        )
        lines += [
            says((_flat(f"  {notice.kind} to {', '.join(notice.people)} by {notice.channel}: {notice.fault}"), "$quiet"))
            for notice in lost[:_NAMED]
        ]
    return lines


def doctor_lines(
    found: Sequence[Found] | None, at: datetime | None, *, looking: bool, key: str, zone: ZoneInfo, now: datetime
) -> list[Content]:
    """What the doctor found when it was asked last, the worst first; what is in order is named."""
    if looking:
        return [heading("Doctor"), says(("Looking everything over…", "$quiet"))]
    if found is None or at is None:
        return [heading("Doctor"), says((key, "bold $key"), " looks everything over, and changes nothing")]
    lines = [heading("Doctor", f"as of {when(at, zone, now)}")]
    for one in found:
        if one.level in _LEVELS:
            word, style = _LEVELS[one.level]
            lines.append(says((word, style), f"  {one.name}: ", _flat(one.said)))
            if one.next_step:
                lines.append(says(("  Next  ", "$quiet"), _flat(one.next_step)))
    fine = [one.name for one in found if one.level not in _LEVELS]
    return [*lines, says((f"√ {counted(len(fine), 'check')} in order", "$text-success"), (f": {', '.join(fine)}", "$quiet"))]


def post_lines(post: int, account: str, state: Content, reason: str, next_step: str) -> list[Content]:
    """The post under the cursor: how it stands on the account that needs a person most, why, and what to do."""
    lines = [says((f"Post {post}", "bold $key"), f"  {account}  ", state)]
    if reason:
        lines.append(says(_flat(reason)))
    if next_step:
        lines.append(says(("Next  ", "$quiet"), _flat(next_step)))
    return lines


def log_lines(lines: Iterable[str], *, width: int) -> Content:
    """The end of the log, each event on one line."""
    return Content("\n").join([line(event, width) for event in lines])


def no_log(folder: object) -> str:
    """Why there is no log to follow."""
    return f"There is no daemon.log in {folder}. A daemon under systemd logs to its journal: journalctl -u purdah-scheduler -f"


def _daemons(status: Status, zone: ZoneInfo, now: datetime, *, starting: bool) -> list[Content]:
    known = status.daemons
    lines = [
        says(("√ running", "$text-success"), f" {_who(beat)} since {when(beat.started_at, zone, now)}, ", _version(beat))
        for beat in known.living
    ]
    for beat in known.living:
        lines.append(says((f"  beats every {beat.every:g} s, and is missed after {3 * beat.every:g} s", "$quiet")))
        if beat.clock_doubt and beat.clock_doubt != status.clock.doubt:
            lines.append(says((f"! it sends nothing: {beat.clock_doubt}", "bold $text-error")))
    lines += [
        says(("! SILENT", "bold $text-error"), f" {_who(beat)}, last seen {span(known.at - beat.seen_at)} ago")
        for beat in known.silent
    ]
    if lines:
        return lines
    if starting:
        return [says("starting")]
    last = known.ended
    if last is None:
        never = "No daemon has run on this queue yet, so nothing is published"
        return [says((f"! {never}", "bold $text-error"), ": purdah-scheduler daemon")]
    stopped = f" {when(last.last_sign_at, zone, now)} {_who(last)}. Start it: purdah-scheduler daemon"
    return [says(("! STOPPED", "bold $text-error"), stopped)]


def _who(beat: Heartbeat) -> str:
    return f"on {beat.host}, process {beat.pid}"


def _version(beat: Heartbeat) -> tuple[str, str]:
    if beat.version == purdah_scheduler.__version__:
        return (f"version {beat.version} like this program", "$quiet")
    return (f"version {beat.version}, this program {purdah_scheduler.__version__}: start it again", "$text-warning")


def _clock(status: Status, zone: ZoneInfo, now: datetime) -> Content:
    if status.clock.doubt:
        return says(("! IN DOUBT", "bold $text-error"), f"  {status.clock.doubt} {ADVICE}")
    beat, parts = status.heartbeat, ["believed"]
    if beat is not None and beat.platform_ahead is not None and beat.platform_heard_at is not None:
        off = timedelta(seconds=max(abs(beat.platform_ahead), 1))
        parts.append(f"within {span_in_words(off)} of the platform that answered {when(beat.platform_heard_at, zone, now)}")
    else:
        parts.append("no platform has answered yet to compare it with")
    if status.clock.accepted_at is not None:
        parts.append(f"accepted by a person {when(status.clock.accepted_at, zone, now)}")
    if status.clock.high_water is not None:
        parts.append(f"latest on record {when(status.clock.high_water, zone, now)}")
    return says("; ".join(parts))


def _publishing(status: Status, zone: ZoneInfo, now: datetime) -> list[Content]:
    everything = next((pause for pause in status.pauses if not pause.account), None)
    lines = []
    if everything is not None:
        since = when(everything.at, zone, now)
        lines.append(
            says(("= STOPPED", "bold $text-error"), _flat(f" by {everything.person} since {since}: {everything.reason}"))
        )
    elif status.stopped:
        lines.append(says(("= STOPPED", "bold $text-error"), _flat(f" on this machine: {status.stopped}")))
    elif status.alive:
        lines.append(says(("√ ON", "$text-success"), ("   ! stops everything at once", "$quiet")))
    else:
        lines.append(says("not stopped, but nobody publishes"))
    lines += [
        says(
            ("= paused", "$text-warning"),
            _flat(f" {pause.account}, by {pause.person} since {when(pause.at, zone, now)}: {pause.reason}"),
        )
        for pause in status.pauses
        if pause.account
    ]
    if status.overdue:
        lines.append(
            says((f"! {counted(status.overdue, 'post is', 'posts are')} overdue by more than a minute", "bold $text-error"))
        )
    return lines


def _flat(text: str) -> str:
    """On one line: nothing in what people or platforms said can pass for a line of the interface."""
    return text.replace("\n", " ")


def _seconds(number: float) -> str:
    return f"{number:.1f} s" if number < 60 else span(timedelta(seconds=number))


def _size(number: int) -> str:
    return f"{number / 1_000_000:,.1f} MB" if number < 1_000_000_000 else f"{number / 1_000_000_000:,.1f} GB"
