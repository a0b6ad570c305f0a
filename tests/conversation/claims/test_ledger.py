"""What a call's tools have confirmed and its caller has told, and so what may be said."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.conversation.claims import Claim, Ledger
from tests.conversation.claims.answers import ANSWERS, NOW

NUMBER = "Your complaint number is 000054324."


def ledger(*after: str, at: str | None = NOW, **arguments: str) -> Ledger:
    """The ledger of a call in which these answers came."""
    found = Ledger(public=frozenset({"112"}))
    found.answered(None if at is None else datetime.fromisoformat(at), 0.0)
    for name in after:
        tool, result = ANSWERS[name]
        found.returned(tool, arguments, result)
    return found


def unbacked(found: Ledger, text: str, now: float = 0.0) -> list[str]:
    """The kinds of what nothing backs in a text."""
    return [claim.kind for claim in found.judge(text, now) if not claim.backed]


def test_a_number_is_backed_by_the_tool_that_gave_it():
    """Nothing else gives one, and what comes later is counted from then on."""
    found = ledger()
    assert found.judge(NUMBER, 0.0) == (Claim(NUMBER, "number", backed=False),)
    found.returned(*_answer("registered"))
    assert found.judge(NUMBER, 0.0) == (Claim(NUMBER, "number", backed=True),)
    assert unbacked(found, "Your complaint number is 000054325.") == ["number"]


def test_each_kind_of_claim_is_told_once_of_a_sentence():
    """Backed only where all of its kind are; each sentence is judged for itself."""
    found = ledger("registered")
    text = "It is registered as 000054324, not as 000054329 or 54324. A crew is on the way."
    claims = found.judge(text, 0.0)
    assert {claim.text for claim in claims if not claim.backed} == {"A crew is on the way."}
    assert len({(claim.text, claim.kind) for claim in claims}) == len(claims)


def test_what_the_caller_told_may_be_read_back():
    """A number that is not a complaint's, a time, a cause; but not that something was done about it."""
    found = ledger()
    found.told("my number is 99904 17365 and the cable burnt at five")
    found.knows(["2990417365"], unheard=False)
    assert unbacked(found, "I have 9990417365 and consumer number 2990417365.") == []
    assert unbacked(found, "The cable burnt at five, I understand.") == []
    assert unbacked(found, "Your complaint number is 9990417365.") == ["number"]
    found.knows([], unheard=False)
    assert unbacked(found, "I have consumer number 2990417365.") == ["number"]


def test_words_that_are_not_written_down_yet_may_hold_any_number_but_a_complaint_s():
    """The engine has heard them, we have not."""
    found = ledger()
    found.knows([], unheard=True)
    assert unbacked(found, "I have the number 2990417365.") == []
    found.knows([], unheard=True)
    assert unbacked(found, NUMBER) == ["number"]


def test_numbers_that_anybody_may_be_given():
    """Helplines."""
    assert unbacked(ledger(), "Our helpline is 112, dial 112 at once.") == []


@pytest.mark.parametrize(
    ("said", "now", "true"),
    [
        ("Supply should be back by half past nine tonight.", 0, True),
        ("Supply should be back in about three and a half hours.", 0, True),
        ("Supply should be back in about two and a half hours.", 0, False),
        ("Supply should be back in about two and a half hours.", 3_600, True),
        ("Supply should be back by half past nine tonight.", 5 * 3_600, False),
        ("Supply should be back soon.", 0, False),
        ("Supply should be back soon.", 3_600, True),
        ("Supply was to be back by half past nine.", 5 * 3_600, True),
    ],
)
def test_times_are_compared_by_the_clock_of_the_call(said, now, true):
    """What lies ahead moves with it; what has passed is no promise any more."""
    assert (unbacked(ledger("registered_outage"), said, now) == []) is true


