"""What makes a text hard to read or to listen to, in numbers: hints for whoever writes it, none of which stops a post."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from purdah_scheduler.domain.content import Problem, parts_of
from purdah_scheduler.errors import BadText

SOURCE = (
    "https://gcs.civilservice.gov.uk/guidance/digital-communication/"
    "planning-creating-and-publishing-accessible-social-media-campaigns/"
)
"""Where the numbers come from (domain.md 2.10). What is said of capitals and of the words of a link is the product's own."""

LONGEST_SENTENCE = 25
MOST_HASHTAGS = 2
MOST_EMOJI = 3

_LINK = re.compile(
    r"(?:https?://|www\.)\S+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:uk|scot|wales|cymru|london|com|org|net)\b(?:/\S*)?", re.IGNORECASE
)
_HASHTAG = re.compile(r"(?<![\w&/])[#\uff03](?=\w*[^\W\d_])(\w+)")
_WORD = re.compile(r"\w+(?:['\u2019.,-]\w+)*")
_SENTENCE_ENDS = re.compile(r"[.!?\u2026]+[\"')\u2019\u201d\]]*(?:\s+|$)")
_UPPER = "[A-Z\u00c0-\u00d6\u00d8-\u00de\u0174\u0176]"
_CAPITALS = re.compile(rf"\b{_UPPER}{{4,}}(?:[ \t]+{_UPPER}{{4,}})+\b")
_LETTER_LIKE = re.compile(
    "[\u24b6-\u24e9\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff\U0001f130-\U0001f149\U0001f150-\U0001f169]+"
)
_EMPTY_LINK_WORDS = re.compile(
    r"\b(?:click|tap|press) (?:here|below|the link)\b|\blink (?:below|in (?:our |the )?bio)\b", re.IGNORECASE
)
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|webp)", re.IGNORECASE)
_BASE = (
    "[\u231a\u231b\u23e9-\u23f3\u25b6\u25c0\u2600-\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55"
    "\U0001f000-\U0001f0ff\U0001f300-\U0001f3fa\U0001f400-\U0001faff]"
)
_LOOK = "[\ufe0f\U0001f3fb-\U0001f3ff]?"
_EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_BASE}{_LOOK}(?:\u200d{_BASE}{_LOOK})*[\U000e0020-\U000e007f]*"
)


def hints(text: str, descriptions: Sequence[str] = ()) -> tuple[Problem, ...]:
    """What would make a text hard to read or to listen to, and pictures that say nothing to those who cannot see them.

    Of a thread it is asked for each part. The numbers have their source in `SOURCE`.
    """
    return (
        *_of_sentences(text),
        *_of_hashtags(text),
        *_of_emoji(text),
        *_of_links(text),
        *_of_letters(text),
        *(found for number, said in enumerate(descriptions, start=1) for found in _of_description(number, said)),
    )


def hints_of(texts: Iterable[str], descriptions: Sequence[str]) -> tuple[Problem, ...]:
    """The hints of a whole post, each once: of every text that an account has, part by part, and of its pictures."""
    found: dict[str, Problem] = {}
    for text in dict.fromkeys(texts):
        try:
            parts = parts_of(text)
        except BadText:  # whoever saves it is told what is wrong
            continue
        found.update((hint.message, hint) for part in parts for hint in hints(part))
    found.update((hint.message, hint) for hint in hints("", descriptions))
    return tuple(found.values())


def _hint(code: str, message: str) -> Problem:
    return Problem(code=code, message=message, blocking=False)


def _of_sentences(text: str) -> Iterator[Problem]:
    """The longest sentence, where it is too long; links and hashtags are no words of it."""
    bare = _HASHTAG.sub(" ", _LINK.sub(" ", text))
    sentences = [_WORD.findall(sentence) for line in bare.split("\n") for sentence in _SENTENCE_ENDS.split(line)]
    longest = max(sentences, key=len)
    if len(longest) > LONGEST_SENTENCE:
        begins = " ".join(longest[:4])
        yield _hint(
            "long-sentence",
            f"A sentence has {len(longest)} words (“{begins} …”): up to {LONGEST_SENTENCE} are easy to follow.",
        )


def _of_hashtags(text: str) -> Iterator[Problem]:
    found = list(_HASHTAG.finditer(text))
    if len(found) > MOST_HASHTAGS:
        yield _hint("many-hashtags", f"{len(found)} hashtags: at most {MOST_HASHTAGS} keep a post easy to listen to.")
    for tag in found:
        after = _EMOJI.sub(" ", _HASHTAG.sub(" ", _LINK.sub(" ", text[tag.end() :])))
        if _WORD.search(after):
            yield _hint("hashtag-in-text", f"{tag[0]} stands among the words: put hashtags at the end.")
            break
    for tag in found:
        name = tag[1]
        if name.islower() and len(name) > 3:
            yield _hint("hashtag-case", f"{tag[0]} is in small letters: begin each word with a capital, as in #PublicHealth.")
        elif name.isupper() and len(name) > 5:
            yield _hint("hashtag-case", f"{tag[0]} is in capitals: begin each of its words with one, as in #PublicHealth.")


def _of_emoji(text: str) -> Iterator[Problem]:
    found = [(one.start(), one.end(), one[0]) for one in _EMOJI.finditer(text)]
    if len(found) > MOST_EMOJI:
        yield _hint("many-emoji", f"{len(found)} emoji: each is read out by its name; at most {MOST_EMOJI} can be listened to.")
    for emoji, times in Counter(one for _, _, one in found).items():
        if times > 1:
            yield _hint("repeated-emoji", f"{emoji} stands {times} times, and is read out each time: use an emoji once.")
    if found and not _WORD.search(_EMOJI.sub(" ", text)):
        yield _hint("emoji-alone", "The text is emoji alone: say it in words, and let the emoji go with them.")
        return
    for start, end, emoji in found:
        before = text[:start].rpartition("\n")[2]
        after = text[end:].partition("\n")[0]
        if _WORD.search(before) and not _SENTENCE_ENDS.search(before.rstrip() + " ") and _WORD.match(after.lstrip()):
            yield _hint("emoji-in-sentence", f"{emoji} stands inside a sentence: put it at the end, and say it in words.")
            break


def _of_links(text: str) -> Iterator[Problem]:
    found = _LINK.findall(text)
    if len(found) > 1:
        yield _hint("many-links", f"{len(found)} links: one with a clear purpose is easier to follow.")
    if found and not _WORD.search(_LINK.sub(" ", text)):
        yield _hint("link-alone", "The text is a link alone: say where it leads.")
    vague = _EMPTY_LINK_WORDS.search(text)
    if vague:
        yield _hint("vague-link", f"“{vague[0]}” does not say where a link leads: name the page.")


def _of_letters(text: str) -> Iterator[Problem]:
    shouted = _CAPITALS.search(text)
    if shouted:
        yield _hint("capitals", f"“{shouted[0]}” is in capitals: some programs spell it out, letter by letter.")
    drawn = _LETTER_LIKE.search(text)
    if drawn:
        yield _hint("letter-symbols", f"“{drawn[0]}” is made of symbols, not letters: what reads aloud skips them.")


def _of_description(number: int, said: str) -> Iterator[Problem]:
    if not said.strip():
        yield _hint("no-alt-text", f"Picture {number} has no alternative text: say what it shows, for those who cannot see it.")
    elif _FILE_NAME.fullmatch(said.strip()):
        yield _hint("file-name-as-alt", f"The alternative text of picture {number} is the name of a file: say what it shows.")
