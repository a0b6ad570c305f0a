"""What is done about each error code."""

import pytest

from npcl_voice.realtime.faults import ACTIONS, Action, action_at_end, action_for

TABLE = {
    Action.IGNORE: """response_cancel_not_active input_audio_buffer_commit_empty item_truncate_invalid_item_id
        item_delete_invalid_item_id item_retrieve_invalid_item_id item_create_duplicate_item_id
        missing_required_parameter unknown_parameter invalid_value invalid_event invalid_json
        string_above_max_length bad_response_create""",
    Action.REPAIR: "conversation_already_has_active_response cannot_update_voice invalid_tool_call_id",
    Action.RETRY: "rate_limit_exceeded inference_rate_limit_exceeded server_error session_expired",
    Action.STOP: """invalid_api_key account_deactivated insufficient_quota credit_balance_exhausted
        billing_hard_limit_reached missing_model invalid_model model_not_found beta_api_shape_disabled""",
}
ROWS = [(code, action) for action, codes in TABLE.items() for code in codes.split()]


@pytest.mark.parametrize(("code", "action"), ROWS)
def test_a_known_code(code: str, action: Action) -> None:
    """Each code has its action, whatever the type says."""
    assert action_for(code) is action
    assert action_for(code, "insufficient_quota") is action


def test_the_table_is_whole() -> None:
    """There is no code in the table but these."""
    assert dict(ROWS) == dict(ACTIONS)


def test_an_unknown_code() -> None:
    """The session goes on, unless the type says more."""
    assert action_for("a_new_one") is Action.IGNORE
    assert action_for(None) is Action.IGNORE
    assert action_for(None, "invalid_request_error") is Action.IGNORE
    assert action_for(None, "server_error") is Action.RETRY
    assert action_for("a_new_one", "server_error") is Action.RETRY


@pytest.mark.parametrize(
    ("status", "code", "kind", "action"),
    [
        ("completed", None, None, Action.IGNORE),
        ("cancelled", None, None, Action.IGNORE),
        ("incomplete", None, None, Action.IGNORE),
        ("a_new_one", "insufficient_quota", None, Action.IGNORE),
        ("failed", "rate_limit_exceeded", "tokens", Action.RETRY),
        ("failed", "inference_rate_limit_exceeded", None, Action.RETRY),
        ("failed", "server_error", "server_error", Action.RETRY),
        ("failed", "insufficient_quota", "insufficient_quota", Action.STOP),
        ("failed", None, "insufficient_quota", Action.STOP),
        ("failed", "model_not_found", None, Action.STOP),
        ("failed", "invalid_value", "invalid_request_error", Action.IGNORE),
        ("failed", "conversation_already_has_active_response", None, Action.RETRY),
        ("failed", "a_new_one", "a_new_type", Action.RETRY),
        ("failed", None, None, Action.RETRY),
    ],
)
def test_what_to_do_about_an_answer_that_ended(status: str, code: str | None, kind: str | None, action: Action) -> None:
    """Only one that failed is asked for again, and not where that could not help."""
    assert action_at_end(status, code, kind) is action
