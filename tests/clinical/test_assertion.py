"""Denied, asked, gone, somebody else's, or a figure of speech; in doubt a red flag counts as present."""

from __future__ import annotations

import pytest

from bot.clinical import ClinicalReader

#: text → (present, denied)
DENIALS: list[tuple[str, set[str], set[str]]] = [
    ("no fever but chills", {"chills"}, {"fever"}),
    ("no fever, chills, or nausea", set(), {"fever", "chills", "nausea"}),
    ("denies fever, chills and headache", set(), {"fever", "chills", "headache"}),
    ("havent thrown up", set(), {"nausea"}),
    ("I don't have a fever", set(), {"fever"}),
    ("I do not think I have a fever", set(), {"fever"}),
    ("never had any numbness", set(), {"leg_symptom"}),
    ("fever? no", set(), {"fever"}),
    ("Any fever? Nope.", set(), {"fever"}),
    ("fever: none", set(), {"fever"}),
    ("fever no chills yes", {"chills"}, {"fever"}),
    ("fever free for two days", set(), {"fever"}),
    ("my temperature is normal", set(), {"fever"}),
    ("without fever or chills", set(), {"fever", "chills"}),
    ("no weight gain, headaches or nausea", set(), {"headache", "nausea"}),
    ("no signs of infection", set(), {"infection_sign"}),
    ("no, I have a fever", {"fever"}, set()),
    ("no my leg is numb", {"leg_symptom"}, set()),
    ("no fever, my leg is numb", {"leg_symptom"}, {"fever"}),
    ("no fever some chills", {"chills"}, {"fever"}),
    ("no fever. chills though", {"chills"}, {"fever"}),
    ("no fever, temp was 101.2", {"fever"}, {"fever"}),
    ("not only a fever but chills too", {"fever", "chills"}, set()),
    ("not sure if it's a fever", {"fever"}, set()),
    ("I don't know if I have a fever", {"fever"}, set()),
    ("can't say I don't have a fever", {"fever"}, set()),
    ("no idea why I have chills", {"chills"}, set()),
    ("no appetite, fever", {"fever"}, set()),
    ("didn't sleep, fever and chills", {"fever", "chills"}, set()),
    ("not feeling good, chills", {"chills"}, set()),
    ("cant feel my foot, total numbness", {"leg_symptom"}, set()),
    ("cant keep anything down, vomiting nonstop", {"nausea"}, set()),
    ("I don't think it's normal that my leg is numb", {"leg_symptom"}, set()),
    ("no chest pain just dizzy", {"other"}, {"chest_pain"}),
    # A denial between a body part and its sensation
    ("my feet do not tingle", set(), {"leg_symptom"}),
    ("both legs feel normal with no tingling", set(), {"leg_symptom"}),
    ("my legs aren't numb or weak", set(), {"leg_symptom"}),
    ("my foot never went numb", set(), {"leg_symptom"}),
    ("the pain does not go down my leg", set(), {"leg_symptom"}),
    ("my leg isn't just numb, it is dead", {"leg_symptom"}, set()),
    ("my foot hasn't stopped tingling", {"leg_symptom"}, set()),
    ("my foot is not swollen but it is numb", {"leg_symptom"}, set()),
    ("my foot has never been this numb", {"leg_symptom"}, set()),
    ("numbness in my thigh that wasn't there before", {"leg_symptom"}, set()),
    ("not numb exactly, a dull feeling in my foot", {"leg_symptom"}, set()),
    # Lists with one head or one tail, and what never came
    ("None of these: fever, chills, vomiting", set(), {"fever", "chills", "nausea"}),
    ("denies: fever, chills", set(), {"fever", "chills"}),
    ("Fever, chills - no and no", set(), {"fever", "chills"}),
    ("Fever, headache, vomiting: none", set(), {"fever", "headache", "nausea"}),
    ("the nausea never showed up", set(), {"nausea"}),
    ("fever hasn't shown up so far", set(), {"fever"}),
    ("can't say I have a fever", set(), {"fever"}),
    ("I haven't got a fever", set(), {"fever"}),
    ("at no point did I vomit", set(), {"nausea"}),
    ("Fever? Not that I know of.", set(), {"fever"}),
    ("neither of us has a fever", set(), {"fever"}),
    ("nothing helps my fever", {"fever"}, set()),
    ("nothing but chills and fever", {"chills", "fever"}, set()),
    ("no wonder I have a fever", {"fever"}, set()),
]

LASTING = [
    "headache won't go away", "my headache is not getting better", "headache, Tylenol isn't touching it",
    "the headache hasn't stopped", "can't get rid of this headache", "constant headache", "headache, nothing helps",
    "headache all day", "headache is still there", "a headache that never quits",
]  # fmt: skip

