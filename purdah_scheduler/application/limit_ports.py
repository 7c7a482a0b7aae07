"""What the store keeps of what the servers of accounts take."""

from typing import Protocol

from purdah_scheduler.domain.server_limits import ServerLimits


class LimitReader(Protocol):
    """What is known."""

    def server_limits(self) -> tuple[ServerLimits, ...]:
        """The last ones of each account whose server was asked, by account."""
        ...


class LimitWriter(Protocol):
    """What is learnt."""

    def set_server_limits(self, limits: ServerLimits) -> None:
        """Replaces what was known of the account."""
        ...
