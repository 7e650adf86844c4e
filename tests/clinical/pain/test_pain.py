"""Pain, headache, nausea and complaints that have nothing to do with the spine, in many words."""

from __future__ import annotations

import pytest

from bot.clinical import ClinicalReader
from bot.screen import Screen
from bot.triage.model import Disposition

#: Pain of the back or neck in a row's words: strong, rising or new without any question.
STRONG_FAMILIES = [
    "my lower back went out while I was dressing", "I put my back out", "can't straighten up any more",
    "walking hunched over since the test", "the pills don't even touch it", "the Norco does nothing",
    "nothing touches this ache in my back", "did not sleep at all because of my lower back",
    "it was a 4 yesterday, now it's a 7", "an 8 today, yesterday it was a 5, my back", "the pain keeps mounting",
    "hurts a bit more every hour", "pain more each day", "it is getting worser", "my back is a nightmare",
    "LBP worse today", "pt with severe LBP", "my back goes into full spasm", "oh my god the pain",
    "this is not my usual pain", "the ache is in a different place", "gut wrenching back pain",
    "the pain in my spine is driving me insane", "a whole new level of pain", "pain not controlled",
    "I'd give it a nine out of ten", "the pain wakes me up", "pain in another spot now",
]  # fmt: skip
PLAIN_BACK = ["ouch my back", "my back twinges when I sit", "my back hates me today", "a crick in my neck",
    "I tweaked my back", "something popped in my lower back"]  # fmt: skip
#: Parts and complaints that have nothing to do with the spine, however bad.
ELSEWHERE = [
    "my shoulder is worse today", "my elbow keeps getting worse", "the knee is a lot worse", "tooth pain is a 9/10",
    "shoulder pain 8/10", "my tooth hurts, 10/10", "I stubbed my toe and it throbs", "rolled my ankle, it is sore",
    "terrible heartburn",
    "my ears won't stop ringing", "menstrual cramps are killing me", "my cat scratched my arm", "bitten by a tick",
    "hard to read, the letters are all fuzzy", "I can't smell anything properly", "my skin is dry and itchy",
    "white patches on my hands", "I'm going bald", "my eyes are dry and gritty", "brain fog all week",
    "all my joints ache", "sunburned and peeling", "put on ten pounds", "my period is late",
    "a bump appeared on my eyelid", "blood pressure has been up", "I'm knackered", "my wrist feels weird",
]  # fmt: skip
MORE_FAMILIES = {
    "headache": ["HA since this morning", "no nausea but a bad HA", "hammering on both sides of my head",
        "throbbing on either side of my skull", "my whole head hurts"],
    "nausea": ["stomach feels woozy", "my tummy is doing flips", "feeling icky and barfy",
        "the smell of food makes me gag"],
    "urinary": ["painful urination", "stinging when passing urine", "my urine is cloudy"],
}  # fmt: skip
LASTING = [
    "three days of headache", "two days of this awful migraine", "headache round the clock", "nauseous 24/7",
    "same headache as yesterday", "been throwing up since dinner", "the Advil doesn't do a thing for my headache",
    "headache, I keep the blinds shut", "fine lying down, then I stand and my head pounds",
    "the headache eases flat and comes back when I sit up",
]  # fmt: skip


@pytest.fixture(scope="module")
def screen() -> Screen:
    return Screen.default()


@pytest.mark.parametrize("text", STRONG_FAMILIES)
def test_strong_pain_in_other_words(screen: Screen, text: str) -> None:
    result = screen.run(text)
    assert result.decision.disposition.at_least(Disposition.URGENT)
    assert "back_pain" in {item.symptom for item in result.findings.present}


@pytest.mark.parametrize("text", PLAIN_BACK)
def test_plain_pain_is_asked_about(screen: Screen, text: str) -> None:
    assert screen.run(text).decision.disposition is Disposition.CLARIFY


@pytest.mark.parametrize("text", ELSEWHERE)
def test_complaint_elsewhere_is_routine(screen: Screen, text: str) -> None:
    assert screen.run(text).decision.disposition is Disposition.ROUTINE


@pytest.mark.parametrize("text", LASTING)
def test_lasting_complaint_is_urgent(screen: Screen, text: str) -> None:
    assert screen.run(text).decision.disposition is Disposition.URGENT


@pytest.mark.parametrize(("symptom", "text"), [(key, text) for key, texts in MORE_FAMILIES.items() for text in texts])
def test_more_words_are_found(reader: ClinicalReader, symptom: str, text: str) -> None:
    assert symptom in {item.symptom for item in reader.read(text).present}


@pytest.mark.parametrize("text", ["ha that is a good one", "haha ok", "my pain went from an 8 to a 3",
    "back pain was a 9 yesterday, now a 2"])  # fmt: skip
def test_laugh_or_falling_score_is_not_urgent(screen: Screen, text: str) -> None:
    assert not screen.run(text).decision.disposition.at_least(Disposition.URGENT)
