"""A post as the readers of each of its accounts will see it: words and folds, parts of a thread, a warning, pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from purdah_scheduler.application.channel_ports import Count
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.server_limits import known_limits
from purdah_scheduler.application.wording import problems_of
from purdah_scheduler.application.writing import Draft, content_of
from purdah_scheduler.domain.as_read import Sight
from purdah_scheduler.domain.content import AccountContent, Content, Media, Problem
from purdah_scheduler.domain.picture_size import Extent, extent_of
from purdah_scheduler.domain.server_limits import ServerLimits
from purdah_scheduler.errors import BadMedia


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPart:
    """One part of a thread, or the whole of a post that is none: part `number` of `of`, and its length."""

    number: int
    of: int
    sight: Sight
    count: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPicture:
    """One picture in its place; `extent` is None where its file does not say or is not to be had, and `data` is empty then."""

    number: int
    type: str
    size: int
    alt: str
    extent: Extent | None
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AsRead:
    """What the readers of one account see; the pictures and the reply go with the first part."""

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
    return as_read(office, content, _stored(office, content.media))


def draft_as_read(office: Office, draft: Draft) -> tuple[AsRead, ...]:
    """The same of a draft that is not saved. Raises NotFound for an unknown account, BadText and BadInput."""
    content = content_of(office, draft)
    new = [attachment.data for attachment in draft.attachments]
    return as_read(office, content, [*_stored(office, draft.keep_media), *new])


def as_read(office: Office, content: Content, files: Sequence[bytes]) -> tuple[AsRead, ...]:
    """The same of any content; `files` are the bytes of its media in their order, empty for one that is not to be had."""
    pictures = tuple(
        ReadPicture(number=number, type=medium.type, size=medium.size, alt=medium.alt, extent=extent_of(data), data=data)
        for number, (medium, data) in enumerate(zip(content.media, files, strict=True), start=1)
    )
    known = {account.id: account for account in office.house.accounts}
    with office.store.read() as reader:
        told = known_limits(reader)
    handles = {account.id: account.handle for account in office.house.accounts}
    return tuple(
        _on(
            office,
            entry,
            pictures,
            handles,
            problems_of(office.rules, known.get(entry.account), entry, content.media, told.get(entry.account)),
            told.get(entry.account),
        )
        for entry in content.accounts
    )


def _on(
    office: Office,
    said: AccountContent,
    pictures: tuple[ReadPicture, ...],
    handles: Mapping[str, str],
    problems: tuple[Problem, ...],
    told: ServerLimits | None,
) -> AsRead:
    return AsRead(
        account=said.account,
        channel=said.channel,
        handle=handles.get(said.account, said.account),
        parts=tuple(
            ReadPart(
                number=number,
                of=len(said.parts),
                sight=office.rules.sight(said.channel, part),
                count=office.rules.count(said.channel, part, told),
            )
            for number, part in enumerate(said.parts, start=1)
        ),
        pictures=pictures,
        reply_to=said.reply_to,
        content_warning=said.content_warning,
        visibility=said.visibility,
        lang=said.lang,
        problems=problems,
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
