"""The headless demonstration in words: what went out, what was held and why, what waits for whom, and what to try."""

import shlex
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from purdah_scheduler.application import turns, views
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.views import AccountView, PostView
from purdah_scheduler.demo.department import OFFICER, PROPRIETY
from purdah_scheduler.domain.audit import verify_links
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.clearance import SIGN_OFF
from purdah_scheduler.domain.policy import Finding, Verdict
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason
from purdah_scheduler.domain.reveal import reveal

_WIDTH = 110


def report(office: Office, config_path: Path, *, began: datetime) -> str:
    """Everything that happened since `began`, for people; several lines, revealed by whoever writes them out."""
    now = office.now()
    with office.store.read() as reader:
        published = reader.in_state((DeliveryState.PUBLISHED,))
        held = reader.in_state((DeliveryState.HELD,))
        stuck = reader.in_state((DeliveryState.MISSED, DeliveryState.FAILED, DeliveryState.UNKNOWN))
        record = verify_links(reader.links())
    fresh = [entry for entry in published if entry.published_at is not None and entry.published_at >= began]
    state = views.status(office)
    kinds = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(state.counts.items()))
    chain = f"{record.entries} entries, the chain is whole" if record.ok else f"it does not verify: {record.problem}"
    sections = [
        [office.house.department, *_in_force(office, now)],
        [_heading("Published just now", len(fresh)), *(_published(office, entry, now) for entry in fresh)],
        [_heading("Held", len(held)), *(line for entry in held for line in _held(office, entry))],
        list(_sign_offs(office, config_path, now)),
        [_heading("Left from the days before", len(stuck)), *(line for entry in stuck for line in _stuck(office, entry))],
        [f"All in all (post by account): {kinds}.", f"The record: {chain}."],
        list(_to_try(config_path, held)),
    ]
    return "\n\n".join("\n".join(section) for section in sections)


def calling(config_path: Path) -> str:
    """How this product is called on that configuration, as somebody can type it here."""
    return f"{_program()} --config {shlex.quote(str(config_path))}"


def _program() -> str:
    """The name by which this program was started where it can be typed again, else the module."""
    started = Path(sys.argv[0])
    if started.name != "purdah-scheduler":
        return f"{shlex.quote(sys.executable)} -m purdah_scheduler"
    found = shutil.which(started.name)
    return started.name if found and Path(found).resolve() == started.resolve() else shlex.quote(str(started))


def _in_force(office: Office, now: datetime) -> Iterator[str]:
    for period in views.status(office).in_force:
        since = format_local(period.starts, office.house.zone, now)
        yield f"In force since {since}: {period.name} ({period.id}; {period.source})"


def _heading(words: str, number: int) -> str:
    return f"{words}: {number or 'none'}"


def _published(office: Office, entry: Delivery, now: datetime) -> str:
    at = format_local(entry.published_at or now, office.house.zone, now)
    return f"{_line(office, entry)}\n       {at}, receipt {entry.remote_url}"


def _held(office: Office, entry: Delivery) -> Iterator[str]:
    """The post, the reason as a sentence, the rule with its source, and the next step."""
    view, account = _seen(office, entry)
    yield _line(office, entry)
    yield _wrapped(entry.reason)
    wanted = Verdict.BLOCK if entry.reason_code == HoldReason.BLOCKED else Verdict.FLAG
    finding = next((found for found in view.findings if found.verdict is wanted and not found.lifted), None)
    if finding is not None:
        yield _wrapped(f"Rule: {finding.rule}, in the period {finding.period}." if finding.period else f"Rule: {finding.rule}.")
        yield from _sources(finding)
    yield _wrapped(f"Next: {account.next_step}")


def _sources(finding: Finding) -> Iterator[str]:
    for number, source in enumerate(finding.source.split(" ; ")):
        yield f"       {'Source: ' if number == 0 else '        '}{source}"


def _sign_offs(office: Office, config_path: Path, now: datetime) -> Iterator[str]:
    """What a person with the sign-off role could answer now, each with the line to type."""
    person = office.house.person(PROPRIETY)
    waiting = [entry for entry in turns.waiting_for(office, person) if entry.stage == SIGN_OFF]
    yield _heading(f"Waiting for a sign-off (by {PROPRIETY} or another with the role {office.house.sign_off_role})", len(waiting))
    for entry in waiting:
        view = views.post_view(office, entry.row.post, now=now)
        when = format_local(entry.row.at or now, office.house.zone, now)
        what = "held, was due" if entry.row.state == DeliveryState.HELD else "due"
        yield f"  {entry.row.post:>3}  {reveal(entry.row.title, keep_newlines=False)} ({what} {when})"
        yield (
            f"       {calling(config_path)} --as {PROPRIETY} post decide {entry.row.post} --stage {SIGN_OFF} --approve "
            f'--digest {view.code} --reason "…"'
        )


def _stuck(office: Office, entry: Delivery) -> Iterator[str]:
    _, account = _seen(office, entry)
    yield f"{_line(office, entry)}: {entry.state}"
    yield _wrapped(entry.reason)
    yield _wrapped(f"Next: {account.next_step}")


def _to_try(config_path: Path, held: Iterable[Delivery]) -> Iterator[str]:
    call = calling(config_path)
    blocked = next((entry.post for entry in held if entry.reason_code == HoldReason.BLOCKED), 1)
    yield f"To try (in each “Next” above, instead of purdah-scheduler alone: {call} --as PERSON):"
    yield f"  {call} --as {OFFICER}   # the interface, on a terminal"
    yield f"  {call} status"
    yield f"  {call} post list --state held"
    yield f"  {call} post show {blocked}"
    yield f'  {call} check --account rivers --at "tomorrow 09:30" --category funding'
    yield f"  {call} audit log --limit 20"
    yield f"  {call} audit verify"
    yield f"  {call} daemon   # publishes what comes next, until Ctrl+C"
    yield f"  rm -r -- {shlex.quote(str(config_path.parent))}   # takes the demonstration away"


def _seen(office: Office, entry: Delivery) -> tuple[PostView, AccountView]:
    view = views.post_view(office, entry.post)
    return view, next(account for account in view.accounts if account.account == entry.account)


def _line(office: Office, entry: Delivery) -> str:
    with office.store.read() as reader:
        title = reader.post(entry.post).title
    return f"  {entry.post:>3}  {reveal(title, keep_newlines=False)} [{entry.account}]"


def _wrapped(words: str) -> str:
    """A sentence that people wrote part of, on lines of its own under its post."""
    return textwrap.fill(
        reveal(words, keep_newlines=False),
        width=_WIDTH,
        initial_indent=" " * 7,
        subsequent_indent=" " * 7,
        break_long_words=False,
        break_on_hyphens=False,
    )
