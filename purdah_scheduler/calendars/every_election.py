"""Answers of Every Election (Democracy Club): their ballots, folded by organisation and polling day into periods."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from purdah_scheduler.calendars.ballots import BadBallot, Ballot, Skipped, read_result
from purdah_scheduler.calendars.derived import Notice, Part, Poll, period_id, periods_of
from purdah_scheduler.calendars.election_ids import ElectionId, place_name, place_of, read_id, title_of
from purdah_scheduler.calendars.json_text import MAX_BYTES, NotJson, parse_json
from purdah_scheduler.calendars.not_derived import COUNCIL_POLLS
from purdah_scheduler.calendars.saved_file import read_saved
from purdah_scheduler.calendars.timetable import timetable
from purdah_scheduler.domain.addresses import EVERY_ELECTION
from purdah_scheduler.domain.civiltime import MONTHS, format_day
from purdah_scheduler.domain.periods import Nation, Period
from purdah_scheduler.domain.reveal import one_line
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

PATH = "/api/elections/"
"""Where Every Election answers for the elections that it knows."""

_HOME_NATIONS = frozenset({Nation.ENGLAND, Nation.SCOTLAND, Nation.WALES, Nation.NI})
_GOVERNMENTS = frozenset({"government", "scottish-gov", "welsh-gov", "ni-departments"})
"""Parts that follow from a whole day of polls and not from the ballots of one organisation."""
MAX_RESULTS = 12_000
"""At once: more than the ballots of any polling day so far. What finds more is asked for, or saved, in parts."""
_TOLD = 3
_SAVE = "Save the answer of Every Election as it is, and give all of its pages at once."


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One period that the files bring, the ballots that it was folded from, and what a person should know about it."""

    period: Period
    ballots: tuple[str, ...]
    remarks: tuple[str, ...]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class CalledOff:
    """An election all of whose ballots are cancelled: the ids of the periods that it would have brought, and what replaces it."""

    periods: tuple[str, ...]
    ballots: tuple[str, ...]
    replaced_by: tuple[str, ...]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What the files bring; nothing of it is declared yet. `groups` counts what is no ballot, and what was deleted."""

    incoming: tuple[Incoming, ...]
    called_off: tuple[CalledOff, ...]
    skipped: tuple[Skipped, ...]
    ballots: int
    groups: int


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One page of a list, or a single election, as it came; `name` is its file or its address in the words about a fault."""

    name: str
    data: bytes


def read_files(paths: Sequence[Path]) -> Import:
    """The periods in saved answers of Every Election: pages of a list, or single elections.

    A file has at most 20 MB and is nested at most 32 deep; that is checked before it is parsed. All of them together have at
    most 12,000 results. Raises BadInput with file and line; then nothing of any file is taken.
    """
    return read_answers(_saved(path) for path in paths)


def read_answers(answers: Iterable[Answer]) -> Import:
    """The same for answers that are at hand, whatever they came from."""
    results: list[_Result] = []
    expected, counted_by = 0, ""
    for answer in answers:
        found, count = _results_in(answer, room=MAX_RESULTS - len(results))
        results += found
        if count > expected:
            expected, counted_by = count, answer.name
    if len({result.key for result in results}) < expected:
        raise BadInput(
            f"{counted_by}: Every Election found {expected} results and {len(results)} of them were given, "
            "so nothing was imported.",
            next_step=_SAVE,
        )
    return _fold(results)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """One result as it was read; `key` tells two of them apart."""

    key: str
    ballot: Ballot | Skipped | None


def _saved(path: Path) -> Answer:
    return Answer(name=str(path), data=read_saved(path, limit=MAX_BYTES, undone="imported", next_step=_SAVE))


