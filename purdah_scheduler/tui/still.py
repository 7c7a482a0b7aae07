"""A text that stands still: what says the same as before is not sent to the terminal again."""

from textual.content import Content
from textual.visual import VisualType
from textual.widgets import Static


class Still(Static):
    """A text that is drawn again only when it, or the style of any part of it, has changed."""

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Say something else, if it is something else."""
        said = self.content
        if isinstance(content, Content) and isinstance(said, Content):
            same = content.is_same(said)
        else:
            same = type(content) is type(said) and content == said
        if not same:
            super().update(content, layout=layout)
