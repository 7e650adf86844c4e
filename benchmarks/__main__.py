"""Runs every benchmark that needs neither a cluster nor a big database, and prints its figures."""

import tempfile
from pathlib import Path

from benchmarks import clinical, training, turns, widget
from benchmarks.comparison import command as comparison
from benchmarks.comparison import copies
from benchmarks.comparison.servers import aftercare

clinical.main()
turns.main()
training.main()
with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder, aftercare(Path(folder)) as server:
    widget.main(server.url)
comparison.main()
copies.main()
