"""How wide and high a picture is, read from the first bytes of its file without decoding it."""

import struct
from collections.abc import Iterator

from purdah_scheduler.lean import lean_dataclass

_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of JPEG that begin a frame (ITU T.81, table B.1)."""
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SIDEWAYS = frozenset({5, 6, 7, 8})
"""Orientations of Exif in which a picture is shown turned by a quarter."""
_ORIENTATION = 0x0112


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Pixels, as the picture is shown."""

    width: int
    height: int


def extent_of(data: bytes) -> Extent | None:
    """The width and height of a PNG, GIF, JPEG or WebP file; None where its first bytes do not say."""
    try:
        width, height = _read(data)
    except (struct.error, IndexError):
        return None
    return Extent(width=width, height=height) if width > 0 and height > 0 else None


def _read(data: bytes) -> tuple[int, int]:
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return _two(">II", data, 16)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return _two("<HH", data, 6)
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp(data)
    return 0, 0


def _two(form: str, data: bytes, at: int) -> tuple[int, int]:
    first, second = struct.unpack_from(form, data, at)
    return int(first), int(second)


def _jpeg(data: bytes) -> tuple[int, int]:
    turned = False
    for marker, at, length in _segments(data):
        if marker == 0xE1 and data[at : at + 6] == b"Exif\0\0":
            turned = _orientation(data[at + 6 : at + length]) in _SIDEWAYS
        elif marker in _FRAMES:
            height, width = _two(">HH", data, at + 1)
            return (height, width) if turned else (width, height)
    return 0, 0


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Each segment of a JPEG before its picture: marker, where its content begins, and how many bytes that has."""
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _STANDALONE:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if length < 2:
            return
        yield marker, at + 4, length - 2
        at += 2 + length


def _orientation(exif: bytes) -> int:
    """The orientation that the first directory of an Exif block gives; 1 (upright) where it gives none."""
    order = "<" if exif[:2] == b"II" else ">"
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (entries,) = struct.unpack_from(f"{order}H", exif, start)
        for number in range(entries):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, start + 2 + 12 * number)
            if tag == _ORIENTATION:
                return int(value)
    except struct.error:
        return 1
    return 1


def _webp(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8 ":
            width, height = _two("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", data, 21)
            return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case _:
            return 0, 0
