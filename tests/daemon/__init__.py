"""The daemon as a real process, and its parts."""
