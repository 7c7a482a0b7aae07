"""Who was told what, by which channel, and what came of it, as words to read in a box."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.application.office import Office
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.notices import KINDS, Notice
from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.tui.copy_keys import show_report
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.words import counted

MOST = 200
"""The newest so many are shown."""


def show_notices(screen: FrameScreen) -> None:
    """Read them and show them, the newest first."""
    office = screen.product.office
    file = "notices.txt"
    screen.read(lambda: _read(office), lambda words: show_report(screen, "Who was told what", words, file=file), group="notices")


def _read(office: Office) -> str:
    with office.store.notices() as reader:
        found = reader.notices(limit=MOST + 1)
    return notices_in_words(found, office.house.zone, office.now())


def notices_in_words(notices: Sequence[Notice], zone: ZoneInfo, now: datetime) -> str:
    """A line for each with its number, people and channel, and below it what it was about and what came of it."""
    if not notices:
        return "Nobody was told anything yet."
    lines = []
    for notice in notices[:MOST]:
        lines.append(
            f"{notice.id}  {format_local(notice.at, zone, now)}  {', '.join(notice.people)} by {notice.channel}: "
            f"{str(notice.state).replace('-', ' ')}"
        )
        lines.append(f"    {_about(notice)}")
        lines.append(f"    {_came(notice, zone, now)}")
    if len(notices) > MOST:
        lines.append(f"These are the newest {MOST}. Before them: purdah-scheduler notify log --limit 1000")
    return "\n".join(lines)


def _about(notice: Notice) -> str:
    posts = len(notice.items) + notice.more
    named = ", ".join(dict.fromkeys(str(item.post) for item in notice.items[:8]))
    return KINDS[notice.kind] + (f"; {counted(posts, 'post')}: {named}{' …' if posts > 8 else ''}" if named else "")


def _came(notice: Notice, zone: ZoneInfo, now: datetime) -> str:
    tries = counted(notice.tries, "try", "tries")
    if notice.fault:
        return f"{tries}: {reveal(notice.fault, keep_newlines=False)}"
    if notice.ended_at is not None:
        return f"told {format_local(notice.ended_at, zone, now)}"
    return f"{tries}; next at {format_local(notice.ready_at, zone, now)}"
