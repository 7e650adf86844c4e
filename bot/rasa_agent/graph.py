"""Runs the model's graph straight through: Rasa plans it anew with dask for every prediction, and writes its whole
input, the patient's words among it, into a log line that nobody reads."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner


class DirectRunner:
    """The nodes of a loaded graph, called one after the other in an order that is worked out once."""

    def __init__(self, runner: DaskGraphRunner) -> None:
        self._nodes = runner._instantiated_nodes
        self._schema: GraphSchema = runner._graph_schema
        self._order = lru_cache(maxsize=None)(self._order_of)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of the target nodes by name; ``inputs`` stand in for the nodes of their names."""
        done = {name: (name, value) for name, value in (inputs or {}).items()}
        wanted = tuple(targets or self._schema.target_names)
        for name in self._order(wanted):
            if name not in done:
                needs = self._schema.nodes[name].needs.values()
                done[name] = self._nodes[name](*(done.get(need, need) for need in needs))
        return {name: done[name][1] for name in wanted}

    def _order_of(self, targets: tuple[str, ...]) -> tuple[str, ...]:
        order: dict[str, None] = {}

        def visit(name: str) -> None:
            if name in order or name not in self._schema.nodes:
                return
            for need in self._schema.nodes[name].needs.values():
                visit(need)
            order[name] = None

        for target in targets:
            visit(target)
        return tuple(order)
