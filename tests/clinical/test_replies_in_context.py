"""Replies to any question a clinician may put: ability, gone, denied, better, old, one of several."""

from __future__ import annotations

import pytest

from bot.clinical import ClinicalReader
from bot.triage.model import QuestionKind, Sense


@pytest.mark.parametrize(
    ("asked", "reply", "present"),
    [
        ("Do you have a fever?", "nope, feeling fine", []),
        ("Do you have a fever?", "I feel normal", []),
        ("Do you have a fever?", "I'm afraid so", ["fever"]),
        ("Do you have a fever?", "it's gone now", []),
        ("Do you have a fever or chills?", "just the chills", ["chills"]),
        ("Do you have a fever or chills?", "only the first one", ["fever"]),
        ("Do you have a fever or chills?", "the second one", ["chills"]),
        ("Do you have a fever or chills?", "no to the first, yes to the second", ["chills"]),
        ("Do you have a fever or chills?", "both", ["chills", "fever"]),
        ("Do you have a fever or chills?", "chills yes, fever no", ["chills"]),
        ("Do you have a fever or chills?", "negative on both", []),
        ("Any numbness or tingling?", "down to my knee", ["leg_symptom"]),
        ("Any numbness or tingling?", "No, just in my big toe", ["leg_symptom"]),
        ("Any numbness or tingling?", "same as always", ["leg_symptom"]),
        ("Any numbness or tingling?", "Nothing out of the ordinary", []),
        ("Any numbness or tingling?", "No ma'am", []),
        ("Any numbness or tingling?", "Everything feels normal down there", []),
        ("Are you able to urinate?", "No", ["bladder_bowel"]),
        ("Are you able to urinate?", "no I can't", ["bladder_bowel"]),
        ("Are you able to urinate?", "not at all", ["bladder_bowel"]),
        ("Are you able to urinate?", "Only a few drops", ["bladder_bowel", "urinary"]),
        ("Are you able to urinate?", "barely", ["bladder_bowel"]),
        ("Are you able to urinate?", "yes", []),
        ("Are you able to urinate?", "Yes, normally", []),
        ("Are you able to urinate?", "no problem there", []),
        ("Are you able to urinate?", "no problems", []),
        ("Are you able to urinate?", "just fine", []),
        ("Are you able to urinate?", "I can", []),
        ("Are you able to urinate?", "I went this morning", []),
        ("Have you been able to pee?", "nothing since yesterday", ["bladder_bowel"]),
        ("Have you been able to pee?", "I haven't", ["bladder_bowel"]),
        ("Have you been able to pee?", "Yes I have", []),
        ("Can you move your legs?", "No", ["paralysis"]),
        ("Can you move your legs?", "yes, both", []),
        ("Can you move your legs?", "just the left one", ["paralysis"]),
        ("Can you move your toes?", "of course", []),
        ("Can you walk?", "not really", ["leg_symptom"]),
        ("Can you walk?", "with difficulty", ["leg_symptom"]),
        ("Can you walk?", "yes but my leg drags", ["leg_symptom"]),
        ("Can you walk okay?", "Yes, fine", []),
        ("Can you feel your feet?", "no", ["leg_symptom"]),
        ("Can you feel your feet?", "yes I can", []),
        ("Can you feel it when you wipe?", "nope", ["saddle_numbness"]),
        ("Can you swallow okay?", "sure", []),
        ("Can you swallow okay?", "it's hard", ["neck_danger"]),
        ("Are you able to keep anything down?", "no, not even water", ["nausea"]),
        ("Are you able to keep anything down?", "yeah toast and tea", []),
        ("Do you have any trouble walking?", "none", []),
        ("Is the numbness gone?", "no", ["leg_symptom"]),
        ("Is the numbness gone?", "not yet", ["leg_symptom"]),
        ("Is the numbness gone?", "mostly", ["leg_symptom"]),
        ("Is the numbness gone?", "yes", []),
        ("Is the numbness gone?", "all gone", []),
        ("Has the fever come down?", "no it's higher", ["fever"]),
        ("Has the fever come down?", "yes", []),
        ("Has the vomiting stopped?", "Yes, thank goodness", []),
        ("Did the chills go away?", "yes but they came back", ["chills"]),
        ("Is the headache any better?", "not much", ["headache"]),
        ("No fever?", "nope", []),
        ("No fever?", "correct", []),
        ("You haven't had any chills, right?", "right", []),
        ("You haven't had any chills, right?", "Actually I have", ["chills"]),
        ("Other than the soreness, any numbness?", "no", []),
        ("Aside from nausea, do you have a fever?", "yeah", ["fever"]),
        ("Are you still having headaches?", "same as ever", ["headache"]),
        ("Are you still having headaches?", "No they stopped", []),
        ("Do you feel sick to your stomach?", "When I stand up", ["nausea"]),
        ("Do you feel sick to your stomach?", "not as much", ["nausea"]),
        ("Any nausea or vomiting?", "Nausea but no vomiting", ["nausea"]),
        ("Is there redness or swelling at the site?", "It looks clean", []),
        ("Is there redness or swelling at the site?", "some pus came out", ["infection_sign"]),
        ("How does the needle site look?", "it's oozing", ["infection_sign"]),
        ("How does the needle site look?", "clean and dry", []),
        ("How do your legs feel?", "wobbly", ["leg_symptom"]),
        ("Do you have a headache?", "yes but it's mild", ["headache"]),
        ("How long have you had the headache?", "three days", ["headache"]),
        ("How long have you had the fever?", "it started last night", ["fever"]),
        ("When did the vomiting start?", "around noon", ["nausea"]),
        ("Did you have the numbness before the discogram?", "no", ["leg_symptom"]),
        ("What is your temperature?", "one hundred and one point five", ["fever"]),
        ("Have you taken your temperature?", "yes it's 100.9", ["fever"]),
        ("Does the pain go down your legs?", "just the left", ["leg_symptom"]),
        ("Does the headache get worse when you sit up?", "yes", ["headache"]),
        ("Have you had night sweats?", "soaked the sheets", ["infection_sign"]),
        (
            "Mm-hmm. And are you having any nausea, vomiting?",
            "I feel a bit queasy but I haven't thrown up.",
            ["nausea"],
        ),
        ("So you've had some back pain. Any numbness or tingling in the legs?", "No, it's just the back.", []),
        ("Have you noticed any redness or drainage where the needle went in?", "not that I can see", []),
        ("Do you have a fever?", "No, I took it this morning and it was 98.4.", []),
        ("Do you have a fever?", "I did last night but it broke", []),
        ("Do you have a fever?", "I'm burning up", ["fever"]),
        ("Any nausea?", "I was but it's gone", []),
        ("Any vomiting?", "No vomiting, just feeling nauseated", ["nausea"]),
        ("Any weakness in your legs?", "No, they're strong.", []),
        ("Any weakness in your legs?", "My legs are fine", []),
        ("Have you had a headache since the procedure?", "On and off since Tuesday", ["headache"]),
        ("Have you had a headache since the procedure?", "I've had a few", ["headache"]),
        ("Have you had a headache since the procedure?", "It was there the first day, gone since", []),
        ("Is your leg still numb?", "Yup, still can't feel my toes", ["leg_symptom"]),
        ("Is the pain going into your leg?", "yes the right one", ["leg_symptom"]),
        ("Do you feel weak?", "I feel strong", []),
        ("Is the site still draining?", "yes, a lot", ["infection_sign"]),
        ("You said you had chills. Are they gone?", "no they're back", ["chills"]),
        ("You said you had chills. Are they gone?", "yes thankfully", []),
        ("Did the fever break?", "not yet", ["fever"]),
        ("Is your temperature back to normal?", "no", ["fever"]),
        ("Have you been able to go to the bathroom?", "no, nothing", ["bladder_bowel"]),
        ("Have you been able to go to the bathroom?", "Yes ma'am", []),
        ("Are you able to stand on your toes?", "no", ["leg_symptom"]),
        ("Can you walk without help?", "no", ["leg_symptom"]),
        ("Are you able to walk without your leg giving out?", "No", ["leg_symptom"]),
        ("Are you able to walk without your leg giving out?", "yes", []),
        ("No nausea or vomiting?", "no", []),
        ("And you haven't had any fever?", "No sir", []),
        ("Have you got a temperature?", "I haven't got one", []),
        ("Feeling hot or shivery at all?", "Neither", []),
        ("Any pins and needles?", "Used to, not now", []),
        ("Has the headache gone?", "it's a lot better", []),
        ("Has the headache gone?", "Pretty much", []),
        ("Has the headache gone?", "nope, pounding", ["headache"]),
        ("Have you vomited more than once?", "4 times", ["nausea"]),
    ],
)
def test_reply(reader: ClinicalReader, asked: str, reply: str, present: list[str]) -> None:
    findings = reader.read(reply, reader.question_from_text(asked))
    assert findings.answered
    assert sorted({item.symptom for item in findings.present}) == present


