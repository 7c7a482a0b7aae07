"""What `status` and the interface's first reading ask of a store, answered without SQLAlchemy."""

from purdah_scheduler.store.light_house import LightHouse, LightRecord
from purdah_scheduler.store.light_posts import LightPosts, LightQueue


class LightReader(LightPosts, LightQueue, LightHouse, LightRecord):
    """A consistent view of the store: everything it answers is of one moment, whoever answers it."""
