"""The pictures of a form: each file is read once from its path, and what is known of it stands beside its words."""

from pathlib import PurePath

from purdah_scheduler.application.ports import MediaShelf
from purdah_scheduler.application.writing import Attachment, Draft
from purdah_scheduler.domain.content import Media
from purdah_scheduler.domain.picture_size import Extent, extent_of
from purdah_scheduler.errors import BadMedia
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.plain_file import at_home
from purdah_scheduler.store.media import read_attachment, sniff_type
from purdah_scheduler.tui.compose_form import Attached, Form, Picture, Times, draft_of

MAX_FILE = 20_000_000
"""The most bytes of a file that are read at all; each channel's own limit is smaller and is checked besides."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of one picture: its name or the beginning of its hash, MIME type, bytes, and pixels where its file says.

    `fault` says why its file cannot be read; type and size are empty then.
    """

    name: str
    type: str = ""
    size: int = 0
    extent: Extent | None = None
    fault: str = ""


class Images:
    """The files of one form. What was read of a path is what is checked and what is saved. Safe to use from several threads."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[bytes, str]] = {}
        self._extents: dict[str, Extent | None] = {}

    def load(self, attached: tuple[Attached, ...]) -> tuple[Attachment, ...]:
        """The files with their alternative texts. Raises BadMedia for what is no image, is too large or is gone."""
        found = []
        for entry in attached:
            if entry.path not in self._read:
                data = read_attachment(at_home(entry.path), max_bytes=MAX_FILE)
                self._read[entry.path] = data, sniff_type(data)
            data, kind = self._read[entry.path]
            found.append(Attachment(data=data, type=kind, alt=entry.alt))
        return tuple(found)

    def draft(self, form: Form, times: Times) -> Draft:
        """The form with its files, as the writing service takes it. Raises what `load` and `draft_of` raise."""
        of_card = () if form.card_picture is None else (form.card_picture,)
        return draft_of(form, times, self.load(form.attached), next(iter(self.load(of_card)), None))

    def seen(self, pictures: tuple[Picture, ...], shelf: MediaShelf) -> tuple[Seen, ...]:
        """What is known of each; one that cannot be read says why."""
        return tuple(self._stored(one, shelf) if isinstance(one, Media) else self._attached(one) for one in pictures)

    def _attached(self, one: Attached) -> Seen:
        name = PurePath(one.path).name
        try:
            (found,) = self.load((one,))
        except BadMedia as fault:
            return Seen(name=name, fault=fault.message)
        return Seen(name=name, type=found.type, size=len(found.data), extent=self._extent(one.path, found.data))

    def _stored(self, medium: Media, shelf: MediaShelf) -> Seen:
        if medium.sha256 not in self._extents:
            try:
                self._extent(medium.sha256, shelf.get(medium.sha256))
            except BadMedia as fault:
                return Seen(name=medium.sha256[:8], type=medium.type, size=medium.size, fault=fault.message)
        return Seen(name=medium.sha256[:8], type=medium.type, size=medium.size, extent=self._extents[medium.sha256])

    def _extent(self, key: str, data: bytes) -> Extent | None:
        if key not in self._extents:
            self._extents[key] = extent_of(data)
        return self._extents[key]
