"""What changed between two revisions of a post, as lines: the words of each account first, then how the post is classified."""

import difflib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from zoneinfo import ZoneInfo

from textual.content import Content as Shown

from purdah_scheduler.domain.changes import Change, Field, changes
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.content import AccountContent, Content
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.plain import says

_NOTHING = says(("Nothing that clearance is bound to has changed.", "$quiet"))
_BETWEEN = " │ "
_SIGNS = {"-": ("- ", "$text-error"), "+": ("+ ", "$text-success"), " ": ("  ", "$foreground")}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a difference: `sign` is `-` (was), `+` (is now), a space (the same) or `#` (a heading).

    `note` says what the eye cannot see, such as two lines that differ in their spaces alone.
    """

    sign: str
    text: str
    note: str = ""


def difference(old: Content, new: Content, *, labels: Mapping[str, str], zone: ZoneInfo) -> tuple[Line, ...]:
    """Every line of the new words with what they were, then each change of accounts, media, window and classification.

    `labels` are the names of the categories. Two contents of one digest give no line with a sign `-` or `+`.
    """
    lines: list[Line] = []
    for title, before, after in _texts(old, new):
        lines.append(Line(sign="#", text=title))
        lines += _words(before, after)
    around = [change for change in changes(old, new, say=lambda at: format_local(at, zone)) if change.field is not Field.TEXT]
    changed = [line for change in around for line in _fact(change, labels)]
    if changed:
        lines += [Line(sign="#", text="Around the words"), *changed]
    return tuple(lines)


def change_lines(lines: Sequence[Line]) -> list[Shown]:
    """A difference as it is shown: by sign first, and by colour besides."""
    shown = []
    for line in lines:
        if line.sign == "#":
            shown.append(says((line.text, "$quiet")))
        else:
            shown.append(_cell(line))
    if all(line.sign in ("#", " ") for line in lines):
        shown.append(_NOTHING)
    return shown


def beside_lines(lines: Sequence[Line], width: int) -> list[Shown]:
    """The same in two columns within `width` cells: what it was at the left, what it is now at the right, line by line."""
    half = max((width - len(_BETWEEN)) // 2, 8)
    shown = _columns(says(("was", "$quiet")), says(("is now", "$quiet")), half)
    gone: list[Line] = []
    come: list[Line] = []
    for line in (*lines, None):
        if line is not None and line.sign == "-":
            gone.append(line)
        elif line is not None and line.sign == "+":
            come.append(line)
        else:
            for before, after in zip_longest(gone, come):
                shown += _columns(_cell(before), _cell(after), half)
            gone, come = [], []
            if line is not None:
                shown += [says((line.text, "$quiet"))] if line.sign == "#" else _columns(_cell(line), _cell(line), half)
    if all(line.sign in ("#", " ") for line in lines):
        shown.append(_NOTHING)
    return shown


def same_words(content: Content) -> bool:
    """Whether every account says the same."""
    return len({entry.parts for entry in content.accounts}) == 1


def _cell(line: Line | None) -> Shown:
    """A line with its sign, and what the eye cannot see of it."""
    if line is None:
        return Shown("")
    sign, style = _SIGNS[line.sign]
    note = f"  ({line.note})" if line.note else ""
    return says((sign, f"bold {style}"), (line.text, style), (note, "$text-warning"))


def _columns(left: Shown, right: Shown, half: int) -> list[Shown]:
    """Two cells beside each other, wrapped to as many lines as the longer one has."""
    rows = zip_longest(left.wrap(half), right.wrap(half), fillvalue=Shown(""))
    return [Shown.assemble(one, " " * max(half - one.cell_length, 0), (_BETWEEN, "$rule"), other) for one, other in rows]


def _texts(old: Content, new: Content) -> list[tuple[str, str, str]]:
    """Heading, words before and words after: once where all accounts say the same, else account by account."""
    if same_words(old) and same_words(new):
        return [("Text", _text(old.accounts[0]), _text(new.accounts[0]))]
    before = {entry.account: _text(entry) for entry in old.accounts}
    after = {entry.account: _text(entry) for entry in new.accounts}
    names = [*after, *(name for name in before if name not in after)]
    return [(f"Text on {name}", before.get(name, ""), after.get(name, "")) for name in names]


def _text(entry: AccountContent) -> str:
    return entry.text


def _words(before: str, after: str) -> list[Line]:
    old, new = (text.split("\n") if text else [] for text in (before, after))
    lines: list[Line] = []
    for kind, first, last, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += [Line(sign=" ", text=text) for text in new[start:end]]
            continue
        unseen = {_seen(text) for text in old[first:last]} & {_seen(text) for text in new[start:end]}
        note = "differs in spaces or hidden characters only"
        lines += [Line(sign="-", text=text) for text in old[first:last]]
        lines += [Line(sign="+", text=text, note=note if _seen(text) in unseen else "") for text in new[start:end]]
    return lines


def _seen(text: str) -> str:
    """What the eye gets of a line: hidden characters gone, every run of spaces as one."""
    shown = (" " if unicodedata.category(char) in ("Zs", "Cc") else char for char in text if unicodedata.category(char) != "Cf")
    return " ".join("".join(shown).split())


def _fact(change: Change, labels: Mapping[str, str]) -> Iterator[Line]:
    """What it was and what it is, each on a line of its own."""
    number = f" {change.number}" if change.number else ""
    where = f" on {change.account}" if change.account and change.field is not Field.ACCOUNT else ""
    name = f"{change.field.capitalize()}{number}{where}"
    for sign, value in (("-", change.before), ("+", change.after)):
        for text in value.split("\n") if value else ():
            said = labels.get(text, text) if change.field is Field.CATEGORY else text
            account = f"{change.account} ({said})" if change.field is Field.ACCOUNT else said
            yield Line(sign=sign, text=f"{name}: {account}")
