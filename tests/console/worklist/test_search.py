"""Search: by reference, name and number; the words never stand in an address."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.escalation import audit
from bot.escalation.model import Escalation
from bot.records.tables import conversations
from tests.conftest import TestServices
from tests.console.conftest import NAME, Browser
from tests.console.worklist.test_list import shown


@pytest.fixture
def patients(services: TestServices, file: Callable[..., Escalation]) -> dict[str, str]:
    """Who it is -> the reference of their case."""
    filed = {
        "Maria": file("fever"),
        "Percent": file("fever"),
        "texter": file("fever", channel="sms", address="+12175550199"),
        "client": file("fever", channel="rest", address="patient-4711"),
        "nobody": file("fever"),
        "Angela": file("fever"),
    }
    contacts = {"Maria": ("María de la Cruz", "+12175550148"), "Percent": ("100% O'Hara_x", None)}
    contacts["Angela"] = ("Ángela ÑANDÚ", None)
    with services.database.write() as connection:
        for who, (name, phone) in contacts.items():
            mine = conversations.c.id == filed[who].conversation_id
            connection.execute(conversations.update().where(mine).values(contact_name=name, contact_phone=phone))
    return {who: escalation.id for who, escalation in filed.items()}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("de la cruz", "Maria"),
        ("  María   de ", "Maria"),
        ("CRUZ", "Maria"),
        ("(217) 555-0148", "Maria"),
        ("217.555.0148", "Maria"),
        ("+1 217 555 0148", "Maria"),
        ("0148", "Maria"),
        ("+12175550199", "texter"),
        ("0199", "texter"),
        ("ángela", "Angela"),
        ("ÁNGELA", "Angela"),
        ("ñandú", "Angela"),
        ("100%", "Percent"),
        ("o'hara_", "Percent"),
        ("%", ""),
        ("__", ""),
        ("x", ""),
        ("014", ""),
        ("Smith", ""),
        ("ABCD-2345", ""),
        ("' OR 1=1 --", ""),
    ],
)
def test_search(signed_in: Browser, patients: dict[str, str], text: str, who: str) -> None:
    found = shown(signed_in.send_form("/staff/search", text=text).text)
    assert found == ([patients[who]] if who else [])


@pytest.mark.parametrize("change", [str, str.lower, lambda text: text.replace("-", ""), lambda text: f" {text} "])
def test_search_by_reference(signed_in: Browser, patients: dict[str, str], change: Callable[[str], str]) -> None:
    assert shown(signed_in.send_form("/staff/search", text=change(patients["nobody"])).text) == [patients["nobody"]]


def test_the_words_are_in_no_address_and_in_no_audit_entry(
    signed_in: Browser, services: TestServices, patients: dict[str, str]
) -> None:
    answer = signed_in.send_form("/staff/search", text="de la cruz")
    assert "cruz" not in str(answer.url)
    with services.database.read() as connection:
        (entry,) = audit.entries(connection, action="patients.searched")
    assert (entry.actor, dict(entry.data)) == (NAME, {"found": 1})


def test_a_text_that_is_too_long_is_refused(signed_in: Browser) -> None:
    assert signed_in.send_form("/staff/search", text="x" * 101).status_code == 400
