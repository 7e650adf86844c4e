"""Where the time of one durable turn goes: each stage in milliseconds, as a table and a picture."""

from __future__ import annotations

import functools
import inspect
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot.conversation import intake
from bot.conversation.intake import Intake
from bot.conversation.turn import Conversations
from bot.escalation.service import EscalationService
from bot.rasa_agent.action_endpoint import InProcessActions
from bot.rasa_agent.agent import TurnProcessor
from bot.rasa_agent.runner import AgentRunner
from bot.records.messages import Inbound

#: Stage -> what it takes, in the order of a turn. What a stage calls of a later one counts there.
STAGES = {
    "accept": "store the message, take the conversation, read what is known",
    "screen": "read it for red flags",
    "policies": "Rasa's tracker and policies, and the way to its thread and back",
    "parse": "Rasa's NLU pipeline",
    "action": "custom actions and wording",
    "escalation": "store the escalation with its notification",
    "interlock": "hold the reply against the screen",
    "commit": "store reply and state",
}


class Clock:
    """Seconds by stage: the time in its functions, without what they spend in those of other stages."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        # One turn at a time, and who waits does nothing else: across threads, too, stages are inside each other.
        others = self._all_but(stage)
        began = time.perf_counter()
        try:
            yield
        finally:
            inside = self._all_but(stage) - others
            self.seconds[stage] += time.perf_counter() - began - inside

    def _all_but(self, stage: str) -> float:
        return sum(seconds for name, seconds in self.seconds.items() if name != stage)

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def later(*args: Any, **kwargs: Any) -> Any:
                with self.measure(stage):
                    return await function(*args, **kwargs)

            return later

        @functools.wraps(function)
        def now(*args: Any, **kwargs: Any) -> Any:
            with self.measure(stage):
                return function(*args, **kwargs)

        return now


@contextmanager
def stopwatch() -> Iterator[Clock]:
    """Times the stages of every turn inside."""
    clock = Clock()
    places: list[tuple[Any, str, str]] = [
        (Intake, "accept", "accept"),
        (intake, "screen_text", "screen"),
        (AgentRunner, "handle", "policies"),
        (TurnProcessor, "parse_message", "parse"),
        (InProcessActions, "request", "action"),
        (EscalationService, "file", "escalation"),
        (Conversations, "_guard", "interlock"),
        (Conversations, "_finish", "commit"),
    ]
    patches = [patch.object(owner, name, clock.timed(stage, getattr(owner, name))) for owner, name, stage in places]
    for item in patches:
        item.start()
    try:
        yield clock
    finally:
        for item in patches:
            item.stop()


def split(conversations: Conversations, texts: tuple[str, ...], rounds: int) -> dict[str, float]:
    """Mean milliseconds of each stage over turns of one conversation; ``turn`` is the whole."""
    seen: dict[str, list[float]] = {stage: [] for stage in (*STAGES, "turn")}
    with stopwatch() as clock:
        for number in range(rounds * len(texts)):
            clock.seconds.clear()
            began = time.perf_counter()
            conversations.take(Inbound("f" * 32, texts[number % len(texts)], "website", f"stages-{number}"))
            seen["turn"].append((time.perf_counter() - began) * 1000)
            for stage in STAGES:
                seen[stage].append(clock.seconds[stage] * 1000)
    warm = rounds * len(texts) // 5
    return {stage: statistics.mean(times[warm:]) for stage, times in seen.items()}


def table(stages: dict[str, float]) -> str:
    whole = stages["turn"]
    rows = [f"{name:<11}{ms:6.2f} ms {ms / whole:4.0%}  {STAGES.get(name, '')}" for name, ms in stages.items()]
    return "\n".join(row.rstrip() for row in rows)


def draw(stages: dict[str, float], path: Path) -> None:
    """A bar for each stage, as SVG that is legible on light and dark pages."""
    parts = {name: ms for name, ms in stages.items() if name in STAGES}
    scale, row, left = 420 / max(parts.values()), 26, 100
    lines = []
    for number, (name, ms) in enumerate(parts.items()):
        y = 8 + number * row
        lines.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{name}</text>')
        lines.append(f'<rect x="{left}" y="{y}" width="{max(1, ms * scale):.0f}" height="18" rx="3" fill="#2a7f9e"/>')
        lines.append(f'<text x="{left + ms * scale + 8:.0f}" y="{y + 14}">{ms:.2f} ms</text>')
    height = 16 + len(parts) * row
    title = f"One durable turn by stage: {stages['turn']:.1f} ms"
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 {height}" width="620" height="{height}" role="img" '
        f'aria-label="{title}"><title>{title}</title><style>text{{font:13px sans-serif;fill:#57606a}}'
        "@media (prefers-color-scheme:dark){text{fill:#b5bcc4}}</style>" + "".join(lines) + "</svg>\n",
        encoding="utf-8",
    )
