"""Near neighbours told apart, and two patterns of headache and nausea in many wordings."""

from __future__ import annotations

import pytest

from bot.clinical import ClinicalReader

POSTURAL = [
    "the headache kicks in each time I sit upright", "head throbs on standing, settles on lying down",
    "sitting up gives me a splitting headache", "I only get the headache when I'm vertical",
    "lying flat is the only thing that helps my headache", "my headache lessens when I recline",
    "can't sit up because of the headache", "I get a headache whenever I get out of bed, lying down eases it",
]  # fmt: skip
LASTING_NAUSEA = [
    "threw up twice and even sips of water won't stay down", "crackers don't stay down either",
    "I've been sick five times since breakfast", "been sick about six or seven times today",
    "even water comes back", "nothing I drink stays in my stomach", "my pain pills won't stay down",
    "my stomach rejects everything I eat", "been sick more times than I can count",
]  # fmt: skip
#: What is found, and what the same words must not be taken for.
NOT_TAKEN_FOR = [
    ("my foot feels a bit numb", "leg_symptom", "saddle_numbness"),
    ("my little toe is numb on the side", "leg_symptom", "other"),
    ("it is numb from my hip down to my knee", "leg_symptom", "saddle_numbness"),
    ("numb from the groin to the knee on the left", "leg_symptom", "saddle_numbness"),
    ("numb from the hips down", "saddle_numbness", "leg_symptom"),
    ("my private bits feel numb", "saddle_numbness", "leg_symptom"),
    ("headache and a rash out of the blue", "headache", "meningitis"),
    ("my headache just came out of the blue", "meningitis", "bleeding"),
    ("my whole body is shaking uncontrollably", "chills", "neuro"),
    ("his body was shaking violently and he foamed at the mouth", "neuro", "infection_sign"),
    ("my voice is hoarse from cheering at the stadium", "other", "neck_danger"),
    ("my voice is hoarse since the neck injection", "neck_danger", "other"),
    ("an itchy red patch on my elbow", "other", "infection_sign"),
    ("itchy red patch on my back where the needle went in", "infection_sign", "rash"),
    ("itchy patches all over my body", "rash", "other"),
    ("gums bleeding a little after brushing", "other", "infection_sign"),
    ("the needle hole is bleeding a little", "infection_sign", "other"),
    ("heel pain first thing in the morning", "other", "leg_symptom"),
    ("my heel is numb in the morning", "leg_symptom", "other"),
    ("a bee stung me and my eye is puffy", "other", "anaphylaxis"),
    ("my whole face swelled after a wasp sting", "anaphylaxis", "rash"),
    ("do I feel sick? I felt sick at lunch", "nausea", "other"),
]
FIGURES = [
    ("the dog nearly gave me a heart attack", "chest_pain"), ("our striker choked in the final", "breathing"),
    ("actual chills when the orchestra began", "chills"), ("I lost all feeling for this hobby", "leg_symptom"),
]  # fmt: skip


@pytest.mark.parametrize("text", POSTURAL)
def test_headache_of_the_upright(reader: ClinicalReader, text: str) -> None:
    assert any("postural" in item.marks for item in reader.read(text).present if item.symptom == "headache")


@pytest.mark.parametrize("text", LASTING_NAUSEA)
def test_nothing_stays_down(reader: ClinicalReader, text: str) -> None:
    assert any(item.persistent for item in reader.read(text).present if item.symptom == "nausea")


@pytest.mark.parametrize(("text", "found", "absent"), NOT_TAKEN_FOR)
def test_near_neighbours_are_told_apart(reader: ClinicalReader, text: str, found: str, absent: str) -> None:
    symptoms = {item.symptom for item in reader.read(text).present}
    assert found in symptoms
    assert absent not in symptoms


@pytest.mark.parametrize(("text", "absent"), FIGURES)
def test_fright_sport_and_music_are_no_symptom(reader: ClinicalReader, text: str, absent: str) -> None:
    assert absent not in {item.symptom for item in reader.read(text).present}
