"""Random lives of escalations, with faults of the database: what must hold after every step does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any

import hypothesis
import sqlalchemy as sa
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from bot.escalation import audit, repository
from bot.escalation.model import NEWEST_KEPT, Escalation, Origin, Report, Status
from bot.escalation.service import Changed, EscalationService
from bot.escalation.steps import CallResult, NotAllowed, Outcome
from bot.records import conversations, messages
from bot.records.database import Database
from bot.records.messages import Inbound
from bot.records.tables import audit as audit_table
from bot.records.tables import messages as message_table
from bot.records.tables import metadata
from bot.settings import Settings
from bot.triage.model import Disposition, Finding
from tests.conftest import TestServices
from tests.torture.results import Results
from tests.torture.sizes import Sizes

CONVERSATIONS = ["a" * 32, "b" * 32]
STAFF = ["Ana", "Ben"]
#: Where the database fails: not at all, at the audit entry, before the commit, after it.
FAULTS = ["", "", "", "audit", "before", "after"]


class FaultyDatabase(Database):
    """A database whose next transaction fails where it is told to."""

    fault = ""

    @contextmanager
    def write(self) -> Iterator[Connection]:
        fault, self.fault = self.fault, ""
        with super().write() as connection:
            if fault == "audit":
                sa.event.listen(connection, "before_cursor_execute", _refuse_audit)
            yield connection
            if fault == "before":
                raise _broken()
        if fault == "after":
            raise _broken()


def _broken() -> OperationalError:
    return OperationalError("", {}, Exception("the connection is gone"))


def _refuse_audit(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
    if statement.startswith("INSERT INTO audit "):
        raise _broken()


class FaultyServices(TestServices):
    @cached_property
    def database(self) -> FaultyDatabase:
        return FaultyDatabase(str(self.settings.database_url), {audit.KEY_OPTION: audit.key_of("k")})


Step = Callable[[EscalationService, Escalation, str, int], Escalation]
#: The steps of staff: (needs the version, the step).
STEPS: dict[str, tuple[bool, Step]] = {
    "acknowledge": (True, lambda desk, held, by, version: desk.acknowledge(held.id, by, version)),
    "assign": (True, lambda desk, held, by, version: desk.assign(held.id, by, by, version)),
    "priority": (True, lambda desk, held, by, version: desk.set_priority(held.id, by, version % 7, "why", version)),
    "close": (True, lambda desk, held, by, version: desk.close(held.id, by, Outcome.ADVISED, "told", version)),
    "say nothing": (
        True,
        lambda desk, held, by, version: desk.close(held.id, by, Outcome.ADVISED, "", version),
    ),
    "reopen": (True, lambda desk, held, by, version: desk.reopen(held.id, by, "called back", version)),
    "note": (False, lambda desk, held, by, version: desk.note(held.id, by, "a note")),
    "call": (False, lambda desk, held, by, version: desk.log_call(held.id, by, CallResult.NO_ANSWER)),
}


class LifeCycle(RuleBasedStateMachine):
    def __init__(self, made: Settings, done: Counter[str]) -> None:
        super().__init__()
        self.done = done
        self.done["lives"] += 1
        self.services = FaultyServices(made)
        with self.services.database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        self.desk = self.services.escalations
        #: What each member of staff has on the screen.
        self.seen: dict[tuple[str, str], int] = {}
        self.before: dict[str, Escalation] = {}
        #: Steps of staff that were committed, by reference.
        self.steps: Counter[str] = Counter()
        self.filed: set[int] = set()
        self.sent = 0

    def teardown(self) -> None:
        self.sweep()
        with self.services.database.read() as connection:
            assert messages.red_without_escalation(connection, self.services.now() + timedelta(days=999)) == []
        self.services.database.dispose()

    def now(self) -> dict[str, Escalation]:
        return {item.id: item for item in self.desk.list()}

    # What happens

    @initialize(conversation=st.sampled_from(CONVERSATIONS))
    def begin(self, conversation: str) -> None:
        self.report(conversation, ["fever"], Disposition.URGENT, "")

    @rule(
        conversation=st.sampled_from(CONVERSATIONS),
        symptoms=st.lists(st.sampled_from(["fever", "chills", "rash"]), max_size=2),
        disposition=st.sampled_from([Disposition.EMERGENCY, Disposition.URGENT, Disposition.ROUTINE]),
        fault=st.sampled_from(FAULTS),
    )
    def report(self, conversation: str, symptoms: list[str], disposition: Disposition, fault: str) -> None:
        """A patient writes; storing the message goes well, filing it perhaps not."""
        self.sent += 1
        inbound = Inbound(conversation, " ".join(symptoms), "website", f"m{self.sent}")
        with self.services.database.write() as connection:
            conversations.ensure_conversation(connection, inbound, self.services.now())
            message_id, _ = messages.accept_message(connection, inbound, self.services.now())
            messages.store_screen(connection, message_id, disposition.value, {"symptoms": symptoms})
        self.file(conversation, message_id, symptoms, disposition, fault)

    @rule(fault=st.sampled_from(FAULTS))
    def report_again(self, fault: str) -> None:
        """The same message is filed a second time: a turn that was retried."""
        with self.services.database.read() as connection:
            row = connection.execute(sa.select(message_table).order_by(message_table.c.id.desc())).first()
        symptoms, disposition = row.screen["symptoms"], Disposition(row.screen_disposition)
        self.file(row.conversation_id, row.id, symptoms, disposition, fault)

    def file(
        self, conversation: str, message_id: int, symptoms: list[str], disposition: Disposition, fault: str
    ) -> None:
        findings = tuple(Finding(key, key) for key in symptoms)
        report = Report(disposition, Origin.ACTION, findings=findings, note="reported")
        self.services.database.fault = fault
        try:
            with self.services.database.write() as connection:
                self.desk.file_within(connection, conversation, "website", report, message_id)
        except OperationalError:
            self.done["faults"] += 1
            assert fault in ("before", "after")
        else:
            self.done["reports"] += 1
            assert fault in ("", "audit")  # filing writes no audit entry
        if fault != "before":
            self.filed.add(message_id)

    @rule()
    def sweep(self) -> None:
        with self.services.database.read() as connection:
            rows = messages.red_without_escalation(connection, self.services.now() + timedelta(days=999))
        for row in rows:
            self.file(row.conversation_id, row.id, row.screen["symptoms"], Disposition.URGENT, "")

    @rule(minutes=st.sampled_from([1, 60, 60 * 24 * 4, -60]))
    def clock(self, minutes: int) -> None:
        self.services.pass_time(minutes=minutes)

    @rule(
        by=st.sampled_from(STAFF),
        which=st.integers(0, 50),
        name=st.sampled_from(sorted(STEPS)),
        fault=st.sampled_from(FAULTS),
        times=st.sampled_from([1, 1, 1, 2]),
        looks=st.booleans(),
    )
    def step(self, by: str, which: int, name: str, fault: str, times: int, looks: bool) -> None:
        """A member of staff does something, perhaps twice, with what they see now or saw earlier."""
        if looks or not any(who == by for who, _ in self.seen):
            self.seen.update({(by, item.id): item.version for item in self.now().values()})
        known = [identity for (who, identity) in self.seen if who == by]
        if not known:
            return
        identity = known[which % len(known)]
        for _ in range(times):
            self.once(by, identity, name, fault)
            fault = ""

    def once(self, by: str, identity: str, name: str, fault: str) -> None:
        now = self.now()
        held, version = now[identity], self.seen[by, identity]
        versioned, step = STEPS[name]
        self.services.database.fault = fault
        try:
            changed = step(self.desk, held, by, version)
        except Changed as refused:
            self.done["refused"] += 1
            shown = refused.escalation
            assert versioned
            assert version != held.version
            assert shown == held
        except NotAllowed:
            self.done["refused"] += 1
            assert not self.allowed(name, held, now)
        except OperationalError:
            self.done["faults"] += 1
            self.steps[identity] += fault == "after"
        else:
            self.done["steps"] += 1
            assert fault == ""
            assert not versioned or version == held.version
            assert self.allowed(name, held, now)
            assert changed == self.now()[identity]
            self.steps[identity] += 1
            self.seen[by, identity] = changed.version
        finally:
            self.services.database.fault = ""

    @staticmethod
    def allowed(name: str, held: Escalation, now: dict[str, Escalation]) -> bool:
        closed = held.status is Status.CLOSED
        if name == "reopen":
            others = [item for item in now.values() if item.conversation_id == held.conversation_id]
            return closed and all(item.status is Status.CLOSED for item in others)
        if name == "acknowledge":
            return held.status is Status.OPEN
        if name == "priority":
            return not closed and held.version % 7 != held.priority
        return name in ("note", "call") or (not closed and name != "say nothing")

    # What must hold after every step

    @invariant()
    def one_open_at_most(self) -> None:
        opened = Counter(item.conversation_id for item in self.now().values() if item.status is not Status.CLOSED)
        assert not opened or max(opened.values()) == 1

    @invariant()
    def every_filed_report_is_held(self) -> None:
        now = self.now()
        with self.services.database.read() as connection:
            for message_id in self.filed:
                held = now[str(repository.holding(connection, message_id))]
                assert message_id in {item["message_id"] for item in held.notes}

    @invariant()
    def states_say_who_and_when(self) -> None:
        for item in self.now().values():
            seen = item.status is not Status.OPEN
            closed = item.status is Status.CLOSED
            assert [bool(item.acknowledged_by), bool(item.acknowledged_at)] == [seen] * 2
            assert [bool(item.closed_by), bool(item.closed_at), bool(item.outcome)] == [closed] * 3
            assert bool(item.close_comment) == closed

    @invariant()
    def each_change_counts_and_loses_nothing(self) -> None:
        now = self.now()
        assert self.before.keys() <= now.keys()
        for identity, old in self.before.items():
            new = now[identity]
            assert new == old or new.version > old.version
            assert new.notes[: len(old.notes)] == old.notes
            for part in ("findings", "criteria"):
                self.evidence_stays(getattr(old, part), getattr(new, part))
            assert new.disposition.at_least(old.disposition)
            if old.status is Status.CLOSED and new.status is not Status.CLOSED:
                reasons = [note for note in new.notes[len(old.notes) :] if note.get("kind") == "reopened"]
                assert reasons
                assert all(note["note"] for note in reasons)
        self.before = now

    @staticmethod
    def evidence_stays(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> None:
        """What is new stands at the end; of the rest, only what says the same as an earlier one may go."""
        if new[: len(old)] != old:
            assert len(new) > NEWEST_KEPT
            assert {item["symptom"] for item in old} <= {item["symptom"] for item in new}
            # A report brings two at most.
            assert all(item in new for item in old[2 - NEWEST_KEPT :])

    @invariant()
    def each_step_of_staff_has_its_entry(self) -> None:
        with self.services.database.read() as connection:
            assert audit.verify(connection) == []
            rows = connection.execute(sa.select(audit_table.c.subject, audit_table.c.data)).all()
        assert Counter(row.subject.removeprefix("escalation/") for row in rows) == +self.steps
        versions = [(row.subject, json.loads(row.data)["version"]) for row in rows]
        assert len(set(versions)) == len(versions)


def test_every_life_keeps_the_promises(engine: str, settings: Settings, sizes: Sizes, results: Results) -> None:
    done: Counter[str] = Counter()
    try:
        run_state_machine_as_test(
            lambda: LifeCycle(settings, done),
            settings=hypothesis.settings(
                max_examples=sizes.lives,
                stateful_step_count=sizes.steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        broken = 0
    except BaseException:
        broken = 1
        raise
    finally:
        results.add(f"life cycle of escalations, {engine}", "0 broken", broken=broken, **done)
