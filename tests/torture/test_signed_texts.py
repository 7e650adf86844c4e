"""Texts by HTTP to a running server with its real model: nothing gets in without Twilio's signature, everything that
has it does; wishes for no more texts are taken, and no symptom or question is taken for one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa

from bot.records.database import Database
from bot.records.tables import conversations, escalations, messages, text_consents
from bot.records.texting import consents
from tests.channels.sms.signed import MUTATORS, Request, valid
from tests.channels.sms.twilio import FORM, NEXT_TOKEN, PATH, PUBLIC, TOKEN, a_form, a_number, sign, texts_of
from tests.conftest import assert_ends, red_without_escalation
from tests.servers import UNLIMITED, Server, launch_server
from tests.torture.results import Results

MUTATED, SIGNED = 10_000, 1000
CORPORA = Path(__file__).parents[1] / "texting"
STOPPED = "You will get no more texts"
#: What the last hop before the server may make of a request.
HOPS: list[dict[str, str]] = [
    {}, {"Host": "10.0.0.5:8000"}, {"X-Forwarded-Host": "other.example", "X-Forwarded-Proto": "http"},
    {"X-Forwarded-Port": "8080"}, {"Forwarded": "host=evil.example;proto=http"}, {"Host": "other.example"},
    {"Content-Type": "application/x-www-form-urlencoded"},
]  # fmt: skip


class Hop:
    """The last hop before the server: sends requests byte for byte, on one connection."""

    def __init__(self, server: Server) -> None:
        address = urlsplit(server.url)
        self._connection = HTTPConnection(str(address.hostname), address.port, timeout=20)

    def send(self, request: Request, **headers: str) -> tuple[int, str]:
        path, query, body, signature = request
        given: dict[str, str | bytes] = {"Content-Type": FORM, **headers}
        if signature is not None:
            given["X-Twilio-Signature"] = signature.encode()
        self._connection.request("POST", path + (f"?{query}" if query else ""), body.encode(), given)
        answer = self._connection.getresponse()
        return answer.status, answer.read().decode()

    def text(self, body: str, number: str) -> list[str]:
        form = a_form(body, number)
        status, words = self.send((PATH, "", urlencode(form), sign(form)))
        assert status == 200
        return texts_of(words)

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    no_caps = dict.fromkeys(("AFTERCARE_TEXTS_PER_NUMBER", "AFTERCARE_TEXTS_PER_DAY"), "0")
    texting = {"AFTERCARE_PUBLIC_URL": f"{PUBLIC}#rc=2&rp=all", "TWILIO_AUTH_TOKEN": f"{NEXT_TOKEN}, {TOKEN}"}
    running = launch_server(tmp_path_factory.mktemp("texting"), "--dev", **UNLIMITED, **no_caps, **texting).wait()
    yield running
    assert_ends(running)


@pytest.fixture
def hop(server: Server) -> Iterator[Hop]:
    made = Hop(server)
    yield made
    made.close()


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    made = Database(f"sqlite:///{server.data_dir / 'aftercare.db'}")
    yield made
    assert red_without_escalation(made) == 0
    made.dispose()


def rows(database: Database) -> int:
    tables = (conversations, messages, text_consents, escalations)
    with database.read() as connection:
        return sum(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables)


def test_nothing_gets_in_without_the_signature(hop: Hop, database: Database, results: Results) -> None:
    source = random.Random(7)
    before = rows(database)
    statuses = Counter(hop.send(MUTATORS[number % len(MUTATORS)](source))[0] for number in range(MUTATED))
    stored = rows(database) - before
    results.add(
        "texts with a changed or missing signature, value, field, path or query, over HTTP",
        "0 accepted, 0 stored",
        requests=MUTATED,
        accepted=statuses[200] + statuses[204],
        stored=stored,
        statuses=", ".join(f"{status}: {count}" for status, count in sorted(statuses.items())),
    )
    assert set(statuses) <= {307, 403, 404}
    assert stored == 0


def test_everything_with_the_signature_gets_in(hop: Hop, results: Results) -> None:
    source = random.Random(8)
    statuses = Counter(hop.send(valid(source), **HOPS[number % len(HOPS)])[0] for number in range(SIGNED))
    refused = SIGNED - statuses[200]
    results.add("signed texts of every kind, over HTTP", "0 refused", requests=SIGNED, refused=refused)
    assert refused == 0


def test_wishes_and_what_only_sounds_like_one(hop: Hop, database: Database, results: Results) -> None:
    def lines(*names: str) -> dict[str, str]:
        """Text -> the number that writes it."""
        return {text: a_number() for name in names for text in (CORPORA / name).read_text("utf-8").splitlines()}

    wishes, others = lines("opting_out.txt", "opting_out_further.txt"), lines("symptoms_and_questions.txt")
    said = {text: hop.text(text, number) for text, number in {**wishes, **others}.items()}
    again = {text: hop.text("hello", number) for text, number in wishes.items()}
    with database.read() as connection:
        out = {text for text, number in {**wishes, **others}.items() if consents.opted_out(connection, number)}
    missed = sorted(wishes.keys() - out)
    confused = sorted(others.keys() & out - {"stop texting me, my leg is numb"})
    not_confirmed_once = [text for text in wishes.keys() & out if sum(STOPPED in part for part in said[text]) != 1]
    texts_after = sum(len(again[text]) for text in wishes.keys() & out)
    results.add(
        "wishes for no more texts, and symptoms and questions in their words, over HTTP",
        "97 % of wishes taken, each confirmed once, 0 texts after; 0 others taken for one",
        wishes=len(wishes),
        missed=len(missed),
        not_confirmed_once=len(not_confirmed_once),
        texts_after=texts_after,
        symptoms_and_questions=len(others),
        confused=len(confused),
        without_a_reply=sum(not said[text] for text in others),
    )
    assert len(missed) <= 0.03 * len(wishes), missed
    assert confused == []
    assert not_confirmed_once == []
    assert texts_after == 0
    assert all(said[text] for text in others)
