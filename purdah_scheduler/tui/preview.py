"""The post under the cursor of the queue: beside the list where there is room, in four lines below it where there is not."""

from collections.abc import Sequence
from datetime import datetime

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from purdah_scheduler.application.office import House
from purdah_scheduler.application.views import PostView
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.plain import cell, says
from purdah_scheduler.tui.postwords import (
    GAP,
    block,
    clearance_lines,
    comment_lines,
    glass_line,
    heading,
    in_series,
    length_words,
    meaning,
    shown_state,
    state_line,
    time_line,
    verdict_lines,
    words_block,
)
from purdah_scheduler.tui.words import verdict_word

Ways = Sequence[tuple[str, str, str]]
"""Keys, what each is called, and what it does for this post in a sentence."""

WIDTH = 40
"""Cells of the preview beside the list."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the preview is about: a post at a moment, and what can be done to it."""

    view: PostView
    house: House
    now: datetime
    ways: Ways


class PostPreview(VerticalScroll):
    """The post under the cursor; how much of it is said follows the window."""

    def __init__(self, *, id: str, can_focus: bool) -> None:  # noqa: A002 -- Textual's own name for it
        super().__init__(id=id, can_focus=can_focus)
        self.about: About | None = None

    def compose(self) -> ComposeResult:
        """Its words."""
        yield Static(id="preview-words")

    def show(self, view: PostView | None, *, house: House, now: datetime, ways: Ways) -> None:
        """Show this post, or none."""
        self.about = None if view is None else About(view=view, house=house, now=now, ways=ways)
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Another window may say more or less."""
        del event
        self._draw()

    def _draw(self) -> None:
        words, about = self.query_one("#preview-words", Static), self.about
        if about is None:
            words.update("")
        elif self.screen.has_class("-wide"):
            words.update(preview_of(about.view, house=about.house, now=about.now, width=WIDTH, ways=about.ways))
        else:
            width = self.screen.size.width - 2
            words.update(brief_of(about.view, house=about.house, now=about.now, width=width, ways=about.ways))


def preview_of(view: PostView, *, house: House, now: datetime, width: int, ways: Ways) -> Content:
    """State, reason, verdict with its sources, text, clearance, and what can be done."""
    state = shown_state(view)
    troubled = next((entry for entry in view.accounts if entry.state == state), view.accounts[0])
    code = troubled.delivery.reason_code if troubled.delivery is not None else ""
    lines = [
        says(
            (f"Post {view.post.id}", "bold"),
            (f"  revision {view.revision.number} by {view.revision.author}{in_series(view)}  ", "$quiet"),
            (view.code, "$key"),
        ),
        state_line(state, code),
        says((meaning(state), "$quiet")),
        time_line(view, zone=house.zone, now=now),
        *([unreviewed] if (unreviewed := glass_line(view)) is not None else []),
    ]
    if troubled.reason and (code != "blocked" or troubled.is_thread):
        lines.append(says(troubled.reason))
    lines += [GAP, heading("Pre-election check"), *verdict_lines(view, zone=house.zone, width=width)]
    said: list[str] = []
    for entry in view.accounts:
        lines += [GAP, heading(entry.account, length_words(entry))]
        lines.append(says(("the same text", "$quiet")) if entry.text in said else words_block(entry))
        said.append(entry.text)
    lines += [GAP, heading("Clearance"), *clearance_lines(view, stage_names(house), zone=house.zone)]
    comments = comment_lines(view, zone=house.zone)
    if comments:
        lines += [GAP, heading("Comments"), *comments]
    if ways:
        lines += [
            GAP,
            heading("What you can do"),
            *(says((f"  {key}", "bold $key"), f"  {sentence}") for key, _, sentence in ways),
        ]
    return block(lines, width)


def brief_of(view: PostView, *, house: House, now: datetime, width: int, ways: Ways) -> Content:
    """Four lines: which post, why it waits, its text, its clearance and the keys."""
    state = shown_state(view)
    troubled = next((entry for entry in view.accounts if entry.state == state), view.accounts[0])
    first = says((f"Post {view.post.id} ", "bold"), state_line(state, troubled.delivery.reason_code if troubled.delivery else ""))
    verdict = verdict_word(view.verdict)
    why = next((finding.reason for finding in view.findings), "")
    missing = ", ".join(dict.fromkeys(missing.label for missing in view.missing))
    stands = f"missing: {missing}" if missing else "cleared by " + ", ".join(d.person for d in view.standing.counting)
    cleared = cell(stands, width // 3)
    lines = [
        Content.assemble(first, "  ", time_line(view, zone=house.zone, now=now)),
        says(
            (f"{verdict.sign} {verdict.word.partition(':')[0]}", verdict.style),
            ("  " + cell(why, max(width - 14, 8)) if why else ""),
        ),
        says(cell(view.accounts[0].text, width)),
        says((cleared, "$quiet"), "   ", *_short(ways, width - len(cleared) - 3)),
    ]
    return block(line.truncate(width, ellipsis=True) for line in lines)


def stage_names(house: House) -> dict[str, str]:
    """Id of a stage -> what people call it."""
    return {stage.id: stage.label for stage in house.chain}


def _short(ways: Ways, room: int) -> list[tuple[str, str]]:
    """As many keys as fit; every one of them is on the screen of the post."""
    shown: list[tuple[str, str]] = []
    for key, words, _ in ways:
        room -= len(key) + len(words) + 3
        if room < 0:
            break
        shown += [(key, "bold $key"), (f" {words}  ", "")]
    return shown
