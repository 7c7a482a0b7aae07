"""A checklist to print: one self-contained page with a box to tick by hand for each item, and who ticked what so far."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from purdah_scheduler.domain.checklist import LABELS, Checklist, Entry
from purdah_scheduler.domain.checklist_words import progress, title_of, who
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.policy import OWN_DEFAULT
from purdah_scheduler.html_page import document, text
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the page shows. `names`: id of a person -> name; `until`: the end of the period in words."""

    department: str
    zone: ZoneInfo
    generated_at: datetime
    version: str
    until: str
    names: Mapping[str, str]
    listed: Checklist


def page(sheet: Sheet) -> str:
    """The page, A4 upright; nothing on it is told by colour alone."""
    listed, period = sheet.listed, sheet.listed.period
    title = title_of(listed)
    groups = groupby(listed.entries, key=lambda entry: entry.item.group)
    numbered = {address: number for number, address in enumerate(_addresses(listed), start=1)}
    body = [
        "<header>",
        f'<p class="department">{text(sheet.department)}</p>',
        f"<h1>{text(period.name)}</h1>",
        f'<p class="day">{text(title)}</p>',
        f"<p>{text(f'From {format_local(period.starts, sheet.zone)}, to {sheet.until}. {progress(listed)}')}</p>",
        "</header>",
        "<main>",
        *(_section(LABELS[group], "".join(_item(sheet, entry, numbered) for entry in entries)) for group, entries in groups),
        *([_gone(sheet)] if listed.gone else []),
        _sources(numbered),
        '<section class="sign"><p>Seen by</p><p>Name</p><p>Date and time</p></section>',
        "</main>",
        f"<footer><p>{text(_made(sheet))}</p></footer>",
    ]
    return document(f"{sheet.department}: {title}, {period.name}", "checklist.css", body)


def _section(heading: str, items: str) -> str:
    return f"<section><h2>{text(heading)}</h2><ol>{items}</ol></section>"


def _addresses(listed: Checklist) -> list[str]:
    """Every address behind the items, each once, in the order in which they come."""
    each = (part for entry in listed.entries for part in entry.item.source.split(" ; "))
    return list(dict.fromkeys(part for part in each if part != OWN_DEFAULT))


def _sources(numbered: Mapping[str, int]) -> str:
    lines = "".join(f"<li>{text(address)}</li>" for address in numbered)
    own = "“Own default” marks what this product suggests where no source was found, or goes further than its source."
    return f'<section class="sources"><h2>Sources</h2><p>{text(own)}</p><ol class="plain">{lines}</ol></section>'


def _item(sheet: Sheet, entry: Entry, numbered: Mapping[str, int]) -> str:
    item, mark = entry.item, entry.mark
    box = '<span class="box ticked" role="img" aria-label="done">✓</span>' if entry.done else '<span class="box"></span>'
    parts = [f'<li value="{entry.number}">{box}<div><p class="words">{text(item.words)}</p>']
    if item.suggestion:
        parts.append(f"<blockquote>{text(item.suggestion)}</blockquote>")
    if item.details:
        parts.append(f'<ul class="details">{"".join(f"<li>{text(line)}</li>" for line in item.details)}</ul>')
    if mark is not None and mark.is_done:
        told = who(mark, sheet.names, sheet.zone)
        parts.append(
            f'<p class="who changed">Changed since it was ticked by {text(told)}</p>'
            if entry.changed
            else f'<p class="who">Done by {text(told)}</p>'
        )
    named = item.source.split(" ; ")
    told_by = [*(["Own default"] if OWN_DEFAULT in named else []), *(f"[{numbered[one]}]" for one in named if one in numbered)]
    parts.append(f'<p class="source">{text(", ".join(told_by))}</p></div></li>')
    return "".join(parts)


def _gone(sheet: Sheet) -> str:
    lines = "".join(f"<li>{text(f'{mark.item}: {who(mark, sheet.names, sheet.zone)}')}</li>" for mark in sheet.listed.gone)
    return f'<section><h2>Ticked, and no longer on the list</h2><ul class="details">{lines}</ul></section>'


def _made(sheet: Sheet) -> str:
    when = format_local(sheet.generated_at, sheet.zone)
    period, day = sheet.listed.period.id, sheet.listed.day
    return (
        f"Made on {when} by purdah-scheduler {sheet.version}. It shows what was known then. What is ticked by hand is on the "
        f"record once it is ticked there too: purdah-scheduler calendar tick {period} NUMBER --day {day}"
    )
