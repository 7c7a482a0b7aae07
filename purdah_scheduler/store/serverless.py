"""What only a server can say of itself."""

from datetime import datetime

from purdah_scheduler.domain.people import Login


class Serverless:
    """What only a server can say, and a file does not."""

    def news(self) -> int | None:
        """A descriptor that becomes readable when somebody commits; None where there is none to wait on."""
        return None

    def login(self) -> Login | None:
        """Who the database says is asking; None for a file, which cannot know."""
        return None

    def server_time(self) -> datetime | None:
        """What the clock of the store's server says; None where the store is a file, which goes by its machine's clock."""
        return None
