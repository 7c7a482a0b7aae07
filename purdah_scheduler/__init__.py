"""A scheduler for departmental posts that knows the UK's pre-election periods."""

__version__ = "0.1.0"
