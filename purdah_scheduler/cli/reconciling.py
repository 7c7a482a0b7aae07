"""`reconcile`: what is on an account that this product did not send, and what it sent that is not there."""

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, say
from purdah_scheduler.errors import BadInput, BadSetup, NeedsAttention, PlatformUnavailable, TryAgain

if TYPE_CHECKING:
    from purdah_scheduler.application.reconciling import Reconciled, Strange

_USUAL = timedelta(days=7)
_SHOWN = 80


@verb("reconcile", example="purdah-scheduler reconcile x-main --since yesterday")
@click.argument("names", nargs=-1, metavar="[ACCOUNT]...")
@click.option("--since", metavar="TIME", help="Look from then on (default: seven days ago).")
@click.option("--limit", type=click.IntRange(1, 2_000), default=200, show_default=True, help="So many posts of each account.")
@click.pass_obj
def reconcile(call: Invocation, *, names: tuple[str, ...], since: str | None, limit: int) -> int:
    """Compare what is on each account with what was sent to it: posts that nobody sent from here, and sent ones that are gone.

    Only reads, on the platform as well; X may charge for each post that it lists. It loads the accounts' tokens: run it as the
    user that the daemon runs as. Exit code 2 where something is strange or a login is needed, 78, 69 or 75 where an account
    could not be looked at.
    """
    from purdah_scheduler import bootstrap
    from purdah_scheduler.application.answers import ByHand, ChannelError, NeedsLogin, RetryLater
    from purdah_scheduler.application.reconciling import reconcile as compare

    begin = call.since(since) or call.now - _USUAL
    if begin >= call.now:
        raise BadInput(
            f"{call.shown(begin)} is still to come, so there is nothing to look at.",
            next_step="Give a time that is past: --since yesterday",
        )
    accounts = [call.config.account(name) for name in dict.fromkeys(names)] or list(call.config.accounts)
    opener = bootstrap.channel_opener(call.config, bootstrap.SystemClock(), may_refresh=False)
    codes = set()
    for account in accounts:
        try:
            found = compare(call.office, account, open_channel=opener, since=begin, limit=limit)
        except ByHand as fault:
            _tell_unseen(call, account.id, str(fault))
        except NeedsLogin as fault:
            _tell_unseen(call, account.id, str(fault))
            codes.add(NeedsAttention.exit_code)
        except BadSetup as fault:
            _tell_unseen(call, account.id, str(fault))
            codes.add(BadSetup.exit_code)
        except ChannelError as fault:
            _tell_unseen(call, account.id, str(fault))
            waits = isinstance(fault, RetryLater) and fault.after is not None
            codes.add(TryAgain.exit_code if waits else PlatformUnavailable.exit_code)
        else:
            _tell(call, found)
            codes.update([NeedsAttention.exit_code] if found.strange else [])
    order = (NeedsAttention.exit_code, BadSetup.exit_code, PlatformUnavailable.exit_code, TryAgain.exit_code)
    return next((code for code in order if code in codes), 0)


def _tell_unseen(call: Invocation, account: str, why: str) -> None:
    if call.as_json:
        emit({"account": account, "looked": False, "said": why, "strange": []})
    else:
        say(f"{account}: not looked at. {inline(why)}")


def _tell(call: Invocation, found: "Reconciled") -> None:
    if call.as_json:
        emit(
            {
                "account": found.account.id,
                "looked": True,
                "said": "",
                "since": call.stamp(found.since),
                "seen": found.seen,
                "ours": found.ours,
                "whole": found.whole,
                "strange": [
                    {
                        "what": str(each.oddity),
                        "remote_id": each.remote_id,
                        "url": each.url,
                        "at": call.stamp(each.at),
                        "text": each.text,
                        "posts": list(each.posts),
                    }
                    for each in found.strange
                ],
            }
        )
        return
    more = "" if found.whole else "; there are older ones that were not looked at (--limit)"
    say(f"{found.account.id}: {found.seen} since {call.shown(found.since)}, {found.ours} of them sent from here{more}.")
    for each in found.strange:
        say(f"  {_in_words(call, each)}")


def _in_words(call: Invocation, each: "Strange") -> str:
    at = call.shown(each.at) or "at a time that it does not tell"
    where = inline(each.url or each.remote_id)
    numbers = ", ".join(map(str, each.posts))
    if each.oddity == "gone":
        return f"GONE: {where}, published {at} for post {numbers}. Look at: purdah-scheduler post history {each.posts[0]}"
    text = inline(each.text)
    short = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    known = f" It may be of post {numbers}: purdah-scheduler post resolve {each.posts[0]} --published URL" if each.posts else ""
    return f"NOT SENT FROM HERE: {where}, {at}: “{short}”.{known}"
