"""`post diff`: what changed between two revisions: words, accounts, media and classification."""

import difflib
import re
from dataclasses import dataclass

import click

from purdah_scheduler.cli.grammar import post_argument, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.posts_show import kind_of, size_words, window_of
from purdah_scheduler.cli.speaking import emit, inline, quoted, say
from purdah_scheduler.domain.content import Content, Media, short
from purdah_scheduler.domain.posts import Revision
from purdah_scheduler.errors import NotFound

_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs: what it is, on which account (empty: the post as a whole), and both readings."""

    what: str
    account: str
    before: str
    after: str


@verb("diff", example="purdah-scheduler post diff 12 --from 1 --to 3")
@post_argument
@click.option("--from", "first", type=click.IntRange(1), metavar="N", help="The older revision (default: the one before --to).")
@click.option("--to", "second", type=click.IntRange(1), metavar="N", help="The newer revision (default: the current one).")
@click.pass_obj
def diff(call: Invocation, *, post_id: int, first: int | None, second: int | None) -> None:
    """What changed between two revisions. Words that went are in [-…-], words that came in {+…+}."""
    with call.office.store.read() as reader:
        current = reader.post(post_id).revision
        revisions = {revision.number: revision for revision in reader.revisions(post_id)}
    newer = second or current
    older = first or max(1, newer - 1)
    for number in (older, newer):
        if number not in revisions:
            raise NotFound(
                f"Post {post_id} has no revision {number}, so nothing was compared.", next_step=f"It has 1 to {current}."
            )
    changes = changes_between(call, revisions[older], revisions[newer])
    if call.as_json:
        emit(
            {
                "post": post_id,
                "from": older,
                "to": newer,
                "digest_from": short(revisions[older].digest),
                "digest_to": short(revisions[newer].digest),
                "changes": [
                    {"what": change.what, "account": change.account, "from": change.before, "to": change.after}
                    for change in changes
                ],
            }
        )
        return
    if not changes:
        same = f"Post {post_id} says the same in revisions {older} and {newer}."
        call.tell(same if older != newer else f"Post {post_id} has no other revision to compare.")
        return
    head = " → ".join(_named(call, revisions[number]) for number in (older, newer))
    say("\n\n".join([f"Post {post_id}: {head}", *map(_shown, changes)]))


def changes_between(call: Invocation, older: Revision, newer: Revision) -> tuple[Change, ...]:
    """Everything that differs, accounts first."""
    before, after = older.content, newer.content
    changes = []
    names = dict.fromkeys(entry.account for content in (before, after) for entry in content.accounts)
    for name in names:
        old, new = _said(before, name), _said(after, name)
        changes += [
            Change(what=what, account=name, before=old.get(what, ""), after=new.get(what, ""))
            for what in dict.fromkeys((*old, *new))
            if old.get(what, "") != new.get(what, "")
        ]
    for what, one, other in (
        ("classification", kind_of(before), kind_of(after)),
        ("window", window_of(call, before), window_of(call, after)),
        ("media", _media(before.media), _media(after.media)),
    ):
        if one != other:
            changes.append(Change(what=what, account="", before=one, after=other))
    return tuple(changes)


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


def _said(content: Content, account: str) -> dict[str, str]:
    """What an account says, by name of the part; empty where the post is not for it."""
    entry = next((entry for entry in content.accounts if entry.account == account), None)
    if entry is None:
        return {}
    return {
        "account": entry.channel,
        "text": entry.text,
        "reply to": entry.reply_to,
        "visibility": entry.visibility,
        "content warning": entry.content_warning,
        "language": entry.lang,
    }


def _media(media: tuple[Media, ...]) -> str:
    return "\n".join(f"{each.sha256[:8]} {each.type}, {size_words(each.size)}: {each.alt}" for each in media)


def _named(call: Invocation, revision: Revision) -> str:
    return f"revision {revision.number} ({short(revision.digest)}, {inline(revision.author)}, {call.shown(revision.at)})"


def _shown(change: Change) -> str:
    head = f"{change.what.capitalize()} on {change.account}" if change.account else change.what.capitalize()
    match change:
        case Change(what="account", before=""):
            return f"{change.account} was added"
        case Change(what="account", after=""):
            return f"{change.account} was taken out"
    return f"{head}\n{quoted(word_diff(change.before, change.after))}"
