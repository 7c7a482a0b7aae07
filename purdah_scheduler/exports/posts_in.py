"""Reading posts out of a file: lines of JSON or a table, with every fault by the line on which its post begins."""

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NoReturn, TypeVar

from purdah_scheduler.application.bringing_in import Fault, Incoming
from purdah_scheduler.application.drafting import Attachment, Draft
from purdah_scheduler.application.office import House
from purdah_scheduler.domain.civiltime import parse_local
from purdah_scheduler.domain.content import Card, Marks, clean_text
from purdah_scheduler.domain.focus import read_focus
from purdah_scheduler.errors import BadInput
from purdah_scheduler.exports.post_fields import (
    CARD,
    CARD_PARTS,
    ESCAPED,
    FLAGS,
    LINE_FIELDS,
    MOST_MEDIA,
    TABLE_TOLD,
    TEXT_FOR,
    TIMES,
    TOLD,
    WORDS,
    is_media_column,
    numbered,
)
from purdah_scheduler.exports.table import harmless
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.mistyped import meant

MOST_BYTES = 16_000_000
MOST_POSTS = 2_000
"""Of one file: they are saved in one transaction, for which everybody else waits."""

_YES, _NO = frozenset({"yes", "true", "1", "x"}), frozenset({"no", "false", "0", ""})

_Found = TypeVar("_Found")

Picture = Callable[[str], Attachment]
"""The file of that name, read now. Raises BadMedia and BadInput."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is needed to understand a file: the house, the moment from which times in words count, and its pictures."""

    house: House
    now: datetime
    picture: Picture


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    line: int
    fields: Mapping[str, object]


def read_posts(data: bytes, reading: Reading, *, as_table: bool) -> tuple[tuple[Incoming, ...], tuple[Fault, ...]]:
    """The posts of a file, and the lines that cannot be read at all.

    Raises BadInput for a file of which nothing can be read: too large, not UTF-8, no posts, a table without a usable heading.
    """
    if len(data) > MOST_BYTES:
        raise BadInput(f"It has more than {MOST_BYTES // 1_000_000} MB.", next_step="Import it in pieces.")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise BadInput(f"line {line}: it is not UTF-8 text.", next_step="Save it as UTF-8 (CSV UTF-8).") from None
    rows: list[_Row] = []
    faults: list[Fault] = []
    for found in _table(text) if as_table else _lines(text):
        if isinstance(found, Fault):
            faults.append(found)
        else:
            rows.append(found)
        if len(rows) > MOST_POSTS:
            raise BadInput(f"It has more than {MOST_POSTS:,} posts.", next_step="Import it in pieces.")
    if not rows and not faults:
        raise BadInput("There is no post in it.", next_step="See the fields: purdah-scheduler export --format csv")
    return tuple(Incoming(line=row.line, make=partial(_draft, row, reading)) for row in rows), tuple(faults)


def _no_such(kind: str, name: str, known: Collection[str]) -> str:
    return f"There is no {kind} “{name[:60]}”. {meant(name, known)}".rstrip()


# --- lines of JSON ------------------------------------------------------------------------------------------------


def _lines(text: str) -> Iterator[_Row | Fault]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line, object_pairs_hook=_once, parse_constant=_no_number)
        except (ValueError, RecursionError) as fault:
            why = str(fault) if isinstance(fault, _Twice) else "it is not a line of JSON"
            yield Fault(line=number, words=f"{why[:1].upper()}{why[1:]}.")
            continue
        if isinstance(fields, dict):
            yield _Row(line=number, fields=fields)
        else:
            yield Fault(line=number, words="It is not an object in braces.")


