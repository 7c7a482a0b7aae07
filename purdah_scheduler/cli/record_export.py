"""`audit export`: the record for people outside, with what they need to verify it."""

from pathlib import Path

import click

from purdah_scheduler.cli.files_out import check_out, write_out
from purdah_scheduler.cli.grammar import POST, verb
from purdah_scheduler.cli.invocation import Invocation


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
    from purdah_scheduler.application.exporting import Wanted
    from purdah_scheduler.exports.document import document

    check_out(call, out, "An export")
    wanted = Wanted(post=post_id, since=call.when(since), until=call.when(until))
    made = document(call.office, wanted, form=form, redacted=redact is not None)
    write_out(made.data, out, call=call, counts={"entries": made.entries, "posts": made.posts}, words=made.words)
