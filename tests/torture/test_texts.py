"""Texts that Twilio delivers several times, at two copies of the server: each counts once and has one reply."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.tables import messages
from tests.channels.sms.over_http import post
from tests.channels.sms.twilio import a_form, texts_of
from tests.servers import Server
from tests.torture.results import Results
from tests.torture.sizes import Sizes

AT_ONCE = 6
TEXTS = ("I have a headache", "my leg went numb", "when can I drive?", "hi", "STOP texting me please", "fever of 102")


def test_each_text_has_one_reply(copies: Sequence[Server], sizes: Sizes, results: Results) -> None:
    chance = random.Random(6)
    run = uuid.uuid4().hex[:16]
    forms = [
        a_form(chance.choice(TEXTS), f"+1{chance.randrange(10**10):010d}", sid=f"SM{run}{number:016x}")
        for number in range(sizes.ids)
    ]

    def deliver(form: dict[str, str]) -> list[tuple[int, str]]:
        times = random.Random(form["MessageSid"]).randint(1, 5)
        with ThreadPoolExecutor(times) as pool:
            answers = list(pool.map(lambda again: post(copies[again % 2], form), range(times)))
        return [(answer.status_code, answer.text) for answer in answers]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answered = list(pool.map(deliver, forms))
    database = Database(copies[0].variables["DATABASE_URL"])
    with database.read() as connection:
        mine = messages.c.channel_message_id.like(f"SM{run}%")
        stored = connection.execute(sa.select(messages.c.id).where(mine)).scalars().all()
        replies = connection.execute(
            sa.select(messages.c.replies_to, messages.c.response, sa.func.count().label("times"))
            .where(messages.c.replies_to.in_(stored))
            .group_by(messages.c.replies_to, messages.c.response)
        ).all()
    database.dispose()
    refused = sum(status != 200 for group in answered for status, _ in group)
    # The copies differ only in the address for news of deliveries.
    differing = sum(len({tuple(texts_of(words)) for _, words in group}) != 1 for group in answered)
    twice = sum(row.times > 1 for row in replies)
    results.add(
        "texts delivered 1 to 5 times, two copies",
        "each sid stored once, with one reply",
        sids=sizes.ids,
        deliveries=sum(map(len, answered)),
        stored=len(stored),
        refused=refused,
        sids_with_differing_replies=differing,
        replies_stored_twice=twice,
    )
    assert refused == 0
    assert differing == 0
    assert len(stored) == len(forms)
    assert {row.replies_to for row in replies} == set(stored)
    assert twice == 0
