"""The checks of compose in words: in full beside the form, and in two lines where there is no room."""

from textual.content import Content

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.application.office import House
from purdah_scheduler.application.wanting import Wanted
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.policy import Finding
from purdah_scheduler.domain.readability import SOURCE
from purdah_scheduler.tui.compose_checks import Checks
from purdah_scheduler.tui.plain import cell, says
from purdah_scheduler.tui.postwords import GAP, block, heading
from purdah_scheduler.tui.words import counted, verdict_word

_BOUNDS = {"not_before": "Not before", "not_after": "Not after"}


def all_checks(checks: Checks, house: House, width: int, *, brief: bool = False) -> Content:
    """The verdict and the way past it, what is to be done, why and by which source, who clears it, and what is easier to read.

    `brief`: each source is cut to one line.
    """
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
        lines += [GAP, heading("Why"), *(line for finding in findings for line in _why(finding, width if brief else 0))]
    if checks.wanted:
        lines += [GAP, heading("Who clears it"), *(line for wanted in checks.wanted for line in _wanted(wanted, house))]
    if checks.hints:
        lines += [GAP, heading("Easier to read"), *(says(("· ", "$text-warning"), words) for words in checks.hints)]
        lines += [says((_address(SOURCE, width if brief else 0), "$quiet"))]
    if checks.counts:
        lines += [GAP, heading("Length"), *(line for name in checks.counts for line in _lengths(name, checks))]
    window = [f"{_BOUNDS[name]} {words}" for name, words in checks.readings if name in _BOUNDS]
    if window:
        lines += [GAP, heading("Window"), *(says(words) for words in window)]
    if checks.seen and checks.limits:
        lines += [GAP, heading("Pictures"), *(_takes(name, one, len(checks.seen)) for name, one in checks.limits.items())]
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
    elif checks.hints:
        second = says(("· ", "$text-warning"), cell(checks.hints[0], width - 2))
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
    look = len(checks.warnings) + len(checks.hints)
    return f"Checks: {counted(look, 'thing')} to look at" if look else "Checks"


def _verdict(checks: Checks, house: House) -> list[Content]:
    at = format_local(checks.at, house.zone)
    when = f"at {at}" if checks.planned else f"if it were sent now, {at}"
    periods = [says((f"in {letter}  ", "bold"), (name, "$quiet")) for letter, name in checks.in_force]
    if checks.verdict is None:
        return [heading("Pre-election check"), says(("No verdict yet: the rules need an account and a category.", "$quiet"))]
    word = verdict_word(checks.verdict)
    return [heading("Pre-election check"), says((f"{word.sign} {word.word}", word.style)), says((when, "$quiet")), *periods]


def _why(finding: Finding, width: int) -> list[Content]:
    """One finding: the reason, then its rule with the period, and where the two come from."""
    word = verdict_word(finding.counts)
    period = f", period {finding.period}" if finding.period else ""
    sources = dict.fromkeys(part.strip() for part in finding.source.split(" ; ") if part.strip())
    return [
        says((f"{word.sign} ", word.style), finding.reason),
        says((f"  rule {finding.rule}{period}", "$quiet")),
        *(says((_address(source, width), "$quiet")) for source in sources),
    ]


def _address(source: str, width: int) -> str:
    """A source below what it is the source of; with a `width`, cut to one line."""
    return f"  {cell(source, width - 2) if width else source}"


def _wanted(wanted: Wanted, house: House) -> list[Content]:
    """One thing that has to be given, and by name who can give it."""
    names = {person.id: person.name for person in house.people}
    who = ", ".join(names.get(person, person) for person in wanted.people) or "nobody in the configuration can give it"
    return [says(("· ", "$key"), (wanted.label, "bold"), f": {wanted.brief}"), says(("  " + who, "$quiet"))]


def _takes(account: str, limits: Limits, many: int) -> Content:
    """What an account takes of pictures, and whether these are too many."""
    style = "bold $text-error" if many > limits.max_images else "$foreground"
    kinds = ", ".join(kind.removeprefix("image/").upper() for kind in limits.image_types)
    rest = f" up to {limits.max_image_bytes:,} bytes, described in {limits.max_alt:,} characters: {kinds}"
    return says(f"{account}  ", (f"{many} of {limits.max_images}", style), (rest if limits.max_images else "", "$quiet"))


def _lengths(account: str, checks: Checks) -> list[Content]:
    """How long the words are on an account; of a thread a line for each part."""
    parts = checks.parts[account]
    lines = []
    for number, count in enumerate(parts, start=1):
        which = f"{account} {number} of {len(parts)}  " if len(parts) > 1 else f"{account}  "
        style = "bold $text-error" if count.used > count.limit else "$foreground"
        lines.append(says(which, (f"{count.used:,} of {count.limit:,} {count.unit}", style)))
    return lines