def _results_in(answer: Answer, *, room: int) -> tuple[list[_Result], int]:
    """The results of one answer, at most `room`, and how many there are on all of its pages together."""
    try:
        document, text = parse_json(answer.data)
    except NotJson as fault:
        raise BadInput(f"{answer.name} line {fault.line}: {fault.reason}, so nothing was imported.", next_step=_SAVE) from None
    page = document if isinstance(document, dict) else {"results": document}
    results = page.get("results", [page] if "election_id" in page else None)
    if not isinstance(results, list):
        raise BadInput(f"{answer.name} line 1: has no list of results, so nothing was imported.", next_step=_SAVE)
    if len(results) > room:
        raise BadInput(
            f"{answer.name} line 1: more than {MAX_RESULTS} results are not taken at once, so nothing was imported.",
            next_step="Save the polls of fewer days, and import them one after the other.",
        )
    count = page.get("count")
    read: list[_Result] = []
    faults: list[str] = []
    for number, result in enumerate(results):
        name = result.get("election_id") if isinstance(result, dict) else None
        key = name if isinstance(name, str) else ""
        try:
            read.append(_Result(key=key, ballot=read_result(result)))
        except BadBallot as fault:
            line = _line_of_result(text, number, len(results)) if len(faults) < _TOLD else 1
            faults.append(f"{answer.name} line {line}: the result {one_line(key, 80) or number + 1} {fault}")
    if faults:
        more = f" There are {len(faults) - _TOLD} more." if len(faults) > _TOLD else ""
        raise BadInput(f"{' '.join(faults[:_TOLD])}{more} Nothing was imported.", next_step=_SAVE)
    return read, count if isinstance(count, int) else 0


def _line_of_result(text: str, number: int, results: int) -> int:
    """The line on which a result names its id; 1 where the text does not tell."""
    starts = [found.start() for found in re.finditer(r'"election_id"\s*:', text)]
    return text.count("\n", 0, starts[number]) + 1 if len(starts) == results else 1


# --- folding ------------------------------------------------------------------------------------------------------


def _fold(results: Iterable[_Result]) -> Import:
    """One period for each organisation and polling day; a by-election has one of its own, with its place."""
    ballots: dict[str, Ballot] = {}
    skipped: dict[str, Skipped] = {}
    groups = 0
    for result in results:
        if isinstance(result.ballot, Ballot):
            ballots[result.ballot.election.text] = result.ballot
        elif isinstance(result.ballot, Skipped):
            skipped[result.ballot.election] = result.ballot
        else:
            groups += 1
    read = len(ballots)
    for ballot in tuple(ballots.values()):
        replacement = _replacement(ballot, ballots)
        if replacement is not None:
            ballots[replacement.election.text] = replacement
    folds: dict[tuple[str, ...], list[Ballot]] = {}
    for ballot in ballots.values():
        folds.setdefault(_key(ballot), []).append(ballot)

    incoming: list[Incoming] = []
    called_off: list[CalledOff] = []
    for fold in folds.values():
        try:
            brought = _periods(fold)
        except BadInput as refusal:
            reason = refusal.message.partition(", so nothing")[0]
            skipped |= {each.election.text: Skipped(election=each.election.text, reason=f"{reason}.") for each in fold}
            continue
        ids = tuple(ballot.election.text for ballot in fold)
        if all(ballot.cancelled for ballot in fold):
            replaced = tuple(ballot.replaced_by for ballot in fold if ballot.replaced_by)
            called_off.append(CalledOff(periods=tuple(p.id for p in brought), ballots=ids, replaced_by=replaced))
        else:
            remarks = _remarks(fold)
            incoming += [Incoming(period=period, ballots=ids, remarks=remarks) for period in brought]
    return Import(
        incoming=tuple(sorted(incoming, key=lambda each: (each.period.starts, each.period.id))),
        called_off=tuple(called_off),
        skipped=tuple(skipped.values()),
        ballots=read,
        groups=groups,
    )


def _replacement(ballot: Ballot, known: dict[str, Ballot]) -> Ballot | None:
    """The ballot that takes the place of a cancelled one, read from its id where the files do not have it."""
    if not ballot.cancelled or not ballot.replaced_by or ballot.replaced_by in known:
        return None
    try:
        election = read_id(ballot.replaced_by)
    except BadInput:
        return None
    return replace(ballot, election=election, notice=None, cancelled=False, replaced_by="", from_id=True)


