"""Every row of the clinical brief is found, in several ways of saying it."""

from __future__ import annotations

import pytest

from bot.clinical import ClinicalReader
from bot.triage.model import Course, Severity

REPORTS = {
    "bladder_bowel": [
        "I lost control of my bladder on the sofa", "lost all control over my bowels", "wet myself and never felt it",
        "I cannot pee at all", "have not peed since the procedure", "cant hold my pee anymore", "I soiled myself",
        "nothing comes out when I try to pee",
    ],
    "urinary": ["trouble peeing today", "it burns when I pee", "my stream is weak", "I barely pee"],
    "saddle_numbness": [
        "numb between my legs", "I can't feel it when I wipe", "my genitals are numb", "private parts have gone numb",
        "no feeling around my anus", "crotch feels dead",
    ],
    "paralysis": [
        "I cannot move my left leg", "both legs are suddenly very weak", "my legs won't move", "cant move either foot",
        "my right leg is paralyzed", "lost all movement in my legs",
    ],
    "breathing": ["can't breathe", "short of breath since lunch", "I'm wheezing", "it is hard to breathe",
        "gasping for air"],
    "anaphylaxis": [
        "my throat is closing", "tongue is swelling up", "my lips are swollen", "face looks puffy",
        "throat feels tight",
    ],
    "chest_pain": ["chest pain", "there is a pressure in my chest", "my chest feels tight", "pain across the chest"],
    "neuro": [
        "my face is drooping", "his speech is slurred", "she had a seizure", "I passed out in the kitchen",
        "he won't wake up", "very drowsy after the pain medicine", "sudden confusion", "sudden loss of vision",
        "can't get my words out",
    ],
    "meningitis": ["worst headache of my life", "sudden severe headache", "never had a headache like this"],
    "bleeding": [
        "the bleeding won't stop", "coughing up blood", "I vomited blood", "black tarry stools", "it keeps bleeding",
        "blood in my stool",
    ],
    "neck_danger": ["trouble swallowing", "my neck is swelling", "my voice changed", "I am hoarse"],
    "self_harm": [
        "I want to die", "going to kill myself", "they are better off without me", "what if I just took them all",
        "I don't want to live anymore", "thinking about suicide", "wish I was dead",
    ],
    "overdose": ["I took too much medicine", "took twice as many pills by mistake", "double dose of oxycodone"],
    "fever": ["I have a fever", "feeling feverish", "running a temperature", "101.3", "my temp is 38.4", "burning up"],
    "chills": ["chills", "I keep shivering", "can't stop shaking", "rigors all night", "teeth are chattering",
        "the shakes"],
    "infection_sign": [
        "redness at the needle site", "the spot is hot and red", "swelling where the needle went in",
        "pus on the bandage",
        "clear fluid is leaking out", "drainage from the puncture", "the bandage smells", "a growing lump at the site",
        "the bruise is getting bigger around the site", "I think it's infected", "night sweats",
        "the hole where the needle went in is oozing",
    ],
    "back_pain": [
        "my back hurts", "neck pain", "back pain is worse than before", "lower back is killing me", "my back is sore",
        "hurts way more than before", "worst it has ever been", "it is getting worse", "8/10", "the pain is unbearable",
    ],
    "leg_symptom": [
        "my leg is numb", "tingling in both feet", "weakness in my thigh", "my legs feel heavy",
        "pain shoots down my leg",
        "burning in my calf", "my knee keeps giving way", "foot drop", "my foot is cold", "toes look blue",
        "my foot keeps dragging", "can't lift my toes", "thigh feels dead", "pins and needles in my heel",
        "it went to sleep, my whole left leg", "sciatica",
    ],
    "arm_symptom": ["my hand is numb", "tingling in my fingers", "my arm is weak", "I can't grip a cup"],
    "headache": ["I have a headache", "my head is pounding", "migraine", "pain behind my eyes", "head hurts"],
    "nausea": ["I feel sick to my stomach", "nauseous", "threw up", "vomiting", "can't keep water down",
        "about to puke"],
    "calf": ["my left calf is swollen", "calf is hot and painful", "could it be a blood clot in my leg"],
    "rash": ["I have hives", "an itchy rash", "broke out in welts"],
    "steroid_effect": ["my face is flushed", "hiccups all morning", "trouble sleeping", "always hungry"],
    "other": ["I have a cough", "toothache", "my knee hurts", "stomach ache", "diarrhea", "sore throat", "so tired"],
}  # fmt: skip

