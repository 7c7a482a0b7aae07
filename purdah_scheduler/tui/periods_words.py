"""What the screen of the periods says in words: one line of the list, the line above it, and one period in full."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rich.cells import set_cell_size
from textual.content import Content

from purdah_scheduler.application.office import House
from purdah_scheduler.application.period_views import PeriodLine, PeriodView
from purdah_scheduler.domain.civiltime import MONTHS, format_day, format_local, last_date, local_date, london
from purdah_scheduler.domain.in_words import end_in_words, status_in_words
from purdah_scheduler.domain.notable import Notable
from purdah_scheduler.domain.period_changes import Action, PeriodChange, Proposal
from purdah_scheduler.domain.periods import EndMode, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.standing import Standing, standing
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.month import in_force_on
from purdah_scheduler.tui.periods_filter import WantedPeriods
from purdah_scheduler.tui.plain import cell, plain, says
from purdah_scheduler.tui.postwords import block
from purdah_scheduler.tui.rowlist import Piece
from purdah_scheduler.tui.words import Word, counted, span

_KEY, _DOES, _COVERS, _DAY, _END, _HOLDS, _STATE = 5, 8, 17, 12, 13, 6, 25
_LEAST_NAME = 14
_WIDE, _MIDDLE = 104, 70
_DOES_WORDS = {Verdict.BLOCK: "blocks", Verdict.FLAG: "flags", Verdict.ALLOW: "allows"}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class PeriodPage:
    """What is said of one period in full, with its letter and the dates that the law sets before its poll."""

    view: PeriodView
    letter: str
    deadlines: tuple[Notable, ...]


def does_word(line: PeriodLine, now: datetime) -> str:
    """What it does to posts, in a word: freeze, blocks, flags or, while it is announced and has not begun, notice."""
    if line.period.kind is Kind.FREEZE:
        return "freeze"
    return "notice" if standing(line.period, now) is Standing.ANNOUNCED else _DOES_WORDS[line.does]


def standing_word(line: PeriodLine, now: datetime, zone: ZoneInfo) -> Word:
    """Where it stands by sign and word, the most pressing first: `in force, day 20 of 43`, `in 6 days`, `ended 8 May 2026`."""
    period, where = line.period, standing(line.period, now)
    unsure = "provisional, " if period.status is PeriodStatus.PROVISIONAL else ""
    if line.asked:
        return Word(word="awaits a second person", sign="?", tone="wait")
    match where:
        case Standing.SUPPRESSED | Standing.CANCELLED:
            return Word(word=str(where), sign="-", tone="quiet")
        case Standing.OVER:
            return Word(word=f"ended {_end(period, zone)}", sign="·", tone="quiet")
        case Standing.AWAITING_END:
            return Word(word="waits for its end", sign="!", tone="alarm")
        case Standing.IN_FORCE:
            (here,) = in_force_on(local_date(now, zone), (period,), {}, zone)
            return Word(word=f"{unsure}in force, {here.place}", sign="=", tone="wait" if line.ours else "calm")
        case _:
            return Word(word=f"{unsure}in {span(period.starts - now)}", sign=">", tone="calm")


def period_pieces(line: PeriodLine, letter: str, width: int, *, now: datetime, zone: ZoneInfo) -> Sequence[Piece]:
    """One line; what does not fit a narrow window is said of the period in full."""
    period, word = line.period, standing_word(line, now, zone)
    calm = "calm" if line.ours and word.tone != "quiet" else "quiet"
    name = _name_width(width)
    pieces: list[Piece] = [(f" {letter:<{_KEY - 1}}", calm), (_fit(period.name, name), calm)]
    if width >= _WIDE:
        pieces += [(f"{does_word(line, now):<{_DOES}}", calm), (_fit(covers(period), _COVERS), "quiet")]
    pieces.append((f"{_day(period.starts, zone):<{_DAY}}", calm))
    if width >= _MIDDLE:
        pieces.append((f"{_end(period, zone):<{_END}}", calm))
    if width >= _WIDE:
        pieces.append((f"{line.holds or '':<{_HOLDS}}", "wait" if line.holds else "quiet"))
    used = sum(_columns(width))
    return [*pieces, (cell(f"{word.sign} {word.word}", max(width - used, 4)), word.tone)]


def period_columns(width: int) -> Content:
    """The names of the columns of a list of this width."""
    wide = width >= _WIDE
    parts = [
        f"  {'Key':<{_KEY - 1}}",
        f"{'Name':<{_name_width(width)}}",
        f"{'Does':<{_DOES}}{'Covers':<{_COVERS}}" if wide else "",
        f"{'Starts':<{_DAY}}",
        f"{'Ends':<{_END}}" if width >= _MIDDLE else "",
        f"{'Holds':<{_HOLDS}}" if wide else "",
        "State",
    ]
    return plain("".join(parts), "$quiet")


def periods_summary(wanted: WantedPeriods, lines: Sequence[PeriodLine], *, shown: int, now: datetime) -> Content:
    """The line above the list: what is shown, how many are in force, and what waits for a person."""
    stand = [standing(line.period, now) for line in lines if line.ours]
    in_force = sum(where in (Standing.IN_FORCE, Standing.AWAITING_END) for where in stand)
    asked = sum(len(line.asked) for line in lines)
    ends = stand.count(Standing.AWAITING_END)
    return says(
        ("Periods", "bold"),
        (f"  {cell(wanted.text, 40)}" if wanted.text else "", "$key"),
        (f"  {counted(shown, 'period')}", "$quiet"),
        (f"   {in_force} in force here" if in_force else "   none in force here", "$foreground"),
        (f"   {counted(asked, 'change')} for a second person" if asked else "", "$text-warning"),
        (f"   {ends} past its end" if ends else "", "$text-warning"),
    )


def no_periods(wanted: WantedPeriods, total: int) -> Content:
    """Why the list is empty, and the one key that helps."""
    if not wanted.text:
        return says("The calendar has no period.  Press ", ("n", "bold $key"), " to declare one.")
    hidden = counted(total, "period is", "periods are")
    asked = (cell(wanted.text, 60), "bold")
    return says("No period is like  ", asked, f"\n\n({hidden} hidden.)  Press ", ("esc", "bold $key"), " to see all of them.")


def covers(period: Period) -> str:
    """Whom and what it covers, in as few words as can be: the nations, the place, what it is limited to."""
    where = "all of the UK" if Nation.UK in period.nations or len(period.nations) > 3 else ", ".join(sorted(period.nations))
    return "; ".join(filter(None, [period.area or where, period.limits()]))


def dates_in_words(period: Period) -> str:
    """From when to when, in UK time; `or later` of one that lasts until a person records that it is over."""
    over = None if period.is_off else period.ended_at()
    lasts = " or later" if _is_open(period) else ""
    return f"{format_local(period.starts, london())} to {format_local(over or period.ends, london())}{lasts}"


def proposal_in_words(proposal: Proposal) -> str:
    """What was asked for: `shorten to Fri 20 Feb 2027 22:00 GMT`."""
    return f"{proposal.action}{_instant(proposal.action, proposal.instant)}"


def period_in_full(page: PeriodPage, house: House, *, now: datetime, width: int) -> Content:
    """One period: where it stands, what waits, its rules, dates and scope, its source, who declared it, and every change."""
    view, period, zone = page.view, page.view.period, house.zone
    names = {person.id: person.name for person in house.people}
    word = standing_word(view.line, now, zone)
    lines = [
        says(
            (f"{page.letter} ", "bold $key"),
            (period.name.replace("\n", " "), "bold"),
            (f"  {word.sign} {word.word}", word.style),
            (f"  holds {counted(view.line.holds, 'post')}" if view.line.holds else "", "$text-warning"),
        )
    ]
    for proposal in view.line.asked:
        who = ", ".join(view.seconds.get(proposal.id, ())) or "nobody in the configuration"
        words = (
            f"? Proposal {proposal.id}: {proposal_in_words(proposal)}, by {proposal.person}, {format_local(proposal.at, zone)}"
        )
        lines += [
            says((words, "$text-warning")),
            says(f"  “{proposal.reason.replace(chr(10), ' ')}”  It can be answered by: {who}."),
        ]
    facts = _facts(page, house, names, now)
    wide = max(len(label) for label, _ in facts)
    lines += [
        says((f"{label if number == 0 else '':<{wide}}  ", "$quiet"), each.replace("\n", " "))
        for label, said in facts
        for number, each in enumerate(said)
    ]
    return block(lines, width)


def _facts(page: PeriodPage, house: House, names: Mapping[str, str], now: datetime) -> list[tuple[str, list[str]]]:
    """Labels, each with what is said of it in lines; what is empty is left out."""
    view, period = page.view, page.view.period
    bound = ", ".join(view.accounts) or "no account of the configuration"
    gone = f"; it names {', '.join(view.gone)}, which the configuration does not have" if view.gone else ""
    by, at = view.declared or ("", now)
    facts: list[tuple[str, list[str]]] = [
        ("Suppressed", [period.suppressed]),
        ("Rules", [f"{does_word(view.line, now)}: {view.rules}"]),
        ("Bodies", [", ".join(sorted(period.bodies))]),
        ("Nations", [", ".join(sorted(period.nations))]),
        ("Area", [period.area]),
        ("Accounts", [bound + gone]),
        ("Starts", [format_local(period.starts, london())]),
        ("Ends", [end_in_words(period, now)]),
        ("End", [period.ends_note]),
        ("Announced", [format_local(period.announced_at, london()) if period.announced_at else ""]),
        ("Poll", [format_day(period.polling_day) if period.polling_day else ""]),
        ("By law", [f"{format_day(entry.on)}  {entry.words}" for entry in page.deadlines]),
        ("Status", [f"{status_in_words(period)}, {period.kind}, basis {period.basis}"]),
        ("Basis", [period.basis_note]),
        ("Source", [each.strip() for each in period.source.split(" ; ")]),
        ("Known from", [period.origin]),
        ("Declared by", [f"{names.get(by, by)}, {format_local(at, house.zone)}" if by else ""]),
        ("Changed", [change_in_words(change) for change in view.changes]),
        ("Notes", [period.notes]),
        ("Id", [period.id]),
    ]
    return [(label, [each for each in said if each]) for label, said in facts if any(said)]


def change_in_words(change: PeriodChange) -> str:
    """One change on record, by whom and why."""
    by = f"{change.person} and {change.second}" if change.second else change.person
    why = f": {change.reason}" if change.reason else ""
    return f"{change.action}{_instant(change.action, change.instant)} by {by}, {format_local(change.at, london())}{why}"


def _instant(action: Action, instant: datetime | None) -> str:
    if instant is None:
        return ""
    return f" {'at' if action is Action.LIFT else 'to'} {format_local(instant, london())}"


def _columns(width: int) -> tuple[int, ...]:
    """The widths of every column before the last."""
    wide = (_DOES, _COVERS, _HOLDS) if width >= _WIDE else ()
    return (_KEY, _name_width(width), *wide, _DAY, *((_END,) if width >= _MIDDLE else ()))


def _name_width(width: int) -> int:
    fixed = _KEY + _STATE + _DAY
    if width >= _MIDDLE:
        fixed += _END
    if width >= _WIDE:
        fixed += _DOES + _COVERS + _HOLDS
    return max(width - fixed, _LEAST_NAME)


def _fit(text: str, width: int) -> str:
    """Exactly so many cells, the last one blank: what people wrote can be wide."""
    return set_cell_size(cell(text, width - 1), width)


def _day(at: datetime, zone: ZoneInfo) -> str:
    return _in_figures(local_date(at, zone))


def _in_figures(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def _end(period: Period, zone: ZoneInfo) -> str:
    """The last day of it."""
    if _is_open(period):
        return "until lifted"
    end = period.ends if period.is_off else period.ended_at() or period.ends
    return _in_figures(last_date(end, zone))


def _is_open(period: Period) -> bool:
    """Whether it lasts until a person says so, and nobody has."""
    return period.end_mode is EndMode.MANUAL_LIFT and not period.is_off and period.ended_at() is None
