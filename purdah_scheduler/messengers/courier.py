"""The courier: gives a message to a program of the house's own, or to Apprise in a process of its own."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from purdah_scheduler.application.notice_ports import NotTold
from purdah_scheduler.domain.notices import Message, Way, WayKind
from purdah_scheduler.errors import BadSetup
from purdah_scheduler.messengers.addresses import read_addresses
from purdah_scheduler.messengers.by_apprise import MISSING, NOT_AN_ADDRESS, TAKEN
from purdah_scheduler.messengers.programs import DEADLINE, DidNotRun, run

_APPRISE = (sys.executable, "-P", "-m", "purdah_scheduler.messengers.by_apprise")
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR")


class Courier:
    """Carries messages by the ways of a configuration. `addresses` names the file with the addresses for Apprise.

    The file is read anew for each message, so that a new address holds at once. Every message goes through a process of its
    own: whatever becomes of that, nothing of it is left in the one that publishes.
    """

    def __init__(
        self,
        *,
        addresses: str,
        handed_dir: Path | None = None,
        deadline: float = DEADLINE,
        give_up: Callable[[], bool] = bool,
    ) -> None:
        self._addresses, self._handed_dir = addresses, handed_dir
        self._run = partial(run, deadline=deadline, give_up=give_up)

    def tell(self, way: Way, message: Message) -> None:
        """Give the message to one way. Raises NotTold."""
        try:
            if way.kind is WayKind.COMMAND:
                self._by_command(way, message)
            else:
                self._by_apprise(way, message)
        except DidNotRun as fault:
            raise NotTold(str(fault)) from None

    def _by_command(self, way: Way, message: Message) -> None:
        told = {
            "channel": way.id,
            "kind": message.kind,
            "people": list(message.people),
            "subject": message.subject,
            "text": message.text,
            "posts": [dict(zip(("post", "account", "title"), post, strict=True)) for post in message.posts],
        }
        code = self._run(way.command, json.dumps(told).encode("ascii"))
        if code:
            raise NotTold(f"{Path(way.command[0]).name} ended with the exit code {code}.")

    def _by_apprise(self, way: Way, message: Message) -> None:
        try:
            address = read_addresses(self._addresses, self._handed_dir).get(way.id)
        except BadSetup as fault:
            raise NotTold(str(fault)) from None
        if address is None:
            raise NotTold(f"The file of addresses has no line for {way.id}.")
        given = json.dumps({"address": address.reveal(), **asdict(message)}).encode("ascii")
        extra = {name: os.environ[name] for name in _PROXIES if name in os.environ}
        match self._run(_APPRISE, given, extra=extra):
            case code if code == TAKEN:
                return
            case code if code == MISSING:
                raise NotTold("Apprise is not installed here: pip install 'purdah-scheduler[notify]'")
            case code if code == NOT_AN_ADDRESS:
                raise NotTold(f"Apprise does not understand the address of {way.id}.")
            case _:
                raise NotTold("The service did not take the message.")
