"""What a new department has still to do before its first post can go out, ticked from the state of the world."""

from collections.abc import Collection
from dataclasses import replace

from purdah_scheduler.application import views
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.views import Status
from purdah_scheduler.domain.periods import PeriodStatus
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.lean import lean_dataclass

_NOWHERE = "outbox"
"""The channel that writes into a folder: an account on it reaches no reader."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the steps are ticked from.

    `invented`: how many of the people are those that a new configuration begins with. `published`: whether anything ever went
    out, after which a department is not new. `unlooked`: periods ahead that nobody has confirmed, and ends that nobody recorded.
    """

    people: int
    invented: int
    accounts: int
    stages: tuple[str, ...]
    unlooked: int
    alive: bool
    written: bool
    published: bool


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what it is, whether it is done, how it stands, and what to type or write for it."""

    key: str
    words: str
    done: bool
    said: str
    command: str


def first_steps(world: World) -> tuple[Step, ...]:
    """The six steps in the order in which they are taken; none for a department that has published, or has done them all."""
    own = world.people - world.invented
    chain = ", then ".join(world.stages)
    steps = (
        Step(
            key="people",
            words="People and their roles",
            done=world.invented == 0,
            said=_many(own, "person", "people") if world.invented == 0 else f"{world.invented} of {world.people} are invented",
            command="[[person]] in the configuration",
        ),
        Step(
            key="accounts",
            words="An account that has readers",
            done=world.accounts > 0,
            said=_many(world.accounts, "account", "accounts") if world.accounts else "only the outbox, a folder of this machine",
            command="purdah-scheduler account add",
        ),
        Step(
            key="clearance",
            words="Who must clear a post",
            done=bool(world.stages),
            said=chain or "nobody yet",
            command="[[clearance.stage]] in the configuration",
        ),
        Step(
            key="periods",
            words="Pre-election periods looked through",
            done=world.unlooked == 0,
            said="all are confirmed" if world.unlooked == 0 else f"{world.unlooked} to confirm, or to record the end of",
            command="purdah-scheduler calendar list",
        ),
        Step(
            key="daemon",
            words="The daemon that publishes",
            done=world.alive,
            said="running" if world.alive else "not running",
            command="purdah-scheduler daemon",
        ),
        Step(
            key="post",
            words="A first post",
            done=world.written,
            said="written" if world.written else "none yet",
            command="purdah-scheduler post new",
        ),
    )
    return () if world.published or all(step.done for step in steps) else steps


def look_round(office: Office, status: Status, invented: Collection[str]) -> World:
    """The world as the queue and its `status` show it; `invented` are the names of the people of a new configuration."""
    house, now = office.house, office.now()
    world = World(
        people=len(house.people),
        invented=sum(person.name in invented for person in house.people),
        accounts=sum(account.channel != _NOWHERE for account in house.accounts),
        stages=tuple(stage.label for stage in house.chain),
        unlooked=0,
        alive=status.alive,
        written=bool(status.counts),
        published=bool(status.counts.get(DeliveryState.PUBLISHED)),
    )
    if world.published:  # nothing will be said, and reading the calendar is what costs
        return world
    with office.store.read() as reader:
        periods = [period for period in views.relevant_periods(house, reader) if not period.is_off]
    unlooked = sum(
        period.awaiting_lift(now) or (period.status is PeriodStatus.PROVISIONAL and period.starts > now) for period in periods
    )
    return replace(world, unlooked=unlooked)


def _many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
