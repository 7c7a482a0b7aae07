"""What the gate would say of a post at its time, were one more yes on record: it is asked, and nothing is written."""

from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.gate import Answer, ask
from purdah_scheduler.application.matter import Matter, moments
from purdah_scheduler.application.office import House, Office
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.signing import all_flags
from purdah_scheduler.domain import threads
from purdah_scheduler.domain.calendar import Calendar
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Decision
from purdah_scheduler.domain.people import Assurance, Person
from purdah_scheduler.domain.posts import NOTHING_LEFT, DeliveryState
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """One account, the moment for which the gate was asked (due, planned or now), and its answer."""

    account: str
    at: datetime
    answer: Answer


def if_approved(office: Office, person: Person, post_id: int, stage: str) -> tuple[Supposed, ...]:
    """The gate's answers on every account from which nothing has left, had this person approved the stage (or sign-off) now.

    The yes is taken as one that is known surely enough. Raises NotFound.
    """
    house, now = office.house, office.now()
    with office.store.read() as reader:
        matter, calendar = Matter.read(reader, house, post_id), house.calendar(reader)
        deliveries = reader.deliveries(post_id)
        answers = _answers(reader, house, matter, calendar, person, now) if stage == SIGN_OFF else ()
        supposed = replace(matter, decisions=(*matter.decisions, _yes(house, reader, matter, person, stage, now, answers)))
        found = []
        for entry in matter.content.accounts:
            queued = [one for one in threads.current(deliveries, entry.account) if one.state is not DeliveryState.CANCELLED]
            leading = threads.leading(queued) if queued else None
            if leading is not None and leading.state not in NOTHING_LEFT:
                continue
            at = leading.due_at if leading is not None else matter.post.planned_at
            moment = now if at is None or at < now else at
            answer = ask(
                reader,
                house=house,
                shelf=office.shelf,
                post=post_id,
                account=entry.account,
                at=moment,
                calendar=calendar,
                stopped=office.stop.reason(),
                matter=supposed,
            )
            found.append(Supposed(account=entry.account, at=moment, answer=answer))
    return tuple(found)


def _yes(
    house: House, reader: Reader, matter: Matter, person: Person, stage: str, now: datetime, answers: tuple[str, ...]
) -> Decision:
    return Decision(
        person=person.id,
        stage=stage,
        choice=Choice.APPROVE,
        digest=matter.digest,
        revision=matter.revision.number,
        at=now,
        assurance=max(house.least_for(stage), house.assurance(reader), key=_rank),
        answers=answers,
    )


def _rank(assurance: Assurance) -> int:
    return assurance.rank


def _answers(reader: Reader, house: House, matter: Matter, calendar: Calendar, person: Person, now: datetime) -> tuple[str, ...]:
    """The keys of the flags that this person's sign-off would answer."""
    when = moments(matter.post, reader.deliveries(matter.post.id), now)
    return tuple(flag.finding.key for flag in all_flags(matter, house, calendar, when) if person.has(flag.role))
