"""Who may act, as the faces show it: everybody of the configuration, suspended or not, and how each is known."""

from purdah_scheduler.application.office import House
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.people import Person
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One person; `logins` are those of the database that stand for them."""

    person: Person
    suspended: bool
    logins: tuple[str, ...]

    @property
    def known_by(self) -> str:
        """By which logins the person is known; at the database the name of a process's user says nothing."""
        if self.logins:
            return ", ".join(f"{login} at the database" for login in self.logins)
        return ", ".join(sorted(self.person.os_users)) or "anybody, by --as"


def people_lines(reader: Reader, house: House) -> tuple[PersonLine, ...]:
    """Everybody, in the order of the configuration."""
    gone, logins = reader.suspended(), reader.logins()
    return tuple(
        PersonLine(
            person=person,
            suspended=person.id in gone,
            logins=tuple(login.name for login in logins if login.person == person.id),
        )
        for person in house.people
    )
