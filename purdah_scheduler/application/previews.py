"""A post as the readers of each of its accounts will see it: words and folds, parts of a thread, a warning, pictures, a card."""

from collections.abc import Sequence
from dataclasses import replace

from purdah_scheduler.application.channel_ports import Count
from purdah_scheduler.application.drafting import Draft, content_of
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.server_limits import known_limits
from purdah_scheduler.application.wording import problems_of
from purdah_scheduler.domain.as_read import Sight
from purdah_scheduler.domain.content import AccountContent, Content, Media, Problem
from purdah_scheduler.domain.focus import Focus
from purdah_scheduler.domain.picture_size import Extent, extent_of
from purdah_scheduler.domain.server_limits import ServerLimits
from purdah_scheduler.errors import BadMedia
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class ReadPart:
    """One part of a thread, or the whole of a post that is none: part `number` of `of`, and its length."""

    number: int
    of: int
    sight: Sight
    count: Count


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class ReadPicture:
    """One picture in its place; `extent` is None where its file does not say or is not to be had, and `data` is empty then.

    `focus` is the point that stays in sight, on a network that crops around it.
    """

    number: int
    type: str
    size: int
    alt: str
    extent: Extent | None
    data: bytes
    focus: Focus | None = None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class ReadCard:
    """The card of a link under the text; its picture has no description."""

    address: str
    title: str
    description: str
    picture: ReadPicture | None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class AsRead:
    """What the readers of one account see; the pictures, the card (where it is shown) and the reply go with the first part."""

    account: str
    channel: str
    handle: str
    parts: tuple[ReadPart, ...]
    pictures: tuple[ReadPicture, ...]
    reply_to: str
    content_warning: str
    visibility: str
    lang: str
    problems: tuple[Problem, ...]
    card: ReadCard | None = None

    @property
    def network(self) -> str:
        """The network as people call it."""
        return self.parts[0].sight.network

    @property
    def is_folded(self) -> bool:
        """Whether text and pictures are hidden behind a content warning until a reader asks for them."""
        return bool(self.content_warning) and self.parts[0].sight.warns

    @property
    def notes(self) -> tuple[str, ...]:
        """What cannot be shown beforehand, each once."""
        return tuple(dict.fromkeys(note for part in self.parts for note in part.sight.notes))


def post_as_read(office: Office, post_id: int) -> tuple[AsRead, ...]:
    """What a saved post will look like on each of its accounts. Raises NotFound."""
    with office.store.read() as reader:
        content = reader.revision(post_id, reader.post(post_id).revision).content
    return as_read(office, content, _stored(office, content.files))


def draft_as_read(office: Office, draft: Draft) -> tuple[AsRead, ...]:
    """The same of a draft that is not saved. Raises NotFound for an unknown account, BadText and BadInput."""
    content = content_of(office, draft)
    new = [attachment.data for attachment in draft.attachments]
    files = [*draft.in_order([*_stored(office, draft.keep_media), *new])]
    if draft.card_picture is not None:
        files.append(draft.card_picture.data)
    elif len(content.files) > len(files):
        files += _stored(office, content.files[-1:])
    return as_read(office, content, files)


def as_read(office: Office, content: Content, files: Sequence[bytes]) -> tuple[AsRead, ...]:
    """The same of any content; `files` are the bytes of its files in their order, empty for one that is not to be had."""
    pictures = tuple(
        ReadPicture(
            number=number,
            type=medium.type,
            size=medium.size,
            alt=medium.alt,
            extent=extent_of(data),
            data=data,
            focus=medium.focus,
        )
        for number, (medium, data) in enumerate(zip(content.files, files, strict=True), start=1)
    )
    of_post, of_card = pictures[: len(content.media)], next(iter(pictures[len(content.media) :]), None)
    given = content.card
    card = None
    if given is not None:
        card = ReadCard(address=given.address, title=given.title, description=given.description, picture=of_card)
    known = {account.id: account for account in office.house.accounts}
    with office.store.read() as reader:
        told = known_limits(reader)
    return tuple(
        _on(
            office,
            entry,
            of_post,
            card,
            known[entry.account].handle if entry.account in known else entry.account,
            problems_of(office.rules, known.get(entry.account), entry, content, told.get(entry.account)),
            told.get(entry.account),
        )
        for entry in content.accounts
    )


def _on(
    office: Office,
    said: AccountContent,
    pictures: tuple[ReadPicture, ...],
    card: ReadCard | None,
    handle: str,
    problems: tuple[Problem, ...],
    told: ServerLimits | None,
) -> AsRead:
    parts = tuple(
        ReadPart(
            number=number,
            of=len(said.parts),
            sight=office.rules.sight(said.channel, part, has_card=card is not None and number == 1),
            count=office.rules.count(said.channel, part, told),
        )
        for number, part in enumerate(said.parts, start=1)
    )
    first = parts[0].sight
    return AsRead(
        account=said.account,
        channel=said.channel,
        handle=handle,
        parts=parts,
        pictures=pictures if first.crops else tuple(replace(picture, focus=None) for picture in pictures),
        reply_to=said.reply_to,
        content_warning=said.content_warning,
        visibility=said.visibility,
        lang=said.lang,
        problems=problems,
        card=card if first.shows_card else None,
    )


def _stored(office: Office, media: Sequence[Media]) -> list[bytes]:
    """The files on the shelf; a damaged or missing one is described all the same, and holds the post where it is sent."""
    found = []
    for medium in media:
        try:
            found.append(office.shelf.get(medium.sha256))
        except BadMedia:
            found.append(b"")
    return found
