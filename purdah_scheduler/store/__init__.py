"""Where everything is kept: SQLAlchemy Core on SQLite; the doors are `store.sqlite` and `store.media`."""
