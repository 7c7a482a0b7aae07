"""Readers of calendars: the shipped UK data and files that officers write."""
