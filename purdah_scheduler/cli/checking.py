"""`check`: the verdict for a post that need not exist, on the calendar that would hold it."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from purdah_scheduler.application.server_limits import known_limits
from purdah_scheduler.cli.beside import warn_of
from purdah_scheduler.cli.grammar import OneOf, unknown, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.shapes import finding_facts
from purdah_scheduler.cli.speaking import emit, inline, say
from purdah_scheduler.cli.verdicts import EXIT, finding_lines
from purdah_scheduler.domain.content import Marks, Outgoing, clean_text
from purdah_scheduler.domain.in_words import verdict_words
from purdah_scheduler.domain.people import Account, AccountKind
from purdah_scheduler.domain.periods import Body, EndMode, Nation, Period
from purdah_scheduler.errors import BadInput

if TYPE_CHECKING:
    from purdah_scheduler.domain.case import Case
    from purdah_scheduler.domain.policy import Judgement, Rulebook


def categories() -> tuple[str, ...]:
    """The categories of the shipped rules."""
    from purdah_scheduler import bootstrap

    return tuple(bootstrap.rulebook().categories)


def channels() -> tuple[str, ...]:
    """The channels of the product."""
    from purdah_scheduler import bootstrap

    return tuple(bootstrap.names_for(None).channels or ())


BODY = OneOf("body", lambda: Body)
NATION = OneOf("nation", lambda: Nation)
CATEGORY = OneOf("category", categories)
CHANNEL = OneOf("channel", channels)
KIND = OneOf("kind of account", lambda: AccountKind)

_EXAMPLE = """\
purdah-scheduler check --at 2024-05-25T00:01 --body uk-civil-service --nation UK --category announcement
purdah-scheduler check --at "tomorrow 09:30" --account x-main --category funding --names-politician --json"""


@verb("check", example=_EXAMPLE)
@click.option("--at", metavar="TIME", help="When it is planned, in local time (default: now).")
@click.option("--now", "sending", metavar="TIME", help="The moment of sending, where it differs from --at.")
@click.option("--account", metavar="ID", help="Take body, kind, channel, nation and area from an account of the configuration.")
@click.option("--body", type=BODY, metavar="BODY", help="Who speaks, such as uk-civil-service or local-authority.")
@click.option("--nation", type=NATION, metavar="NATION", help="Of the audience: UK, England, Scotland, Wales or NI.")
@click.option("--category", type=CATEGORY, required=True, metavar="CATEGORY", help="What kind of post it is.")
@click.option("--account-kind", type=KIND, metavar="KIND", help="department, leader, alb, partner, local-authority or nhs.")
@click.option("--area", help="The council, force or constituency that the post is about.")
@click.option("--channel", type=CHANNEL, metavar="NAME", help="Where it would be posted, such as x.")
@click.option("--campaign", default="", help="The campaign that it belongs to.")
@click.option("--names-politician", is_flag=True, help="It names, quotes, tags or shows a serving politician.")
@click.option("--partisan", is_flag=True, help="It is party or candidate content.")
@click.option("--joint-uk", is_flag=True, help="It is joint with the UK government.")
@click.option("--touches-referendum", is_flag=True, help="It touches the question of a referendum.")
@click.option("--approved-at", metavar="TIME", help="When it was last cleared.")
@click.option("--exemption", default="", metavar="REASON", help="Judge it as if an exemption stood for it.")
@click.option("--not-lifted", multiple=True, metavar="PERIOD", help="Treat this period as still in force; can be repeated.")
@click.argument("words", nargs=-1, metavar="[TEXT]")
@click.pass_obj
def check(
    call: Invocation,
    *,
    at: str | None,
    sending: str | None,
    account: str | None,
    body: str | None,
    nation: str | None,
    category: str,
    account_kind: str | None,
    area: str | None,
    channel: str | None,
    campaign: str,
    names_politician: bool,
    partisan: bool,
    joint_uk: bool,
    touches_referendum: bool,
    approved_at: str | None,
    exemption: str,
    not_lifted: tuple[str, ...],
    words: tuple[str, ...],
) -> int:
    """The verdict for a post that need not exist: exit code 0 for allow, 2 for flag, 1 for block.

    It is judged by the UK calendar and, where there is a configuration, by its own periods too. Nothing is saved.
    """
    from purdah_scheduler.domain.policy import Case, judge

    # Both are read, so that a time that does not exist is refused even where the other one decides.
    planned, sent = call.when(at), call.when(sending)
    known = call.config.account(account) if account else None
    if known is None and body is None:
        raise BadInput(
            "A verdict needs to know who speaks, so nothing was judged.",
            next_step="Give --body, or --account with an account of your own.",
        )
    calendar, rules = known_calendar(call)
    open_ended, text = _open_periods(call, not_lifted, words, calendar)
    clean_text(text)
    case = Case(
        body=Body(body) if body else _of(known).body,
        account_kind=AccountKind(account_kind) if account_kind else known.kind if known else AccountKind.DEPARTMENT,
        nation=nation or (known.nation if known else Nation.UK),
        area=area if area is not None else known.area if known else "",
        account=known.id if known else "",
        channel=channel or (known.channel if known else ""),
        category=category,
        marks=Marks(
            names_politician=names_politician,
            partisan=partisan,
            joint_uk=joint_uk,
            touches_referendum=touches_referendum,
            campaign=campaign,
        ),
        at=sent or planned or call.now,
        approved_at=call.when(approved_at),
        not_lifted=open_ended,
        exemption=exemption,
    )
    judgement = judge(case, calendar, rules)
    _tell_limited(call, case, calendar)
    if call.as_json:
        emit(
            {
                "verdict": str(judgement.verdict),
                "periods": list(judgement.periods),
                "findings": [finding_facts(finding) for finding in judgement.findings],
            }
        )
    else:
        _say_judgement(call, judgement, calendar)
        _say_lengths(call, known, text)
        _say_beside(call, known, text, planned)
    return EXIT[judgement.verdict]


def known_calendar(call: Invocation) -> "tuple[tuple[Period, ...], Rulebook]":
    """The periods and rules that would judge a post: the shipped ones alone where there is no configuration."""
    if call.has_config:
        house = call.office.house
        with call.office.store.read() as reader:
            return house.calendar(reader), house.rulebook
    from purdah_scheduler.calendars import shipped

    call.tell(f"There is no configuration at {call.whereabouts}: the UK calendar alone was used.")
    return shipped.load()


def bodies_in(call: Invocation, period: Period) -> frozenset[Body]:
    """Those of the period's bodies whose accounts it can touch; all of them where there is no configuration."""
    return call.office.house.bodies_in(period) if call.has_config else period.bodies


