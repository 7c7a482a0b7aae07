"""Pictures as people name them: by the path of a file, or by the hash of one that is kept here already."""

from pathlib import Path, PurePosixPath

from purdah_scheduler.application.drafting import Attachment
from purdah_scheduler.application.ports import MediaShelf
from purdah_scheduler.errors import BadMedia
from purdah_scheduler.store.media import read_attachment, sniff_type

MOST_BYTES = 20_000_000
"""What is read at most from one attached file; each channel's own limit is lower."""

STORED = "sha256:"
"""Begins the name of a picture that is kept here."""


def read_picture(path: Path, alt: str) -> Attachment:
    """The image in that file, read once. Raises BadMedia for what is none, is too large or is gone."""
    data = read_attachment(path, max_bytes=MOST_BYTES)
    try:
        return Attachment(data=data, type=sniff_type(data), alt=alt)
    except BadMedia as fault:
        raise BadMedia(f"{path}: {fault.message}", next_step=fault.next_step) from fault


def picture_named(shelf: MediaShelf, folder: Path, named: str) -> Attachment:
    """The picture that a file in `folder` names: kept here, or beside that file or below it. Raises BadMedia."""
    if named.startswith(STORED):
        data = shelf.get(named.removeprefix(STORED))
        return Attachment(data=data, type=sniff_type(data), alt="")
    place = PurePosixPath(named)
    if place.is_absolute() or ".." in place.parts:
        raise BadMedia(f"{named} is not beside the file or below it, so it was not attached.", next_step="Put the picture there.")
    return read_picture(folder / place, "")
