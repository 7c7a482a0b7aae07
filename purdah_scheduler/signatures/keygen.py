"""Signing by OpenSSH's own program: it asks the agent, a passphrase or a security key; no private key is ever read here."""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from purdah_scheduler.domain.ssh_keys import SigningKey, read_public_key
from purdah_scheduler.domain.ssh_signature import LONGEST
from purdah_scheduler.domain.ssh_wire import NotSsh
from purdah_scheduler.domain.statements import NAMESPACE
from purdah_scheduler.errors import BadInput, NotProven, TryAgain
from purdah_scheduler.plain_file import at_home, read_plain_file

_PROGRAM = "ssh-keygen"
_PATIENCE = 120.0
"""Seconds for a person to type a passphrase or touch a security key."""

_ELSEWHERE = "Or sign on another machine: give --print-signing-request, and then --signature."


def sign(message: bytes, keys: Sequence[SigningKey], *, key: Path | None = None, patience: float = _PATIENCE) -> str:
    """The armoured signature over `message`, by the key in the file `key`, else by one of `keys` that is at hand.

    At hand is what lies in ~/.ssh or is in the agent. ssh-keygen has the terminal while it asks. Raises BadInput without a key or
    without ssh-keygen, NotProven where it signs nothing, TryAgain after `patience` seconds.
    """
    program = shutil.which(_PROGRAM)
    if program is None:
        raise BadInput(
            f"There is no {_PROGRAM} on this machine, so nothing was signed.", next_step=f"Install OpenSSH. {_ELSEWHERE}"
        )
    if key is not None and not at_home(key).is_file():
        raise BadInput(f"There is no key {key}, so nothing was signed.", next_step="Name the file of your key with --key.")
    with _file_of(keys, key) as file:
        return _run([program, "-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(file)], message, patience)


def _run(command: list[str], message: bytes, patience: float) -> str:
    with _terminal_as_it_was():
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            said, _ = process.communicate(message, timeout=patience)
        except subprocess.TimeoutExpired:
            raise TryAgain(
                f"{_PROGRAM} was not done within {patience:g} seconds, so nothing was signed.",
                next_step="Try again, with the passphrase or the security key at hand.",
            ) from None
        finally:
            _end(process)
    text = said.decode("ascii", "replace")
    if process.returncode or len(text) > LONGEST:
        raise NotProven(
            f"{_PROGRAM} signed nothing (code {process.returncode}; what it said stands above), so nothing was decided.",
            next_step=f"Name a key that this machine has with --key, or add it to the agent with ssh-add. {_ELSEWHERE}",
        )
    return text


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Leave no program behind that still asks for a passphrase."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


@contextmanager
def _terminal_as_it_was() -> Iterator[None]:
    """A program that is ended while it hides what is typed would leave the terminal without an echo."""
    if os.name != "posix" or sys.stdin is None or not sys.stdin.isatty():
        yield
        return
    import termios

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)


@contextmanager
def _file_of(keys: Sequence[SigningKey], key: Path | None) -> Iterator[Path]:
    """The file that ssh-keygen is to be given: a public key is enough where the agent has the private one."""
    if key is not None:
        yield at_home(key)
        return
    usable = [known.key for known in keys if not known.revoked]
    if not usable:
        raise BadInput(
            "No key of yours stands in the configuration, so nothing was signed.",
            next_step="Whoever keeps the configuration adds the line of your .pub file: [[person.key]] key = …",
        )
    for file in sorted(Path("~/.ssh").expanduser().glob("*.pub")):
        if _public_key_in(file) in [known.blob for known in usable]:
            yield file
            return
    # None lies here: the agent may have it, and is asked by the public key.
    with tempfile.TemporaryDirectory(prefix="purdah-key-") as folder:
        file = Path(folder) / "key.pub"
        file.write_text(f"{usable[0].kind} {base64.b64encode(usable[0].blob).decode()}\n", encoding="ascii")
        yield file


def _public_key_in(file: Path) -> bytes:
    """The key in a `.pub` file; empty where it cannot be read or is none."""
    try:
        found = read_plain_file(file, limit=LONGEST)
        return read_public_key(found.data.decode("utf-8")).blob if found is not None else b""
    except (OSError, UnicodeDecodeError, NotSsh):
        return b""
