"""Runs every benchmark that needs no browser and no cluster, and prints its figures."""

from benchmarks import clinical, turns
from benchmarks.comparison import command as comparison

clinical.main()
turns.main()
comparison.main()
