"""What the screen of the record says in words: one line of the list, the line above it, and one entry in full."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.content import Content

from purdah_scheduler.application.entry_views import EntryView
from purdah_scheduler.application.office import House
from purdah_scheduler.application.record_words import details, told, what, who
from purdah_scheduler.application.verifying import Verified
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.civiltime import DAYS, MONTHS, format_local
from purdah_scheduler.domain.people import Assurance
from purdah_scheduler.tui.audit_filter import WantedEntries
from purdah_scheduler.tui.difference import change_lines, difference
from purdah_scheduler.tui.plain import cell, plain, says
from purdah_scheduler.tui.postwords import block, text_block
from purdah_scheduler.tui.rowlist import Piece

_WHEN, _WHO, _FROM, _WHAT, _POST = 17, 12, 8, 21, 7
_ROOM_FOR_FROM = 90
_SURE = {str(level): level.short for level in Assurance}


def entry_pieces(entry: Entry, width: int, *, zone: ZoneInfo, now: datetime) -> Sequence[Piece]:
    """One line: when, who, by what, what was done, of which post; its facts last, for only they can be of any width."""
    erased = entry.private is None
    pieces: list[Piece] = [
        (f" {moment(entry.at, zone, now):<{_WHEN}}", "quiet"),
        (f"{cell(who(entry), _WHO - 1):<{_WHO}}", "quiet" if erased else "calm"),
    ]
    used = 1 + _WHEN + _WHO
    if width >= _ROOM_FOR_FROM:
        pieces.append((f"{cell(str(entry.facts.get('face', '')), _FROM - 1):<{_FROM}}", "quiet"))
        used += _FROM
    pieces += [
        (f"{cell(what(entry), _WHAT - 1):<{_WHAT}}", "calm"),
        (f"{entry.post if entry.post is not None else '':<{_POST}}", "quiet"),
    ]
    used += _WHAT + _POST
    said = details(entry, lambda at: moment(at, zone, now))
    return [*pieces, (cell(said, max(width - used, 1)), "quiet")]


def entry_columns(width: int) -> Content:
    """The names of the columns of a list of this width."""
    face = f"{'From':<{_FROM}}" if width >= _ROOM_FOR_FROM else ""
    return plain(f"  {'When':<{_WHEN}}{'Who':<{_WHO}}{face}{'What':<{_WHAT}}{'Post':<{_POST}}Details", "$quiet")


def moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """An instant for the list, to the second, at most 16 cells: `14 Apr 10:42:07`, `14 Apr 25 10:42` of another year."""
    local = at.astimezone(zone)
    day = f"{local.day:>2} {MONTHS[local.month - 1][:3]}"
    return f"{day} {local:%H:%M:%S}" if local.year == now.astimezone(zone).year else f"{day} {local:%y %H:%M}"


def record_summary(wanted: WantedEntries, *, shown: int, verified: Verified | None, zone: ZoneInfo) -> Content:
    """The line above the list: what is shown, and what verifying found since the interface was opened."""
    parts: list[str | tuple[str, str]] = [
        ("Record", "bold"),
        (f"  {cell(wanted.text, 40)}" if wanted.text else "", "$key"),
        (f"  {shown:,} {'entry' if shown == 1 else 'entries'}, newest first", "$quiet"),
    ]
    if verified is not None:
        at = datetime.fromisoformat(verified.now.at).astimezone(zone)
        if verified.problem:
            parts.append((f"   NOT WHOLE (verified {at:%H:%M:%S})", "bold $text-error"))
        else:
            parts.append((f"   whole at {at:%H:%M:%S}: {verified.found.entries:,} entries", "$text-success"))
    else:
        parts.append(("   not verified yet", "$quiet"))
    return says(*parts)


def no_entries(wanted: WantedEntries, people: Sequence[str]) -> Content:
    """Why the list is empty, and the one key that helps."""
    if not wanted.text:
        return says("The record is empty. Whatever is done from now on stands here, newest first.")
    person = wanted.asked.person
    stranger = f"{cell(person, 40)} is nobody in the configuration.  " if person and person not in people else ""
    return says(
        *("Nothing in the record is like  ", (cell(wanted.text, 60), "bold"), f"\n\n{stranger}Press "),
        *(("esc", "bold $key"), " to see all of it."),
    )


def entry_in_full(view: EntryView, house: House, *, names: Mapping[str, str], width: int) -> Content:
    """One entry: who, when and how surely, every fact, what the words were before and after, its hash and the one before."""
    entry, zone = view.entry, house.zone
    local = entry.at.astimezone(zone)
    day = f"{DAYS[local.weekday()][:3]} {local.day} {MONTHS[local.month - 1][:3]} {local.year}"
    at = f"{day} {local:%H:%M:%S}.{local.microsecond // 1000:03} {local.tzname()}"
    by = who(entry)
    person = f"{names[by]} ({by})" if by in names else by
    known = entry.facts
    sure = _SURE.get(str(known.get("assurance", "")), "")
    lines = [
        says((f"Entry {entry.seq:,}", "bold $key"), f"  {at}  ", (person, "bold"), (f"  {sure}" if sure else "", "$quiet")),
        says(
            (what(entry), "bold"),
            f"  post {entry.post}" if entry.post is not None else "",
            (f"  delivery {entry.delivery}" if entry.delivery is not None else "", "$quiet"),
            (f"  from {known['face']}" if known.get("face") else "", "$quiet"),
        ),
    ]
    if entry.private is None:
        erased = "Names, reasons and words were erased from this entry. What is left still verifies."
        lines.append(says((erased, "$text-warning")))
    facts = told(entry, lambda instant: format_local(instant, zone))
    wide = max((len(name) for name in facts), default=0)
    lines += [says((f"{name:<{wide}}  ", "$quiet"), said.replace("\n", " ")) for name, said in facts.items()]
    if view.before is not None and view.after is not None:
        changes = difference(view.before.content, view.after.content, labels=house.rulebook.categories, zone=zone)
        lines += [says((f"before (-) and after (+), revision {view.before.number} to {view.after.number}", "$quiet"))]
        lines += change_lines(changes)
    elif known.get("text"):
        lines.append(text_block(str(known["text"])))
    lines += [says(("hash      ", "$quiet"), entry.hash), says(("previous  ", "$quiet"), entry.prev)]
    return block(lines, width)


def entry_as_text(view: EntryView, house: House) -> str:
    """The same for the clipboard, in lines without any style."""
    names = {person.id: person.name for person in house.people}
    return entry_in_full(view, house, names=names, width=0).plain
