"""`audit`: the record of everything that was done, and whether it is whole."""

from collections.abc import Iterable

import click

from purdah_scheduler.application.lists import EntryFilter
from purdah_scheduler.application.record_words import details, doer, what, who
from purdah_scheduler.cli.grammar import POST, Noun, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.shapes import entry_facts
from purdah_scheduler.cli.speaking import emit, inline, say, table
from purdah_scheduler.domain.audit import Entry

_VERBS = {
    "log": ("record:log", "what was done, newest last"),
    "verify": ("record_verify:verify_record", "whether nothing in it was changed, added or taken out"),
    "export": ("record_export:export", "the record of a post or a time, as lines, a table or a page"),
    "erase": ("record_erase:erase", "erase words about people; the record still verifies"),
    "hold": ("record_erase:hold", "keep what was asked for under the Freedom of Information Act"),
    "checkpoint": ("record_verify:make_checkpoint", "a line to keep elsewhere: how far the record goes now"),
}


@click.group("audit", cls=Noun, verbs=_VERBS, example="purdah-scheduler audit verify")
def audit() -> None:
    """The record: every change, by whom, in a chain that shows if anything in it was altered."""


@verb(
    "log",
    example="purdah-scheduler audit log --post 12 --limit 20\n"
    "purdah-scheduler audit log --person bede --action decision --from 2026-04-01T00:00",
)
@click.option("--post", "post_id", type=POST, metavar="POST", help="Only what concerns this post.")
@click.option("--person", default="", metavar="PERSON", help="Only what this person did; daemon for what a daemon did.")
@click.option("--action", default="", metavar="ACTION", help="Only this, such as post.edited, or all of its kind: decision.")
@click.option("--from", "since", metavar="LOCAL", help="Only what was done from then on.")
@click.option("--to", "until", metavar="LOCAL", help="Only what was done before then.")
@click.option("--words", default="", metavar="WORDS", help="Only where each of these words was said.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True, help="Only the newest so many.")
@click.pass_obj
def log(
    call: Invocation,
    *,
    post_id: int | None,
    person: str,
    action: str,
    since: str | None,
    until: str | None,
    words: str,
    limit: int,
) -> None:
    """What was done, by whom and when; the newest last."""
    wanted = EntryFilter(
        post=post_id,
        person=doer(person),
        action=action,
        since=call.when(since),
        until=call.when(until),
        words=words,
    )
    with call.office.store.read() as reader:
        if post_id is not None:
            reader.post(post_id)
        entries = reader.entries_at(reader.entry_numbers(wanted)[:limit])[::-1]
    if call.as_json:
        for entry in entries:
            emit(entry_facts(call, entry))
    elif entries:
        say(entry_table(call, entries, with_post=True))
    else:
        call.tell("The record is empty." if wanted == EntryFilter() else "Nothing in the record is like that.")


def entry_table(call: Invocation, entries: Iterable[Entry], *, with_post: bool) -> str:
    """Entries of the record as a table: when, who, what, and the facts that are worth a look."""
    headers = ("Entry", "When", "Who", *(("Post",) if with_post else ()), "What", "Details")
    rows = [
        (
            str(entry.seq),
            call.shown(entry.at),
            who(entry),
            *((str(entry.post or ""),) if with_post else ()),
            what(entry),
            inline(details(entry, call.shown)),
        )
        for entry in entries
    ]
    return table(headers, rows, width=call.width)
