"""What people do on the last day of a period, by its kind; domain.md 2.11."""

from collections.abc import Iterator

from purdah_scheduler.domain.checklist import Group, Item, last_instant
from purdah_scheduler.domain.checklist_occasion import Occasion, handle_of
from purdah_scheduler.domain.periods import EndMode, Kind, name_key
from purdah_scheduler.domain.policy import STRICT

_NEW_GOVERNMENTS = frozenset({Kind.GENERAL, Kind.SCOTTISH_PARLIAMENT, Kind.SENEDD, Kind.NI_ASSEMBLY})
_INSIDE_THE_HOUSE = frozenset({Kind.FREEZE, Kind.DEPARTMENTAL})
"""Kinds of which nothing is said in public."""


def last_day(occasion: Occasion) -> tuple[Item, ...]:
    """The items of the last day. Nothing on it resumes by itself."""
    parts = [_over(occasion), _elsewhere(occasion), _paid(occasion), _exempted(occasion), _afterwards(occasion)]
    if occasion.period.kind not in _INSIDE_THE_HOUSE:
        parts += [_notices(occasion), _profiles(occasion), _history(occasion)]
    return tuple(item for part in parts for item in part)


def _over(occasion: Occasion) -> Iterator[Item]:
    period = occasion.period
    ended = period.held_until()
    end = last_instant(period) or period.ends
    if period.end_mode is EndMode.FIXED:
        yield Item(
            key="over",
            group=Group.OVER,
            words=f"Make sure that the end is still right: {occasion.when(end)}. Polls are postponed, and some bodies keep it "
            f"longer. A later end: purdah-scheduler calendar extend {period.id}",
            source=period.source or occasion.source(own=True),
            about=end.isoformat(),
        )
        return
    waits = f" ({period.ends_note})" if period.ends_note else ""
    yield Item(
        key="over",
        group=Group.OVER,
        words=f"The end is on record: it has been over since {occasion.when(ended)}. Tell everybody."
        if ended is not None
        else f"Nobody resumes until told{waits}. Then record it: purdah-scheduler calendar lift {period.id} --reason …. "
        "That takes two people, and until then everything holds.",
        source=occasion.source(*(("GPRD",) if period.kind is Kind.FREEZE else ("GDSP",))),
        about="" if ended is None else ended.isoformat(),
    )


def _notices(occasion: Occasion) -> Iterator[Item]:
    area = name_key(occasion.period.area)
    for account in occasion.accounts:
        if not area or name_key(account.area) == area:
            yield Item(
                key=f"notice-{account.id}",
                group=Group.NOTICE,
                words=f"Notice on {handle_of(account)}: take it down, and say that you are back if that is usual.",
                source=occasion.source(own=True),
                account=account.id,
            )


def _profiles(occasion: Occasion) -> Iterator[Item]:
    area = name_key(occasion.period.area)
    for account in occasion.accounts:
        if not area or name_key(account.area) == area:
            yield Item(
                key=f"profile-{account.id}",
                group=Group.PROFILES,
                words=f"Profile of {handle_of(account)}: put pins, text and header image in order again. "
                "Names and titles may have changed.",
                source=occasion.source(own=True),
                account=account.id,
            )


def _elsewhere(occasion: Occasion) -> Iterator[Item]:
    yield Item(
        key="other-tools",
        group=Group.ELSEWHERE,
        words="Before any other tool or a platform's own scheduler is switched on again, look through what waits there.",
        source=occasion.source(own=True),
        details=(", ".join(handle_of(account) for account in occasion.accounts),) if occasion.accounts else (),
    )


def _paid(occasion: Occasion) -> Iterator[Item]:
    for account in occasion.accounts:
        if f"paid-outside-{account.id}" in occasion.paused:
            yield Item(
                key=f"paid-outside-{account.id}",
                group=Group.PAID,
                words=f"Decide on what was paused for {handle_of(account)} outside this product: resume it, or end it for good.",
                source=occasion.source(own=True),
                account=account.id,
            )
    for key in sorted(occasion.paused):
        _, number, account_id = (*key.split("-", 2), "", "")[:3]
        if number.isdigit():
            yield Item(
                key=key,
                group=Group.PAID,
                words=f"Decide on what was paused behind post {number} on {account_id}: resume it, or end it for good.",
                source=occasion.source(own=True),
                account=account_id,
                post=int(number),
            )


def _history(occasion: Occasion) -> Iterator[Item]:
    strict = any(occasion.regime(account) == STRICT for account in occasion.accounts)
    if occasion.period.kind in _NEW_GOVERNMENTS and strict:
        yield Item(
            key="history",
            group=Group.HISTORY,
            words="If the government has changed: look at what was published for the last one. Mark what is political as history "
            "rather than delete it, and mend links to it.",
            source=occasion.source("HM15"),
        )
        yield Item(
            key="ministers",
            group=Group.HISTORY,
            words="If a minister has changed: a queued post that names, quotes or shows the old one needs an edit, "
            "not only a tick.",
            source=occasion.source("HM15", own=True),
        )


def _exempted(occasion: Occasion) -> Iterator[Item]:
    for entry in occasion.exempted:
        of = f"the campaign “{entry.title}”" if entry.post is None else f"post {entry.post}, “{entry.title}”"
        yield Item(
            key=f"exemption-{entry.exemption}",
            group=Group.EXEMPTIONS,
            words=f"End exemption {entry.exemption} of {of}, which runs until "
            f"{occasion.when(entry.until)}: purdah-scheduler exemption revoke {entry.exemption}",
            source=occasion.source(own=True),
            about=entry.until.isoformat(),
            post=entry.post,
        )


def _afterwards(occasion: Occasion) -> Iterator[Item]:
    for entry in occasion.afterwards:
        due = occasion.when(entry.due_at)
        yield Item(
            key=f"{'new-time' if entry.is_held else 'clear-again'}-{entry.post}-{entry.account}",
            group=Group.RETURNED if entry.is_held else Group.CLEAR_AGAIN,
            words=f"{entry.needs}: post {entry.post}, “{entry.title}”, on {entry.account}, "
            f"{'was due' if entry.is_held else 'due'} {due}.",
            source=occasion.source(own=True),
            about=f"{entry.needs}, due {entry.due_at.isoformat()}",
            account=entry.account,
            post=entry.post,
            delivery=entry.delivery,
        )
