"""Makes the pictures of the documentation from the demonstration: `python docs/pictures/make.py`. Needs Chromium.

Every screen is drawn by the interface itself at 120x36 and 80x24, on a demonstration of its own in a temporary folder, while
a real daemon publishes beside it.
"""

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from textual.pilot import Pilot

from purdah_scheduler import bootstrap
from purdah_scheduler.demo.department import OFFICER
from purdah_scheduler.demo.folder import make_folder
from purdah_scheduler.demo.run import prepare
from purdah_scheduler.demo.script import LAST_SOON
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.run import daemon_of_our_own

HERE = Path(__file__).parent
SIZES = {"": (120, 36), "-80x24": (80, 24)}
SCREENS: dict[str, Sequence[str]] = {
    "queue": ("down",) * 13,
    "post": ("enter",),
    "compose": ("e",),
    "review": ("3",),
    "calendar": ("4",),
    "checklist": ("4", "f", "down", "down"),
    "audit": ("6", "slash", *"action", "colon", *"edited", "enter"),
}
_FONT = "'DejaVu Sans Mono', 'Liberation Mono', monospace"
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


async def draw(folder: Path) -> dict[str, str]:
    """The SVG of every screen, by the name of its picture."""
    config = bootstrap.read_config(folder / "config.toml")
    drawn = {}
    for suffix, size in SIZES.items():
        for name, keys in SCREENS.items():
            office = bootstrap.open_office(config)
            actor = bootstrap.make_actor(config, office.store, OFFICER, face="tui")
            app = PurdahApp(office, config, actor)
            async with app.run_test(size=size) as pilot:
                await settle(pilot)
                for key in keys:
                    await pilot.press(key)
                    await settle(pilot)
                drawn[f"{name}{suffix}"] = app.export_screenshot(title="purdah-scheduler")
            office.store.close()
    return drawn


async def settle(pilot: Pilot[None]) -> None:
    """Wait until the screen has its data."""
    for _ in range(8):
        await pilot.pause(0.15)


def to_png(svg: str, target: Path, *, chromium: str) -> None:
    """Draw an SVG with a font that is on this machine, at its own size."""
    svg = re.sub(r"@font-face\s*{.*?}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: ?[^;]*;", f"font-family: {_FONT};", svg)
    width, height = (round(float(number)) for number in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)[0])
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(f"<!doctype html><meta charset=utf-8><style>body{{margin:0}}svg{{display:block}}</style>{svg}", "utf-8")
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


def main() -> None:
    """Draw every screen and write the pictures beside this file, or into the folder that is named."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    chromium = next((found for found in map(shutil.which, _CHROMIUM) if found), None)
    if chromium is None:
        sys.exit("Chromium is not installed, so no pictures were made.")
    with tempfile.TemporaryDirectory() as folder:
        config_path = make_folder(Path(folder) / "demo")
        prepare(config_path)
        with daemon_of_our_own(bootstrap.read_config(config_path), wanted=True):
            time.sleep(LAST_SOON + 5)
            drawn = asyncio.run(draw(config_path.parent))
    target.mkdir(parents=True, exist_ok=True)
    for name, svg in drawn.items():
        to_png(svg, target / f"{name}.png", chromium=chromium)
        print(target / f"{name}.png")


if __name__ == "__main__":
    main()
