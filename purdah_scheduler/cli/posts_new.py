"""`post new`: a draft, with its verdict and its problems at once."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.beside import hint_of, warn_of
from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.posts import own_accounts, view_of
from purdah_scheduler.cli.shapes import problem_facts
from purdah_scheduler.cli.speaking import emit, inline, say
from purdah_scheduler.cli.verdicts import finding_lines
from purdah_scheduler.cli.wording import given_card, given_focuses, given_media, given_own_texts, given_text, wording_options
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.content import Marks, Problem
from purdah_scheduler.domain.in_words import verdict_words
from purdah_scheduler.errors import BadInput

if TYPE_CHECKING:
    from purdah_scheduler.application.nearby import Warned
    from purdah_scheduler.application.views import PostView

_EXAMPLE = """\
purdah-scheduler --as asha post new --account outbox --category operational-service --text "Our phone lines open at 8am."
purdah-scheduler --as asha post new --account x-main --account outbox --category announcement --at "tomorrow 09:30" \\
    --media bridge.jpg --alt "A bridge under repair" - < text.txt"""


@verb("new", example=_EXAMPLE)
@wording_options(editing=False)
@click.argument("source", required=False, metavar="[-]")
@click.pass_obj
def new(
    call: Invocation,
    *,
    accounts: tuple[str, ...],
    category: str,
    nation: str | None,
    area: str | None,
    at: str | None,
    text: str | None,
    file: Path | None,
    parts: tuple[str, ...],
    source: str | None,
    own_texts: tuple[str, ...],
    media: tuple[Path, ...],
    alt: tuple[str, ...],
    focuses: tuple[str, ...],
    card_address: str | None,
    card_title: str | None,
    card_description: str | None,
    card_picture: Path | None,
    title: str | None,
    notes: str | None,
    not_before: str | None,
    not_after: str | None,
    names_politician: bool,
    partisan: bool,
    joint_uk: bool,
    touches_referendum: bool,
    campaign: str | None,
    content_warning: str | None,
    visibility: str | None,
    lang: str | None,
) -> None:
    """Write a post. It is a draft until it is submitted; nothing is sent before others have cleared it.

    With - the text is read from standard input.
    """
    from purdah_scheduler.application.nearby import Neighbourhood
    from purdah_scheduler.application.writing import Draft, new_post

    actor = call.actor
    names = own_accounts(call, accounts)
    own = given_own_texts(own_texts, names)
    words = given_text(call, text=text, file=file, source=source, parts=parts)
    if words is None and set(own) != set(names):
        raise BadInput(
            "The post says nothing yet, so it was not saved.", next_step="Give --text, --part, --file, or - for standard input."
        )
    plain = Draft(accounts=names, text=words or "", category=category)
    attachments = given_media(media, alt)
    points = given_focuses(focuses, [None] * len(attachments))
    card, picture = given_card(card_address, card_title, card_description, card_picture)
    draft = Draft(
        accounts=names,
        text=words or "",
        category=category,
        texts=own,
        nation=nation or call.office.house.usual_nation(names),
        area=area or "",
        marks=Marks(
            names_politician=names_politician,
            partisan=partisan,
            joint_uk=joint_uk,
            touches_referendum=touches_referendum,
            campaign=campaign or "",
        ),
        title=title or "",
        notes=notes or "",
        planned_at=call.when(at),
        not_before=call.when(not_before),
        not_after=call.when(not_after),
        lang=lang or plain.lang,
        visibility=visibility or plain.visibility,
        content_warning=content_warning or "",
        attachments=tuple(replace(file, focus=focus) for file, focus in zip(attachments, points, strict=True)),
        card=card,
        card_picture=picture,
    )
    beside = warn_of(call, Neighbourhood(call.office).of(draft.said, at=draft.planned_at))
    hints = hint_of(call, draft)
    report_new(call, view_of(call, new_post(call.office, actor, draft)), beside, hints)


def report_new(call: Invocation, view: "PostView", beside: "tuple[Warned, ...]", hints: tuple[Problem, ...] = ()) -> None:
    """What a new draft is: its code, verdict, lengths and problems, and what to do next."""
    problems = [(account.account, problem) for account in view.accounts for problem in account.problems]
    if call.as_json:
        looked_at = [(warned.account, Problem(code=warned.code, message=warned.words, blocking=False)) for warned in beside]
        hinted = [("", hint) for hint in hints]
        emit(
            {
                "post": view.post.id,
                "digest": view.code,
                "state": str(view.post.state),
                "verdict": str(view.verdict),
                "problems": [problem_facts(account, problem) for account, problem in (*problems, *looked_at, *hinted)],
            }
        )
    else:
        say(f"Post {view.post.id} is saved as a draft, {view.code}.")
        say("\n".join([verdict_words(view.verdict), *finding_lines(view.findings, call.width)]))
        for account in view.accounts:
            for part in account.parts:
                which = f", part {part.number} of {len(account.parts)}" if account.is_thread else ""
                say(f"On {account.account}{which}: {part.count.used} of {part.count.limit} {part.count.unit}.")
        for name, problem in problems:
            say(f"On {name}: {inline(problem.message)}")
    planned = view.post.planned_at
    if planned is not None:
        passed = " That has passed; scheduling it will need a later time." if planned < call.now else ""
        call.tell(f"Planned for {format_local(planned, call.zone)}.{passed}")
    call.tell(f"Next: purdah-scheduler post submit {view.post.id}")
