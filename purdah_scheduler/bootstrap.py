"""The composition root: the only place that knows which store, channels, clock and calendar files exist."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.application.channel_ports import Count, ListingChannel, Settings
from purdah_scheduler.application.evidence import Evidence
from purdah_scheduler.application.notice_ports import HouseStore, Notifier
from purdah_scheduler.application.office import Actor, House, Office
from purdah_scheduler.application.ports import Clock, MediaShelf
from purdah_scheduler.application.timekeeping import hear_nothing
from purdah_scheduler.boot_time import boot_seconds
from purdah_scheduler.calendars import shipped
from purdah_scheduler.calendars.period_table import Names
from purdah_scheduler.calendars.toml_file import read_files
from purdah_scheduler.channels import catalogue
from purdah_scheduler.config import (
    Config,
    acting_person,
    default_config_path,
    load_config,
    named_store,
    parse_config,
    person_of_login,
)
from purdah_scheduler.domain.as_read import Sight
from purdah_scheduler.domain.content import Outgoing, Problem
from purdah_scheduler.domain.people import Account, Assurance
from purdah_scheduler.domain.policy import Rulebook
from purdah_scheduler.domain.server_limits import ServerLimits
from purdah_scheduler.errors import BadInput, BadSetup, TryAgain
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.plain_file import read_plain_file

if TYPE_CHECKING:
    from purdah_scheduler.store.backup import Backup
    from purdah_scheduler.store.copying import Copied


class SystemClock:
    """The true clock."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)

    def boot_seconds(self) -> float:
        """Seconds since boot, through suspend where the system can say so."""
        return boot_seconds()


class CatalogueRules:
    """How each channel counts and what it refuses, without its code."""

    def count(self, channel: str, text: str, told: ServerLimits | None = None) -> Count:
        """The length of `text` on `channel`."""
        used, limit, unit = catalogue.count(channel, text, told)
        return Count(used=used, limit=limit, unit=unit)

    def problems(self, channel: str, outgoing: Outgoing, told: ServerLimits | None = None) -> tuple[Problem, ...]:
        """Everything that `channel` would refuse."""
        return catalogue.problems_of(channel, outgoing, told)

    def limits(self, channel: str, told: ServerLimits | None = None) -> Limits:
        """What `channel` takes, or the account's server where it told that."""
        return catalogue.limits_for(channel, told)

    def settings(self, channel: str) -> Settings:
        """Which settings of a post `channel` has."""
        return catalogue.rules_for(channel).settings

    def sight(self, channel: str, text: str, *, has_card: bool = False) -> Sight:
        """What the readers of `channel` see of a text; `has_card`: a card is given with it."""
        return catalogue.sight(channel, text, has_card=has_card)

    def has_threads(self, channel: str) -> bool:
        """Whether a text can have several parts on `channel`."""
        return catalogue.rules_for(channel).threads

    def remote_id(self, channel: str, address: str) -> str:
        """The id of the post at that address on `channel`, or an empty text."""
        return catalogue.rules_for(channel).remote_id(address)


_MOST_REASON = 2_000
"""Bytes of the stop file that are read: nobody needs more to say why."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class StopFile:
    """The emergency stop as a file beside the queue: it needs no database."""

    path: Path

    def reason(self) -> str:
        """Why everything is stopped, or an empty text; a stop that cannot be read still stops."""
        try:
            found = read_plain_file(self.path, limit=_MOST_REASON)
        except FileNotFoundError:
            return ""
        except OSError as fault:
            return f"the stop file cannot be read ({fault.strerror})"
        if found is None:
            return "the stop file is no plain file"
        return found.data[:_MOST_REASON].decode("utf-8", "replace").strip() or "no reason given"

    def set(self, reason: str) -> None:
        """Stop everything; on a full disk the stop may lose its reason. Raises TryAgain where there can be no file."""
        try:
            self.path.write_bytes(f"{reason}\n".encode("utf-8", "backslashreplace"))
        except OSError as fault:
            if self.reason():
                return
            raise TryAgain(f"The stop could not be written to {self.path}: {fault.strerror}. Nothing was stopped.") from fault

    def clear(self) -> None:
        """Take the stop away."""
        with suppress(FileNotFoundError):
            self.path.unlink()


def read_config(path: Path | None = None) -> Config:
    """The configuration at `path`, or where the environment or the user's folder has it. Raises BadSetup."""
    return load_config(
        path or default_config_path(os.environ),
        known_channels=catalogue.channel_names(),
        known_categories=rulebook().categories,
        rulebook=rulebook(),
    )


