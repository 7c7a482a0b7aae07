"""`exemption`: reasoned, expiring lifts of a block, for one text of one post or for a campaign."""

import click

from purdah_scheduler.cli.grammar import POST, Noun, Number, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.shapes import exemption_facts, exemption_periods
from purdah_scheduler.cli.speaking import emit, inline, say, table
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.posts import Exemption
from purdah_scheduler.errors import BadInput, BadTime

_VERBS = {
    "grant": ("exemptions:grant", "lift a block from one post, or from a campaign, until a time"),
    "list": ("exemptions:list_exemptions", "those that were granted"),
    "revoke": ("exemptions:revoke", "end one now"),
}
_NUMBER = Number("an exemption", "See purdah-scheduler exemption list")
_EXAMPLE = """\
purdah-scheduler --as carys exemption grant 12 --until "+3d 18:00" --reason "Safety notice, agreed with counsel."
purdah-scheduler --as carys exemption grant --campaign "Winter warmth" --period ge-2029-uk --until "+2w 18:00" \\
    --reason "Agreed with the propriety team before the period."\
"""


@click.group("exemption", cls=Noun, verbs=_VERBS, example="purdah-scheduler exemption list")
def exemption() -> None:
    """Lift a block from one post or campaign, with a reason and an end. Nothing lifts party content or a referendum's rules."""


@verb("grant", example=_EXAMPLE)
@click.argument("post_id", type=POST, metavar="[POST]", required=False)
@click.option("--campaign", metavar="NAME", help="Instead of a post: every post that is marked with this campaign.")
@click.option("--period", "periods", multiple=True, metavar="ID", help="With --campaign: in this period; can be repeated.")
@click.option("--until", required=True, metavar="TIME", help="When it ends.")
@click.option("--reason", required=True, help="Why; at least 10 characters.")
@click.option("--digest", default="", metavar="DIGEST", help="The digest of what you have read, such as 7f3a-91c2.")
@click.pass_obj
def grant(
    call: Invocation,
    *,
    post_id: int | None,
    campaign: str | None,
    periods: tuple[str, ...],
    until: str,
    reason: str,
    digest: str,
) -> None:
    """Lift a block until a time: from one post, for the text, periods and rules that it has now, or from a campaign.

    Nobody exempts what they wrote. It lapses when the text, the period or the rule changes, and sends nothing by itself.
    """
    from purdah_scheduler.application import exempting

    if (post_id is None) is (campaign is None) or (post_id is not None and periods) or (campaign is not None and digest):
        raise BadInput(
            "An exemption is for one post, or for one campaign in periods that are named, so none was granted.",
            next_step="Give either POST, or --campaign with --period.",
        )
    ends = call.when(until)
    if ends is None:
        raise BadTime("No end was given, so no exemption was granted.", next_step="Give --until.")
    if post_id is not None:
        new_id = exempting.grant_exemption(call.office, call.actor, post_id, until=ends, reason=reason, typed_digest=digest)
        facts: dict[str, object] = {"exemption": new_id, "post": post_id, "until": call.stamp(ends)}
        done, then = f"from post {post_id}", f"purdah-scheduler post show {post_id}"
    else:
        new_id = exempting.exempt_campaign(call.office, call.actor, campaign or "", periods=periods, until=ends, reason=reason)
        facts = {"exemption": new_id, "campaign": campaign, "periods": list(periods), "until": call.stamp(ends)}
        done = f"from the campaign “{inline(campaign or '')}” in {', '.join(periods)}"
        then = "choose a new time for each of its posts that is held: purdah-scheduler post list --state held"
    if call.as_json:
        emit(facts)
        return
    say(f"Exemption {new_id} lifts what it may lift {done} until {call.shown(ends)}. Nothing is sent by it.")
    call.tell(f"Next: {then}")


@verb("list", example="purdah-scheduler exemption list --post 12")
@click.option("--post", "post_id", type=POST, metavar="POST", help="Only those of this post and of its campaign.")
@click.pass_obj
def list_exemptions(call: Invocation, *, post_id: int | None) -> None:
    """The exemptions that were granted, ended and lapsed ones too."""
    found = _granted(call, post_id)
    if call.as_json:
        for entry, lifts in found:
            emit({**exemption_facts(call, entry), "in_force": bool(lifts), "lifts": list(lifts)})
        return
    if not found:
        call.tell("No exemption has been granted.")
        return
    rows = [
        (
            str(entry.id),
            str(entry.post) if entry.post is not None else "campaign",
            short(entry.digest) if entry.post is not None else entry.campaign,
            ", ".join(exemption_periods(entry)),
            entry.person,
            _state(call, entry, lifts),
            call.shown(entry.expires_at),
            entry.reason,
        )
        for entry, lifts in found
    ]
    say(table(("Exemption", "Post", "For", "Periods", "By", "State", "Until", "Reason"), rows, width=call.width))


@verb("revoke", example="purdah-scheduler --as carys exemption revoke 3")
@click.argument("exemption_id", type=_NUMBER, metavar="EXEMPTION")
@click.pass_obj
def revoke(call: Invocation, *, exemption_id: int) -> None:
    """End an exemption now. What is queued under it is held when its time comes."""
    from purdah_scheduler.application import exempting

    entry = exempting.revoke_exemption(call.office, call.actor, exemption_id)
    if call.as_json:
        emit({"exemption": exemption_id, "post": entry.post, "campaign": entry.campaign, "revoked": True})
    else:
        of = f"post {entry.post}" if entry.post is not None else f"the campaign “{inline(entry.campaign)}”"
        say(f"Exemption {exemption_id} of {of} is revoked.")


def _granted(call: Invocation, post_id: int | None) -> list[tuple[Exemption, tuple[str, ...]]]:
    """The exemptions of one post or of all, by number, each with the periods of which it still lifts something."""
    from purdah_scheduler.application import exempting
    from purdah_scheduler.application.matter import Matter

    house = call.office.house
    with call.office.store.read() as reader:
        found = reader.all_exemptions() if post_id is None else Matter.read(reader, house, post_id).exemptions
        return [
            (entry, exempting.still_lifts(reader, house, entry, call.now)) for entry in sorted(found, key=lambda entry: entry.id)
        ]


def _state(call: Invocation, entry: Exemption, lifts: tuple[str, ...]) -> str:
    if entry.revoked_at is not None:
        return "revoked"
    if call.now >= entry.expires_at:
        return "ended"
    return "in force" if lifts else "lapsed"
