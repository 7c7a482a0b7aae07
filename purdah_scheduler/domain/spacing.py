"""How far apart posts are kept on one account: what people are warned of, and never stopped by."""

from datetime import timedelta

from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """What a person is warned of before a post is saved or scheduled; a span of nothing turns a warning off.

    `same_text`: how long before and after its time the same words on the same account are told. `close`: how near another post of
    the account may be. `gap`: an account without a post for so long is shown on the calendar.
    """

    same_text: timedelta = timedelta(days=30)
    close: timedelta = timedelta(minutes=15)
    gap: timedelta = timedelta(0)
