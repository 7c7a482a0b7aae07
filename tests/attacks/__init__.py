"""Attacks: what somebody with the file, or with a name, tries, and what becomes of it."""