GENERAL = [
    "is fever normal?", "what if I get a fever", "can the dye cause a fever?", "how do I treat a fever",
    "what counts as a fever?", "when should I call about a fever?", "what should I do for a fever",
    "like a fever?", "does everyone get a fever", "I want to know about fever after a discogram",
    "fever and dehydration, any link?", "fever vs chills, which is worse", "how do you stop a fever",
    "is it a fever at 100.4?", "Is there a chance I could get a fever?",
]  # fmt: skip

AHEAD = [
    "call if I get a fever, right?", "they told me to watch for fever", "I am worried about getting a fever",
    "I was told to call if I have a fever", "if there is a fever I will phone", "trying to avoid a fever",
    "the handout talks about fever", "my greatest worry is a fever", "scared I will get a fever",
    "they cautioned me about fever", "hoping I don't get a fever",
    "Contact our office right away for fever.", "Return to the clinic for any fever.", "Tylenol as needed for fever",
    "patient to come back to the ER should she have a fever", "Monitor for fever.", "Patient counseled about fever",
    "they told me to call for a fever that has lasted a day",
]  # fmt: skip

OWN_QUESTIONS = [
    ("is it normal that I can't feel my leg?", "leg_symptom"),
    ("why is my foot numb?", "leg_symptom"),
    ("is it normal for my leg to tingle?", "leg_symptom"),
    ("Throat hurts, fever too?", "fever"),
    ("could I have an infection?", "infection_sign"),
    ("Why do I get shivers every night?", "chills"),
    ("what makes me vomit after meals?", "nausea"),
    ("how do I stop throwing up?", "nausea"),
    ("Could the disc be causing the tingling in my leg?", "leg_symptom"),
    ("Should I worry about a headache that's lasted all week?", "headache"),
    ("What can I take for a headache? I've tried Tylenol.", "headache"),
    ("is 102.3 a dangerous fever?", "fever"),
    ("I am calling for chills", "chills"),
    ("the feeling has not returned to my leg, it is numb", "leg_symptom"),
    ("do I have a fever?", "fever"),
    ("what can I do about my fever?", "fever"),
    ("101.5, is that a fever?", "fever"),
    ("should I be worried, my leg is numb?", "leg_symptom"),
    ("is it normal for me to still have numbness in the leg", "leg_symptom"),
    ("is it ok that the needle site is leaking?", "infection_sign"),
    ("is a fever that began last night a problem? I mean mine.", "fever"),
    ("they said to watch for a fever and now I have one", "fever"),
    ("doctor said call if I get a fever, well I have chills", "chills"),
    ("if this is an infection what do I do, there is pus", "infection_sign"),
]

FIGURES = [
    "just chill on the couch", "that was a fever dream", "cabin fever is real", "soccer fever", "exam fever",
    "looking for a temp job", "they gave me a numbing shot", "sick of waiting", "dying to know the results", "101 FM",
    "what a headache", "insurance is such a headache", "this paperwork is a headache", "a cold drink", "hay fever",
    "my phone is dead", "dead tired", "pain management clinic", "heavy traffic", "a hot dog", "red wine",
    "the printer is choking on paper", "my laptop won't wake up", "the table leg is weak", "we shook hands",
    "numb to all the news", "tingling with anticipation", "got chills watching the anthem", "the car is wheezing",
    "I have heartburn pills", "the room temperature is 72", "cold feet about the wedding",
]  # fmt: skip


@pytest.mark.parametrize(("text", "present", "denied"), DENIALS)
def test_denial(reader: ClinicalReader, text: str, present: set[str], denied: set[str]) -> None:
    findings = reader.read(text)
    red = {item.symptom for item in findings.present}
    assert present <= red
    assert {item.symptom for item in findings.items if item.negated} >= denied
    assert red & denied <= present


@pytest.mark.parametrize("text", LASTING)
def test_relief_denied_is_a_lasting_symptom(reader: ClinicalReader, text: str) -> None:
    headache = [item for item in reader.read(text).present if item.symptom == "headache"]
    assert any(item.persistent for item in headache)


@pytest.mark.parametrize("text", GENERAL)
def test_general_question(reader: ClinicalReader, text: str) -> None:
    (finding,) = (item for item in reader.read(text).items if item.symptom == "fever")
    assert finding.hypothetical
    assert finding.question


@pytest.mark.parametrize("text", AHEAD)
def test_what_has_not_happened(reader: ClinicalReader, text: str) -> None:
    (finding,) = (item for item in reader.read(text).items if item.symptom == "fever")
    assert finding.hypothetical
    assert not finding.question


@pytest.mark.parametrize(("text", "symptom"), OWN_QUESTIONS)
def test_question_about_oneself_is_a_report(reader: ClinicalReader, text: str, symptom: str) -> None:
    assert symptom in {item.symptom for item in reader.read(text).present}


