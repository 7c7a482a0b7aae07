"""`calendar checklist` and `calendar tick`: what people do on the first and the last day of a period, and who did it."""

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.files_out import write_out
from purdah_scheduler.cli.grammar import OneOf, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, say, wrapped
from purdah_scheduler.domain.checklist import LABELS, Day
from purdah_scheduler.errors import BadInput

if TYPE_CHECKING:
    from purdah_scheduler.domain.checklist import Checklist, Entry

_DAY = OneOf("day of a period", lambda: Day)
_OPEN = 2
"""The exit code while a person has still something to look at."""

_INDENT = " " * 9


@verb(
    "checklist",
    example="purdah-scheduler calendar checklist anytown-by-2027\n"
    "purdah-scheduler calendar checklist anytown-by-2027 --day last --html last-day.html",
)
@click.argument("period_id", metavar="PERIOD")
@click.option("--day", type=_DAY, metavar="DAY", help="first or last (default: first, and last once that day has come).")
@click.option("--html", "page_path", type=click.Path(path_type=Path), metavar="FILE", help="Write it as one page to print.")
@click.option("--text", "as_text", is_flag=True, help="In full, with wordings and sources, to print or to paste.")
@click.pass_obj
def checklist(call: Invocation, *, period_id: str, day: str | None, page_path: Path | None, as_text: bool) -> int:
    """What people do on the first or last day of a period, with who has done what. It is made anew from the queue each time.

    The exit code is 2 while anything on it is open, and 0 when all is done or a page was written.
    """
    from purdah_scheduler.application import checklists

    if page_path is not None and as_text:
        raise BadInput("A page or a text, not both, so nothing was written.", next_step="Give --html FILE, or --text.")
    house = call.office.house
    with call.office.store.read() as reader:
        wanted = Day(day) if day else checklists.day_of(checklists.known_period(reader, house, period_id), house, call.now)
        listed = checklists.made(reader, house, period_id, wanted, call.now)
    if page_path is not None:
        _write_page(call, listed, page_path)
        return 0
    if call.as_json:
        emit(_facts(call, listed))
    else:
        say("\n".join(_lines(call, listed, whole=as_text)))
        if not as_text:
            call.tell("With wordings, posts to look at and sources: --text; to print: --html FILE")
        if listed.left:
            call.tell(f"Next: purdah-scheduler calendar tick {period_id} NUMBER --day {listed.day}")
    return _OPEN if listed.left else 0


@verb(
    "tick",
    example='purdah-scheduler --as carys calendar tick anytown-by-2027 1 4 --note "Agreed with the returning officer."\n'
    "purdah-scheduler --as carys calendar tick anytown-by-2027 notice-outbox --undo",
)
@click.argument("period_id", metavar="PERIOD")
@click.argument("items", metavar="ITEM...", nargs=-1, required=True)
@click.option("--day", type=_DAY, metavar="DAY", help="first or last (default: first, and last once that day has come).")
@click.option("--note", default="", help="What was done, for colleagues and the record.")
@click.option("--undo", is_flag=True, help="Take the tick back.")
@click.pass_obj
def tick(call: Invocation, *, period_id: str, items: tuple[str, ...], day: str | None, note: str, undo: bool) -> None:
    """Record that items are done: by their numbers on the list, or by their keys, which never change. All or none.

    What is ticked already is left as it is. A tick of a queued post is for its verdict and time as they are now.
    """
    from purdah_scheduler.application import checklists

    office, actor = call.office, call.actor
    with office.store.read() as reader:
        period = checklists.known_period(reader, office.house, period_id)
    wanted = Day(day) if day else checklists.day_of(period, office.house, call.now)
    listed, marked = checklists.tick(office, actor, period_id, wanted, items, note=note, undo=undo)
    if call.as_json:
        emit({**_head(call, listed), "marked": [_item_facts(call, entry) for entry in marked]})
        return
    for entry in marked:
        say(f"{'Open again' if undo else 'Done'}: {entry.number}. {inline(entry.item.words)}")
    if not marked:
        call.tell("Nothing was changed: it was so already.")
    call.tell(f"The {listed.day} day of {inline(period.name)}: {listed.done} of {len(listed.entries)} done.")


