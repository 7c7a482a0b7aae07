"""The revisions, oldest first by name; one that has been shipped is never edited."""
