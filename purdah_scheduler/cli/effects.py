"""What a change of the calendar does to the queue, in words and as plain facts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import inline, table, tell
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

if TYPE_CHECKING:
    from purdah_scheduler.application.calendars import Effect

_SOME = 20
"""Posts that are named one by one before a period is declared; the rest is counted."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What declaring did to the queue, as facts for scripts and in words."""

    facts: dict[str, object]
    words: str


def declare_after_asking(call: Invocation, periods: Sequence[Period], *, yes: bool) -> Declared:
    """Show what the periods would do to the queue, ask, and declare all of them in one transaction.

    Raises BadInput without a yes, and as the declaration does; then nothing is declared.
    """
    from purdah_scheduler.application import calendars

    office, actor = call.office, call.actor
    with office.store.read() as reader:
        expected = calendars.impact(reader, office.house, *periods, every=False)
        queued = reader.how_many(calendars.QUEUED)
    tell_effects(call, expected, queued)
    question = "Declare it?" if len(periods) == 1 else f"Declare all {len(periods)}?"
    if not call.confirmed(question, yes=yes):
        raise BadInput("Declaring a period needs a yes, so nothing was declared.", next_step="In a script, add --yes.")
    effects = calendars.declare_all(office, actor, periods)
    held, flagged = totals(effects)
    return Declared(
        facts={
            "held": len(held),
            "flagged": len(flagged),
            "effects": [effect_facts(call, effect) for effect in (*held, *flagged)],
        },
        words=f"{counted(len(held))} held, {counted(len(flagged))} flagged",
    )


def told_scope(call: Invocation, periods: Sequence[Period]) -> None:
    """Say of each period which accounts it binds, and of one with an area that binds none how an account gets into it."""
    from purdah_scheduler.application.period_views import scope_in_words

    for period in periods:
        tell(f"  {inline(scope_in_words(call.office.house, period))}")


def totals(effects: "tuple[Effect, ...]") -> "tuple[tuple[Effect, ...], tuple[Effect, ...]]":
    """The deliveries that it blocks and those that it flags, of those for which it changes anything."""
    changed = [effect for effect in effects if effect.changed]
    return (
        tuple(effect for effect in changed if effect.after.verdict == "block"),
        tuple(effect for effect in changed if effect.after.verdict == "flag"),
    )


def tell_effects(call: Invocation, effects: "tuple[Effect, ...]", queued: int) -> None:
    """What a change of the calendar would do to the queue: the totals, and the first posts by name."""
    held, flagged = totals(effects)
    tell(f"Of {counted(queued)} in the queue it holds {len(held)} and flags {len(flagged)}.")
    shown = (*held, *flagged)
    if shown:
        rows = [
            (
                str(effect.delivery.post),
                call.shown(effect.delivery.due_at),
                effect.delivery.account,
                f"{effect.before.verdict} → {effect.after.verdict}",
                effect.title,
            )
            for effect in shown[:_SOME]
        ]
        tell(table(("Post", "Due", "Account", "Verdict", "Title"), rows, width=call.width))
    if len(shown) > _SOME:
        tell(f"And {len(shown) - _SOME} more.")


def effect_facts(call: Invocation, effect: "Effect") -> dict[str, object]:
    """One effect for scripts."""
    return {
        "post": effect.delivery.post,
        "account": effect.delivery.account,
        "due_at": call.stamp(effect.delivery.due_at),
        "before": str(effect.before.verdict),
        "after": str(effect.after.verdict),
    }


def counted(number: int) -> str:
    """A number of posts in words."""
    return f"{number} post" if number == 1 else f"{number} posts"
