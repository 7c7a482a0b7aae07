"""A checklist in words: its title, how far it is, who ticked an item, and where an item comes from."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from purdah_scheduler.domain.checklist import Checklist, Mark
from purdah_scheduler.domain.civiltime import format_day, format_local
from purdah_scheduler.domain.policy import OWN_DEFAULT


def title_of(listed: Checklist) -> str:
    """`Checklist of the first day: Monday 23 November 2026`."""
    when = f": {format_day(listed.on)}" if listed.on is not None else ""
    return f"Checklist of the {listed.day} day{when}"


def progress(listed: Checklist) -> str:
    """`7 of 19 done.`, and how many of the others were done before they changed."""
    changed = sum(entry.changed for entry in listed.entries)
    since = f" {changed} changed since {'it was' if changed == 1 else 'they were'} ticked." if changed else ""
    return f"{listed.done} of {len(listed.entries)} done.{since}"


def who(mark: Mark, names: Mapping[str, str], zone: ZoneInfo) -> str:
    """`Asha Rowntree, Mon 23 Nov 2026 09:12 GMT: the note`."""
    note = f": {mark.note}" if mark.note else ""
    return f"{names.get(mark.person, mark.person)}, {format_local(mark.at, zone)}{note}"


def source_in_words(source: str) -> str:
    """The addresses of an item; what no source was found for is said to be the product's own."""
    return "; ".join("this product's own default" if part == OWN_DEFAULT else part for part in source.split(" ; "))
