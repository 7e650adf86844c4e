"""The clinic's way of notifying: what the loader and the checks refuse, and what they warn of."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clinic import ClinicError, ClinicProfile
from bot.escalation.notify.notice import NoticeError, NoticeTemplate
from bot.escalation.notify.setup import route_problems, setup_warnings
from bot.settings import ROOT
from tests.conftest import TestServices
from tests.escalation.notify.clinics import clinic_with

NO_ROUTES = "  routes: {}"
ROUTES = "  routes:\n    on_call: ${ON_CALL_URL}"
URGENT = "    urgent:\n      steps: []"
STEPS = "    urgent:\n      steps:\n        - {after_minutes: 0, open: [on_call], closed: [on_call]}"


def profile(tmp_path: Path, *changes: tuple[str, str]) -> ClinicProfile:
    text = (ROOT / "data" / "clinic.yml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    file = tmp_path / "clinic.yml"
    file.write_text(text, encoding="utf-8")
    return ClinicProfile.load(file)


def test_routes_are_read_after_rasa_was_imported(tmp_path: Path) -> None:
    """Its YAML reader changes that of everybody: what looks like a variable is no plain text any more."""
    importlib.import_module("rasa.shared.utils.io")
    notifications = profile(tmp_path, (NO_ROUTES, ROUTES), (URGENT, STEPS)).notifications
    assert notifications.routes == {"on_call": "ON_CALL_URL"}


def test_a_ladder_is_read(tmp_path: Path) -> None:
    notifications = profile(tmp_path, (NO_ROUTES, ROUTES), (URGENT, STEPS)).notifications
    assert notifications.routes == {"on_call": "ON_CALL_URL"}
    assert [moment.total_seconds() / 60 for moment in notifications.ladders["urgent"].moments] == [0, 30]
    assert setup_warnings(notifications) == [
        f"The ladder for emergency notifies nobody while the office is {hours} (docs/notifications.md)."
        for hours in ("open", "closed")
    ]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ([(NO_ROUTES, ROUTES)], "notifications.routes has on_call, which no step of the ladder names"),
        (
            [(NO_ROUTES, "  routes:\n    on_call: mailto://me:secret@example.org")],
            "notifications.routes.on_call must be ",
        ),
        ([(NO_ROUTES, "  routes:\n    On-Call: ${X}")], "notifications.routes.On-Call is no name of a route"),
        ([(NO_ROUTES, "  routes: []")], "notifications.routes must hold rows"),
        ([(URGENT, STEPS)], "notifications.ladder.urgent.steps[0].open must be a list of names of routes"),
        ([(NO_ROUTES, ROUTES), (URGENT, STEPS.replace("[on_call]", "[]"))], "steps[0] notifies nobody"),
        ([(NO_ROUTES, ROUTES), (URGENT, STEPS.replace("0,", "-1,"))], "after_minutes must be whole minutes, above -1"),
        (
            [(NO_ROUTES, ROUTES), (URGENT, STEPS.replace("0,", "30,"))],
            "tell_patient_after_minutes must be whole minutes",
        ),
        (
            [(NO_ROUTES, ROUTES), (URGENT, f"{STEPS}\n{STEPS.splitlines()[-1]}")],
            "notifications.ladder.urgent.steps[1].after_minutes must be whole minutes, above 0",
        ),
        ([(NO_ROUTES, ROUTES), (URGENT, STEPS.replace("[on_call]", "[[on_call]]"))], "open must be a list of names"),
        ([("patient_words: false", "patient_words: maybe")], "notifications.patient_words must be true or false"),
        ([("tell_patient_after_minutes: 30", "tell_patient_after: 30")], "tell_patient_after is not a field here"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, changes: list[tuple[str, str]], complaint: str
) -> None:
    with pytest.raises(ClinicError) as refused:
        profile(tmp_path, *changes)
    assert complaint in str(refused.value)
    assert "secret" not in str(refused.value)
    assert ":1:" not in str(refused.value).replace(str(tmp_path), "")


def test_addresses_are_checked_without_being_shown(services: TestServices, tmp_path: Path) -> None:
    notifications = clinic_with().notifications
    (tmp_path / "given.env").write_text("ON_CALL_URL=nonsense://secret\n", encoding="utf-8")
    settings = type(services.settings).load(env_file=tmp_path / "given.env")
    problems = list(route_problems(notifications, settings))
    assert [problem.split(":")[0] for problem in problems] == [
        "notifications.routes.front_desk",
        "notifications.routes.on_call",
    ]
    assert "FRONT_DESK_URL: is not set" in problems[0]
    assert "ON_CALL_URL holds no address" in problems[1]
    assert "secret" not in "".join(problems)
    (tmp_path / "given.env").write_text("ON_CALL_URL=json://host/x\nFRONT_DESK_URL=json://host/y\n", encoding="utf-8")
    assert list(route_problems(notifications, type(services.settings).load(env_file=tmp_path / "given.env"))) == []


def test_a_clinic_without_routes_is_warned() -> None:
    plan = clinic_with().notifications
    assert setup_warnings(plan) == []
    (warning,) = setup_warnings(replace(plan, routes={}))
    assert warning.startswith("No notification route is set up")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{reference}", "a title and at least one line more"),
        ("{reference} {words}\n{disposition} {time} {key}", "locked screens"),
        ("{reference}\n{disposition} {time}", "must hold {key}"),
        ("{reference} {phone}\n{disposition} {time} {key}", ":1: unknown placeholder ['phone']"),
    ],
)
def test_a_template_that_says_too_little_or_too_much_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "notification.txt").write_text(text, encoding="utf-8")
    with pytest.raises(NoticeError) as refused:
        NoticeTemplate.load(tmp_path / "notification.txt")
    assert complaint in str(refused.value)
