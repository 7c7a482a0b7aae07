"""What the server of an account said that it takes, where servers of one channel differ."""

from datetime import datetime

from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class ServerLimits:
    """Lengths in the channel's unit, pictures per post, bytes of a picture and characters of its description, as told `at`."""

    account: str
    max_length: int
    max_images: int
    max_image_bytes: int
    max_alt: int
    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("limits of a server need an aware instant")
