"""A call-back name and number: what counts as one, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clinic import ClinicProfile
from bot.conversation.contact import Certainty, read_contact

CLINIC = ClinicProfile.load(Path(__file__).resolve().parents[2] / "data" / "clinic.yml")


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("Pat Sample, 555-555-0148", "Pat Sample", "+15555550148"),
        ("my name is Pat O'Sample and my number is (555) 555-0148", "Pat O'Sample", "+15555550148"),
        ("555.555.0148", "", "+15555550148"),
        ("+1 555 555 0148 please", "", "+15555550148"),
        ("this is Ana-Maria Sample. call me at 5555550148", "Ana-Maria Sample", "+15555550148"),
        ("José Sample 555 555 0148", "José Sample", "+15555550148"),
    ],
)
def test_a_number_that_was_asked_for(text: str, name: str, phone: str) -> None:
    contact = read_contact(text, asked=True, clinic=CLINIC)
    assert contact is not None
    assert (contact.certainty, contact.phone) == (Certainty.GIVEN, phone)
    assert contact.name in (name, "") if " and " in text else contact.name == name


@pytest.mark.parametrize("text", ["call me at 555-555-0148", "My cell is 555-555-0148, my leg is numb"])
def test_a_number_that_was_not_asked_for(text: str) -> None:
    contact = read_contact(text, asked=False, clinic=CLINIC)
    assert contact is not None
    assert contact.phone == "+15555550148"


@pytest.mark.parametrize(
    "text",
    [
        "fever 101.5", "my temperature was 99.8 at 10:30", "2026-11-20", "the code is 555-555-0148",
        "Pat Sample", "yes", "", "🤒", "my pain is 8/10",
    ],
)  # fmt: skip
def test_no_contact_where_none_was_asked_for(text: str) -> None:
    assert read_contact(text, asked=False, clinic=CLINIC) is None


def test_the_clinics_own_number_is_nobodys_contact() -> None:
    text = f"I called {CLINIC.office_phone} and nobody answers"
    assert read_contact(text, asked=True, clinic=CLINIC) is None


@pytest.mark.parametrize("text", ["555-0148", "55555501", "12345678901234567890"])
def test_digits_that_are_no_number(text: str) -> None:
    contact = read_contact(text, asked=True, clinic=CLINIC)
    assert contact is not None
    assert contact.certainty is Certainty.INCOMPLETE


@pytest.mark.parametrize("text", ["Pat", "Pat Sample.", "my name is Pat Sample"])
def test_a_bare_name_is_perhaps_a_contact(text: str) -> None:
    contact = read_contact(text, asked=True, clinic=CLINIC)
    assert contact is not None
    assert (contact.certainty, contact.phone) == (Certainty.PERHAPS, "")
    assert contact.name.startswith("Pat")


def test_a_name_may_come_unasked() -> None:
    contact = read_contact("my name is Pat Sample", asked=False, clinic=CLINIC)
    assert contact is not None
    assert (contact.certainty, contact.name) == (Certainty.PERHAPS, "Pat Sample")


@pytest.mark.parametrize(
    "text",
    ["I already told you that my leg is numb", "101.5", "what?", "I'm not giving you my number", "it's for my back"],
)
def test_other_answers_are_none(text: str) -> None:
    assert read_contact(text, asked=True, clinic=CLINIC) is None
