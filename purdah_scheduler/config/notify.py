"""The `[notify]` section: by which channels people are told, who wants what, and when nobody is told."""

import re
from collections.abc import Collection
from datetime import time
from pathlib import Path

from purdah_scheduler.config.reader import Table, shown
from purdah_scheduler.config.schema import SECTIONS
from purdah_scheduler.config.source import resolve
from purdah_scheduler.domain.notices import NoticeKind, NoticeRules, QuietHours, Subscriber, Way, WayKind

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_MOST_ARGUMENTS = 20


def read_notify(root: Table, folder: Path) -> tuple[NoticeRules, str]:
    """The rules without the people, and the name of the file with the addresses (or an empty text); it is not opened here."""
    table = root.table("notify")
    table.refuse_unknown(SECTIONS["notify"])
    ways = _ways(table)
    named = table.text("credentials", default="")
    if any(way.kind is WayKind.APPRISE for way in ways) and not named:
        table.fault("", "a channel of kind apprise needs credentials: the name of the file with the addresses.")
    rules = NoticeRules(
        ways=tuple(ways),
        quiet=_quiet(table),
        digest_at=_clock(table, "digest_at"),
    )
    return rules, str(resolve(folder, named)) if named else ""


def _ways(table: Table) -> list[Way]:
    ways: list[Way] = []
    seen: set[str] = set()
    for entry in table.tables("channel"):
        entry.refuse_unknown(SECTIONS["notify.channel"])
        way_id = entry.unique_id(seen, "channel")
        kind = entry.choice("kind", WayKind)
        program = entry.text("program", default="")
        arguments = entry.texts("arguments")
        if kind is WayKind.COMMAND and not Path(program).is_absolute():
            entry.fault("program", f"a channel of kind command needs an absolute program, and {shown(program)} is none.")
        if kind is WayKind.APPRISE and (program or arguments):
            entry.fault("kind", "program and arguments are for a channel of kind command.")
        if len(arguments) > _MOST_ARGUMENTS:
            entry.fault("arguments", f"these are {len(arguments)} arguments; at most {_MOST_ARGUMENTS} are given.")
        command = (program, *arguments) if kind is WayKind.COMMAND else ()
        ways.append(Way(id=way_id, kind=kind or WayKind.COMMAND, command=command))
    return ways


def read_subscriber(person: Table, person_id: str, ways: Collection[str]) -> Subscriber | None:
    """What one `[[person]]` wants to be told of and by which channels; None for who wants nothing."""
    names = person.texts("notify")
    for name in names:
        person.one_of("notify", name, ways, "channel")
    kinds = person.choices("notify_kinds", NoticeKind) if "notify_kinds" in person else frozenset(NoticeKind)
    if "notify_kinds" in person and not names:
        person.fault("notify_kinds", "notify_kinds means nothing without notify, the channels.")
    return Subscriber(person=person_id, ways=names, kinds=kinds) if names else None


def _quiet(table: Table) -> QuietHours | None:
    starts, ends = _clock(table, "quiet_from"), _clock(table, "quiet_to")
    if ("quiet_from" in table) != ("quiet_to" in table):
        table.fault("", "quiet hours need both quiet_from and quiet_to.")
    if starts is None or ends is None:
        return None
    if starts == ends:
        table.fault("quiet_to", "quiet_to is quiet_from, so that nobody would ever be told.")
        return None
    return QuietHours(starts=starts, ends=ends)


def _clock(table: Table, key: str) -> time | None:
    """A local time such as 07:30; None where there is none."""
    said = table.text(key, default="", limit=20)
    if not said:
        return None
    found = _CLOCK.fullmatch(said)
    if found is None:
        table.fault(key, f'{shown(said)} is no time of day; write it as "07:30".')
        return None
    return time(int(found[1]), int(found[2]))
