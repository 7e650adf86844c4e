"""A server killed by SIGKILL again and again, at random moments and at named points, while patients report red flags
and ask again with the same message id: nothing lost, nothing doubled, nothing claimed that is not on disk."""

from __future__ import annotations

import random
import signal
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from bot.settings import Settings
from tests.conftest import TEXT_TOKEN
from tests.escalation.notify.clinics import clinic_file
from tests.escalation.notify.receivers import webhook
from tests.servers import UNLIMITED, free_port
from tests.torture.crash.evidence import Evidence
from tests.torture.crash.lives import Launcher, Lives
from tests.torture.crash.patients import Ward
from tests.torture.crash.points import IN_SWEEP, LEFT_TO_SWEEP, POINTS
from tests.torture.results import Results
from tests.torture.sizes import Sizes

PATIENTS_AT_ONCE = 6
#: To the first answer, be it the safe reply; the test's own patience is longer, so that a late one is measured.
FIRST_ANSWER_SECONDS = 10.0
FIRST_ANSWER_PATIENCE = 60.0
READY_PATIENCE = 30.0
#: A labelled point that is not reached by then is given up, and the server is killed where it is.
POINT_SECONDS, SWEEP_POINT_SECONDS = 15.0, 40.0
#: Between two new patients while a point waits to be reached.
TRICKLE_SECONDS = 0.7
SETTLE_SECONDS = 120.0
#: Who hang up just before the server is killed: what they said is for the sweep alone.
LEAVING = 12


