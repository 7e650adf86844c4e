"""The clinic's profile: the number of the hour, when the office opens, and what the loader refuses."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.clinic import ClinicError, ClinicProfile
from bot.wording import PLACEHOLDERS

EXAMPLE = Path(__file__).resolve().parent.parent / "data" / "clinic.yml"
OFFICE, AFTER_HOURS = "(217) 555-0142", "(217) 555-0187"
CHICAGO = ZoneInfo("America/Chicago")


def profile(tmp_path: Path, *changes: tuple[str, str]) -> ClinicProfile:
    """The example with some of its text replaced."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    file = tmp_path / "clinic.yml"
    file.write_text(text, encoding="utf-8")
    return ClinicProfile.load(file)


def at(local: str) -> datetime:
    """A moment on the clinic's clock, handed over in UTC as the bot does."""
    return datetime.fromisoformat(local).replace(tzinfo=CHICAGO).astimezone(timezone.utc)


@pytest.fixture
def clinic() -> ClinicProfile:
    return ClinicProfile.load(EXAMPLE)


@pytest.mark.parametrize(
    ("local", "is_open", "opens"),
    [
        ("2026-06-09T12:00", True, "now"),  # a Tuesday
        ("2026-06-09T07:59", False, "today at 8:00 AM"),
        ("2026-06-09T08:00", True, "now"),
        ("2026-06-09T16:59", True, "now"),
        ("2026-06-09T17:00", False, "Wednesday at 8:00 AM"),
        ("2026-06-09T00:00", False, "today at 8:00 AM"),
        ("2026-06-12T18:00", False, "Monday at 8:00 AM"),  # Friday evening
        ("2026-06-13T12:00", False, "Monday at 8:00 AM"),
        ("2026-05-23T12:00", False, "Tuesday at 8:00 AM"),  # Saturday before Memorial Day
        ("2026-05-25T12:00", False, "Tuesday at 8:00 AM"),  # Memorial Day itself
        ("2026-07-03T12:00", False, "Monday at 8:00 AM"),  # July 4 is a Saturday, kept on the Friday
        ("2027-12-31T12:00", False, "Monday at 8:00 AM"),  # New Year's Day 2028 is kept in the old year
        ("2026-11-25T18:00", False, "Monday at 8:00 AM"),  # Thanksgiving, then a day of the clinic's own
        ("2026-12-23T18:00", False, "Monday at 8:00 AM"),  # Christmas Eve (own), Christmas, weekend
        ("2026-10-12T12:00", True, "now"),  # Columbus Day, listed under open_on
        ("2026-11-11T12:00", False, "Thursday at 8:00 AM"),  # Veterans Day is not
        ("2026-03-08T23:00", False, "Monday at 8:00 AM"),  # the night after the clocks went forward
        ("2026-03-09T08:00", True, "now"),
        ("2026-11-01T23:00", False, "Monday at 8:00 AM"),  # and back
    ],
)
def test_open_and_opens(clinic: ClinicProfile, local: str, is_open: bool, opens: str) -> None:
    assert clinic.is_open(at(local)) is is_open
    assert clinic.opens(at(local)) == opens
    assert clinic.phone(at(local)) == (OFFICE if is_open else AFTER_HOURS)


@pytest.mark.parametrize(
    ("utc", "is_open"),
    [
        # 8:00 AM is 14:00 UTC in winter and 13:00 UTC in summer time; the change is on 2026-03-08.
        ("2026-03-06T13:59", False), ("2026-03-06T14:00", True),
        ("2026-03-09T12:59", False), ("2026-03-09T13:00", True),
        ("2026-10-30T13:00", True), ("2026-11-02T13:00", False), ("2026-11-02T14:00", True),
    ],
)  # fmt: skip
def test_daylight_saving_moves_the_opening(clinic: ClinicProfile, utc: str, is_open: bool) -> None:
    assert clinic.is_open(datetime.fromisoformat(utc).replace(tzinfo=timezone.utc)) is is_open


