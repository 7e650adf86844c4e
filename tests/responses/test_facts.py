"""Every fact of the instructions is in its answer, on the website and by SMS.

One row per fact: topic, source, and a pattern that the words must hold. ``website`` marks a fact that the two
parts of an SMS have no room for.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.clinic import ClinicProfile
from bot.wording import Wording

DATA = Path(__file__).resolve().parents[2] / "data"
WORDING = Wording.load(DATA / "responses")
FACTS = ClinicProfile.load(DATA / "clinic.yml").facts(datetime(2026, 6, 9, 3, 0, tzinfo=timezone.utc))
PHONE, OFFICE = re.escape(FACTS["phone"]), re.escape(FACTS["office_phone"])

BOTH = ("website", "sms")
WEBSITE = ("website",)

ANSWERS = [
    # After
    ("soreness", "A", "mild", BOTH), ("soreness", "A", "soreness", BOTH), ("soreness", "A", "1 to 3 days", BOTH),
    ("soreness", "A", "ice packs", BOTH), ("soreness", "A", "over-the-counter", BOTH),
    ("soreness", "A", "gets worse", BOTH), ("soreness", "A", "fever, chills", BOTH), ("soreness", "A", PHONE, BOTH),
    ("usual_pain", "A", "usual pain for a short time", BOTH), ("usual_pain", "A", "expected", BOTH),
    ("usual_pain", "A", "pain comes from the tested disc", BOTH), ("usual_pain", "A", "gets worse", BOTH),
    ("pain_relief", "A+B", "ice packs", BOTH), ("pain_relief", "A+B", "over-the-counter", BOTH),
    ("pain_relief", "A+B", "prescription pain medicine", BOTH), ("pain_relief", "A+B", "gets worse", BOTH),
    ("prescription_pain_medicine", "B", "prescription pain medicine", BOTH),
    ("prescription_pain_medicine", "B", "need it", BOTH), ("prescription_pain_medicine", "B", OFFICE, BOTH),
    ("activity", "A+B", "no heavy lifting", BOTH), ("activity", "A+B", "strenuous", BOTH),
    ("activity", "A+B", "24 hours", BOTH), ("activity", "A+B", "weight or stress", BOTH),
    ("activity", "A+B", "discomfort", BOTH),
    ("driving", "A", "not drive for 24 hours", BOTH), ("driving", "A", "responsible adult", BOTH),
    ("work", "A+B", "next day off work", BOTH), ("work", "A+B", "up to you", BOTH), ("work", "A+B", "24 hours", BOTH),
    ("results", "A", "doctor looks at the discogram", BOTH), ("results", "A", "scans", BOTH),
    ("results", "A", "exam", BOTH), ("results", "A", "surgery or another treatment", BOTH),
    ("ct_scan", "A+B", "CT scan", BOTH), ("ct_scan", "A+B", "shortly after", BOTH),
    ("ct_scan", "A+B", "some patients", BOTH), ("ct_scan", "A+B", "what the discogram shows", BOTH),
    ("ct_scan", "A+B", "scans you had before", BOTH),
    ("when_to_call", "A", "fever", BOTH), ("when_to_call", "A", "chills", BOTH),
    ("when_to_call", "A", "signs of infection", BOTH),
    ("when_to_call", "A", "worse back pain|back pain .* worse", BOTH),
    ("when_to_call", "A", r"new(ly)? .*\bleg|leg .*newly", BOTH), ("when_to_call", "A", "headache", BOTH),
    ("when_to_call", "A", "nausea|sick stomach", BOTH), ("when_to_call", "A", PHONE, BOTH),
    ("when_to_call", "A", "911", BOTH), ("when_to_call", "A", "bladder", BOTH),
    ("steroid_effects", "A+B", "flush", BOTH), ("steroid_effects", "A+B", "hiccups", BOTH),
    ("steroid_effects", "A+B", "sleep", BOTH), ("steroid_effects", "A+B", "water", BOTH),
    ("steroid_effects", "A+B", "hunger", BOTH), ("steroid_effects", "A+B", "faster heartbeat", BOTH),
    ("steroid_effects", "A+B", "cramps or bloating", BOTH), ("steroid_effects", "A+B", "5%", BOTH),
    ("steroid_effects", "A+B", "1 to 3 days", BOTH), ("steroid_effects", "A+B", "any fever", BOTH),
    ("steroid_effects", "A+B", "headache", BOTH), ("steroid_effects", "A+B", "slight fever", WEBSITE),
    # Before
    ("eating_drinking", "A", "eat nothing and drink nothing", BOTH), ("eating_drinking", "A", "6 hours or more", BOTH),
    ("ride_home", "A+B", "responsible adult", BOTH), ("ride_home", "A+B", "can't find a driver, call", BOTH),
    ("medicines", "A+B", "keep taking most", BOTH), ("medicines", "A+B", "unless you were told not to", BOTH),
    ("medicines", "A+B", "doctor before you stop any", BOTH), ("medicines", "A+B", "24 to 48 hours", BOTH),
    ("medicines", "A+B", "pain medicines and blood thinners", BOTH),
    ("blood_thinners", "A+B", "pause", BOTH), ("blood_thinners", "A+B", "several days before", BOTH),
    ("blood_thinners", "A+B", "only when your doctor tells you", BOTH),
    ("blood_thinners", "A+B", "never stop on your own", BOTH), ("blood_thinners", "A+B", "24 to 48 hours", WEBSITE),
    ("allergies", "A+B", "contrast dye, iodine, or an antibiotic", BOTH), ("allergies", "A+B", OFFICE, BOTH),
    ("allergies", "A+B", "24 to 48 hours", WEBSITE),
    ("pregnancy", "A+B", "pregnant or might be", BOTH), ("pregnancy", "A+B", "nursing", BOTH),
    ("infection_before", "A", "fever or an infection", BOTH),
    ("infection_before", "A", "before you come", BOTH), ("infection_before", "A", OFFICE, BOTH),
    ("pre_call", "B", "nurse or technologist", BOTH), ("pre_call", "B", "24 to 48 hours before", BOTH),
    ("pre_call", "B", "pain medicines and blood thinners", BOTH), ("pre_call", "B", "allergies", BOTH),
    ("pre_call", "B", "health history", BOTH), ("pre_call", "B", "your( own)? questions", BOTH),
    ("what_to_bring", "A+B", "MRI, CT and X-ray", BOTH), ("what_to_bring", "A+B", "films, reports, or a CD", BOTH),
    ("what_to_bring", "A+B", "responsible adult", BOTH),
    # What and why
    ("what_is_discogram", "A+B", "discography", BOTH), ("what_is_discogram", "A+B", "provocation discogram", BOTH),
    ("what_is_discogram", "A+B", "one or more discs", BOTH), ("what_is_discogram", "A+B", "contrast dye", BOTH),
    ("what_is_discogram", "A+B", "under pressure", BOTH),
    ("why_discogram", "A+B", "which disc your pain comes from", BOTH),
    ("why_discogram", "A+B", "MRI or CT pictures are not enough", BOTH),
    ("why_discogram", "A+B", "before surgery or another procedure", BOTH),
    ("why_discogram", "A+B", "looked normal", BOTH), ("why_discogram", "A+B", "map of your pain", BOTH),
    ("why_discogram", "A+B", "plan a fusion", BOTH),
    ("who_is_it_for", "A+B", "long-lasting (low )?back or neck pain", BOTH),
    ("who_is_it_for", "A+B", "MRI or CT( scans)? do not explain", BOTH),
    ("who_is_it_for", "A+B", "disc may be the source", WEBSITE), ("who_is_it_for", "A+B", "several", BOTH),
    ("who_is_it_for", "A+B", "after spine surgery", BOTH), ("who_is_it_for", "A+B", "fusion", BOTH),
    ("who_is_it_for", "A+B", "disc replacement", BOTH), ("who_is_it_for", "A+B", "medicine, rest, traction", BOTH),
    ("who_is_it_for", "A+B", "physical therapy", BOTH), ("who_is_it_for", "A+B", "low back surgery", WEBSITE),
    ("mri_difference", "A+B", "what your spine looks like", BOTH), ("mri_difference", "A+B", "how a disc works", BOTH),
    ("mri_difference", "A+B", "looked normal on an MRI or CT", BOTH),
    ("treats_pain", "A", "does not treat pain", BOTH), ("treats_pain", "A", "back or neck pain comes from", BOTH),
    # During
    ("how_it_is_done", "A+B", "skin is cleaned and numbed", BOTH), ("how_it_is_done", "A+B", "thin needle", BOTH),
    ("how_it_is_done", "A+B", "center of each disc", BOTH), ("how_it_is_done", "A+B", "fluoroscopy", BOTH),
    ("how_it_is_done", "A+B", "controlled pressure", BOTH), ("how_it_is_done", "A+B", "how it spreads", BOTH),
    ("how_it_is_done", "A+B", "awake", BOTH), ("how_it_is_done", "A+B", "disc may be numbed", BOTH),
    ("how_it_is_done", "A+B", "radiologist", WEBSITE),
    ("pain_during", "A+B", "healthy disc gives little or no pain", BOTH),
    ("pain_during", "A+B", "damaged disc may bring back your usual pain or make it stronger", BOTH),
    ("pain_during", "A+B", "disc may be numbed", BOTH), ("pain_during", "A+B", "discomfort is expected", BOTH),
    ("awake", "A+B", "stay awake", BOTH), ("awake", "A+B", "asked what you feel", BOTH),
    ("position", "A+B", "depends on the level", BOTH), ("position", "A+B", "face down, on your stomach", BOTH),
    ("position", "A+B", "lumbar", BOTH), ("position", "A+B", "thoracic", BOTH),
    ("position", "A+B", "neck .*sitting up or on your back", BOTH),
    ("how_long", "A+B", "30 to 60 minutes", BOTH), ("how_long", "A+B", "15 to 40 minutes", BOTH),
    ("how_long", "A+B", "number of discs", BOTH),
    # Left to people
    ("dose", "G", "can't tell you how much", BOTH), ("dose", "G", "1-800-222-1222", BOTH), ("dose", "G", PHONE, BOTH),
    ("diagnosis", "G", "can't tell what is causing", BOTH), ("diagnosis", "G", PHONE, BOTH),
    ("not_in_instructions", "G", "instructions don't say", BOTH), ("not_in_instructions", "G", OFFICE, BOTH),
    ("insurance", "", "can't see your plan", BOTH), ("insurance", "", OFFICE, BOTH),
    ("contact", "", re.escape(FACTS["clinic"]), BOTH), ("contact", "", OFFICE, BOTH),
    ("contact", "", re.escape(FACTS["after_hours_phone"]), BOTH), ("contact", "", FACTS["hours"], BOTH),
    ("contact", "", FACTS["address"], BOTH), ("contact", "", "911", BOTH),
]  # fmt: skip

ADVICE = [
    ("self_care_soreness", "A", "1 to 3 days", BOTH), ("self_care_soreness", "A", "ice packs", BOTH),
    ("self_care_soreness", "A", "over-the-counter", BOTH), ("self_care_soreness", "A", "after 3 days", WEBSITE),
    ("self_care_usual_pain", "A", "expected if your pain comes from the tested disc", BOTH),
    ("self_care_headache", "G", "more than a day", BOTH), ("self_care_headache", "G", "when you are up", BOTH),
    ("self_care_headache", "G", "light hurts your eyes", BOTH), ("self_care_headache", "G", "stiff neck", BOTH),
    ("self_care_headache", "G", "worst headache of your life", BOTH),
    ("self_care_nausea", "G", "more than a day", BOTH), ("self_care_nausea", "G", "keep fluids down", BOTH),
    ("self_care_nausea", "G", "throw up blood", BOTH),
    ("self_care_temperature", "G", r"100\.0 °?F \(37\.8 °?C\)", BOTH), ("self_care_temperature", "G", "chills", BOTH),
    ("self_care_temperature", "G", "measure again", BOTH), ("self_care_temperature", "G", "lowers a fever", BOTH),
    ("self_care_steroid", "B", "if you were given a steroid", BOTH), ("self_care_steroid", "B", "5 out of 100", BOTH),
    ("self_care_steroid", "B", "1 to 3 days", BOTH), ("self_care_steroid", "B", "any fever", BOTH),
    ("self_care_unchanged", "G", "worse, spreads, or feels new", BOTH),
    ("urgent", "A", "urgent care or an emergency room", BOTH),
    ("urgent_repeat", "G", "urgent care or an emergency room", BOTH),
    ("general_red_flag", "A", "reason to call", BOTH),
]  # fmt: skip

ROWS = [(f"utter_answer_{topic}", *rest) for topic, *rest in ANSWERS] + [
    (f"utter_{name}", *rest) for name, *rest in ADVICE
]


@pytest.mark.parametrize(("name", "source", "pattern", "channels"), ROWS)
def test_fact(name: str, source: str, pattern: str, channels: tuple[str, ...]) -> None:
    for channel in channels:
        assert re.search(pattern, WORDING.say(name, channel, FACTS).text, re.IGNORECASE | re.DOTALL), channel
    assert {variation.source for variation in WORDING.variations(name)} == {source}


def test_every_answer_has_its_facts() -> None:
    answers = {name for name in WORDING.names() if name.startswith("utter_answer_")}
    assert answers == {row[0] for row in ROWS if str(row[0]).startswith("utter_answer_")}


def test_no_hours_but_those_of_the_instructions() -> None:
    """The instructions name 6, 24 and 24 to 48 hours; any other number of hours would be invented."""
    for name in WORDING.names():
        for variation in WORDING.variations(name):
            assert set(re.findall(r"(\d+) hours", variation.text)) <= {"6", "24", "48"}, name