@pytest.mark.parametrize("text", ["what if I just took them all", "if I kill myself who cares", "is suicide painless?"])
def test_self_harm_counts_also_when_hypothetical(reader: ClinicalReader, text: str) -> None:
    assert "self_harm" in {item.symptom for item in reader.read(text).present}


@pytest.mark.parametrize("text", FIGURES)
def test_figure_of_speech(reader: ClinicalReader, text: str) -> None:
    assert {item.symptom for item in reader.read(text).present} <= {"other"}


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("threw up a lot", "nausea"),
        ("my throat closing now", "anaphylaxis"),
        ("the dye gave me the chills", "chills"),
        ("the car hit a bump and now my leg is numb", "leg_symptom"),
        ("car ride home then legs went numb", "leg_symptom"),
        ("hands shaking with fever", "fever"),
    ],
)
def test_no_figure_of_speech(reader: ClinicalReader, text: str, symptom: str) -> None:
    assert symptom in {item.symptom for item in reader.read(text).present}


@pytest.mark.parametrize(
    ("text", "symptom", "resolved", "historical"),
    [
        ("passed out this morning, fine now", "neuro", True, False),
        ("chest pain last night, gone", "chest_pain", True, False),
        ("my fever is gone", "fever", True, False),
        ("no more chills", "chills", True, False),
        ("had a headache but it went away", "headache", True, False),
        ("my fever came down with Tylenol", "fever", True, False),
        ("I had a fever last year", "fever", False, True),
        ("used to get numb legs years ago", "leg_symptom", False, True),
        ("had a seizure in 2015", "neuro", False, True),
        ("history of migraines", "headache", False, True),
        ("nausea stopped after a few weeks", "nausea", False, True),
        ("my fever isn't gone", "fever", False, False),
        ("chills were over by the time I got home", "chills", True, False),
        ("the tingling quit the moment the needle came out", "leg_symptom", True, False),
        ("my fever broke on Sunday", "fever", True, False),
        ("the numbness was gone yesterday but it's back", "leg_symptom", False, False),
        ("fever went away and then came back", "fever", False, False),
        ("my fever is gone and I am back at work", "fever", True, False),
        ("fainted once in high school", "neuro", False, True),
        ("hope my fever is gone soon", "fever", False, False),
        ("weaker leg than before the test", "leg_symptom", False, False),
        ("fever since last month and I still have it", "fever", False, False),
    ],
)
def test_time(reader: ClinicalReader, text: str, symptom: str, resolved: bool, historical: bool) -> None:
    finding = next(item for item in reader.read(text).items if item.symptom == symptom)
    assert (finding.resolved, finding.historical) == (resolved, historical)


def test_only_what_is_gone_is_gone(reader: ClinicalReader) -> None:
    present = {item.symptom for item in reader.read("my fever is gone but I still have chills").present}
    assert present == {"chills"}


@pytest.mark.parametrize(
    ("text", "experiencer"),
    [
        ("my husband had the discogram, he has a fever", "patient"),
        ("I am writing for my wife, she has a fever", "patient"),
        ("my mom's discogram was Monday and she has a fever", "patient"),
        ("he has a fever", "patient"),
        ("my wife thinks I have a fever", "patient"),
        ("my daughter is a nurse and says this is a fever", "patient"),
        ("my daughter said she has a fever", "other"),
        ("my son gave me his cold and now I have a fever", "patient"),
        ("I am 34 years old and have a fever", "patient"),
        ("my coworker has a fever", "other"),
        ("my daughter is at home with a fever", "other"),
        ("my dad is sick, he has a fever", "other"),
        ("my dad was treated at your office, he has a fever", "patient"),
        ("Hubby has a fever", "patient"),
        ("my spouse has a fever, what should I do for him?", "patient"),
        ("my brother had the discogram at your clinic and has a fever", "patient"),
        ("My wife had her discogram, she has a fever, should I cancel my trip?", "patient"),
        ("my husband has the flu with fever, can I still come to my test?", "other"),
        ("my toddler has a fever, may I move my discogram?", "other"),
        ("a guy at church had a discogram and a fever", "other"),
        ("everyone at work has a fever", "other"),
        ("my horse has a fever", "other"),
        ("someone help me with this fever", "patient"),
    ],
)
def test_whose_symptom(reader: ClinicalReader, text: str, experiencer: str) -> None:
    finding = next(item for item in reader.read(text).items if item.symptom == "fever")
    assert finding.experiencer == experiencer


def test_an_emergency_of_the_next_of_kin_is_never_dropped(reader: ClinicalReader) -> None:
    assert "breathing" in {item.symptom for item in reader.read("my husband can't breathe").present}


def test_too_much_medicine_is_never_anothers(reader: ClinicalReader) -> None:
    assert reader.read("my mom took too many of her pain pills").present


def test_correction_is_recorded(reader: ClinicalReader) -> None:
    assert reader.read("typo, I meant I DON'T have a fever").correction