def test_hours_around_the_clock_change_of_a_clinic_open_at_night(tmp_path: Path) -> None:
    clinic = profile(tmp_path, ("sunday: []", 'sunday: ["00:00-24:00"]'))
    assert clinic.is_open(datetime(2026, 11, 1, 6, 30, tzinfo=timezone.utc))  # 1:30 AM for the first time
    assert clinic.is_open(datetime(2026, 11, 1, 7, 30, tzinfo=timezone.utc))  # 1:30 AM again
    assert clinic.is_open(datetime(2026, 3, 8, 8, 0, tzinfo=timezone.utc))  # 3:00 AM, just after 1:59
    assert clinic.hours.words().endswith("Sunday, 12:00 AM to 12:00 AM")


def test_any_time_zone_of_now_gives_the_same_answer(clinic: ClinicProfile) -> None:
    moment = at("2026-06-09T12:00")
    assert clinic.facts(moment) == clinic.facts(moment.astimezone(ZoneInfo("Asia/Kathmandu")))


def test_now_without_a_time_zone_is_refused(clinic: ClinicProfile) -> None:
    with pytest.raises(ValueError, match="time zone"):
        clinic.phone(at("2026-06-09T12:00").replace(tzinfo=None))


@pytest.mark.parametrize("empty", ["", '""', "null"])
def test_without_an_after_hours_number_the_office_number_stands_at_all_hours(tmp_path: Path, empty: str) -> None:
    clinic = profile(tmp_path, (f"after_hours: {AFTER_HOURS}", f"after_hours: {empty}"))
    facts = clinic.facts(at("2026-06-13T12:00"))
    assert facts["phone"] == facts["after_hours_phone"] == facts["office_phone"] == OFFICE


def test_facts_fill_every_placeholder_of_the_clinic(clinic: ClinicProfile) -> None:
    facts = clinic.facts(at("2026-06-13T12:00"))
    of_the_turn = {"reference", "symptom", "choices", "source", "version", "reviewed_by", "staff", "time"}
    assert set(facts) == PLACEHOLDERS - of_the_turn
    assert all(facts.values())
    assert facts["hours"] == "Monday to Friday, 8:00 AM to 5:00 PM"
    assert facts["clinic"] == "Example Spine Clinic (fictional)"
    assert facts["opens"] == "Monday at 8:00 AM"


def test_the_example_is_openly_fictional(clinic: ClinicProfile) -> None:
    assert "fictional" in clinic.name
    assert all("555-01" in phone for phone in (clinic.office_phone, clinic.after_hours_phone))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([('tuesday: ["08:00-17:00"]', "tuesday: []")], "Monday, 8:00 AM to 5:00 PM; Wednesday to Friday, 8:00 AM"),
        ([('monday: ["08:00-17:00"]', 'monday: ["08:30-12:00", "13:00-17:00"]')], "8:30 AM to 12:00 PM and 1:00 PM"),
        ([("saturday: []", 'saturday: ["00:15-12:30"]')], "; Saturday, 12:15 AM to 12:30 PM"),
    ],
)
def test_words_for_the_hours(tmp_path: Path, changes: list[tuple[str, str]], words: str) -> None:
    assert words in profile(tmp_path, *changes).hours.words()


def test_lunch_break(tmp_path: Path) -> None:
    clinic = profile(tmp_path, ('tuesday: ["08:00-17:00"]', 'tuesday: ["08:00-12:00", "13:00-17:00"]'))
    assert clinic.opens(at("2026-06-09T12:30")) == "today at 1:00 PM"
    assert clinic.phone(at("2026-06-09T12:30")) == AFTER_HOURS


def test_an_opening_a_week_away_or_more_carries_its_date(tmp_path: Path) -> None:
    week = ", ".join(f"2026-06-{day}" for day in range(10, 17))
    clinic = profile(tmp_path, ("[2026-11-27, 2026-12-24]", f"[{week}]"))
    assert clinic.opens(at("2026-06-09T18:00")) == "Wednesday, June 17 at 8:00 AM"


