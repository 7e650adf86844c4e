"""What is over or long past, whose it is, and what is only said so; beside each the near neighbour that is real."""

from __future__ import annotations

import pytest

from bot.clinical import ClinicalReader

#: text → symptoms that are there now
TIME: list[tuple[str, set[str]]] = [
    # An end in any wording
    ("shivering most of April, then never again", set()),
    ("my dizzy vomiting fits went from every morning to almost never", set()),
    ("the vomiting only lasted two days and I was fine after that", set()),
    ("I outgrew my seizures", set()),
    ("finally over the fever I picked up three weeks ago", set()),
    ("woke up with numb legs every night while I was on it, gone since I quit taking it", set()),
    ("headaches during the first month, then my body adjusted and they stopped on their own", set()),
    ("Past medical history: seizures, migraine", set()),
    ("My leg was so weak I could hardly climb stairs. That was two years ago.", set()),
    ("my back used to hurt every day, surgery fixed it", set()),
    # No end, or there again
    ("my leg tingled the whole five months I was on it", {"leg_symptom"}),
    ("the numbness got better for a few weeks and then came back", {"leg_symptom"}),
    ("fever for the first three days and it's still here", {"fever"}),
    ("my headache went away but it's back and worse", {"headache"}),
    ("it used to be one foot, now my whole leg is numb", {"leg_symptom"}),
    ("had numbness before the procedure, it's worse now", {"leg_symptom"}),
    ("numb foot a month ago and it never went away", {"leg_symptom"}),
    # The time of something else
    ("I have a fever, had one last year too", {"fever"}),
    ("my discogram was a month ago and I have chills", {"chills"}),
    ("a pain in my back when I sit", {"back_pain"}),
    ("the pain in my leg is twice what it used to be", {"leg_symptom"}),
    ("used to get migraines, this headache is different and won't stop", {"headache"}),
    ("I had an infection in 2019 and this looks the same, red with pus", {"infection_sign"}),
    ("I vomited so much that I ended up in the ER", {"nausea"}),
    ("back when they did the first one all was well, this time I have a fever", {"fever"}),
]

PERSON: list[tuple[str, set[str]]] = [
    ("my friend's mother has chest pain", set()),
    ("my coworker's husband had a discogram and got an infection", set()),
    ("a client of mine passed out", set()),
    ("a boy in my class fainted", set()),
    ("the triplets have fevers", set()),
    ("my niece's ear is dripping pus. Is it an abscess?", set()),
    ("my uncle's leg has been weak since his second stroke", set()),
    ("my wife tried this medicine and her headaches were unbearable", set()),
    ("my brother killed himself in May", set()),
    # Never silent about a life in danger
    ("my roommate says he wants to kill himself", {"self_harm"}),
    ("my daughter told me she wants to die", {"self_harm"}),
    # The writer, or the one they write for
    ("my friend had a fever after hers and now I have it", {"fever"}),
    ("I gave my daughter a ride, came home and threw up", {"nausea"}),
    ("my husband is the one who had the test. his leg is weak", {"leg_symptom"}),
    ("my neighbor drove me home and then I started vomiting", {"nausea"}),
    ("My mother had the discogram. She has a fever. Her leg is numb.", {"fever", "leg_symptom"}),
    ("Does anybody get numb toes? Mine began on the ride home.", {"leg_symptom"}),
]

FIGURES: list[tuple[str, set[str]]] = [
    ("gold rush fever hit the valley", set()),
    ("the whole town has hockey fever", set()),
    ("the mixtape opens with Chills by Nadine Moss", set()),
    ("the tablet froze twice and it's burning up", set()),
    ("shivers, pure shivers, at that key change", set()),
    ("numb to all the drama", set()),
    ("moving is stressful and the contract is a giant headache", set()),
    ("deadlines are killing me", set()),
    ("the price gave me a heart attack", set()),
    ("got cold feet and cancelled", set()),
    ("paralyzed by overthinking every email", set()),
    ("got choked up at the wedding", set()),
    ("the company is bleeding money", set()),
    # The same words of a body
    ("evening fever of 101", {"fever"}),
    ("husband fever 102 since his procedure", {"fever"}),
    ("post procedure fever", {"fever"}),
    ("I am burning up", {"fever"}),
    ("chills under three blankets while watching a movie", {"chills"}),
    ("numb to the touch on my thigh", {"leg_symptom"}),
    ("my back is killing me", {"back_pain"}),
    ("cold feet, both are numb", {"leg_symptom"}),
    ("they told me to watch the fever, it is 102", {"fever"}),
    ("paralyzed from the waist down", {"paralysis"}),
    ("the needle hole is bleeding", {"infection_sign"}),
]


@pytest.mark.parametrize(("text", "present"), [*TIME, *PERSON, *FIGURES])
def test_what_is_there_now_and_in_the_patient(reader: ClinicalReader, text: str, present: set[str]) -> None:
    found = {item.symptom for item in reader.read(text).present}
    assert found >= present
    assert present or found <= {"other"}


@pytest.mark.parametrize("text", ["fever the first two days, gone now", "passed out this morning, fine after an hour"])
def test_what_is_over_since_the_procedure_is_no_history(reader: ClinicalReader, text: str) -> None:
    (finding,) = (item for item in reader.read(text).items if item.symptom in ("fever", "neuro"))
    assert (finding.resolved, finding.historical) == (True, False)
