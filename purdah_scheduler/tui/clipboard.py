"""Copying words out: to a program of this desktop that keeps a clipboard, else to the terminal; neither says that it worked."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping

from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.harmless import harmless

PATIENCE = 2.0
"""Seconds that a program has to take the words."""

_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What could command a terminal that it is pasted into, or turn the reading order there."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that takes words on its standard input. It is asked only where the variable `needs` is set; empty: always."""

    command: tuple[str, ...]
    needs: str = ""
    encoding: str = "utf-8"


PROGRAMS = (
    Program(command=("wl-copy",), needs="WAYLAND_DISPLAY"),
    Program(command=("xclip", "-selection", "clipboard"), needs="DISPLAY"),
    Program(command=("xsel", "--clipboard", "--input"), needs="DISPLAY"),
    Program(command=("pbcopy",)),
    Program(command=("clip.exe",), needs="WSL_DISTRO_NAME", encoding="utf-16"),
)
"""In the order in which they are tried: Wayland, X11, macOS, and Windows around a Linux."""


def copy_out(screen: FrameScreen, words: str, what: str) -> None:
    """Hand the words over in a thread, to a program or else to the terminal, and say where they went. `what` names them."""
    kept = _COMMANDS.sub(lambda found: harmless(found.group()), words)

    def told(program: str) -> None:
        if program:
            screen.product.say(f"{what}: handed to {program}. Paste to see whether it took it.")
        else:
            screen.app.copy_to_clipboard(kept)
            screen.product.say(f"{what}: sent to the terminal. Paste to see whether it took it.")

    screen.read(lambda: hand_over(kept, os.environ), told, group="copy")


def hand_over(words: str, environ: Mapping[str, str]) -> str:
    """Give the words to the first program that is here and takes them; its name, or an empty text where none did."""
    for program in PROGRAMS:
        if program.needs and not environ.get(program.needs):
            continue
        path = shutil.which(program.command[0], path=environ.get("PATH"))
        if path is not None and _taken(path, program, words):
            return program.command[0]
    return ""


def _taken(path: str, program: Program, words: str) -> bool:
    """Whether the program ended well in time. What it leaves behind to serve the clipboard goes on, also after the interface."""
    try:
        process = subprocess.Popen(
            [path, *program.command[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    with process:
        try:
            process.communicate(words.encode(program.encoding, "replace"), timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            return False
    return process.returncode == 0
