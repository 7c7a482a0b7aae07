"""`config`: whether the configuration is sound, what it says, and where it is."""

from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.grammar import Noun, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, facts_in_words, inline, say

if TYPE_CHECKING:
    from purdah_scheduler.config import Config

_VERBS = {
    "check": ("configuration:check", "read it and its calendar files; name every fault at once"),
    "show": ("configuration:show", "what holds, defaults included"),
    "path": ("configuration:path", "where it is"),
}


@click.group("config", cls=Noun, verbs=_VERBS, example="purdah-scheduler config check")
def config() -> None:
    """The configuration: one TOML file and its calendar files."""


@verb("check", example="purdah-scheduler config check")
@click.pass_obj
def check(call: Invocation) -> None:
    """Read the configuration and its calendar files, and name every fault at once with file and line."""
    from purdah_scheduler import bootstrap

    found = call.config
    house = bootstrap.make_house(found)
    if found.keymap:
        from purdah_scheduler.tui.keys import check_keymap

        check_keymap(found.keymap, str(found.path))
    own = sum(period.origin != "shipped" for period in house.periods)
    if call.as_json:
        emit(
            {
                "ok": True,
                "path": str(found.path),
                "people": len(found.people),
                "accounts": len(found.accounts),
                "stages": len(found.chain),
                "calendar_files": [str(path) for path in found.calendar_files],
                "periods": {"shipped": len(house.periods) - own, "own": own},
            }
        )
        return
    say(f"{found.path} is sound.")
    files = f"{_many(len(found.calendar_files), 'calendar file')} with {_many(own, 'period')}" if found.calendar_files else ""
    say(
        f"{_many(len(found.people), 'person', 'people')}, {_many(len(found.accounts), 'account')}, "
        f"{_many(len(found.chain), 'stage')} of clearance, {files or 'no calendar files'}, "
        f"{_many(len(house.periods) - own, 'period')} of the UK calendar."
    )


@verb("show", example="purdah-scheduler config show --json")
@click.pass_obj
def show(call: Invocation) -> None:
    """What holds, defaults included. Tokens are not in it: it names the files that hold them."""
    found = call.config
    facts = _facts(found)
    if call.as_json:
        emit(facts)
        return
    pairs = [(name, _in_words(value)) for name, value in facts.items() if not isinstance(value, list | dict)]
    pairs += [(f"sign_off {body}", str(role)) for body, role in found.sign_off_roles.items()]
    pairs += [(f"exemption {body}", str(role)) for body, role in found.exemption_roles.items()]
    pairs += [("stage", f"{inline(s.label)} ({s.id}): {s.people} with the role {s.role}") for s in found.chain]
    pairs += [("rule", f"{c.category} in {c.regime}: {c.verdict} {inline(c.reason)}".rstrip()) for c in found.rule_changes]
    pairs += [("person", f"{p.id}: {inline(p.name)}, {', '.join(sorted(p.roles))}") for p in found.people]
    pairs += [("account", f"{a.id}: {a.channel} {inline(a.handle)}, {a.kind} of {a.body}") for a in found.accounts]
    say(facts_in_words(pairs, width=call.width, label_width=22))


@verb("path", example="$EDITOR $(purdah-scheduler config path)")
@click.pass_obj
def path(call: Invocation) -> None:
    """Where the configuration is, or would be."""
    where = call.whereabouts.absolute()
    if call.as_json:
        emit({"path": str(where), "exists": where.exists()})
    else:
        say(inline(str(where)))


def _facts(found: "Config") -> dict[str, object]:
    daemon = found.daemon
    return {
        "path": str(found.path),
        "department": found.department,
        "store": found.store_name,
        "zone": found.zone,
        "shipped_calendar": found.shipped_calendar,
        "calendar_files": [str(path) for path in found.calendar_files],
        "every_election_url": found.every_election_url,
        "sign_off_role": str(found.sign_off_role),
        "exemption_role": str(found.exemption_role),
        "sign_off_roles": {str(body): str(role) for body, role in found.sign_off_roles.items()},
        "exemption_roles": {str(body): str(role) for body, role in found.exemption_roles.items()},
        "heartbeat_seconds": daemon.heartbeat_seconds,
        "max_lateness_minutes": daemon.max_lateness.total_seconds() / 60,
        "lease_seconds": daemon.lease.total_seconds(),
        "workers": daemon.workers,
        "retry_first_seconds": daemon.retry_first.total_seconds(),
        "retry_max_minutes": daemon.retry_max.total_seconds() / 60,
        "look_up_apart_seconds": daemon.look_up_apart.total_seconds(),
        "metrics_port": daemon.metrics_port,
        "theme": found.interface.theme,
        "mouse": found.interface.mouse,
        "accessible": found.interface.accessible,
        "stages": [
            {"id": s.id, "label": s.label, "role": str(s.role), "people": s.people, "min_assurance": str(s.min_assurance)}
            for s in found.chain
        ],
        "rules": [
            {"category": c.category, "regime": c.regime, "verdict": str(c.verdict), "reason": c.reason}
            for c in found.rule_changes
        ],
        "people": [{"id": p.id, "name": p.name, "roles": sorted(p.roles), "os_users": sorted(p.os_users)} for p in found.people],
        "accounts": [
            {
                "id": a.id,
                "channel": a.channel,
                "handle": a.handle,
                "kind": str(a.kind),
                "body": str(a.body),
                "nation": str(a.nation),
                "area": a.area,
                "base_url": a.base_url,
                "credentials": a.credentials,
                "max_lateness_minutes": a.max_lateness.total_seconds() / 60,
            }
            for a in found.accounts
        ],
    }


def _in_words(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case _:
            return inline(str(value))


def _many(number: int, one: str, several: str = "") -> str:
    return f"{number or 'no'} {one if number == 1 else several or one + 's'}"