def _lines(call: Invocation, listed: "Checklist", *, whole: bool) -> list[str]:
    """The list in words: a box, the number, the sentence; `whole` with wordings, details and sources."""
    from purdah_scheduler.domain.checklist_words import progress, source_in_words, title_of, who

    names = _names(call)
    width = max(60, min(call.width, 110)) - len(_INDENT)
    lines = [inline(listed.period.name), f"{title_of(listed)}. {progress(listed)}"]
    for group, entries in groupby(listed.entries, key=lambda entry: entry.item.group):
        lines += ["", LABELS[group]]
        for entry in entries:
            first, *rest = wrapped(inline(entry.item.words), width)
            lines += [f"  [{_sign(entry)}] {entry.number:>3} {first}", *(_INDENT + line for line in rest)]
            said = [*entry.item.details, *([f"Wording: {entry.item.suggestion}"] if entry.item.suggestion else [])]
            said += [f"Source: {source_in_words(entry.item.source)}", f"Key: {entry.item.key}"]
            if entry.ticked and entry.mark is not None:
                done = "changed since it was ticked by" if entry.changed else "done by"
                lines.append(f"{_INDENT}{done} {inline(who(entry.mark, names, call.zone))}")
            if whole:
                lines += [_INDENT + line for each in said for line in wrapped(inline(each), width)]
    if listed.gone:
        lines += ["", "Ticked, and no longer on the list"]
        lines += [f"      {inline(mark.item)}: {inline(who(mark, names, call.zone))}" for mark in listed.gone]
    return lines


def _sign(entry: "Entry") -> str:
    return "x" if entry.done else "!" if entry.changed else " "


def _names(call: Invocation) -> dict[str, str]:
    return {person.id: person.name for person in call.office.house.people}


def _write_page(call: Invocation, listed: "Checklist", path: Path) -> None:
    from purdah_scheduler import __version__
    from purdah_scheduler.calendars.checklist_page import Sheet, page
    from purdah_scheduler.domain.checklist_words import progress
    from purdah_scheduler.domain.in_words import end_in_words

    made = page(
        Sheet(
            department=call.office.house.department,
            zone=call.zone,
            generated_at=call.now,
            version=__version__,
            until=end_in_words(listed.period, call.now),
            names=_names(call),
            listed=listed,
        )
    )
    counts = {"items": len(listed.entries), "done": listed.done}
    write_out(made.encode("utf-8"), path, call=call, counts=counts, words=progress(listed).rstrip("."))


def _head(call: Invocation, listed: "Checklist") -> dict[str, object]:
    return {
        "period": listed.period.id,
        "name": listed.period.name,
        "day": str(listed.day),
        "on": listed.on.isoformat() if listed.on else None,
        "starts": call.stamp(listed.period.starts),
        "items": len(listed.entries),
        "done": listed.done,
    }


def _facts(call: Invocation, listed: "Checklist") -> dict[str, object]:
    return {
        **_head(call, listed),
        "list": [_item_facts(call, entry) for entry in listed.entries],
        "gone": [
            {"item": mark.item, "person": mark.person, "at": call.stamp(mark.at), "note": mark.note} for mark in listed.gone
        ],
    }


def _item_facts(call: Invocation, entry: "Entry") -> dict[str, object]:
    item, mark = entry.item, entry.mark
    return {
        "number": entry.number,
        "item": item.key,
        "group": str(item.group),
        "words": item.words,
        "suggestion": item.suggestion,
        "details": list(item.details),
        "source": item.source,
        "account": item.account,
        "post": item.post,
        "about": item.about,
        "done": entry.done,
        "changed": entry.changed,
        "person": mark.person if mark and mark.is_done else "",
        "at": call.stamp(mark.at) if mark and mark.is_done else None,
        "note": mark.note if mark and mark.is_done else "",
    }
