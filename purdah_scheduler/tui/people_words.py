"""What the screen of people says in words: one line of the list, the line above it, and one person in full."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.content import Content

from purdah_scheduler.application.people_views import PersonLine
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.ssh_keys import SigningKey
from purdah_scheduler.tui.plain import cell, plain, says
from purdah_scheduler.tui.postwords import block, heading
from purdah_scheduler.tui.rowlist import Piece
from purdah_scheduler.tui.words import counted

_PERSON, _STATE, _NAME = 15, 13, 26
_SOME = 20
"""Posts that are named one by one; the rest is counted."""


def person_pieces(line: PersonLine, width: int) -> Sequence[Piece]:
    """One line: the person, whether they may act, their name and their roles."""
    state, tone = ("! SUSPENDED", "alarm") if line.suspended else ("√ may act", "good")
    roles = ", ".join(sorted(line.person.roles))
    return [
        (f" {cell(line.person.id, _PERSON - 1):<{_PERSON}}", "calm"),
        (f"{state:<{_STATE}}", tone),
        (f"{cell(roles, _NAME - 1):<{_NAME}}", "quiet"),
        (cell(line.person.name, max(width - 1 - _PERSON - _STATE - _NAME, 4)), "calm"),
    ]


def people_columns(width: int) -> Content:
    """The names of the columns of a list of this width."""
    return plain(f"  {'Person':<{_PERSON}}{'State':<{_STATE}}{'Roles':<{_NAME}}Name"[: max(width, 20)], "$quiet")


def people_summary(lines: Sequence[PersonLine]) -> Content:
    """The line above the list: how many there are, and how many of them are suspended."""
    gone = sum(line.suspended for line in lines)
    parts: list[str | tuple[str, str]] = [("People", "bold"), (f"  {counted(len(lines), 'person', 'people')}", "$quiet")]
    return says(*parts, *([(f"   {gone} suspended", "$text-error")] if gone else []))


def person_in_full(line: PersonLine, width: int, *, zone: ZoneInfo, now: datetime) -> Content:
    """One person: name, roles, logins and signing keys."""
    person = line.person
    lines = [
        heading(person.name),
        says(("  State      ", "$quiet"), "suspended: nothing they cleared counts" if line.suspended else "may act"),
        says(("  Roles      ", "$quiet"), ", ".join(sorted(person.roles))),
        says(("  Login      ", "$quiet"), line.known_by),
        *(says(("  Key        ", "$quiet"), _key(key, zone, now)) for key in person.keys),
    ]
    return block(lines, width)


def no_clearance(posts: Sequence[int]) -> str:
    """Which queued posts lack a clearance now; empty for none."""
    if not posts:
        return ""
    more = f" and {len(posts) - _SOME} more" if len(posts) > _SOME else ""
    return f"{counted(len(posts), 'queued post')} will be held when due: {', '.join(map(str, posts[:_SOME]))}{more}."


def _key(key: SigningKey, zone: ZoneInfo, now: datetime) -> str:
    why_not = key.why_not_at(now)
    until = f", until {format_local(key.valid_to, zone)}" if key.valid_to is not None else ""
    return f"{key.key.fingerprint}, {f'does not count, it {why_not}' if why_not else 'counts'}{until}"
