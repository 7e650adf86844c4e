"""Role by route by object: every cell of the matrix. The rows come from the console's own table of routes; what is
expected of each stands here, written down a second time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.console import console_pages
from bot.console.access import COOKIE, Guard, Page
from bot.console.pages import Pages
from bot.console.people.accounts import add_account
from bot.console.people.roles import Role
from bot.console.people.sessions import begin_session
from bot.console.worklist.saved_views import save_view
from bot.escalation.model import Escalation
from bot.escalation.steps import Outcome
from bot.records.changes import Changes
from bot.records.console.tables import review_marks, sign_in_failures, staff, staff_views
from bot.records.messages import Reply, store_told
from bot.records.tables import audit, escalations, messages
from tests.conftest import TestServices
from tests.console.conftest import Browser, Person

File = Callable[..., Escalation]
pytestmark = pytest.mark.only_on("sqlite", reason="a thousand cells; none of them depends on the engine")

ANYONE, HALF_WAY = "anyone", "half way"
HALF = ("password given", "one-time password given")
ROLES = ("viewer", "nurse", "admin")
WHO = ("nobody", *HALF, "idled out", "disabled", *ROLES)
CASES = ("open", "acknowledged", "closed", "unknown")


@dataclass(frozen=True)
class Cell:
    """What is expected of a route."""

    #: The least role, or ANYONE or HALF_WAY.
    least: str
    #: Object -> the status for whoever may take the route.
    objects: dict[str, int]
    form: dict[str, str] | None = None
    passive: bool = False
    #: Where it is another status for those in one of these stages of signing in.
    stages: dict[str, int] | None = None


def case_step(statuses: tuple[int, int, int], **form: str) -> Cell:
    return Cell("nurse", dict(zip(CASES, (*statuses, 404), strict=True)), form)


SEEN = {"open": 200, "acknowledged": 200, "closed": 200, "unknown": 404}
OTHERS = {"somebody else": 303, "oneself": 409, "unknown": 409}
EXPECTED = {
    "login_form": Cell(ANYONE, {"": 200}, stages=dict.fromkeys((*HALF, *ROLES), 303)),
    "login": Cell(ANYONE, {"": 401}, {"name": "nobody", "password": "wrong"}),
    "logout": Cell(ANYONE, {"": 303}),
    "own_password_form": Cell(HALF_WAY, {"": 200}),
    "own_password": Cell(HALF_WAY, {"": 400}, {"password": "short", "again": "short"}, stages={"password given": 303}),
    "code_form": Cell(HALF_WAY, {"": 200}, stages={"one-time password given": 303}),
    "code": Cell(HALF_WAY, {"": 401}, {"code": "000000"}),
    "set_up_form": Cell(HALF_WAY, {"": 303}),
    "set_up": Cell(HALF_WAY, {"": 303}, {"secret": "A" * 32, "code": "000000"}),
    "set_up_skip": Cell(HALF_WAY, {"": 403}),
    "worklist": Cell("viewer", {"": 200}),
    "worklist_rows": Cell("viewer", {"": 200}, passive=True),
    "search": Cell("viewer", {"": 200}, {"text": "Pat"}),
    "view_save": Cell("viewer", {"": 303}, {"name": "a view", "channel": "sms"}),
    "view_forget": Cell("viewer", {"one's own": 303, "somebody else's": 404, "unknown": 404}),
    "events": Cell("viewer", {"unknown": 404}, passive=True),
    "case": Cell("viewer", SEEN),
    "case_live": Cell("viewer", SEEN, passive=True),
    "conversation": Cell("viewer", {"known": 200, "unknown": 404}),
    "conversations": Cell("viewer", {"": 200}),
    "case_acknowledge": case_step((303, 409, 409)),
    "case_assign": case_step((303, 303, 409), to="N. Example"),
    "case_note": case_step((303, 303, 303), note="a note"),
    "case_call": case_step((303, 303, 303), result="no_answer"),
    "case_priority": case_step((303, 303, 409), priority="5", reason="a reason"),
    "case_close": case_step((303, 303, 409), outcome="advised", comment="a comment", seen="999999999"),
    "case_reopen": case_step((409, 409, 303), reopen_reason="a reason"),
    "case_message": case_step((303, 303, 409), message="hello"),
    "case_take_over": case_step((303, 303, 409)),
    "case_hand_back": case_step((409, 409, 409)),
    # A known one is opened in case/test_texts.py.
    "attachment": Cell("nurse", {"unknown": 404}),
    "review": Cell("viewer", {"": 200}),
    "review_turn": Cell("nurse", {"of a patient": 200, "of the bot": 404, "unknown": 404}),
    "review_mark": Cell(
        "nurse",
        {"of a patient": 303, "of the bot": 404, "unknown": 404},
        {"kind": "missed", "present_fever": "1", "reason": "a reason"},
    ),
    "review_unmark": Cell("nurse", {"marked": 303, "of a patient": 404, "of the bot": 404, "unknown": 404}),
    "review_export": Cell("admin", {"": 200}),
    "reports": Cell("viewer", {"": 200}),
    "reports_csv": Cell("viewer", {"": 200}),
    "audit": Cell("admin", {"": 200}),
    "audit_search": Cell("admin", {"": 200}),
    "audit_verify": Cell("admin", {"": 200}),
    "people": Cell("admin", {"": 200}),
    "people_add": Cell("admin", {"": 200}, {"name": "New Example", "role": "nurse"}),
    "people_disable": Cell("admin", OTHERS),
    "people_enable": Cell("admin", OTHERS),
    "people_role": Cell("admin", OTHERS, {"role": "viewer"}),
    "people_reset": Cell("admin", {**OTHERS, "somebody else": 200}),
    "own_account": Cell("viewer", {"": 200}),
    "own_account_password": Cell("viewer", {"": 400}, {"current": "wrong", "password": "x" * 12, "again": "x" * 12}),
    "own_account_codes": Cell("viewer", {"": 400}, {"current": "wrong"}),
    "stay": Cell("viewer", {"": 204}),
}


def pages_of(services: TestServices) -> list[Page]:
    pages = Pages(services, list)
    return console_pages(services, Changes(services.database), pages, Guard(services, pages, secure=False))


class World:
    """Staff in every stage of signing in, and the objects that routes are about."""

    def __init__(self, services: TestServices, file: File) -> None:
        self._services, self._file = services, file
        self.people = {role.value: Person(services, f"{role.value.title()[0]}. Example", role) for role in Role}
        with services.database.write() as connection:
            fresh, _ = add_account(connection, "Fresh Example", Role.ADMIN, services.now())
            gone, _ = add_account(connection, "Gone Example", Role.ADMIN, services.now())
            connection.execute(staff.update().where(staff.c.id == gone.id).values(disabled_at=services.now()))
        idle = Person(services, "Idle Example", Role.ADMIN)
        self._accounts = {role: person.id for role, person in self.people.items()}
        self._accounts |= {"password given": self.people["admin"].id, "one-time password given": fresh.id}
        self._accounts |= {"idled out": idle.id, "disabled": gone.id}

    def begin(self, connection: Connection, who: str) -> str:
        """The cookie of a session of theirs."""
        if who == "nobody":
            return ""
        return begin_session(connection, self._accounts[who], who not in HALF, self._services.now())

    def path(self, page: Page, who: str, thing: str) -> str:
        """The route's address for an object in this state, made now."""
        values = {
            "reference": lambda: self._case(thing).id,
            "conversation": lambda: self._case("open").conversation_id if thing == "known" else "0" * 32,
            "account": lambda: self._account(who, thing),
            "view": lambda: self._view(who, thing),
            "message": lambda: self._message(thing),
            "medium": lambda: "999",
        }
        return re.sub(r"\{(\w+)(?::int)?\}", lambda match: str(values[match[1]]()), page.path)

    def _case(self, state: str) -> Escalation:
        escalation = self._file("a fever")
        if state == "acknowledged":
            escalation = self._services.escalations.acknowledge(escalation.id, "N. Example", 1)
        elif state == "closed":
            escalation = self._services.escalations.close(escalation.id, "N. Example", Outcome.ADVISED, "done", 1)
        elif state == "unknown":
            escalation = Escalation(**{**vars(escalation), "id": "2222-2222"})
        self.case = escalation
        return escalation

    def _account(self, who: str, thing: str) -> int:
        if thing == "oneself":
            return self.people.get(who, self.people["admin"]).id
        with self._services.database.write() as connection:
            count = connection.execute(sa.select(sa.func.count()).select_from(staff)).scalar_one()
            made, _ = add_account(connection, f"Person {count}", Role.NURSE, self._services.now())
        return made.id if thing == "somebody else" else 99_999

    def _view(self, who: str, thing: str) -> int:
        owner = self.people.get(who, self.people["admin"])
        if thing == "somebody else's":
            owner = self.people["admin" if owner is not self.people["admin"] else "nurse"]
        with self._services.database.write() as connection:
            connection.execute(staff_views.delete())
            save_view(connection, owner.id, "a view", "channel=sms")
            made = connection.execute(sa.select(staff_views.c.id)).scalar_one()
        return made if thing != "unknown" else 99_999

    def _message(self, thing: str) -> int:
        case = self._case("open")
        with self._services.database.write() as connection:
            owned = messages.c.conversation_id == case.conversation_id
            identity = connection.execute(sa.select(messages.c.id).where(owned)).scalar_one()
            if thing == "of the bot":
                said = [Reply("Hello.")]
                return store_told(connection, case.conversation_id, "website", said, "bot", self._services.now())[0]
            if thing == "marked":
                values = {"kind": "missed", "present": [], "reason": "x", "marked_by": "y"}
                connection.execute(
                    review_marks.insert().values(message_id=identity, marked_at=self._services.now(), **values)
                )
        return identity if thing != "unknown" else 99_999

    def state(self) -> tuple[object, ...]:
        """All that a refused request may not change."""
        tables = (escalations, messages, audit, review_marks, staff_views)
        with self._services.database.read() as connection:
            counts = [connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() for table in tables]
            versions = connection.execute(sa.select(escalations.c.id, escalations.c.version)).all()
            people = connection.execute(sa.select(staff.c.id, staff.c.role, staff.c.disabled_at)).all()
        return tuple(counts), tuple(versions), tuple(people)


def expected_status(cell: Cell, who: str, thing: str) -> tuple[int, bool]:
    """The status, and whether the route itself answered."""
    if cell.least == ANYONE or (cell.least == HALF_WAY and who in HALF):
        return (cell.stages or {}).get(who, cell.objects[thing]), True
    if cell.least == HALF_WAY or who in HALF:
        return 303, False
    if who not in ROLES:
        return (401 if cell.passive else 303), False
    if not Role(who).at_least(Role(cell.least)):
        return 403, False
    return cell.objects[thing], True


def test_the_table_of_routes_is_the_table_of_this_test(services: TestServices) -> None:
    assert {page.name for page in pages_of(services)} == set(EXPECTED)
    assert len(pages_of(services)) == len(EXPECTED)


def test_every_cell(services: TestServices, file: File) -> None:
    world = World(services, file)
    wrong, cells = [], 0
    with Browser(services) as browser:
        for page in pages_of(services):
            cell = EXPECTED[page.name]
            for who in WHO:
                for thing in cell.objects:
                    cells += 1
                    status, answered = expected_status(cell, who, thing)
                    given, changed = ask(browser, world, page, cell, who, thing)
                    if given != status or (changed and not answered):
                        wrong.append(f"{page.method} {page.name}, {who}, {thing or '-'}: {given}, expected {status}")
    assert not wrong, "\n".join(wrong)
    assert cells > 600


def ask(browser: Browser, world: World, page: Page, cell: Cell, who: str, thing: str) -> tuple[int, bool]:
    """The answer's status, and whether anything is different afterwards."""
    services = browser.services
    path = world.path(page, who, thing)
    if page.name == "events":
        path += "?case=2222-2222"
    with services.database.write() as connection:
        connection.execute(sign_in_failures.delete())
        # Anew each time: some routes end the session, or all those of an account.
        cookie = world.begin(connection, who)
    if who == "idled out":
        services.pass_time(minutes=15, seconds=1)
    browser.cookies.clear()
    if cookie:
        browser.cookies.set(COOKIE, cookie, domain="testserver.local", path="/staff")
    before = world.state()
    if page.method == "GET":
        answer = browser.get(path)
    else:
        version = {"version": str(world.case.version)} if "{reference}" in page.path else {}
        answer = browser.send_form(path, **version, **(cell.form or {}))
    return answer.status_code, world.state() != before
