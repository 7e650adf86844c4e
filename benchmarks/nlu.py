"""The NLU pipeline beside stock DIET, on our data: ``python -m benchmarks.nlu [ours|diet] [--folds 3]``.

Each step runs in a process of its own, one after the other, so that time and memory are its own. Prints the rows of
the table in docs/nlu.md. DIET trains for a long time: half an hour and more on two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.topics import is_topic
from bot.settings import ROOT

SETS = ("paraphrases", "paraphrases_unseen")
#: Not a part of understanding intents: it would read the symptoms a second time.
TRIAGE = "bot.nlu.triage.ClinicalTriage"
NOT_UNDERSTOOD = "nlu_fallback"


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.nlu", description=__doc__)
    parser.add_argument("pipelines", nargs="*", default=["ours", "diet"], choices=["ours", "diet"])
    parser.add_argument("--folds", type=int, default=3, help="of the cross-validation; 0 leaves it out")
    arguments = parser.parse_args()
    for name in arguments.pipelines:
        with tempfile.TemporaryDirectory(prefix="aftercare-nlu-") as folder:
            config = Path(folder) / "config.yml"
            config.write_text(yaml.safe_dump(_config(name)), encoding="utf-8")
            _print(f"{name}: " + _step("train", config))
            _print(f"{name}: " + _step("parse", config))
            if arguments.folds:
                _print(f"{name}: " + _step("validate", config, str(arguments.folds)))


def _config(name: str) -> dict[str, Any]:
    if name == "ours":
        config: dict[str, Any] = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
        pipeline = [item for item in config["pipeline"] if item["name"] != TRIAGE]
    else:
        # What `rasa init` leaves to Rasa's own choice, from the installed Rasa.
        spec = find_spec("rasa.engine.recipes")
        default = Path((spec.submodule_search_locations or [""])[0] if spec else "") / "config_files/default_config.yml"
        pipeline = yaml.safe_load(default.read_text(encoding="utf-8"))["pipeline"]
    return {"recipe": "default.v1", "language": "en", "assistant_id": name, "pipeline": pipeline}


def _step(name: str, config: Path, *more: str) -> str:
    """Runs one of the steps below in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"from benchmarks import nlu; nlu.{name}({str(config)!r}, *{more!r})"],
        cwd=ROOT,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "LOG_LEVEL": "ERROR"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip().splitlines()[-1]


def train(config: str) -> None:
    from rasa.model_training import train_nlu

    began = time.perf_counter()
    train_nlu(config=config, nlu_data=str(ROOT / "data" / "nlu"), output=str(Path(config).parent), fixed_model_name="m")
    _print(f"trained in {time.perf_counter() - began:.0f} s, peak {_peak():.0f} MB")


def parse(config: str) -> None:
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage
    from rasa.nlu.classifiers.fallback_classifier import undo_fallback_prediction

    began = time.perf_counter()
    processor = Agent.load(str(Path(config).parent / "m.tar.gz")).processor
    if processor is None:
        sys.exit("the model cannot be loaded")
    loop = asyncio.new_event_loop()

    def understand(text: str) -> dict[str, Any]:
        return loop.run_until_complete(processor.parse_message(UserMessage(text)))

    understand("hello")
    started = time.perf_counter() - began
    times: list[float] = []
    shares = []
    for name in SETS:
        right: dict[str, list[bool]] = {"topics": [], "others": []}
        for intent, texts in yaml.safe_load((ROOT / f"tests/nlu/{name}.yml").read_text("utf-8"))["paraphrases"].items():
            for text in texts:
                began = time.perf_counter()
                parsed = understand(str(text))
                times.append((time.perf_counter() - began) * 1000)
                if parsed["intent"]["name"] == NOT_UNDERSTOOD:
                    parsed = undo_fallback_prediction(parsed)
                right["topics" if is_topic(intent) else "others"].append(parsed["intent"]["name"] == intent)
        shares += [f"{name} {kind} {statistics.mean(hits):.3f} of {len(hits)}" for kind, hits in right.items()]
    _print(
        f"start {started:.1f} s, peak {_peak():.0f} MB; a message: median {statistics.median(times):.1f} ms, "
        f"p99 {sorted(times)[int(len(times) * 0.99)]:.1f} ms; likeliest intent right: {', '.join(shares)}"
    )


def validate(config: str, folds: str) -> None:
    out = Path(config).parent / "results"
    began = time.perf_counter()
    subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "-m", "rasa", "test", "nlu", "--cross-validation", "--runs", "1"),
            *("--folds", folds, "--nlu", "data/nlu", "--config", config, "--out", str(out), "--no-plot"),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    report = json.loads((out / "intent_report.json").read_text(encoding="utf-8"))
    _print(
        f"rasa test nlu --cross-validation --folds {folds} --runs 1: accuracy {report['accuracy']:.3f}, "
        f"weighted F1 {report['weighted avg']['f1-score']:.3f}, {time.perf_counter() - began:.0f} s"
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
