"""`people`: who may act."""

import click

from purdah_scheduler.cli.effects import counted
from purdah_scheduler.cli.grammar import Noun, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, say, table
from purdah_scheduler.domain.ssh_keys import SigningKey

_PEOPLE = {
    "list": ("people:list_people", "everybody, with their roles"),
    "suspend": ("people:suspend", "stop a person from acting"),
    "restore": ("people:restore", "let a suspended person act again"),
}
_SOME = 20
"""Posts that are named one by one; the rest is counted."""


@click.group("people", cls=Noun, verbs=_PEOPLE, example="purdah-scheduler people list")
def people() -> None:
    """Who may act. People are named in the configuration; here they are suspended and restored."""


@verb("list", example="purdah-scheduler people list")
@click.pass_obj
def list_people(call: Invocation) -> None:
    """Everybody in the configuration, with their roles, the logins that stand for them and the keys that they sign with."""
    from purdah_scheduler.application.people_views import people_lines

    with call.office.store.read() as reader:
        found = people_lines(reader, call.office.house)
    if call.as_json:
        for line in found:
            person = line.person
            emit(
                {
                    "person": person.id,
                    "name": person.name,
                    "roles": sorted(map(str, person.roles)),
                    "os_users": sorted(person.os_users),
                    "suspended": line.suspended,
                    "logins": list(line.logins),
                    "keys": [
                        {
                            "fingerprint": key.key.fingerprint,
                            "kind": key.key.kind,
                            "valid_from": call.stamp(key.valid_from),
                            "valid_to": call.stamp(key.valid_to),
                            "revoked": key.revoked,
                            "counts": key.counts_at(call.now),
                        }
                        for key in person.keys
                    ],
                }
            )
        return
    rows = [
        (
            line.person.id,
            "suspended" if line.suspended else "active",
            ", ".join(sorted(line.person.roles)),
            line.known_by,
            line.person.name,
        )
        for line in found
    ]
    say(table(("Person", "State", "Roles", "Login", "Name"), rows, width=call.width))
    keys = [f"  {line.person.id}: {_key(call, key)}" for line in found for key in line.person.keys]
    if keys:
        say("\n".join(["", "Signing keys", *keys]))


def _key(call: Invocation, key: SigningKey) -> str:
    """A key by its whole fingerprint, with whether it counts now and from when to when it does."""
    spans = [
        *([f"from {call.shown(key.valid_from)}"] if key.valid_from is not None else []),
        *([f"until {call.shown(key.valid_to)}"] if key.valid_to is not None else []),
    ]
    why_not = key.why_not_at(call.now)
    counts = f"does not count, it {why_not}" if why_not else "counts"
    return f"{key.key.fingerprint} ({key.key.kind}), {'; '.join([counts, *([' '.join(spans)] if spans else [])])}"


@verb("suspend", example='purdah-scheduler --as dougal people suspend bede --reason "Has left the department."')
@click.argument("person")
@click.option("--reason", default="", help="Why.")
@click.pass_obj
def suspend(call: Invocation, *, person: str, reason: str) -> None:
    """Stop a person from acting. The clearances that the person gave stop counting at once."""
    from purdah_scheduler.application import stopping

    posts = stopping.suspend(call.office, call.actor, person, reason=reason)
    if call.as_json:
        emit({"person": person, "suspended": True, "not_cleared": list(posts)})
        return
    say(f"{call.office.house.person(person).name} is suspended.")
    if posts:
        some = ", ".join(map(str, posts[:_SOME])) + (f" and {len(posts) - _SOME} more" if len(posts) > _SOME else "")
        call.tell(f"Without these clearances {counted(len(posts))} of the queue will be held when due: {some}.")
        call.tell(f"Next: purdah-scheduler post show {posts[0]}")


@verb("restore", example="purdah-scheduler --as dougal people restore bede")
@click.argument("person")
@click.pass_obj
def restore(call: Invocation, *, person: str) -> None:
    """Let a suspended person act again. The clearances that the person gave before count again."""
    from purdah_scheduler.application import stopping

    stopping.restore(call.office, call.actor, person)
    if call.as_json:
        emit({"person": person, "suspended": False})
    else:
        say(f"{call.office.house.person(person).name} may act again.")
