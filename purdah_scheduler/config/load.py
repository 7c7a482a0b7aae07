"""From TOML to `Config`: one function for each section, then what must hold between them."""

import glob
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from purdah_scheduler.config.accounts import read_accounts
from purdah_scheduler.config.conditions import check_both_sides, read_conditions
from purdah_scheduler.config.keys import read_keys
from purdah_scheduler.config.notify import read_notify, read_subscriber
from purdah_scheduler.config.reader import Faults, Table, shown
from purdah_scheduler.config.records import Config, DaemonSettings, InterfaceSettings
from purdah_scheduler.config.rules import read_rule_changes
from purdah_scheduler.config.schema import SECTIONS, THEMES, TOP_LEVEL
from purdah_scheduler.config.source import chmod_command, parse_toml, read_text, resolve, writable_by_others
from purdah_scheduler.config.staffing import RoleSetting, check_staffing, read_least
from purdah_scheduler.config.storage import read_store
from purdah_scheduler.domain.addresses import EVERY_ELECTION, AddressFault, checked_address
from purdah_scheduler.domain.break_glass import BreakGlassRules
from purdah_scheduler.domain.clearance import SIGN_OFF, Stage
from purdah_scheduler.domain.holds import Retention
from purdah_scheduler.domain.notices import Subscriber
from purdah_scheduler.domain.people import Assurance, Person, Role
from purdah_scheduler.domain.periods import Body
from purdah_scheduler.domain.rulebook import Rulebook
from purdah_scheduler.domain.spacing import Spacing

CHANNELS: Final = ("bluesky", "facebook", "mastodon", "outbox", "wordpress", "x")
"""The channels of this version; whoever composes the product may pass others."""

_KEYS = re.compile(r"[^\s,]{1,32}(,[^\s,]{1,32}){0,7}")
_BINDING = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_MAX_CALENDAR_FILES = 200


def load_config(
    path: Path,
    *,
    known_channels: Collection[str] = CHANNELS,
    known_categories: Collection[str] | None = None,
    rulebook: Rulebook | None = None,
) -> Config:
    """Read and check the configuration at `path`; names of rules are checked by `rulebook`, where one is given.

    Raises BadSetup where the file is missing, unreadable or open to change by others, and ConfigFaults with every fault in it.
    """
    return parse_config(
        read_text(path), path, known_channels=known_channels, known_categories=known_categories, rulebook=rulebook
    )


