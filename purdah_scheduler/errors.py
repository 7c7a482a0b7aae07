"""The tree of errors: each leaf is one thing that a person can act on.

::

    ProductError                       anything the product refuses or cannot do
    |- Refused                  1      the rules of the house say no
    |  |- NotAllowed                   the person lacks the role
    |  |- OwnWork                      the person wrote a revision of the post
    |  |- StaleDigest                  the post changed since the person read it
    |  |- NotProven                    it is not sure enough that it is this person
    |  |- WrongState                   the move is not in the transition table
    |  |- WrongStage                   the stage is not part of this post's chain, or is not open
    |  |- HeldByGate                   the gate said no
    |  `- HeldByRequest                somebody asked for it under the Freedom of Information Act
    |- NeedsAttention           2      something waits for a person
    |- BadInput                64      what was typed cannot be used
    |  |- BadText                      a character that must not be stored, with its position
    |  |- BadTime                      a local time that is malformed, missing or happens twice
    |  |- BadMedia                     a file that cannot be attached
    |  |- NotFound                     no such post, person, account, period
    |  `- WhoAreYou                    nobody could be named as the acting person
    |- PlatformUnavailable      69     a service elsewhere did not answer as it should
    |- TryAgain                 75     store or service cannot do it for now
    `- BadSetup                 78     configuration or store is not usable
       |- ConfigFaults                 every fault of the configuration at once
       `- StoreUnusable                missing, damaged, from a newer version

Each message says what happened, what was not done and what to type next. The faces render it; the core never prints.
"""

from collections.abc import Sequence


class ProductError(Exception):
    """Base of everything that a face shows as one sentence; `exit_code` is what the command line returns."""

    exit_code = 1

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class Refused(ProductError):
    """The rules of the house say no; nothing was changed."""

    exit_code = 1


class NotAllowed(Refused):
    """The person lacks the role that this needs."""


class OwnWork(Refused):
    """The person wrote a revision of this post and so cannot clear it."""


class StaleDigest(Refused):
    """The post changed since the person read it; both digests are in the message."""


class NotProven(Refused):
    """A login or a signature is asked for, and this one is not there or does not hold."""


class WrongState(Refused):
    """The move is not in the transition table."""


class WrongStage(Refused):
    """The stage is not part of this post's chain, or its turn has not come."""


class HeldByGate(Refused):
    """The gate said no; the reasons are in the message."""


class HeldByRequest(Refused):
    """Somebody asked for it under the Freedom of Information Act, and it must not be erased meanwhile."""


class NeedsAttention(ProductError):
    """Something waits for a person."""

    exit_code = 2


class BadInput(ProductError):
    """What was typed cannot be used; nothing was changed."""

    exit_code = 64


class BadText(BadInput):
    """A character that must not be stored, with its position."""


class BadTime(BadInput):
    """A local time that is malformed, does not exist, or happens twice."""


class BadMedia(BadInput):
    """A file that cannot be attached."""


class NotFound(BadInput):
    """No such post, delivery, person, account or period."""


class WhoAreYou(BadInput):
    """Nobody could be named as the acting person."""


class PlatformUnavailable(ProductError):
    """A service elsewhere, a channel's or Every Election, did not answer as it should."""

    exit_code = 69


class TryAgain(ProductError):
    """The store is busy, full or read-only for now, or a service asks for patience; nothing was changed."""

    exit_code = 75


class BadSetup(ProductError):
    """Configuration or store is not usable."""

    exit_code = 78


class ConfigFaults(BadSetup):
    """Every fault of the configuration at once, each with its file and line."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "\n".join(self.faults), next_step="Nothing was started. Correct the file, then: purdah-scheduler config check"
        )

    def __str__(self) -> str:
        return f"{self.message}\n{self.next_step}"


class StoreUnusable(BadSetup):
    """The store is missing, damaged, not ours, or written by a newer version."""
