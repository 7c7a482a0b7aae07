"""Signing a decision at the command line: here, by ssh-keygen, or on another machine and pasted back."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from purdah_scheduler.cli.grammar import Body as Command
from purdah_scheduler.cli.invocation import Invocation, decode_text
from purdah_scheduler.cli.speaking import emit
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.plain_file import read_plain_file

if TYPE_CHECKING:
    from purdah_scheduler.application.proving import Signed
    from purdah_scheduler.domain.statements import Request

_MOST = 64_000
"""Bytes of a request with its signature: a reason of several pages among them."""

_OPTIONS = (
    click.option("--sign", is_flag=True, help="Sign it with your SSH key; ssh-keygen asks for passphrase or touch."),
    click.option("--key", type=click.Path(path_type=Path), metavar="FILE", help="The key to sign with, if not the one found."),
    click.option("--print-signing-request", "printing", is_flag=True, help="Print what to sign elsewhere; decide nothing."),
    click.option("--signature", metavar="FILE", help="The request with its signature below it; - for standard input."),
)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What the options say of signing."""

    sign: bool
    key: Path | None
    printing: bool
    signature: str | None

    def brought(self, call: Invocation) -> "Signed | None":
        """The request and signature that --signature names; None where it names none. Raises BadInput."""
        self._check()
        if self.signature is None:
            return None
        from purdah_scheduler.application.proving import Signed
        from purdah_scheduler.domain.statements import NotARequest, read_request, split_signed

        text = call.piped_text() if self.signature == "-" else _read(Path(self.signature))
        request, armoured = split_signed(text)
        if not request or not armoured:
            missing = "the signature" if request else "the request that was signed"
            raise BadInput(
                f"What --signature names holds no more than one of two: {missing} is missing. Nothing was decided.",
                next_step="Give both, the signature below the request: cat decision.txt decision.txt.sig",
            )
        try:
            return Signed(request=read_request(request), armoured=armoured)
        except NotARequest as fault:
            raise BadInput(
                f"What --signature names is no request of this program: {fault}. Nothing was decided.",
                next_step="Give back to the letter what --print-signing-request printed, with the signature below it.",
            ) from fault

    def made(self, call: Invocation, request: "Callable[[], Request]") -> "Signed | None":
        """What ssh-keygen signs here and now; None where nobody asked for it."""
        if not self.sign:
            return None
        from purdah_scheduler.application.proving import Signed
        from purdah_scheduler.signatures.keygen import sign

        asked = request()
        mine = [key for key in call.actor.person.keys if key.counts_at(asked.decision.at)]
        return Signed(request=asked, armoured=sign(asked.message, mine, key=self.key))

    def _check(self) -> None:
        if self.sign + self.printing + (self.signature is not None) > 1 or (self.key is not None and not self.sign):
            raise BadInput(
                "--sign (with --key), --print-signing-request and --signature are three ways; nothing was decided.",
                next_step="Give one of them.",
            )


def print_request(call: Invocation, request: "Request") -> None:
    """What is to be signed, to the letter, and how."""
    from purdah_scheduler.domain.statements import NAMESPACE, OLDEST_REQUEST

    if call.as_json:
        emit({"post": request.post, "request": request.text, "namespace": NAMESPACE})
        return
    sys.stdout.write(request.text)
    call.tell(
        "Nothing was decided. Where your key is, with these two lines in decision.txt:\n"
        f"  ssh-keygen -Y sign -n {NAMESPACE} -f ~/.ssh/id_ed25519 decision.txt\n"
        f"Then here, within {OLDEST_REQUEST.total_seconds() / 3600:g} hours, the same command with --signature -, and paste "
        "decision.txt and decision.txt.sig."
    )


def signing_options(body: Command) -> Command:
    """Add the options of signing; the command receives them as `signing`."""

    @wraps(body)
    def gathered(*args: Any, sign: bool, key: Path | None, printing: bool, signature: str | None, **typed: Any) -> int | None:
        return body(*args, signing=Signing(sign=sign, key=key, printing=printing, signature=signature), **typed)

    command: Command = gathered
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _read(path: Path) -> str:
    try:
        file = read_plain_file(path, limit=_MOST)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        raise BadInput(f"{path} cannot be read: {reason}. Nothing was decided.") from fault
    if file is None or len(file.data) > _MOST:
        raise BadInput(f"{path} is no file with a signature, so nothing was decided.")
    return decode_text(file.data, str(path))
