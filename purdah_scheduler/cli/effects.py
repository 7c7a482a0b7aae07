"""What a change of the calendar does to the queue, in words and as plain facts."""

from typing import TYPE_CHECKING

from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import table, tell

if TYPE_CHECKING:
    from purdah_scheduler.application.calendars import Effect

_SOME = 20
"""Posts that are named one by one before a period is declared; the rest is counted."""


def totals(effects: "tuple[Effect, ...]") -> "tuple[tuple[Effect, ...], tuple[Effect, ...]]":
    """The deliveries that it blocks and those that it flags, of those for which it changes anything."""
    changed = [effect for effect in effects if effect.changed]
    return (
        tuple(effect for effect in changed if effect.after.verdict == "block"),
        tuple(effect for effect in changed if effect.after.verdict == "flag"),
    )


def tell_effects(call: Invocation, effects: "tuple[Effect, ...]") -> None:
    """What a change of the calendar would do to the queue: the totals, and the first posts by name."""
    held, flagged = totals(effects)
    tell(f"Of {counted(len(effects))} in the queue it holds {len(held)} and flags {len(flagged)}.")
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
