"""The checks of compose in words: in full beside the form, and in two lines where there is no room."""

from textual.content import Content

from purdah_scheduler.application.office import House
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.tui.compose_checks import Checks
from purdah_scheduler.tui.plain import cell, says
from purdah_scheduler.tui.postwords import GAP, block, heading
from purdah_scheduler.tui.words import counted, verdict_word

_BOUNDS = {"not_before": "Not before", "not_after": "Not after"}


def all_checks(checks: Checks, house: House, width: int) -> Content:
    """The verdict and the way past it, what is to be done, why, the length on each account, and the sources."""
    lines = _verdict(checks, house)
    if checks.free is not None:
        lines += [GAP, says(("f5 " if checks.free.at is not None else "", "bold $key"), checks.free.words)]
    if checks.problems:
        lines += [GAP, heading("Wrong"), *(says(("! ", "bold $text-error"), words) for words in checks.problems)]
    if checks.wanting:
        lines += [GAP, heading("Still to do"), *(says(("· ", "$text-warning"), words) for words in checks.wanting)]
    if checks.warnings:
        lines += [GAP, heading("To look at"), *(says(("? ", "$text-warning"), words) for words in checks.warnings)]
    findings = checks.judgement.findings if checks.judgement is not None else ()
    if findings:
        lines += [GAP, heading("Why")]
    for finding in findings:
        word = verdict_word(finding.counts)
        period = f", period {finding.period}" if finding.period else ""
        lines += [says((f"{word.sign} ", word.style), finding.reason), says((f"  rule {finding.rule}{period}", "$quiet"))]
    if checks.counts:
        lines += [GAP, heading("Length"), *(line for name in checks.counts for line in _lengths(name, checks))]
    window = [f"{_BOUNDS[name]} {words}" for name, words in checks.readings if name in _BOUNDS]
    if window:
        lines += [GAP, heading("Window"), *(says(words) for words in window)]
    sources = dict.fromkeys(part.strip() for finding in findings for part in finding.source.split(" ; ") if part.strip())
    if sources:
        lines += [GAP, heading("Sources"), *(says((cell(source, width), "$quiet")) for source in sources)]
    return block(lines, width)


def two_lines(checks: Checks, house: House, width: int) -> Content:
    """The verdict on the first line, and on the second the first thing to do about anything."""
    if checks.verdict is None:
        first = says(("No verdict yet", "$quiet"))
    else:
        word = verdict_word(checks.verdict)
        at = format_local(checks.at, house.zone)
        first = says((f"{word.sign} {word.word}", word.style), (f"  {'at' if checks.planned else 'if sent now,'} {at}", "$quiet"))
    wrong = [*checks.problems, *checks.wanting]
    if wrong:
        more = f"  (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        second = says(("! " if checks.problems else "· ", "bold $text-warning"), cell(wrong[0], width - len(more) - 2), more)
    elif checks.free is not None:
        second = says(("f5 " if checks.free.at else "", "bold $key"), cell(checks.free.words, width - 3))
    elif checks.judgement is not None and checks.judgement.standing:
        second = says(cell(checks.judgement.standing[0].reason, width))
    elif checks.warnings:
        second = says(("? ", "bold $text-warning"), cell(checks.warnings[0], width - 2))
    else:
        second = says(("Nothing is wrong.", "$quiet"))
    return block(line.truncate(width, ellipsis=True) for line in (first, second))


def title_words(checks: Checks | None) -> str:
    """The head of the short form: how much there is to look at."""
    if checks is None:
        return "Checks"
    wrong = len(checks.problems) + len(checks.wanting)
    if wrong:
        return f"Checks: {counted(wrong, 'thing')} to do"
    return f"Checks: {counted(len(checks.warnings), 'thing')} to look at" if checks.warnings else "Checks"


def _verdict(checks: Checks, house: House) -> list[Content]:
    at = format_local(checks.at, house.zone)
    when = f"at {at}" if checks.planned else f"if it were sent now, {at}"
    if checks.verdict is None:
        return [heading("Pre-election check"), says(("No verdict yet: the rules need an account and a category.", "$quiet"))]
    word = verdict_word(checks.verdict)
    return [heading("Pre-election check"), says((f"{word.sign} {word.word}", word.style)), says((when, "$quiet"))]


def _lengths(account: str, checks: Checks) -> list[Content]:
    """How long the words are on an account; of a thread a line for each part."""
    parts = checks.parts[account]
    lines = []
    for number, count in enumerate(parts, start=1):
        which = f"{account} {number} of {len(parts)}  " if len(parts) > 1 else f"{account}  "
        style = "bold $text-error" if count.used > count.limit else "$foreground"
        lines.append(says(which, (f"{count.used:,} of {count.limit:,} {count.unit}", style)))
    return lines
