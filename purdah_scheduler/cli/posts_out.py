"""`export`: every post, or those of a list, as a file that `import` reads back."""

from pathlib import Path
from typing import Unpack

import click

from purdah_scheduler.cli.files_out import check_out, write_out
from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.posts_wanted import Typed, choosing_posts, posts_wanted


@verb(
    "export",
    example="purdah-scheduler export --out posts.jsonl\n"
    "purdah-scheduler export --account outbox --from 2026-04-01 --to 2026-04-30 --format csv --out april.csv",
)
@choosing_posts
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True, help="How.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Replaced at once and whole (default: stdout).")
@click.pass_obj
def export(call: Invocation, *, form: str, out: Path | None, **chosen: Unpack[Typed]) -> None:
    """What each post says now, and what became of it: its state, its deliveries and where they are public.

    jsonl loses nothing; csv is safe in a spreadsheet. `import` reads both back, as drafts. Pictures are named by their hash: they
    are in the backup, not in this file. Who wrote and cleared what is in `audit export`.
    """
    from purdah_scheduler.exports.posts_document import posts_document

    check_out(call, out, "An export")
    made = posts_document(call.office, posts_wanted(call, chosen), form=form)
    counted = "1 post" if made.posts == 1 else f"{made.posts} posts"
    write_out(made.data, out, call=call, counts={"posts": made.posts}, words=counted)
