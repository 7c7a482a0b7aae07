"""Signatures of people: made by OpenSSH's own program, verified here."""
