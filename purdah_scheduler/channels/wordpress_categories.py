"""The categories of a blog on WordPress: people name them, and WordPress takes their numbers."""

import html
from collections.abc import Callable, Sequence

from purdah_scheduler.channels.answering import Answer
from purdah_scheduler.lean import lean_dataclass

_PATH = "/categories"
_PAGE = 100
_MOST_PAGES = 10
_MOST_TOLD = 20


class UnknownCategory(Exception):
    """The blog has no such category, or several; the text says so, and which ones it has."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Category:
    number: int
    name: str
    slug: str


class Categories:
    """The categories of one blog; `read` asks it for a list. Raises what `read` raises."""

    def __init__(self, read: Callable[[str, dict[str, str]], Answer]) -> None:
        self._read = read

    def numbers(self, names: Sequence[str]) -> tuple[int, ...]:
        """The number of each category, in order; no names, no question. Raises UnknownCategory."""
        known = self._all() if names else []
        return tuple(_number(name, known) for name in names)

    def _all(self) -> list[_Category]:
        """Every category of the blog: its own search does not find a name with an ampersand."""
        found: list[_Category] = []
        for page in range(1, _MOST_PAGES + 1):
            entries = self._read(_PATH, {"per_page": str(_PAGE), "page": str(page)}).listing or ()
            found += [
                _Category(number=number, name=html.unescape(name), slug=slug)
                for entry in entries
                if isinstance(number := entry.get("id"), int) and isinstance(name := entry.get("name"), str)
                if isinstance(slug := entry.get("slug"), str) and name.isprintable() and slug.isprintable()
            ]
            if len(entries) < _PAGE:
                break
        return found


def _number(name: str, known: Sequence[_Category]) -> int:
    wanted = name.casefold()
    named = [category for category in known if category.name.casefold() == wanted]
    # Two of one name stand under different parents; the slug, which no other has, tells them apart.
    fits = named if len(named) == 1 else [category for category in known if category.slug == wanted]
    if len(fits) == 1:
        return fits[0].number
    if named:
        slugs = ", ".join(category.slug for category in named)
        raise UnknownCategory(f"The blog has {len(named)} categories {name!r}: name one by its slug ({slugs}).")
    told = ", ".join(category.name for category in known[:_MOST_TOLD]) + (" and more" if len(known) > _MOST_TOLD else "")
    raise UnknownCategory(f"The blog has no category {name!r}; it has: {told or 'none'}.")
