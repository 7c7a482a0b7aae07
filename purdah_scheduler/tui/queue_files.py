"""The keys of the queue that bring posts in from a file, and write those of its list to one."""

from purdah_scheduler.domain.people import Role
from purdah_scheduler.tui.filters import Wanted
from purdah_scheduler.tui.frame import FrameScreen


class PostFiles(FrameScreen):
    """A list of posts. `wanted` says which it shows. What a key needs is loaded when it is pressed."""

    wanted: Wanted | None

    def possible(self, action: str) -> bool | None:
        """Who imports posts writes them."""
        if action == "import_posts":
            return True if self.product.actor.person.has(Role.AUTHOR) else None
        return super().possible(action)

    def why_not(self, action: str) -> str:
        """Who is no author writes nothing, from a file neither."""
        if action == "import_posts":
            return f"{self.product.actor.person.name} may not import posts: that needs the role {Role.AUTHOR}."
        return super().why_not(action)

    def action_import_posts(self) -> None:
        """Drafts out of a file."""
        from purdah_scheduler.tui.posts_files import ask_import

        ask_import(self)

    def action_export_posts(self) -> None:
        """The posts of the list, or others, as a file."""
        from purdah_scheduler.tui.posts_files import ask_export

        ask_export(self, self.wanted.text if self.wanted is not None else "")
