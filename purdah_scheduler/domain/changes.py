"""What differs between two contents of a post: everything that a clearance is bound to, one change a field."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from purdah_scheduler.domain.content import AccountContent, Card, Content, Marks, Media
from purdah_scheduler.lean import lean_dataclass

MARK_WORDS: Mapping[str, str] = {
    "names_politician": "names, quotes, tags or shows a politician",
    "partisan": "party or candidate content",
    "joint_uk": "joint with the UK government",
    "touches_referendum": "touches the referendum question",
}


class Field(StrEnum):
    """What can differ. The first six are of one account, the others of the post as a whole."""

    ACCOUNT = "account"
    TEXT = "text"
    REPLY_TO = "reply to"
    VISIBILITY = "visibility"
    CONTENT_WARNING = "content warning"
    LANGUAGE = "language"
    CATEGORY = "category"
    NATION = "nation"
    AREA = "area"
    MARKS = "marks"
    NOT_BEFORE = "not before"
    NOT_AFTER = "not after"
    MEDIA = "media"
    ALT = "alt text"
    FOCUS = "focus"
    CARD = "card"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs, on one account (empty: the post as a whole), as it was and as it is; empty where there was none.

    Of an account they are its channel. `number` is that of the medium whose alternative text or focus changed, else 0.
    """

    field: Field
    before: str
    after: str
    account: str = ""
    number: int = 0


def changes(old: Content, new: Content, *, say: Callable[[datetime], str] = datetime.isoformat) -> tuple[Change, ...]:
    """Everything that differs, accounts first; none exactly where both have one digest. `say` puts an instant into words."""
    names = dict.fromkeys(entry.account for content in (new, old) for entry in content.accounts)
    of_accounts = (change for name in names for change in _of_account(name, _on(old, name), _on(new, name)))
    around = (
        (Field.CATEGORY, old.category, new.category),
        (Field.NATION, old.nation, new.nation),
        (Field.AREA, old.area, new.area),
        (Field.MARKS, "; ".join(mark_words(old.marks)), "; ".join(mark_words(new.marks))),
    )
    windows = ((Field.NOT_BEFORE, old.not_before, new.not_before), (Field.NOT_AFTER, old.not_after, new.not_after))
    return (
        *of_accounts,
        *(Change(field=field, before=before, after=after) for field, before, after in around if before != after),
        *(
            Change(field=field, before=say(before) if before else "", after=say(after) if after else "")
            for field, before, after in windows
            if before != after
        ),
        *_of_media(old.media, new.media),
        *([] if old.card == new.card else [Change(field=Field.CARD, before=_card_words(old.card), after=_card_words(new.card))]),
    )


def mark_words(marks: Marks) -> tuple[str, ...]:
    """What a person said about the post, in words."""
    said = [words for name, words in MARK_WORDS.items() if getattr(marks, name)]
    return (*said, f"campaign “{marks.campaign}”") if marks.campaign else tuple(said)


def _on(content: Content, account: str) -> AccountContent | None:
    return next((entry for entry in content.accounts if entry.account == account), None)


def _of_account(name: str, old: AccountContent | None, new: AccountContent | None) -> Iterator[Change]:
    """An account that came or went is told with its words, and with what of its settings is out of the ordinary."""
    none = AccountContent(account=name, channel="", parts=())
    was, now = old or none, new or none
    if was.channel != now.channel:
        yield Change(field=Field.ACCOUNT, account=name, before=was.channel, after=now.channel)
    if was.parts != now.parts:
        numbered = was.text == now.text  # the break between two parts is written as words could be
        before, after = (f"{len(said.parts)} parts:\n{said.text}" if numbered else said.text for said in (was, now))
        yield Change(field=Field.TEXT, account=name, before=before, after=after)
    settings = (
        (Field.REPLY_TO, was.reply_to, now.reply_to),
        (Field.VISIBILITY, was.visibility, now.visibility),
        (Field.CONTENT_WARNING, was.content_warning, now.content_warning),
        (Field.LANGUAGE, was.lang, now.lang),
    )
    for field, before, after in settings:
        if before != after:
            yield Change(field=field, account=name, before=before, after=after)


def _of_media(old: tuple[Media, ...], new: tuple[Media, ...]) -> Iterator[Change]:
    """Alternative texts and focus one by one where the files are the same in the same order, else all of both."""
    if [_file(medium) for medium in old] != [_file(medium) for medium in new]:
        yield Change(field=Field.MEDIA, before=_listed(old), after=_listed(new))
        return
    for number, (was, now) in enumerate(zip(old, new, strict=True), start=1):
        if was.alt != now.alt:
            yield Change(field=Field.ALT, before=was.alt, after=now.alt, number=number)
        if was.focus != now.focus:
            yield Change(field=Field.FOCUS, before=_focus(was), after=_focus(now), number=number)


def _file(medium: Media) -> tuple[str, int, str]:
    return medium.sha256, medium.size, medium.type


def _focus(medium: Media) -> str:
    return "" if medium.focus is None else str(medium.focus)


def _listed(media: tuple[Media, ...]) -> str:
    return "\n".join(
        f"{_file_words(medium)}, “{medium.alt}”" + (f", focus {medium.focus}" if medium.focus is not None else "")
        for medium in media
    )


def _file_words(medium: Media) -> str:
    return f"{medium.type}, {medium.size} bytes, {medium.sha256[:8]}"


def _card_words(card: Card | None) -> str:
    """A line for each thing that it says; empty for none."""
    if card is None:
        return ""
    picture = [] if card.picture is None else [f"picture: {_file_words(card.picture)}"]
    return "\n".join([f"address: {card.address}", f"title: {card.title}", f"description: {card.description}", *picture])