def parse_config(
    text: str,
    path: Path,
    *,
    known_channels: Collection[str] = CHANNELS,
    known_categories: Collection[str] | None = None,
    rulebook: Rulebook | None = None,
) -> Config:
    """Check the text of a configuration that stands, or will stand, at `path`. Raises ConfigFaults with every fault."""
    path = path.absolute()
    faults = Faults(path, text)
    root = Table(parse_toml(text, path), (), faults)
    root.refuse_unknown(TOP_LEVEL)

    daemon = _daemon(root)
    notices, notice_credentials = read_notify(root, path.parent)
    zone = _zone(root)
    people, subscribers = _people(root, zone, [way.id for way in notices.ways])
    accounts, account_ids = read_accounts(root, path.parent, daemon.max_lateness, known_channels)
    clearance = _section(root, "clearance")
    sign_off_role = clearance.choice("sign_off_role", Role, default=Role.PROPRIETY)
    exemption_role = clearance.choice("exemption_role", Role, default=Role.PROPRIETY)
    sign_off_roles, exemption_roles = _roles_by_body(clearance, "sign_off"), _roles_by_body(clearance, "exemption")
    chain = _chain(clearance, account_ids, known_categories, rulebook)
    resume_needs_second = clearance.flag("resume_needs_second", default=_knows_people(chain or ()))
    store_path, store_url = read_store(_section(root, "store"), path.parent)
    least = read_least(clearance, by_login=bool(store_url))
    if people is not None and chain is not None and sign_off_role and exemption_role:
        check_staffing(
            clearance,
            people=people,
            chain=chain,
            by_login=bool(store_url),
            sign_off=RoleSetting(every=sign_off_role, own=sign_off_roles, least=least.sign_off),
            exemption=RoleSetting(every=exemption_role, own=exemption_roles),
        )
    break_glass = _break_glass(root, people)
    department = _section(root, "department").text("name", limit=200)
    calendar = _section(root, "calendar")
    calendar_files = _calendar_files(calendar, path.parent)
    shipped_calendar = calendar.flag("shipped", default=True)
    every_election_url = _every_election_url(calendar)
    rule_changes = read_rule_changes(root, rulebook)
    retention = _retention(root)
    spacing = _spacing(root)
    interface = _interface(root)
    keymap = _keymap(root)
    faults.raise_if_any()
    return Config(
        path=path,
        folder=path.parent,
        department=department,
        store_path=store_path,
        store_url=store_url,
        zone=zone,
        calendar_files=calendar_files,
        shipped_calendar=shipped_calendar,
        every_election_url=every_election_url,
        people=people or (),
        accounts=accounts,
        chain=chain or (),
        sign_off_role=sign_off_role or Role.PROPRIETY,
        exemption_role=exemption_role or Role.PROPRIETY,
        resume_needs_second=resume_needs_second,
        retention=retention,
        sign_off_roles=sign_off_roles,
        exemption_roles=exemption_roles,
        least=least,
        daemon=daemon,
        interface=interface,
        rule_changes=rule_changes,
        keymap=keymap,
        notices=replace(notices, subscribers=subscribers),
        notice_credentials=notice_credentials,
        break_glass=break_glass,
        spacing=spacing,
    )


def _section(root: Table, name: str) -> Table:
    table = root.table(name)
    table.refuse_unknown(SECTIONS[name])
    return table


def _people(root: Table, zone: str, ways: Collection[str]) -> tuple[tuple[Person, ...] | None, tuple[Subscriber, ...]]:
    """Everybody in the file, and who is told by which of `ways`.

    None for the people where one could not be read: then nothing can be said about who is missing.
    """
    people: list[Person] = []
    told: list[Subscriber | None] = []
    seen: set[str] = set()
    keys: dict[bytes, str] = {}
    start = root.fault_count
    tables = root.tables("person")
    for table in tables:
        before = table.fault_count
        table.refuse_unknown(SECTIONS["person"])
        person_id = table.unique_id(seen, "person")
        person = Person(
            id=person_id,
            name=table.text("name", limit=200),
            roles=table.choices("roles", Role),
            os_users=frozenset(table.texts("os_users")),
            keys=read_keys(table, person_id, zone, keys),
        )
        if not person.roles and table.fault_count == before:
            table.fault("roles", f"{person.id} has no role; give at least one of: {', '.join(Role)}.")
        people.append(person)
        told.append(read_subscriber(table, person.id, ways))
    if not tables and root.fault_count == start:
        root.fault("", "there is no [[person]], so nobody could write or clear a post.")
    return tuple(people) if root.fault_count == start else None, tuple(one for one in told if one is not None)


def _roles_by_body(clearance: Table, key: str) -> dict[Body, Role]:
    """The bodies of which another role is asked than of all others."""
    table = clearance.table(key)
    table.refuse_unknown(tuple(Body))
    named = {body: table.choice(body, Role, what="role") for body in Body if body in table}
    return {body: role for body, role in named.items() if role is not None}


