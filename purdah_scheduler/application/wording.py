"""How the words of a post stand on one account: what each part counts, and everything that is wrong with any of them."""

from collections.abc import Iterator
from dataclasses import replace

from purdah_scheduler.application.channel_ports import ChannelRules, Count
from purdah_scheduler.application.outgoing import part_of
from purdah_scheduler.domain.content import PART_BREAK, AccountContent, Content, Problem
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.server_limits import ServerLimits

_MOST_PARTS = 25


def count_of(rules: ChannelRules, said: AccountContent, told: ServerLimits | None) -> Count:
    """The length of the longest part; `told` is what the account's server takes, where that is known."""
    return max((rules.count(said.channel, part, told) for part in said.parts), key=lambda count: count.used)


def problems_of(
    rules: ChannelRules, account: Account | None, said: AccountContent, content: Content, told: ServerLimits | None
) -> tuple[Problem, ...]:
    """Everything that the account's channel would refuse: of its words (`said`), the attachments, the card and the settings.

    A problem of one part of a thread names it; one that every part has is told once. Positions are in the text as it is written,
    with the lines between the parts. The attachments, the card and the reply go with the first part. `told` is what the account's
    server takes, where that is known.
    """
    if len(said.parts) == 1:
        return rules.problems(said.channel, part_of(said, 1, content), told)
    return tuple(_of_thread(rules, account, said, content, told))


def _of_thread(
    rules: ChannelRules, account: Account | None, said: AccountContent, content: Content, told: ServerLimits | None
) -> Iterator[Problem]:
    if account is not None and not account.threads:
        message = (
            f"This account sends no threads, and the text has {len(said.parts)} parts: take out the lines of {PART_BREAK}, give "
            f"this account a text of its own, or set threads = true for it in the configuration."
        )
        yield Problem(code="threads-off", message=message)
    if len(said.parts) > _MOST_PARTS:
        yield Problem(code="too-many-parts", message=f"A thread has {_MOST_PARTS} parts at most; this has {len(said.parts)}.")
    found = [rules.problems(said.channel, part_of(said, number, content), told) for number in range(1, len(said.parts) + 1)]
    shared = [problem for problem in found[0] if problem.position is None and all(problem in of_part for of_part in found)]
    yield from shared
    begins = 0
    for number, (part, problems) in enumerate(zip(said.parts, found, strict=True), start=1):
        for problem in problems:
            if problem not in shared:
                at = None if problem.position is None else begins + problem.position
                yield replace(problem, message=f"Part {number}: {problem.message}", position=at)
        begins += len(part) + len(PART_BREAK) + 2
