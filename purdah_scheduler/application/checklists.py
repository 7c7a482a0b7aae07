"""Checklists of a period's first and last day: made anew from the store whenever they are looked at, and ticked on the record."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.checklist_posts import afterwards, exempted, inside, published
from purdah_scheduler.application.office import Actor, House, Office, require
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.checklist import Checklist, Day, Entry, Group, Mark, checklist_of, date_of, last_instant
from purdah_scheduler.domain.checklist_first import first_day
from purdah_scheduler.domain.checklist_last import last_day
from purdah_scheduler.domain.checklist_occasion import Occasion, bound
from purdah_scheduler.domain.civiltime import local_date
from purdah_scheduler.domain.content import clean_text
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.errors import BadText, NotFound, WrongState
from purdah_scheduler.mistyped import meant

TICKERS = (Role.AUTHOR, Role.APPROVER, Role.PROPRIETY, Role.PUBLISHER, Role.OPERATOR)
"""Who may tick: anybody but a viewer."""

LONGEST_NOTE = 500
"""Characters of the note of a tick."""


def checklist(office: Office, period_id: str, day: Day) -> Checklist:
    """The list of one day of a period of any source, as things are now. Raises NotFound."""
    with office.store.read() as reader:
        return made(reader, office.house, period_id, day, office.now())


def made(reader: Reader, house: House, period_id: str, day: Day, now: datetime) -> Checklist:
    """The same in a view of the store that is open already. Raises NotFound."""
    period = known_period(reader, house, period_id)
    marks = reader.marks(period_id)
    accounts = bound(period, house.accounts)
    occasion = Occasion(
        period=period,
        zone=house.zone,
        rulebook=house.rulebook,
        accounts=accounts,
        sign_off_roles=tuple(sorted({house.sign_off_role_for(account.body) for account in accounts})) or (house.sign_off_role,),
    )
    if day is Day.FIRST:
        items = first_day(_furnished_first(reader, house, occasion, now))
    else:
        items = last_day(_furnished_last(reader, house, occasion, marks, now))
    return checklist_of(period, day, items, marks, house.zone)


def _furnished_first(reader: Reader, house: House, occasion: Occasion, now: datetime) -> Occasion:
    people = house.active(reader)
    lifting = {house.exemption_role_for(account.body) for account in occasion.accounts} or {house.exemption_role}
    found, more = inside(reader, house, occasion, now)
    return replace(
        occasion,
        signers=tuple(person for person in people if person.has(*occasion.sign_off_roles)),
        exempters=tuple(person for person in people if person.has(*lifting)),
        published=published(reader, occasion, now),
        inside=found,
        more_inside=more,
    )


def _furnished_last(reader: Reader, house: House, occasion: Occasion, marks: Sequence[Mark], now: datetime) -> Occasion:
    first = checklist_of(occasion.period, Day.FIRST, (), marks, house.zone)
    return replace(
        occasion,
        afterwards=afterwards(reader, house, occasion, now),
        exempted=exempted(reader, house, occasion, now),
        paused=frozenset(mark.item for mark in first.gone if mark.item.startswith(f"{Group.PAID}-")),
    )


def day_of(period: Period, house: House, now: datetime) -> Day:
    """The list that matters today: the last day's from that day on, the first day's before it."""
    last = date_of(period, Day.LAST, house.zone)
    over = last_instant(period)
    is_last = last is not None and over is not None and local_date(now, house.zone) >= last
    return Day.LAST if is_last else Day.FIRST


def known_period(reader: Reader, house: House, period_id: str) -> Period:
    """The period of that id as it holds now. Raises NotFound, naming the nearest."""
    calendar = house.calendar(reader)
    for period in calendar:
        if period.id == period_id:
            return period
    hint = meant(period_id, [period.id for period in calendar])
    raise NotFound(
        f"There is no period “{period_id}”, so there is no checklist of it.",
        next_step=f"{hint}See purdah-scheduler calendar list --all",
    )


def found_in(listed: Checklist, typed: str) -> Entry:
    """The item that a person named, by its number on the list or by its key. Raises NotFound, naming the nearest."""
    wanted = typed.strip()
    digits = wanted.removeprefix("#")
    for entry in listed.entries:
        if wanted == entry.item.key or (digits.isascii() and digits.isdigit() and entry.number == int(digits[:9])):
            return entry
    hint = meant(wanted, [entry.item.key for entry in listed.entries])
    raise NotFound(
        f"There is no item “{wanted}” on the list of the {listed.day} day of {listed.period.id}, so nothing was ticked.",
        next_step=f"{hint}See purdah-scheduler calendar checklist {listed.period.id} --day {listed.day}",
    )


def tick(
    office: Office,
    actor: Actor,
    period_id: str,
    day: Day,
    items: Sequence[str],
    *,
    note: str = "",
    undo: bool = False,
    seen: Mapping[str, str] | None = None,
) -> tuple[Checklist, tuple[Entry, ...]]:
    """Tick items (or take ticks back), all or none, one entry of the record each; what is so already is left as it is.

    `items` are numbers or keys. `seen`: what each item, by key, was about when the person looked; one that is about something
    else now is refused. Returns the list as it is then, and the items that were marked. Raises NotFound, NotAllowed, BadText,
    WrongState.
    """
    now = office.now()
    said = _checked_note(note)
    with office.store.write() as tx:
        require(actor, tx, *TICKERS, to="tick checklists")
        listed = made(tx, office.house, period_id, day, now)
        wanted = {entry.item.key: entry for entry in (found_in(listed, typed) for typed in items)}
        for entry in wanted.values():
            _check_seen(listed, entry, seen)
        marked = [entry for entry in wanted.values() if _changes(entry, said, undo=undo)]
        for entry in marked:
            tx.add_mark(
                Mark(
                    id=0,
                    period=period_id,
                    day=day,
                    item=entry.item.key,
                    is_done=not undo,
                    person=actor.person.id,
                    at=now,
                    note=said,
                    about=entry.item.about,
                )
            )
            record(
                tx,
                actor,
                "checklist.unticked" if undo else "checklist.ticked",
                at=now,
                post=entry.item.post,
                delivery=entry.item.delivery,
                public={"period": period_id, "day": str(day), "item": entry.item.key, "about": entry.item.about},
                private={"words": entry.item.words, "note": said},
            )
        after = made(tx, office.house, period_id, day, now) if marked else listed
    keys = {entry.item.key for entry in marked}
    return after, tuple(entry for entry in after.entries if entry.item.key in keys)


def _changes(entry: Entry, note: str, *, undo: bool) -> bool:
    """Whether a mark would say anything new: a tick of something else than before, another note, the undoing of a tick."""
    if undo:
        return entry.ticked
    return not entry.done or (bool(note) and entry.mark is not None and entry.mark.note != note)


def _check_seen(listed: Checklist, entry: Entry, seen: Mapping[str, str] | None) -> None:
    if seen is not None and seen.get(entry.item.key, entry.item.about) != entry.item.about:
        raise WrongState(
            f"“{entry.item.key}” changed while you looked at it, so nothing was ticked. It says now: {entry.item.words}",
            next_step=f"purdah-scheduler calendar checklist {listed.period.id} --day {listed.day}",
        )


def _checked_note(note: str) -> str:
    """The note on one line. Raises BadText."""
    said = " ".join(clean_text(note).split())
    if len(said) > LONGEST_NOTE:
        raise BadText(
            f"The note has {len(said)} characters, and a note has {LONGEST_NOTE} at most, so nothing was ticked.",
            next_step="Say it shorter.",
        )
    return said
