"""One message through Apprise, read from standard input: a process of its own, because the daemon shall not carry all that."""

import json
import sys

TAKEN, NOT_TAKEN, MISSING, NOT_AN_ADDRESS = 0, 10, 11, 12
"""Exit codes."""


def main() -> int:
    """Send the message on standard input; says nothing but its exit code."""
    given = json.load(sys.stdin)
    try:
        import apprise
    except ImportError:
        return MISSING
    services = apprise.Apprise()
    if not services.add(given["address"]):
        return NOT_AN_ADDRESS
    taken = services.notify(title=given["subject"], body=given["text"], body_format=apprise.NotifyFormat.TEXT)
    return TAKEN if taken else NOT_TAKEN


if __name__ == "__main__":
    sys.exit(main())
