"""Simulated patients: each a thread with its own connection, one message after the other."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field

import requests

from benchmarks.comparison.messages import messages
from benchmarks.comparison.servers import Server

#: Turn number -> which turns of a conversation stand for it.
WINDOWS = {5: range(3, 8), 100: range(91, 111), 400: range(391, 411)}


@dataclass
class Latencies:
    """Milliseconds of the turns around turn 5, 100 and 400."""

    by_turn: dict[int, list[float]] = field(default_factory=lambda: {turn: [] for turn in WINDOWS})


def one_conversation(server: Server, turns: int, into: Latencies) -> None:
    """Sends so many messages of one patient, one after the other."""
    sender = uuid.uuid4().hex
    with requests.Session() as session:
        for number, text in zip(range(1, turns + 1), messages(), strict=False):
            began = time.perf_counter()
            server.say(session, sender, text)
            took = (time.perf_counter() - began) * 1000
            for turn, window in WINDOWS.items():
                if number in window:
                    into.by_turn[turn].append(took)


def at_once(server: Server, clients: int, seconds: float) -> list[float]:
    """Milliseconds of each turn while so many patients write without a pause."""
    times: list[float] = []
    until = time.monotonic() + seconds
    failures: list[BaseException] = []

    def patient(number: int) -> None:
        try:
            with requests.Session() as session:
                sender = ""
                for turn, text in enumerate(messages(offset=number)):
                    if time.monotonic() >= until:
                        return
                    # A conversation of ten messages, then another patient.
                    sender = uuid.uuid4().hex if turn % 10 == 0 else sender
                    began = time.perf_counter()
                    server.say(session, sender, text)
                    times.append((time.perf_counter() - began) * 1000)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=patient, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"{server.name}: a patient was left without an answer: {type(failures[0]).__name__}")
    return times
