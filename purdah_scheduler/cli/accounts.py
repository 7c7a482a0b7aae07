"""`account`: what can be posted to, and how each of it is."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.effects import counted
from purdah_scheduler.cli.grammar import Noun, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.shapes import check_facts
from purdah_scheduler.cli.speaking import emit, facts_in_words, inline, say, table
from purdah_scheduler.errors import BadSetup, NeedsAttention, PlatformUnavailable, ProductError, Refused, TryAgain

if TYPE_CHECKING:
    from purdah_scheduler.application.account_health import Checked
    from purdah_scheduler.application.answers import Limits
    from purdah_scheduler.domain.account_health import LastCheck
    from purdah_scheduler.domain.people import Account

_VERBS = {
    "list": ("accounts:list_accounts", "every account, and how it is"),
    "slots": ("pacing:slots", "the times at which they post, and which are free"),
    "add": ("accounts_add:add", "keep an account's secrets where the daemon looks for them"),
    "check": ("accounts:check", "ask the platforms who we are and whether we may publish"),
    "remove": ("accounts:remove", "forget an account's secrets"),
}
_CODES = {
    "well": 0,
    "later": TryAgain.exit_code,
    "unreachable": PlatformUnavailable.exit_code,
    "needs-login": NeedsAttention.exit_code,
    "not-set-up": BadSetup.exit_code,
}
_MOST = 200
"""Posts of a refusal that are counted; more than that is said to be so many at least."""
_SOME = 10


@click.group("account", cls=Noun, verbs=_VERBS, example="purdah-scheduler account list")
def account() -> None:
    """What can be posted to. Accounts are named in the configuration; here their secrets are kept, tried and forgotten."""


@verb("list", example="purdah-scheduler account list --json")
@click.pass_obj
def list_accounts(call: Invocation) -> None:
    """Every account of the configuration: whether it is paused or its platform takes nothing yet, and what it last published."""
    from purdah_scheduler.application.account_health import troubled

    house = call.office.house
    with call.office.store.read() as reader:
        paused = {pause.account: pause.reason for pause in reader.pauses()}
        waits = {limit.account: limit.until for limit in reader.rate_limits() if call.now < limit.until}
        published = reader.last_published()
        checks = {check.account: check for check in reader.account_checks()}
        bad_ones = {check.account for check in troubled(reader, house, call.now)}
    everything = "" in paused or bool(call.office.stop.reason())
    if call.as_json:
        for known in house.accounts:
            emit(
                {
                    "account": known.id,
                    "channel": known.channel,
                    "handle": known.handle,
                    "kind": str(known.kind),
                    "body": str(known.body),
                    "nation": str(known.nation),
                    "area": known.area,
                    "max_lateness_minutes": known.max_lateness.total_seconds() / 60,
                    "replies": str(known.replies),
                    "paused": everything or known.id in paused,
                    "limited_until": call.stamp(waits.get(known.id)),
                    "last_published_at": call.stamp(published.get(known.id)),
                    "last_check": check_facts(call, checks[known.id]) if known.id in checks else None,
                }
            )
        return
    rows = [
        (
            known.id,
            known.channel,
            "paused"
            if everything or known.id in paused
            else f"waits until {call.shown(waits[known.id])}"
            if known.id in waits
            else "open",
            _health(call, known, checks.get(known.id), is_bad=known.id in bad_ones),
            call.shown(published.get(known.id)) or "nothing yet",
            str(known.kind),
            str(known.body),
            f"{known.nation}, {known.area}" if known.area else str(known.nation),
            known.handle,
        )
        for known in house.accounts
    ]
    headers = ("Account", "Channel", "State", "Health", "Last published", "Kind", "Body", "Audience", "Handle")
    say(table(headers, rows, width=call.width))


@verb("check", example="purdah-scheduler account check x-main")
@click.argument("names", nargs=-1, metavar="[ACCOUNT]...")
@click.pass_obj
def check(call: Invocation, *, names: tuple[str, ...]) -> int:
    """Ask each platform who we are there, whether we may publish, and what it takes. Nothing is sent.

    It loads the accounts' tokens: run it as the user that the daemon runs as. Exit code 0 where every account is well, 2 where
    one needs a login, 69 where a platform cannot be reached, 75 where it asks for patience, 78 where secrets are missing; of
    several the worst.
    """
    from purdah_scheduler import bootstrap
    from purdah_scheduler.application.account_health import check as ask
    from purdah_scheduler.domain.account_health import Health

    accounts = [call.config.account(name) for name in dict.fromkeys(names)] or list(call.config.accounts)
    opener = bootstrap.channel_opener(call.config, bootstrap.SystemClock(), may_refresh=False)
    worst = Health.WELL
    for known in accounts:
        found = ask(known, opener)
        hit = _keep(call, found)
        worst = max(worst, found.health, key=list(Health).index)
        if call.as_json:
            emit({**_facts(call, found), "posts_hit": list(hit)})
        else:
            say(_in_words(call, found, hit))
    return _CODES[str(worst)]


def _keep(call: Invocation, found: "Checked") -> tuple[int, ...]:
    """Keep what was found for lists and notices, where there is a queue that lets this login.

    Returns the queued posts that will be held unless a person acts.
    """
    from purdah_scheduler.application.account_health import note, posts_hit, troubled

    try:
        with call.office.store.write() as tx:
            note(tx, found, call.now)
            bad = [known for known in troubled(tx, call.office.house, call.now) if known.account == found.account.id]
            return posts_hit(tx, bad[0], call.now) if bad else ()
    except ProductError as fault:
        call.tell(f"What was found is not kept: {fault.message}")
        return ()


@verb("remove", example="purdah-scheduler account remove x-main")
@click.argument("name", metavar="ACCOUNT")
@click.option("--even-if-queued", is_flag=True, help="Although posts are still aimed at it.")
@click.pass_obj
def remove(call: Invocation, *, name: str, even_if_queued: bool) -> None:
    """Forget an account's secrets on this machine. Refused while posts are queued for it, unless told.

    The platform still takes what was forgotten: take it back there too. The [[account]] stays in the configuration until you
    delete it.
    """
    from purdah_scheduler.channels import catalogue
    from purdah_scheduler.channels.kept_secrets import forget_secrets

    known = call.config.account(name)
    posts = _aimed_at(call, known.id)
    some = ", ".join(map(str, posts[:_SOME])) + (f" and {len(posts) - _SOME} more" if len(posts) > _SOME else "")
    if posts and not even_if_queued:
        raise Refused(
            f"{counted(len(posts)).capitalize()} still to go out on {known.id} ({some}), so nothing was forgotten.",
            next_step=f"Cancel them, or: purdah-scheduler account remove {known.id} --even-if-queued",
        )
    kept = catalogue.session_file(known, call.config.data_folder)
    files = [Path(known.credentials)] if known.credentials else []
    gone = forget_secrets(*files, kept, kept.with_suffix(".lock"))
    if call.as_json:
        emit({"account": known.id, "forgotten": [str(path) for path in gone], "queued_posts": list(posts)})
        return
    for path in gone:
        say(f"Deleted {inline(str(path))}")
    if not gone:
        say(f"There was nothing to forget of {known.id} on this machine.")
    if os.environ.get("CREDENTIALS_DIRECTORY") is None and known.credentials:
        call.tell(f"A service manager may still hand its secrets over: look for LoadCredential={known.id}: in the unit.")
    if posts:
        call.tell(f"Its posts will be held when they are due: {some}.")
    call.tell(f"Next: take the secrets back on the platform, and delete the [[account]] {known.id} from {call.config.path}")


def _health(call: Invocation, known: "Account", check: "LastCheck | None", *, is_bad: bool) -> str:
    """How it was when its platform was last asked, and when that was; when its credentials end, where that is soon."""
    if check is None:
        return "not asked yet" if known.credentials else ""
    if check.expires_at is not None and is_bad:
        return f"{'ended' if check.expires_at <= call.now else 'ends'} {call.shown(check.expires_at)}"
    return f"{str(check.health).replace('-', ' ')}, {call.shown(check.at)}"


def _aimed_at(call: Invocation, account: str) -> tuple[int, ...]:
    """Posts that may still go out on the account."""
    from purdah_scheduler.application.lists import QueueFilter
    from purdah_scheduler.domain.posts import DeliveryState, PostState, ThreadState

    still = (PostState.IN_REVIEW, PostState.CLEARED, PostState.SCHEDULED, ThreadState.PARTIAL)
    under_way = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.HELD, DeliveryState.MISSED)
    open_states = frozenset(map(str, (*still, *under_way)))
    with call.office.store.read() as reader:
        lines = reader.lines(QueueFilter(account=account, states=open_states), limit=_MOST)
    return tuple(dict.fromkeys(line.post for line in lines))


def _facts(call: Invocation, found: "Checked") -> dict[str, object]:
    answer, limits = found.answer, found.limits
    return {
        "account": found.account.id,
        "channel": found.account.channel,
        "health": str(found.health),
        "handle": answer.handle if answer else "",
        "said": found.said,
        "next": found.next_step,
        "expires_at": call.stamp(found.expires_at),
        "cost": answer.cost if answer else "",
        "limits": None
        if limits is None
        else {
            "length": limits.max_length,
            "unit": limits.unit,
            "pictures": limits.max_images,
            "picture_bytes": limits.max_image_bytes,
            "description": limits.max_alt,
        },
    }


def _in_words(call: Invocation, found: "Checked", hit: tuple[int, ...]) -> str:
    from purdah_scheduler.application.account_health import hit_in_words

    answer = found.answer
    return facts_in_words(
        (
            (found.account.id, f"{str(found.health).replace('-', ' ')}: {inline(found.said)}"),
            ("  takes", _takes(found.account, found.limits) if found.limits else ""),
            ("  until", call.shown(found.expires_at)),
            ("  hit", hit_in_words(hit)),
            ("  costs", answer.cost if answer else ""),
            ("  next", found.next_step),
        ),
        width=call.width,
        label_width=max(13, len(found.account.id) + 2),
    )


def _takes(account: "Account", limits: "Limits") -> str:
    pictures = f"{limits.max_images} pictures of {limits.max_image_bytes:,} bytes with descriptions of {limits.max_alt:,}"
    threads = "; threads, each part a post" if account.threads else ""
    return f"{limits.max_length:,} {limits.unit}{f'; {pictures}' if limits.max_images else ''}{threads}"
