"""Red flags in words that no list of symptoms holds: lay, clinical, misspelt; and near neighbours that stay quiet."""

from __future__ import annotations

import pytest

from bot.clinical import ClinicalReader
from bot.clinical.text.lemma import lemma
from bot.screen import Screen
from bot.triage.model import Disposition

OTHER_WORDS = {
    "fever": [
        "Tmax 102.1 last night", "T 101.2, HR 110", "pyrexial since noon",
        "um it was like a hundred and one when I checked",
        "evening rise of temperature",
    ],
    "chills": [
        "chills on and off since Sunday", "chills with my back pain", "chills by the evening",
        "freezing one minute sweating the next", "my jaw won't stop chattering", "quaking with cold",
        "chilly and achy all over", "cold to my core", "hot then cold then hot again", "I feel like I sit in a freezer",
        "chill bumps all over",
    ],
    "leg_symptom": [
        "heavy legs", "cold legs", "lost most of the sensation in both feet", "not much feeling in my right foot",
        "decreased sensation in the left foot", "like walking on broken glass", "feels like walking on marshmallows",
        "my legs turn to mush", "leg won't bear weight", "can't put weight on my leg", "my balance is off",
        "unsteady when I walk", "I stagger when I walk", "can't tell if my shoe is on", "RLE weakness 4/5",
        "motor strength 3/5 left leg", "dorsiflexion weakness on the left", "new footdrop", "radiculopathy is worse",
        "my leg doesn't feel like it belongs to me", "my foot is numb on one side", "travels from my hip into my shin",
        "had to lift my leg with my hands", "I stuck a pin in my foot and did not feel it",
        "my leg feels about 100 pounds", "my leg doesn't work right", "can barely feel the floor",
        "my leg has been tingling non stop", "leg buckled and I nearly went down", "keep tripping over nothing",
    ],
    "arm_symptom": ["LUE numbness", "can't button my blouse"],
    "infection_sign": [
        "erythema and induration at the puncture site", "purulent drainage from the incision", "nightsweats",
        "reddness at the site", "the site is hott", "skin is hot to touch around the injection",
        "my neck incision is weepy", "the cut on my back has gone bad", "red and swollen back there",
    ],
    "breathing": [
        "weezing all night", "hard to take a full breath", "in respiratory distress", "tachypneic and pale",
        "it feels like somebody sits on my lungs", "lungs feel like they are closing up", "cant get enuf air",
    ],
    "chest_pain": [
        "an elephant is parked on my breastbone", "chest feels like it is in a vice", "substernal pressure",
        "CP radiating to the jaw",
    ],
    "neuro": [
        "the left side of my face fell", "passed clean out", "syncopal episode", "altered mental status", "aphasia",
        "left side has gone numb", "can barely stay awake after the percocet", "he has fits",
    ],
    "bladder_bowel": [
        "peed my pants and didn't feel it", "lost controll of my bladder", "can't tell when I have to go",
        "had an accident in bed and did not know it",
    ],
    "saddle_numbness": ["my balls are numb", "vulva has gone numb"],
    "bleeding": ["hemoptysis", "blood keeps coming out of the hole"],
    "neck_danger": ["food gets stuck"],
    "self_harm": ["I can't go on", "not worth being alive", "sometimes I think about dying",
        "my husband says he wants to die"],
    "overdose": ["took a handful of pills", "my toddler swallowed my pills"],
}  # fmt: skip

QUIET = [
    "my trip is tomorrow", "the red leggings", "protein shakes ok?", "shaky camera footage",
    "she stumbled upon your site", "I trip over my words in meetings", "burned my finger on the stove",
    "account balance is off", "is it ok to sit in a warm bath", "sitting in red chairs", "a cute hot pink shirt",
    "leave a note for the doctor", "food got stuck in my teeth", "I can't go on Monday", "can't go on vacation",
    "took the whole bottle of water", "when can I get my stitches wet",
    "lost my voice cheering at the game", "out of breath laughing", "dentist numbed my lip on one side",
    "chilled with friends", "netflix and chill tonight", "my hands are cold from the snow", "walking on eggshells",
    "walking on air after the news", "took one oxycodone at 8", "the fan shakes",
]  # fmt: skip


@pytest.fixture(scope="module")
def screen() -> Screen:
    return Screen.load()


@pytest.mark.parametrize(("symptom", "text"), [(key, text) for key, texts in OTHER_WORDS.items() for text in texts])
def test_red_flag_in_other_words(reader: ClinicalReader, symptom: str, text: str) -> None:
    assert symptom in {item.symptom for item in reader.read(text).present}


@pytest.mark.parametrize("text", QUIET)
def test_near_neighbour_stays_quiet(screen: Screen, text: str) -> None:
    assert not screen.run(text).decision.disposition.at_least(Disposition.URGENT)


@pytest.mark.parametrize(("one", "other"), [("site", "sitting"), ("none", "non"), ("note", "not"), ("cute", "cutting")])
def test_unlike_words_have_unlike_base_forms(one: str, other: str) -> None:
    assert lemma(one) != lemma(other)


@pytest.mark.parametrize(
    "text", ["my thigh tingles if I drive for a long time", "all good for a while but now my foot drags"]
)
def test_a_while_that_is_not_its_age(screen: Screen, text: str) -> None:
    assert screen.run(text).decision.disposition.at_least(Disposition.URGENT)


@pytest.mark.parametrize("text", ["took a handful of pills", "thunderclap headache"])
def test_two_words_are_an_emergency(screen: Screen, text: str) -> None:
    assert screen.run(text).decision.disposition is Disposition.EMERGENCY
