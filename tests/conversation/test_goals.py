"""The goals: what a tool's answer sounds like, and what the table holds."""

from typing import get_args

import pytest

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals import GOALS
from npcl_voice.conversation.goals.telling import spoken_time
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.complaints import Status

NUMBER = "000054324"
GIVEN = {"complaint_number": NUMBER}


def lines_for(name, result):
    """What is said of a result; None where no tool of ours gives it."""
    step = GOALS[name].tell(Context(goal=name), result)
    return None if step is None else step.lines


def promise_of(name, result):
    """What the caller may count on."""
    return GOALS[name].promise(result)


def test_each_goal_has_the_name_of_its_intent():
    """The table is by that name."""
    assert all(goal.name == name for name, goal in GOALS.items())


def test_a_new_complaint():
    """Its number, and nothing of an outage that nobody knows of."""
    result = {"ok": True, **GIVEN, "status": "registered", "repeat": False, "area": "Delta 1", "outage": None}
    assert lines_for("no_supply", result) == (Line("registered", GIVEN),)


@pytest.mark.parametrize("repeat", [None, 1, "yes", False])
def test_only_a_plain_true_makes_it_a_repeat(repeat):
    """Whatever else stands there is no claim that it was registered before."""
    assert lines_for("no_supply", {**GIVEN, "repeat": repeat}) == (Line("registered", GIVEN),)


def test_a_complaint_that_was_there_already():
    """The same number again, and that the call was noted."""
    assert lines_for("no_supply", {**GIVEN, "repeat": True}) == (Line("registered_already", GIVEN),)


def test_an_outage_that_is_known_comes_before_the_number():
    """Where it is, when the power is expected back, then the number."""
    outage = {"cause": "cable fault", "expected_at": "2026-11-22T21:30:00+05:30"}
    assert lines_for("no_supply", {**GIVEN, "area": "Delta 1", "outage": outage}) == (
        Line("outage_known", {"area": "Delta 1"}),
        Line("outage_cause", {"cause": "cable fault"}),
        Line("outage_expected", {"time": "9:30 PM"}),
        Line("registered", GIVEN),
    )


def test_an_outage_without_a_time():
    """No time is made up."""
    outage = {"cause": None, "expected_at": None}
    assert lines_for("no_supply", {**GIVEN, "repeat": True, "area": "Delta 1", "outage": outage}) == (
        Line("outage_known", {"area": "Delta 1"}),
        Line("no_time_yet"),
        Line("registered_already", GIVEN),
    )


@pytest.mark.parametrize(("outage", "area"), [("today", "Delta 1"), ({}, None), ({}, ""), ({}, 7), (None, "Delta 1")])
def test_an_outage_of_another_shape_is_not_spoken_of(outage, area):
    """The number still is."""
    assert lines_for("no_supply", {**GIVEN, "area": area, "outage": outage}) == (Line("registered", GIVEN),)


@pytest.mark.parametrize("status", get_args(Status))
def test_every_status_has_its_sentence(status):
    """All states of a complaint can be told."""
    lines = lines_for("complaint_status", {**GIVEN, "status": status})
    assert lines == (Line(f"status_{status}", GIVEN),)
    assert load_phrases("en").gaps(lines[0].phrase) == {"complaint_number"}


@pytest.mark.parametrize("status", [None, "lost", 3])
def test_a_status_that_we_do_not_know_is_not_told(status):
    """No words rather than invented ones."""
    assert lines_for("complaint_status", {**GIVEN, "status": status}) is None


def test_an_emergency_with_and_without_its_place():
    """The place is named only when the ticket has it."""
    assert lines_for("hazard", {**GIVEN, "place": "Delta 1"}) == (
        Line("hazard_placed", {"complaint_number": NUMBER, "place": "Delta 1"}),
    )
    for place in (None, "", 5):
        assert lines_for("hazard", {**GIVEN, "place": place}) == (Line("hazard_noted", GIVEN),)


def test_a_callback():
    """With the window that was booked; without one, no words."""
    assert lines_for("agent", {"ok": True, "window": "within 30 minutes"}) == (
        Line("callback_within", {"minutes": "30"}),
    )
    for window in (None, "", 30):
        assert lines_for("agent", {"ok": True, "window": window}) is None


@pytest.mark.parametrize("tool", ["no_supply", "complaint_status", "hazard"])
@pytest.mark.parametrize("number", [None, 54324, "54324", "00005432a", "0000543240"])
def test_a_number_of_another_shape_gives_no_words(tool, number):
    """A number that no store of ours gives out is never spoken."""
    assert lines_for(tool, {"complaint_number": number, "status": "registered", "place": "Delta 1"}) is None


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        ("2026-11-22T00:00:00+05:30", "12:00 AM"),
        ("2026-11-22T11:59:00+05:30", "11:59 AM"),
        ("2026-11-22T12:05:00+05:30", "12:05 PM"),
        ("2026-11-22T13:00:00+05:30", "1:00 PM"),
        ("2026-11-22T23:59:00", "11:59 PM"),
        ("at night", None),
        (None, None),
        (2130, None),
    ],
)
def test_times_are_told_by_the_clock_on_the_wall(value, spoken):
    """Twelve hours, in the zone of the time itself; anything else is no time."""
    assert spoken_time(value) == spoken


def test_what_the_caller_may_count_on():
    """A complaint by its number, a callback, and nothing for what was only looked up."""
    assert promise_of("no_supply", {"complaint_number": NUMBER}) == "complaint 000054324"
    assert promise_of("hazard", {"complaint_number": NUMBER}) == "complaint 000054324"
    assert promise_of("agent", {"window": "soon"}) == "callback"
    assert promise_of("complaint_status", {"complaint_number": NUMBER}) is None
