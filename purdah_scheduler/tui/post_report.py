"""One post whole, section by section: for its own screen, and as lines of text to take away."""

from collections.abc import Container, Sequence
from datetime import datetime

from textual.content import Content

from purdah_scheduler.application.office import House
from purdah_scheduler.application.views import PostView
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.postwords import (
    account_lines,
    block,
    clearance_lines,
    comment_lines,
    content_lines,
    decision_lines,
    exemption_lines,
    glass_line,
    heading,
    history_lines,
    in_series,
    meaning,
    shown_state,
    state_line,
    time_line,
    verdict_lines,
    words_block,
)
from purdah_scheduler.tui.preview import stage_names

SECTIONS = ("about", "keys", "accounts", "verdict", "clearance", "talk", "decisions", "content", "history")

_WIDTH = 100
"""Cells of a line of the report."""

Ways = Sequence[tuple[str, str, str]]
"""Keys that do something for the post: the key, what it is called, and what it does."""


def post_sections(
    view: PostView, house: House, now: datetime, *, ways: Ways = (), new: Container[int] = ()
) -> dict[str, list[Content]]:
    """The lines of each section by its name; one without any is empty. `new` are the numbers of comments to mark as new."""
    zone, names = house.zone, stage_names(house)
    state = shown_state(view)
    code = next((entry.delivery.reason_code for entry in view.accounts if entry.delivery and entry.state == state), "")
    unreviewed = glass_line(view)
    keys: list[tuple[str, str]] = []
    for key, words, _ in ways:
        keys += [(key, "bold $key"), (f" {words}   ", "")]
    talk = comment_lines(view, zone=zone, new=new)
    return {
        "about": [
            says((f"Post {view.post.id}", "bold"), "  ", (view.post.title, "bold")),
            says(
                (f"revision {view.revision.number} by {view.revision.author}{in_series(view)}, text ", "$quiet"),
                (view.code, "$key"),
            ),
            Content.assemble(state_line(state, code), says((f"  {meaning(state)}", "$quiet"))),
            time_line(view, zone=zone, now=now),
            *([unreviewed] if unreviewed is not None else []),
        ],
        "keys": [says(*keys)] if keys else [],
        "accounts": _accounts(view, house),
        "verdict": [heading("Pre-election check"), *verdict_lines(view, zone=zone), *exemption_lines(view, zone=zone)],
        "clearance": [heading("Clearance"), *clearance_lines(view, names, zone=zone)],
        "talk": [heading("Comments"), *talk] if talk else [],
        "decisions": [heading("Decisions"), *decision_lines(view.decisions, names, zone=zone)],
        "content": [heading("What it says about itself"), *content_lines(view, house.rulebook.categories, zone=zone)],
        "history": [
            heading("History", f"{len(view.history)} entries of the record"),
            *history_lines(view.history, names, zone=zone),
        ],
    }


def post_report(view: PostView, house: House, now: datetime) -> str:
    """The same in lines without any style: what hides or commands is written out, as on the screen."""
    sections = post_sections(view, house, now)
    return "\n\n".join(block(lines, _WIDTH).plain.rstrip() for lines in sections.values() if lines)


def _accounts(view: PostView, house: House) -> list[Content]:
    """What goes out where; words that were said already are not said again."""
    lines: list[Content] = [heading("What goes out")]
    said: list[str] = []
    for entry in view.accounts:
        lines += account_lines(entry, zone=house.zone)
        lines += [says(("  the same text", "$quiet")) if entry.text in said else words_block(entry), Content()]
        said.append(entry.text)
    return lines[:-1]
