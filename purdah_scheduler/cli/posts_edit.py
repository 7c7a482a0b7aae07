"""`post edit`: change what was named and nothing else, after saying whose clearance that costs."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from purdah_scheduler.cli.beside import hint_of, warn_of, warning_facts
from purdah_scheduler.cli.grammar import post_argument, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.posts import own_accounts, view_of
from purdah_scheduler.cli.speaking import emit, inline, say, tell
from purdah_scheduler.cli.wording import (
    MARKS,
    edited,
    given_card,
    given_focuses,
    given_media,
    given_own_texts,
    given_text,
    wording_options,
)
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.content import clean_text
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import BadInput

if TYPE_CHECKING:
    from purdah_scheduler.application.views import PostView
    from purdah_scheduler.application.writing import Draft
    from purdah_scheduler.domain.content import Card, Problem

_NONE = "none"


@verb(
    "edit",
    example='purdah-scheduler --as asha post edit 12 --text "Our phone lines open at 9am."\n'
    "purdah-scheduler --as asha post edit 12 --editor",
)
@post_argument
@wording_options(editing=True)
@click.option("--editor", is_flag=True, help="Change the text in $VISUAL or $EDITOR.")
@click.option("--drop-media", multiple=True, type=click.IntRange(1), metavar="N", help="Take the Nth attached file off.")
@click.option("--no-card", is_flag=True, help="Take the card off; with --card another begins from nothing.")
@click.option("--no-card-picture", is_flag=True, help="Take the image off the card.")
@click.option("--alt-for", "alts", multiple=True, metavar="N=TEXT", help="Another alternative text for the Nth attached file.")
@click.option("--media-order", metavar="N,N…", help="The order of the attached files, by their numbers; new ones count on.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("source", required=False, metavar="[-]")
@click.pass_obj
def edit(
    call: Invocation,
    /,
    *,
    post_id: int,
    editor: bool,
    drop_media: tuple[int, ...],
    alts: tuple[str, ...],
    media_order: str | None,
    yes: bool,
    **given: Any,
) -> None:
    """Change what is named and leave the rest. Changed words make a new revision, which must be cleared again.

    A time given as “none” is taken away. Title, notes and the planned time cost no clearance.
    """
    from purdah_scheduler.application.drafting import draft_again
    from purdah_scheduler.application.nearby import Neighbourhood
    from purdah_scheduler.application.writing import revise

    actor = call.actor
    view = view_of(call, post_id)
    before = draft_again(view.post, view.revision.content)
    text = given_text(call, text=given["text"], file=given["file"], source=given["source"], parts=given["parts"])
    if editor and text is not None:
        raise BadInput("The text was given twice, so nothing was saved.", next_step="Leave out --editor, or the text.")
    with edited(before.text) if editor else nullcontext(text) as words:
        after = _changed(call, _described(before, alts), words, drop_media, given)
        after = _ordered(after, len(before.keep_media), drop_media, media_order)
        if after == before:
            call.tell("Nothing was changed.")
            return
        _warn_of_own_texts(before, after)
        dropped = _dropped(call, view, after) if _costs_clearance(before, after) else ()
        if dropped and not _agreed(call, yes=yes):
            raise BadInput(f"Nobody said yes, so post {post_id} was not changed.")
        beside = warn_of(call, Neighbourhood(call.office).of(after.said, at=after.planned_at, own=post_id))
        hints = hint_of(call, after)
        revise(call.office, actor, post_id, after, seen_revision=view.post.revision)
    saved = view_of(call, post_id)
    if call.as_json:
        emit(
            {
                "post": post_id,
                "digest": saved.code,
                "revision": saved.post.revision,
                "state": str(saved.post.state),
                "verdict": str(saved.verdict),
                "dropped": list(dropped),
                "warnings": [*(warning_facts(warned) for warned in beside), *map(_hint_facts, hints)],
            }
        )
    else:
        state = saved.post.state.replace("_", " ")
        say(f"Post {post_id} is saved: {saved.code}, revision {saved.post.revision}, {state}, verdict {saved.verdict}.")
    if saved.post.planned_at is not None and saved.post.planned_at != before.planned_at:
        call.tell(f"Planned for {format_local(saved.post.planned_at, call.zone)}.")
    for account in saved.accounts:
        for problem in account.problems:
            tell(f"On {account.account}: {inline(problem.message)}")


def _changed(call: Invocation, before: "Draft", text: str | None, drop_media: tuple[int, ...], given: dict[str, Any]) -> "Draft":
    """The draft with what was named put in its place."""
    accounts = own_accounts(call, given["accounts"]) or before.accounts
    own = {account: words for account, words in before.texts.items() if account in accounts}
    for account, words in given_own_texts(given["own_texts"], accounts).items():
        own[account] = clean_text(words)
    words = before.text if text is None else clean_text(text)
    plain = {
        name: given[name]
        for name in ("category", "nation", "area", "title", "notes", "lang", "visibility", "content_warning")
        if given[name] is not None
    }
    marks = {name: given[name] for name in (*MARKS, "campaign") if given[name] is not None}
    kept = before.keep_media
    for number in drop_media:
        _check_number(number, len(kept))
    staying = [medium for number, medium in enumerate(kept, start=1) if number not in drop_media]
    new = given_media(given["media"], given["alt"])
    focuses = given_focuses(given["focuses"], [*(medium.focus for medium in staying), *(None for _ in new)])
    card, picture = given_card(
        given["card_address"],
        given["card_title"],
        given["card_description"],
        given["card_picture"],
        before=None if given["no_card"] else _without_picture(before.card) if given["no_card_picture"] else before.card,
    )
    return replace(
        before,
        **plain,
        accounts=accounts,
        text=words,
        texts={account: said for account, said in own.items() if said and said != words},
        marks=replace(before.marks, **marks),
        planned_at=_time(call, given["at"], before.planned_at),
        not_before=_time(call, given["not_before"], before.not_before),
        not_after=_time(call, given["not_after"], before.not_after),
        keep_media=tuple(replace(medium, focus=focus) for medium, focus in zip(staying, focuses, strict=False)),
        attachments=tuple(replace(file, focus=focus) for file, focus in zip(new, focuses[len(staying) :], strict=True)),
        card=card,
        card_picture=picture,
    )


def _without_picture(card: "Card | None") -> "Card | None":
    return None if card is None else replace(card, picture=None)


def _described(draft: "Draft", alts: tuple[str, ...]) -> "Draft":
    """The draft with other alternative texts of its files."""
    kept = dict(enumerate(draft.keep_media, start=1))
    for typed in alts:
        number, equals, alt = typed.partition("=")
        at = _number(number)
        if not equals or not at or not alt.strip():
            raise BadInput(f"“{typed}” is not of the form N=TEXT, so nothing was saved.", next_step='--alt-for 1="what it shows"')
        _check_number(at, len(kept))
        kept[at] = replace(kept[at], alt=clean_text(alt))
    return replace(draft, keep_media=tuple(kept.values()))


def _ordered(draft: "Draft", many: int, drop: tuple[int, ...], order: str | None) -> "Draft":
    """The draft with its files in the order that was given, by the numbers of the `many` files before; new ones count on."""
    if order is None:
        return draft
    numbers = [number for number in range(1, many + 1) if number not in drop]
    numbers += range(many + 1, many + len(draft.attachments) + 1)
    wanted = [_number(part) for part in order.split(",")]
    if sorted(wanted) != numbers:
        raise BadInput(
            f"“{order}” does not name each attached file once, so nothing was saved.",
            next_step=f"Their numbers are: {', '.join(map(str, numbers)) or 'none'}.",
        )
    return replace(draft, media_order=() if wanted == numbers else tuple(numbers.index(number) for number in wanted))


def _number(typed: str) -> int:
    """The number of a file as it was typed; 0 for what is none."""
    bare = typed.strip()
    return int(bare) if bare.isdecimal() and len(bare) < 4 else 0


def _check_number(number: int, many: int) -> None:
    if number > many:
        raise BadInput(
            f"The post has {many} attached files and no number {number}, so nothing was saved.",
            next_step="See them: purdah-scheduler post show",
        )


def _hint_facts(hint: "Problem") -> dict[str, object]:
    """A hint for scripts, in the form of a warning that names no post."""
    return {"code": hint.code, "account": "", "message": hint.message, "posts": []}


def _time(call: Invocation, typed: str | None, before: datetime | None) -> datetime | None:
    if typed is None:
        return before
    return None if typed.strip().casefold() == _NONE else call.when(typed)


def _costs_clearance(before: "Draft", after: "Draft") -> bool:
    return replace(after, title=before.title, notes=before.notes, planned_at=before.planned_at) != before


def _warn_of_own_texts(before: "Draft", after: "Draft") -> None:
    if after.text != before.text:
        for account in after.texts:
            if after.texts[account] == before.texts.get(account):
                tell(f"{account} keeps its own text; change it with --text-for {account}=…")


def _dropped(call: Invocation, view: "PostView", after: "Draft") -> tuple[str, ...]:
    """What a change of words costs, one sentence each."""
    from purdah_scheduler.application.lapsing import lapsing

    found = lapsing(call.office, view.post.id, editor=call.actor.person.id, campaign=after.marks.campaign)
    words = [f"This edit drops what {person} did: {what}." for person, what in found.told(call.zone)]
    queued = [account.account for account in view.accounts if account.state == DeliveryState.SCHEDULED]
    if queued:
        words.append(f"This edit takes the post out of the queue on {', '.join(queued)}.")
    for sentence in words:
        tell(inline(sentence))
    return tuple(words)


def _agreed(call: Invocation, *, yes: bool) -> bool:
    """Ask where there is somebody to ask; a script goes on."""
    return not call.on_terminal or call.confirmed("Save it all the same?", yes=yes)
