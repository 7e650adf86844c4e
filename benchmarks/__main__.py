"""Runs every benchmark and prints its figures."""

from benchmarks import turns

turns.main()