def test_without_the_time_of_the_call_no_time_is_backed():
    """But one that was named in words is."""
    assert unbacked(ledger("registered_outage", at=None), "Supply should be back by half past nine tonight.") == [
        "time"
    ]
    assert unbacked(ledger("callback", at=None), "We call you within thirty minutes.") == []
    assert unbacked(ledger("callback", at=None), "We call you by nine.") == ["time"]


def test_a_wait_in_minutes_is_a_time_that_is_named():
    """Of the line to a person."""
    found = ledger()
    found.returned("agent", {}, {"ok": True, "wait_min": 20})
    assert unbacked(found, "A colleague calls you in about twenty minutes.") == []
    assert unbacked(found, "A colleague calls you in about forty minutes.") == ["time"]


def test_what_a_tool_refuses_tells_of_its_complaint():
    """That it is open, closed, or that another stands for it."""
    found = ledger()
    found.returned("reopen", {"complaint_number": "000054321"}, {"ok": False, "reason": "already_open"})
    assert unbacked(found, "Complaint 000054321 is open already.") == ["number"]
    assert unbacked(found, "That complaint is still open.") == []
    assert unbacked(found, "That complaint is resolved.") == ["status"]
    other = {"ok": False, "reason": "another_open", "message": "complaint 000054330 of the same place is open"}
    found.returned("reopen", {"complaint_number": "000054322"}, other)
    assert unbacked(found, "The same fault is registered under 000054330.") == []


def test_a_near_number_may_be_asked_about():
    """It may not be told as the caller's."""
    found = ledger()
    near = {"ok": False, "reason": "unknown_number", "nearest": "000054324"}
    found.returned("complaint_status", {"complaint_number": "000054334"}, near)
    assert unbacked(found, "Do you mean 000054324?") == []
    assert unbacked(found, "Your complaint number is 000054324.") == ["number"]


def test_an_outage_counts_where_the_tool_has_done_nothing_else():
    """A place is asked for before anything is registered, and the outage there is told with that."""
    found = ledger()
    outage = {"cause": "cable fault", "expected_at": "2026-11-30T21:30:00+05:30"}
    found.returned("no_supply", {}, {"ok": False, "reason": "need_place", "outage": outage, "area": "Alpha 1"})
    assert unbacked(found, "There is a cable fault in your area, supply is expected by half past nine.") == []
    assert unbacked(found, "Your complaint is registered.") == ["commitment"]


def test_what_is_not_as_a_tool_should_write_it_backs_nothing():
    """A sum or a load that is none, a rule without its hours."""
    found = ledger()
    found.returned("bill_due", {}, {"ok": True, "amount_due": "unknown", "due_date": "never"})
    found.returned(
        "account_info", {}, {"ok": True, "load_kw": "some", "category": None, "last_payment": {"amount": True}}
    )
    found.returned(
        "compensation", {}, {"ok": True, "rules": [{"event": "x", "per_day_inr": None, "after_hours": None}]}
    )
    assert unbacked(found, "Your bill is 900 rupees.") == ["amount"]
    assert unbacked(found, "Your load is five kilowatts.") == ["status"]
    assert unbacked(found, "After eight hours you get 100 rupees a day.") == ["amount", "time"]


def test_only_so_much_is_remembered():
    """The oldest answers and words go first, and of a very long text the end is not looked at."""
    found = ledger("registered")
    for _ in range(64):
        found.returned("language", {}, {"ok": True, "language": "hi"})
        found.told("x" * 3_000)
    assert unbacked(found, NUMBER) == ["number"]
    assert unbacked(ledger(), "word " * 500 + "number 000054399") == []


@given(st.text(max_size=120))
def test_any_text_can_be_judged(text):
    """Nothing breaks it, and each claim tells its own sentence."""
    assert all(claim.text in text for claim in ledger("registered_outage", "bill").judge(text, 0.0))


def _answer(name: str) -> tuple[str, dict[str, str], dict[str, object]]:
    tool, result = ANSWERS[name]
    return tool, {}, result
