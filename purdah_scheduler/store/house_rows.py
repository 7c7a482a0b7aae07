"""Rows to what lists show and what the house is asked for: notices, break-glasses, checks and limits of accounts."""

import json
from collections.abc import Sequence
from dataclasses import fields

from purdah_scheduler.application.lists import Row
from purdah_scheduler.domain.account_health import Health, LastCheck
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.notices import Item, Notice, NoticeKind, NoticeState
from purdah_scheduler.domain.server_limits import ServerLimits
from purdah_scheduler.store.found import Found

_LIMITS = tuple(field.name for field in fields(ServerLimits))
_GLASS = tuple(field.name for field in fields(BreakGlass))


def listed(row: Found, accounts: Sequence[str]) -> Row:
    """A post as a line of a list; `accounts` are the ids of those that it goes out on."""
    return Row(
        post=row.id,
        title=row.title,
        text=row.preview,
        state=row.shown_state,
        at=row.shown_at,
        sort_at=row.sort_at,
        accounts=tuple(accounts),
        category=row.category,
        author=row.created_by,
        reason_code=row.shown_reason_code,
        reason=row.shown_reason,
        remote_url=row.shown_url,
        revision=row.revision,
    )


def notice_of(row: Found) -> Notice:
    """Raises ValueError, KeyError or TypeError for lists that were not written here."""
    return Notice(
        id=row.id,
        channel=row.channel,
        people=tuple(json.loads(row.people)),
        kind=NoticeKind(row.kind),
        topic=row.topic,
        items=tuple(Item(**item) for item in json.loads(row.items)),
        at=row.at,
        ready_at=row.ready_at,
        state=NoticeState(row.state),
        tries=row.tries,
        fault=row.fault,
        ended_at=row.ended_at,
        more=row.more,
    )


def break_glass_of(row: Found) -> BreakGlass:
    """Raises ValueError for stages that were not written here."""
    stages = json.loads(row.stages)
    if not isinstance(stages, list) or not all(isinstance(stage, str) for stage in stages):
        raise ValueError("the stages are not a list of ids")
    plain = {name: getattr(row, name) for name in _GLASS}
    return BreakGlass(**plain | {"stages": tuple(stages)})


def check_of(row: Found) -> LastCheck:
    """Raises ValueError for a health that no account has."""
    return LastCheck(account=row.account, at=row.at, health=Health(row.health), said=row.said, expires_at=row.expires_at)


def limits_of(row: Found) -> ServerLimits:
    return ServerLimits(**{name: getattr(row, name) for name in _LIMITS})
