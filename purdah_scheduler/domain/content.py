"""Content of a post: its text normal form, its digest, and what goes out on one account."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime

from purdah_scheduler.domain.focus import Focus
from purdah_scheduler.errors import BadInput, BadText
from purdah_scheduler.lean import lean_dataclass

PART_BREAK = "---"
"""A line of this alone parts a thread where people write one."""

_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a text or an attachment; `blocking` ones keep the post from being submitted.

    `position` counts characters from 0 in the text, or is None.
    """

    code: str
    message: str
    blocking: bool = True
    position: int | None = None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One attached file, stored by its SHA-256 (hex); `size` in bytes, `type` a MIME type, `focus` where somebody gave one."""

    sha256: str
    size: int
    type: str
    alt: str
    focus: Focus | None = None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The card of a link as a person gave it: nothing of it was fetched. `picture` has no description: no network takes one."""

    address: str
    title: str
    description: str = ""
    picture: Media | None = None

    @property
    def words(self) -> str:
        """All that it says, and where it leads, on one line."""
        return " ".join([". ".join(filter(None, [self.title, self.description])), self.address])


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One remote post on one account, exactly as it was cleared.

    `key` is stable for delivery and revision, and empty for what is only looked at. `blobs` maps the SHA-256 of each of `files`
    to its bytes. Of a thread it is the `part` of `parts`, and `reply_to` is the platform's id of the part before it.
    """

    key: str
    account: str
    text: str
    lang: str = "en"
    visibility: str = "public"
    content_warning: str = ""
    reply_to: str = ""
    media: tuple[Media, ...] = ()
    card: Card | None = None
    blobs: Mapping[str, bytes] | None = None
    not_before: datetime | None = None
    part: int = 1
    parts: int = 1

    @property
    def files(self) -> tuple[Media, ...]:
        """Every file that it needs: the attached ones, then the card's picture."""
        return files_of(self.media, self.card)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class AccountContent:
    """What one account will say: its channel, its parts (one, or each part of a thread) and its settings."""

    account: str
    channel: str
    parts: tuple[str, ...]
    reply_to: str = ""
    visibility: str = "public"
    content_warning: str = ""
    lang: str = "en"

    @property
    def text(self) -> str:
        """The parts as one text as people write it, with a line of `---` between two of them."""
        return f"\n{PART_BREAK}\n".join(self.parts)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a person says about the post and the rules need to know; no keyword ever sets one."""

    names_politician: bool = False
    partisan: bool = False
    joint_uk: bool = False
    touches_referendum: bool = False
    campaign: str = ""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What people clear: the words on each account, the media, the card, the window, and how the post is classified.

    The classification (category, nation, area, marks) is part of the digest: a clearance for a service notice must not
    carry over when somebody relabels a policy announcement as one.
    """

    accounts: tuple[AccountContent, ...]
    category: str
    nation: str = "UK"
    area: str = ""
    marks: Marks = field(default_factory=Marks)
    media: tuple[Media, ...] = ()
    card: Card | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None

    def __post_init__(self) -> None:
        for instant in (self.not_before, self.not_after):
            if instant is not None and instant.tzinfo is None:
                raise ValueError("a window needs aware instants")
        if self.not_before and self.not_after and self.not_after <= self.not_before:
            raise BadInput("The window closes before it opens, so the post was not saved.", next_step="Give a later --not-after.")
        if not self.accounts:
            raise BadInput("The post has no account, so it was not saved.", next_step="Name one with --account.")
        names = [entry.account for entry in self.accounts]
        if len(set(names)) != len(names):
            raise BadInput("An account is named twice, so the post was not saved.")

    @property
    def files(self) -> tuple[Media, ...]:
        """Every file that it needs: the attached ones, then the card's picture."""
        return files_of(self.media, self.card)

    def on(self, account: str) -> AccountContent:
        """What `account` will say. Raises KeyError where the post is not for it."""
        for entry in self.accounts:
            if entry.account == account:
                return entry
        raise KeyError(account)


def files_of(media: tuple[Media, ...], card: Card | None) -> tuple[Media, ...]:
    """The attached files, then the card's picture where it has one."""
    return media if card is None or card.picture is None else (*media, card.picture)