MARKED = [
    ("I feel dizzy", "faint"),
    ("about to faint", "faint"),
    ("my heart is racing", "racing_heart"),
    ("so sleepy today", "drowsy"),
    ("I feel warm", "warm"),
    ("headache is worse when I stand up", "postural"),
    ("headache, better when I lie flat", "postural"),
    ("headache and light hurts my eyes", "photophobia"),
    ("stiff neck", "stiff_neck"),
    ("redness at the injection site", "site"),
    ("a different kind of pain", "new_kind"),
    ("took Tylenol and my temp is 99.4", "medicine"),
    ("a low grade fever of 99.5", "named"),
]


@pytest.mark.parametrize(("symptom", "text"), [(key, text) for key, texts in REPORTS.items() for text in texts])
def test_report_is_found(reader: ClinicalReader, symptom: str, text: str) -> None:
    assert symptom in {item.symptom for item in reader.read(text).present}


@pytest.mark.parametrize(("text", "mark"), MARKED)
def test_mark_is_set(reader: ClinicalReader, text: str, mark: str) -> None:
    assert mark in {found for item in reader.read(text).present for found in item.marks}


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("pain in my knee", "leg_symptom"),
        ("my stomach hurts", "back_pain"),
        ("please call me back about the numbing cream", "leg_symptom"),
        ("my ear hurts and my tooth aches", "headache"),
        ("the back of my head hurts", "back_pain"),
        ("my leg feels hot", "fever"),
    ],
)
def test_sensation_stays_with_its_body_part(reader: ClinicalReader, text: str, absent: str) -> None:
    assert absent not in {item.symptom for item in reader.read(text).present}


def test_one_sensation_in_two_places(reader: ClinicalReader) -> None:
    assert {item.symptom for item in reader.read("numbness in my hands and feet").present} == {
        "arm_symptom",
        "leg_symptom",
    }


def test_pain_that_goes_on_down_the_leg(reader: ClinicalReader) -> None:
    found = {item.symptom for item in reader.read("an awful pain in my lower back, then down into my thigh").present}
    assert {"back_pain", "leg_symptom"} <= found


def test_offsets_point_into_the_original(reader: ClinicalReader) -> None:
    text = "Hi — it’s me… my LEFT\u00a0foot’s  numb 🤒 and I’ve chills"
    for item in reader.read(text).items:
        assert text[item.start : item.end] == item.text
        assert item.text


SPANISH = {
    "fever": "tengo mucha fiebre", "chills": "siento escalofríos", "infection_sign": "la herida tiene pus",
    "back_pain": "me duele mucho la espalda", "leg_symptom": "tengo la pierna dormida",
    "arm_symptom": "no siento la mano", "headache": "dolor de cabeza", "nausea": "tengo náuseas y vómitos",
    "calf": "la pantorrilla hinchada", "rash": "me salieron ronchas", "urinary": "me arde al orinar",
    "overdose": "tomé demasiadas pastillas", "bladder_bowel": "no puedo orinar",
    "saddle_numbness": "tengo dormida la entrepierna", "paralysis": "no puedo mover las piernas",
    "breathing": "no puedo respirar", "anaphylaxis": "se me cierra la garganta", "chest_pain": "dolor en el pecho",
    "neuro": "mi esposo se desmayó", "meningitis": "rigidez de nuca", "bleeding": "no para de sangrar",
    "neck_danger": "no puedo tragar", "self_harm": "me quiero morir",
}  # fmt: skip


@pytest.mark.parametrize(("symptom", "text"), list(SPANISH.items()))
def test_spanish_red_flag(reader: ClinicalReader, symptom: str, text: str) -> None:
    findings = reader.read(text)
    assert symptom in {item.symptom for item in findings.present}
    assert findings.language == "es"


@pytest.mark.parametrize("text", ["no tengo fiebre", "sin fiebre ni escalofríos", "niega fiebre", "nunca fiebre"])
def test_spanish_denial(reader: ClinicalReader, text: str) -> None:
    findings = reader.read(text)
    assert findings.items
    assert not findings.present