def test_state_calendar_and_no_calendar(tmp_path: Path) -> None:
    lincoln, christmas = at("2026-02-12T12:00"), at("2026-12-25T12:00")
    assert ClinicProfile.load(EXAMPLE).is_open(lincoln)
    assert not profile(tmp_path, ("calendar: US", "calendar: US-IL")).is_open(lincoln)
    none = profile(tmp_path, ("calendar: US", "calendar: ''"), ("open_on: [Columbus Day]", "open_on: []"))
    assert none.is_open(christmas)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("name: Example", "nmae: Example", ":3: nmae is not a field here; known: name"),
        ("name: Example Spine Clinic (fictional)", "", "name is missing"),
        ("name: Example Spine Clinic (fictional)", "name: ''", "name must be text"),
        ("name: Example Spine Clinic (fictional)", "name: '{phone}'", "name must be one line"),
        ("name: Example Spine Clinic (fictional)", f"name: {'long ' * 20}", "name must be one line of at most 60"),
        ("office: (217) 555-0142", "office: 555-0142", "phones.office is not a phone number"),
        ("office: (217) 555-0142", "office: call us", "phones.office is not a phone number"),
        ("office: (217) 555-0142", "office: 2175550142", "phones.office must be text; put it in quotation marks"),
        ("office: (217) 555-0142", "office: ''", "phones.office must be text"),
        ("after_hours: (217) 555-0187", "after_hours: '911'", "phones.after_hours is not a phone number"),
        ("  after_hours: (217) 555-0187", "", "phones.after_hours is missing"),
        ("country: US", "country: USA", "country must be"),
        ("country: US", "country: XX", "country must be a country's two capital letters"),
        ("states: [IL]", "states: [Illinois]", "states must be a list of two-letter codes"),
        ("states: [IL]", "states: IL", "states must be a list"),
        ("America/Chicago", "America/Springfield", "time_zone is not a time zone; use a name such as"),
        ("America/Chicago", "../../etc/passwd", "time_zone is not a time zone"),
        ('monday: ["08:00-17:00"]', 'monday: ["8 AM-5 PM"]', "hours.monday must be a list of spans"),
        ('monday: ["08:00-17:00"]', 'monday: ["17:00-08:00"]', "hours.monday must be a list of spans"),
        ('monday: ["08:00-17:00"]', 'monday: ["08:00-24:30"]', "hours.monday must be a list of spans"),
        ('monday: ["08:00-17:00"]', "monday: [8]", "hours.monday must be a list of spans"),
        ('monday: ["08:00-17:00"]', "monday: closed", "hours.monday must be a list of spans"),
        ('monday: ["08:00-17:00"]', 'monday: ["08:00-12:00", "11:00-17:00"]', "hours.monday has spans that overlap"),
        ("  sunday: []\n", "", "hours.sunday is missing"),
        ("  sunday: []", "  sundae: []", "hours.sundae is not a field here"),
        ("calendar: US", "calendar: US-XX", "holidays.calendar is not known"),
        ("calendar: US", "calendar: ZZ", "holidays.calendar is not known"),
        ("[Columbus Day]", "[Columbus Dya]", "holidays.open_on names a day that is not in the calendar: Christmas Day"),
        ("2026-11-27", "27 November", "holidays.also_closed must be a list of dates such as"),
        ('website: ""', "website: example.org", "links.website must be a full address that starts with https"),
        ("procedure_length: 15", "length: 15", "choices.length is not a field here"),
        ("phones:", "phones: none\nunused:", "unused is not a field"),
        ("country: US", "country: US\ncountry: US", "not valid YAML"),
        ("states: [IL]", "states: [IL", "not valid YAML"),
    ],
)
def test_what_the_loader_refuses(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(ClinicError) as refused:
        profile(tmp_path, (old, new))
    assert complaint in str(refused.value)
    assert str(tmp_path / "clinic.yml") in str(refused.value)


def test_a_week_without_hours_is_refused(tmp_path: Path) -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    with pytest.raises(ClinicError, match="hours have no open day"):
        profile(tmp_path, *((f'{day}: ["08:00-17:00"]', f"{day}: []") for day in days))


def test_the_line_of_the_fault_is_named(tmp_path: Path) -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    number = 1 + next(index for index, line in enumerate(lines) if line.startswith("  after_hours:"))
    with pytest.raises(ClinicError, match=rf"clinic\.yml:{number}: phones\.after_hours "):
        profile(tmp_path, (AFTER_HOURS, "'12'"))


@pytest.mark.parametrize("content", [b"", b"- a list", b"\xff\xfe", b"just words"])
def test_a_file_that_is_no_profile(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "clinic.yml"
    file.write_bytes(content)
    with pytest.raises(ClinicError, match=r"clinic\.yml"):
        ClinicProfile.load(file)


def test_a_missing_file_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ClinicError, match=r"cannot be read \(FileNotFoundError\); copy data/clinic\.yml"):
        ClinicProfile.load(tmp_path / "nowhere.yml")
