"""The `[[account]]` tables: where posts can go, and whose voice each account is."""

import re
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from purdah_scheduler.config.reader import Table, shown
from purdah_scheduler.config.schema import SECTIONS
from purdah_scheduler.config.source import resolve
from purdah_scheduler.domain.addresses import AddressFault, checked_address
from purdah_scheduler.domain.people import Account, AccountKind, Replies, by_hand
from purdah_scheduler.domain.periods import Body, Nation
from purdah_scheduler.domain.slots import MOST_SLOTS, Slot, read_slots
from purdah_scheduler.errors import BadInput

_BY_HAND_LATENESS = timedelta(hours=2)
"""A person is not a daemon: what is posted by hand may be later, unless the account says otherwise."""

_NOWHERE = ("an account that a person posts on by hand", "the outbox, which keeps everything on this machine")
_HANDLES = {
    "bluesky": (
        re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"),
        "on Bluesky: name.bsky.social, or a domain",
    ),
    "facebook": (re.compile(r"[0-9]{5,20}"), "on Facebook: the number of the Page"),
    "mastodon": (
        re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}(?:@[A-Za-z0-9.-]{1,200})?"),
        "on Mastodon: name, or name@server",
    ),
    "wordpress": (re.compile(r"[\w .@-]{1,60}"), "in WordPress: the user's login name"),
    "x": (re.compile(r"[A-Za-z0-9_]{1,15}"), "on X: 1 to 15 letters, digits and '_'"),
}
"""Channel -> the form of a handle without its @, and where it is so."""

_NAMES = {"bluesky": "Bluesky", "facebook": "Facebook", "mastodon": "Mastodon", "wordpress": "WordPress", "x": "X"}
_OWN_SERVER = frozenset({"mastodon", "wordpress"})
"""Channels that have no address of their own: each account is on a server that has to be named."""

_GOVERNMENTS = frozenset({Body.UK_CIVIL_SERVICE, Body.SCOTTISH_GOV, Body.WELSH_GOV, Body.NI_DEPARTMENTS})
_BODIES_OF_KIND = {
    AccountKind.DEPARTMENT: _GOVERNMENTS | {Body.OPCC},
    AccountKind.LEADER: frozenset(Body),
    AccountKind.ALB: frozenset({Body.ALB, Body.NHS_NATIONAL}),
    AccountKind.PARTNER: frozenset(Body),
    AccountKind.LOCAL_AUTHORITY: frozenset({Body.LOCAL_AUTHORITY}),
    AccountKind.NHS: frozenset({Body.NHS_NATIONAL, Body.NHS_LOCAL}),
}
"""Whose voice can belong to which body; a pair outside it would be judged by the rules of somebody else."""


