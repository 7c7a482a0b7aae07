"""Series in the store: written once with their posts, read by any post of them."""

from sqlalchemy import insert, select

from purdah_scheduler.domain.series import Series
from purdah_scheduler.store.schema_series import series, series_posts
from purdah_scheduler.store.work import View


class SeriesReader(View):
    """Which posts were made together."""

    def series_of(self, post: int) -> Series | None:
        """The series that the post belongs to, or None."""
        wanted = select(series).join(series_posts, series_posts.c.series == series.c.id).where(series_posts.c.post == post)
        for row in self._work.rows(wanted):
            mates = select(series_posts.c.post).where(series_posts.c.series == row.id).order_by(series_posts.c.number)
            posts = tuple(self._work.scalars(mates))
            return Series(id=row.id, source=row.source, rule=row.rule, person=row.person, at=row.at, posts=posts)
        return None


class SeriesWriter(SeriesReader):
    """The same, with the one change."""

    def add_series(self, made: Series) -> int:
        """Store a series (its id is ignored) of posts that exist. Returns its id."""
        values = {"source": made.source, "rule": made.rule, "person": made.person, "at": made.at}
        new_id = self._work.insert(insert(series), values)
        for number, post in enumerate(made.posts, start=1):
            self._work.change(insert(series_posts), {"post": post, "series": new_id, "number": number})
        return new_id
