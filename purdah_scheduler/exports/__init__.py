"""The record as files for people outside: lossless lines, a table for a spreadsheet, and a page to read."""
