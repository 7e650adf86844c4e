"""Emergencies, self-harm and overdose in the words people use, in English and Spanish, and what only sounds like it."""

from __future__ import annotations

import pytest

from bot.clinical import ClinicalReader
from bot.triage.model import EMERGENCY_KEYS

#: Families of words for an emergency: what fails + how, in either order.
EMERGENCY_FAMILIES = {
    "bladder_bowel": [
        "my bladder simply went without notice",
        "urine keeps running out without me noticing", "no urge to pee at all", "ten hours and still no urine",
        "my bowels let go on the stairs", "I lost control of number two", "lost all bladder function",
        "strained on the toilet and not a single drop", "nothing comes out when she tries",
        "I can no longer hold my stool", "I had no clue I had wet the chair until I got up",
    ],
    "saddle_numbness": [
        "no sensation down below", "numb from the waist down", "my undercarriage went dead",
        "can't tell if I've wiped", "my bum and private parts are asleep",
    ],
    "paralysis": [
        "cannot raise either leg",
        "neither foot will respond", "legs have quit working", "can't get my leg to budge",
        "no control over my legs anymore", "he can no longer move his legs", "my leg is just dead weight",
        "can't move below the waist", "my legs won't hold me up",
    ],
    "breathing": [
        "not getting enough oxygen", "like breathing through a straw", "it feels like I am drowning",
        "my oxygen dropped to 85", "have to sit bolt upright to get air in", "her fingernails are turning blue",
        "having a tough time taking a deep breath", "I'm SOB walking to the mailbox",
    ],
    "anaphylaxis": ["my lips ballooned", "facial swelling", "eyes swelled shut", "throat is narrowing"],
    "chest_pain": ["like a truck sitting on my chest", "stabbing under my breastbone", "pain in arm and jaw"],
    "neuro": [
        "his smile hangs down on one side", "I talk gibberish",
        "I can't rouse my wife", "woke up on the kitchen floor", "dad does not know what month it is",
        "my eyesight suddenly went black", "half of my body is limp", "she had an epileptic fit",
        "keeps nodding off mid sentence", "he doesn't recognise his own house", "a curtain came over one eye",
    ],
    "meningitis": [
        "it is the worst headache I have ever had",
        "the most intense headache I ever felt", "a headache out of the blue like a thunderclap"],
    "bleeding": [
        "bleeding for three hours", "soaked in blood", "threw up and there was dark blood in it",
        "brought up a clot", "stools are jet black", "the blood is pouring out", "nosebleed that won't quit",
    ],
    "neck_danger": [
        "bread sticks on the way down", "pills won't go down", "my voice went croaky", "I gag every time I drink",
        "neck is puffing up",
    ],
    "self_harm": [
        "wish I could sleep and never wake up", "gonna kms", "I see no reason to go on", "death would be a relief",
        "the kids would be happier if I were dead", "took a handful of pills hoping to die",
        "ate every pill on purpose", "what would happen if I swallowed the whole bottle", "a gun to my temple",
        "thinking about driving off a bridge", "enough pills saved up to end it",
    ],
    "overdose": [
        "took three instead of one", "forgot and took my dose again", "took my oxycodone twice",
        "swallowed the wrong pills", "I went and took more than the label says", "took four norco",
        "tripled the dose by mistake",
    ],
    "urinary": ["it is hard to start my stream", "I pee every 15 minutes"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("symptom", "text"), [(key, text) for key, texts in EMERGENCY_FAMILIES.items() for text in texts]
)
def test_emergency_in_other_words(reader: ClinicalReader, symptom: str, text: str) -> None:
    assert symptom in {item.symptom for item in reader.read(text).present}


@pytest.mark.parametrize("neck", ["my neck is rigid", "neck won't bend", "can't lower my chin", "neck locked up"])
def test_stiff_neck_has_its_mark(reader: ClinicalReader, neck: str) -> None:
    marks = {mark for item in reader.read(f"{neck} and a headache").present for mark in item.marks}
    assert "stiff_neck" in marks


@pytest.mark.parametrize(
    "text",
    [
        "the hold music is killing me", "I could murder a sandwich", "I'd kill for a coffee",
        "dying to hear the result",
        "I'm confused about the bill", "sorry for the confusion with my date", "can't talk right now",
        "I can't see anything in the portal", "do blackout blinds help", "an unconscious habit of mine",
        "got all choked up at the wedding", "short of cash this month", "my car keeps wheezing",
        "the screen went black and won't wake up", "a breathless review", "lost sight of my goals",
        "I'll murder an ice cream later", "he will have a fit when he sees this", "my golf stroke",
        "bar stool for sale",
        "drowning in paperwork", "can we end it here", "I hurt myself laughing", "need to get it off my chest",
        "a tough pill to swallow", "let me pass out the forms", "I passed the exam", "took my gabapentin twice a day",
    ],
)  # fmt: skip
def test_figure_of_speech_is_no_emergency(reader: ClinicalReader, text: str) -> None:
    serious = (*EMERGENCY_KEYS, "overdose")
    assert not [item for item in reader.read(text).present if item.symptom in serious]


SPANISH_FAMILIES = {
    "fever": ["me subió la temperatura", "ardiendo en fiebre"],
    "chills": ["no dejo de tiritar", "mi esposo tiembla mucho"],
    "infection_sign": ["está rojo donde me inyectaron", "le sale pus"],
    "leg_symptom": ["se me adormecen los pies", "perdí la fuerza en la pierna", "me hormiguea la pierna"],
    "bladder_bowel": ["se me escapa la orina", "perdí el control de la vejiga", "no logro orinar"],
    "saddle_numbness": ["no siento los genitales", "tengo adormecidas las partes íntimas"],
    "paralysis": ["mis piernas no responden", "no puede mover el pie"],
    "breathing": ["le cuesta mucho respirar", "apenas puedo respirar"],
    "anaphylaxis": ["se le hinchó la lengua", "se me cerró la garganta"],
    "chest_pain": ["me aprieta mucho el pecho"],
    "neuro": ["mi papá no reconoce a nadie", "veo doble", "tuvo convulsiones", "se le ve la boca torcida"],
    "bleeding": ["tosió sangre", "hay sangre en mis heces"],
    "neck_danger": ["me cuesta tragar", "me cambió la voz"],
    "self_harm": ["me voy a matar", "no quiero seguir viviendo", "ojalá no despertara"],
    "overdose": ["tomé el doble de mis pastillas", "se tomó todo el frasco"],
}


@pytest.mark.parametrize(
    ("symptom", "text"), [(key, text) for key, texts in SPANISH_FAMILIES.items() for text in texts]
)
def test_spanish_in_other_words(reader: ClinicalReader, symptom: str, text: str) -> None:
    assert symptom in {item.symptom for item in reader.read(text).present}


@pytest.mark.parametrize(
    "text", ["no me duele el pecho", "tomé dos pastillas como me dijeron", "me muero por saber", "puedo respirar bien"]
)
def test_spanish_that_is_no_report(reader: ClinicalReader, text: str) -> None:
    assert not reader.read(text).present


def test_spanish_complaint_with_a_denial_of_its_own(reader: ClinicalReader) -> None:
    found = {item.symptom for item in reader.read("no me puedo parar, no me responden las piernas").present}
    assert "paralysis" in found
