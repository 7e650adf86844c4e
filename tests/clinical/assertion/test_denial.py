"""How far a denial reaches, and where it is turned round; in doubt a red flag counts as present."""

from __future__ import annotations

import pytest

from bot.clinical import ClinicalReader

#: text → (present, denied)
DENIALS: list[tuple[str, set[str], set[str]]] = [
    # Clinicians' notes
    ("Neg tingling, numbness or foot drop", set(), {"leg_symptom"}),
    ("Fever (-), chills (-)", set(), {"fever", "chills"}),
    ("(-) chills, (-)nausea", set(), {"chills", "nausea"}),
    ("needle site free of crusting, redness or pus", set(), {"infection_sign"}),
    ("denies visual change, chills or vomiting", set(), {"chills", "nausea"}),
    ("non-febrile at discharge", set(), {"fever"}),
    ("positive for chills, negative for fever", {"chills"}, {"fever"}),
    ("chills and vomiting both absent", set(), {"chills", "nausea"}),
    # Patients' ways
    ("expected chills and vomiting and had neither", set(), {"chills", "nausea"}),
    ("I have yet to run a fever", set(), {"fever"}),
    ("not so much as a headache", set(), {"headache"}),
    ("never puked or felt queasy", set(), {"nausea"}),
    ("no vomiting nor did I get a headache", set(), {"nausea", "headache"}),
    ("I don't get headaches when I read", set(), {"headache"}),
    ("none of the things on the list: chills, vomiting", set(), {"chills", "nausea"}),
    ("I can jog without getting short of breath", set(), {"breathing"}),
    ("I wouldn't say there's any tingling in my foot", set(), {"leg_symptom"}),
    ("I don't want to die, the pain just has to ease", set(), {"self_harm"}),
    ("I don't want to die but I plan to anyway", {"self_harm"}, set()),
    # Denials that are turned round again
    ("can't sit up without a pounding headache", {"headache"}, set()),
    ("not one hour without nausea", {"nausea"}, set()),
    ("there hasn't been a night I didn't have chills", {"chills"}, set()),
    ("I can't not vomit", {"nausea"}, set()),
    ("isn't it strange that I have chills?", {"chills"}, set()),
    ("there's no denying my foot is weaker", {"leg_symptom"}, set()),
    ("no chills last night but I do now", {"chills"}, set()),
    ("Wasn't nauseous this morning. Now I am.", {"nausea"}, set()),
    ("no fever until tonight", {"fever"}, set()),
    ("I never get headaches and now I've had one since Friday", {"headache"}, set()),
    # What stands behind a contrast is there
    ("no pain, only tingling in my toes", {"leg_symptom"}, set()),
    ("no swelling, just redness around the needle hole", {"infection_sign"}, set()),
    ("not pain so much as numbness in my calf", {"leg_symptom"}, set()),
    ("no cough or cold, chills and fever though", {"chills", "fever"}, set()),
    ("no vomiting, fever 102.3", {"fever"}, {"nausea"}),
    ("can't get the fever to come down", {"fever"}, set()),
    ("without my brace my leg goes numb", {"leg_symptom"}, set()),
    # A statement behind a comma is no item of the list
    ("no swelling, my right calf is numb", {"leg_symptom"}, set()),
    ("no chills, my foot burns and tingles", {"leg_symptom"}, set()),
    ("no back pain, can't pee", {"bladder_bowel"}, set()),
    ("no chills, threw up a lot", {"nausea"}, {"chills"}),
    ("no chills, running a fever", {"fever"}, {"chills"}),
    ("no chills, redness at the needle site since noon", {"infection_sign"}, {"chills"}),
    ("no prior illness, presents with chest pain", {"chest_pain"}, set()),
    ("no chills, throwing up, or numbness", set(), {"chills", "nausea", "leg_symptom"}),
    ("denies chills, throwing up", set(), {"chills", "nausea"}),
    ("it hasn't given me a headache", set(), {"headache"}),
    ("they didn't give me anything for the fever", {"fever"}, set()),
]


@pytest.mark.parametrize(("text", "present", "denied"), DENIALS)
def test_reach_of_a_denial(reader: ClinicalReader, text: str, present: set[str], denied: set[str]) -> None:
    findings = reader.read(text)
    red = {item.symptom for item in findings.present}
    assert present <= red
    assert {item.symptom for item in findings.items if item.negated} >= denied
    assert red & denied <= present


@pytest.mark.parametrize(
    "text",
    [
        "no redness or swelling where the needle went in", "it does not look infected", "wasn't bothered by nausea",
    ],
)  # fmt: skip
def test_what_stands_between_a_denial_and_its_symptom(reader: ClinicalReader, text: str) -> None:
    assert reader.read(text).items
    assert not reader.read(text).present


@pytest.mark.parametrize(
    "text",
    ["tingling that was not there before the discogram", "burning in my thigh that wasn't there before the test"],
)
def test_what_was_not_there_before_is_new(reader: ClinicalReader, text: str) -> None:
    assert [finding.symptom for finding in reader.read(text).present] == ["leg_symptom"]


@pytest.mark.parametrize(
    "text", ["steady nausea, zero appetite", "vomiting, nausea, none of it easing", "chills, nil appetite"]
)
def test_a_count_of_something_else_denies_nothing_before_it(reader: ClinicalReader, text: str) -> None:
    assert {"nausea", "chills"} & {finding.symptom for finding in reader.read(text).present}


@pytest.mark.parametrize("text", ["nausea: nil", "chills zero", "fever none, chills none"])
def test_a_count_at_the_end_denies(reader: ClinicalReader, text: str) -> None:
    assert not reader.read(text).present


@pytest.mark.parametrize(
    "text", ["I got between fever and chills", "I have moderate fever", "severe fever", "I had tick fever"]
)
def test_what_nobody_listed_before_fever_is_a_fever(reader: ClinicalReader, text: str) -> None:
    assert any(finding.symptom == "fever" for finding in reader.read(text).items)


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("I feel nothing in my toes", "leg_symptom"),
        ("felt nothing down there all day", "saddle_numbness"),
        ("don't feel anything in my foot", "leg_symptom"),
    ],
)
def test_to_feel_nothing_is_a_symptom(reader: ClinicalReader, text: str, symptom: str) -> None:
    assert symptom in {finding.symptom for finding in reader.read(text).present}


def test_a_medicine_that_brought_a_fever_down_is_marked(reader: ClinicalReader) -> None:
    (finding,) = reader.read("my fever was gone by noon, Advil brought it down").items
    assert finding.resolved
    assert "medicine" in finding.marks
