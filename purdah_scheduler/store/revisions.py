"""The revisions of the schema that this version knows."""

HEAD = "0004"
"""The newest schema revision that this version knows."""

OLDER: frozenset[str] = frozenset({"0001", "0002", "0003"})
"""Schema revisions that can be brought forward."""
