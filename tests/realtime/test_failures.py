"""The table of failures: every close code, status and error code has its reason, and the reason its action."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.realtime.failures import (
    FAILURES,
    action_of,
    advice_of,
    reason_of_close,
    reason_of_code,
    reason_of_leaving,
    reason_of_status,
    retry_after,
)
from npcl_voice.realtime.faults import ACTIONS, Action
from npcl_voice.realtime.hints import MAX_WAIT_S

TABLE = {
    Action.RETRY: """deaf ears_died no_answer server_error
        http_408 http_429 http_5xx session_expired ping close_1000 close_1001 close_1005 close_1006
        close_1011 close_1012 close_1013""",
    Action.FAIL_OVER: """dns refused unreachable timeout proxy not_ready stall protocol too_big unsendable
        close_other limits spend_call full gone""",
    Action.STOP: """quota invalid_api_key account forbidden bad_request redirect model beta tls close_1008 close_3000
        close_3xxx close_4000 close_4004 close_4xxx spend_day""",
}
ROWS = [(reason, action) for action, reasons in TABLE.items() for reason in reasons.split()]


@pytest.mark.parametrize(("reason", "action"), ROWS)
def test_a_reason_has_an_action_and_advice(reason, action) -> None:
    """What is done is written down, and what an operator reads is one line with two halves."""
    assert action_of(reason) is action
    happened, _, to_do = advice_of(reason).partition("; ")
    assert happened
    assert to_do
    assert "\n" not in advice_of(reason)


def test_the_table_is_whole() -> None:
    """There is no reason but these."""
    assert sorted(reason for reason, _ in ROWS) == sorted(FAILURES)


def test_an_unknown_reason() -> None:
    """The call goes on at the next engine, and the operator gets a sentence all the same."""
    assert action_of("a_new_one") is Action.FAIL_OVER
    assert "do not know" in advice_of("a_new_one")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("insufficient_quota", "quota"),
        ("credit_balance_exhausted", "quota"),
        ("billing_hard_limit_reached", "quota"),
        ("invalid_api_key", "invalid_api_key"),
        ("account_deactivated", "account"),
        ("missing_model", "model"),
        ("invalid_model", "model"),
        ("model_not_found", "model"),
        ("beta_api_shape_disabled", "beta"),
        ("session_expired", "session_expired"),
        ("server_error", None),
        ("rate_limit_exceeded", None),
        ("a_new_one", None),
        (None, None),
    ],
)
def test_a_code_that_ends_a_session(code, reason) -> None:
    """Only a code after which there is no session has a reason."""
    assert reason_of_code(code) == reason


def test_both_tables_agree_on_what_stops() -> None:
    """A code that stops an open session has a reason that stops the next one."""
    for code, action in ACTIONS.items():
        reason = reason_of_code(code)
        assert (reason is not None) == (action is Action.STOP or code == "session_expired"), code
        if reason is not None and action is Action.STOP:
            assert action_of(reason) is Action.STOP


@pytest.mark.parametrize(
    ("code", "text", "reason"),
    [
        (1000, "", "close_1000"),
        (1001, "", "close_1001"),
        (1001, "session_expired", "session_expired"),
        (1002, "", "protocol"),
        (1003, "", "protocol"),
        (1005, "", "close_1005"),
        (1006, "", "close_1006"),
        (None, "", "close_1006"),
        (1007, "", "protocol"),
        (1008, "", "close_1008"),
        (1009, "", "too_big"),
        (1010, "", "close_other"),
        (1011, "keepalive ping timeout", "close_1011"),
        (1012, "", "close_1012"),
        (1013, "", "close_1013"),
        (1013, "insufficient_quota.insufficient_quota", "quota"),
        (1015, "", "close_other"),
        (2999, "", "close_other"),
        (3000, "", "close_3000"),
        (3000, "invalid_request_error.invalid_api_key", "invalid_api_key"),
        (3999, "", "close_3xxx"),
        (4000, "", "close_4000"),
        (4000, "invalid_request_error.beta_api_shape_disabled", "beta"),
        (4000, "invalid_request_error.missing_model", "model"),
        (4004, "invalid_request_error.model_not_found", "model"),
        (4004, "", "close_4004"),
        (4999, "", "close_4xxx"),
        (5000, "", "close_other"),
    ],
)
def test_a_close(code, text, reason) -> None:
    """The text decides where it holds an error's code, else the number does."""
    assert reason_of_close(code, text) == reason


