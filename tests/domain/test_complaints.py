"""Complaints: their numbers, their urgency and how they are shown."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.domain.complaints import (
    FIRST_SERIAL,
    HAZARD_KINDS,
    KINDS,
    OPEN_STATUSES,
    Callback,
    Complaint,
    Draft,
    Status,
    after,
    format_number,
    is_complaint_number,
    may_be_many,
    priority_of,
    reopen_until,
    see_that_it_reopens,
)
from npcl_voice.domain.consumers import Premises
from npcl_voice.errors import RuleError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

COMPLAINT = Complaint(
    complaint_number="000054324",
    status="registered",
    kind="no_supply",
    priority="high",
    premises="P-1004",
    area="Delta 1",
    registered_at=datetime(2026, 11, 22, 4, 30, tzinfo=UTC),
)


def test_a_number_has_nine_digits():
    """Leading zeros stay; the first one to give out follows the demonstration's."""
    assert format_number(FIRST_SERIAL) == "000054324"
    assert format_number(0) == "000000000"
    assert format_number(999_999_999) == "999999999"


@pytest.mark.parametrize("serial", [-1, 1_000_000_000])
def test_a_serial_that_does_not_fit_is_refused(serial):
    """No number is ever cut or carries a sign."""
    with pytest.raises(ValueError, match=f"^{serial} does not fit into 9 digits$"):
        format_number(serial)


@given(st.integers(0, 999_999_999))
def test_every_number_has_its_shape(serial):
    """What is given out is recognised, and holds its serial."""
    number = format_number(serial)
    assert is_complaint_number(number)
    assert int(number) == serial


@pytest.mark.parametrize("text", ["", "54324", "0000543240", "00005432a", " 00054324", "٠٠٠٠٥٤٣٢٤", "-00054324"])
def test_other_texts_are_no_numbers(text):
    """Neither another length nor another script's digits."""
    assert not is_complaint_number(text)


def test_how_urgent_each_kind_is():
    """Danger is an emergency, the rest as the prototypes had it."""
    assert {kind: priority_of(kind) for kind in KINDS} == {
        "no_supply": "high",
        "fluctuation": "medium",
        "meter_reading": "low",
        "wire_down": "emergency",
        "fire": "emergency",
        "shock": "emergency",
        "sparking": "emergency",
        "pole_damaged": "emergency",
        "theft": "medium",
        "other": "medium",
    }
    assert {"wire_down", "fire", "shock", "sparking", "pole_damaged"} == HAZARD_KINDS


@pytest.mark.parametrize("status", get_args(Status))
def test_which_states_are_open(status):
    """Work is owed until it is resolved or cancelled, and again when it is reopened."""
    complaint = msgspec.structs.replace(COMPLAINT, status=status)
    assert complaint.is_open() == (status not in ("resolved", "cancelled"))
    assert (status in OPEN_STATUSES) == complaint.is_open()


def test_how_a_complaint_is_shown():
    """These names in this order are what scripts read."""
    assert list(COMPLAINT.as_shown().items()) == [
        ("complaint_number", "000054324"),
        ("status", "registered"),
        ("kind", "no_supply"),
        ("priority", "high"),
        ("premises", "P-1004"),
        ("area", "Delta 1"),
        ("registered_at", "2026-11-22T10:00:00+05:30"),
        ("promise_at", None),
        ("repeats", 0),
        ("demo", False),
    ]


def test_what_is_not_said_is_not_known():
    """A complaint, a draft and a callback hold nothing that nobody gave."""
    assert (COMPLAINT.promise_at, COMPLAINT.repeats, COMPLAINT.outage_id, COMPLAINT.demo) == (None, 0, None, False)
    draft = Draft("k", "no_supply", "high", Premises("P-1", "Alpha 1"), "c")
    assert (draft.consumer_number, draft.caller_number, draft.outage_id, draft.premises.house) == (None, None, None, "")
    assert Callback(1, "9810012345", "today", "asked", "pending", COMPLAINT.registered_at).demo is False


def test_a_promise_is_shown_where_there_is_one():
    """With its zone, as all times."""
    promised = msgspec.structs.replace(
        COMPLAINT, promise_at=datetime(2026, 11, 22, 8, tzinfo=UTC), repeats=3, demo=True
    )
    shown = promised.as_shown()
    assert (shown["promise_at"], shown["repeats"], shown["demo"]) == ("2026-11-22T13:30:00+05:30", 3, True)


@pytest.mark.parametrize(
    ("step", "before", "status"),
    [
        ("assign", "registered", "assigned"),
        ("assign", "assigned", "assigned"),
        ("assign", "in_progress", "assigned"),
        ("assign", "reopened", "assigned"),
        ("close", "registered", "resolved"),
        ("close", "assigned", "resolved"),
        ("close", "in_progress", "resolved"),
        ("close", "reopened", "resolved"),
        ("reopen", "resolved", "reopened"),
    ],
)
def test_what_an_operator_may_do(step, before, status):
    """Work that is owed is given to a team and closed; what was closed is reopened."""
    assert after(step, msgspec.structs.replace(COMPLAINT, status=before)) == status


@pytest.mark.parametrize(
    ("step", "before", "reason", "said"),
    [
        ("assign", "resolved", "not_open", "is closed; reopen it before you assign it"),
        ("close", "resolved", "already_closed", "is closed already; reopen it if work is owed"),
        ("reopen", "registered", "already_open", "is open (registered); assign or close it"),
        ("reopen", "in_progress", "already_open", "is open (in_progress); assign or close it"),
        ("assign", "cancelled", "cancelled", "was cancelled; register a new one"),
        ("close", "cancelled", "cancelled", "was cancelled; register a new one"),
        ("reopen", "cancelled", "cancelled", "was cancelled; register a new one"),
    ],
)
def test_what_an_operator_may_not_do(step, before, reason, said):
    """The refusal says what to do instead."""
    with pytest.raises(RuleError) as refused:
        after(step, msgspec.structs.replace(COMPLAINT, status=before))
    assert (refused.value.reason, str(refused.value)) == (reason, f"complaint 000054324 {said}")


def test_a_complaint_is_opened_again_while_its_closing_is_fresh():
    """So many hours after its closing; one whose closing nobody noted counts from its registration."""
    closed = Complaint(
        "000054321", "resolved", "no_supply", "high", "p", "Alpha 1", NOW, closed_at=NOW + timedelta(hours=1)
    )
    see_that_it_reopens(closed, 72, NOW + timedelta(hours=73))
    assert reopen_until(NOW, 72) == NOW + timedelta(hours=72)
    for one, hours, reason in (
        (closed, 73.1, "too_late"),
        (msgspec.structs.replace(closed, closed_at=None), 72.1, "too_late"),
        (msgspec.structs.replace(closed, status="registered"), 0, "already_open"),
        (msgspec.structs.replace(closed, status="cancelled"), 0, "cancelled"),
    ):
        with pytest.raises(RuleError) as refused:
            see_that_it_reopens(one, 72, NOW + timedelta(hours=hours))
        assert refused.value.reason == reason


def test_danger_has_no_limit():
    """By its kind or by its priority."""
    place = Premises("p", "Alpha 1")
    assert may_be_many(Draft("k", "fire", "high", place, "c"))
    assert may_be_many(Draft("k", "other", "emergency", place, "c"))
    assert not may_be_many(Draft("k", "no_supply", "high", place, "c"))
