"""The table of channels by name: their limits, their checks without the network, and how to open one.

Opening a channel may load an HTTP library (tweepy alone costs a third of a second), so everything is imported inside the
function that needs it; the limits and checks of every channel load none.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.application.channel_ports import ListingChannel, Settings
from purdah_scheduler.application.timekeeping import Hear, hear_nothing
from purdah_scheduler.channels.addresses import last_of_path
from purdah_scheduler.domain.as_read import Sight
from purdah_scheduler.domain.content import Outgoing, Problem
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.server_limits import ServerLimits
from purdah_scheduler.errors import NotFound
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.mistyped import nearest

if TYPE_CHECKING:
    from purdah_scheduler.channels.credentials import Credentials
    from purdah_scheduler.web import TimeLimits
_NO_SETTING = Settings()
_OF_MASTODON = Settings(
    visibilities=("public", "unlisted", "private", "direct"), content_warning=True, language=True, reply=True, focus=True
)
"""By its own words (`mastodon_text.VISIBILITIES`)."""
_EVERY_SETTING = replace(_OF_MASTODON, card=True)

BY_HAND = ("manual", "manual-facebook", "manual-linkedin", "manual-threads")
"""Channels on which a person posts: the places of `manual_text`, which is not loaded for their names."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class TextRules:
    """What a channel says about a post without the network; `count` is in the unit of `limits`.

    `threads`: a line of `---` parts a text, and each part answers the one before it. `within`: every problem by
    the limits of one server, on a channel whose servers differ. `remote_id` gives the id of the post at an
    address, or an empty text.
    """

    limits: Limits
    count: Callable[[str], int]
    problems: Callable[[Outgoing], tuple[Problem, ...]]
    threads: bool = False
    within: Callable[[Outgoing, Limits], tuple[Problem, ...]] | None = None
    remote_id: Callable[[str], str] = last_of_path
    settings: Settings = _NO_SETTING


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a channel may need to open besides its account.

    `credentials_dir` is the folder in which a service manager puts one file per account; None where there is none. `hear` is
    told the time by which the platform dates each answer. `limits` are those of each request; None for the usual ones.
    `may_refresh`: whether tokens that run out are renewed, which the daemon alone does.
    """

    data_dir: Path
    credentials_dir: Path | None
    now: Callable[[], datetime]
    hear: Hear
    limits: "TimeLimits | None"
    may_refresh: bool


def _outbox_rules() -> TextRules:
    from purdah_scheduler.channels import outbox_text

    return TextRules(
        limits=outbox_text.LIMITS,
        count=outbox_text.count,
        problems=outbox_text.problems_of,
        threads=True,
        settings=_EVERY_SETTING,
    )


def _bluesky_rules() -> TextRules:
    from purdah_scheduler.channels import bluesky_record, bluesky_text

    return TextRules(
        limits=bluesky_text.LIMITS,
        count=bluesky_text.count,
        problems=bluesky_record.problems_of,
        threads=True,
        remote_id=bluesky_record.remote_id_at,
        settings=Settings(language=True, reply=True, card=True),
    )


def _x_rules() -> TextRules:
    from purdah_scheduler.channels import x_text

    return TextRules(
        limits=x_text.LIMITS, count=x_text.count, problems=x_text.problems_of, threads=True, remote_id=x_text.remote_id_at
    )


def _manual_rules(name: str) -> TextRules:
    from purdah_scheduler.channels import manual_text

    return TextRules(
        limits=manual_text.PLACES[name].limits,
        count=partial(manual_text.count, name),
        problems=partial(manual_text.problems_of, name),
        settings=_EVERY_SETTING if name == "manual" else Settings(language=True, reply=True),
    )


def _open_outbox(account: Account, around: Surroundings) -> ListingChannel:
    from purdah_scheduler.channels.outbox import OutboxChannel

    return OutboxChannel(account, around.data_dir / "outbox", now=around.now)


def _open_manual(account: Account, around: Surroundings) -> ListingChannel:  # noqa: ARG001 - every channel is opened alike
    from purdah_scheduler.channels.manual import ManualChannel

    return ManualChannel(account)


def _read_setup(account: Account, around: Surroundings) -> "Credentials":
    """The credentials of an account whose address may be used; a fault of either is told before any library is loaded."""
    from purdah_scheduler.channels.addresses import checked_base_url
    from purdah_scheduler.channels.credentials import find_credentials, read_credentials

    if account.base_url:
        checked_base_url(account.base_url, account=account.id)
    return read_credentials(find_credentials(account, around.credentials_dir), account=account.id, channel=account.channel)


def _open_bluesky(account: Account, around: Surroundings) -> ListingChannel:
    credentials = _read_setup(account, around)
    from purdah_scheduler.channels.bluesky import BlueskyChannel

    return BlueskyChannel(
        account,
        credentials,
        session_file=session_file(account, around.data_dir),
        base_url=account.base_url,
        limits=around.limits,
        now=around.now,
        hear=around.hear,
    )


def _mastodon_rules() -> TextRules:
    from purdah_scheduler.channels import mastodon_text

    return TextRules(
        limits=mastodon_text.LIMITS,
        count=mastodon_text.count,
        problems=mastodon_text.problems_of,
        threads=True,
        within=mastodon_text.problems_of,
        settings=_OF_MASTODON,
    )


def _open_mastodon(account: Account, around: Surroundings) -> ListingChannel:
    credentials = _read_setup(account, around)
    from purdah_scheduler.channels.mastodon import MastodonChannel

    return MastodonChannel(
        account, credentials, base_url=account.base_url, limits=around.limits, now=around.now, hear=around.hear
    )


def _wordpress_rules() -> TextRules:
    from purdah_scheduler.channels import wordpress_text

    return TextRules(limits=wordpress_text.LIMITS, count=wordpress_text.count, problems=wordpress_text.problems_of)


def _open_wordpress(account: Account, around: Surroundings) -> ListingChannel:
    credentials = _read_setup(account, around)
    from purdah_scheduler.channels.wordpress import WordPressChannel

    return WordPressChannel(
        account, credentials, base_url=account.base_url, limits=around.limits, now=around.now, hear=around.hear
    )


def session_file(account: Account, data_dir: Path) -> Path:
    """Where the login of an account is kept between two starts, by the channels that have one."""
    from purdah_scheduler.channels.outbox import file_name_for

    return data_dir / "sessions" / f"{file_name_for(account.id)}.json"


def _facebook_rules() -> TextRules:
    from purdah_scheduler.channels import facebook_text

    return TextRules(limits=facebook_text.LIMITS, count=facebook_text.count, problems=facebook_text.problems_of)


def _open_facebook(account: Account, around: Surroundings) -> ListingChannel:
    credentials = _read_setup(account, around)
    from purdah_scheduler.channels.facebook import FacebookChannel

    return FacebookChannel(
        account, credentials, base_url=account.base_url, limits=around.limits, now=around.now, hear=around.hear
    )


def _open_x(account: Account, around: Surroundings) -> ListingChannel:
    credentials = _read_setup(account, around)
    from purdah_scheduler.channels.x import XChannel

    return XChannel(
        account,
        credentials,
        base_url=account.base_url,
        now=around.now,
        hear=around.hear,
        limits=around.limits,
        session_file=session_file(account, around.data_dir),
        may_refresh=around.may_refresh,
    )


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    rules: Callable[[], TextRules]
    opener: Callable[[Account, Surroundings], ListingChannel]
    prepares: bool = True


_CHANNELS = {
    "bluesky": _Entry(rules=_bluesky_rules, opener=_open_bluesky),
    "facebook": _Entry(rules=_facebook_rules, opener=_open_facebook),
    "mastodon": _Entry(rules=_mastodon_rules, opener=_open_mastodon),
    "outbox": _Entry(rules=_outbox_rules, opener=_open_outbox, prepares=False),
    "wordpress": _Entry(rules=_wordpress_rules, opener=_open_wordpress),
    "x": _Entry(rules=_x_rules, opener=_open_x, prepares=False),
    **{name: _Entry(rules=partial(_manual_rules, name), opener=_open_manual) for name in BY_HAND},
}


def channel_names() -> tuple[str, ...]:
    """The names of all channels, in alphabetical order."""
    return tuple(sorted(_CHANNELS))


def _entry(name: str) -> _Entry:
    entry = _CHANNELS.get(name)
    if entry is None:
        known = ", ".join(channel_names())
        close = nearest(name, _CHANNELS, likeness=0.5)
        hint = f"Did you mean {close!r}? The channels are: {known}." if close else f"The channels are: {known}."
        raise NotFound(f"There is no channel {name!r}, so nothing was done.", next_step=hint)
    return entry


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_channel(
    account: Account,
    *,
    data_dir: Path,
    credentials_dir: Path | None,
    now: Callable[[], datetime] = _utc_now,
    hear: Hear = hear_nothing,
    limits: "TimeLimits | None" = None,
    may_refresh: bool = True,
) -> ListingChannel:
    """The channel of `account`, ready to use; this is the only way to tokens and to the network.

    `account.credentials` must be a path that needs no further resolving. `now` gives the aware instant that outbox files are
    dated with and that rate limits are measured from; `hear` is told what the platform's own clock says. Without `may_refresh`
    no token is renewed.
    Raises NotFound for an unknown channel and BadSetup for an address or a credentials file that must not be used.
    """
    around = Surroundings(
        data_dir=data_dir, credentials_dir=credentials_dir, now=now, hear=hear, limits=limits, may_refresh=may_refresh
    )
    return _entry(account.channel).opener(account, around)


def rules_for(channel_name: str) -> TextRules:
    """What a channel says about a text without the network. Raises NotFound."""
    return _entry(channel_name).rules()


def prepares(channel_name: str) -> bool:
    """Whether `stage` of a channel may do anything, for a post without attachments; of one that is not known: yes."""
    entry = _CHANNELS.get(channel_name)
    return entry is None or entry.prepares


def limits_for(channel_name: str, told: ServerLimits | None = None) -> Limits:
    """The limits of a channel, or of the account's server where it `told` them. Raises NotFound."""
    rules = _entry(channel_name).rules()
    return rules.limits if rules.within is None else rules.limits.within(told)


def servers_differ(channel_name: str) -> bool:
    """Whether each server of a channel has limits of its own. Raises NotFound."""
    return _entry(channel_name).rules().within is not None


def problems_of(channel_name: str, outgoing: Outgoing, told: ServerLimits | None = None) -> tuple[Problem, ...]:
    """Every problem of a post on a channel, of its text, pictures and settings, without the network. Raises NotFound.

    `told` is what the account's server takes, where that is known.
    """
    rules = _entry(channel_name).rules()
    return rules.problems(outgoing) if rules.within is None else rules.within(outgoing, rules.limits.within(told))


def sight(channel_name: str, text: str, *, has_card: bool = False) -> Sight:
    """What the readers of a channel see of a text; `has_card`: a card is given with it. Raises NotFound."""
    _entry(channel_name)
    from purdah_scheduler.channels import as_read

    return as_read.sight(channel_name, text, has_card=has_card)


def count(channel_name: str, text: str, told: ServerLimits | None = None) -> tuple[int, int, str]:
    """How much of the channel's length, or of the server's where that is `told`, the text uses: used, limit, unit.

    Raises NotFound.
    """
    limits = limits_for(channel_name, told)
    return rules_for(channel_name).count(text), limits.max_length, limits.unit