def read_config_text(text: str, path: Path) -> Config:
    """The configuration that `path` would hold with this text. Raises ConfigFaults."""
    return parse_config(
        text, path, known_channels=catalogue.channel_names(), known_categories=rulebook().categories, rulebook=rulebook()
    )


def rulebook() -> Rulebook:
    """The shipped rules."""
    return shipped.load()[1]


def make_house(config: Config) -> House:
    """The configuration, the shipped data and the calendar files as the application sees them. Raises ConfigFaults."""
    periods, rules = shipped.load()
    own = read_files(config.calendar_files, reserved=[period.id for period in periods], names=names_for(config))
    return House(
        department=config.department,
        zone=ZoneInfo(config.zone),
        people=config.people,
        accounts=config.accounts,
        chain=config.chain,
        sign_off_role=config.sign_off_role,
        exemption_role=config.exemption_role,
        resume_needs_second=config.resume_needs_second,
        sign_off_roles=config.sign_off_roles,
        exemption_roles=config.exemption_roles,
        least=config.least,
        rulebook=rules.changed_by(config.rule_changes),
        periods=(*(periods if config.shipped_calendar else ()), *own),
        notices=config.notices,
        break_glass=config.break_glass,
        spacing=config.spacing,
    )


def names_for(config: Config | None) -> Names:
    """What a period can name: the shipped rules and channels, and the accounts of a configuration."""
    return Names(
        accounts=None if config is None else config.accounts, channels=catalogue.channel_names(), regimes=rulebook().own_regimes
    )


def open_office(config: Config, *, clock: Clock | None = None) -> Office:
    """Everything a face needs, on the store that the configuration names. Raises BadSetup, TryAgain."""
    store, shelf = _open_store(config)
    return Office(
        house=replace(make_house(config), evidence=_evidence(config, store)),
        store=store,
        shelf=shelf,
        clock=clock or SystemClock(),
        rules=CatalogueRules(),
        stop=stop_file(config),
    )


def _evidence(config: Config, store: HouseStore) -> Evidence:
    """What the queue can know about who decided; its id is read where anybody has a key to sign with."""
    if not any(person.keys for person in config.people):
        return Evidence(by_login=bool(config.store_url))
    from purdah_scheduler.signatures.verifying import holds

    with store.read() as reader:
        return Evidence(instance=reader.instance(), by_login=bool(config.store_url), verify=holds)


def _open_store(config: Config) -> tuple[HouseStore, MediaShelf]:
    if config.store_url:
        from purdah_scheduler.store import postgresql

        team = postgresql.open_store(config.store_url)
        return team, postgresql.open_attachments(team)
    from purdah_scheduler.store import light_store
    from purdah_scheduler.store.media import MediaFolder

    return light_store.open_store(config.store_path), MediaFolder(config.data_folder / "media")


def stop_file(config: Config) -> StopFile:
    """The emergency stop of this machine; it works where the queue cannot be opened."""
    return StopFile(path=config.data_folder / "STOP")


def stop_file_without_config(path: Path) -> StopFile:
    """The emergency stop beside the queue that the faulty configuration at `path` names. Raises BadSetup where none is found."""
    store = named_store(path)
    if store is None or not store.parent.is_dir():
        raise BadSetup(
            f"Where the queue of {path} is cannot be known, so nothing was stopped.",
            next_step="Put a file STOP, with the reason in it, beside the queue by hand.",
        )
    return StopFile(path=store.parent / "STOP")


def create_queue(config: Config) -> None:
    """Create the queue that the configuration names; never overwrites. Raises BadSetup, TryAgain, NotAllowed."""
    if config.store_url:
        from purdah_scheduler.store import postgresql

        postgresql.create_store(config.store_url).close()
        return
    from purdah_scheduler.store import sqlite

    sqlite.create_store(config.store_path).close()


def migrate_queue(config: Config) -> tuple[str, str]:
    """Bring the queue to the newest schema, or make it on a server that has none; the revisions before and after.

    Raises BadSetup, TryAgain, NotAllowed.
    """
    if config.store_url:
        from purdah_scheduler.store import postgresql

        return postgresql.migrate_store(config.store_url)
    from purdah_scheduler.store import sqlite

    return sqlite.migrate_store(config.store_path)


