"""Starts ``aftercare serve`` again and again without importing it again and again.

This process imports what the server imports, opens nothing, starts no thread, and forks a child for each life that
it is asked for on its standard input, one line of JSON each. The child is the command as users run it; at a labelled
point, or when it is told to, it dies as a process dies: by SIGKILL.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from typing import Any

# Numeric libraries make their pools when they are imported; a fork would copy the pool without its threads.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3")

import onnxruntime  # noqa: F401
import rasa.core.agent
import rasa.core.processor
import rasa.engine.recipes.default_recipe  # noqa: F401
import spacy  # noqa: F401
import uvicorn  # noqa: F401

import bot.app  # noqa: F401
from bot.cli import main
from tests.torture.crash.points import die_at


def live(wanted: dict[str, Any]) -> None:
    """One life of the server; returns never."""
    log = os.open(wanted["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(0)
    os.environ.update(wanted["variables"])
    if wanted["point"]:
        die_at(wanted["point"], wanted["passes"])
    sys.argv = ["aftercare", "serve", "--dev", "--port", str(wanted["port"])]
    try:
        main()
    finally:
        os._exit(1)


def serve_lives() -> None:
    child = 0
    for line in sys.stdin:
        wanted = json.loads(line)
        if wanted["do"] == "start":
            child = os.fork()
            if child == 0:
                live(wanted)
            print(json.dumps(child), flush=True)  # noqa: T201
        elif wanted["do"] == "kill":
            os.kill(child, signal.SIGKILL)
            # How it ended, whether or not it was dead before.
            print(json.dumps(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201
        else:
            # A dead child that is not waited for yet is a zombie and can still be signalled: no other process is hit.
            state = os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            print(json.dumps(state is None), flush=True)  # noqa: T201


if __name__ == "__main__":
    threads = len(os.listdir("/proc/self/task"))
    # What is there now is never looked at by the collector again, so children share its memory.
    gc.freeze()
    print(json.dumps(threads), flush=True)  # noqa: T201
    serve_lives()
