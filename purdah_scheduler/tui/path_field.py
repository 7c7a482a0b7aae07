"""Completing a path as shells do: as far as it is certain, and then what there is to choose from."""

import os

from purdah_scheduler.plain_file import at_home

_MOST = 12
"""Choices that are named."""


def completed(typed: str) -> tuple[str, tuple[str, ...]]:
    """The path as far as it is certain, and the names that would go on from there, folders with a slash at their end.

    Folders and TOML files alone are offered; hidden ones where a dot was typed. What cannot be read offers nothing.
    """
    head, slash, stem = typed.rpartition("/")
    folder = at_home(f"{head}{slash}" or ".")
    try:
        with os.scandir(folder) as found:
            names = sorted(
                f"{entry.name}/" if entry.is_dir() else entry.name
                for entry in found
                if entry.name.startswith(stem)
                and (stem.startswith(".") or not entry.name.startswith("."))
                and (entry.is_dir() or entry.name.endswith(".toml"))
            )
    except (OSError, ValueError):
        return typed, ()
    if not names:
        return typed, ()
    first, last = names[0], names[-1]  # in their order, what these two share every other has too
    certain = first[: next((at for at, sign in enumerate(first) if last[at : at + 1] != sign), len(first))]
    choices = () if len(names) == 1 else tuple(names[:_MOST]) + (("…",) if len(names) > _MOST else ())
    return f"{head}{slash}{certain}", choices
