"""`calendar holidays`: whether the bank holidays that dates are counted with are those of GOV.UK."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, say, tell
from purdah_scheduler.domain.civiltime import format_day

if TYPE_CHECKING:
    from purdah_scheduler.calendars.official_holidays import Apart

NEEDS_A_PERSON = 2


@verb("holidays", example="purdah-scheduler calendar holidays --file bank-holidays.json")
@click.option("--file", "path", type=click.Path(path_type=Path), required=True, metavar="FILE", help="What was saved.")
@click.pass_obj
def holidays(call: Invocation, *, path: Path) -> int:
    """Compare the product's bank holidays with a saved file of GOV.UK (www.gov.uk/bank-holidays.json).

    Statutory dates are counted in working days, so a bank holiday that was declared after this version was made puts them out
    until an upgrade. Exit code 0 where both agree, 2 where a day differs.
    """
    from purdah_scheduler.calendars.official_holidays import compare_file

    found = compare_file(path)
    if call.as_json:
        emit(
            {
                "agrees": found.agrees,
                "compared": found.compared,
                "first": found.first and found.first.isoformat(),
                "last": found.last and found.last.isoformat(),
                "missing": [_facts(each) for each in found.missing],
                "extra": [_facts(each) for each in found.extra],
                "later": found.later,
            }
        )
        return 0 if found.agrees else NEEDS_A_PERSON
    for each in found.missing:
        say(f"{_words(each)}: in the file alone, so the product counts it as a working day.")
    for each in found.extra:
        say(f"{_words(each)}: in the product alone, so it is not counted as a working day.")
    if found.first is None or found.last is None:
        say("The file has no day of the years that the product knows.")
    elif found.agrees:
        say(f"The {found.compared} bank holidays of the file from {format_day(found.first)} to {format_day(found.last)} agree.")
    if found.later:
        tell(f"{found.later} more are later than the product knows; for those years it derives no dates.")
    if not found.agrees:
        tell("Until an upgrade, give the day of the actual notice where such a day is counted: calendar derive --notice")
    return 0 if found.agrees else NEEDS_A_PERSON


def _words(each: "Apart") -> str:
    return f"{format_day(each.on)}, {inline(each.name)} ({' and '.join(each.nations)})"


def _facts(each: "Apart") -> dict[str, object]:
    return {"date": each.on.isoformat(), "name": each.name, "nations": [str(nation) for nation in each.nations]}
