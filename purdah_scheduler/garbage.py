"""How often Python looks for garbage: seldom while the program starts, as ever once it runs for long, not when it ends."""

import gc

_AS_EVER = gc.get_threshold()
_SELDOM = 250_000
"""Objects between two looks. Nearly all that is made at the start stays for good: looking through it again and again by the
usual 700 was a quarter of the start when this was measured."""


def look_seldom() -> None:
    """For a start, and for commands that are over in a moment."""
    gc.set_threshold(_SELDOM, *_AS_EVER[1:])


def look_no_more() -> None:
    """At the end of the process, which gives everything back at once: Python would look through all of it one last time."""
    gc.freeze()


def look_as_ever() -> None:
    """For what runs on: what is here by now is not looked through again, and what comes is looked through as usual."""
    gc.freeze()
    gc.set_threshold(*_AS_EVER)
