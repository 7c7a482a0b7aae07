"""`audit`: the record of everything that was done, and whether it is whole."""

import re
from collections.abc import Iterable
from datetime import datetime

import click

from purdah_scheduler.cli.grammar import POST, Noun, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.shapes import entry_facts
from purdah_scheduler.cli.speaking import emit, inline, say, table
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.content import short

_VERBS = {
    "log": ("record:log", "what was done, newest last"),
    "verify": ("record_verify:verify_record", "whether nothing in it was changed, added or taken out"),
    "export": ("record_export:export", "the record of a post or a time, as lines, a table or a page"),
    "erase": ("record_erase:erase", "erase words about people; the record still verifies"),
    "hold": ("record_erase:hold", "keep what was asked for under the Freedom of Information Act"),
    "checkpoint": ("record_verify:make_checkpoint", "a line to keep elsewhere: how far the record goes now"),
}
_KNOWN_ALREADY = frozenset({"person", "face", "assurance", "text", "owner", "fence", "proof", "login", "clock", "given_at"})
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}")


@click.group("audit", cls=Noun, verbs=_VERBS, example="purdah-scheduler audit verify")
def audit() -> None:
    """The record: every change, by whom, in a chain that shows if anything in it was altered."""


@verb("log", example="purdah-scheduler audit log --post 12 --limit 20")
@click.option("--post", "post_id", type=POST, metavar="POST", help="Only what concerns this post.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True, help="Only the newest so many.")
@click.pass_obj
def log(call: Invocation, *, post_id: int | None, limit: int) -> None:
    """What was done, by whom and when; the newest last."""
    with call.office.store.read() as reader:
        if post_id is not None:
            reader.post(post_id)
        entries = tuple(reader.entries(post=post_id, newest_first=True, limit=limit))[::-1]
    if call.as_json:
        for entry in entries:
            emit(entry_facts(call, entry))
    elif entries:
        say(entry_table(call, entries, with_post=True))
    else:
        call.tell("The record is empty.")


def entry_table(call: Invocation, entries: Iterable[Entry], *, with_post: bool) -> str:
    """Entries of the record as a table: when, who, what, and the facts that are worth a look."""
    headers = ("Entry", "When", "Who", *(("Post",) if with_post else ()), "What", "Details")
    rows = [
        (
            str(entry.seq),
            call.shown(entry.at),
            who(entry),
            *((str(entry.post or ""),) if with_post else ()),
            entry.action.replace(".", " ").replace("_", " "),
            details(call, entry),
        )
        for entry in entries
    ]
    return table(headers, rows, width=call.width)


def who(entry: Entry) -> str:
    """The person of an entry; erased ones are said to be."""
    return "(erased)" if entry.private is None else str(entry.facts.get("person", ""))


def details(call: Invocation, entry: Entry) -> str:
    """The facts of an entry in one line; digests in their short form, instants as people read them, what is empty left out."""
    told = []
    for name, value in entry.facts.items():
        if name in _KNOWN_ALREADY or value in ("", None, [], {}):
            continue
        match value:
            case str() if _DIGEST.fullmatch(value):
                shown = short(value)
            case str() if _INSTANT.fullmatch(value):
                shown = call.shown(datetime.fromisoformat(value))
            case list():
                shown = ", ".join(map(str, value))
            case bool():
                shown = "yes" if value else "no"
            case _:
                shown = str(value)
        told.append(f"{name.replace('_', ' ')}: {inline(shown)}")
    return "; ".join(told)
