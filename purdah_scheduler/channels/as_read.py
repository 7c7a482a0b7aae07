"""What each network makes of a text: how it shows links, tags and mentions, and where its timelines cut.

How Mastodon shortens links and mentions, and that X shows a link without its scheme, is their published behaviour; where a
timeline cuts is what was seen of their sites, by lines of about so many characters, and changes with the reader's screen.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from purdah_scheduler.channels import wordpress_text
from purdah_scheduler.channels.facebook_text import EXPERIMENTAL
from purdah_scheduler.channels.links import Link, links
from purdah_scheduler.domain.as_read import Piece, Role, Sight, fold_at
from purdah_scheduler.lean import lean_dataclass

_PREFIX = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_TAG = re.compile(r"(?<![\w&/#\uff03])[#\uff03](?=\w*[^\W\d_])\w+")
_NAME = re.compile(r"(?<![\w@/.])@\w+")
_NAME_ON_SERVER = re.compile(r"(?<![\w@/])@\w+(?:@[\w.-]*\w)?")
_X_PATH = 15
_MASTODON_LINK = 30

_Spans = list[tuple[int, int, Piece]]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Network:
    """How one network shows a text; `link` gives a link as it is shown, or None where the network makes none of it.

    `lines` of `width` characters are shown before "show more"; 0 where all is shown. `shows_card` and `crops` are a `Sight`'s.
    `of_links` is said where there is a link and no card that is shown, `of_cards` where a card is given that is not shown.
    """

    name: str
    link: Callable[[Link, str], str | None] | None = None
    tags: bool = False
    mentions: re.Pattern[str] | None = None
    lines: int = 0
    width: int = 0
    warns: bool = False
    shows_card: bool = False
    crops: bool = False
    notes: tuple[str, ...] = ()
    of_links: tuple[str, ...] = ()
    of_cards: str = "The card that is given with the post is not shown here: {name} goes by the link in the text."


def _as_written(link: Link, written: str) -> str:
    del link
    return written


def _x_link(link: Link, written: str) -> str:
    """Without scheme and www, and cut after 15 characters of its path, as X's own `display_url` is."""
    del written
    plain = _PREFIX.sub("", link.address)
    host, slash, path = plain.partition("/")
    return plain if len(path) <= _X_PATH else f"{host}{slash}{path[:_X_PATH]}…"


def _mastodon_link(link: Link, written: str) -> str | None:
    """Without scheme and www, and cut after 30 characters; a bare domain is no link there."""
    if written[:4].lower() != "http":
        return None
    plain = _PREFIX.sub("", link.address)
    return plain if len(plain) <= _MASTODON_LINK else f"{plain[:_MASTODON_LINK]}…"


_OWN_CARD = "Under the text {name} may show a card of the page that is linked; {name} makes it, so it cannot be shown here."
_FACEBOOK = _Network(name="Facebook", link=_as_written, tags=True, lines=5, width=95, of_links=(_OWN_CARD,))
_NETWORKS: Mapping[str, _Network] = {
    "x": _Network(name="X", link=_x_link, tags=True, mentions=_NAME, of_links=(_OWN_CARD,)),
    "bluesky": _Network(
        name="Bluesky",
        link=_as_written,
        tags=True,
        lines=25,
        width=48,
        shows_card=True,
        of_links=("Bluesky shows no card of the page that is linked: it makes none, and none is given with the post.",),
    ),
    "mastodon": _Network(
        name="Mastodon",
        link=_mastodon_link,
        tags=True,
        mentions=_NAME_ON_SERVER,
        lines=22,
        width=60,
        warns=True,
        crops=True,
        of_links=(_OWN_CARD,),
    ),
    "wordpress": _Network(
        name="a blog", link=_as_written, of_cards="The card that is given with the post is not shown here: a blog shows the link."
    ),
    "facebook": replace(_FACEBOOK, notes=(EXPERIMENTAL,)),
    "manual-facebook": _FACEBOOK,
    "manual-linkedin": _Network(
        name="LinkedIn",
        link=_as_written,
        tags=True,
        lines=3,
        width=70,
        of_links=(_OWN_CARD, "LinkedIn shows a long link as lnkd.in/… instead."),
    ),
    "manual-threads": _Network(name="Threads", link=_as_written, tags=True, mentions=_NAME, of_links=(_OWN_CARD,)),
    "manual": _Network(
        name="by hand",
        warns=True,
        shows_card=True,
        crops=True,
        notes=("What it will look like depends on where it is posted.",),
    ),
    "outbox": _Network(name="the outbox", warns=True, shows_card=True, crops=True),
}


def sight(channel: str, text: str, *, has_card: bool = False) -> Sight:
    """What the readers of a channel see of a text; `has_card`: a card is given with it. Raises KeyError."""
    network = _NETWORKS[channel]
    title, body, summary = "", text, ""
    if channel == "wordpress":
        title, body = wordpress_text.split(text)
        summary = wordpress_text.summary_of(body)
    pieces = _pieces(network, body)
    shown = "".join(piece.shown for piece in pieces)
    linked = any(piece.role is Role.LINK for piece in pieces)
    shows_card = has_card and network.shows_card
    of_links = network.of_links if linked and not shows_card else ()
    of_cards = (network.of_cards,) if has_card and not shows_card else ()
    return Sight(
        network=network.name,
        pieces=pieces,
        title=title,
        summary=summary,
        fold=fold_at(shown, lines=network.lines, width=network.width) if network.lines else None,
        warns=network.warns,
        shows_card=shows_card,
        crops=network.crops,
        notes=(*network.notes, *(note.format(name=network.name) for note in (*of_links, *of_cards))),
    )


def _pieces(network: _Network, text: str) -> tuple[Piece, ...]:
    """The text in its order: what is a link comes first, and nothing within one is a tag or a mention."""
    spans: _Spans = []
    if network.link is not None:
        for link in links(text):
            written = text[link.start : link.end]
            shown = network.link(link, written)
            if shown is not None:
                spans.append((link.start, link.end, Piece(shown=shown, written=written, role=Role.LINK, address=link.address)))
    if network.mentions is not None:
        _add(spans, network.mentions, text, Role.MENTION)
    if network.tags:
        _add(spans, _TAG, text, Role.TAG)
    found: list[Piece] = []
    at = 0
    for start, end, piece in sorted(spans, key=lambda span: span[:2]):
        if start > at:
            found.append(Piece(shown=text[at:start], written=text[at:start]))
        found.append(piece)
        at = end
    if at < len(text):
        found.append(Piece(shown=text[at:], written=text[at:]))
    return tuple(found)


def _add(spans: _Spans, pattern: re.Pattern[str], text: str, role: Role) -> None:
    taken = list(spans)
    for match in pattern.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end, _ in taken):
            shown = "@" + match[0][1:].partition("@")[0] if role is Role.MENTION else match[0]
            spans.append((match.start(), match.end(), Piece(shown=shown, written=match[0], role=role)))
