"""Marks in the queue: they stay on their posts while the list is scrolled, filtered and read again."""

from purdah_scheduler.tui.copy_keys import Copied
from purdah_scheduler.tui.queue_moves import ListMoves
from purdah_scheduler.tui.words import counted


class Marking(ListMoves):
    """A list of posts of which some are marked (`picked`)."""

    def __init__(self) -> None:
        super().__init__()
        self.picked: set[int] = set()

    def action_mark(self) -> None:
        """Mark the post under the cursor, or take its mark away, and go on to the next."""
        post = self.listing.pointed
        if post is not None:
            self.picked ^= {post}
            self.listing.move_by(1)
            self.marked()

    def action_mark_all(self) -> None:
        """Mark every post that is shown."""
        self.picked |= set(self.listing.items)
        self.product.say(f"{counted(len(self.listing.items), 'post')} shown, {len(self.picked):,} marked now.")
        self.marked()

    def action_unmark(self) -> None:
        """Take every mark away."""
        self.product.say(f"{counted(len(self.picked), 'mark')} taken away.")
        self.picked.clear()
        self.marked()

    def marked(self) -> None:
        """Other posts are marked now: draw what says so."""
        self.listing.refresh()
        self.news_changed()
        self.refresh_bindings()

    def marks_in_words(self) -> str:
        """How many are marked, and how many of them the list does not show; empty where none is."""
        if not self.picked:
            return ""
        hidden = len(self.picked - set(self.listing.items))
        return f"{len(self.picked):,} marked" + (f" ({hidden:,} not shown)" if hidden else "")

    def in_order(self) -> tuple[int, ...]:
        """What is marked, in the order of the list; what it does not show comes last."""
        shown = [post for post in self.listing.items if post in self.picked]
        return (*shown, *sorted(self.picked - set(shown)))

    def words_here(self) -> Copied | None:
        """The numbers of the marked posts, as commands take them; without marks the words of the post."""
        if not self.picked:
            return super().words_here()
        numbers = " ".join(map(str, self.in_order()))
        which = "The number" if len(self.picked) == 1 else "The numbers"
        return Copied(what=f"{which} of {counted(len(self.picked), 'post')}", words=lambda: numbers, file="posts.txt")

    def possible(self, action: str) -> bool | None:
        """There must be something to mark, or a mark to take away."""
        match action:
            case "mark" | "mark_all":
                return True if self.listing.items else None
            case "unmark":
                return True if self.picked else None
            case _:
                return super().possible(action)

    def why_not(self, action: str) -> str:
        """There may be nothing marked."""
        if action == "unmark":
            return (
                f"Nothing is marked. {self.key_of('list.mark')} marks a post, {self.key_of('list.mark_all')} all that are shown."
            )
        if action in ("mark", "mark_all"):
            return "There is no post here to mark."
        return super().why_not(action)
