"""What the command line says of a post before it is saved or scheduled and that stops nothing: posts beside it, and hints."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import inline

if TYPE_CHECKING:
    from purdah_scheduler.application.nearby import Neighbour, Warned
    from purdah_scheduler.application.writing import Draft
    from purdah_scheduler.domain.content import Problem


def warn_of(call: Invocation, neighbours: "Iterable[Neighbour]") -> "tuple[Warned, ...]":
    """Tell people on stderr, a line each."""
    from purdah_scheduler.application.nearby import warnings

    found = warnings(neighbours, call.zone)
    for warned in found:
        call.tell(f"Look: {inline(warned.words)}")
    return found


def warn_beside(call: Invocation, post_id: int, at: datetime | None, accounts: tuple[str, ...] = ()) -> "tuple[Warned, ...]":
    """The same of a stored post before it is scheduled for that time, or its own. Raises NotFound."""
    from purdah_scheduler.application.nearby import Neighbourhood

    return warn_of(call, Neighbourhood(call.office).of_post(post_id, at=at, accounts=accounts))


def warning_facts(warned: "Warned") -> dict[str, object]:
    """One warning for scripts, with the numbers of the posts that it names or counts."""
    return {"code": str(warned.code), "account": warned.account, "message": warned.words, "posts": list(warned.posts)}


def hint_of(call: Invocation, draft: "Draft") -> "tuple[Problem, ...]":
    """Tell people on stderr what of a draft is hard to read or to listen to, a line each; it stops nothing."""
    from purdah_scheduler.domain.readability import hints_of

    pictures = draft.in_order([*(kept.alt for kept in draft.keep_media), *(new.alt for new in draft.attachments)])
    found = hints_of(draft.said.values(), pictures)
    for hint in found:
        call.tell(f"Hint: {inline(hint.message)}")
    return found
