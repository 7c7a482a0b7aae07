"""Looking everything over: configuration, queue, record, clock, daemon, tokens, attachments and calendar, one line each."""

from purdah_scheduler.checkup.lines import Level, Line, worst
from purdah_scheduler.checkup.run import examine

__all__ = ["Level", "Line", "examine", "worst"]
