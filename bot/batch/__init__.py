"""Triage of messages from a file: lines in, lines or a readable account out."""
