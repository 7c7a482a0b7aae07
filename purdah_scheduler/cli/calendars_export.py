"""`calendar export`: the periods, and the queue if asked for, as an ICS calendar to subscribe to."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.checking import bodies_in, known_calendar
from purdah_scheduler.cli.effects import counted
from purdah_scheduler.cli.files_out import check_out, counted_periods, write_out
from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.errors import BadInput

if TYPE_CHECKING:
    from purdah_scheduler.calendars.ics_write import Entry


@verb(
    "export",
    example="purdah-scheduler calendar export --out periods.ics\npurdah-scheduler calendar export --queue --out grid.ics",
)
@click.option("--all", "everything", is_flag=True, help="Those of bodies that have no account here too.")
@click.option("--queue", is_flag=True, help="The posts since a month ago that have a time too: title, account and state.")
@click.option("--with-text", is_flag=True, help="With --queue: the words of each post too.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Replaced at once and whole (default: standard output)."
)
@click.pass_obj
def export(call: Invocation, *, everything: bool, queue: bool, with_text: bool, out: Path | None) -> None:
    """The periods that concern an account of the configuration, as an ICS calendar that calendar programs subscribe to.

    An event keeps its UID from one export to the next. Whoever can read the file sees what is in it, and posts before they are
    public: the words of posts are in it only with --with-text.
    """
    check_out(call, out, "An ICS calendar")
    if with_text and not queue:
        raise BadInput("--with-text is about posts, so nothing was written.", next_step="Add --queue.")
    from purdah_scheduler.calendars.ics_document import period_entries, post_entries
    from purdah_scheduler.calendars.ics_write import write_ics

    calendar, rulebook = known_calendar(call)
    department = call.office.house.department if call.has_config else ""
    entries = period_entries(calendar, rulebook, partial(bodies_in, call), everything=everything, now=call.now)
    posts: list[Entry] = []
    if queue:
        with call.office.store.read() as reader:
            posts = post_entries(reader, now=call.now, with_text=with_text)
    write_out(
        write_ics([*entries, *posts], department=department, now=call.now),
        out,
        call=call,
        counts={"periods": len(entries), "posts": len(posts)},
        words=counted_periods(len(entries)) + (f" and {counted(len(posts))}" if queue else ""),
    )
