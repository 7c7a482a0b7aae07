"""Where the data of an export goes: into a file that its owner alone can read, or to standard output."""

from pathlib import Path

from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, hand_over, tell
from purdah_scheduler.errors import BadInput
from purdah_scheduler.plain_file import write_plain_file


def check_out(call: Invocation, out: Path | None, what: str) -> None:
    """Raise BadInput where JSON is asked for and standard output would have to hold `what` as well."""
    if call.as_json and out is None:
        raise BadInput(f"{what} is no JSON, so nothing was written.", next_step="Give --out FILE, or leave out --json.")


def write_out(data: bytes, out: Path | None, *, call: Invocation, counts: dict[str, int], words: str) -> None:
    """Write the data and say what is in it; a file is replaced at once and whole. Raises BadInput, OutputLost."""
    if out is None:
        hand_over(data)
        return
    try:
        write_plain_file(out, data)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "no file can have that name"
        raise BadInput(
            f"{out} cannot be written ({reason}), so nothing was written.", next_step="Give another name with --out."
        ) from fault
    if call.as_json:
        emit({"out": str(out), "bytes": len(data), **counts})
    else:
        tell(f"{out}: {words}. Only you can read it.")


def counted_periods(number: int) -> str:
    """A number of periods in words."""
    return f"{number} period" if number == 1 else f"{number} periods"