def database_roles(config: Config, *, grant: bool) -> str:
    """The SQL that makes the roles of the queue's database; with `grant` it is carried out. Raises what the store raises."""
    from purdah_scheduler.store import roles_postgresql

    if grant:
        roles_postgresql.grant(config.store_url)
    return roles_postgresql.SQL


def copy_queue(config: Config, to: str) -> "Copied":
    """Copy the queue in the file, with its attachments, into the database at `to`. Raises BadInput, BadSetup, TryAgain."""
    from purdah_scheduler.store.copying import copy_to_server

    return copy_to_server(config.store_path, config.data_folder / "media", to)


def back_up(config: Config, to: Path, *, now: datetime) -> "Backup":
    """Write a backup of the queue and its attachments into a new file. Raises BadInput, BadSetup, TryAgain."""
    from purdah_scheduler.store.backup import write_backup
    from purdah_scheduler.store.sqlite import open_store

    if config.store_url:
        raise BadInput(
            "This queue is on a PostgreSQL server, so no backup was written here.",
            next_step="Back it up with pg_dump; verify it restored elsewhere: purdah-scheduler doctor --thorough, audit verify",
        )
    store = open_store(config.store_path)
    try:
        return write_backup(store, config.data_folder / "media", to, now=now)
    finally:
        store.close()


def look_at_backup(file: Path) -> "Backup":
    """Look through a backup without leaving anything behind. Raises BadInput, BadSetup."""
    from purdah_scheduler.store.backup import read_backup

    return read_backup(file)


def restore(file: Path, to: Path) -> "Backup":
    """Unpack a backup into a new folder. Raises BadInput, BadSetup."""
    from purdah_scheduler.store.backup import restore_backup

    return restore_backup(file, to)


def channel_opener(
    config: Config, clock: Clock, *, hear: Callable[[str, datetime], None] | None = None, may_refresh: bool = True
) -> Callable[[Account], ListingChannel]:
    """Opens channels for the daemon, or for a command that looks at an account: nothing else loads tokens. Each account's once.

    `hear` is given the account and what its platform's clock said, with each answer. `may_refresh`: whether tokens that run
    out are renewed, which is the daemon's work.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    opened: dict[str, ListingChannel] = {}

    def open_channel(account: Account) -> ListingChannel:
        if account.id not in opened:
            opened[account.id] = catalogue.open_channel(
                account,
                data_dir=config.data_folder,
                credentials_dir=Path(folder) if folder else None,
                now=clock.now,
                hear=partial(hear, account.id) if hear else hear_nothing,
                may_refresh=may_refresh,
            )
        return opened[account.id]

    return open_channel


def channel_prepares(account: Account) -> bool:
    """Whether the account's channel may have anything to do for a text alone before the request that publishes it."""
    return catalogue.prepares(account.channel)


def servers_differ(account: Account) -> bool:
    """Whether the account's server has limits of its own, for which it can be asked."""
    return catalogue.servers_differ(account.channel)


def make_notifier(config: Config, *, give_up: Callable[[], bool] = bool) -> Notifier:
    """Who carries notices, until `give_up` says that there is no time left.

    It reads the addresses of channels, and never the tokens of accounts.
    """
    from purdah_scheduler.messengers.courier import Courier

    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return Courier(addresses=config.notice_credentials, handed_dir=Path(folder) if folder else None, give_up=give_up)


def make_actor(config: Config, store: HouseStore, as_person: str | None, *, face: str) -> Actor:
    """The person who acts: the one of the database's login or, where the store cannot know, of the login of this process.

    Raises WhoAreYou, NotFound.
    """
    login = store.login()
    if login is not None and (login.person or not login.keeps):
        person = person_of_login(config, login, as_person)
        return Actor(person=person, face=face, assurance=Assurance.AUTHENTICATED)
    return make_local_actor(config, as_person, face=face)


def make_local_actor(config: Config, as_person: str | None, *, face: str) -> Actor:
    """The person who acts, by the login of this process alone: no store is asked. Raises WhoAreYou, NotFound."""
    return Actor(person=acting_person(config, as_person, login_name()), face=face)


def login_name() -> str:
    """The login of the process's real user: from the system, never from the environment, which anybody can set."""
    try:
        import pwd
    except ImportError:
        return os.getlogin()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