class _Twice(ValueError):
    pass


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice("a field is named twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


# --- a table ------------------------------------------------------------------------------------------------------


def _table(text: str) -> Iterator[_Row | Fault]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    heading: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            words = str(fault)
            why = "A quotation mark is opened and never closed" if "unexpected end" in words else f"It cannot be read ({words})"
            yield Fault(line=line, words=f"{why}, so nothing behind it was read.")
            return
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if heading is None:
            heading = _heading(cells, line)
        elif len(cells) != len(heading):
            yield Fault(line=line, words=f"It has {len(cells)} cells under {len(heading)} headings.")
        else:
            yield _unescaped(line, dict(zip(heading, cells, strict=True)))


def _heading(cells: Sequence[str], line: int) -> list[str]:
    """The names of the columns. Raises BadInput for one that is not known or is there twice, and where one is missing."""
    names = [_column(cell.strip()) for cell in cells]
    known = (*WORDS, *FLAGS, *TABLE_TOLD, ESCAPED, *numbered(1))
    wrong = [name for name in names if name not in known and not is_media_column(name) and not _own_text(name)]
    if wrong:
        known_ones = f"{meant(wrong[0], known)}Known: {', '.join(known)}."
        raise BadInput(f"line {line}: there is no column “{wrong[0][:60]}”.", next_step=known_ones)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"line {line}: the column {twice} is there twice.")
    missing = [name for name in ("accounts", "category") if name not in names]
    if missing:
        raise BadInput(f"line {line}: the column {missing[0]} is missing.", next_step="The first line names the columns.")
    return names


def _column(name: str) -> str:
    """Names are known in any case of letters, but the ids of accounts are as they are."""
    return f"{TEXT_FOR}{name[len(TEXT_FOR) :].strip()}" if name.casefold().startswith(TEXT_FOR) else name.casefold()


def _own_text(name: str) -> bool:
    return name.startswith(TEXT_FOR) and len(name) > len(TEXT_FOR)


def _unescaped(line: int, cells: Mapping[str, str]) -> _Row:
    """The cells as the fields of a line, without the apostrophes that an export put before some of them."""
    escaped = cells.get(ESCAPED, "").split()
    row = {name: cell[1:] if name in escaped and harmless(cell[1:]) == cell else cell for name, cell in cells.items()}
    fields: dict[str, object] = {name: row.get(name, "") for name in WORDS if name not in CARD}
    fields["accounts"] = re.split(r"[\s,;]+", row["accounts"].strip())
    fields["texts"] = {name.removeprefix(TEXT_FOR): text for name, text in row.items() if _own_text(name) and text}
    fields |= {name: _flag(row.get(name, "")) for name in FLAGS}
    pictures = []
    for number in range(1, MOST_MEDIA + 1):
        named = dict(zip(("file", "alt", "focus"), (row.get(name, "").strip() for name in numbered(number)), strict=True))
        if any(named.values()):
            pictures.append(named)
    fields["media"] = pictures
    card = {part: row.get(column, "").strip() for part, column in zip(CARD_PARTS, CARD, strict=True)}
    fields["card"] = card if any(card.values()) else None
    return _Row(line=line, fields=fields)


def _flag(cell: str) -> object:
    folded = cell.strip().casefold()
    return True if folded in _YES else False if folded in _NO else cell


# --- a post -------------------------------------------------------------------------------------------------------


def _draft(row: _Row, reading: Reading) -> Draft:
    """The post as its writer would have typed it. Raises BadInput with everything that cannot be used of it, in one message."""
    fields = _Fields(row.fields, reading)
    unknown = [name for name in row.fields if name not in LINE_FIELDS and name not in TOLD]
    fields.faults += [_no_such("field", name, LINE_FIELDS) for name in unknown]
    accounts = fields.accounts()
    planned_at, not_before, not_after = map(fields.moment, TIMES)
    draft = Draft(
        accounts=accounts,
        text=fields.body(row.fields.get("text"), "text"),
        texts=fields.texts(accounts),
        category=fields.words("category"),
        nation=fields.words("nation") or fields.usual_nation(accounts),
        area=fields.words("area"),
        marks=Marks(**{name: fields.flag(name) for name in FLAGS}, campaign=fields.words("campaign")),
        title=fields.words("title"),
        notes=fields.words("notes"),
        lang=fields.words("lang") or "en",
        visibility=fields.words("visibility") or "public",
        content_warning=fields.words("content_warning"),
        reply_to=fields.words("reply_to"),
        planned_at=planned_at,
        not_before=not_before,
        not_after=not_after,
        attachments=fields.media(),
    )
    draft = fields.with_card(draft)
    if not draft.category and "category" not in unknown:
        fields.faults.append("It has no category.")
    if accounts and not all(words.strip() for words in draft.said.values()):
        fields.faults.append("It says nothing.")
    if fields.faults:
        raise BadInput(" ".join(dict.fromkeys(fields.faults)))
    return draft


