"""Where the configuration is, and which of its people is at the keyboard."""

from collections.abc import Mapping
from pathlib import Path

from purdah_scheduler.config.records import Config
from purdah_scheduler.domain.people import Login, Person
from purdah_scheduler.errors import WhoAreYou


def default_config_path(env: Mapping[str, str]) -> Path:
    """`PURDAH_CONFIG` where it is set, else `config.toml` in the user's configuration directory."""
    named = env.get("PURDAH_CONFIG", "")
    if named:
        return Path(named)
    from platformdirs import user_config_path  # only a command that was not told where to look needs it

    return user_config_path("purdah-scheduler", appauthor=False) / "config.toml"


def acting_person(config: Config, as_person: str | None, login: str) -> Person:
    """The person who acts: the one named by --as, else the one whose `os_users` hold this login name.

    A person with `os_users` acts only from those logins; a person without any can be named by everybody, which the record
    calls claimed. Raises WhoAreYou with the ids to choose from, or NotFound.
    """
    if as_person is not None:
        person = config.person(as_person)
        if person.os_users and login not in person.os_users:
            raise WhoAreYou(
                f"{person.id} acts from the login {' or '.join(sorted(person.os_users))} and this one is {login or 'not known'}, "
                "so nothing was done.",
                next_step=_choose(config, [each.id for each in config.people if not each.os_users or login in each.os_users]),
            )
        return person
    mine = [person for person in config.people if login in person.os_users]
    if len(mine) == 1:
        return mine[0]
    if mine:
        raise WhoAreYou(
            f"The login {login} stands for {len(mine)} people, so nothing was done.",
            next_step=_choose(config, [person.id for person in mine]),
        )
    raise WhoAreYou(
        f"The configuration does not say who the login {login or 'of this process'} is, so nothing was done.",
        next_step=_choose(config, [person.id for person in config.people if not person.os_users]),
    )


def person_of_login(config: Config, login: Login, as_person: str | None) -> Person:
    """The person whom the login of the database stands for; nobody acts as another. Raises WhoAreYou, NotFound."""
    if not login.person:
        raise WhoAreYou(
            f"The login {login.name} of the database stands for no person, so nothing was done.",
            next_step=f"Whoever keeps the database types: purdah-scheduler db link {login.name} PERSON",
        )
    if as_person is not None and as_person != login.person:
        raise WhoAreYou(
            f"The login {login.name} of the database stands for {login.person}, who does not act as {as_person}, "
            "so nothing was done.",
            next_step="Leave --as out, or use the login of that person.",
        )
    return config.person(login.person)


def _choose(config: Config, ids: list[str]) -> str:
    if ids:
        return f"Say who you are with --as, one of: {', '.join(sorted(ids))}."
    return f"Add this login to the os_users of a person in {config.path}."
