"""`post diff`: what changed since you last read a post, or between two revisions: every field that a clearance is bound to."""

import difflib
import re
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.grammar import post_argument, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.reading import mark_read, read_before
from purdah_scheduler.cli.speaking import emit, inline, quoted, say
from purdah_scheduler.domain.changes import Change, Field, changes
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.posts import Revision
from purdah_scheduler.errors import BadInput, NotFound

if TYPE_CHECKING:
    from purdah_scheduler.domain.readings import Reading

_WORDS = re.compile(r"\s+|[^\s]+")


@verb("diff", example="purdah-scheduler --as bede post diff 12\npurdah-scheduler post diff 12 --from 1 --to 3")
@post_argument
@click.option(
    "--from",
    "first",
    type=click.IntRange(1),
    metavar="N",
    help="The older revision (default: the one you read last).",
)
@click.option("--to", "second", type=click.IntRange(1), metavar="N", help="The newer revision (default: the current one).")
@click.option("--mark", is_flag=True, help="You have read it: the next difference is from here.")
@click.pass_obj
def diff(call: Invocation, *, post_id: int, first: int | None, second: int | None, mark: bool) -> None:
    """What changed since you last read the post, or between two revisions. Words that went are in [-…-], new ones in {+…+}.

    Where you have read none of it, or it is not known who asks, the difference is from the revision before.
    """
    with call.office.store.read() as reader:
        current = reader.post(post_id).revision
        revisions = {revision.number: revision for revision in reader.revisions(post_id)}
    read = read_before(call, post_id)
    since = 0 if first or second or read is None else read.revision
    newer = second or current
    older = first or since or max(1, newer - 1)
    for number in (older, newer):
        if number not in revisions:
            raise NotFound(
                f"Post {post_id} has no revision {number}, so nothing was compared.", next_step=f"It has 1 to {current}."
            )
    if mark:
        _check_can_mark(call, post_id, read, older=older, newer=newer, current=current)
    found = _changes(call, revisions[older], revisions[newer])
    if call.as_json:
        emit(
            {
                "post": post_id,
                "from": older,
                "to": newer,
                "digest_from": short(revisions[older].digest),
                "digest_to": short(revisions[newer].digest),
                "read_revision": read.revision if read is not None else None,
                "read_at": call.stamp(read.at) if read is not None and read.revision else None,
                "changes": [
                    {
                        "what": str(change.field),
                        "account": change.account,
                        "number": change.number or None,
                        "from": change.before,
                        "to": change.after,
                    }
                    for change in found
                ],
            }
        )
    else:
        if not first and not second:
            call.tell(_base(call, post_id, read, current))
        if not found and older != newer:
            call.tell(f"Revisions {older} and {newer} of post {post_id} say the same.")
        elif found:
            head = " → ".join(_named(call, revisions[number]) for number in (older, newer))
            say("\n\n".join([f"Post {post_id}: {head}", *map(_shown, found)]))
    if mark:
        mark_read(call, post_id, newer)


def word_diff(before: str, after: str) -> str:
    """Both texts in one: words that went in [-…-], words that came in {+…+}."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    parts = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append("".join(old[a:b]))
            continue
        parts += [mark.format("".join(words)) for mark, words in (("[-{}-]", old[a:b]), ("{{+{}+}}", new[c:d])) if words]
    return "".join(parts)


def _check_can_mark(call: Invocation, post_id: int, read: "Reading | None", *, older: int, newer: int, current: int) -> None:
    """Raise BadInput unless what is shown, with what was read before, is the whole post. Raises WhoAreYou."""
    person = call.actor.person
    if newer != current or read is None or not 0 < older <= read.revision:
        raise BadInput(
            f"{person.name} has not read what this difference begins with, or it does not end with the current revision, so "
            f"post {post_id} was not marked as read.",
            next_step=f"Read it whole: purdah-scheduler post show {post_id} --mark",
        )


def _base(call: Invocation, post_id: int, read: "Reading | None", current: int) -> str:
    """What the difference begins with, where nobody named it."""
    if read is not None and read.revision == current:
        return f"You read post {post_id} as it is now (revision {current}) {call.shown(read.at)}."
    if read is not None and read.revision:
        return f"You last read revision {read.revision} of post {post_id}, {call.shown(read.at)}."
    other = "this is against the revision before" if current > 1 else "it has no other revision to compare"
    return f"It is not known that you have read any of post {post_id}; {other}."


def _changes(call: Invocation, older: Revision, newer: Revision) -> tuple[Change, ...]:
    """Instants for programs in JSON, else for people."""
    return changes(older.content, newer.content, say=lambda at: (call.stamp(at) or "") if call.as_json else call.shown(at))


def _named(call: Invocation, revision: Revision) -> str:
    return f"revision {revision.number} ({short(revision.digest)}, {inline(revision.author)}, {call.shown(revision.at)})"


def _shown(change: Change) -> str:
    if change.field is Field.ACCOUNT and not (change.before and change.after):
        return f"{change.account} was {'taken out' if change.before else 'added'}"
    number = f" of file {change.number}" if change.number else ""
    where = f" on {change.account}" if change.account else ""
    return f"{change.field.capitalize()}{number}{where}\n{quoted(word_diff(change.before, change.after))}"
