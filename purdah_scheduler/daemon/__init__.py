"""The headless publisher: one process per queue that claims what is due and carries it out."""

from purdah_scheduler.daemon.run import run_daemon

__all__ = ["run_daemon"]
