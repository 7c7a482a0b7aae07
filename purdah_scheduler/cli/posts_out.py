"""`export`: every post, or those of a list, as a file that `import` reads back."""

from pathlib import Path

import click

from purdah_scheduler.cli.files_out import check_out, write_out
from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.posts import STATE, own_accounts


@verb(
    "export",
    example="purdah-scheduler export --out posts.jsonl\n"
    "purdah-scheduler export --account outbox --from 2026-04-01 --to 2026-04-30 --format csv --out april.csv",
)
@click.option("--state", "states", multiple=True, type=STATE, metavar="STATE", help="Only in this state; can be repeated.")
@click.option("--account", metavar="ID", help="Only those that are for this account too.")
@click.option("--author", metavar="PERSON", help="Only those that this person began.")
@click.option("--words", default="", metavar="TEXT", help="Only those that have these words in title or text.")
@click.option("--from", "since", metavar="TIME", help="Only from this time or day on.")
@click.option("--to", "until", metavar="TIME", help="Only before this time, or up to the end of this day.")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True, help="How.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Replaced at once and whole (default: stdout).")
@click.pass_obj
def export(
    call: Invocation,
    *,
    states: tuple[str, ...],
    account: str | None,
    author: str | None,
    words: str,
    since: str | None,
    until: str | None,
    form: str,
    out: Path | None,
) -> None:
    """What each post says now, and what became of it: its state, its deliveries and where they are public.

    jsonl loses nothing; csv is safe in a spreadsheet. `import` reads both back, as drafts. Pictures are named by their hash: they
    are in the backup, not in this file. Who wrote and cleared what is in `audit export`.
    """
    from purdah_scheduler.application.lists import QueueFilter
    from purdah_scheduler.exports.posts_document import posts_document

    check_out(call, out, "An export")
    house = call.office.house
    wanted = QueueFilter(
        states=frozenset(states),
        account=own_accounts(call, (account,))[0] if account else "",
        author=house.person(author).id if author else "",
        words=words,
        since=call.since(since),
        until=call.until(until),
    )
    made = posts_document(call.office, wanted, form=form)
    counted = "1 post" if made.posts == 1 else f"{made.posts} posts"
    write_out(made.data, out, call=call, counts={"posts": made.posts}, words=counted)
