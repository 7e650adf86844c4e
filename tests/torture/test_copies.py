"""Two copies of the server on one PostgreSQL: a message that comes several times counts once, and messages that come
at once are answered in the order in which they were accepted."""

from __future__ import annotations

import itertools
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa

from bot.records.database import Database
from bot.records.tables import conversations, escalations, messages
from tests.servers import Server
from tests.torture.patients import Answer, Delivery, deliver, percentile
from tests.torture.results import Results
from tests.torture.sizes import Sizes

#: Conversations (or ids) with messages under way. With four messages each this is eight at once and all the time, a
#: load that two copies answer well on two cores.
AT_ONCE = 2
IN_A_CONVERSATION = 4
SIMULTANEOUS = ("I have a headache", "since Sunday, it won't go away", "when can I drive?", "my leg went numb")
TEXTS = (*SIMULTANEOUS, "hi", "thank you", "I have a fever of 102", "can I shower?")


@pytest.fixture
def database(copies: Sequence[Server]) -> Iterator[Database]:
    made = Database(copies[0].variables["DATABASE_URL"])
    yield made
    made.dispose()


def stored(database: Database, senders: str) -> list[sa.engine.Row]:
    """All messages of the conversations whose senders begin so, in order, each with its sender."""
    query = sa.select(conversations.c.address, messages).join(conversations)
    with database.read() as connection:
        return connection.execute(
            query.where(conversations.c.address.startswith(senders)).order_by(messages.c.id)
        ).all()


def most_escalations(database: Database, senders: str) -> int:
    """Of any of these conversations."""
    query = sa.select(sa.func.count()).select_from(escalations.join(conversations))
    query = query.where(conversations.c.address.startswith(senders)).group_by(conversations.c.id)
    with database.read() as connection:
        return max(connection.execute(query).scalars(), default=0)


def not_in_time(answer: Answer) -> bool:
    """No answer, or one that says of itself that nothing is sure: it gives the number, and claims nothing."""
    said = " ".join(text for text, _ in answer.said)
    return answer.status == 0 or "could NOT reach" in said or "can't answer right now" in said


def test_each_message_counts_once(copies: Sequence[Server], database: Database, sizes: Sizes, results: Results) -> None:
    chance = random.Random(5)
    run = f"once-{uuid.uuid4().hex}"
    groups = []
    for number in range(sizes.ids):
        sender, text = f"{run}-{number // IN_A_CONVERSATION}", chance.choice(TEXTS)
        first = chance.randrange(2)
        groups.append(
            [Delivery(copies[(first + again) % 2], sender, text, f"m{number}") for again in range(chance.randint(1, 5))]
        )
    answers = deliver(groups, AT_ONCE)
    rows = stored(database, run)
    replies = defaultdict(list)
    for row in rows:
        if row.author == "bot":
            replies[row.replies_to].append(row.text)
    patients = [row for row in rows if row.author == "patient"]
    said = {row.channel_message_id.partition(":")[2] + row.address: replies[row.id] for row in patients}
    every = list(itertools.chain.from_iterable(answers))
    # When the computer stalls, a turn may miss its time; then the reply is honest, and a client asks again.
    late = [answer for answer in every if not_in_time(answer)]
    retried = iter(deliver([[answer.delivery] for answer in late], AT_ONCE))
    answers = [[next(retried)[0] if not_in_time(answer) else answer for answer in group] for group in answers]
    every = list(itertools.chain.from_iterable(answers))
    not_answered = sum(answer.status != 200 for answer in every)
    differing = sum(len({str(answer.said) for answer in group}) != 1 for group in answers)
    other = [
        (answer.delivery.text, answer.seconds, answer.said, replies_stored)
        for answer in every
        if [text for text, _ in answer.said]
        != (replies_stored := said.get(answer.delivery.message_id + answer.delivery.sender))
    ]
    most = most_escalations(database, run)
    results.add(
        "idempotency, two copies, PostgreSQL",
        "each id stored once, one reply, at most 1 escalation a conversation",
        ids=sizes.ids,
        deliveries=len(every),
        stored=len(said),
        not_answered=not_answered,
        answered_late=len(late),
        ids_with_differing_replies=differing,
        replies_other_than_stored=len(other),
        most_escalations=most,
    )
    assert other == [], [line for copy in copies for line in copy.log().splitlines() if '"error"' in line]
    assert len(said) == len(patients) == sizes.ids
    assert (not_answered, differing) == (0, 0)
    assert most == 1
    assert not late or not sizes.full