@pytest.mark.parametrize(
    ("text", "kind", "sense", "symptoms"),
    [
        ("Is this new since your discogram?", QuestionKind.ONSET, Sense.THERE, ()),
        ("How long?", QuestionKind.DURATION, Sense.THERE, ()),
        ("Did you have this before the procedure?", QuestionKind.ONSET, Sense.REVERSED, ()),
        ("Is the headache any better?", QuestionKind.COURSE, Sense.REVERSED, ("headache",)),
        ("Has the fever come down?", QuestionKind.PRESENCE, Sense.OVER, ("fever",)),
        ("And you haven't had any chills?", QuestionKind.PRESENCE, Sense.DENIED, ("chills",)),
        ("Are you able to pass urine?", QuestionKind.PRESENCE, Sense.REVERSED, ("bladder_bowel",)),
        ("Are you urinating normally?", QuestionKind.PRESENCE, Sense.REVERSED, ("bladder_bowel",)),
        ("Besides the headache, any fever?", QuestionKind.PRESENCE, Sense.THERE, ("fever",)),
        ("You had chills yesterday. Any fever today?", QuestionKind.PRESENCE, Sense.THERE, ("fever",)),
        ("How does the needle site look?", QuestionKind.PRESENCE, Sense.THERE, ("infection_sign",)),
        ("What about fever or chills?", QuestionKind.PRESENCE, Sense.THERE, ("fever", "chills")),
        ("Have you ever had chest pain before?", QuestionKind.PRESENCE, Sense.THERE, ("chest_pain",)),
    ],
)
def test_what_is_asked(
    reader: ClinicalReader, text: str, kind: QuestionKind, sense: Sense, symptoms: tuple[str, ...]
) -> None:
    question = reader.question_from_text(text)
    assert question is not None
    assert (question.kind, question.sense, question.symptoms) == (kind, sense, symptoms)


def test_a_bare_number_answers_a_question_for_a_score(reader: ClinicalReader) -> None:
    question = reader.question_from_text("On a scale of 0 to 10, how bad is your back pain?")
    assert [(item.value, item.unit) for item in reader.read("9", question).present] == [(9.0, "/10")]