def clean_text(text: str) -> str:
    r"""The stored form: NFC, lines end in `\n` only, no trailing space at the very end.

    Raises BadText with the position (from 1) for control characters, lone surrogates and bidi overrides.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for position, char in enumerate(text, start=1):
        if 0xD800 <= ord(char) <= 0xDFFF:
            raise BadText(f"The text has a broken character at position {position}, so nothing was saved.")
        if unicodedata.category(char) == "Cc" and char not in "\n\t":
            raise BadText(
                f"The text has a control character (U+{ord(char):04X}) at position {position}, so nothing was saved.",
                next_step="Remove it and try again.",
            )
        if char in _BIDI_CONTROLS:
            raise BadText(
                f"The text has a hidden direction override (U+{ord(char):04X}) at position {position}, so nothing was saved.",
                next_step="Remove it and try again.",
            )
    return unicodedata.normalize("NFC", text).rstrip()


def parts_of(text: str) -> tuple[str, ...]:
    """The parts of a thread as a person wrote it, each clean; one where no line parts it. Raises BadText."""
    parts: list[list[str]] = [[]]
    for line in clean_text(text).split("\n"):
        if line.strip() == PART_BREAK:
            parts.append([])
        else:
            parts[-1].append(line)
    if len(parts) == 1:
        return (clean_text(text),)
    return tuple("\n".join(lines).strip("\n").rstrip() for lines in parts)


def _instant(value: datetime | None) -> str | None:
    if value is None:
        return None
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def canonical(content: Content) -> bytes:
    """The bytes that are digested: JSON with sorted keys, ASCII, no floats, structure unambiguous.

    A card and a focus are named only where there is one, so that what was cleared before there were any keeps its digest.
    """
    document: dict[str, object] = {
        "accounts": [
            {
                "account": entry.account,
                "channel": entry.channel,
                "content_warning": entry.content_warning,
                "lang": entry.lang,
                "parts": list(entry.parts),
                "reply_to": entry.reply_to,
                "visibility": entry.visibility,
            }
            for entry in sorted(content.accounts, key=lambda entry: entry.account)
        ],
        "area": content.area,
        "category": content.category,
        "marks": {
            "campaign": content.marks.campaign,
            "joint_uk": content.marks.joint_uk,
            "names_politician": content.marks.names_politician,
            "partisan": content.marks.partisan,
            "touches_referendum": content.marks.touches_referendum,
        },
        "media": [_medium(medium) | {"alt": medium.alt} | _focus(medium) for medium in content.media],
        "nation": content.nation,
        "not_after": _instant(content.not_after),
        "not_before": _instant(content.not_before),
    }
    if content.card is not None:
        document["card"] = _card(content.card)
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")


def _medium(medium: Media) -> dict[str, object]:
    return {"bytes": medium.size, "sha256": medium.sha256, "type": medium.type}


def _focus(medium: Media) -> dict[str, object]:
    return {} if medium.focus is None else {"focus": [medium.focus.x, medium.focus.y]}


def _card(card: Card) -> dict[str, object]:
    return {
        "address": card.address,
        "description": card.description,
        "picture": None if card.picture is None else _medium(card.picture),
        "title": card.title,
    }


def digest(content: Content) -> str:
    """SHA-256 (64 hex digits) over the canonical form: what a decision is bound to."""
    return digest_of(canonical(content))


def digest_of(canonical_form: bytes) -> str:
    """The digest of a content whose canonical form is at hand."""
    return hashlib.sha256(b"purdah-post-v1\n" + canonical_form).hexdigest()


def short(full_digest: str) -> str:
    """The 8-digit form that people see and say: `7f3a-91c2`."""
    return f"{full_digest[:4]}-{full_digest[4:8]}"


def digest_matches(typed: str, full_digest: str) -> bool:
    """Whether what a person typed names this digest: the 8-digit form, with a hyphen, a space or neither, or all 64 digits."""
    plain = "".join(typed.lower().replace("-", " ").split())
    return len(plain) in (8, 64) and full_digest.startswith(plain)
