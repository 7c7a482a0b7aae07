"""The width and height of a picture come from its first bytes, whatever else is in the file."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.domain.picture_size import Extent, extent_of


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def jpeg(*before: bytes, marker: int = 0xC0) -> bytes:
    frame = struct.pack(">BHHB", 8, 675, 1200, 3) + bytes(9)
    return b"\xff\xd8" + b"".join(before) + segment(marker, frame) + b"\xff\xda"


def exif(order: str, orientation: int) -> bytes:
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return segment(0xE1, b"Exif\0\0" + head + struct.pack(f"{order}H", 1) + entry)


PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", 1200, 675)
WIDE = Extent(width=1200, height=675)


@pytest.mark.parametrize(
    ("data", "extent"),
    [
        (PNG, WIDE),
        (b"GIF89a" + struct.pack("<HH", 1200, 675), WIDE),
        (jpeg(), WIDE),
        (jpeg(marker=0xC2), WIDE),
        (jpeg(segment(0xE0, b"JFIF\0"), b"\xff" + segment(0xFE, b"\xff\xc0 a comment"), segment(0xC4, bytes(20))), WIDE),
        (jpeg(exif("<", 6)), Extent(width=675, height=1200)),
        (jpeg(exif(">", 8)), Extent(width=675, height=1200)),
        (jpeg(exif(">", 3)), WIDE),
        (jpeg(segment(0xE1, b"Exif\0\0II*\0")), WIDE),
        (b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + (1199).to_bytes(3, "little") + (674).to_bytes(3, "little"), WIDE),
        (b"RIFF\0\0\0\0WEBPVP8L" + bytes(5) + struct.pack("<I", 1199 | 674 << 14), WIDE),
        (b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 1200, 675), WIDE),
        (b"", None),
        (PNG[:20], None),
        (jpeg()[:8], None),
        (b"\xff\xd8\xff\xe0\0\0", None),
        (b"GIF89a\0\0\0\0", None),
        (b"no picture at all", None),
    ],
)
def test_the_size_is_read_or_is_not_known(data: bytes, extent: Extent | None) -> None:
    assert extent_of(data) == extent


@given(st.sampled_from((PNG[:16], b"\xff\xd8", b"RIFF\0\0\0\0WEBPVP8 ", b"GIF87a", b"\xff\xd8" + exif("<", 6)[:20])), st.binary())
def test_no_bytes_make_it_fail_or_hang(head: bytes, rest: bytes) -> None:
    found = extent_of(head + rest)
    assert found is None or (found.width > 0 and found.height > 0)
