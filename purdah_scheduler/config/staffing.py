"""Whether the people of the configuration can complete its chain: one that nobody could complete would hold every post."""

from collections.abc import Mapping, Sequence

from purdah_scheduler.config.reader import Table
from purdah_scheduler.domain.clearance import Stage, When
from purdah_scheduler.domain.people import Assurance, Least, Person, Role
from purdah_scheduler.domain.periods import Body
from purdah_scheduler.lean import lean_dataclass

_Slot = tuple[Role, Assurance]
"""What one person has to have to give one clearance."""

_NO_LOGINS = (
    "only a PostgreSQL server can know people by their logins, and this queue is in a file, so nobody could ever give it; "
    "name a database with [store] url, or ask for signed."
)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class RoleSetting:
    """Which role something takes: `every` body's, but for those that have one of their `own`; and how surely known."""

    every: Role
    own: Mapping[Body, Role]
    least: Assurance = Assurance.CLAIMED


def read_least(clearance: Table, *, by_login: bool) -> Least:
    """How surely the givers of what is not a stage must be known; `by_login`: whether the store can know people by login.

    Only decisions can be signed: exemptions and second answers go no further than a login.
    """
    found = {}
    for key in ("sign_off", "exemption", "answer"):
        name = f"{key}_assurance"
        asked = clearance.choice(name, Assurance, default=Assurance.CLAIMED, what="assurance") or Assurance.CLAIMED
        if asked is Assurance.SIGNED and key != "sign_off":
            clearance.fault(name, f"{name} cannot be signed: it is decisions and sign-offs that are signed.")
        elif asked is Assurance.AUTHENTICATED and not by_login:
            clearance.fault(name, _NO_LOGINS)
        found[key] = asked
    return Least(**found)


def check_staffing(
    clearance: Table,
    *,
    people: Sequence[Person],
    chain: Sequence[Stage],
    by_login: bool,
    sign_off: RoleSetting,
    exemption: RoleSetting,
) -> None:
    """Note each stage or role that too few people could give, and a chain that no author's post could get through."""
    before = clearance.fault_count
    for position, stage in enumerate(chain):
        here = Table({}, (*clearance.where, "stage", position), clearance.faults)
        able = sum(_able(person, stage.role, stage.min_assurance) for person in people)
        if able < stage.people:
            keys = " and a key" if stage.min_assurance is Assurance.SIGNED else ""
            here.fault(
                "role" if stage.people == 1 else "people",
                f"stage {stage.id} needs {_persons(stage.people)} with the role {stage.role}{keys} and the file has "
                f"{able or 'none'}, so nothing could be cleared.",
            )
        if stage.min_assurance is Assurance.AUTHENTICATED and not by_login:
            here.fault("min_assurance", _NO_LOGINS)
    for key, setting in (("sign_off", sign_off), ("exemption", exemption)):
        own = Table({}, (*clearance.where, key), clearance.faults)
        for table, name, role in (
            (clearance, f"{key}_role", setting.every),
            *((own, str(body), role) for body, role in setting.own.items()),
        ):
            if not any(_able(person, role, setting.least) for person in people):
                keys = " and a key" if setting.least is Assurance.SIGNED else ""
                table.fault(name, f"nobody has the role {role}{keys}, which {name} asks for.")
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
    roles = {sign_off.every, *sign_off.own.values()}
    return all(any(_able(person, role, sign_off.least) for person in others) for role in roles) and all(
        _can_be_given([stage for stage in chain if stage.when in (When.ALWAYS, side)], others)
        for side in (When.INSIDE, When.OUTSIDE)
    )


def _can_be_given(stages: Sequence[Stage], people: Sequence[Person]) -> bool:
    """Whether these people could give every one of the stages that no condition takes off a post, all by different ones."""
    plain = (stage for stage in stages if not stage.accounts and not stage.categories and not stage.marks)
    slots = [(stage.role, stage.min_assurance) for stage in plain for _ in range(stage.people)]
    taken: dict[str, int] = {}
    return all(_place(slot, slots, people, taken, set()) for slot in range(len(slots)))


def _place(slot: int, slots: Sequence[_Slot], people: Sequence[Person], taken: dict[str, int], tried: set[str]) -> bool:
    """Give one slot to somebody, moving others along where that helps (an augmenting path of bipartite matching)."""
    for person in people:
        if _able(person, *slots[slot]) and person.id not in tried:
            tried.add(person.id)
            if person.id not in taken or _place(taken[person.id], slots, people, taken, tried):
                taken[person.id] = slot
                return True
    return False


def _able(person: Person, role: Role, least: Assurance) -> bool:
    """Whether the person could give something: has the role, and a key where it has to be signed."""
    return person.has(role) and (least is not Assurance.SIGNED or any(not key.revoked for key in person.keys))


def _persons(number: int) -> str:
    return "a person" if number == 1 else f"{number} people"
