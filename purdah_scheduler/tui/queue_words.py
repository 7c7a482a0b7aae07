"""What the queue says in words: one line of the list, the names of its columns, the line above it, and an empty list."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.content import Content

from purdah_scheduler.application.lists import Row
from purdah_scheduler.domain.posts import NEEDS_A_PERSON, DeliveryState, PostState
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.filters import OPEN, Wanted
from purdah_scheduler.tui.plain import cell, plain, says
from purdah_scheduler.tui.rowlist import Piece
from purdah_scheduler.tui.words import counted, span, state_word, when

COUNTED = {
    "open": OPEN,
    "needs a person": NEEDS_A_PERSON,
    "scheduled": frozenset({str(DeliveryState.SCHEDULED)}),
    "in review": frozenset({str(PostState.IN_REVIEW)}),
}
"""What the line above the list counts, in posts: a post on two accounts is one."""

_DUE, _STATE, _ACCOUNTS = 17, 13, 11
_ROOM_FOR_ACCOUNTS = 70
_STILL_TO_DO = frozenset({"scheduled", "held", "cleared", "in_review", "draft"})


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What is said of a post before its words: how many comments are new to whoever looks, and a break-glass nobody reviewed."""

    new: Mapping[int, int] = field(default_factory=dict)
    unreviewed: frozenset[int] = frozenset()

    def of(self, post: int) -> str:
        """The mark of one post; most have none."""
        new = self.new.get(post, 0)
        words = ("UNREVIEWED" if post in self.unreviewed else "", f"{new} new" if new else "")
        return ", ".join(filter(None, words))


def row_pieces(row: Row, width: int, *, now: datetime, zone: ZoneInfo, mark: str = "", picked: bool = False) -> Sequence[Piece]:
    """One line: when, state, accounts, a mark, and the words last, for only they can be of any width.

    `picked`: the person has marked it; a star stands before it.
    """
    word = state_word(row.state)
    due = when(row.at, zone, now) if row.at is not None else "no time yet"
    past = row.at is None or (row.at < now and row.state in _STILL_TO_DO)
    pieces: list[Piece] = [
        ("*", "wait") if picked else (" ", "calm"),
        (f"{due:<{_DUE}}", "quiet" if past else "calm"),
        (f"{word.sign} {word.word:<{_STATE - 2}}", word.tone),
    ]
    used = 1 + _DUE + _STATE
    if width >= _ROOM_FOR_ACCOUNTS:
        pieces.append((f"{_accounts(row.accounts):<{_ACCOUNTS}}", "quiet"))
        used += _ACCOUNTS
    if mark:
        pieces.append((f"{mark}  ", "alarm" if mark.startswith("UNREVIEWED") else "wait"))
        used += len(mark) + 2
    stem = row.title.rstrip("…")
    words = row.text if row.text.startswith(stem) else f"{row.title}: {row.text}"
    return [*pieces, (cell(words, max(width - used, 4)), "calm")]


def column_names(width: int) -> Content:
    """The names of the columns of a list of this width."""
    accounts = f"{'Accounts':<{_ACCOUNTS}}" if width >= _ROOM_FOR_ACCOUNTS else ""
    return plain(f"  {'Due':<{_DUE}}{'State':<{_STATE}}{accounts}Post", "$quiet")


def summary(
    wanted: Wanted,
    *,
    shown: int | None,
    counts: Mapping[str, int],
    marks: Marked,
    picked: str,
    next_due_at: datetime | None,
    now: datetime,
    zone: ZoneInfo,
    wide: bool,
) -> Content:
    """The line above the list: what is shown, what waits for a person, and what goes out next.

    `shown` is None while a long list has only begun to be read.
    """
    parts: list[str | tuple[str, str]] = [
        (wanted.label, "bold"),
        (f"  {cell(wanted.text, 40)}" if wanted.text else "", "$key"),
        ("" if shown is None else f"  {counted(shown, 'post')}", "$quiet"),
        (f"   * {picked}" if picked else "", "bold $key"),
    ]
    needs = counts.get("needs a person", 0)
    if needs:
        parts.append((f"   {needs} need{'s' if needs == 1 else ''} a person", "$text-warning"))
    new = sum(marks.new.values())
    if new:
        parts.append((f"   {counted(new, 'new comment')} for you", "$text-warning"))
    if next_due_at is not None:
        away = f"in {span(next_due_at - now)}" if next_due_at > now else "due now"
        parts.append((f"   next {when(next_due_at, zone, now)}" + (f" ({away})" if wide else ""), "$quiet"))
    others = ((counts.get(word, 0), word) for word in ("scheduled", "in review"))
    return says(*parts, *((f"   {number} {word}", "$quiet") for number, word in others if number))


def nothing_shown(wanted: Wanted | None, counts: Mapping[str, int]) -> Content:
    """What belongs here, why there is none of it, and the one key that helps; how many there are at all may not be known yet."""
    every = counts.get("every")
    if wanted is not None and wanted.text and every != 0:
        hidden = f"It hides {counted(every, 'post')}.  " if every else ""
        asked = (cell(wanted.text, 60), "bold")
        return says("No post matches  ", asked, f"\n\n{hidden}Press ", ("esc", "bold $key"), " to clear the filter.")
    why = "No posts are open."
    if every is not None:
        settled = f"{counted(every, 'post is', 'posts are')} settled; the filter  all  shows what was."
        why = f"No posts are open: {settled if every else 'nobody has written one yet.'}"
    belongs = "What you and your colleagues write stands here, the next one due first."
    return says(f"{why}\n\n{belongs}\n\nPress ", ("n", "bold $key"), " to write one, or:  purdah-scheduler post new --help")


def _accounts(accounts: Sequence[str]) -> str:
    """The first account, and how many more there are."""
    more = f" +{len(accounts) - 1}" if len(accounts) > 1 else ""
    return cell(accounts[0], _ACCOUNTS - 1 - len(more)) + more if accounts else ""