def test_messages_at_once_are_answered_in_order(
    copies: Sequence[Server], database: Database, sizes: Sizes, results: Results
) -> None:
    run = f"order-{uuid.uuid4().hex}"
    groups = [
        [
            Delivery(copies[(number + place) % 2], f"{run}-{number}", text, str(place))
            for place, text in enumerate(random.Random(number).sample(SIMULTANEOUS, len(SIMULTANEOUS)))
        ]
        for number in range(sizes.conversations)
    ]
    answers = list(itertools.chain.from_iterable(deliver(groups, AT_ONCE)))
    dialogues = by_sender(stored(database, run))
    lost = sizes.conversations * len(SIMULTANEOUS) - sum(
        len(dialogue) == len(SIMULTANEOUS) and all(replies for _, replies in dialogue) and len(dialogue)
        for dialogue in dialogues.values()
    )
    not_answered = sum(answer.status != 200 for answer in answers)
    out_of_order = sum(
        max(row.id for row in earlier) > min(row.id for row in later)
        for dialogue in dialogues.values()
        for (_, earlier), (_, later) in itertools.pairwise(dialogue)
    )
    alone = one_after_the_other(copies[0], database, {texts(dialogue) for dialogue in dialogues.values()})
    otherwise = sum(responses(dialogue) != alone[texts(dialogue)] for dialogue in dialogues.values())
    p95 = percentile(answers, 0.95)
    results.add(
        "order and loss, two copies, PostgreSQL",
        "0 lost, order kept, p95 < 1 s",
        conversations=sizes.conversations,
        messages=len(answers),
        at_once=AT_ONCE * len(SIMULTANEOUS),
        lost=lost,
        not_answered=not_answered,
        out_of_order=out_of_order,
        answered_otherwise_than_one_after_the_other=otherwise,
        p50=f"{percentile(answers, 0.5) * 1000:.0f} ms",
        p95=f"{p95 * 1000:.0f} ms",
        slowest=f"{percentile(answers, 1) * 1000:.0f} ms",
    )
    assert (lost, not_answered, out_of_order, otherwise) == (0, 0, 0, 0)
    # In the quick form other tests may have the computer.
    assert p95 < 1 or not sizes.full


Dialogue = list[tuple[sa.engine.Row, list[sa.engine.Row]]]


def by_sender(rows: Sequence[sa.engine.Row]) -> dict[str, Dialogue]:
    """Each conversation's messages in the order in which they were accepted, with the replies to them."""
    replies = defaultdict(list)
    for row in rows:
        if row.author == "bot":
            replies[row.replies_to].append(row)
    dialogues: dict[str, Dialogue] = defaultdict(list)
    for row in rows:
        if row.author == "patient":
            dialogues[row.address].append((row, replies[row.id]))
    return dialogues


def texts(dialogue: Dialogue) -> tuple[str, ...]:
    return tuple(row.text for row, _ in dialogue)


def responses(dialogue: Dialogue) -> list[list[str]]:
    return [[reply.response for reply in replies] for _, replies in dialogue]


def one_after_the_other(
    server: Server, database: Database, orders: set[tuple[str, ...]]
) -> dict[tuple[str, ...], list[list[str]]]:
    """What is answered to these messages when each waits for the reply to the one before."""
    run = f"alone-{uuid.uuid4().hex}"
    for number, order in enumerate(sorted(orders)):
        for text in order:
            server.say(text, sender=f"{run}-{number}")
    return {texts(dialogue): responses(dialogue) for dialogue in by_sender(stored(database, run)).values()}
