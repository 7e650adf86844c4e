"""Requests as Twilio signs them, and the same with something changed."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

from bot.channels.sms.signature import read_form
from tests.channels.sms.twilio import NEXT_TOKEN, PATH, PUBLIC, TOKEN, a_form, a_number, sign

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


def value_changed(random: random.Random) -> Request:
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


def field_changed(random: random.Random) -> Request:
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


def address_changed(random: random.Random) -> Request:
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


def signature_changed(random: random.Random) -> Request:
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


def replayed(random: random.Random) -> Request:
    path, query, body, signature = valid(random)
    form = read_form(body.encode())
    assert form is not None
    new = f"SM{random.getrandbits(128):032x}"
    names = random.choice([("MessageSid",), ("MessageSid", "SmsSid", "SmsMessageSid")])
    return path, query, urlencode({**form, **dict.fromkeys(names, new)}), signature


MUTATORS: list[Callable[[random.Random], Request]] = [
    value_changed, field_changed, address_changed, signature_changed, replayed
]  # fmt: skip
