"""Makes the pictures of the documentation from the demonstration: `python docs/pictures/make.py [FOLDER]`. Needs Chromium.

Every screen is drawn by the interface itself, on a demonstration of its own, while a real daemon publishes beside it: all of
them at 120x36, the first four also at 80x24 and without colour.
"""

import asyncio
import math
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from purdah_scheduler import bootstrap
from purdah_scheduler.demo.department import OFFICER
from purdah_scheduler.demo.folder import make_folder
from purdah_scheduler.demo.run import prepare
from purdah_scheduler.demo.script import LAST_SOON
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.run import daemon_of_our_own
from purdah_scheduler.tui.welcome import WelcomeApp

HERE = Path(__file__).parent
LARGE, SMALL = (120, 36), (80, 24)
FIRST: dict[str, Sequence[str]] = {
    "queue": ("end", "up"),
    "compose": ("end", "up", "e"),
    "review": ("3",),
    "calendar": ("4",),
}
"""The screens that are drawn at every size and without colour, by the keys that lead there."""
SCREENS: dict[str, Sequence[str]] = {
    **FIRST,
    "post": ("end", "up", "enter"),
    "week": ("4", "v"),
    "checklist": ("4", "f", "down", "down"),
    "periods": ("5",),
    "audit": ("6", "slash", *"action", "colon", *"edited", "enter"),
    "accounts": ("7",),
    "daemon": ("8",),
    "help": ("question_mark",),
}
WELCOME_PATH = Path("/srv/press-office/config.toml")
"""Where somebody who has no queue yet would have one; it is looked at and not made."""
Pixel = tuple[int, int, int]
_FONT = "'DejaVu Sans Mono', 'Liberation Mono', monospace"
_SCALE = 0.75
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_TRUE_COLOUR = {2: 3, 6: 4}
"""Bytes of a pixel by the type of colour that a PNG may have here: with opacity or without."""


async def draw(folder: Path) -> dict[str, str]:
    """The SVG of every screen, by the name of its picture."""
    config = bootstrap.read_config(folder / "config.toml")
    office = bootstrap.open_office(config)
    actor = bootstrap.make_actor(config, office.store, OFFICER, face="tui")

    try:
        drawn = {name: await drawing(PurdahApp(office, config, actor), LARGE, keys) for name, keys in SCREENS.items()}
        for name, keys in FIRST.items():
            drawn[f"{name}-80x24"] = await drawing(PurdahApp(office, config, actor), SMALL, keys)
        drawn["welcome"] = await drawing(WelcomeApp(WELCOME_PATH), LARGE, ())
        os.environ["NO_COLOR"] = "1"
        for name, keys in FIRST.items():
            app = PurdahApp(office, config, actor, without_colour=True)
            drawn[f"{name}-no-colour"] = await drawing(app, LARGE, keys)
    finally:
        office.store.close()
    return drawn


async def drawing(app: App[Any], size: tuple[int, int], keys: Sequence[str]) -> str:
    """What is on the screen after these keys."""
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        return app.export_screenshot(title="purdah-scheduler")


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until every thread but the watch has answered and its answer is drawn."""
    for _ in range(4):
        await pilot.pause(0.1)
        while any(worker.is_running for worker in pilot.app.workers if worker.group != "watch"):
            await pilot.pause(0.05)


def to_png(svg: str, target: Path, *, chromium: str) -> None:
    """Draw an SVG with a font that is on this machine, at three quarters of its own size."""
    svg = re.sub(r"@font-face\s*{.*?}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: ?[^;]*;", f"font-family: {_FONT};", svg)
    width, height = (round(float(number) * _SCALE) for number in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)[0])
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        style = f"body{{margin:0}} svg{{display:block; width:{width}px; height:{height}px}}"
        page.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{svg}", "utf-8")
        subprocess.run(
            [
                chromium,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                f"--user-data-dir={folder}/profile",
                f"--window-size={width},{height}",
                f"--screenshot={target}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )
    target.write_bytes(with_palette(target.read_bytes()))


def with_palette(png: bytes) -> bytes:
    """The same picture in 256 colours at most, a third of the size: a screen has a dozen, and what lies between at the edges.

    Raises ValueError for a PNG that is not one of eight bits a channel without interlacing, which is all that Chromium writes.
    """
    parts = _parts(png)
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    if depth != 8 or kind not in _TRUE_COLOUR or interlaced:
        raise ValueError(f"a PNG of depth {depth} and type {kind} cannot be read here")
    size = _TRUE_COLOUR[kind]
    lines = _lines(zlib.decompress(parts[b"IDAT"]), width * size, height, size)
    pixels = [list(zip(line[0::size], line[1::size], line[2::size], strict=True)) for line in lines]
    nearly: dict[Pixel, Counter[Pixel]] = defaultdict(Counter)
    for shade, times in Counter(pixel for line in pixels for pixel in line).items():
        nearly[shade[0] >> 4, shade[1] >> 4, shade[2] >> 4][shade] = times
    kinds = sorted(nearly, key=lambda kind: nearly[kind].total(), reverse=True)
    kept = [nearly[kind].most_common(1)[0][0] for kind in kinds[:256]]
    place = {shade: number for number, kind in enumerate(kinds[:256]) for shade in nearly[kind]}
    for kind in kinds[256:]:
        place |= {
            shade: min(range(256), key=lambda number, shade=shade: math.dist(kept[number], shade)) for shade in nearly[kind]
        }
    body = zlib.compress(b"".join(b"\0" + bytes(map(place.__getitem__, line)) for line in pixels), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    palette = bytes(value for shade in kept for value in shade)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", body), (b"IEND", b""))
    )


def _parts(png: bytes) -> dict[bytes, bytes]:
    """What stands in a PNG by the name of the part; parts of one name are one."""
    parts: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        name = png[at + 4 : at + 8]
        parts[name] = parts.get(name, b"") + png[at + 8 : at + 8 + length]
        at += length + 12
    return parts


def _lines(data: bytes, length: int, height: int, size: int) -> list[bytes]:
    """The lines of a picture without the filters of the PNG specification, section 9."""
    lines = []
    before = bytes(length)
    for row in range(height):
        start = row * (length + 1)
        way, line = data[start], bytearray(data[start + 1 : start + 1 + length])
        for here in range(length) if way else ():
            left = line[here - size] if here >= size else 0
            above = before[here]
            corner = before[here - size] if here >= size else 0
            line[here] = (line[here] + _guess(way, left, above, corner)) & 255
        before = bytes(line)
        lines.append(before)
    return lines


def _guess(way: int, left: int, above: int, corner: int) -> int:
    """What a filter takes a byte to be, from its neighbours."""
    if way < 4:
        return (0, left, above, (left + above) // 2)[way]
    near = left + above - corner
    return min((left, above, corner), key=lambda value: abs(near - value))


def main() -> None:
    """Draw every screen and write the pictures beside this file, or into the folder that is named."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    chromium = next((found for found in map(shutil.which, _CHROMIUM) if found), None)
    if chromium is None:
        sys.exit("Chromium is not installed, so no pictures were made.")
    config_path = make_folder(None)
    try:
        prepare(config_path)
        with daemon_of_our_own(bootstrap.read_config(config_path), wanted=True):
            time.sleep(LAST_SOON + 5)
            drawn = asyncio.run(draw(config_path.parent))
    finally:
        shutil.rmtree(config_path.parent)
    target.mkdir(parents=True, exist_ok=True)
    for name, svg in drawn.items():
        to_png(svg, target / f"{name}.png", chromium=chromium)
        print(target / f"{name}.png")


if __name__ == "__main__":
    main()
