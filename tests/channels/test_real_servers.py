"""What real servers alone can prove: a post with its picture, read back as anybody gets it."""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.channels import catalogue
from purdah_scheduler.domain.content import Media, Outgoing
from tests.channels import real_platforms
from tests.channels.platforms import Platform
from tests.channels.real_platforms import RealServers

ALT = 'A lamp at night: lit, & "seen" by <all>; 100%20; Ŵyl'


def picture(width: int = 16, height: int = 9) -> bytes:
    """A PNG of one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x1d\x70\xb8" * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture(params=real_platforms.PARAMETERS)
def platform(request: pytest.FixtureRequest, tmp_path: Path, real_servers: RealServers) -> Iterator[Platform]:
    with real_platforms.running(request.param, tmp_path, real_servers) as running:
        yield running


def test_a_picture_and_its_description_arrive_unchanged_and_again_after_a_crash_once(platform: Platform, tmp_path: Path) -> None:
    data = picture()
    sha256 = hashlib.sha256(data).hexdigest()
    medium = Media(sha256=sha256, size=len(data), type="image/png", alt=ALT)
    text = platform.compose("The lamp at Skerryvore is lit again.")
    post = Outgoing(key="d1-r1", account="dept", text=text, not_before=datetime.now(UTC), media=(medium,), blobs={sha256: data})

    def opened() -> Channel:
        return catalogue.open_channel(platform.account, data_dir=tmp_path, credentials_dir=None)

    opened().stage(post, {})
    channel = opened()
    staged = channel.stage(post, {})
    assert platform.published() == []
    receipt = channel.commit(post, staged)
    assert platform.published() == [text]
    assert platform.pictures() == [(ALT, data)]
    assert opened().find_published(post, staged) == receipt