class _Fields:
    """The fields of one post; whatever cannot be used is noted, and stands for nothing."""

    def __init__(self, fields: Mapping[str, object], reading: Reading) -> None:
        self.fields = fields
        self.reading = reading
        self.faults: list[str] = []

    def words(self, name: str) -> str:
        """A field that is one line, or several of notes."""
        return self.body(self.fields.get(name), name).strip()

    def body(self, value: object, what: str) -> str:
        """Clean text; nothing for null."""
        if value is None:
            return ""
        if not isinstance(value, str):
            self.faults.append(f"“{what}” is not text.")
            return ""
        return self._noting(lambda: clean_text(value), "", what)

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, bool):
            self.faults.append(f"“{name}” is neither yes nor no.")
        return value is True

    def moment(self, name: str) -> datetime | None:
        """A time, if one is given."""
        typed = self.words(name)
        if not typed:
            return None
        reading = self.reading
        return self._noting(lambda: parse_local(typed, now=reading.now, zone=reading.house.zone).at, None, name)

    def accounts(self) -> tuple[str, ...]:
        """The accounts, each known and named once."""
        given = self.fields.get("accounts")
        if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
            self.faults.append("“accounts” is not a list of the ids of accounts.")
            return ()
        named = [name for name in given if name]
        if not named:
            self.faults.append("It has no account.")
        known = [account.id for account in self.reading.house.accounts]
        self.faults += [_no_such("account", name, known) for name in named if name not in known]
        if len(set(named)) < len(named):
            self.faults.append("An account is named twice.")
        return tuple(name for name in dict.fromkeys(named) if name in known)

    def usual_nation(self, accounts: tuple[str, ...]) -> str:
        """Where none is given."""
        return self.reading.house.usual_nation(accounts)

    def texts(self, accounts: tuple[str, ...]) -> Mapping[str, str]:
        """The words of single accounts."""
        given = self.fields.get("texts")
        if given is None:
            return {}
        if not isinstance(given, dict):
            self.faults.append("“texts” is not an object of texts by account.")
            return {}
        for name in (name for name in given if name not in accounts):
            self.faults.append(f"There is a text for “{str(name)[:60]}”, which is not an account of this post.")
        return {name: self.body(text, f"texts of {name}") for name, text in given.items() if name in accounts}

    def media(self) -> tuple[Attachment, ...]:
        """The pictures, each with what it shows."""
        given = self.fields.get("media")
        if given is None:
            return ()
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            self.faults.append("“media” is not a list of objects.")
            return ()
        return tuple(filter(None, (self._medium(number, one) for number, one in enumerate(given, start=1))))

    def with_card(self, draft: Draft) -> Draft:
        """The draft with its card, where it has one."""
        given = self.fields.get("card")
        if given is None:
            return draft
        if not isinstance(given, dict):
            self.faults.append("“card” is not an object.")
            return draft
        self._only(given, CARD_PARTS, "card")
        address, title, description, picture = (self.body(given.get(part), f"card {part}").strip() for part in CARD_PARTS)
        if not address:
            self.faults.append("The card has no address.")
        card = Card(address=address, title=title, description=description)
        return replace(draft, card=card, card_picture=self._picture(picture, "card") if picture else None)

    def _medium(self, number: int, given: Mapping[str, object]) -> Attachment | None:
        what = f"picture {number}"
        self._only(given, ("file", "alt", "focus"), what)
        file, alt, focus = (self.body(given.get(part), f"{what} {part}").strip() for part in ("file", "alt", "focus"))
        if not file or not alt:
            self.faults.append(f"Picture {number} has no {'alternative text' if file else 'file'}.")
            return None
        point = self._noting(lambda: read_focus(focus), None, what) if focus else None
        found = self._picture(file, what)
        return None if found is None else replace(found, alt=alt, focus=point)

    def _picture(self, file: str, what: str) -> Attachment | None:
        return self._noting(lambda: self.reading.picture(file), None, what)

    def _only(self, given: Mapping[str, object], known: Sequence[str], what: str) -> None:
        self.faults += [f"There is no “{str(name)[:60]}” of a {what}." for name in given if name not in known]

    def _noting(self, read: Callable[[], _Found], instead: _Found, what: str) -> _Found:
        try:
            return read()
        except BadInput as fault:
            self.faults.append(f"“{what}”: {fault}")
            return instead
