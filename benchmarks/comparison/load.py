"""Simulated patients: each a thread with its own connection, one message after the other."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable

import requests

from benchmarks.comparison.servers import Server
from benchmarks.messages import messages

#: Turn number -> which turns of a conversation stand for it.
WINDOWS = {5: range(3, 8), 100: range(91, 111), 400: range(391, 411)}


#: Turns of each conversation, one after the other: ten short ones and a long one.
CONVERSATIONS = (*[8] * 10, 411)


def one_by_one(say: Callable[[str, str], object]) -> dict[int, list[float]]:
    """Milliseconds of the turns around turn 5, 100 and 400; ``say`` sends a patient's id and text, and waits."""
    times: dict[int, list[float]] = {turn: [] for turn in WINDOWS}
    for turns in CONVERSATIONS:
        sender = uuid.uuid4().hex
        for number, text in zip(range(1, turns + 1), messages(), strict=False):
            began = time.perf_counter()
            say(sender, text)
            took = (time.perf_counter() - began) * 1000
            for turn, window in WINDOWS.items():
                if number in window:
                    times[turn].append(took)
    return times


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
