"""`post break-glass` and `post review-break-glass`: out without a clearance in an emergency, and its review."""

import click

from purdah_scheduler.cli.grammar import post_argument, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.shapes import break_glass_facts
from purdah_scheduler.cli.speaking import emit, inline, say
from purdah_scheduler.domain.content import short


@verb(
    "break-glass",
    example="purdah-scheduler --as dee post break-glass 12 --skip press --incident INC-2041 \\\n"
    '    --reason "Flood warning for tonight, nobody of the press office can be reached."',
)
@post_argument
@click.option("--skip", "stages", multiple=True, required=True, metavar="STAGE", help="A stage to skip; can be repeated.")
@click.option("--reason", required=True, help="Why; at least 20 characters, for the record.")
@click.option("--incident", required=True, metavar="REF", help="The reference of the incident.")
@click.option("--digest", default="", metavar="DIGEST", help="The digest of what you have read; refused where it has changed.")
@click.pass_obj
def break_glass(call: Invocation, *, post_id: int, stages: tuple[str, ...], reason: str, incident: str, digest: str) -> None:
    """Let a post out without named clearances, for 24 hours. Everybody is told before it goes.

    It skips no sign-off, no block and no stop, and sends nothing by itself: the post still needs its time.
    """
    from purdah_scheduler.application import breaking

    glass = breaking.break_glass(
        call.office, call.actor, post_id, stages=stages, reason=reason, incident=incident, typed_digest=digest
    )
    if call.as_json:
        emit(break_glass_facts(call, glass))
        return
    say(
        f"Post {post_id}, {short(glass.digest)}, may go out without {inline(', '.join(glass.stages))} for 24 hours "
        f"(break-glass {glass.id}, incident {inline(glass.incident)})."
    )
    if not call.office.house.notices.ways:
        call.tell("Nobody is told: the configuration has no [[notify.channel]]. Tell them yourself.")
    call.tell(f"UNREVIEWED until somebody else says: purdah-scheduler post review-break-glass {post_id} --note …")
    call.tell(f"Next: purdah-scheduler post schedule {post_id} --at …")


@verb("review-break-glass", example='purdah-scheduler --as carys post review-break-glass 12 --note "Right: the river rose."')
@post_argument
@click.option("--note", required=True, help="What you found, for the record.")
@click.pass_obj
def review_break_glass(call: Invocation, *, post_id: int, note: str) -> None:
    """Say what you found of a post that went out, or could, without a clearance; not by who wrote it or broke the glass."""
    from purdah_scheduler.application import breaking

    found = breaking.review(call.office, call.actor, post_id, words=note)
    if call.as_json:
        emit({"post": post_id, "reviewed": [glass.id for glass in found]})
    else:
        say(f"Post {post_id}: break-glass {', '.join(str(glass.id) for glass in found)} is reviewed.")
