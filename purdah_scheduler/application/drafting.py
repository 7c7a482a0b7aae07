"""What a person typed, and the content that it is: cleaned, with its accounts and its files."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from purdah_scheduler.application.office import Office
from purdah_scheduler.domain.content import AccountContent, Card, Content, Marks, Media, clean_text, parts_of
from purdah_scheduler.domain.focus import Focus
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.periods import Nation
from purdah_scheduler.domain.posts import Post
from purdah_scheduler.errors import BadInput, BadText
from purdah_scheduler.lean import lean_dataclass

Ordered = TypeVar("Ordered")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file as it was read once: its bytes, MIME type, alternative text, and the point that stays in sight."""

    data: bytes
    type: str
    alt: str
    focus: Focus | None = None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person typed. `texts` holds an account's own words where they differ from `text`; a line of `---` parts a thread.

    `keep_media` are media of the current revision that stay; `attachments` are added after them, unless `media_order` gives the
    places in which all of them go out: numbers from 0 into the kept ones and then the new ones, each once. `card_picture` takes
    the place of the picture that the card has.
    """

    accounts: tuple[str, ...]
    text: str
    category: str
    texts: Mapping[str, str] = field(default_factory=dict)
    nation: str = "UK"
    area: str = ""
    marks: Marks = field(default_factory=Marks)
    title: str = ""
    notes: str = ""
    planned_at: datetime | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    lang: str = "en"
    visibility: str = "public"
    content_warning: str = ""
    reply_to: str = ""
    keep_media: tuple[Media, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    media_order: tuple[int, ...] = ()
    card: Card | None = None
    card_picture: Attachment | None = None

    @property
    def said(self) -> dict[str, str]:
        """What each account would say."""
        return {account: self.texts.get(account, self.text) for account in self.accounts}

    def in_order(self, media: Sequence[Ordered]) -> tuple[Ordered, ...]:
        """The kept and the new media (or what belongs to each) in the places that they go out in. Raises BadInput."""
        if not self.media_order:
            return tuple(media)
        if sorted(self.media_order) != list(range(len(media))):
            raise BadInput("The order of the attachments does not name each of them once, so nothing was saved.")
        return tuple(media[number] for number in self.media_order)


def draft_again(post: Post, content: Content) -> Draft:
    """What a post says as a person would type it again: the words that most accounts share, and the others' own."""
    texts = {entry.account: entry.text for entry in content.accounts}
    shared = Counter(texts.values()).most_common(1)[0][0]
    first = content.accounts[0]
    return Draft(
        accounts=tuple(texts),
        text=shared,
        category=content.category,
        texts={account: text for account, text in texts.items() if text != shared},
        nation=content.nation,
        area=content.area,
        marks=content.marks,
        title=post.title,
        notes=post.notes,
        planned_at=post.planned_at,
        not_before=content.not_before,
        not_after=content.not_after,
        lang=first.lang,
        visibility=first.visibility,
        content_warning=first.content_warning,
        reply_to=first.reply_to,
        keep_media=content.media,
        card=content.card,
    )


def content_of(office: Office, draft: Draft) -> Content:
    """What a draft would say if it were saved now; its new files have no hash yet.

    Raises NotFound for an unknown account, BadText and BadInput for what could not be saved.
    """
    return _content(office, draft, _unstored)


def kept_content_of(office: Office, draft: Draft) -> Content:
    """The same to be saved: its new files are on the shelf when this returns. Raises as `content_of` does, and TryAgain."""
    return _content(office, draft, lambda file: replace(_unstored(file), sha256=office.shelf.put(file.data)))


def _content(office: Office, draft: Draft, medium: Callable[[Attachment], Media]) -> Content:
    if draft.category not in office.house.rulebook.categories:
        known = ", ".join(office.house.rulebook.categories)
        raise BadInput(
            f"There is no category “{draft.category}”, so nothing was saved.", next_step=f"The categories are: {known}."
        )
    if draft.nation not in set(Nation):
        raise BadInput(
            f"There is no nation “{draft.nation}”, so nothing was saved.", next_step=f"Use one of {', '.join(Nation)}."
        )
    for own in draft.texts:
        if own not in draft.accounts:
            raise BadInput(f"There is a text for {own}, which is not an account of this post, so nothing was saved.")
    for limit, name in ((draft.area, "area"), (draft.content_warning, "content warning"), (draft.marks.campaign, "campaign")):
        if len(limit) > 200:
            raise BadInput(f"The {name} is longer than 200 characters, so nothing was saved.")
    card = _card(draft)
    if card is not None and draft.card_picture is not None:
        card = replace(card, picture=medium(draft.card_picture))
    return Content(
        accounts=tuple(
            AccountContent(
                account=account.id,
                channel=account.channel,
                parts=_parts(office, account, draft.texts.get(account.id, draft.text)),
                reply_to=draft.reply_to,
                visibility=draft.visibility,
                content_warning=clean_text(draft.content_warning),
                lang=draft.lang,
            )
            for account in (office.house.account(name) for name in draft.accounts)
        ),
        category=draft.category,
        nation=draft.nation,
        area=clean_text(draft.area),
        marks=replace(draft.marks, campaign=clean_text(draft.marks.campaign)),
        media=draft.in_order([*draft.keep_media, *map(medium, draft.attachments)]),
        card=card,
        not_before=_whole_second(draft.not_before),
        not_after=_whole_second(draft.not_after),
    )


def _card(draft: Draft) -> Card | None:
    """The card with its words clean, each on one line; what a network makes of their length, that network's rules say.

    One without any word is none.
    """
    card = draft.card
    if card is None or not (card.address.strip() or card.title.strip() or card.description.strip()):
        if draft.card_picture is not None:
            raise BadInput(
                "There is a picture for a card and no card, so nothing was saved.", next_step="Give --card ADDRESS too."
            )
        return None
    address, title, description = (
        _line(words, of) for words, of in ((card.address, "address"), (card.title, "title"), (card.description, "description"))
    )
    return replace(card, address=address, title=title, description=description)


def _line(words: str, of: str) -> str:
    """One clean line of a card. Raises BadText with the position (from 1)."""
    try:
        clean = clean_text(words).strip()
    except BadText as fault:
        raise BadText(f"Of the card's {of}: {fault.message}", next_step=fault.next_step) from fault
    broken = clean.find("\n")
    if broken >= 0:
        raise BadText(
            f"The card's {of} has a second line at position {broken + 2}, so nothing was saved.",
            next_step="Write it on one line.",
        )
    return clean


def _parts(office: Office, account: Account, text: str) -> tuple[str, ...]:
    """The parts that the text has on that account: where a channel knows no threads, it is one as it stands."""
    return parts_of(text) if office.rules.has_threads(account.channel) else (clean_text(text),)


def _whole_second(at: datetime | None) -> datetime | None:
    return None if at is None else at - timedelta(microseconds=at.microsecond)


def _unstored(file: Attachment) -> Media:
    return Media(sha256="", size=len(file.data), type=file.type, alt=clean_text(file.alt), focus=file.focus)
