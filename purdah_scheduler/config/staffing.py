"""Whether the people of the configuration can complete its chain: one that nobody could complete would hold every post."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from purdah_scheduler.config.reader import Table
from purdah_scheduler.domain.clearance import Stage, When
from purdah_scheduler.domain.people import Person, Role
from purdah_scheduler.domain.periods import Body


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSetting:
    """Which role something takes: `every` body's, but for those that have one of their `own`."""

    every: Role
    own: Mapping[Body, Role]


def check_staffing(
    clearance: Table, *, people: Sequence[Person], chain: Sequence[Stage], sign_off: RoleSetting, exemption: RoleSetting
) -> None:
    """Note each stage or role that too few people could give, and a chain that no author's post could get through."""
    before = clearance.fault_count
    for position, stage in enumerate(chain):
        able = sum(person.has(stage.role) for person in people)
        if able < stage.people:
            Table({}, (*clearance.where, "stage", position), clearance.faults).fault(
                "role" if stage.people == 1 else "people",
                f"stage {stage.id} needs {_persons(stage.people)} with the role {stage.role} and the file has {able or 'none'}, "
                "so nothing could be cleared.",
            )
    for key, setting in (("sign_off", sign_off), ("exemption", exemption)):
        own = Table({}, (*clearance.where, key), clearance.faults)
        for table, name, role in (
            (clearance, f"{key}_role", setting.every),
            *((own, str(body), role) for body, role in setting.own.items()),
        ):
            if not any(person.has(role) for person in people):
                table.fault(name, f"nobody has the role {role}, which {name} asks for.")
    authors = [person for person in people if person.has(Role.AUTHOR)]
    if not authors:
        clearance.fault("", "nobody has the role author, so nobody could write a post.")
    elif clearance.fault_count == before and not any(_can_be_cleared(author, people, chain, sign_off) for author in authors):
        clearance.fault(
            "stage",
            "no author's post could be cleared: nobody clears their own or counts on two stages, so too few are left.",
        )


def _can_be_cleared(author: Person, people: Sequence[Person], chain: Sequence[Stage], sign_off: RoleSetting) -> bool:
    """Whether the others could give each sign-off, and every stage that each post needs, inside a period and outside."""
    others = [person for person in people if person.id != author.id]
    return all(any(person.has(role) for person in others) for role in {sign_off.every, *sign_off.own.values()}) and all(
        _can_be_given([stage for stage in chain if stage.when in (When.ALWAYS, side)], others)
        for side in (When.INSIDE, When.OUTSIDE)
    )


def _can_be_given(stages: Sequence[Stage], people: Sequence[Person]) -> bool:
    """Whether these people could give every one of the stages that no condition takes off a post, all by different ones."""
    plain = (stage for stage in stages if not stage.accounts and not stage.categories and not stage.marks)
    slots = [stage.role for stage in plain for _ in range(stage.people)]
    taken: dict[str, int] = {}
    return all(_place(slot, slots, people, taken, set()) for slot in range(len(slots)))


def _place(slot: int, slots: Sequence[Role], people: Sequence[Person], taken: dict[str, int], tried: set[str]) -> bool:
    """Give one slot to somebody, moving others along where that helps (an augmenting path of bipartite matching)."""
    for person in people:
        if person.has(slots[slot]) and person.id not in tried:
            tried.add(person.id)
            if person.id not in taken or _place(taken[person.id], slots, people, taken, tried):
                taken[person.id] = slot
                return True
    return False


def _persons(number: int) -> str:
    return "a person" if number == 1 else f"{number} people"