def _of(known: Account | None) -> Account:
    if known is None:
        raise ValueError("neither a body nor an account")
    return known


def _open_periods(
    call: Invocation, named: tuple[str, ...], words: tuple[str, ...], calendar: tuple[Period, ...]
) -> tuple[frozenset[str], str]:
    """The periods to treat as open, and the text. Ids may follow one --not-lifted, or stand in it with commas."""
    periods = {period.id: period for period in calendar}
    asked = [each.strip() for name in named for each in name.split(",") if each.strip()]
    more = [word for word in words if named and word in periods]
    rest = [word for word in words if word not in more]
    if len(rest) > 1:
        raise BadInput(f"The text is {len(rest)} words to the shell, so nothing was judged.", next_step='Put it in quotes: "…".')
    for name in asked:
        if name not in periods:
            raise unknown_period(name, periods)
        if periods[name].end_mode is EndMode.FIXED:
            call.tell(f"{name} ends at a fixed time, so --not-lifted changes nothing about it.")
    return frozenset((*asked, *more)), rest[0] if rest else ""


def unknown_period(name: str, known: dict[str, Period]) -> BadInput:
    """The refusal of a period that is not in the calendar, with the nearest and without listing hundreds."""
    refusal = unknown("period", name, known)
    hint, _, _ = refusal.next_step.partition("Known: ")
    return type(refusal)(refusal.message, next_step=f"{hint}See purdah-scheduler calendar list --all")


def _tell_limited(call: Invocation, case: "Case", calendar: tuple[Period, ...]) -> None:
    """Name the periods that are in force for some account, channel or campaign, where the question does not say which."""
    place = case.place
    for period in calendar:
        if period.limits() and period.in_force(case.at, case.not_lifted) and not period.concerns(place):
            as_asked = replace(
                period,
                accounts=period.accounts if place.account else frozenset(),
                channels=period.channels if place.channel else frozenset(),
                campaign=period.campaign if place.campaign else "",
            )
            if as_asked.concerns(place):
                limits = inline(period.limits())
                call.tell(f"“{inline(period.name)}” ({period.id}) was left out, because it is limited: {limits}.")


def _say_judgement(call: Invocation, judgement: "Judgement", calendar: tuple[Period, ...]) -> None:
    names = {period.id: period.name for period in calendar}
    in_force = [f"In force: {inline(names[period])} ({period})" for period in judgement.periods]
    lines = [verdict_words(judgement.verdict), *(in_force or ["No pre-election period is in force for it."])]
    say("\n".join([*lines, *finding_lines(judgement.findings, call.width)]))


def _say_lengths(call: Invocation, known: Account | None, text: str) -> None:
    if known is None or not text:
        return
    rules = call.office.rules
    with call.office.store.read() as reader:
        told = known_limits(reader).get(known.id)
    count = rules.count(known.channel, text, told)
    call.tell(f"On {known.id}: {count.used} of {count.limit} {count.unit}.")
    for problem in rules.problems(known.channel, Outgoing(key="", account=known.id, text=text), told):
        call.tell(f"On {known.id}: {problem.message}")


def _say_beside(call: Invocation, known: Account | None, text: str, at: datetime | None) -> None:
    """Which posts of the account say the same, and which are close to that time."""
    from purdah_scheduler.application.nearby import Neighbourhood

    if known is not None:
        warn_of(call, Neighbourhood(call.office).of({known.id: text}, at=at))
