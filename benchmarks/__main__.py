"""Runs every benchmark and prints its figures."""

from benchmarks import clinical, turns

clinical.main()
turns.main()
