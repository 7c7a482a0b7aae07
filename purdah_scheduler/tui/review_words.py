"""A post as the person who decides reads it: all its words, what changed, its classification, what stands and is missing."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime

from textual.content import Content

from purdah_scheduler.application.office import House
from purdah_scheduler.application.supposing import Supposed
from purdah_scheduler.application.views import PostView, Status
from purdah_scheduler.domain.changes import mark_words
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.tui.card_words import card_lines
from purdah_scheduler.tui.difference import beside_lines, change_lines, difference, same_words
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.postwords import (
    GAP,
    block,
    clearance_lines,
    comment_lines,
    decision_lines,
    glass_line,
    heading,
    length_words,
    shown_state,
    state_line,
    text_block,
    verdict_lines,
    words_block,
)
from purdah_scheduler.tui.review_case import Case
from purdah_scheduler.tui.words import span


def words_of(view: PostView) -> str:
    """Every word that would be published: once where all accounts say the same, else account by account."""
    if same_words(view.revision.content):
        return view.accounts[0].text
    return "\n\n".join(f"{entry.account}:\n{entry.text}" for entry in view.accounts)


def nothing_waits(status: Status | None) -> Content:
    """What stands here, why nothing does, and the key that helps."""
    in_review = status is not None and bool(status.counts.get(PostState.IN_REVIEW))
    why = "What is in review waits for others, or you wrote part of it." if in_review else "Nobody has submitted anything."
    words = f"Nothing waits for you. {why}\n\nPosts that you may clear or sign off stand here.\n\nPress "
    return says(
        (words, "$quiet"),
        ("1", "bold $key"),
        (" for the queue, where  state:in-review  shows what others have before them.", "$quiet"),
    )


def title_line(case: Case, place: str) -> Content:
    """Which post this is: its number, revision, author and digest code."""
    view = case.view
    return Content.assemble(
        says((f"Post {view.post.id}", "bold"), f"  revision {view.revision.number} by {view.revision.author}  "),
        says((view.code, "bold $key"), "  "),
        state_line(shown_state(view)),
        says((f"  {place}" if place else "", "$quiet")),
    )


def text_part(case: Case, width: int) -> Content:
    """The whole words, with their length on each account."""
    view, lines = case.view, []
    if same_words(view.revision.content):
        said = ", ".join(f"{entry.account} {length_words(entry)}" for entry in view.accounts)
        lines += [heading("Text", said), words_block(view.accounts[0])]
    else:
        for entry in view.accounts:
            lines += [heading(f"Text on {entry.account}", length_words(entry)), words_block(entry), GAP]
        lines = lines[:-1]
    for number, medium in enumerate(view.revision.content.media, start=1):
        kind = medium.type if medium.focus is None else f"{medium.type}, focus {medium.focus}"
        lines.append(says((f"Image {number}: ", "bold"), medium.alt or "no alternative text", (f"  ({kind})", "$quiet")))
    return block([*lines, *card_lines(view.revision.content.card)], width)


def rest_part(case: Case, house: House, *, now: datetime, width: int, side_by_side: bool = False) -> Content:
    """Everything below the words; the changes one below the other, or side by side."""
    view, zone = case.view, house.zone
    names = {stage.id: stage.label for stage in house.chain}
    lines: list[Content] = [unreviewed] if (unreviewed := glass_line(view)) is not None else []
    if case.base is not None:
        changes = difference(case.base.content, view.revision.content, labels=house.rulebook.categories, zone=zone)
        shown = beside_lines(changes, width) if side_by_side else change_lines(changes)
        lines += [GAP, heading("Changes", f"since {case.base_words}"), *shown]
    lines += [GAP, heading("Classification"), *_classified(view, house, now)]
    lines += [GAP, heading("Verdict"), *verdict_lines(view, zone=zone)]
    lines += [GAP, heading("Clearance"), *clearance_lines(view, names, zone=zone)]
    if case.gate:
        lines += [GAP, heading("With your approval", "the gate, asked for that time"), *gate_lines(case.gate, house)]
    if view.decisions:
        lines += [GAP, heading("Decisions"), *decision_lines(view.decisions, names, zone=zone)]
    if view.post.notes:
        lines += [GAP, heading("Notes"), text_block(view.post.notes)]
    return block(lines, width)


def talk_part(case: Case, house: House, *, new: Container[int], width: int) -> Content:
    """What people said of it to each other, at the very end."""
    comments = comment_lines(case.view, zone=house.zone, new=new)
    return block([GAP, heading("Comments"), *comments], width) if comments else Content()


def bottom_part(case: Case, *, read: bool) -> Content:
    """What you can do now, and what would follow from it."""
    if not case.stage:
        return says((case.why_not, "$quiet"))
    stage = says((case.label, "bold"), f", bound to revision {case.view.revision.number}, ", (case.view.code, "bold $key"), ". ")
    if not read:
        return Content.assemble(stage, says(("Read to the end of the text first: ↓ or PgDn.", "bold $text-warning")))
    return Content.assemble(stage, "If you approve now: ", says(case.outcome))


def gate_lines(gate: Sequence[Supposed], house: House) -> list[Content]:
    """What the gate would say on each account at its time; accounts of which it says the same stand on one line."""
    said: dict[tuple[str, str, str], list[str]] = {}
    for one in gate:
        at = format_local(one.at, house.zone)
        if one.answer.holds:
            key = ("= ", f"HELD at {at}", one.answer.first.reason)
        elif one.answer.missed:
            key = ("= ", f"not sent at {at}", one.answer.missed)
        else:
            key = ("√ ", f"may go out at {at}", "")
        said.setdefault(key, []).append(one.account)
    return [
        says((f"  {sign}", "$text-warning" if why else "$text-success"), f"{', '.join(accounts)}: {what}", (f"  {why}", "$quiet"))
        for (sign, what, why), accounts in said.items()
    ]


def _classified(view: PostView, house: House, now: datetime) -> list[Content]:
    content = view.revision.content
    where = f"{content.nation}, {content.area}" if content.area else content.nation
    marks = "; ".join(mark_words(content.marks)) or "none"
    facts: Mapping[str, str] = {
        "Category": house.rulebook.categories.get(content.category, content.category),
        "For": where,
        "Marks": marks,
        "Window": _window(view, house),
        **_time(view, house, now),
    }
    return [says((f"{name:<9}", "$quiet"), said) for name, said in facts.items() if said]


def _time(view: PostView, house: House, now: datetime) -> dict[str, str]:
    due = next((entry.delivery.due_at for entry in view.accounts if entry.delivery is not None), None)
    at = due or view.post.planned_at
    if at is None:
        return {"Planned": "no time yet"}
    away = f"in {span(at - now)}" if at >= now else f"{span(now - at)} ago"
    return {"Due" if due else "Planned": f"{format_local(at, house.zone)}, {away}"}


def _window(view: PostView, house: House) -> str:
    content = view.revision.content
    opens = f"not before {format_local(content.not_before, house.zone)}" if content.not_before else ""
    closes = f"not after {format_local(content.not_after, house.zone)}" if content.not_after else ""
    return ", ".join(part for part in (opens, closes) if part)
