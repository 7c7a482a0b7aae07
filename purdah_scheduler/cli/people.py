"""`people`: who may act."""

import click

from purdah_scheduler.cli.effects import counted
from purdah_scheduler.cli.grammar import Noun, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, say, table

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
    """Everybody in the configuration, with their roles."""
    house = call.office.house
    with call.office.store.read() as reader:
        gone = reader.suspended()
    if call.as_json:
        for person in house.people:
            emit(
                {
                    "person": person.id,
                    "name": person.name,
                    "roles": sorted(map(str, person.roles)),
                    "os_users": sorted(person.os_users),
                    "suspended": person.id in gone,
                }
            )
        return
    rows = [
        (
            person.id,
            "suspended" if person.id in gone else "active",
            ", ".join(sorted(person.roles)),
            ", ".join(sorted(person.os_users)) or "anybody, by --as",
            person.name,
        )
        for person in house.people
    ]
    say(table(("Person", "State", "Roles", "Login", "Name"), rows, width=call.width))


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
