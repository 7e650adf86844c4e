"""Runs every benchmark that needs neither a browser nor a cluster, and prints its figures."""

from benchmarks import clinical, turns
from benchmarks.comparison import command as comparison
from benchmarks.comparison import copies

clinical.main()
turns.main()
comparison.main()
copies.main()