def _key(ballot: Ballot) -> tuple[str, ...]:
    election = ballot.election
    holder = ballot.organisation or "-".join(election.places[:1])
    return (election.type, holder, str(election.polling_day), _area(ballot) if election.by else "")


def _area(ballot: Ballot) -> str:
    """The place that the poll is about: of a by-election the division, else the organisation, unless it is a parliament."""
    election = ballot.election
    if election.by:
        return ballot.division or (place_name(election.places[-1]) if election.places else ballot.organisation)
    return (ballot.organisation if election.type in ("local", "pcc") else "") or place_of(election)


def _periods(fold: Sequence[Ballot]) -> tuple[Period, ...]:
    """The periods of one organisation and day. Raises BadInput where the dates have to be calculated and cannot be."""
    standing = [ballot for ballot in fold if not ballot.cancelled] or list(fold)
    first = min(standing, key=lambda ballot: ballot.election.text)
    named = frozenset().union(*(ballot.nations for ballot in standing))
    nations = frozenset({Nation.UK}) if named >= _HOME_NATIONS else named
    election, area = _whole(first.election), _area(first)
    holder = first.organisation or " and ".join(sorted(nations))
    day = election.polling_day
    where = [area or " and ".join(sorted(nations - {Nation.UK})), first.organisation if election.by else ""]
    poll = Poll(
        election=election,
        nations=nations,
        area=area,
        title=", ".join(bit for bit in (title_of(election), *where, f"{day.day} {MONTHS[day.month - 1]} {day.year}") if bit),
        stem=period_id("ee", election.type, _slug(holder), *([_slug(area), "by"] if election.by else [])),
        notice=_notice(standing),
    )
    parts = periods_of(poll)
    own = [part for part in parts if part.name not in _GOVERNMENTS] or [part for part in parts if election.by]
    return tuple(_sourced(part, first) for part in own)


def _whole(election: ElectionId) -> ElectionId:
    """The election that a ballot belongs to: without its division, and for a parliament without a place at all."""
    keep = election.places if election.by else election.places[:1] if election.type in ("local", "mayor", "pcc", "ref") else ()
    return replace(election, places=keep)


def _notice(ballots: Sequence[Ballot]) -> Notice | None:
    """The earliest notice that the file gives; where it gives none, the one that the law does. None: nothing starts with it."""
    election = ballots[0].election
    if election.type == "ref" or (election.by and election.type not in (*COUNCIL_POLLS, "pcc")):
        return None
    given = [ballot.notice for ballot in ballots if ballot.notice is not None]
    if given:
        return Notice(latest=min(given), reckoned=f"at the latest on {format_day(min(given))}, as Every Election has it")
    dates = [timetable(ballot.election, ballot.nations) for ballot in ballots]
    found = min((each for each in dates if each.notice is not None), key=lambda each: each.notice or each.deadlines[0].on)
    latest = found.notice or found.deadlines[0].on
    return Notice(latest=latest, reckoned=f"not later than {found.working_days} working days before the poll")


def _sourced(part: Part, ballot: Ballot) -> Period:
    return replace(part.period, source=f"{EVERY_ELECTION}{PATH}{ballot.election.text}/ ; {part.period.source}")


def _remarks(fold: Sequence[Ballot]) -> tuple[str, ...]:
    remarks = []
    cancelled = [ballot.election.text for ballot in fold if ballot.cancelled]
    if cancelled:
        remarks.append(f"{len(cancelled)} of its {len(fold)} ballots cancelled; the election goes on.")
    if all(ballot.notice is None for ballot in fold if not ballot.cancelled) and fold[0].election.type != "ref":
        remarks.append("Its dates are not in the file and were calculated.")
    if any(ballot.from_id for ballot in fold):
        remarks.append("It replaces a cancelled ballot and is known by its id alone.")
    return tuple(remarks)


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-")
