"""What a call has come to."""

import pytest

from npcl_voice.conversation.outcome import Tally

NUMBER = {"ok": True, "complaint_number": "000054324"}
DONE = {
    "hazard": {"ok": True, "complaint_number": "000054325"},
    "no_supply": NUMBER,
    "agent": {"ok": True, "window": "soon"},
    "complaint_status": {"ok": True, "complaint_number": "000054321"},
}


@pytest.mark.parametrize(
    ("tools", "outcome", "numbers"),
    [
        ([], "hung_up", ()),
        (["complaint_status"], "resolved", ()),
        (["agent"], "callback_booked", ()),
        (["no_supply"], "complaint_registered", ("000054324",)),
        (["hazard"], "emergency", ("000054325",)),
        (["complaint_status", "agent"], "callback_booked", ()),
        (["agent", "no_supply"], "complaint_registered", ("000054324",)),
        (["no_supply", "hazard", "complaint_status"], "emergency", ("000054324", "000054325")),
        (["no_supply", "no_supply"], "complaint_registered", ("000054324",)),
    ],
)
def test_the_best_that_was_reached_counts(tools, outcome, numbers):
    """Each number is told once, in the order in which it was given out; what was only looked up is none."""
    tally = Tally()
    for tool in tools:
        tally.answered(tool, DONE[tool])
    assert tally.outcome("hung_up") == outcome
    assert tally.numbers == numbers


@pytest.mark.parametrize("tool", ["repeat", "bye", "weather", "language"])
def test_some_tools_reach_nothing(tool):
    """They end as the call ends."""
    tally = Tally()
    tally.answered(tool, NUMBER)
    assert (tally.outcome("unresolved"), tally.numbers) == ("unresolved", ())


@pytest.mark.parametrize("ok", [False, None, "true", 1])
def test_a_tool_that_could_not_reaches_nothing(ok):
    """Only a plain true counts."""
    tally = Tally()
    tally.answered("no_supply", {**NUMBER, "ok": ok})
    assert (tally.outcome("failed"), tally.numbers) == ("failed", ())


def test_a_number_that_is_no_text_is_not_told():
    """The complaint counts all the same."""
    tally = Tally()
    tally.answered("no_supply", {"ok": True, "complaint_number": 54324})
    assert (tally.outcome("failed"), tally.numbers) == ("complaint_registered", ())


def test_new_cases():
    """Each once, by the tool that made it; a repeat is none, and a callback is one a number."""
    tally = Tally()
    tally.answered("no_supply", NUMBER, "9810123456")
    tally.answered("no_supply", NUMBER)
    tally.answered("no_supply", {"ok": True, "complaint_number": "000054325", "repeat": True})
    tally.answered("report_theft", {"ok": True, "complaint_number": "000054326"})
    for phone in ("9810123456", "9810123456", "9899123456", None):
        tally.answered("callback", DONE["agent"], phone)
        tally.answered("agent", DONE["agent"], phone)
    assert tally.made == {
        "no_supply": ("000054324",),
        "report_theft": ("000054326",),
        "callback": ("9810123456", "9899123456"),
    }
    assert tally.numbers == ("000054324", "000054325")
