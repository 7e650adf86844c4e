"""What the responses themselves must hold: every fact in both lengths, the number first, nothing forbidden."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.clinic import ClinicProfile
from bot.triage.model import ALL_KEYS, Disposition
from bot.wording import ANSWER, FRAGMENTS, SOURCES, SYMPTOM_NAMES, Message, Wording

DATA = Path(__file__).resolve().parents[2] / "data"
WORDING = Wording.load(DATA / "responses")
CLINIC = ClinicProfile.load(DATA / "clinic.yml")
LONGEST_SYMPTOM = max((WORDING.say(name, "sms", {}).text for name in SYMPTOM_NAMES), key=len)
FACTS = {
    # On New Year's Eve the words for the next opening are at their longest.
    **CLINIC.facts(datetime(2026, 12, 31, 23, 30, tzinfo=timezone.utc)),
    "reference": "K7QX-4MZP",
    "symptom": LONGEST_SYMPTOM,
    "choices": "1 Can I get stronger pain medicine? 2 What are the side effects of the steroid? "
    "3 When do I get my results?",
    "source": max(
        (WORDING.say(f"utter_source_{source.replace('+', '_')}", "sms", {}).text for source in SOURCES), key=len
    ),
    "version": "2026-11-22",
    "reviewed_by": "Casey Example, RN",
    "staff": "Casey Example, RN",
    "time": "12:45 PM",
}
PHONE = FACTS["phone"]
CHANNELS = ("website", "sms")

TOPICS = [
    "soreness", "usual_pain", "pain_relief", "prescription_pain_medicine", "activity", "driving", "work", "results",
    "ct_scan", "when_to_call", "steroid_effects",
    "eating_drinking", "ride_home", "medicines", "blood_thinners", "allergies", "pregnancy", "infection_before",
    "pre_call", "what_to_bring",
    "what_is_discogram", "why_discogram", "who_is_it_for", "mri_difference", "treats_pain",
    "how_it_is_done", "pain_during", "awake", "position", "how_long",
    "contact", "insurance", "dose", "diagnosis", "not_in_instructions",
]  # fmt: skip
ADVICE = {
    Disposition.EMERGENCY: "emergency emergency_self_harm emergency_overdose unread_emergency",
    Disposition.URGENT: "urgent urgent_repeat urgent_overdose noted bilingual still_call told correction unread media",
    Disposition.CLARIFY: "ask_headache_duration ask_nausea_duration ask_duration ask_back_pain_course ask_temperature"
    " ask_procedure_day ask_presence ask_leg_onset",
    Disposition.ROUTINE: "routine routine_other routine_resolved hand_off unread_routine",
    Disposition.SELF_CARE: "self_care_soreness self_care_usual_pain self_care_headache self_care_nausea"
    " self_care_temperature self_care_steroid self_care_unchanged",
}
CONVERSATION = [
    "general_red_flag", "filed", "filed_emergency", "filed_routine", "not_filed", "safe_reply", "notice", "greet",
    "goodbye", "thank", "bot", "choices", "menu", "out_of_scope", "empty", "too_long", "nothing_pending",
    "anything_else", "nobody_answers", "called", "seen", "correction_calm", "thank_urgent", "call_first",
    "question_later", "offer_contact", "contact_noted", "contact_invalid", "follow_up", "follow_up_unclear",
    "where_from", "where_from_reviewed", "where_from_general", "never_mind", "please_answer", "start_over", "day_noted",
    "other_language", "one_moment", "acknowledged", "care_team_here", "handed_back", "staff_call_us", "staff_no_answer",
    "staff_how_now", "staff_tell_more", "staff_visit",
    "notice_brief", "texts_stopped", "texts_started", "texts_help", "texts_fallback", "location",
]  # fmt: skip
ADVISED = {f"utter_{name}": given for given, names in ADVICE.items() for name in names.split()}
NAMES = (
    set(ADVISED)
    | {f"utter_answer_{topic}" for topic in TOPICS}
    | {f"utter_{name}" for name in CONVERSATION}
    | FRAGMENTS
    # A clinic's own topics, added by data alone.
    | {name for name in WORDING.names() if name.startswith(ANSWER)}
)
SENTENCES = sorted(NAMES - FRAGMENTS)

# 3GPP TS 23.038, section 6.2.1: the default alphabet, and the extension table (two septets each).
GSM7_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENSION = frozenset("\f^{}\\[~]|€")
#: No false comfort, no dose or name of a medicine, no promise of what a person did or will do.
FORBIDDEN = (
    "!", "we told", "told the nurse", "don.t worry", "nothing to worry", "it.s nothing", r"\bno need to\b",
    r"\byou are safe\b", r"(?<!sure )\bit is safe\b", r"\b(is|are|looks) normal\b", r"\bperfectly\b",
    r"\d+ ?(mg|milligrams?|tablets?|pills?)\b", "ibuprofen", "tylenol", "acetaminophen",
    "will call you back", "has seen", "has been (told|notified)",
)  # fmt: skip
SMS_SEPTETS = 306  # two concatenated parts of 153


def said(name: str, channel: str) -> Message:
    return WORDING.say(name, channel, FACTS)


def septets(text: str) -> int:
    return len(text) + sum(character in GSM7_EXTENSION for character in text)


def first_sentence(text: str) -> str:
    return re.split(r"(?<=[.?])\s", text)[0]


def test_every_response_of_the_bot_is_there_and_no_other() -> None:
    assert WORDING.names() == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_disposition(name: str) -> None:
    assert WORDING.disposition(name) is ADVISED.get(name, Disposition.NONE)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_no_unfilled_brace_and_plain_text(name: str) -> None:
    for channel in CHANNELS:
        text = said(name, channel).text
        assert text
        assert not re.search(r"[{}<>*_#`]|\[|\]|  ", text), text
        assert text == text.strip()


@pytest.mark.parametrize("name", SENTENCES)
def test_sms_fits_two_parts_of_the_gsm_alphabet(name: str) -> None:
    text = said(name, "sms").text
    assert not set(text) - GSM7_BASIC - GSM7_EXTENSION, set(text) - GSM7_BASIC - GSM7_EXTENSION
    assert septets(text) <= SMS_SEPTETS, septets(text)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_no_false_comfort_no_dose_no_promise(name: str) -> None:
    for channel in CHANNELS:
        found = re.search("|".join(FORBIDDEN), said(name, channel).text, re.IGNORECASE)
        # Said only when a named person has acknowledged the escalation.
        assert not found or (name == "utter_seen" and found[0] == "has seen"), found


@pytest.mark.parametrize(
    "text",
    ["Don't worry.", "Take 2 tablets.", "We told the nurse.", "That is normal.", "It is safe to drive.", "Great!"],
)
def test_the_forbidden_words_are_found(text: str) -> None:
    assert re.search("|".join(FORBIDDEN), text, re.IGNORECASE)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", [name for name, given in ADVISED.items() if given is Disposition.EMERGENCY])
def test_emergency_begins_with_the_number(name: str, channel: str) -> None:
    text = said(name, channel).text
    first = first_sentence(text)
    assert "911" in first
    assert re.match("Call ", first)
    assert len(first) <= 160
    assert PHONE in text
    assert ("1-800-222-1222" in text) == (name == "utter_emergency_overdose")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", [name for name, given in ADVISED.items() if given is Disposition.URGENT])
def test_urgent_begins_with_the_number_of_the_hour(name: str, channel: str) -> None:
    text = said(name, channel).text
    first = first_sentence(text)
    assert PHONE in first
    assert re.search("call .*now", first, re.IGNORECASE)
    assert text.find(PHONE) + len(PHONE) <= 160
    assert "911" in text


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("utter_emergency_self_harm", ("Call or text 988", "911")),
        ("utter_urgent_overdose", ("Poison Control", "1-800-222-1222", PHONE)),
        ("utter_safe_reply", ("I can't answer right now", PHONE, "911")),
        ("utter_not_filed", ("could NOT reach the clinic's staff", f"Call {PHONE} now")),
        # On SMS the number stands in the advice of the same text.
        ("utter_filed", ("reference K7QX-4MZP", "Nobody may have read it yet: call")),
        ("utter_filed_emergency", ("reference K7QX-4MZP", "Nobody may have read it yet", "call 911 now")),
        ("utter_filed_routine", ("reference K7QX-4MZP", "Nobody may have read it yet")),
        ("utter_notice", ("automated", "not a clinician", "around the clock", "911")),
        ("utter_bilingual", (PHONE, "911", f"Llame ahora al {PHONE}")),
    ],
)
def test_numbers_and_promises_come_early(name: str, numbers: tuple[str, ...], channel: str) -> None:
    text = said(name, channel).text
    for number in numbers:
        assert 0 <= text.find(number) <= 160 - len(number), number


def test_what_is_filed_names_the_number_again() -> None:
    assert f"call {PHONE} now" in said("utter_filed", "website").text
    assert FACTS["office_phone"] in said("utter_filed_routine", "website").text


@pytest.mark.parametrize("name", sorted(name for name, given in ADVISED.items() if given is Disposition.ROUTINE))
def test_routine_says_whom_to_call_when_and_what_if_it_gets_worse(name: str) -> None:
    for channel in CHANNELS:
        text = said(name, channel).text
        assert FACTS["office_phone"] in first_sentence(text)
        assert FACTS["opens"] in text
        assert PHONE in text
        assert "911" in text


@pytest.mark.parametrize("name", sorted(name for name, given in ADVISED.items() if given is Disposition.SELF_CARE))
def test_self_care_says_what_to_watch_for(name: str) -> None:
    for channel in CHANNELS:
        text = said(name, channel).text
        assert re.search(rf"Call {re.escape(PHONE)}( now)?, day or night, if", text)


@pytest.mark.parametrize("name", sorted(name for name in NAMES if name.startswith("utter_ask_")))
def test_questions(name: str) -> None:
    website, sms = said(name, "website"), said(name, "sms")
    assert "?" in website.text
    assert website.buttons
    for button in website.buttons:
        assert len(button.title) <= 25
        assert not button.payload.startswith("/")
    # On SMS "1" stands for the first button; carriers take YES, NO, STOP, CANCEL and END for themselves.
    numbered = re.findall(r"(?:Reply|,) (\d) (?:for|if)", sms.text)
    assert numbered == [str(number) for number in range(1, len(sms.buttons) + 1)]
    assert not re.search(r"\b(yes|no|stop|cancel|end|quit)\b", sms.text, re.IGNORECASE)


@pytest.mark.parametrize("name", SENTENCES)
def test_clinical_content_carries_its_source(name: str) -> None:
    clinical = name in ADVISED or name == "utter_general_red_flag" or name.startswith("utter_answer_")
    # How to reach the clinic comes from its profile; a bill is no clinical matter.
    clinical = clinical and name not in ("utter_answer_contact", "utter_answer_insurance")
    for variation in WORDING.variations(name):
        assert bool(variation.source) is clinical
        assert bool(variation.version) is clinical


@pytest.mark.parametrize("key", sorted(ALL_KEYS))
def test_symptom_names_complete_the_question(key: str) -> None:
    name = WORDING.say(f"utter_symptom_{key}", "website", {}).text
    assert not re.search(r"[.?A-Z]", name), "a part of a sentence"
    question = WORDING.say("utter_ask_presence", "sms", {"symptom": name}).text
    assert question.startswith(f"Do you have {name} now?")