def _chain(
    clearance: Table, account_ids: Collection[str], known_categories: Collection[str] | None, rulebook: Rulebook | None
) -> tuple[Stage, ...] | None:
    """The stages in their order, or None where one could not be read."""
    stages: list[Stage] = []
    seen: set[str] = set()
    start = clearance.fault_count
    tables = clearance.tables("stage")
    for table in tables:
        table.refuse_unknown(SECTIONS["clearance.stage"])
        stage_id = table.unique_id(seen, "stage")
        if stage_id == SIGN_OFF:
            table.fault("id", f"{SIGN_OFF} is the product's own word for the second yes to a flag; choose another id.")
        role = table.choice("role", Role)
        assurance = table.choice("min_assurance", Assurance, default=Assurance.CLAIMED)
        stage_accounts = table.texts("accounts")
        for account in stage_accounts:
            table.one_of("accounts", account, account_ids, "account")
        categories = table.texts("categories")
        for category in categories if known_categories is not None else ():
            table.one_of("categories", category, known_categories or (), "category")
        conditions = read_conditions(table, rulebook)
        stages.append(
            Stage(
                id=stage_id,
                label=table.text("label", default=stage_id, limit=100) or stage_id,
                role=role or Role.APPROVER,
                people=table.whole("people", default=1, low=1, high=10),
                min_assurance=assurance or Assurance.CLAIMED,
                accounts=frozenset(stage_accounts),
                categories=frozenset(categories),
                marks=conditions.marks,
                when=conditions.when,
                regimes=conditions.regimes,
                expires_after=conditions.expires_after,
                expires_inside=conditions.expires_inside,
            )
        )
    if not tables and clearance.fault_count == start:
        clearance.fault("", "there is no [[clearance.stage]]; without one, posts would go out that nobody cleared.")
    if clearance.fault_count == start:
        check_both_sides(clearance, stages)
    return tuple(stages) if clearance.fault_count == start else None


def _knows_people(chain: Sequence[Stage]) -> bool:
    """Whether a stage asks for more than a claimed name: where none does, a second person is a second name and no more."""
    return any(stage.min_assurance is not Assurance.CLAIMED for stage in chain)


def _break_glass(root: Table, people: Sequence[Person] | None) -> BreakGlassRules:
    table = _section(root, "break_glass")
    rules = BreakGlassRules(
        enabled=table.flag("enabled", default=False), most=table.whole("most_in_24_hours", default=2, low=1, high=20)
    )
    if rules.enabled and people is not None and not any(person.has(Role.DUTY) for person in people):
        table.fault("enabled", "nobody has the role duty, so nobody could break the glass.")
    return rules


def _daemon(root: Table) -> DaemonSettings:
    table = _section(root, "daemon")
    standard = DaemonSettings()
    heartbeat = table.number("heartbeat_seconds", default=standard.heartbeat_seconds, low=0.1, high=60)
    lease = table.number("lease_seconds", default=standard.lease.total_seconds(), low=1, high=3600)
    if lease < 3 * heartbeat:
        table.fault("lease_seconds", f"lease_seconds must be at least three heartbeats, which is {3 * heartbeat:g}.")
    first = table.number("retry_first_seconds", default=standard.retry_first.total_seconds(), low=0.1, high=600)
    longest = table.number("retry_max_minutes", default=standard.retry_max.total_seconds() / 60, low=0.1, high=1440)
    if longest * 60 < first:
        table.fault("retry_max_minutes", "retry_max_minutes is shorter than retry_first_seconds.")
    return DaemonSettings(
        heartbeat_seconds=heartbeat,
        max_lateness=timedelta(minutes=table.whole("max_lateness_minutes", default=15, low=1, high=1440)),
        lease=timedelta(seconds=lease),
        workers=table.whole("workers", default=standard.workers, low=1, high=128),
        retry_first=timedelta(seconds=first),
        retry_max=timedelta(minutes=longest),
        look_up_apart=timedelta(seconds=table.number("look_up_apart_seconds", default=60, low=60, high=3600)),
        metrics_port=table.whole("metrics_port", default=standard.metrics_port, low=0, high=65535),
    )


def _retention(root: Table) -> Retention:
    table = _section(root, "retention")
    personal, unsent = (table.whole(key, default=0, low=0, high=36_500) for key in ("personal_days", "unsent_days"))
    return Retention(personal=timedelta(days=personal) if personal else None, unsent=timedelta(days=unsent) if unsent else None)


