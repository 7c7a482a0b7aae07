"""What a post on a WordPress blog is made of: its title, its text and its summary, all from the words that were cleared.

WordPress itself limits nothing; a post of one line would have no title, and a title of many words breaks most themes.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from html import escape

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.channels.cards import unused_card
from purdah_scheduler.channels.links import links
from purdah_scheduler.channels.pictures import ALL_TYPES, picture_problems
from purdah_scheduler.channels.unsupported import unsupported
from purdah_scheduler.domain.content import Media, Outgoing, Problem
from purdah_scheduler.lean import lean_dataclass

LIMITS = Limits(
    max_length=20_000, unit="characters", max_images=1, image_types=ALL_TYPES, max_image_bytes=5_000_000, max_alt=1_000
)
"""Our own limits: about twelve pages, and one picture, which the blog shows above the post."""

_LONG_TITLE = 120
_LONGEST_SLUG = 60


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A post as WordPress takes it: HTML in which nothing but paragraphs, line ends and links was added to the words."""

    title: str
    content: str
    excerpt: str


def count(text: str) -> int:
    """Characters (code points), those of the title too."""
    return len(text)


def split(text: str) -> tuple[str, str]:
    """The title, which is the first line, and the text after the empty line below it; without that there is no title."""
    title, _, rest = text.partition("\n")
    if rest.startswith("\n"):
        return title.strip(), rest.strip("\n")
    return "", text


def problems(text: str, media: Sequence[Media]) -> tuple[Problem, ...]:
    """Every problem of a text with its picture; a long title is a hint and does not block."""
    found: list[Problem] = []
    title, body = split(text)
    if not text.strip():
        found.append(Problem(code="empty", message="The text is empty."))
    elif not title or not body.strip():
        message = "A post on a blog needs a title: write it as the first line, leave a line empty, and write the text below."
        found.append(Problem(code="no-title", message=message, position=0))
    over = count(text) - LIMITS.max_length
    if over > 0:
        message = f"The text is {over:,} over the limit of {LIMITS.max_length:,} characters for a blog."
        found.append(Problem(code="too-long", message=message, position=LIMITS.max_length))
    found += picture_problems(media, LIMITS, platform="A post on a blog")
    if len(title) > _LONG_TITLE:
        message = f"The title has {len(title)} characters: most blogs and search engines cut it after about {_LONG_TITLE}."
        found.append(Problem(code="long-title", message=message, blocking=False, position=_LONG_TITLE))
    return tuple(found)


def problems_of(outgoing: Outgoing) -> tuple[Problem, ...]:
    """Every problem of a post on a blog: of its text and picture, and of settings that a blog does not have."""
    found = [
        *problems(outgoing.text, outgoing.media),
        *unsupported(outgoing, platform="WordPress"),
        *unused_card(outgoing, platform="a blog"),
    ]
    if outgoing.reply_to:
        message = "A post on a blog replies to nothing: leave the blog out of this post, or write it without the reply."
        found.append(Problem(code="reply-unsupported", message=message))
    return tuple(found)


def article_of(text: str) -> Article:
    """The cleared words as an article; the summary is its first paragraph."""
    title, body = split(text)
    return Article(
        title=_shown(title),
        content="\n\n".join(f"<p>{_marked_up(paragraph)}</p>" for paragraph in _paragraphs(body)),
        excerpt=_shown(summary_of(body)),
    )


def summary_of(body: str) -> str:
    """What the blog's lists show of a post's text (without its title): the first paragraph, on one line."""
    return " ".join(next(iter(_paragraphs(body)), "").split())


def _paragraphs(body: str) -> list[str]:
    return [paragraph for paragraph in re.split(r"\n{2,}", body) if paragraph.strip()]


def described(alt: str) -> str:
    """A picture's description as WordPress keeps it and shows it whole: it drops what looks like a tag or like `%41`."""
    return " ".join(escape(alt, quote=False).replace("%", "&#37;").split())


def slug_of(outgoing: Outgoing) -> str:
    """The last part of the post's address: its title in plain letters, and eight digits that no other post has.

    It is how a draft is found again whose answer was lost.
    """
    title, _ = split(outgoing.text)
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode("ascii").lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_SLUG].strip("-") or "post"
    return f"{words}-{hashlib.sha256(outgoing.key.encode('utf-8')).hexdigest()[:8]}"


def _marked_up(paragraph: str) -> str:
    """One paragraph: its lines, and its links, which WordPress would take for things to fetch and embed."""
    pieces: list[str] = []
    at = 0
    for link in links(paragraph):
        written = paragraph[link.start : link.end]
        pieces += [_shown(paragraph[at : link.start]), f'<a href="{escape(link.address)}">{_shown(written)}</a>']
        at = link.end
    pieces.append(_shown(paragraph[at:]))
    return "".join(pieces).replace("\n", "<br>\n")


def _shown(words: str) -> str:
    """The words as HTML shows them; a square bracket would start a shortcode."""
    return escape(words, quote=False).replace("[", "&#91;").replace("]", "&#93;")