@pytest.fixture(scope="module")
def launcher(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    made = Launcher(tmp_path_factory.mktemp("launcher"))
    yield made
    made.end()


def first_answer(lives: Lives) -> float | None:
    """Seconds from the fork to the first answer of this life; None if it died before."""
    until = time.monotonic() + FIRST_ANSWER_PATIENCE
    while time.monotonic() < until and lives.alive():
        try:
            body = {"sender": uuid.uuid4().hex, "message": "hello"}
            response = requests.post(f"{lives.url}/webhooks/rest/webhook", json=body, timeout=FIRST_ANSWER_PATIENCE)
            response.raise_for_status()
            return time.monotonic() - lives.began
        except requests.RequestException:
            time.sleep(0.05)
    assert not lives.alive(), f"no answer in {FIRST_ANSWER_PATIENCE:.0f} s"
    return None


def wait(done: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not (over := done()) and time.monotonic() < until:
        time.sleep(0.2)
    return over


def ready(lives: Lives) -> bool:
    try:
        return requests.get(f"{lives.url}/readyz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def random_moment(lives: Lives, chance: random.Random, answers: list[float]) -> None:
    """Waits for it: before the first answer, while the model loads, or with the model at work."""
    kind = chance.random()
    if kind < 0.15:
        time.sleep(chance.uniform(0.2, 2.0))
        return
    if (seconds := first_answer(lives)) is not None:
        answers.append(seconds)
    if kind < 0.5:
        wait(lambda: ready(lives), READY_PATIENCE)
    time.sleep(chance.uniform(0.1, 2.0))


def until_point(lives: Lives, point: str, ward: Ward, chance: random.Random, answers: list[float]) -> bool:
    """Waits until the server has died at its point, with new patients all the time; False if it did not."""
    if (seconds := first_answer(lives)) is not None:
        answers.append(seconds)
    until = time.monotonic() + (SWEEP_POINT_SECONDS if point in IN_SWEEP else POINT_SECONDS)
    while time.monotonic() < until:
        if wait(lambda: not lives.alive(), TRICKLE_SECONDS):
            return True
        ward.admit(chance, red=1)
    return False


def test_nothing_is_lost_when_the_server_is_killed(
    launcher: Launcher, settings: Settings, engine: str, sizes: Sizes, results: Results
) -> None:
    assert launcher.threads == 1
    chance = random.Random(f"{engine} {sizes.full}")
    points = [point for point in POINTS if sizes.full or point not in IN_SWEEP]
    # The quick form's few kills fall on other points on the other engine.
    points = points[::3] if engine == "sqlite" and not sizes.full else points if sizes.full else points[1::3]
    answers: list[float] = []
    signals, reached = [], []
    evidence = Evidence(str(settings.database_url), settings.data_dir / "spool.jsonl")
    with webhook() as pager:
        variables = {
            **UNLIMITED,
            **dict.fromkeys(("AFTERCARE_TEXTS_PER_NUMBER", "AFTERCARE_TEXTS_PER_DAY"), "0"),
            "TWILIO_AUTH_TOKEN": TEXT_TOKEN,
            "DATABASE_URL": str(settings.database_url),
            "AFTERCARE_SECRET_KEY": str(settings.secret_key),
            "AFTERCARE_CLINIC": str(clinic_file(settings.data_dir)),
            "ON_CALL_URL": f"json://127.0.0.1:{pager.port}/page",
        }
        lives = Lives(launcher, free_port(), settings.data_dir, variables)
        ward = Ward(lives.url, PATIENTS_AT_ONCE, evidence.check)
        for number in range(sizes.kills):
            point = points[number // 2 % len(points)] if number % 2 else ""
            lives.start(point, passes=1 if point in IN_SWEEP else chance.randint(1, 3))
            left = -(-sizes.red_flags // sizes.kills)
            while left > 0:
                some = min(left, chance.randint(1, 2))
                ward.admit(chance, some)
                left -= some
            if not point:
                random_moment(lives, chance, answers)
            elif until_point(lives, point, ward, chance, answers):
                reached.append(point)
            if not point and points[(number + 1) // 2 % len(points)] in LEFT_TO_SWEEP:
                ward.leave_in_the_middle(LEAVING)
            signals.append(lives.kill())
        lives.start()
        try:
            last = first_answer(lives)
            assert last is not None, (settings.data_dir / "server.log").read_text(encoding="utf-8")[-2000:]
            answers.append(last)
            ward.finish(SETTLE_SECONDS)
            settled = wait(lambda: not evidence.unfinished(), SETTLE_SECONDS)
            for patient in ward.patients:
                patient.deliver_again(evidence.check)
            # An item that a dispatcher died with waits for the end of its lease.
            notified = wait(lambda: not evidence.pending(), SETTLE_SECONDS) if sizes.full else True
        finally:
            lives.kill()
    faults = evidence.faults(ward.patients)
    said = [message for patient in ward.patients for message in patient.messages]
    red = [message for message in said if message.red and message.answers]
    results.add(
        f"crash, {engine}",
        "0 lost, 0 doubled, 0 untrue; first answer <= 10 s from the start",
        kills=len(signals),
        at_points=len(reached),
        points_not_reached=", ".join(sorted(set(points[: sizes.kills // 2]) - set(reached))) or "none",
        red_flags=len(red),
        other_messages=sum(not message.red and bool(message.answers) for message in said),
        deliveries=sum(message.deliveries for message in said),
        answers=sum(len(message.answers) for message in said),
        answers_that_said_they_were_unsure=sum(answer.unsure for message in said for answer in message.answers),
        **{name: len(which) for name, which in faults.items()},
        red_without_escalation=evidence.red_without_escalation(),
        pages=len(pager.got),
        first_answer_median=f"{statistics.median(answers):.1f} s",
        first_answer_slowest=f"{max(answers):.1f} s",
    )
    shown = {name: [f"{item}: {evidence.describe(item)}" for item in which[:5]] for name, which in faults.items()}
    assert set(signals) == {signal.SIGKILL}
    assert reached
    assert settled, evidence.unfinished()
    assert len(red) >= sizes.red_flags * 0.8
    assert not any(faults.values()), shown
    assert evidence.red_without_escalation() == 0
    assert notified
    # In the quick form other tests may have the computer.
    assert max(answers) <= FIRST_ANSWER_SECONDS or not sizes.full
