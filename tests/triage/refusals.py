"""What is wrong in a protocol file, and what its refusal must say."""

from __future__ import annotations

from typing import NamedTuple

CHILLS = """  - id: chills.present
    means: "Chills, shivering, shaking"
    symptoms: [chills]
    disposition: urgent
    response: utter_urgent
    source: A
"""
CHILLS_AGAIN = CHILLS.replace("chills.present", "chills.again")


class Refusal(NamedTuple):
    name: str
    #: A text of the shipped file, replaced by ``new`` at its first place.
    old: str
    new: str
    #: The line that is named, as it reads after the change; empty for the head of the file.
    line: str
    problem: str
    remedy: str


def chills(old: str, new: str) -> tuple[str, str]:
    assert old in CHILLS
    return CHILLS, CHILLS.replace(old, new)


REFUSALS = [
    Refusal(
        "unknown key at the top", "procedure: discogram", "procedure: discogram\nprocedures: x", "procedures: x",
        "unknown key 'procedures'", "Did you mean 'procedure'?",
    ),
    Refusal(
        "unknown key in a row", *chills("response:", "respond: x\n    response:"), "respond: x",
        "unknown key 'respond'", "Did you mean 'response'?",
    ),
    Refusal(
        "unknown key in an advice", "  file: yes\n", "  file: yes\n  extra: yes\n", "extra: yes",
        "unknown key 'extra'", "Known: ",
    ),
    Refusal(
        "missing field", *chills("    source: A\n", ""), "- id: chills.present",
        "row chills.present of criteria lacks the field 'source'", "Add source: to it",
    ),
    Refusal(
        "missing field at the top", 'version: "', 'verse: "', "", "the protocol lacks the field 'version'",
        "Add version: to it",
    ),
    Refusal(
        "version without quotes", 'version: "2026-11-22"', "version: 1.0", "version: 1.0",
        "'version' is not text in quotes", "Write text in quotes",
    ),
    Refusal(
        "empty text", *chills('"Chills, shivering, shaking"', '""'), 'means: ""', "'means' is empty",
        "Write some text",
    ),
    Refusal(
        "a symptom without a list", *chills("[chills]", "chills"), "symptoms: chills", "'symptoms' is not a list",
        "Write a list such as [fever]",
    ),
    Refusal(
        "a list of numbers", *chills("[chills]", "[1]"), "symptoms: [1]", "'symptoms' is not a list of words",
        "[fever]",
    ),
    Refusal(
        "yes_no in other words", "  file: yes\n", "  file: true\n", "file: true", "'file' is neither yes nor no",
        "Write yes or no",
    ),
    Refusal(
        "unknown symptom key", *chills("[chills]", "[chill]"), "symptoms: [chill]", "unknown symptom key 'chill'",
        "Did you mean 'chills'?",
    ),
    Refusal(
        "unknown disposition", *chills("urgent\n    resp", "urgnt\n    resp"), "disposition: urgnt",
        "unknown disposition 'urgnt'", "Did you mean 'urgent'?",
    ),
    Refusal(
        "none is no advice", *chills("urgent\n    resp", "none\n    resp"), "disposition: none",
        "unknown disposition 'none'", "Known: emergency",
    ),
    Refusal(
        "unknown condition", "{reading_at_least: 100.0}", "{temperature: 100.0}", "when: {temperature",
        "unknown condition 'temperature'", "Known: status",
    ),
    Refusal(
        "unknown word of a condition", "when: {new: [yes]}", "when: {new: [maybe]}", "when: {new: [maybe]}",
        "the condition 'new' has a wrong value", "'maybe' is not one of: yes, no, unknown",
    ),
    Refusal(
        "condition: number", "{reading_at_least: 100.0}", "{reading_at_least: hot}", "{reading_at_least: hot}",
        "the condition 'reading_at_least' has a wrong value", "Write a number",
    ),
    Refusal(
        "condition: yes or no", "{reading_known: no}", "{reading_known: 0}", "{reading_known: 0}",
        "the condition 'reading_known' has a wrong value", "Write yes or no",
    ),
    Refusal(
        "condition: list", "{marks: [postural]}", "{marks: postural}", "{marks: postural}",
        "the condition 'marks' has a wrong value", "Write a list of words",
    ),
    Refusal(
        "condition: empty range", "{from: 3, to: 28}", "{from: 30, to: 28}", "{from: 30, to: 28}",
        "the condition 'days_since_procedure' has a wrong value", "The range is empty",
    ),
    Refusal(
        "condition: half days", "{from: 3, to: 28}", "{from: 2.5}", "{from: 2.5}",
        "the condition 'days_since_procedure' has a wrong value", "days are whole numbers",
    ),
    Refusal(
        "condition: strange range", "{from: 3, to: 28}", "{after: 3}", "{after: 3}",
        "the condition 'days_since_procedure' has a wrong value", "Write for example {from: 3, to: 28}",
    ),
    Refusal(
        "condition: range of unknown alone, mistyped", "{unknown: yes}}", "{unknown: perhaps}}",
        "{unknown: perhaps}", "the condition 'days_since_procedure' has a wrong value", "Write yes or no",
    ),
    Refusal(
        "conditions that are no block", "when: {new: [yes]}", "when: new", "when: new",
        "'when' is not a block of named fields", "Write a block",
    ),
    Refusal(
        "partner is no key", "100.0, together_with: [chills]", "100.0, together_with: [shivers]",
        "together_with: [shivers]", "the condition 'together_with' has a wrong value",
        "'shivers' is neither a symptom key",
    ),
    Refusal(
        "partner row is not there", "together_with: [fever.reading_normal]", "together_with: [fever.normal]",
        "- id: fever.warm", "row fever.warm names 'fever.normal' in together_with, and there is no such row",
        "Name a row's id",
    ),
    Refusal(
        "partner row names rows", "together_with: [fever.reading_normal]",
        "together_with: [meningitis.stiff_neck_and_more]", "- id: fever.warm", "which itself names rows",
        "symptom keys only",
    ),
    Refusal(
        "id without a dot", *chills("id: chills.present", "id: chills"), "- id: chills",
        "the id 'chills' has no dot", "symptom.what",
    ),
    Refusal(
        "duplicate id", *chills("id: chills.present", "id: fever.reported"),
        "- id: fever.reported\n    means: \"Chills", "duplicate id 'fever.reported'",
        "Give it another id; the first is at line",
    ),
    Refusal(
        "contradiction", CHILLS,
        CHILLS + CHILLS_AGAIN.replace("urgent\n    resp", "routine\n    resp"),
        "- id: chills.again", "row chills.again contradicts row chills.present at line",
        "Change the conditions of one",
    ),
    Refusal(
        "contradiction under conditions that exclude nothing", CHILLS,
        CHILLS + CHILLS_AGAIN.replace("urgent\n    resp", "routine\n    when: {new: [unknown, no, yes]}\n    resp"),
        "- id: chills.again", "routine against urgent for chills under the same conditions", "remove one",
    ),
    Refusal(
        "repetition", CHILLS, CHILLS + CHILLS_AGAIN, "- id: chills.again",
        "row chills.again repeats row chills.present", "remove one",
    ),
    Refusal(
        "words instead of a response", *chills("utter_urgent", "Call us"), "response: Call us",
        "the response 'Call us' does not start with utter_", "Name a response",
    ),
    Refusal(
        "advice without a response", *chills("    response: utter_urgent\n", ""), "- id: chills.present",
        "lacks the field 'response'", "Add response:",
    ),
    Refusal("unknown source", *chills("source: A", "source: C"), "source: C", "unknown source 'C'", "Known: A, B, G"),
    Refusal(
        "clarify without a question", "    ask: temperature\n", "", "disposition: clarify",
        "row fever.warm is clarify and asks nothing", "Add ask:",
    ),
    Refusal(
        "a question that delays advice", *chills("    source: A", "    ask: duration\n    source: A"),
        "ask: duration", "row chills.present is urgent and asks 'duration'",
        "only an urgent row may ask onset after it",
    ),
    Refusal(
        "unknown question kind", "    ask: temperature\n", "    ask: fever\n", "ask: fever", "unknown ask 'fever'",
        "Known: presence",
    ),
    Refusal(
        "two questions of a kind", "  - kind: duration\n", "  - kind: temperature\n",
        "- kind: temperature\n    response: utter_ask_duration", "there are two questions of the kind 'temperature'",
        "Keep one; the other is at line",
    ),
    Refusal(
        "a question without its way out", "    unanswered:\n", "    answered:\n", "- kind: temperature",
        "the question temperature lacks 'unanswered'", "Add unanswered:",
    ),
    Refusal(
        "onset that takes effect unanswered", "    answered:\n",
        "    unanswered: {disposition: urgent, response: utter_urgent, means: x}\n    answered:\n",
        "unanswered: {disposition: urgent, response: utter_urgent, means: x}", "the question onset has 'unanswered'",
        "Only onset",
    ),
    Refusal(
        "a wording for no key", "{headache: utter_ask_headache_duration", "{migraine: utter_ask_headache_duration",
        "response_for: {migraine", "unknown symptom key 'migraine'", "Known: ",
    ),
    Refusal(
        "no question in a row", "questions_in_a_row: 2", "questions_in_a_row: 0", "questions_in_a_row: 0",
        "'questions_in_a_row' is below 1", "Write 1 or more",
    ),
    Refusal(
        "questions in a row as text", "questions_in_a_row: 2", "questions_in_a_row: yes", "questions_in_a_row: yes",
        "'questions_in_a_row' is not a whole number", "Write a whole number",
    ),
    Refusal(
        "a key without a row", CHILLS, "", "", "no row covers the symptom key 'chills'",
        "Add a row with symptoms: [chills]",
    ),
    Refusal(
        "an emergency key under a condition", "    symptoms: [breathing]\n",
        "    symptoms: [breathing]\n    when: {uncertain: no}\n", "",
        "the emergency key 'breathing' has no row without conditions", "may never depend on a condition",
    ),
    Refusal(
        "an emergency key below urgent", "    symptoms: [breathing]\n    disposition: emergency",
        "    symptoms: [breathing]\n    disposition: routine", "",
        "the emergency key 'breathing' has no row without conditions", "may never depend",
    ),
    Refusal(
        "a row without fields", CHILLS, CHILLS + "  - chills\n", "- chills\n", "a row of 'criteria' has no fields",
        "Write fields with names",
    ),
    Refusal(
        "a repeated YAML key", *chills("    source: A", "    source: A\n    source: A"), "source: A\n    source: A",
        "found duplicate key", "repeated keys",
    ),
    Refusal("broken YAML", *chills("[chills]", "[chills"), "", "", "Check indentation"),
]  # fmt: skip
