"""Tests of purdah-scheduler: every name or docstring is a claim that can fail."""