@given(st.none() | st.integers(0, 65_535), st.text())
def test_every_close_has_a_reason_of_the_table(code, text) -> None:
    """Whatever a server sends, the reason is one of those that counters know."""
    assert reason_of_close(code, text) in FAILURES


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, b"", "bad_request"),
        (302, b'{"error":{"code":"insufficient_quota"}}', "redirect"),
        (400, b"", "bad_request"),
        (401, b"", "invalid_api_key"),
        (403, b"", "forbidden"),
        (404, b"<html>", "bad_request"),
        (404, b'{"error":{"code":"model_not_found"}}', "model"),
        (407, b"", "proxy"),
        (408, b"", "http_408"),
        (418, b"", "bad_request"),
        (429, b"", "http_429"),
        (429, b'{"error":{"code":null,"type":"insufficient_quota"}}', "quota"),
        (429, b'{"error":{"code":"rate_limit_exceeded"}}', "http_429"),
        (429, b'{"error":"insufficient_quota"}', "http_429"),
        (429, b'["insufficient_quota"]', "http_429"),
        (429, b"[" * 20_000, "http_429"),
        (429, b"[" * 5_000, "http_429"),
        (429, b'{"error":{"code":["insufficient_quota"]}}', "http_429"),
        (500, b"", "http_5xx"),
        (503, b"", "http_5xx"),
        (599, b"", "http_5xx"),
        (600, b"", "bad_request"),
    ],
)
def test_a_status(status, body, reason) -> None:
    """A refused upgrade is told by its status, or better by the code in its body."""
    assert reason_of_status(status, body) == reason


@given(st.integers(0, 999), st.binary())
def test_every_status_has_a_reason_of_the_table(status, body) -> None:
    """Whatever a server answers, the reason is one of those that counters know."""
    assert reason_of_status(status, body) in FAILURES


@pytest.mark.parametrize(
    ("header", "message", "seconds"),
    [
        (None, "", None),
        ("7", "", 7),
        (" 1.5 ", "", 1.5),
        ("0", "Please try again in 6.232s.", 0),
        ("999999999", "", MAX_WAIT_S),
        ("-3", "", None),
        ("١", "", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "try again in 2s", 2),
        (None, "Limit reached. Please try again in 6.232s. Visit the page.", 6.232),
        (None, "Please try again in 850ms.", 0.85),
        (None, "Please try again in 1m26.4s.", 86.4),
        (None, "Please TRY AGAIN IN 2m.", 120),
        (None, "Please try again in 1h0m0s.", MAX_WAIT_S),
        (None, "Please try again in a moment.", None),
        (None, "Please try again in 5 minutes.", 300.0),
    ],
)
def test_how_long_to_wait(header, message, seconds) -> None:
    """The header is asked first, then the sentence; what cannot be read is no hint."""
    assert retry_after(header, message) == (None if seconds is None else pytest.approx(seconds))


@given(st.none() | st.text(), st.text())
def test_a_wait_is_bounded(header, message) -> None:
    """Nothing that a server says makes a call wait for ever."""
    found = retry_after(header, message)
    assert found is None or 0 <= found <= MAX_WAIT_S


@pytest.mark.parametrize(
    ("word", "reason"),
    [("insufficient_quota", "quota"), ("stall", "stall"), ("close_1006", "close_1006"), ("what?", "other")],
)
def test_why_a_call_leaves_an_engine(word: str, reason: str) -> None:
    """By a code of the server's, or by a reason already; a word that nobody knows never becomes a counter."""
    assert reason_of_leaving(word) == reason
