"""A question that the instructions leave open, as the lines of content that would answer it (docs/content.md)."""

from __future__ import annotations

import re

_COMMON = frozenset(
    "a an and are at be can could do does for from get have how i if in is it me my of on or should the then there to "
    "was what when where which who will with would you your".split()
)


def topic_of(question: str) -> str:
    """A name for the topic, of the question's own words; to be changed at will."""
    words = [word for word in re.findall(r"[a-z]+", question.lower()) if word not in _COMMON]
    return "_".join(words[:3]) or "new_topic"


def lines_to_add(question: str) -> str:
    """What stands in a file under data/nlu and in one under data/responses when the clinic answers it."""
    topic, asked = topic_of(question), " ".join(re.sub(r"[\"\\{}\[\]]", "", question).split())
    name = asked[:1].upper() + asked[1:]
    return f"""\
# data/nlu/our_clinic.yml
version: "3.1"
nlu:
  - intent: ask_{topic}
    examples: |
      - {asked}
      - (nineteen more ways to ask the same)

# data/responses/our_clinic.yml
version: "3.1"
responses:
  utter_answer_{topic}:
    - text: >-
        (the answer your clinicians agreed on, and what to call {{phone}} for)
      metadata: {{source: G, version: "1", reviewed_by: "(who signed it)", question: "{name}?"}}
    - channel: sms
      text: >-
        (the same in at most 306 characters)
      metadata: {{source: G, version: "1", reviewed_by: "(who signed it)"}}
"""