#: Families of words: the back as subject, every part with every sensation in either order, the site by any name.
FAMILIES = {
    "fever": [
        "my temps been up since yesterday", "temp keeps creeping up", "the thermometer reads high",
        "my temperature is above normal", "my temperature shot up this afternoon", "low-grade temp all day",
    ],
    "chills": [
        "teeth won't stop chattering", "shuddering with cold", "hot one minute and freezing the next",
        "rigours since midnight", "feel cold inside my bones", "freezing under four quilts", "shivering fits",
    ],
    "infection_sign": [
        "the poke mark is oozing", "the entry point is crusty and yellow", "skin under the plaster is hot",
        "some seepage on the gauze", "the spot they poked is beet red", "there is a foul odour from my back",
        "the bump has doubled in size since yesterday", "bruise went from a quarter to a grapefruit",
        "bruise was the size of a coin, now it covers half my back", "drippy hole in my back",
        "there is a lump like an egg where the needle was", "had to change my pajamas twice because of sweating",
        "skin around where they stuck me feels hot", "woke up soaked in sweat", "scab fell off and now its leaking",
    ],
    "back_pain": [
        "my back is ten times worse", "my back feels way worse than it did before the test", "back is worse",
        "this is the worst my back has ever felt", "my back has never been this bad", "my spine is screaming",
        "can't get out of bed my back is so bad", "my back feels like it got hit by a truck",
        "my lower back is a 9", "back has been torture since the test", "I'm bent over double with my back",
        "back feels like it's on fire", "back seized up", "someone is twisting a knife in my back",
        "my pain is off the scale", "writhing in pain", "it is unbearable",
        "can't tie my shoes because of my back",
    ],
    "leg_symptom": [
        "my legs feel like they're made of lead", "there's no power in my left foot", "my leg has no power",
        "I can't push off with my foot", "can't press the gas pedal", "one foot much colder than the other",
        "pain shoots from my back to my knee", "radiates to my ankle", "feet feel like blocks of ice",
        "legs feel detached from my body", "left foot doesn't have any feeling", "my ankle gets zapped by electricity",
        "insects crawling all over my foot", "left leg feels heavier than the right", "my toes turned white",
        "there's a dead spot on my thigh",
    ],
    "arm_symptom": ["I keep dropping things", "can't make a fist", "my arm is useless", "can't button my shirt"],
    "headache": [
        "head feels like it is in a vise", "noggin is throbbing", "it feels like a hammer in my head",
        "stabbing behind my left eye", "my forehead feels like it's being crushed", "the crown of my head is sore",
        "head won't stop pounding",
    ],
    "nausea": [
        "keep bringing up my food", "brought up my lunch", "want to puke", "really pukey", "chucking up all day",
        "green around the gills", "throwing my guts up", "barely keeping fluids down", "keep being sick",
    ],
    "rash": ["my whole body itches", "spots all over my body", "covered in blotches"],
}  # fmt: skip

STRONG = [
    "my back is worse", "the worst my neck has ever felt", "my spine is screaming", "my lower back is an 8",
    "my back locked up", "the pain is twice what it was", "pain keeps climbing", "howling in pain from my back",
]  # fmt: skip

#: Keys that must stay away from the sentence.
QUIET = [
    ("my knee is sore from kneeling", "leg_symptom"),
    ("I cut my finger on a knife", "arm_symptom"),
    ("my finger stings where I cut it", "arm_symptom"),
    ("tennis elbow flare up", "back_pain"),
    ("my acne is flaring up", "back_pain"),
    ("I have white socks on my feet", "leg_symptom"),
    ("the chair leg is broken", "leg_symptom"),
    ("I keep dropping calls on my phone", "arm_symptom"),
    ("it is chilly outside", "chills"),
    ("my computer has been infected", "infection_sign"),
    ("pins and needles waiting for my results", "leg_symptom"),
    ("something in my jaw pops at dinner", "chills"),
    ("swollen glands in my neck", "neck_danger"),
    ("dry itchy skin in winter", "rash"),
    ("my nose is runny", "infection_sign"),
    ("my new sweater is fuzzy", "leg_symptom"),
    ("the phone line is dead", "leg_symptom"),
    ("I fell asleep at nine", "leg_symptom"),
]


@pytest.mark.parametrize(("symptom", "text"), [(key, text) for key, texts in FAMILIES.items() for text in texts])
def test_family_of_words_is_found(reader: ClinicalReader, symptom: str, text: str) -> None:
    assert symptom in {item.symptom for item in reader.read(text).present}


@pytest.mark.parametrize("text", STRONG)
def test_strong_back_pain_needs_no_question(reader: ClinicalReader, text: str) -> None:
    pains = [item for item in reader.read(text).present if item.symptom == "back_pain"]
    assert any(item.severity is Severity.SEVERE or item.course is Course.WORSE for item in pains)


@pytest.mark.parametrize(("text", "absent"), QUIET)
def test_other_complaint_stays_other(reader: ClinicalReader, text: str, absent: str) -> None:
    assert absent not in {item.symptom for item in reader.read(text).present}


PARTS = ("leg", "thigh", "shin", "ankle", "foot", "big toe", "heel", "hamstring", "calf", "buttock")
SENSATIONS = ("numbness", "tingling", "weakness", "heaviness", "pins and needles", "electric shocks")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("sensation", SENSATIONS)
def test_part_and_sensation_in_either_order(reader: ClinicalReader, part: str, sensation: str) -> None:
    for text in (f"{sensation} in my {part}", f"my {part} has {sensation}"):
        assert "leg_symptom" in {item.symptom for item in reader.read(text).present}
