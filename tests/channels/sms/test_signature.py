"""Nothing gets in without Twilio's signature over exactly this form and this address; everything that has it does."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.channels.sms.signature import Verifier, read_form
from bot.records.tables import conversations, messages, text_consents
from tests.channels.sms.twilio import FORM, NEXT_TOKEN, OURS, PATH, PUBLIC, TOKEN, Phone, a_form, a_number, sign
from tests.conftest import TestServices

MUTATIONS = 10_000
VALID = 1_000
#: Through the whole app, where it is slow; the rest meets the same verifier alone.
OVER_HTTP = 25

pytestmark = pytest.mark.only_on("sqlite", reason="none of this depends on the database")

Request = tuple[str, str, str, str | None]
TEXTS = [
    "my leg went numb", "", "STOP", "I'm fine 👍🏽 thanks", "fiebre de 102", "café, naïve & co.", "a=b&c=d", "50% + 1",
    "line one\nline two", " spaces ", "x" * 1600, "日本語", "#rc=2", "https://example.org/?a=1#b",
]  # fmt: skip


def a_text(random: random.Random) -> dict[str, str]:
    form = a_form(random.choice(TEXTS) + random.choice(["", " " + random.choice(TEXTS)]), a_number())
    if random.random() < 0.2:
        form.update({"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/ME1?a=b", "MediaContentType0": "image/png"})
    if random.random() < 0.2:
        form.update({"From": f"whatsapp:{form['From']}", "ProfileName": "Ann O'Néil", "WaId": form["From"][1:]})
    return form


def valid(random: random.Random) -> Request:
    """(path, query, body, signature) as Twilio sends them."""
    form = a_text(random)
    query = random.choice(["", "", "site=1", "a=1&b=", "x=%20y"])
    names = list(form)
    random.shuffle(names)
    body = urlencode({name: form[name] for name in names}, quote_via=random.choice([quote, quote_plus]))
    token = random.choice([TOKEN, NEXT_TOKEN])
    base = random.choice([PUBLIC, PUBLIC, PUBLIC + ":443"])
    return PATH, query, body, sign(form, PATH + (f"?{query}" if query else ""), token, base)


def _value_changed(random: random.Random) -> Request:
    path, query, body, signature = valid(random)
    form = read_form(body.encode())
    assert form is not None
    name = random.choice(sorted(form))
    value = form[name]
    place = random.randrange(len(value) + 1)
    letter = random.choice(string.ascii_letters + string.digits + "+ \n\x00é")
    changed = random.choice([value + letter, letter + value, value[:place] + letter + value[place:], value[1:], ""])
    if changed == value:
        changed += "x"
    return path, query, urlencode({**form, name: changed}), signature


def _field_changed(random: random.Random) -> Request:
    path, query, body, signature = valid(random)
    form = read_form(body.encode())
    assert form is not None
    name = random.choice(sorted(form))
    kind = random.choice(["removed", "renamed", "added", "twice", "same twice"])
    if kind == "removed":
        return path, query, urlencode({key: value for key, value in form.items() if key != name}), signature
    if kind == "renamed":
        return path, query, urlencode({key + "X" * (key == name): value for key, value in form.items()}), signature
    if kind == "added":
        return path, query, urlencode({**form, "Extra" + name: random.choice(["", "1"])}), signature
    other = form[name] if kind == "same twice" else form[name] + "1"
    pairs = [*form.items(), (name, other)]
    random.shuffle(pairs)
    return path, query, urlencode(pairs), signature


def _address_changed(random: random.Random) -> Request:
    path, query, body, signature = valid(random)
    kind = random.choice(["path", "fallback", "query", "more", "none"])
    if kind == "path":
        return (
            random.choice([PATH + "/", PATH + "//", "/webhooks/%73ms", "/webhooks//sms", PATH.upper()]),
            query,
            body,
            signature,
        )
    if kind == "fallback":
        return PATH + random.choice(["/fallback", "/status"]), query, body, signature
    if kind == "query" and query:
        return path, query.replace("=", "=1", 1), body, signature
    if kind == "none" and query:
        return path, "", body, signature
    return path, query + ("&" if query else "") + "text=1", body, signature


def _signature_changed(random: random.Random) -> Request:
    path, query, body, signature = valid(random)
    assert signature is not None
    form = read_form(body.encode())
    assert form is not None
    place = random.randrange(len(signature) - 2)
    flipped = signature[:place] + ("A" if signature[place] != "A" else "B") + signature[place + 1 :]
    address = PATH + (f"?{query}" if query else "")
    return path, query, body, random.choice(
        [
            None, "", " ", signature[:-1], signature[: len(signature) // 2], signature + "=", flipped,
            signature.swapcase(),
            sign(form, address, "another token of another account"), sign(form, address, f"{NEXT_TOKEN}, {TOKEN}"),
            sign(form, address, base="http://chat.example.org"), sign(form, address, base="https://evil.example.org"),
            sign(form, address, base=PUBLIC + ":8443"), sign({}, address), "é" * 28,
        ]
    )  # fmt: skip


def _replayed(random: random.Random) -> Request:
    path, query, body, signature = valid(random)
    form = read_form(body.encode())
    assert form is not None
    new = f"SM{random.getrandbits(128):032x}"
    names = random.choice([("MessageSid",), ("MessageSid", "SmsSid", "SmsMessageSid")])
    return path, query, urlencode({**form, **dict.fromkeys(names, new)}), signature


MUTATORS: list[Callable[[random.Random], Request]] = [
    _value_changed, _field_changed, _address_changed, _signature_changed, _replayed
]  # fmt: skip


def accepted(verifier: Verifier, request: Request) -> bool:
    path, query, body, signature = request
    form = read_form(body.encode())
    return form is not None and verifier.signed(path, query, form, signature or "")


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(PUBLIC + "#rc=2&rp=all", [NEXT_TOKEN, TOKEN])


def test_no_mutated_request_verifies(verifier: Verifier) -> None:
    source = random.Random(7)
    requests = [MUTATORS[number % len(MUTATORS)](source) for number in range(MUTATIONS)]
    assert [request for request in requests if accepted(verifier, request)] == []


def test_every_valid_request_verifies(verifier: Verifier) -> None:
    source = random.Random(8)
    assert [request for request in (valid(source) for _ in range(VALID)) if not accepted(verifier, request)] == []


@pytest.mark.parametrize(
    ("public", "signed"),
    [
        ("https://a.example", "https://a.example"),
        ("https://a.example", "https://a.example:443"),
        ("https://a.example:443", "https://a.example"),
        ("http://a.example", "http://a.example:80"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("https://a.example/clinic", "https://a.example/clinic"),
        ("https://a.example/clinic/#rc=3", "https://a.example/clinic"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_the_public_address_counts_in_each_of_its_forms(public: str, signed: str) -> None:
    form = a_form("hello")
    assert Verifier(public, [TOKEN]).signed(PATH, "", form, sign(form, base=signed))


def _post(client: TestClient, request: Request, **headers: str) -> int:
    path, query, body, signature = request
    given = {"content-type": FORM, **headers}
    if signature is not None:
        given["x-twilio-signature"] = signature
    encoded = {name.encode(): value.encode() for name, value in given.items()}
    address = path + (f"?{query}" if query else "")
    return client.post(address, content=body, headers=encoded, follow_redirects=False).status_code


def test_what_is_refused_leaves_nothing_behind(client: TestClient, services: TestServices) -> None:
    source = random.Random(9)
    requests = [MUTATORS[number % len(MUTATORS)](source) for number in range(4 * OVER_HTTP)]
    assert {_post(client, request) for request in requests} <= {403, 404, 307}
    with services.database.read() as connection:
        for table in (conversations, messages, text_consents):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0


def test_what_is_signed_gets_in_whatever_the_last_hop_says(client: TestClient) -> None:
    source = random.Random(10)
    hops = [
        {}, {"host": "10.0.0.5:8000"}, {"x-forwarded-host": "other.example", "x-forwarded-proto": "http"},
        {"x-forwarded-port": "8080"}, {"forwarded": "host=evil.example;proto=http"}, {"host": "other.example"},
        {"content-type": "application/x-www-form-urlencoded"},
    ]  # fmt: skip
    for number in range(OVER_HTTP):
        assert _post(client, valid(source), **hops[number % len(hops)]) == 200


def test_two_signatures_are_none(client: TestClient) -> None:
    form = a_form("hello")
    headers = [("x-twilio-signature", sign(form)), ("x-twilio-signature", "x"), ("content-type", FORM)]
    assert client.post(PATH, content=urlencode(form), headers=headers).status_code == 403


def test_a_signed_form_that_is_no_text_is_refused_in_words(client: TestClient) -> None:
    form = {"To": OURS, "EventType": "something new"}
    response = Phone(client).post(form)
    assert response.status_code == 400
    assert "555" in response.json()["message"]
