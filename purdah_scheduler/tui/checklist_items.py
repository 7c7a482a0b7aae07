"""The items of a checklist under the titles of their groups: a list whose mark stays on its item when the list is made anew."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from purdah_scheduler.domain.checklist import Checklist
from purdah_scheduler.tui.checklist_words import entry_line, gone_line, group_line

Drawn = tuple[str, Content]
"""The key of a line (of a title: one that no item has) and the line."""


class ItemList(OptionList, inherit_bindings=False):
    """The list; its keys belong to the screen. `marked` is the key of the item under the mark, or empty."""

    def __init__(self) -> None:
        super().__init__(id="items", compact=True)
        self.drawn: Sequence[Drawn] = ()
        self.of: object = None

    @property
    def marked(self) -> str:
        """The key of the item under the mark; empty where there is none."""
        place = self.highlighted
        return self.drawn[place][0] if place is not None and place < len(self.drawn) else ""

    @property
    def places(self) -> list[int]:
        """The lines that are items and not titles."""
        return [place for place, (key, _) in enumerate(self.drawn) if not key.startswith("#")]

    def show(self, listed: Checklist) -> None:
        """Draw only lines that differ, unless items came or went. Another list begins at its first item."""
        width = max(self.scrollable_content_region.width - 2, 30)
        same = self.of == (listed.period.id, listed.day)
        self.of = (listed.period.id, listed.day)
        marked, before, fresh = self.marked if same else "", self.drawn, _lines(listed, width)
        self.drawn = fresh
        if marked and [key for key, _ in fresh] == [key for key, _ in before]:
            for place, ((_, new), (_, old)) in enumerate(zip(fresh, before, strict=True)):
                if new != old:
                    self.replace_option_prompt_at_index(place, new)
            return
        places = self.places
        self.clear_options()
        lines: list[Content] = [words for _, words in fresh]
        self.add_options([Option(line, disabled=place not in places) for place, line in enumerate(lines)])
        wanted = [number for number, place in enumerate(places) if fresh[place][0] == marked]
        self.mark(wanted[0] if wanted else 0)

    def mark(self, number: int) -> None:
        """Put the mark on an item by its place among the items, from 0, as near as there is one."""
        places = self.places
        if places:
            number = max(0, min(number, len(places) - 1))
            self.highlighted = places[number]
            if number == 0:
                self.scroll_home(animate=False)

    def move(self, rows: int) -> None:
        """Move the mark by so many items; it stops at both ends."""
        places, here = self.places, self.highlighted
        self.mark(places.index(here) + rows if here in places else 0)


def _lines(listed: Checklist, width: int) -> list[Drawn]:
    """Titles and items in order, each with a key of its own."""
    lines: list[Drawn] = []
    group = None
    for entry in listed.entries:
        if entry.item.group is not group:
            group = entry.item.group
            lines.append((f"# {group}", group_line(group)))
        lines.append((entry.item.key, entry_line(entry, width)))
    if listed.gone:
        lines.append(("# gone", gone_line(listed)))
    return lines
