"""Linking: which person each login of the database stands for, on record; only who owns the tables may change it."""

from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.people import Role
from purdah_scheduler.errors import BadInput


def link(office: Office, actor: Actor, login: str, person: str) -> None:
    """Let a login stand for a person from now on; what it wrote before stays as it is. Raises NotAllowed, NotFound, BadInput."""
    _require_server(office)
    office.house.person(person)
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.OPERATOR, to="link logins")
        tx.link_login(login, person, now)
        record(tx, actor, "login.linked", at=now, private={"which": login, "who": person})


def unlink(office: Office, actor: Actor, login: str) -> None:
    """Let a login stand for nobody: it can change nothing any more. Raises NotAllowed, NotFound, BadInput."""
    _require_server(office)
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.OPERATOR, to="unlink logins")
        tx.unlink_login(login)
        record(tx, actor, "login.unlinked", at=now, private={"which": login})


def _require_server(office: Office) -> None:
    if office.store.login() is None:
        raise BadInput(
            "This queue is in a file, which knows no logins, so nothing was linked.",
            next_step="Name a database with [store] url.",
        )
