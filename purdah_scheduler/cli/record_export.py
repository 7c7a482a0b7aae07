"""`audit export`: the record for people outside, with what they need to verify it."""

from pathlib import Path

import click

import purdah_scheduler
from purdah_scheduler.cli.files_out import check_out, write_out
from purdah_scheduler.cli.grammar import POST, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.errors import BadInput


@verb(
    "export",
    example="purdah-scheduler audit export --post 12 --format html --out post-12.html\n"
    "purdah-scheduler audit export --from 2026-04-01T00:00 --to 2026-05-08T00:00 --redact personal --out april.jsonl",
)
@click.option("--post", "post_id", type=POST, metavar="POST", help="Only what concerns this post.")
@click.option("--from", "since", metavar="LOCAL", help="Only what was done from then on.")
@click.option("--to", "until", metavar="LOCAL", help="Only what was done before then.")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv", "html"]), default="jsonl", show_default=True, help="How.")
@click.option("--redact", type=click.Choice(["personal"]), help="Without names, reasons and notes; each says that it is.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Replaced at once and whole (default: stdout).")
@click.pass_obj
def export(
    call: Invocation,
    *,
    post_id: int | None,
    since: str | None,
    until: str | None,
    form: str,
    redact: str | None,
    out: Path | None,
) -> None:
    """The record of a post or of a time: what was said, who wrote and cleared it, which rules applied, and what was sent.

    jsonl loses nothing and can be verified without this product; csv is safe in a spreadsheet; html is to be read and printed.
    """
    from purdah_scheduler.application import exporting

    check_out(call, out, "An export")
    wanted = exporting.Wanted(post=post_id, since=call.when(since), until=call.when(until))
    if wanted.since is not None and wanted.until is not None and wanted.until <= wanted.since:
        raise BadInput("--to is not after --from, so nothing was exported.", next_step="Give the first moment that is left out.")
    house = call.office.house
    with call.office.store.read() as reader:
        found = exporting.gather(reader, call.office, wanted, redacted=redact is not None)
        periods = {period.id: period.name for period in house.calendar(reader)}
    if form == "html":
        from purdah_scheduler.exports.page import Page

        names = {person.id: person.name for person in house.people}
        text = Page(found, zone=call.zone, names=names, periods=periods, version=purdah_scheduler.__version__).html()
    elif form == "csv":
        from purdah_scheduler.exports.table import table

        text = table(found)
    else:
        from purdah_scheduler.exports.jsonl import lines

        text = "".join(f"{line}\n" for line in lines(found))
    counts = {"entries": len(found.chosen), "posts": len(found.files)}
    write_out(text.encode("utf-8"), out, call=call, counts=counts, words=f"{counts['entries']} entries, {counts['posts']} posts")
