"""The entries as a table for a spreadsheet, in which no cell is a formula."""

import csv
import io

from purdah_scheduler.application.exporting import Export
from purdah_scheduler.domain.audit import stamp
from purdah_scheduler.exports.in_words import details, known_by, what, who

COLUMNS = ("entry", "at", "person", "known_by", "post", "delivery", "what", "details", "hash", "escaped")

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - the wide ones begin formulas too


def table(export: Export) -> str:
    """CSV with a line for each entry; `escaped` says how many of its cells have an apostrophe before them that is not theirs."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in export.entries:
        cells = [
            str(entry.seq),
            stamp(entry.at),
            who(entry, redacted=export.redacted),
            known_by(entry),
            "" if entry.post is None else str(entry.post),
            "" if entry.delivery is None else str(entry.delivery),
            what(entry),
            details(entry, redacted=export.redacted),
            entry.hash,
        ]
        safe = [harmless(cell) for cell in cells]
        writer.writerow([*safe, str(sum(one != other for one, other in zip(safe, cells, strict=True)))])
    return out.getvalue()


def harmless(cell: str) -> str:
    """The cell as no spreadsheet takes it for a formula (CWE-1236: quotation marks do not help); blanks before it are skipped."""
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell
