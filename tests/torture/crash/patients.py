"""Patients who ask again with the same message id until they are answered, and what each of them was told."""

from __future__ import annotations

import queue
import random
import re
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from tests.channels.sms.twilio import FORM, a_form, a_number, sign, texts_of
from tests.channels.sms.twilio import PATH as TEXTS

DOORS = ("rest", "website", "sms")
RED = (
    "my leg went numb",
    "I have a fever of 102",
    "I can't pee since this morning",
    "my chest hurts and I can't breathe",
    "I have a terrible headache and a stiff neck",
)
SMALL_TALK = ("hi", "thank you", "can I shower?", "when can I drive?", "who are you?")
REFERENCE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
CLAIM = "care team's list"
#: What the replies that are not stored say of themselves.
NOTHING_IS_SURE = ("could NOT reach", "can't answer right now")
TIMEOUT_SECONDS = 15.0
#: Some patients' connections break so soon.
SHORTEST_SECONDS, SHORT_SECONDS = 0.02, 1.0
HANG_UP_SECONDS = 0.05
PAUSE_SECONDS = 0.15


@dataclass
class Said:
    """One answer: the texts, and what the database held at the moment when it was here."""

    texts: tuple[str, ...]
    #: The server had stored a reply to this message.
    stored: bool
    #: It claims what the database does not hold.
    untrue: bool

    @property
    def unsure(self) -> bool:
        return any(words in text for words in NOTHING_IS_SURE for text in self.texts)


@dataclass
class Message:
    text: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    deliveries: int = 0
    answers: list[Said] = field(default_factory=list)
    #: Answers that were no reply: (status, what they said).
    refusals: list[tuple[int, str]] = field(default_factory=list)

    @property
    def red(self) -> bool:
        return self.text in RED


@dataclass
class Patient:
    """One conversation: its messages one after the other, each until it is answered, some again after that."""

    url: str
    door: str
    messages: list[Message]
    sender: str = field(default_factory=lambda: uuid.uuid4().hex)
    #: Goes away at the first failure: then nobody but the server itself can finish what was begun.
    gives_up: bool = False
    number: str = field(default_factory=a_number)

    @property
    def public_url(self) -> str:
        """The address that texts are signed for, of a server without a public one."""
        return f"http://localhost:{urlsplit(self.url).port}"

    def talk(self, check: Callable[[str, list[str]], tuple[bool, bool]], stop: threading.Event) -> None:
        chance = random.Random(self.sender)
        session = requests.Session()
        for message in self.messages:
            again = chance.random() < 0.4
            while not stop.is_set() and (not message.answers or again):
                again = again and not message.answers
                lost = chance.random() < 0.2
                patience = chance.uniform(SHORTEST_SECONDS, SHORT_SECONDS) if lost else TIMEOUT_SECONDS
                if self._deliver(session, message, patience, check):
                    continue
                if self.gives_up and not message.answers:
                    return
                time.sleep(PAUSE_SECONDS)

    def deliver_again(self, check: Callable[[str, list[str]], tuple[bool, bool]]) -> None:
        """Every message once more, in a new connection; at the doors where the sender is all that it needs."""
        for message in () if self.door == "website" else self.messages:
            self._deliver(requests.Session(), message, TIMEOUT_SECONDS, check)

    def _deliver(
        self,
        session: requests.Session,
        message: Message,
        patience: float,
        check: Callable[[str, list[str]], tuple[bool, bool]],
    ) -> bool:
        try:
            response = self._post(session, message, patience)
        except (requests.RequestException, OSError):
            return False
        finally:
            message.deliveries += 1
        if response.status_code != 200:
            message.refusals.append((response.status_code, response.text[:200]))
            return False
        texts, references = _read(texts_of(response.text) if self.door == "sms" else response.json())
        stored, true = check(message.id, references)
        claims = bool(references) or any(CLAIM in text for text in texts)
        message.answers.append(Said(texts, stored, untrue=claims and not true))
        return True

    def _post(self, session: requests.Session, message: Message, patience: float) -> requests.Response:
        if self.door == "sms":
            form = a_form(message.text, self.number, message.id)
            headers = {"x-twilio-signature": sign(form, base=self.public_url), "content-type": FORM}
            return session.post(f"{self.url}{TEXTS}", data=urlencode(form), headers=headers, timeout=patience)
        if self.door == "rest":
            body = {"sender": self.sender, "message": message.text, "message_id": message.id}
            return session.post(f"{self.url}/webhooks/rest/webhook", json=body, timeout=patience)
        if not session.cookies:
            session.post(f"{self.url}/chat/session", json={}, timeout=TIMEOUT_SECONDS).raise_for_status()
        body = {"text": message.text, "message_id": message.id}
        return session.post(f"{self.url}/chat/messages", json=body, timeout=patience)


def _read(answer: Any) -> tuple[tuple[str, ...], list[str]]:
    """Texts of a reply, and every reference that it gives in words or as data."""
    elements = answer if isinstance(answer, list) else answer["messages"]
    elements = [{"text": element} if isinstance(element, str) else element for element in elements]
    texts = tuple(element["text"] for element in elements)
    given = [element["custom"]["escalation_id"] for element in elements if "custom" in element]
    references = [reference for text in texts for reference in REFERENCE.findall(text)]
    return texts, sorted({reference for reference in (*references, *given) if reference})


class Ward:
    """Threads that let patients talk, as many as are there."""

    def __init__(self, url: str, threads: int, check: Callable[[str, list[str]], tuple[bool, bool]]) -> None:
        self.patients: list[Patient] = []
        self._url = url
        self._check = check
        self._waiting: queue.Queue[Patient] = queue.Queue()
        self._stop = threading.Event()
        self._errors: list[BaseException] = []
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def admit(self, chance: random.Random, red: int) -> None:
        """One new patient with so many red flags among some small talk."""
        said = [Message(chance.choice(RED)) for _ in range(red)]
        said += [Message(chance.choice(SMALL_TALK)) for _ in range(chance.randint(0, 2))]
        chance.shuffle(said)
        door = chance.choice(DOORS)
        patient = Patient(self._url, door, said, gives_up=chance.random() < 0.1)
        self.patients.append(patient)
        self._waiting.put(patient)

    def leave_in_the_middle(self, count: int) -> None:
        """So many patients report a red flag at once and hang up before they can be answered."""
        leaving = [Patient(self._url, "rest", [Message(RED[0])], gives_up=True) for _ in range(count)]
        self.patients += leaving

        def hang_up(patient: Patient) -> None:
            patient._deliver(requests.Session(), patient.messages[0], HANG_UP_SECONDS, self._check)

        with ThreadPoolExecutor(count) as threads:
            list(threads.map(hang_up, leaving))

    def finish(self, seconds: float) -> None:
        """Waits until every patient has been answered.

        Raises:
            AssertionError: it took too long, or a patient's own thread failed.
        """
        until = time.monotonic() + seconds
        while self._waiting.unfinished_tasks and time.monotonic() < until and not self._errors:
            time.sleep(0.1)
        left = self._waiting.unfinished_tasks
        self._stop.set()
        for thread in self._threads:
            thread.join(TIMEOUT_SECONDS + 5)
        if self._errors:
            raise self._errors[0]
        assert not left, f"{left} patients without their answers after {seconds:.0f} s"

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                patient = self._waiting.get(timeout=0.2)
            except queue.Empty:
                continue
            try:
                patient.talk(self._check, self._stop)
            except BaseException as error:
                self._errors.append(error)
            self._waiting.task_done()