def _spacing(root: Table) -> Spacing:
    table = _section(root, "scheduling")
    standard = Spacing()
    return Spacing(
        same_text=timedelta(days=table.whole("same_text_days", default=standard.same_text // timedelta(days=1), low=0, high=366)),
        close=timedelta(minutes=table.whole("close_minutes", default=standard.close // timedelta(minutes=1), low=0, high=1440)),
        gap=timedelta(days=table.whole("gap_days", default=standard.gap // timedelta(days=1), low=0, high=366)),
    )


def _interface(root: Table) -> InterfaceSettings:
    table = _section(root, "interface")
    theme = table.text("theme", default=THEMES[0])
    table.one_of("theme", theme, THEMES, "theme")
    return InterfaceSettings(
        theme=theme, mouse=table.flag("mouse", default=True), accessible=table.flag("accessible", default=False)
    )


def _keymap(root: Table) -> dict[str, str]:
    """Ids of bindings and their keys, by their shape alone: which ids exist is known to the interface."""
    table = root.table("keymap")
    keymap = table.flat_texts()
    for binding, keys in keymap.items():
        if not _BINDING.fullmatch(binding):
            table.fault(binding, f"{shown(binding)} cannot be the id of a binding; the interface's help lists them.")
        elif not _KEYS.fullmatch(keys) or not keys.isprintable():
            table.fault(binding, f'{shown(keys)} is not a list of keys; write them as in "ctrl+s,f2".')
    return keymap


def _zone(root: Table) -> str:
    from zoneinfo import ZoneInfo  # reads the system's time zones, so not at import

    table = _section(root, "time")
    zone = table.text("zone", default="Europe/London", limit=100)
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        table.fault("zone", f'there is no time zone {shown(zone)}; an example is "Europe/London".')
        return "Europe/London"
    return zone


def _every_election_url(table: Table) -> str:
    """The address that answers for Every Election: whoever is there says when elections are."""
    url = table.text("every_election_url", default=EVERY_ELECTION)
    match checked_address(url):
        case AddressFault.NOT_PLAIN:
            table.fault(
                "every_election_url", f"{shown(url)} is not a plain address; write it as https://host or https://host:port."
            )
        case AddressFault.UNENCRYPTED:
            table.fault("every_election_url", f"{shown(url)} is not protected; use https (http works for this machine alone).")
        case str() as address:
            return address
    return EVERY_ELECTION


def _calendar_files(table: Table, folder: Path) -> tuple[Path, ...]:
    """The files that the patterns of `files` name, sorted, each once; a plain name that names nothing is a fault."""
    found: dict[Path, None] = {}
    for pattern in table.texts("files", default=("calendar.d/*.toml",)):
        if "**" in pattern:
            table.fault(
                "files", f'{shown(pattern)} would search every folder below; name one folder, such as "calendar.d/*.toml".'
            )
            continue
        # Path.glob refuses a pattern that begins at the root, and an operator may well name one.
        names = sorted(glob.glob(pattern, root_dir=folder))  # noqa: PTH207 -- see above
        matches = [resolve(folder, name) for name in names]
        if not matches and not glob.has_magic(pattern):
            table.fault("files", f"there is no file {shown(pattern)} in {folder}.")
        found.update(dict.fromkeys(matches))
    if len(found) > _MAX_CALENDAR_FILES:
        table.fault("files", f"these are {len(found)} files; at most {_MAX_CALENDAR_FILES} are read.")
    for file in found:
        try:
            if writable_by_others(file.stat().st_mode):
                table.fault(
                    "files",
                    f"{file} can be changed by others; look it through, then: {chmod_command(file)}",
                )
        except OSError as error:
            table.fault("files", f"{file} cannot be looked at: {error.strerror}.")
    return tuple(found)
