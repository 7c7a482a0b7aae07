"""`exemption`: reasoned, expiring lifts of a block, for one text of one post."""

import click

from purdah_scheduler.cli.grammar import POST, Noun, Number, post_argument, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.shapes import exemption_facts
from purdah_scheduler.cli.speaking import emit, say, table
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.posts import Exemption
from purdah_scheduler.errors import BadTime, NotFound

_VERBS = {
    "grant": ("exemptions:grant", "lift a block from one post until a time"),
    "list": ("exemptions:list_exemptions", "those that were granted"),
    "revoke": ("exemptions:revoke", "end one now"),
}
_GRANTED = "exemption.granted"
_NUMBER = Number("an exemption", "See purdah-scheduler exemption list")


@click.group("exemption", cls=Noun, verbs=_VERBS, example="purdah-scheduler exemption list")
def exemption() -> None:
    """Lift a block from one post, with a reason and an end. Nothing lifts party content or the rules of a referendum."""


@verb(
    "grant",
    example='purdah-scheduler --as carys exemption grant 12 --until "+3d 18:00" --reason "Safety notice, agreed with counsel."',
)
@post_argument
@click.option("--until", required=True, metavar="TIME", help="When it ends.")
@click.option("--reason", required=True, help="Why; at least 10 characters.")
@click.option("--digest", default="", metavar="DIGEST", help="The digest of what you have read, such as 7f3a-91c2.")
@click.pass_obj
def grant(call: Invocation, *, post_id: int, until: str, reason: str, digest: str) -> None:
    """Lift a block from one post, for the text that it has now and until a time. Its authors cannot."""
    from purdah_scheduler.application import deciding

    ends = call.when(until)
    if ends is None:
        raise BadTime("No end was given, so no exemption was granted.", next_step="Give --until.")
    new_id = deciding.grant_exemption(call.office, call.actor, post_id, until=ends, reason=reason, typed_digest=digest)
    if call.as_json:
        emit({"exemption": new_id, "post": post_id, "until": call.stamp(ends)})
        return
    say(f"Exemption {new_id} lifts what it may lift from post {post_id} until {call.shown(ends)}.")
    call.tell(f"Next: purdah-scheduler post show {post_id}")


@verb("list", example="purdah-scheduler exemption list --post 12")
@click.option("--post", "post_id", type=POST, metavar="POST", help="Only those of this post.")
@click.pass_obj
def list_exemptions(call: Invocation, *, post_id: int | None) -> None:
    """The exemptions that were granted, ended ones too."""
    found = _granted(call, post_id)
    if call.as_json:
        for entry in found:
            emit({**exemption_facts(call, entry), "in_force": _in_force(call, entry)})
        return
    if not found:
        call.tell("No exemption has been granted.")
        return
    rows = [
        (
            str(entry.id),
            str(entry.post),
            short(entry.digest),
            entry.person,
            "in force" if _in_force(call, entry) else "revoked" if entry.revoked_at else "ended",
            call.shown(entry.expires_at),
            entry.reason,
        )
        for entry in found
    ]
    say(table(("Exemption", "Post", "For", "By", "State", "Until", "Reason"), rows, width=call.width))


@verb("revoke", example="purdah-scheduler --as carys exemption revoke 3")
@click.argument("exemption_id", type=_NUMBER, metavar="EXEMPTION")
@click.pass_obj
def revoke(call: Invocation, *, exemption_id: int) -> None:
    """End an exemption now."""
    from purdah_scheduler.application import deciding

    actor = call.actor
    entry = next((known for known in _granted(call, None) if known.id == exemption_id), None)
    if entry is None:
        raise NotFound(
            f"There is no exemption {exemption_id}, so nothing was revoked.", next_step="See purdah-scheduler exemption list"
        )
    deciding.revoke_exemption(call.office, actor, entry.post, exemption_id)
    if call.as_json:
        emit({"exemption": exemption_id, "post": entry.post, "revoked": True})
    else:
        say(f"Exemption {exemption_id} of post {entry.post} is revoked.")


def _granted(call: Invocation, post_id: int | None) -> tuple[Exemption, ...]:
    """The exemptions of one post or of all, by number; the record knows which posts have any."""
    with call.office.store.read() as reader:
        if post_id is not None:
            posts = [reader.post(post_id).id]
        else:
            posts = sorted({entry.post for entry in reader.entries() if entry.action == _GRANTED and entry.post is not None})
        return tuple(sorted((entry for post in posts for entry in reader.exemptions(post)), key=lambda entry: entry.id))


def _in_force(call: Invocation, entry: Exemption) -> bool:
    return entry.revoked_at is None and entry.at <= call.now < entry.expires_at
