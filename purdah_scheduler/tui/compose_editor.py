"""The text in the person's own editor: the interface steps aside, and takes what the editor left."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from textual.app import App, SuspendNotSupported

from purdah_scheduler.errors import BadInput, TryAgain

_UNSET = "vi"


def edit_outside(app: App[None], text: str) -> str:
    """Open `text` in VISUAL or EDITOR and return what was saved there. Raises TryAgain or BadInput; the text is not lost."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or _UNSET) or [_UNSET]
    with tempfile.TemporaryDirectory(prefix="purdah-") as folder:
        path = Path(folder) / "post.txt"
        path.touch(mode=0o600)
        path.write_text(text, "utf-8", errors="surrogatepass", newline="\n")
        try:
            with app.suspend():
                ended = subprocess.run([*command, str(path)], check=False)
        except SuspendNotSupported as fault:
            raise TryAgain("This terminal cannot hand over to an editor, so none was opened.", next_step="Type here.") from fault
        except OSError as fault:
            raise TryAgain(
                f"The editor “{command[0]}” could not be started: {fault.strerror}. The text was left as it was.",
                next_step="Set VISUAL or EDITOR to one that is there.",
            ) from fault
        if ended.returncode != 0:
            raise TryAgain(f"The editor “{command[0]}” ended with status {ended.returncode}, so the text was left as it was.")
        try:
            return path.read_text("utf-8").removesuffix("\n")
        except (OSError, UnicodeDecodeError) as fault:
            raise BadInput("What the editor left is not text in UTF-8, so the text was left as it was.") from fault
