"""The clock that nobody can set: seconds since the machine was started, through suspend where the system can say so."""

import time


def boot_seconds() -> float:
    """Seconds since boot."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
