"""The kinds of post in words: what each means, and how the rules treat it on most days and at a given time."""

from collections.abc import Sequence

from textual.content import Content

from purdah_scheduler.application.category_guide import Treated
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.postwords import GAP, block
from purdah_scheduler.tui.words import verdict_word


def guide_words(found: Sequence[Treated], chosen: str, at: str, width: int) -> Content:
    """Every kind of post, the chosen one first, wrapped to `width` cells; `at` is the time in words."""
    lines: list[Content] = [says((f"At {at}, by the rules that hold then for the accounts of this post:", "$quiet"))]
    for entry in sorted(found, key=lambda entry: entry.category != chosen):
        lines += [GAP, *_entry(entry, is_chosen=entry.category == chosen)]
    return block(lines, width)


def _entry(entry: Treated, *, is_chosen: bool) -> list[Content]:
    now, usual = verdict_word(entry.verdict), verdict_word(entry.usual)
    lines = [
        says((entry.label, "bold"), ("  (chosen)" if is_chosen else "", "bold $key")),
        says((f"  {now.sign} {now.word}", now.style), (f"   on most days: {usual.word}", "$quiet")),
    ]
    lines += [says(("  · ", "$quiet"), finding.reason) for finding in entry.findings]
    return [*lines, *(says((f"    {source}", "$quiet")) for source in entry.source.split(" ; "))]
