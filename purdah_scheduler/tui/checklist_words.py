"""A checklist as lines of a list, and one of its items in full."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from textual.content import Content

from purdah_scheduler.domain.checklist import LABELS, Checklist, Entry, Group
from purdah_scheduler.domain.checklist_words import progress, source_in_words, title_of, who
from purdah_scheduler.tui.plain import cell, says
from purdah_scheduler.tui.postwords import GAP, block, text_block

_SHORTEST = 20


def head_lines(listed: Checklist, width: int) -> Content:
    """The period, then which day it is and how far the list is."""
    told = f"{title_of(listed)}. {progress(listed)}"
    return Content("\n").join([says((cell(listed.period.name, width), "bold")), says((cell(told, width), "$quiet"))])


def group_line(group: Group) -> Content:
    """The title of a group."""
    return says((LABELS[group], "bold $key"))


def entry_line(entry: Entry, width: int) -> Content:
    """One item on one line: a box that needs no colour, the number, the words, and who did it."""
    box, style = ("[x]", "$text-success") if entry.done else ("[!]", "bold $text-warning") if entry.changed else ("[ ]", "")
    done_by = f"  {cell(entry.mark.person, 12)}" if entry.ticked and entry.mark is not None else ""
    room = max(width - len(done_by) - 9, _SHORTEST)
    words = cell(entry.item.words, room)
    return Content.assemble(
        says((f" {box}", style), f"{entry.number:>4} ", (words, "$quiet" if entry.done else "")), says((done_by, "$quiet"))
    )


def entry_in_full(entry: Entry, names: Mapping[str, str], *, zone: ZoneInfo, width: int) -> Content:
    """Everything about one item: what to do, who did it, the wording, the posts to look at, and where it comes from."""
    item = entry.item
    lines = [says((item.words, "bold"))]
    if entry.ticked and entry.mark is not None:
        told = who(entry.mark, names, zone)
        lines.append(
            says(("! Changed since it was ticked by ", "bold $text-warning"), told)
            if entry.changed
            else says(("√ Done by ", "$text-success"), told)
        )
    if item.suggestion:
        lines += [GAP, says(("A wording to start from:", "$quiet")), text_block(item.suggestion)]
    if item.details:
        lines += [GAP, *(says(line) for line in item.details)]
    lines += [GAP, says(("Source: ", "$quiet"), (source_in_words(item.source), "$quiet")), says((f"Key: {item.key}", "$quiet"))]
    return block(lines, max(width, _SHORTEST))


def gone_line(listed: Checklist) -> Content:
    """How many ticks there are of what is not on the list any more."""
    number = len(listed.gone)
    return says((f"{number} ticked {'item is' if number == 1 else 'items are'} no longer on the list.", "$quiet"))
