"""Triage: from findings to a disposition. Standard library and a YAML reader only."""
