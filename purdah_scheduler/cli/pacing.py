"""`account slots` and `calendar gaps`: when an account posts, what is free, and where its posts are far apart or too close."""

from datetime import date, timedelta

import click

from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.posts import own_accounts
from purdah_scheduler.cli.speaking import emit, say, table
from purdah_scheduler.domain.civiltime import format_local, local_date
from purdah_scheduler.domain.named_days import read_day

_WEEKS = 2
_GAP = 7
"""Days without a post that are told where the configuration names none."""

_FROM = click.option("--from", "since", metavar="DATE", help="The first day (default: today).")


@verb(
    "slots", example='purdah-scheduler account slots\npurdah-scheduler account slots outbox --from "next monday" --days 7 --json'
)
@click.argument("account_id", metavar="[ACCOUNT]", required=False)
@_FROM
@click.option("--days", type=click.IntRange(1, 366), default=7 * _WEEKS, show_default=True, help="How many days.")
@click.pass_obj
def slots(call: Invocation, *, account_id: str | None, since: str | None, days: int) -> None:
    """The slots of the accounts in the coming days: which are free, and which posts are in the others."""
    from purdah_scheduler.application.slotting import slots_between

    house = call.office.house
    wanted = own_accounts(call, (account_id,)) if account_id else tuple(account.id for account in house.accounts)
    accounts = [house.account(name) for name in wanted]
    starts = call.since(since) or call.now
    found = slots_between(call.office, accounts, starts, starts + timedelta(days=days))
    if call.as_json:
        for line in found:
            state = "taken" if line.posts else "free"
            emit({"account": line.account, "at": call.stamp(line.at), "state": state, "posts": list(line.posts)})
        return
    for account in accounts:
        if not account.slots:
            call.tell(f'{account.id} has no slots. Set them in the configuration: slots = ["Mon-Fri 09:00"]')
    if found:
        rows = [
            (
                format_local(line.at, call.zone),
                f"taken by {', '.join(map(str, line.posts))}" if line.posts else "free",
                line.account,
            )
            for line in found
        ]
        say(table(("Slot", "State", "Account"), rows, width=call.width))


@verb("gaps", example="purdah-scheduler calendar gaps\npurdah-scheduler calendar gaps --from tomorrow --days 60 --gap 5 --json")
@_FROM
@click.option("--days", type=click.IntRange(1, 366), default=28, show_default=True, help="How many days are looked at.")
@click.option("--gap", type=click.IntRange(1, 366), help="How many days without a post are a gap (default: gap_days, or 7).")
@click.pass_obj
def gaps(call: Invocation, *, since: str | None, days: int, gap: int | None) -> None:
    """Where an account has no post for days, and where two of its posts are closer than `close_minutes`.

    What is held, missed, refused or taken back counts for neither.
    """
    from purdah_scheduler.application.pacing import pacing

    first: date = local_date(call.now, call.zone) if since is None else read_day(since, now=call.now, zone=call.zone)
    least = timedelta(days=gap) if gap else call.office.house.spacing.gap or timedelta(days=_GAP)
    found = pacing(call.office, first, first + timedelta(days=days - 1), gap=least)
    if call.as_json:
        for each in found.gaps:
            emit({"kind": "gap", "account": each.account, "from": str(each.first), "to": str(each.last), "days": each.days})
        for clash in found.clashes:
            at = [call.stamp(moment.at) for moment in (clash.first, clash.second)]
            emit({"kind": "clash", "account": clash.account, "posts": [clash.first.post, clash.second.post], "at": at})
        return
    for line in (*(each.words for each in found.gaps), *(clash.words(call.zone) for clash in found.clashes)):
        say(line)
    if not found.gaps and not found.clashes:
        call.tell(f"No account is without a post for {least.days} days, and no two posts are close in time.")