def read_accounts(
    root: Table, folder: Path, max_lateness: timedelta, known_channels: Collection[str]
) -> tuple[tuple[Account, ...], frozenset[str]]:
    """Every account, and every id that is taken: a stage may name an account that has a fault of its own."""
    accounts: list[Account] = []
    seen: set[str] = set()
    before = root.fault_count
    tables = root.tables("account")
    for table in tables:
        table.refuse_unknown(SECTIONS["account"])
        account_id = table.unique_id(seen, "account")
        channel = table.text("channel", limit=64)
        if channel:
            table.one_of("channel", channel, known_channels, "channel")
        kind = table.choice("kind", AccountKind, default=AccountKind.DEPARTMENT)
        body = table.choice("body", Body)
        nation = table.choice("nation", Nation, default=Nation.UK)
        if kind and body and body not in _BODIES_OF_KIND[kind]:
            table.fault("kind", f"an account of kind {kind} cannot belong to the body {body}: the wrong rules would hold.")
        usual = max(max_lateness, _BY_HAND_LATENESS) if by_hand(channel) else max_lateness
        lateness = table.whole("max_lateness_minutes", default=usual // timedelta(minutes=1), low=1, high=1440)
        account = Account(
            id=account_id,
            channel=channel,
            handle=_handle(table, channel),
            kind=kind or AccountKind.DEPARTMENT,
            body=body or Body.UK_CIVIL_SERVICE,
            nation=nation or Nation.UK,
            area=table.text("area", default="", limit=100),
            base_url=_base_url(table, channel),
            credentials=_credentials(table, channel, folder),
            max_lateness=timedelta(minutes=lateness),
            threads=table.flag("threads", default=channel == "outbox"),
            slots=_slots(table),
            replies=_replies(table, channel),
            categories=_categories(table, channel),
        )
        accounts.append(account)
    if not tables and root.fault_count == before:
        root.fault("", "there is no [[account]], so there is nowhere to publish to.")
    return tuple(accounts), frozenset(seen)


def _slots(table: Table) -> tuple[Slot, ...]:
    """The weekly times at which the account posts, in the order of the week, each once."""
    found: set[Slot] = set()
    for text in table.texts("slots"):
        try:
            found.update(read_slots(text))
        except BadInput as fault:
            table.fault("slots", f"{fault.message} {fault.next_step}")
    if len(found) > MOST_SLOTS:
        table.fault("slots", f"these are {len(found)} slots a week; at most {MOST_SLOTS} are taken.")
    return tuple(sorted(found))


def _handle(table: Table, channel: str) -> str:
    """The handle without its @, which platforms do not have in their addresses."""
    handle = table.text("handle", limit=100)
    if channel not in _HANDLES or not handle:
        return handle
    form, words = _HANDLES[channel]
    bare = handle.removeprefix("@")
    if not form.fullmatch(bare):
        table.fault("handle", f"{shown(handle)} cannot be a handle {words}.")
    return bare


def _replies(table: Table, channel: str) -> Replies:
    """Who may reply, which X alone lets an account choose."""
    chosen = table.choice("replies", Replies, default=Replies.EVERYONE, what="choice of who may reply") or Replies.EVERYONE
    if chosen is not Replies.EVERYONE and channel != "x":
        table.fault("replies", "who may reply can only be chosen on X; leave replies out.")
    return chosen


def _categories(table: Table, channel: str) -> tuple[str, ...]:
    """The categories of a blog, which the blog itself is asked about when the account is checked and before each post."""
    names = table.texts("categories")
    if names and channel != "wordpress":
        table.fault("categories", "only a blog on WordPress has categories; leave them out.")
    return names


def _base_url(table: Table, channel: str) -> str:
    """The address that replaces the platform's, where tokens and unpublished text go."""
    url = table.text("base_url", default="")
    if not url and channel in _OWN_SERVER:
        table.fault("base_url", f"an account on {_NAMES[channel]} needs base_url: the address of its server.")
    if not url:
        return ""
    if channel == "outbox" or by_hand(channel):
        table.fault("base_url", f"base_url means nothing on {_NOWHERE[channel == 'outbox']}.")
        return ""
    match checked_address(url):
        case AddressFault.NOT_PLAIN:
            table.fault("base_url", f"{shown(url)} is not a plain address; write it as https://host or https://host:port.")
        case AddressFault.UNENCRYPTED:
            table.fault("base_url", f"{shown(url)} would send tokens unencrypted; use https (http works for this machine alone).")
        case str() as address:
            return address
    return ""


def _credentials(table: Table, channel: str, folder: Path) -> str:
    """The absolute name of the file with the tokens; it is not opened here, because only the daemon may read it."""
    name = table.text("credentials", default="")
    if name and (channel == "outbox" or by_hand(channel)):
        table.fault("credentials", f"credentials mean nothing on {_NOWHERE[channel == 'outbox']}.")
    if channel in _NAMES and not name:
        table.fault(
            "credentials", f"an account on {_NAMES[channel]} needs credentials: the name of the file that holds its secrets."
        )
    return str(resolve(folder, name)) if name else ""
